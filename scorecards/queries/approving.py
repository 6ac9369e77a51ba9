"""Values that wait for a second person: who may approve them, the queue, and what was returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core.access import Actor, scoped
from core.periods import At, Calendar, Frequency, Period
from organization.models import Person
from organization.queries import ancestor_ids, heads_of
from organization.roles import Role
from scorecards.models import Measure, Observation, Submission
from scorecards.queries.cards import number_format

PAGE_SIZE = 50
NAMED = 3
DAYS_TO_APPROVE = 5
"""How long a value may wait before the queue calls it late."""


def approvers_of(measures: Sequence[Measure], day: date) -> dict[int, list[Person]]:
    """Who may approve values of each measure: the approver it names, else the strategy office above its unit."""
    named = {measure.approver_id for measure in measures if measure.approver_id}
    people = Person.objects.filter(is_active=True).in_bulk(named) if named else {}
    offices: dict[int, list[Person]] = {}
    found = {}
    for measure in {measure.pk: measure for measure in measures}.values():
        if measure.approver_id in people:
            found[measure.pk] = [people[measure.approver_id]]
            continue
        if measure.unit_id not in offices:
            units = [measure.unit_id, *ancestor_ids(measure.unit_id, day)]
            offices[measure.unit_id] = list(heads_of(units, Role.SMO_OFFICER, day))
        found[measure.pk] = offices[measure.unit_id]
    return found


@dataclass(frozen=True)
class WaitingValue:
    """A submitted value as the queue shows it, beside what stands now."""

    submission: Submission
    measure: Measure
    period: Period
    value: str
    stands: str
    is_own: bool


def waiting_for(viewer: Actor) -> QuerySet[Submission]:
    """Submissions the viewer may decide, the oldest first; their own too, which somebody else decides."""
    stands = Observation.objects.filter(
        series=OuterRef("series"), frequency=OuterRef("frequency"), period_start=OuterRef("period_start"),
        superseded_at=None,
    )  # fmt: skip
    rows = scoped(viewer, "decide", Submission.objects.all())
    rows = rows.select_related("series__measure__unit", "submitted_by").annotate(
        stands=Subquery(stands.values("value")[:1])
    )
    return rows.order_by("submitted_at", "pk")


def queue_page(viewer: Actor, at: At, number: str) -> Page[WaitingValue]:
    """The queue, 50 a page; three queries however many there are."""
    page: Page[Any] = Paginator(waiting_for(viewer), PAGE_SIZE).get_page(number)
    mine = {viewer.person_id, viewer.on_behalf_of_id}
    page.object_list = [_waiting(row, at.period.calendar, mine) for row in page.object_list]
    return page


def _waiting(row: Submission, calendar: Calendar, mine: set[int | None]) -> WaitingValue:
    measure = row.series.measure
    numbers = number_format(measure)
    period = Period(Frequency(row.frequency), row.period_start, calendar)
    stands = row.stands  # type: ignore[attr-defined]
    return WaitingValue(
        submission=row,
        measure=measure,
        period=period,
        value=numbers.text(row.value),
        stands="" if stands is None else numbers.text(stands),
        is_own=row.submitted_by_id in mine,
    )


@dataclass(frozen=True)
class QueueSummary:
    """How many values wait for the viewer, of what, and when the oldest should be decided."""

    count: int
    about: str
    due_on: date


def queue_summary(viewer: Actor) -> QueueSummary | None:
    """What waits for the viewer, without their own values; None where nothing does. One query, two if something waits."""
    mine = [pk for pk in (viewer.person_id, viewer.on_behalf_of_id) if pk]
    rows = scoped(viewer, "decide", Submission.objects.exclude(submitted_by__in=mine))
    first = list(rows.select_related("series__measure").order_by("submitted_at", "pk")[: NAMED + 1])
    if not first:
        return None
    count = len(first) if len(first) <= NAMED else rows.count()
    names = ", ".join(dict.fromkeys(row.series.measure.short for row in first[:NAMED]))
    return QueueSummary(count, names, first[0].submitted_at.date() + timedelta(days=DAYS_TO_APPROVE))


@dataclass(frozen=True)
class ReturnedValue:
    """A value of the viewer's that came back, and why."""

    submission: Submission
    measure: Measure
    period: Period
    value: str


def returned_to(viewer: Actor, at: At) -> Iterator[ReturnedValue]:
    """Values of the viewer's that came back and have not been given again; one query."""
    same = {"series": OuterRef("series"), "frequency": OuterRef("frequency"), "period_start": OuterRef("period_start")}
    later = Submission.objects.filter(**same, submitted_at__gt=OuterRef("decided_at"))
    recorded = Observation.objects.filter(**same, recorded_at__gt=OuterRef("decided_at"))
    rows = Submission.objects.filter(submitted_by_id=viewer.person_id or 0, state=Submission.State.RETURNED)
    rows = rows.filter(~Exists(later), ~Exists(recorded)).select_related("series__measure", "decided_by")
    for row in scoped(viewer, "view", rows).order_by("decided_at"):
        period = Period(Frequency(row.frequency), row.period_start, at.period.calendar)
        yield ReturnedValue(row, row.series.measure, period, number_format(row.series.measure).text(row.value))
