"""Measures that are off track and nobody has answered: the list, its count, and who may answer (PEERS 1.27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.access import Actor, scoped
from core.periods import At, Frequency, Period
from organization.queries import branch_ids
from scorecards.models import CorrectiveAction, Measure, Node, Observation, RedAlert, Result, Scorecard, Series
from scorecards.queries.cards import number_format
from scorecards.queries.measures import period_for
from scorecards.queries.ranges import range_of, with_range
from scorecards.rules.answers import answer_due, days_red

PAGE_SIZE = 50
RED, AMBER = "off_track", "watch"
LOOKED_BACK = 3
"""So many own periods are looked at: the newest that is not merely waiting for its value is how a measure stands."""
ORDERS: Mapping[str, tuple[Any, ...]] = {
    "": (F("score").asc(nulls_last=True), "red_since", "node__measure__code"),
    "longest": ("red_since", F("score").asc(nulls_last=True), "node__measure__code"),
    "unit": ("node__measure__unit__name", F("score").asc(nulls_last=True), "node__measure__code"),
}
"""How the list may be ordered: worst first, longest red first, by unit."""


@dataclass(frozen=True)
class Red:
    """A measure that is off track without an answer: in which of its periods, since which, and when the answer is due."""

    measure: Measure
    period: Period
    since: Period
    value: str
    target: str
    gap: str
    score: float | None
    days: int
    due_on: date
    may_answer: bool


@dataclass(frozen=True)
class Unanswered:
    """Of one scorecard: measures that are red without an answer, and those the viewer may answer, red or amber."""

    reds: frozenset[int]
    may: frozenset[int]


def standing(at: At, statuses: Iterable[str]) -> QuerySet[Result]:
    """Results of live measures that stand so in their newest own period; periods that merely wait are passed over."""
    wanted = Q()
    for frequency in Frequency:
        newest = period_for(frequency, at)
        starts = [newest.start]
        for _step in range(1, LOOKED_BACK):
            newest = newest.previous()
            starts.append(newest.start)
        wanted |= Q(frequency=frequency, period_start__in=starts)
    newer = Result.objects.filter(
        wanted, node=OuterRef("node"), frequency=OuterRef("frequency"), period_start__gt=OuterRef("period_start")
    )
    told = Exists(newer.exclude(reason="not_due_yet"))
    live = Q(node__measure__state="live", node__measure__frequency=F("frequency"))
    return Result.objects.filter(wanted, live, ~told, status__in=list(statuses))


def answering() -> Exists:
    """Whether a result is answered: by an open answer, or by one of that very period."""
    same = Q(frequency=OuterRef("frequency"), period_start=OuterRef("period_start"))
    answers = CorrectiveAction.objects.filter(measure=OuterRef("node__measure"))
    return Exists(answers.filter(same | Q(state=CorrectiveAction.State.OPEN)))


def unanswered(at: At, statuses: Iterable[str] = (RED,)) -> QuerySet[Result]:
    """Results of measures that stand so and are not answered."""
    return standing(at, statuses).filter(~answering())


def seen(viewer: Actor, rows: QuerySet[Result]) -> QuerySet[Any, Any]:
    """Only what the viewer may see, with `may_answer` on each."""
    visible = scoped(viewer, "view", Measure.objects.all()).order_by().values("pk")
    mine = scoped(viewer, "answer", Measure.objects.filter(pk=OuterRef("node__measure")))
    return rows.filter(node__measure__in=visible).annotate(may_answer=Exists(mine))


def dated(rows: QuerySet[Result]) -> QuerySet[Result]:
    """With `red_since`, the first period of the unbroken run of reds, and `recorded`, when the value was recorded."""
    same = Result.objects.filter(node=OuterRef("node"), frequency=OuterRef("frequency"))
    other = same.filter(period_start__lt=OuterRef("period_start")).exclude(status__in=[RED, "no_data"])
    last_other = Coalesce(Subquery(other.order_by("-period_start").values("period_start")[:1]), Value(date.min))
    reds = same.filter(status=RED, period_start__gt=OuterRef("last_other")).order_by("period_start")
    values = Observation.objects.filter(
        series__measure=OuterRef("node__measure"), series__kind=Series.Kind.ACTUAL, series__name="",
        frequency=OuterRef("frequency"), period_start=OuterRef("period_start"), superseded_at=None,
    )  # fmt: skip
    rows = rows.annotate(last_other=last_other)
    return rows.annotate(
        red_since=Subquery(reds.values("period_start")[:1]), recorded=Subquery(values.values("recorded_at")[:1])
    )


def _lines(rows: QuerySet[Result], at: At) -> list[Red]:
    """One query for the results, one for their measures."""
    measures = with_range(Measure.objects.select_related("unit", "owner", "objective"), at.period)
    found = rows.select_related("node").prefetch_related(Prefetch("node__measure", measures))
    return [_red(result, at) for result in found]


def _red(result: Result, at: At) -> Red:
    measure: Measure = result.node.measure  # type: ignore[assignment]
    numbers, frequency = number_format(measure), Frequency(result.frequency)
    period = Period(frequency, result.period_start, at.period.calendar)
    since = Period(frequency, result.red_since or result.period_start, at.period.calendar)  # type: ignore[attr-defined]
    recorded = result.recorded  # type: ignore[attr-defined]
    value, target = result.value, result.target
    return Red(
        measure=measure,
        period=period,
        since=since,
        value="" if value is None else numbers.text(value),
        target=range_of(measure, numbers) if target is None else numbers.figure(target),
        gap="" if value is None or target is None else numbers.gap(value - target),
        score=result.score,
        days=days_red(since.end, at.today),
        due_on=answer_due(timezone.localdate(recorded) if recorded else period.end),
        may_answer=result.may_answer,  # type: ignore[attr-defined]
    )


def _filtered(viewer: Actor, at: At, wanted: Mapping[str, Any]) -> QuerySet[Any, Any]:
    rows = seen(viewer, unanswered(at))
    if text := str(wanted.get("q") or "").strip():
        rows = rows.filter(Q(node__measure__name__icontains=text) | Q(node__measure__code__icontains=text))
    if (unit := wanted.get("unit")) is not None:
        rows = rows.filter(node__measure__unit__in=branch_ids(unit.pk, at.today))
    if wanted.get("mine"):
        rows = rows.filter(node__measure__owner=viewer.person_id or 0)
    return dated(rows).order_by(*ORDERS.get(str(wanted.get("order") or ""), ORDERS[""]))


def red_page(viewer: Actor, at: At, wanted: Mapping[str, Any], number: str) -> Page[Red]:
    """Reds without an answer, 50 a page. `wanted`: q, unit (with all below it), mine, order (see ORDERS)."""
    page: Page[Any] = Paginator(_filtered(viewer, at, wanted), PAGE_SIZE).get_page(number)
    page.object_list = _lines(page.object_list, at)  # type: ignore[arg-type]
    return page


def red_lines(viewer: Actor, at: At, wanted: Mapping[str, Any]) -> list[Red]:
    """All of them, as a file holds them."""
    return _lines(_filtered(viewer, at, wanted), at)


def _is_one_of(nodes: QuerySet[Node]) -> Func:
    """Results of these few nodes: as an array they are looked up; joined, the results of the whole organisation are read."""
    ids = ArraySubquery(nodes.values("pk"))
    return Func(F("node_id"), ids, arg_joiner=" = ANY(", template="%(expressions)s)", output_field=BooleanField())


def unanswered_of(viewer: Actor, scorecard: Scorecard, at: At) -> Unanswered:
    """What of a scorecard waits for an answer; one query."""
    few = _is_one_of(Node.objects.filter(scorecard=scorecard, kind="measure"))
    rows = unanswered(at, (RED, AMBER)).filter(few, node__scorecard=scorecard)
    found = list(seen(viewer, rows).values_list("node__measure_id", "status", "may_answer"))
    return Unanswered(
        reds=frozenset(measure for measure, status, _may in found if status == RED),
        may=frozenset(measure for measure, _status, may in found if may),
    )


def now(at: At) -> At:
    """The same asked of the running month: how things stand today, whatever period a page shows."""
    return At(Period.of(Frequency.MONTH, at.today, at.period.calendar), None, at.today)


def to_alert(at: At) -> QuerySet[Result]:
    """Reds without an answer that nobody was told of yet, for the clock: it reads no one's data."""
    told = RedAlert.objects.filter(
        measure=OuterRef("node__measure"), frequency=OuterRef("frequency"), period_start=OuterRef("period_start")
    )
    rows = unanswered(at).filter(~Exists(told)).order_by("node__measure__code")
    return rows.select_related("node__measure__owner", "node__measure__subject")


def reds_owed(viewer: Actor, at: At) -> list[Red]:
    """Reds without an answer of measures the viewer owns and may answer, as they stand today; two queries."""
    asked = now(at)
    rows = seen(viewer, unanswered(asked).filter(node__measure__owner=viewer.person_id or 0)).filter(may_answer=True)
    return _lines(dated(rows).order_by(*ORDERS[""]), asked)
