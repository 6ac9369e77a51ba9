"""Who has not reported: for each measure its latest own period that is over, by unit, with days late.

What is excused is listed with its reason; it is neither missing nor late, and still counts among the expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from core.access import Actor, scoped
from core.formats import percent
from core.periods import At, Frequency, Period
from core.statuses import reason_words
from organization.models import OrgUnit
from scorecards.models import Excuse, Measure, Result
from scorecards.queries.excuses import excuse_words, excused_places, excuses

PAGE_SIZE = 50


@dataclass(frozen=True)
class UnitLine:
    """One unit: how many of its measures were to report, and how many did."""

    unit: OrgUnit
    expected: int
    reported: int
    excused: int = 0

    @property
    def missing(self) -> int:
        """Those without a value and without an excuse."""
        return self.expected - self.reported - self.excused

    @property
    def share(self) -> str:
        """Reported ÷ expected."""
        return percent(100 * self.reported / self.expected, 0) if self.expected else ""


@dataclass(frozen=True)
class MissingLine:
    """A measure without a value for a period that is over."""

    measure: Measure
    period: Period
    due_on: date
    days_late: int
    reason: str
    excused: str = ""
    may_excuse: bool = False

    @property
    def reason_words(self) -> str:
        """Why there is none, in words."""
        return reason_words(self.reason)


@dataclass(frozen=True)
class Completeness:
    """The units, worst first, and the results without a value, as a query that pages can cut."""

    units: list[UnitLine]
    rows: QuerySet[Result]
    at: At
    viewer: Actor

    @cached_property
    def expected(self) -> int:
        """Measures that were to report."""
        return sum(line.expected for line in self.units)

    @cached_property
    def reported(self) -> int:
        """Measures that did."""
        return sum(line.reported for line in self.units)

    @cached_property
    def excused(self) -> int:
        """Measures that need not."""
        return sum(line.excused for line in self.units)

    @property
    def share(self) -> str:
        """Reported ÷ expected."""
        return percent(100 * self.reported / self.expected, 0) if self.expected else ""

    def page(self, number: str) -> Page[MissingLine]:
        """The missing ones of a page, the longest due first and what is excused last; four queries."""
        page: Page[Any] = Paginator(self.rows, PAGE_SIZE).get_page(number)
        page.object_list = self._lines(list(page.object_list))
        return page

    def lines(self) -> list[MissingLine]:
        """All missing ones, for files."""
        return self._lines(list(self.rows))

    def _lines(self, rows: Sequence[Result]) -> list[MissingLine]:
        periods = [
            (_measure(row), Period(Frequency(row.frequency), row.period_start, self.at.period.calendar)) for row in rows
        ]
        excuses = excused_places([(measure.pk, period) for measure, period in periods])
        asked = Measure.objects.filter(pk__in=[measure.pk for measure, _period in periods])
        may = set(scoped(self.viewer, "excuse", asked).values_list("pk", flat=True))
        return [
            _missing(measure, period, row.reason, self.at, excuses.get((measure.pk, period)), measure.pk in may)
            for row, (measure, period) in zip(rows, periods, strict=True)
        ]


def completeness(viewer: Actor, at: At, unit: int | None = None) -> Completeness:
    """The state of reporting at the end of the period asked about; `unit` narrows the missing ones to one unit."""
    visible = scoped(viewer, "view", Measure.objects.filter(state="live", expression=""))
    own = {name: OuterRef(name) for name in ("frequency", "period_start")}
    excused = Exists(excuses().filter(measure=OuterRef("node__measure"), **own))
    rows = Result.objects.filter(_latest(at), node__measure__in=visible).annotate(is_excused=excused)
    counts = rows.values("node__measure__unit_id").annotate(
        expected=Count("node_id"),
        reported=Count("node_id", filter=Q(value__isnull=False)),
        excused=Count("node_id", filter=Q(value__isnull=True, is_excused=True)),
    )
    found = {row["node__measure__unit_id"]: (row["expected"], row["reported"], row["excused"]) for row in counts}
    units = {row.pk: row for row in OrgUnit.objects.filter(pk__in=found)}
    lines = [UnitLine(units[pk], *numbers) for pk, numbers in found.items()]
    lines.sort(key=lambda line: (-line.missing, line.unit.name))
    missing = rows.filter(value__isnull=True).select_related("node__measure__unit", "node__measure__owner")
    if unit is not None:
        missing = missing.filter(node__measure__unit=unit)
    order = ("is_excused", "period_start", "node__measure__unit__name", "node__measure__code")
    return Completeness(lines, missing.order_by(*order), at, viewer)


def _latest(at: At) -> Q:
    """Each measure's result for its own latest period that was over at the end of the one asked about."""
    until = min(at.period.end, at.today)
    found = Q(pk__in=[])
    for frequency in Frequency:
        period = Period.of(frequency, until, at.period.calendar)
        if period.end > until:
            period = period.previous()
        found |= Q(frequency=frequency, period_start=period.start, node__measure__frequency=frequency)
    return found


def _measure(row: Result) -> Measure:
    measure = row.node.measure
    assert measure is not None  # noqa: S101 - the query asks for nodes of measures
    return measure


def _missing(
    measure: Measure,
    period: Period,
    reason: str,
    at: At,
    excuse: Excuse | None,
    may_excuse: bool,  # noqa: FBT001
) -> MissingLine:
    due_on = period.end + timedelta(days=measure.grace_days)
    late = 0 if excuse else max(0, (at.today - due_on).days)
    return MissingLine(measure, period, due_on, late, reason, excuse_words(excuse) if excuse else "", may_excuse)
