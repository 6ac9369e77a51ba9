"""Values that were recorded after their period had been closed: marked on every screen and in print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import F

from core.formats import date_short
from core.periods import Calendar, Frequency, Period
from scorecards.models import Observation, PeriodLock

R = TypeVar("R", bound=Any)
Key = tuple[int, str, date]
"""A series, its frequency and the first day of a period."""


@dataclass(frozen=True)
class AfterClosing:
    """A current value of a measure that was recorded after a lock of its period."""

    measure_id: int
    series_id: int
    period: Period
    locked_at: datetime
    recorded_at: datetime


def recorded_after_closing(
    measures: Collection[int], calendar: Calendar, *, within: Period | None = None
) -> dict[Key, AfterClosing]:
    """Which current values of these measures were recorded after a lock of their period, opened again or not.

    `within` narrows to periods that lie in one. Two queries; one where the scorecards have no lock.
    """
    locks: dict[int, list[tuple[Period, datetime]]] = defaultdict(list)
    for lock in PeriodLock.objects.filter(scorecard__nodes__measure__in=measures).distinct():
        locks[lock.scorecard_id].append((lock.period(calendar), lock.locked_at))
    if not locks:
        return {}
    first = min(moment for each in locks.values() for _period, moment in each)
    rows = Observation.objects.filter(
        series__measure__in=measures, series__kind="actual", superseded_at=None, recorded_at__gt=first
    )
    if within is not None:
        rows = rows.filter(period_start__range=(within.start, within.end))
    rows = rows.annotate(card=F("series__measure__node__scorecard"), measure_id=F("series__measure"))
    found: dict[Key, AfterClosing] = {}
    for row in rows:
        period = Period(Frequency(row.frequency), row.period_start, calendar)
        earliest = _first_lock(period, locks.get(row.card or 0, ()))
        if earliest is not None and earliest < row.recorded_at:
            key = (row.series_id, row.frequency, row.period_start)
            found[key] = AfterClosing(row.measure_id, row.series_id, period, earliest, row.recorded_at)
    return found


def _first_lock(period: Period, locks: Sequence[tuple[Period, datetime]]) -> datetime | None:
    """The first moment the period was closed, by itself or with a longer one that holds it."""
    holding = [
        moment
        for lock, moment in locks
        if not period.frequency.is_longer_than(lock.frequency) and period.parent(lock.frequency).start == lock.start
    ]
    return min(holding, default=None)


def by_measure(found: Mapping[Key, AfterClosing]) -> dict[int, AfterClosing]:
    """The newest of each measure."""
    newest: dict[int, AfterClosing] = {}
    for one in found.values():
        if one.measure_id not in newest or newest[one.measure_id].recorded_at < one.recorded_at:
            newest[one.measure_id] = one
    return newest


def marked(rows: Iterable[R], after: Mapping[int, AfterClosing]) -> Iterator[R]:
    """The rows of a scorecard; those of measures recorded after closing say the day in `restated`."""
    for row in rows:
        one = after.get(row.key) if row.kind == "measure" else None
        yield replace(row, restated=date_short(one.recorded_at.date())) if one else row
