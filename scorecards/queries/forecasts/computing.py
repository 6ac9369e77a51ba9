"""Forecasts of many measures at once: histories laid out as arrays, those of one shape together (SPEED: 20,000 a night)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from core.periods import Calendar, Frequency, Period
from scorecards.models import Measure
from scorecards.queries.forecasts.histories import NOT_FORECAST, History, histories, season_of
from scorecards.queries.forecasts.wanted import NO_TARGET, YearTarget, year_targets
from scorecards.rules.aggregation import Aggregation
from scorecards.rules.arrays import MISSING, Floats, floats
from scorecards.rules.forecast import FEWEST, Forecasts, Wanted, YearEnd, bridged, forecast, longest

OLDEST_VALUE = timedelta(days=366)
"""A newest value older than a year before the forecast year says nothing of it."""


@dataclass(frozen=True)
class Point:
    """The forecast of one period: expected value, and the ends of the 80 % interval."""

    key: str
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """The system's forecast of a measure's year. Without a `model` there is none, and `n` values are why, or their kind."""

    year: Period
    n: int = 0
    model: str = ""
    points: tuple[Point, ...] = ()
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    p_met: float | None = None
    target: YearTarget = NO_TARGET


@dataclass(frozen=True)
class _Asked:
    """One measure on its way: `first` of its history to `last`, steps to the year's end, and the year's parts."""

    history: History
    year: Period
    first: Period
    last: Period
    steps: tuple[Period, ...]
    done: Floats
    skip: int
    weight: Floats

    @property
    def shape(self) -> tuple[object, ...]:
        """Measures of one shape are computed together."""
        spread = len(_between(self.first, self.last))
        kind = (self.history.frequency, self.history.measure.aggregation)
        return (*kind, spread, len(self.steps), len(self.done), self.skip)


def forecasts(
    measures: Sequence[Measure],
    today: date,
    calendar: Calendar,
    *,
    as_of: datetime | None = None,
    year: Period | None = None,
) -> dict[int, Outlook]:
    """The forecast of each measure for the year that runs for it, or for `year`, from what was known at `as_of`."""
    found, asked = {}, []
    for history in histories(measures, today, as_of):
        wanted = year or _running_year(history, today, calendar)
        found[history.measure.pk] = Outlook(wanted, len(history.values))
        one = _ask(history, wanted, calendar)
        if one is not None:
            asked.append(one)
    targets = year_targets(
        {key: outlook.year for key, outlook in found.items()},
        measures,
        as_of,
        {one.history.measure.pk: list(one.weight) for one in asked if not np.isnan(one.weight).any()},
    )
    for key, outlook in found.items():
        found[key] = Outlook(outlook.year, outlook.n, target=targets[key])
    found |= _computed(asked, targets)
    return found


def _running_year(history: History, today: date, calendar: Calendar) -> Period:
    """The year of the first period without a value; once its days of grace are over, that of today."""
    now = Period.of(Frequency.YEAR, today - timedelta(days=history.measure.grace_days), calendar)
    if history.last is None:
        return now
    following = Period(history.frequency, history.last, calendar).next()
    return max(now, following.parent(Frequency.YEAR))


def _ask(history: History, year: Period, calendar: Calendar) -> _Asked | None:
    """None where nothing is forecast: no quantity, too few values, or the year too far or over."""
    if history.measure.method in NOT_FORECAST or len(history.values) < FEWEST or history.last is None:
        return None
    last = Period(history.frequency, history.last, calendar)
    parts = year.parts(history.frequency)
    if last.start >= parts[-1].start or last.end < year.start - OLDEST_VALUE:
        return None
    steps = tuple(_between(last.next(), parts[-1]))
    back = longest(season_of(history.frequency)) - 1
    first = max(Period(history.frequency, min(history.values), calendar), last.shift(-back))
    past = [part for part in parts if part.start <= last.start]
    coming = len(parts) - len(past)
    done = _done(history, past)
    weight = _weights(history, [*past[len(past) - len(done) :], *parts[len(past) :]])
    return _Asked(history, year, first, last, steps, done, len(steps) - coming, weight)


def _between(first: Period, last: Period) -> list[Period]:
    found = [first]
    while found[-1].start < last.start:
        found.append(found[-1].next())
    return found


def _done(history: History, past: Sequence[Period]) -> Floats:
    """Values of the year so far; before the first there is nothing to add, and a gap is bridged."""
    known = [history.all_values.get(part.start) for part in past]
    begins = next((place for place, value in enumerate(known) if value is not None), len(known))
    values = floats([MISSING if value is None else value.value for value in known[begins:]])
    return bridged(values[None, :])[0] if len(values) else values


def _weights(history: History, parts: Sequence[Period]) -> Floats:
    """Denominators of a ratio: its own, for parts to come last year's, else the mean of those known; NaN without any."""
    if history.measure.aggregation != Measure.Aggregation.RATIO:
        return np.full(len(parts), MISSING)
    known = [v.denominator for v in history.all_values.values() if v.denominator is not None]
    usual = sum(known) / len(known) if known else MISSING
    found = []
    for part in parts:
        ago = part.year_ago()
        values = (history.all_values.get(start) for start in (part.start, ago.start if ago else part.start))
        given = next((v.denominator for v in values if v is not None and v.denominator is not None), usual)
        found.append(given)
    return floats(found)


def _computed(asked: Iterable[_Asked], targets: Mapping[int, YearTarget]) -> dict[int, Outlook]:
    alike: dict[tuple[object, ...], list[_Asked]] = defaultdict(list)
    for one in asked:
        alike[one.shape].append(one)
    found = {}
    for group in alike.values():
        made = _together(group, targets)
        for row, one in enumerate(group):
            found[one.history.measure.pk] = _outlook(one, made, row, targets[one.history.measure.pk])
    return found


def _together(group: Sequence[_Asked], targets: Mapping[int, YearTarget]) -> Forecasts:
    one = group[0]
    bounds = [targets[each.history.measure.pk].bounds(each.history.measure) for each in group]
    table = np.stack([_row(each) for each in group])
    limits = [_possible(each.history.measure, table[row]) for row, each in enumerate(group)]
    return forecast(
        table,
        season=season_of(one.history.frequency),
        horizon=len(one.steps),
        year=YearEnd(
            Aggregation(one.history.measure.aggregation),
            np.stack([each.done for each in group]),
            one.skip,
            np.stack([each.weight for each in group]),
        ),
        wanted=Wanted(
            floats([low for low, _ in bounds]),
            floats([high for _, high in bounds]),
            floats([low for low, _ in limits]),
            floats([high for _, high in limits]),
        ),
    )


def _row(one: _Asked) -> Floats:
    values = one.history.values
    periods = _between(one.first, one.last)
    return floats([values[period.start].value if period.start in values else MISSING for period in periods])


def _possible(measure: Measure, values: Floats) -> tuple[float | None, float | None]:
    """The natural limit on its better side; a share of all that never left 0 to 100 % does not, nor a count 0."""
    low = 0.0 if measure.is_percent or measure.aggregation == Measure.Aggregation.COUNT else None
    high = 100.0 if measure.is_percent else None
    if measure.limit is not None:
        low, high = (low, float(measure.limit)) if measure.goodness > 0 else (float(measure.limit), high)
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    return (None if low is None or least < low else low), (None if high is None or most > high else high)


def _outlook(one: _Asked, made: Forecasts, row: int, target: YearTarget) -> Outlook:
    if made.model[row] is None:
        return Outlook(one.year, int(made.n[row]), target=target)
    steps = zip(one.steps, made.middle[row], made.low[row], made.high[row], strict=True)
    p_met = float(made.p_met[row])
    return Outlook(
        year=one.year,
        n=int(made.n[row]),
        model=str(made.model[row]),
        points=tuple(Point(step.key, float(mid), float(low), float(high)) for step, mid, low, high in steps),
        low=float(made.year_low[row]),
        middle=float(made.year_middle[row]),
        high=float(made.year_high[row]),
        p_met=None if np.isnan(p_met) else p_met,
        target=target,
    )
