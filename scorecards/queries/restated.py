"""Values that were recorded after their period had been closed: marked on every screen and in print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import F

from core.formats import date_short
from core.periods import Calendar, Frequency, Period
from scorecards.models import Observation, PeriodLock
from scorecards.queries.trees import Closing, is_locked

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

    Of calculated ones: in which periods something they read was, and counts because the period was opened again.
    `within` narrows to periods that lie in one. Three queries; one where the scorecards have no lock.
    """
    locks: dict[int, list[Closing]] = defaultdict(list)
    for lock in PeriodLock.objects.filter(scorecard__nodes__measure__in=measures).distinct():
        locks[lock.scorecard_id].append(Closing(lock.period(calendar), lock.locked_at, lock.opened_at))
    if not locks:
        return {}
    readers = _readers(measures)
    first = min(closing.locked_at for each in locks.values() for closing in each)
    rows = Observation.objects.filter(
        series__measure__in={*measures, *readers}, series__kind="actual", superseded_at=None, recorded_at__gt=first
    )
    if within is not None:
        rows = rows.filter(period_start__range=(within.start, within.end))
    rows = rows.annotate(card=F("series__measure__node__scorecard"), measure_id=F("series__measure"))
    asked = set(measures)
    found: dict[Key, AfterClosing] = {}
    for row in rows:
        period = Period(Frequency(row.frequency), row.period_start, calendar)
        earliest = _first_lock(period, locks.get(row.card or 0, ()))
        if row.measure_id in asked and earliest is not None and earliest < row.recorded_at:
            key = (row.series_id, row.frequency, row.period_start)
            found[key] = AfterClosing(row.measure_id, row.series_id, period, earliest, row.recorded_at)
        for reader in readers.get(row.measure_id, ()):
            one = _read_after(reader, period, row.recorded_at, locks.get(reader.card, ()))
            if one is not None:
                key = (one.series_id, one.period.frequency.value, one.period.start)
                found[key] = max(one, found.get(key, one), key=lambda each: each.recorded_at)
    return found


class _Reader(NamedTuple):
    """A calculated measure that reads another, however far below."""

    measure: int
    card: int
    frequency: Frequency
    series: int


_READERS = """
WITH RECURSIVE below(reader, id) AS (
  SELECT measure_id, input_id FROM scorecards_formulainput WHERE measure_id = ANY(%s::bigint[])
  UNION SELECT below.reader, f.input_id FROM below JOIN scorecards_formulainput f ON f.measure_id = below.id
)
SELECT below.id, m.id, n.scorecard_id, m.frequency, s.id
FROM below JOIN scorecards_measure m ON m.id = below.reader JOIN scorecards_node n ON n.measure_id = m.id
JOIN scorecards_series s ON s.measure_id = m.id AND s.kind = 'actual' AND s.name = ''
WHERE n.scorecard_id IS NOT NULL
"""


def _readers(measures: Collection[int]) -> dict[int, list[_Reader]]:
    """Of the calculated ones among these measures, by what they read; one query."""
    found: dict[int, list[_Reader]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_READERS, [sorted(measures)])
        for read, measure, card, frequency, series in cursor.fetchall():
            found[read].append(_Reader(measure, card, Frequency(frequency), series))
    return found


def _read_after(
    reader: _Reader, period: Period, recorded_at: datetime, locks: Sequence[Closing]
) -> AfterClosing | None:
    """What a value means for a calculated measure: nothing before the first lock, nor while its period stays closed."""
    if period.frequency.is_longer_than(reader.frequency):
        return None
    own = period.parent(reader.frequency)
    earliest = _first_lock(own, locks)
    still = _first_lock(own, [closing for closing in locks if closing.holds_at(None)])
    if earliest is None or earliest > recorded_at or (still is not None and still < recorded_at):
        return None
    return AfterClosing(reader.measure, reader.series, own, earliest, recorded_at)


def _first_lock(period: Period, locks: Sequence[Closing]) -> datetime | None:
    """The first moment the period was closed, by itself or with a longer one that holds it."""
    holding = (closing.locked_at for closing in locks if is_locked(period, [closing.period]) is not None)
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
