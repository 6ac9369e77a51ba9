"""What data entry is drawn from: the measures one updates, their periods, and what is known of each.

A place is one measure in one of its periods. Every question here is a constant number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from core.access import Actor, scoped
from core.periods import At, Calendar, Frequency, Period
from organization.models import OrgUnit
from organization.roles import Role
from scorecards.models import Measure, PeriodLock, Submission

Place = tuple[int, Period]
"""A measure's number and one of its periods."""


@dataclass(frozen=True)
class KnownValue:
    """One revision of a value: numbers, comment, who and when; `revision` 0 for what waits for approval."""

    revision: int
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    comment: str
    by: str
    at: datetime
    until: datetime | None = None
    source: str = ""

    @property
    def numbers(self) -> tuple[Decimal | None, ...]:
        """Value, numerator, denominator."""
        return self.value, self.numerator, self.denominator


def recordable(viewer: Actor) -> QuerySet[Measure]:
    """Live measures the viewer may record values for; those that are calculated take none."""
    return scoped(viewer, "record", Measure.objects.filter(state="live", expression=""))


def entry_measures(viewer: Actor, unit: int | None = None) -> QuerySet[Measure]:
    """Live measures the viewer may record: of a unit, else those the viewer updates as owner, updater or contributor."""
    rows = recordable(viewer)
    if unit is not None:
        rows = rows.filter(unit=unit)
    else:
        named = Measure.updaters.through.objects.filter(person_id=viewer.person_id or 0).values("measure_id")
        units = viewer.branch(Role.CONTRIBUTOR)
        rows = rows.filter(Q(owner_id=viewer.person_id or 0) | Q(pk__in=named) | Q(unit__in=units))
    return rows.select_related("unit", "owner", "objective", "node").order_by("unit__name", "code")


def entry_units(viewer: Actor) -> QuerySet[OrgUnit]:
    """Units with measures the viewer may record, by name."""
    rows = recordable(viewer)
    return OrgUnit.objects.filter(pk__in=rows.order_by().values("unit")).order_by("name")


def own_periods(frequency: str, period: Period, today: date) -> list[Period]:
    """Periods of a frequency that end in the period and have begun, oldest first."""
    own = Frequency(frequency)
    found = [Period.of(own, period.end, period.calendar)]
    while found[0].end >= period.start:
        found.insert(0, found[0].previous())
    return [one for one in found if period.start <= one.end <= period.end and one.start <= today]


def places_of(measures: Iterable[Measure], at: At) -> list[Place]:
    """The measures in their own periods that end in the period asked for and lie in the measure's life."""
    periods: dict[str, list[Period]] = {}
    found = []
    for measure in measures:
        if measure.frequency not in periods:
            periods[measure.frequency] = own_periods(measure.frequency, at.period, at.today)
        first = measure.starts_on or date.min
        found += [(measure.pk, period) for period in periods[measure.frequency] if period.end >= first]
    return found


_KNOWN = """
SELECT s.measure_id, o.frequency, o.period_start, o.revision, o.value, o.numerator, o.denominator, o.comment,
  coalesce(p.name, o.source), o.recorded_at, o.superseded_at, o.source
FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS k(measure, frequency, start)
JOIN scorecards_series s ON s.measure_id = k.measure AND s.kind = 'actual' AND s.name = ''
JOIN scorecards_observation o ON o.series_id = s.id AND o.frequency = k.frequency AND o.period_start = k.start
LEFT JOIN organization_person p ON p.id = o.recorded_by_id
"""


def known_values(places: Collection[Place], *, only_current: bool = False) -> dict[Place, list[KnownValue]]:
    """Every revision of the values at these places (or the current one), oldest first; one query."""
    if not places:
        return {}
    columns = zip(*((measure, period.frequency.value, period.start) for measure, period in places), strict=True)
    sql = _KNOWN + (" WHERE o.superseded_at IS NULL" if only_current else "") + " ORDER BY o.revision"
    named = {(measure, period.frequency.value, period.start): (measure, period) for measure, period in places}
    found: dict[Place, list[KnownValue]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in columns])
        for row in cursor.fetchall():
            found[named[row[:3]]].append(KnownValue(*row[3:]))
    return found


def waiting_values(places: Collection[Place]) -> dict[Place, Submission]:
    """What was submitted at these places and waits, or came back and was not given again; one query."""
    named = {(measure, period.frequency.value, period.start): (measure, period) for measure, period in places}
    rows = Submission.objects.filter(
        series__measure__in={measure for measure, _period in places},
        series__kind="actual",
        series__name="",
        period_start__in={period.start for _measure, period in places},
    ).exclude(state__in=[Submission.State.WITHDRAWN])
    found: dict[Place, Submission] = {}
    for row in rows.select_related("series", "submitted_by", "decided_by").order_by("submitted_at", "pk"):
        place = named.get((row.series.measure_id, row.frequency, row.period_start))
        if place is not None:
            found[place] = row
    return {place: row for place, row in found.items() if row.state != Submission.State.APPROVED}


def seen_at(places: Collection[Place]) -> dict[Place, tuple[int, int]]:
    """What stands at each place: revision and waiting submission, 0 for none; two queries."""
    known = known_values(places, only_current=True)
    rows = {p: row for p, row in waiting_values(places).items() if row.state == Submission.State.SUBMITTED}
    return {p: (known[p][-1].revision if p in known else 0, rows[p].pk if p in rows else 0) for p in places}


def closed_periods(cards: Collection[int], calendar: Calendar) -> dict[int, list[Period]]:
    """The closed periods of scorecards; one query."""
    found: dict[int, list[Period]] = defaultdict(list)
    for lock in PeriodLock.objects.filter(scorecard__in=cards, opened_at=None):
        found[lock.scorecard_id].append(lock.period(calendar))
    return found


def seen_value(history: Sequence[KnownValue], revision: int | None, as_of: datetime | None) -> KnownValue | None:
    """What an author saw: the revision, or what was known at a moment, else what stands now."""
    if revision is not None:
        return next((one for one in history if one.revision == revision), None)
    if as_of is not None:
        known = [one for one in history if one.at <= as_of and (one.until is None or one.until > as_of)]
        return known[-1] if known else None
    return history[-1] if history else None


def submitted_values(pks: Collection[int]) -> Mapping[int, KnownValue]:
    """Submissions by number, as values; one query, none where no number is given."""
    rows = Submission.objects.filter(pk__in=pks).select_related("submitted_by") if pks else []
    return {row.pk: as_value(row) for row in rows}


def as_value(row: Submission) -> KnownValue:
    """A submission beside the values that are recorded."""
    return KnownValue(
        0, row.value, row.numerator, row.denominator, row.comment, row.submitted_by.name, row.submitted_at
    )
