"""The parts of a strategy map: its cards, its beliefs, its slices, and what a reader looks for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.charts.map_picture import strength_word
from core.charts.strategy_map import Strength
from core.facets import Fact
from core.statuses import NO_DATA
from strategy.models import Objective, ObjectiveLink, Perspective
from strategy.queries.pages import Line

STRENGTHS: tuple[Strength, ...] = ("supported", "weak", "untested", "against")


@dataclass(frozen=True)
class Belief:
    """A link in words: we believe that the source moves the target.

    `verdict` is what the facet "verdict" of links says of it: value a strength of the picture, words the short figure
    on the arrow, url where it is explained. Without one it is not tested yet. `doubt`: it rests on doubtful assumptions.
    """

    link: ObjectiveLink
    verdict: Fact | None = None
    doubt: Fact | None = None

    @property
    def verb(self) -> str:
        """What the source does to the target."""
        return _("leads to") if self.link.sign > 0 else _("lowers")

    @property
    def lag(self) -> str:
        """From the shortest to the longest lag, in months: "1 to 3"."""
        low, high = self.link.lag_min, self.link.lag_max
        return str(low) if low == high else _("%(low)d to %(high)d") % {"low": low, "high": high}

    @property
    def strength(self) -> Strength:
        """How far figures bear it out."""
        found: Strength = self.verdict.value if self.verdict else "untested"
        return found

    @property
    def evidence(self) -> str:
        """The same in words."""
        return strength_word(self.strength)

    @property
    def status(self) -> str:
        """The shape beside the words."""
        shapes = {"supported": "on_track", "weak": "watch", "against": "off_track"}
        return shapes.get(self.strength, NO_DATA)

    @property
    def pill(self) -> str:
        """What stands on its arrow: the figure, and that it lowers."""
        lowers = "" if self.link.sign > 0 else _("lowers")
        return " ".join(part for part in (self.verdict.words if self.verdict else "", lowers) if part)


@dataclass(frozen=True)
class Card:
    """An objective on the map with its facts and what it leads to."""

    line: Line
    measure: Fact | None
    beliefs: tuple[Belief, ...]
    doubt: Fact | None = None

    @property
    def objective(self) -> Objective:
        return self.line.objective

    @property
    def status(self) -> str:
        return self.line.status.status if self.line.status else NO_DATA

    @property
    def was(self) -> str:
        return self.line.before.status if self.line.before else ""

    @property
    def figure(self) -> tuple[str, str]:
        """The figure and what follows it: "72.4%", "of 78%"; words without a figure are one part."""
        words = self.measure.words if self.measure else ""
        first, _blank, rest = words.partition(" ")
        return (first, rest) if any(sign.isdigit() for sign in first) else (words, "")


@dataclass(frozen=True)
class Wanted:
    """Which cards the reader looks for: ids of a theme ("none": without) and of an owner, and a status. Empty: any."""

    theme: str = ""
    owner: str = ""
    status: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is looked for besides a theme's own list."""
        return bool(self.theme or self.owner or self.status)

    def keeps(self, card: Card) -> bool:
        """Whether the card fits."""
        return self.keeps_theme(card) and self.keeps_person(card)

    def keeps_theme(self, card: Card) -> bool:
        """Whether it stands under the theme."""
        mine = {str(theme.pk) for theme in card.objective.themes.all()} or {"none"}
        return not self.theme or self.theme in mine

    def keeps_person(self, card: Card) -> bool:
        """Whether owner and status fit."""
        is_theirs = not self.owner or self.owner == str(card.objective.owner_id or "none")
        return is_theirs and self.status in ("", card.status)


@dataclass(frozen=True)
class Slice:
    """A theme with its cards by layer; the one without a theme holds objectives that stand under none."""

    key: str
    name: str
    description: str
    layers: tuple[tuple[Perspective, tuple[Card, ...]], ...]
