"""Values in longer and shorter periods than their own (METHOD §2).

A longer period takes its parts by the measure's aggregation: complete when every part has a value, else "to date, n of
m parts", with targets and red flags over the same parts. A shorter one carries the latest finished value for a while.
Several longer periods are computed at once: rows are parts, in order of time, each with the number of its group.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

import numpy as np

from core.periods import Period
from scorecards.rules.arrays import (
    MISSING,
    Bools,
    Days,
    Floats,
    FloatsLike,
    Ints,
    Words,
    days,
    floats,
    group_bounds,
    group_sums,
    has_no_word,
    quiet,
    words,
)
from scorecards.rules.status import DEFAULT_GRACE_DAYS, NO_DAY, ONE_DAY, Reason


class Aggregation(StrEnum):
    """How a measure's values join over time."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    RATIO = "ratio"


NEEDS_ALL_DUE = frozenset({Aggregation.SUM, Aggregation.COUNT, Aggregation.RATIO})
"""With a part missing that is due, these say nothing true; mean, last, min and max are shown with n of m."""


@dataclass(frozen=True)
class Thresholds:
    """What values are held against, as arrays of equal length; NaN for none. `lo` and `hi` are a range's ends."""

    target: Floats
    red_flag: Floats
    stretch: Floats
    lo: Floats
    hi: Floats

    @classmethod
    def of(cls, length: int, **given: FloatsLike) -> Self:
        """The same from plain numbers or sequences; what is not given is missing."""
        return cls(*(floats(np.broadcast_to(floats(given.get(each.name, MISSING)), length)) for each in fields(cls)))


@dataclass(frozen=True)
class Parts:
    """Parts of longer periods: m rows in order of group, then of time.

    `end` is a part's last day; a part without a value is NaN. `numerator` and `denominator` are asked for ratios only.
    """

    end: Days
    value: Floats
    thresholds: Thresholds
    numerator: Floats
    denominator: Floats

    @classmethod
    def of(
        cls,
        end: Days,
        value: FloatsLike,
        *,
        numerator: FloatsLike = MISSING,
        denominator: FloatsLike = MISSING,
        **thresholds: FloatsLike,
    ) -> Self:
        """The same from plain numbers or sequences; thresholds by their names in `Thresholds`."""
        values, tops, bottoms = (np.broadcast_to(floats(given), len(end)) for given in (value, numerator, denominator))
        return cls(end, values, Thresholds.of(len(end), **thresholds), tops, bottoms)


@dataclass(frozen=True)
class Aggregated:
    """Results of g longer periods: value (NaN where `reason` says why), thresholds over the same parts, n of m.

    `is_complete`: every part has a value; otherwise the status is provisional. `numerator` and `denominator` are the
    sums of a ratio. `next_change_on` is the first day on which the answer changes by the clock alone, NaT: never.
    """

    value: Floats
    thresholds: Thresholds
    numerator: Floats
    denominator: Floats
    n: Ints
    m: Ints
    reason: Words
    next_change_on: Days

    @property
    def is_complete(self) -> Bools:
        return np.asarray(self.n == self.m)


@quiet
def aggregate(
    aggregation: Aggregation,
    parts: Parts,
    today: date,
    *,
    group: Ints | None = None,
    groups: int = 1,
    grace_days: int = DEFAULT_GRACE_DAYS,
    own: Thresholds | None = None,
    factor: float = 1.0,
) -> Aggregated:
    """Join parts into longer periods: one, or `groups` with `group` (0 to groups − 1, rising) saying whose each row is.

    `own` holds the longer periods' own thresholds, which win once the period is complete. `factor` multiplies a ratio:
    100 for measures written in percent. Year to date is the same over the parts since the year's start.
    """
    rows = _rows(aggregation, parts, group, groups)
    last_day = parts.end + np.timedelta64(grace_days, "D")
    is_due = np.datetime64(today, "D") > last_day
    overdue = rows.count(~rows.present & is_due) > 0
    value, numerator, denominator = rows.value(factor)
    reason = words(groups)
    reason[np.isnan(value)] = Reason.CALCULATION_FAILED
    reason[rows.count(rows.present & rows.lacks_input) > 0] = Reason.INPUT_MISSING
    reason[rows.n == 0] = Reason.NOT_DUE_YET
    fails = overdue if aggregation in NEEDS_ALL_DUE else overdue & (rows.n == 0)
    reason[fails] = Reason.NOT_REPORTED
    waits = ~fails & ((rows.n == 0) | (aggregation in NEEDS_ALL_DUE))
    next_due = rows.earliest(last_day + ONE_DAY, ~rows.present & ~is_due)
    return Aggregated(
        value=np.where(has_no_word(reason), value, MISSING),
        thresholds=_own_first(own, rows),
        numerator=numerator,
        denominator=denominator,
        n=rows.n,
        m=rows.m,
        reason=reason,
        next_change_on=np.where(waits, next_due, NO_DAY),
    )


@dataclass(frozen=True)
class _Rows:
    """Parts on their way into groups. `lacks_input`: a part of a ratio that has a value, but not what it is made of."""

    aggregation: Aggregation
    parts: Parts
    group: Ints
    bounds: list[int]
    present: Bools
    lacks_input: Bools
    n: Ints
    m: Ints

    def count(self, mask: Bools) -> Ints:
        return np.bincount(self.group[mask], minlength=len(self.bounds) - 1)

    def earliest(self, day: Days, mask: Bools) -> Days:
        """The first of the marked days in each group; NaT where none is marked."""
        far = np.iinfo(np.int64).max
        first = np.full(len(self.bounds) - 1, far)
        np.minimum.at(first, self.group[mask], day[mask].astype("datetime64[D]").astype(np.int64))
        return np.where(first == far, NO_DAY, np.where(first == far, 0, first).astype("datetime64[D]"))

    def value(self, factor: float) -> tuple[Floats, Floats, Floats]:
        """Value, numerator and denominator of each group; NaN where there is none, or a denominator of 0."""
        none = np.full(len(self.n), MISSING)
        if self.aggregation is not Aggregation.RATIO:
            return self.join(self.parts.value), none, none
        top, bottom = (self._sum(each) for each in (self.parts.numerator, self.parts.denominator))
        usable = (self.n > 0) & (bottom != 0)
        return factor * np.divide(top, bottom, out=none, where=usable), top, bottom

    def join(self, numbers: Floats) -> Floats:
        """Join the numbers of the parts that have a value; NaN where one of them has no such number."""
        if self.aggregation is Aggregation.LAST:
            return self._last(numbers)
        joined = _JOINS[self.aggregation](self, numbers)
        lacking = self.count(self.present & np.isnan(numbers)) > 0
        return np.where(lacking | (self.n == 0), MISSING, joined)

    def _sum(self, numbers: Floats) -> Floats:
        return group_sums(np.where(self.present, numbers, 0.0), self.bounds)

    def _mean(self, numbers: Floats) -> Floats:
        return self._sum(numbers) / np.maximum(self.n, 1)

    def _last(self, numbers: Floats) -> Floats:
        last = np.full(len(self.n), -1)
        np.maximum.at(last, self.group[self.present], np.flatnonzero(self.present))
        return np.where(last >= 0, np.append(numbers, MISSING)[last], MISSING)

    def _lowest(self, numbers: Floats) -> Floats:
        lowest = np.full(len(self.n), np.inf)
        np.minimum.at(lowest, self.group[self.present], numbers[self.present])
        return lowest

    def _highest(self, numbers: Floats) -> Floats:
        return -self._lowest(-numbers)

    def _weighted_by_denominator(self, numbers: Floats) -> Floats:
        bottom = self._sum(self.parts.denominator)
        points = self._sum(numbers * self.parts.denominator)
        is_weighted = ~np.isnan(points) & (bottom > 0)
        return np.divide(points, bottom, out=self._mean(numbers), where=is_weighted)


_JOINS: dict[Aggregation, Callable[[_Rows, Floats], Floats]] = {
    Aggregation.SUM: _Rows._sum,
    Aggregation.COUNT: _Rows._sum,
    Aggregation.MEAN: _Rows._mean,
    Aggregation.MIN: _Rows._lowest,
    Aggregation.MAX: _Rows._highest,
    Aggregation.RATIO: _Rows._weighted_by_denominator,
}


def _rows(aggregation: Aggregation, parts: Parts, group: Ints | None, groups: int) -> _Rows:
    index = np.zeros(len(parts.end), dtype=np.int64) if group is None else group
    present, lacks_input = ~np.isnan(parts.value), np.zeros(len(parts.end), dtype=np.bool_)
    if aggregation is Aggregation.RATIO:
        lacks_input = np.isnan(parts.numerator) | np.isnan(parts.denominator)
        present = present | ~lacks_input
    n, m = (np.bincount(index[mask], minlength=groups) for mask in (present, np.ones_like(present)))
    return _Rows(aggregation, parts, index, group_bounds(index, groups), present, lacks_input, n, m)


def _own_first(own: Thresholds | None, rows: _Rows) -> Thresholds:
    """A complete period's own thresholds, else those of its parts.

    With an own target the red flag and the stretch are its own, too, and both ends of a range go together: parts of the
    two sets mixed could contradict each other.
    """
    made = {each.name: rows.join(getattr(rows.parts.thresholds, each.name)) for each in fields(Thresholds)}
    if own is None:
        return Thresholds(**made)
    is_complete = rows.n == rows.m
    has_target, has_range = ~np.isnan(own.target), ~np.isnan(own.lo) | ~np.isnan(own.hi)
    for name, joined in made.items():
        given = getattr(own, name)
        wins = is_complete & (~np.isnan(given) | (has_range if name in {"lo", "hi"} else has_target))
        made[name] = np.where(wins, given, joined)
    return Thresholds(**made)


@dataclass(frozen=True)
class Carried:
    """Which own period each shown one uses: its row (−1: none), its value, or the reason why there is none."""

    row: Ints
    value: Floats
    reason: Words
    next_change_on: Days


def carried_until(period: Period, grace_days: int = DEFAULT_GRACE_DAYS) -> date:
    """The last day on which a period's value may stand for a later day: one period more, and the grace days."""
    return period.next().end + timedelta(days=grace_days)


def carried(
    shown_end: Days,
    own_end: Days,
    until: Days,
    value: FloatsLike,
    today: date,
    grace_days: int = DEFAULT_GRACE_DAYS,
) -> Carried:
    """Show one measure in n periods shorter than its own: the latest of its m own periods finished by then, if fresh.

    `shown_end` are the last days of the shown periods. `own_end` (rising), `until` (`carried_until`) and `value`
    describe the own periods, NaN without a value. A shown period that is not over is asked for as of today. Stale once
    the day passes `until`. For "the latest value" of a measure, show it in a period that ends today.
    """
    values, now = floats(value), np.datetime64(today, "D")
    finished = np.searchsorted(own_end, np.minimum(shown_end, now - ONE_DAY), side="right")
    row = _latest_with_value(values)[finished]
    last_day = np.append(until, NO_DAY)[row]
    first_end = np.append(own_end, NO_DAY)[0]
    first_due = first_end + np.timedelta64(grace_days, "D")
    is_carried = (row >= 0) & (np.minimum(shown_end, now) <= last_day)
    is_overdue = (row < 0) & (finished > 0) & (now > first_due)
    reason = words(len(shown_end))
    reason[row < 0] = Reason.NOT_DUE_YET
    reason[is_overdue] = Reason.NOT_REPORTED
    reason[(row >= 0) & ~is_carried] = Reason.STALE

    following = np.append(own_end, NO_DAY)[_next_with_value(values)[finished]]
    finishes = np.where(following <= shown_end, following, NO_DAY)
    turns_stale = np.where(is_carried & (last_day < shown_end), last_day, NO_DAY)
    falls_due = np.where((row < 0) & ~is_overdue & (first_end <= shown_end), first_due, NO_DAY)
    next_change_on = days(np.fmin(np.fmin(finishes, turns_stale), falls_due)) + ONE_DAY
    return Carried(row, np.where(is_carried, np.append(values, MISSING)[row], MISSING), reason, next_change_on)


def _latest_with_value(values: Floats) -> Ints:
    """For k = 0 … m, the last of the first k rows that has a value; −1 for none."""
    rows = np.where(np.isnan(values), -1, np.arange(len(values)))
    return np.concatenate(([-1], np.maximum.accumulate(rows)))


def _next_with_value(values: Floats) -> Ints:
    """For k = 0 … m, the first row from k on that has a value; m for none."""
    rows = np.where(np.isnan(values), len(values), np.arange(len(values)))
    return np.concatenate((np.minimum.accumulate(rows[::-1])[::-1], [len(values)]))
