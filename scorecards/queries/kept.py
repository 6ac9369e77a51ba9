"""What was known when a period was closed: facts that came or went afterwards, as they stood (METHOD §3, DATAMODEL A5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import numpy as np
from django.db import connection

from core.periods import Calendar, Frequency, Period
from organization.queries import calendars
from scorecards.models import Baseline, Measure, PeriodLock, Scorecard
from scorecards.queries.factarrays import Facts
from scorecards.queries.trees import FREQUENCY, FREQUENCY_WORDS, Closing, MeasureInfo, is_locked
from scorecards.rules.arrays import days
from strategy.models import Strategy


def closed_since(period: Period, closed: Mapping[Period, datetime]) -> datetime | None:
    """The moment from which a period has been closed: the first of the locks that hold it; None while it is open."""
    holding = (since for lock, since in closed.items() if is_locked(period, [lock]) is not None)
    return min(holding, default=None)


def closed_on_card(measure: Measure, calendar: Calendar) -> dict[Period, datetime]:
    """The closed periods of the measure's scorecard, and since when; one query."""
    rows = PeriodLock.objects.filter(scorecard__nodes__measure=measure, opened_at=None)
    return {lock.period(calendar): lock.locked_at for lock in rows}


def baseline_at(measure: Measure, moment: datetime) -> Decimal | None:
    """The baseline known at a moment; one query."""
    since = changed_since(Baseline.objects.filter(measure=measure), moment)
    held = next((each for each in since if each.recorded_at <= moment), None)
    return (held.value if held else None) if since else measure.baseline


def first_open_day(strategy: Strategy, last_closed: date | None) -> date:
    """The first day of the first period that can still change: after the last closed one, else the strategy's first."""
    return strategy.starts_on if last_closed is None else last_closed + timedelta(days=1)


def first_day_to_change(card: Scorecard) -> date:
    """The same of a scorecard; three queries."""
    calendar = calendars()
    rows = PeriodLock.objects.filter(scorecard=card, opened_at=None)
    return first_open_day(card.strategy, max((lock.period(calendar).end for lock in rows), default=None))


class FactRow(NamedTuple):
    """A value (value, numerator, denominator) or a target (target, red flag, stretch, from, to) of a measure's node."""

    node: int
    is_value: bool
    frequency: Frequency
    start: date
    numbers: tuple[float | None, ...]


def rows_of(facts: Facts, infos: Sequence[MeasureInfo], nodes: Collection[int]) -> list[FactRow]:
    """The facts of some of the measures, one by one; `infos` as the facts number them."""
    wanted = [place for place, info in enumerate(infos) if info.node in nodes]
    found = np.flatnonzero(np.isin(facts.measure, wanted))
    return [
        FactRow(
            infos[facts.measure[row]].node,
            bool(facts.is_value[row]),
            FREQUENCY[FREQUENCY_WORDS[facts.frequency[row]]],
            facts.start[row].item(),
            tuple(None if np.isnan(number) else number for number in facts.numbers[row].tolist()),
        )
        for row in found
    ]


def facts_of(rows: Sequence[FactRow], infos: Sequence[MeasureInfo]) -> Facts:
    """Rows of these measures as arrays, which number them as they stand; rows of others are left out."""
    place = {info.node: number for number, info in enumerate(infos)}
    kept = [row for row in rows if row.node in place]
    return Facts(
        np.array([place[row.node] for row in kept], dtype=np.int64),
        np.array([row.is_value for row in kept], dtype=np.bool_),
        np.array([FREQUENCY_WORDS.index(row.frequency.value) for row in kept], dtype=np.int64),
        days([row.start for row in kept]) if kept else np.empty(0, dtype="datetime64[D]"),
        np.array([row.numbers for row in kept], dtype=np.float64).reshape(-1, 5),
    )


class Change(NamedTuple):
    """A value or target that was recorded, or superseded, after a period was closed."""

    row: FactRow
    recorded_at: datetime
    superseded_at: datetime | None


class BaselineChange(NamedTuple):
    """The same of a baseline and its day."""

    node: int
    value: float | None
    on: date | None
    recorded_at: datetime
    superseded_at: datetime | None


C = TypeVar("C", Change, BaselineChange, Baseline)


def changed_since(changes: Iterable[C], moment: datetime) -> list[C]:
    """Those that came or went after a moment."""
    return [
        each
        for each in changes
        if each.recorded_at > moment or (each.superseded_at is not None and each.superseded_at > moment)
    ]


def facts_at(facts: Iterable[FactRow], changes: Iterable[Change], moment: datetime) -> list[FactRow]:
    """The facts as they were known at a moment, from those known now and what changed since."""
    since = changed_since(changes, moment)
    touched = {change.row[:4] for change in since}
    unchanged = [fact for fact in facts if fact[:4] not in touched]
    return [*unchanged, *(change.row for change in since if change.recorded_at <= moment)]


_TARGETS = """
SELECT measure_id, false, frequency, period_start, value::float8, red_flag::float8, stretch::float8, low::float8,
  high::float8, recorded_at, superseded_at
FROM scorecards_target
WHERE measure_id = ANY(%(measures)s::bigint[]) AND (recorded_at > %(moment)s OR superseded_at > %(moment)s)
UNION ALL
SELECT measure_id, true, NULL, "on", value::float8, NULL, NULL, NULL, NULL, recorded_at, superseded_at
FROM scorecards_baseline
WHERE measure_id = ANY(%(measures)s::bigint[]) AND (recorded_at > %(moment)s OR superseded_at > %(moment)s)
"""


def changed_targets(infos: Sequence[MeasureInfo], moment: datetime) -> tuple[list[Change], list[BaselineChange]]:
    """Targets and baselines of measures that were recorded or superseded after a moment; one statement."""
    nodes = {info.id: info.node for info in infos}
    with connection.cursor() as cursor:
        cursor.execute(_TARGETS, {"measures": sorted(nodes), "moment": moment})
        rows = cursor.fetchall()
    targets = [
        Change(FactRow(nodes[row[0]], False, FREQUENCY[row[2]], row[3], row[4:9]), row[9], row[10])
        for row in rows
        if not row[1]
    ]
    return targets, [BaselineChange(nodes[row[0]], row[4], row[3], row[9], row[10]) for row in rows if row[1]]


def closings_of(cards: Collection[int], calendar: Calendar) -> dict[int, list[Closing]]:
    """All that was ever closed on these scorecards; one query where there are any."""
    found: dict[int, list[Closing]] = {}
    if not cards:
        return found
    for lock in PeriodLock.objects.filter(scorecard__in=cards).order_by("locked_at", "pk"):
        closing = Closing(lock.period(calendar), lock.locked_at, lock.opened_at)
        found.setdefault(lock.scorecard_id, []).append(closing)
    return found


_VALUES = """
SELECT o.series_id, o.frequency, o.period_start, o.value::float8, o.numerator::float8, o.denominator::float8,
  o.recorded_at, o.superseded_at
FROM scorecards_observation o
WHERE o.series_id = ANY(%(series)s::bigint[]) AND EXISTS (
  SELECT FROM unnest(%(moments)s::timestamptz[], %(ends)s::date[]) AS closed(moment, until)
  WHERE o.period_start <= closed.until AND (o.recorded_at > closed.moment OR o.superseded_at > closed.moment)
)
"""


def changed_values(infos: Sequence[MeasureInfo], closings: Collection[Closing]) -> list[Change]:
    """Values that measures had, or had no longer, after one of these closings, up to its last day; one statement."""
    nodes = {info.series: info.node for info in infos if info.series}
    asked: dict[str, Any] = {
        "series": sorted(nodes),
        "moments": [closing.locked_at for closing in closings],
        "ends": [closing.period.end for closing in closings],
    }
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, asked)
        rows = cursor.fetchall()
    return [
        Change(FactRow(nodes[row[0]], True, FREQUENCY[row[1]], row[2], (*row[3:6], None, None)), row[6], row[7])
        for row in rows
    ]


_BEGINNINGS = """
SELECT series_id, frequency, period_start, min(recorded_at) FROM scorecards_observation
WHERE series_id = ANY(%(series)s::bigint[]) GROUP BY 1, 2, 3
"""


class Beginning(NamedTuple):
    """A period of a measure for which something was recorded, and when first."""

    node: int
    frequency: Frequency
    start: date
    first_at: datetime


def beginnings_of(infos: Sequence[MeasureInfo]) -> list[Beginning]:
    """From when on each period of these measures was known at all; one statement."""
    nodes = {info.series: info.node for info in infos if info.series}
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNINGS, {"series": sorted(nodes)})
        return [Beginning(nodes[row[0]], FREQUENCY[row[1]], row[2], row[3]) for row in cursor.fetchall()]
