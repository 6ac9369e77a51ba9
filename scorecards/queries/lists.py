"""Lists: every scorecard with its status, measures by filter and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, FilteredRelation, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.access import Actor
from core.periods import At
from core.statuses import reason_words
from scorecards.models import Edge, Measure, Node, Result, Scorecard
from scorecards.queries.cards import number_format, scorecards, statuses
from scorecards.queries.excuses import absence_words, excused_in
from scorecards.queries.measures import measures
from scorecards.queries.ranges import range_of, with_range
from strategy.models import Objective

PAGE_SIZE = 50
FILE_ROWS = 500
WORST_FIRST = {"off_track": 0, "watch": 1, "no_data": 2, "on_track": 3, "exceeds": 4}


@dataclass(frozen=True)
class ScorecardLine:
    """One scorecard and the result of its strategy in the period."""

    scorecard: Scorecard
    result: Result | None

    @property
    def coverage(self) -> int:
        """In whole per cent."""
        return round(100 * self.result.coverage) if self.result else 0


@dataclass(frozen=True)
class MeasureLine:
    """One measure and its result in the period, values written out.

    Under another unit's objective, `objective_id` says which, and `from_unit` whose measure it is.
    """

    measure: Measure
    status: str
    reason: str
    value: str
    target: str
    objective_id: int | None = None
    from_unit: str = ""
    against: str = ""
    excused: str = ""

    @property
    def figure(self) -> str:
        """The value and what it is held against, as short as a card needs it: 72.4% of 78%, 94.7% (88% to 92%)."""
        return f"{self.value} {self.against}" if self.value and self.against else self.value

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)


@dataclass(frozen=True)
class MeasureFacts:
    """One measure and its result in the period, as a file holds them."""

    measure: Measure
    result: Result | None
    excused: str = ""

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return absence_words(self.result.reason if self.result else "not_reported", self.excused)


def scorecard_lines(viewer: Actor, at: At) -> list[ScorecardLine]:
    """Every scorecard the viewer may see, by unit; three queries."""
    found = list(scorecards(viewer))
    nodes = {node.scorecard_id: node.pk for node in Node.objects.filter(scorecard__in=found, kind="strategy")}
    results = statuses(nodes.values(), at.period)
    return [ScorecardLine(card, results.get(nodes.get(card.pk, 0))) for card in found]


def measure_page(viewer: Actor, at: At, wanted: Mapping[str, Any], number: str) -> Page[MeasureLine]:
    """Measures the viewer may see, worst first, 50 a page. `wanted`: q, status, mine."""
    page: Page[Any] = Paginator(_filtered(viewer, at, wanted).values_list("pk", flat=True), PAGE_SIZE).get_page(number)
    ids = list(page.object_list)  # found among all measures by few columns; the fifty shown are then read whole
    rows = with_range(measures(viewer), at.period).in_bulk(ids)
    results = statuses([measure.node.pk for measure in rows.values()], at.period)
    excused = excused_in(ids, at)
    page.object_list = [_line(rows[pk], results.get(rows[pk].node.pk), excused) for pk in ids if pk in rows]
    return page


def measure_facts(viewer: Actor, at: At, wanted: Mapping[str, Any]) -> Iterator[MeasureFacts]:
    """The measures of `measure_page`, all pages, read in parts of 500 with their results."""
    rows = _filtered(viewer, at, wanted).iterator(chunk_size=FILE_ROWS)
    while part := list(islice(rows, FILE_ROWS)):
        results = statuses([measure.node.pk for measure in part], at.period)
        excused = excused_in([measure.pk for measure in part], at)
        yield from (_facts(measure, results.get(measure.node.pk), excused) for measure in part)


def measure_lines(viewer: Actor, at: At, objectives: Sequence[Objective]) -> list[MeasureLine]:
    """The live measures that count under these objectives, used ones too, with their results, heaviest first; four
    queries."""
    asked = {objective.pk for objective in objectives}
    edges = Edge.objects.filter(parent__objective__in=asked, child__kind="measure", valid__contains=at.period.end)
    weights = {
        (objective or 0, measure or 0): weight
        for objective, measure, weight in edges.values_list("parent__objective_id", "child__measure_id", "weight")
    }
    shown = Q(objective__in=asked) | Q(pk__in={measure for _, measure in weights})
    found = list(with_range(measures(viewer), at.period).filter(shown, state="live", node__isnull=False))
    results = statuses([measure.node.pk for measure in found], at.period)
    excused = excused_in([measure.pk for measure in found], at)
    lines = [
        replace(
            _line(measure, results.get(measure.node.pk), excused),
            objective_id=home,
            from_unit="" if home == measure.objective_id else measure.unit.name,
        )
        for measure in found
        for home in asked
        if home == measure.objective_id or (home, measure.pk) in weights
    ]
    return sorted(
        lines, key=lambda line: (-weights.get((line.objective_id or 0, line.measure.pk), 0), line.measure.code)
    )


def lines_of(viewer: Actor, at: At, rows: QuerySet[Measure]) -> list[MeasureLine]:
    """These measures, as far as the viewer may see them, with their results, by unit; three queries."""
    found = list(
        measures(viewer).filter(pk__in=rows.order_by().values("pk"), node__isnull=False).order_by("unit__name", "code")
    )
    results = statuses([measure.node.pk for measure in found], at.period)
    excused = excused_in([measure.pk for measure in found], at)
    return [_line(measure, results.get(measure.node.pk), excused) for measure in found]


def named_measures(viewer: Actor, text: str) -> list[Measure]:
    """The measure of this code, else up to six whose name holds the words; one or two queries."""
    rows = measures(viewer).filter(retired_at=None).order_by("code")
    return list(rows.filter(code__iexact=text)) or list(rows.filter(name__icontains=text)[:6])


def _filtered(viewer: Actor, at: At, wanted: Mapping[str, Any]) -> QuerySet[Measure]:
    in_period = Q(node__results__frequency=at.period.frequency, node__results__period_start=at.period.start)
    rows = with_range(measures(viewer), at.period).filter(state="live", node__isnull=False)
    rows = rows.annotate(now=FilteredRelation("node__results", condition=in_period))
    rows = rows.annotate(status_now=Coalesce("now__status", Value("no_data")))
    if wanted.get("q"):
        rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(code__icontains=wanted["q"]))
    if wanted.get("status"):
        rows = rows.filter(status_now=wanted["status"])
    if wanted.get("mine"):
        rows = rows.filter(Q(owner_id=viewer.person_id) | Q(pk__in=_updated_by(viewer)))
    cases = [When(status_now=status, then=Value(rank)) for status, rank in WORST_FIRST.items()]
    return rows.order_by(Case(*cases, default=Value(9), output_field=IntegerField()), "code")


def _updated_by(viewer: Actor) -> QuerySet[Measure]:
    return Measure.objects.filter(updaters=viewer.person_id).order_by().values("pk")  # type: ignore[return-value]


def _facts(measure: Measure, result: Result | None, excused: Mapping[int, str]) -> MeasureFacts:
    is_absent = result is None or result.value is None
    return MeasureFacts(measure, result, excused.get(measure.pk, "") if is_absent else "")


def _line(measure: Measure, result: Result | None, excused: Mapping[int, str]) -> MeasureLine:
    numbers = number_format(measure)
    value, target = (result.value, result.target) if result else (None, None)
    wanted = range_of(measure, numbers)
    in_brackets = f"({wanted})" if wanted else ""
    return MeasureLine(
        measure=measure,
        status=result.status if result else "no_data",
        reason=result.reason if result else "not_reported",
        value="" if value is None else numbers.text(value),
        target=wanted if target is None else numbers.figure(target),
        against=in_brackets if target is None else _("of %(target)s") % {"target": numbers.short(target)},
        excused=excused.get(measure.pk, "") if value is None else "",
    )
