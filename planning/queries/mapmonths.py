"""How the objectives of a map stood in the periods before: the slider under its filters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from core.periods import At, Period
from core.statuses import NO_DATA, ORDER, word
from scorecards.models import Result
from strategy.models import Objective

OFFERED = 13
"""A year, and the period it began with."""


@dataclass(frozen=True)
class Stop:
    """One period of the slider: how many objectives had each status, and whether it is the one that is shown."""

    period: Period
    counts: Mapping[str, int]
    is_current: bool

    @property
    def words(self) -> str:
        """The counts in words."""
        return ", ".join(f"{self.counts[status]} {word(status).lower()}" for status in ORDER if self.counts.get(status))


def stops(objectives: Collection[Objective], at: At) -> tuple[Stop, ...]:
    """Periods as long as the one that is shown, up to today's; one query. An older one that is asked for comes first."""
    newest = Period.of(at.period.frequency, at.today, at.period.calendar)
    periods = [newest.shift(-step) for step in reversed(range(OFFERED))]
    if at.period.start < periods[0].start:
        periods = [at.period, *periods[1:]]
    found = _counts(objectives, periods)
    return tuple(
        Stop(period, _whole(found[period.start], len(objectives)), period.start == at.period.start)
        for period in periods
    )


def _counts(objectives: Collection[Objective], periods: Collection[Period]) -> Mapping[date, Counter[str]]:
    found: dict[date, Counter[str]] = defaultdict(Counter)
    frequency = next(iter(periods)).frequency
    rows = Result.objects.filter(
        node__objective__in=objectives, frequency=frequency, period_start__in=[period.start for period in periods]
    )
    for start, status in rows.values_list("period_start", "status"):
        found[start][status] += 1
    return found


def _whole(counts: Counter[str], all_of_them: int) -> Mapping[str, int]:
    """Objectives without a result in the period have no data."""
    return {**counts, NO_DATA: counts[NO_DATA] + all_of_them - counts.total()}
