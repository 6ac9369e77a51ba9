"""Who has not reported: for each measure its latest own period that is over, by unit, with days late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property

from core.access import Actor, scoped
from core.formats import percent
from core.periods import At, Frequency, Period
from core.statuses import reason_words
from organization.models import OrgUnit
from scorecards.models import Measure, Result

PAGE_SIZE = 50


@dataclass(frozen=True)
class UnitLine:
    """One unit: how many of its measures were to report, and how many did."""

    unit: OrgUnit
    expected: int
    reported: int

    @property
    def missing(self) -> int:
        """Those without a value."""
        return self.expected - self.reported

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

    @cached_property
    def expected(self) -> int:
        """Measures that were to report."""
        return sum(line.expected for line in self.units)

    @cached_property
    def reported(self) -> int:
        """Measures that did."""
        return sum(line.reported for line in self.units)

    @property
    def share(self) -> str:
        """Reported ÷ expected."""
        return percent(100 * self.reported / self.expected, 0) if self.expected else ""

    def page(self, number: str) -> Page[MissingLine]:
        """The missing ones of a page, the longest due first; two queries."""
        page: Page[Any] = Paginator(self.rows, PAGE_SIZE).get_page(number)
        page.object_list = [_missing(row, self.at) for row in page.object_list]
        return page

    def lines(self) -> list[MissingLine]:
        """All missing ones, for files."""
        return [_missing(row, self.at) for row in self.rows]


def completeness(viewer: Actor, at: At, unit: int | None = None) -> Completeness:
    """The state of reporting at the end of the period asked about; `unit` narrows the missing ones to one unit."""
    visible = scoped(viewer, "view", Measure.objects.filter(state="live", expression=""))
    rows = Result.objects.filter(_latest(at), node__measure__in=visible)
    counts = rows.values("node__measure__unit_id").annotate(
        expected=Count("node_id"), reported=Count("node_id", filter=Q(value__isnull=False))
    )
    found = {row["node__measure__unit_id"]: (row["expected"], row["reported"]) for row in counts}
    units = {row.pk: row for row in OrgUnit.objects.filter(pk__in=found)}
    lines = [UnitLine(units[pk], *numbers) for pk, numbers in found.items()]
    lines.sort(key=lambda line: (-line.missing, line.unit.name))
    missing = rows.filter(value__isnull=True).select_related("node__measure__unit", "node__measure__owner")
    if unit is not None:
        missing = missing.filter(node__measure__unit=unit)
    return Completeness(lines, missing.order_by("period_start", "node__measure__unit__name", "node__measure__code"), at)


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


def _missing(row: Result, at: At) -> MissingLine:
    measure = row.node.measure
    assert measure is not None  # noqa: S101 - the query asks for nodes of measures
    period = Period(Frequency(row.frequency), row.period_start, at.period.calendar)
    due_on = period.end + timedelta(days=measure.grace_days)
    return MissingLine(measure, period, due_on, max(0, (at.today - due_on).days), row.reason)
