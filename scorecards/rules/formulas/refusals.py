"""Why a formula may not be saved, and at which character."""

from core.marking import gettext_noop
from scorecards.rules.refusals import Refusal

SHOWN = 320
PLACE = gettext_noop("Character %(at)s: %(sentence)s")


class FormulaRefusal(Refusal):
    """`position` counts characters from 1; 0 speaks of the whole formula. `figures` are texts."""

    def __init__(self, position: int, template: str, **figures: object) -> None:
        self.position = position
        self.template = template
        self.place = PLACE if position else ""
        self.figures = {name: _shown(str(figure)) for name, figure in figures.items()} | {"at": str(position)}
        sentence = template % self.figures
        ValueError.__init__(self, PLACE % {"at": position, "sentence": sentence} if position else sentence)


def _shown(text: str) -> str:
    """A text of the formula that is fit to be repeated: short, and without what cannot be printed."""
    plain = "".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in text)
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…"
