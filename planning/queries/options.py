"""The table of an issue's options: scores, who wins, and which change of one weight would let another win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.utils.translation import gettext as _

from core.access import Actor, permitted, scoped
from core.formats import percent, plain
from planning.models import Criterion, OptionScore, StrategicIssue, StrategicOption
from planning.rules.options import Choice, Hinge, choose

VERBS = ("add_option", "score_options")
OPTION_VERBS = ("change", "choose")


@dataclass(frozen=True)
class OptionLine:
    """An option with its cells in the order of the criteria, and its score, None while a cell is empty."""

    option: StrategicOption
    criteria: tuple[Criterion, ...]
    cells: tuple[OptionScore | None, ...]
    score: float | None
    is_winner: bool
    is_tied: bool
    may_choose: bool
    may_change: bool

    @property
    def score_text(self) -> str:
        """7.45, or nothing."""
        return "" if self.score is None else plain(self.score)

    @property
    def by_criterion(self) -> list[tuple[Criterion, OptionScore | None]]:
        """Each criterion with its cell."""
        return list(zip(self.criteria, self.cells, strict=True))

    @property
    def empty(self) -> int:
        """How many criteria it is not scored on."""
        return sum(cell is None for cell in self.cells)


@dataclass(frozen=True)
class Sensitivity:
    """One criterion: its weight, and in which span of it the winner stays the winner, in per cent; who wins outside."""

    criterion: Criterion
    weight: float
    below: Hinge | None
    above: Hinge | None
    words: str

    @property
    def key(self) -> str:
        """Its id, as ids of pictures need it."""
        return str(self.criterion.pk)

    @property
    def low(self) -> float:
        """Down to which weight it holds."""
        return 100 * self.below.limit if self.below else 0.0

    @property
    def high(self) -> float:
        """Up to which weight it holds."""
        return 100 * self.above.limit if self.above else 100.0


@dataclass(frozen=True)
class Weighing:
    """Everything the table of options shows. `weights` are those it was weighed with: stored, or tried out."""

    issue: StrategicIssue
    criteria: tuple[Criterion, ...]
    weights: tuple[Decimal, ...]
    lines: tuple[OptionLine, ...]
    sensitivities: tuple[Sensitivity, ...]
    weakest: str
    is_what_if: bool
    may: frozenset[str]

    @property
    def columns(self) -> list[tuple[Criterion, Decimal]]:
        """Criteria with the weights that count."""
        return list(zip(self.criteria, self.weights, strict=True))

    @property
    def winner(self) -> OptionLine | None:
        """Who wins, once something can be compared."""
        return next((line for line in self.lines if line.is_winner), None)

    @property
    def tied(self) -> list[OptionLine]:
        """Those within 5 % of the best, if there is more than one."""
        return [line for line in self.lines if line.is_tied]

    @property
    def chosen(self) -> StrategicOption | None:
        """The option that was chosen."""
        return next((line.option for line in self.lines if line.option.state == StrategicOption.State.CHOSEN), None)

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed: the issue is not settled."""
        return self.issue.settled_on is None

    @property
    def missing(self) -> int:
        """How many cells are empty."""
        return sum(line.empty for line in self.lines)


def weighing(viewer: Actor, issue: StrategicIssue, tried: Mapping[int, Decimal] | None = None) -> Weighing:
    """The table of an issue that was loaded through its policy; four queries. `tried`: weights by criterion, summing to 100."""
    rights = permitted(viewer, VERBS, StrategicIssue.objects.filter(pk=issue.pk)).get()
    criteria = list(scoped(viewer, "view", issue.criteria.all()).order_by("pk"))
    options = list(permitted(viewer, OPTION_VERBS, scoped(viewer, "view", issue.options.all())).order_by("pk"))
    rows = scoped(viewer, "view", OptionScore.objects.filter(option__issue=issue))
    scores = {(one.option_id, one.criterion_id): one for one in rows}
    cells = {one.pk: tuple(scores.get((one.pk, criterion.pk)) for criterion in criteria) for one in options}
    weights = tuple((tried or {}).get(one.pk, one.weight) for one in criteria)
    whole = [one for one in options if criteria and None not in cells[one.pk]]
    found = _choose([cells[one.pk] for one in whole], weights)
    place = {one.pk: index for index, one in enumerate(whole)}
    names = [one.name for one in whole]
    return Weighing(
        issue=issue,
        criteria=tuple(criteria),
        weights=weights,
        lines=tuple(_line(one, tuple(criteria), cells[one.pk], found, place.get(one.pk)) for one in options),
        sensitivities=_sensitivities(criteria, weights, found, names) if len(whole) > 1 else (),
        weakest=_weakest(criteria, found, names),
        is_what_if=tried is not None,
        may=frozenset(verb for verb in VERBS if getattr(rights, f"may_{verb}")),
    )


def _choose(rows: list[tuple[OptionScore | None, ...]], weights: tuple[Decimal, ...]) -> Choice | None:
    if not rows:
        return None
    scores = np.array([[float(cell.score) for cell in row if cell is not None] for row in rows])
    return choose(scores, np.array([float(weight) for weight in weights]) / 100)


def _line(
    option: StrategicOption,
    criteria: tuple[Criterion, ...],
    cells: tuple[OptionScore | None, ...],
    found: Choice | None,
    place: int | None,
) -> OptionLine:
    is_in = found is not None and place is not None
    return OptionLine(
        option=option,
        criteria=criteria,
        cells=cells,
        score=found.scores[place] if found is not None and place is not None else None,
        is_winner=is_in and found is not None and found.winner == place,
        is_tied=is_in and found is not None and place in found.tied,
        may_choose=option.may_choose,  # type: ignore[attr-defined]
        may_change=option.may_change,  # type: ignore[attr-defined]
    )


def _sensitivities(
    criteria: list[Criterion], weights: tuple[Decimal, ...], found: Choice | None, names: list[str]
) -> tuple[Sensitivity, ...]:
    if found is None:
        return ()
    lines = []
    for place, criterion in enumerate(criteria):
        mine = {hinge.is_up: hinge for hinge in found.hinges if hinge.criterion == place}
        below, above = mine.get(False), mine.get(True)
        lines.append(Sensitivity(criterion, float(weights[place]), below, above, _words(below, above, names)))
    return tuple(lines)


def _words(below: Hinge | None, above: Hinge | None, names: list[str]) -> str:
    if below and above:
        return _("Holds from %(low)s (below it %(under)s wins) to %(high)s (above it %(over)s wins).") % {
            "low": percent(100 * below.limit), "under": names[below.rival],
            "high": percent(100 * above.limit), "over": names[above.rival],
        }  # fmt: skip
    if above:
        words = {"high": percent(100 * above.limit), "over": names[above.rival]}
        return _("Holds unless the weight passes %(high)s: then %(over)s wins.") % words
    if below:
        words = {"low": percent(100 * below.limit), "under": names[below.rival]}
        return _("Holds unless the weight falls under %(low)s: then %(under)s wins.") % words
    return _("Holds whatever its weight.")


def _weakest(criteria: list[Criterion], found: Choice | None, names: list[str]) -> str:
    hinge = found.weakest if found else None
    if hinge is None:
        return ""
    words = {
        "criterion": criteria[hinge.criterion].name,
        "from": percent(100 * hinge.weight),
        "to": percent(100 * hinge.limit),
        "rival": names[hinge.rival],
    }
    if abs(hinge.limit - hinge.weight) < 1e-9:
        return _("%(rival)s is even with it: any change of the weight of %(criterion)s decides.") % words
    return _("The smallest change that turns it: %(criterion)s from %(from)s to %(to)s, then %(rival)s wins.") % words
