"""Periods as numbered columns, so that one array holds many periods of many nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np

from core.periods import Calendar, Frequency, Period
from scorecards.rules.arrays import Bools, Days, Ints, days

A = TypeVar("A", Days, Ints)
FREQUENCIES = tuple(Frequency)
ABOVE_MEASURES = (Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR)
"""The periods that every node has results for; a measure has its own besides."""

Periods = Mapping[Frequency, Collection[date]]
"""Periods by frequency, as first days."""


@dataclass(frozen=True)
class Timeline:
    """All periods of one frequency between two days, in order; the first is there for what comes after it to look back."""

    frequency: Frequency
    periods: tuple[Period, ...]

    @classmethod
    def between(cls, frequency: Frequency, first: date, last: date, calendar: Calendar) -> Timeline:
        """From the period before the one that holds the first day to the one that holds the last."""
        return _between(frequency, first, last, calendar)

    def __len__(self) -> int:
        return len(self.periods)

    @cached_property
    def at(self) -> dict[date, int]:
        """Column of the period that begins on a day."""
        return {period.start: column for column, period in enumerate(self.periods)}

    @cached_property
    def start(self) -> Days:
        return _fixed(days([period.start for period in self.periods]))

    @cached_property
    def end(self) -> Days:
        return _fixed(days([period.end for period in self.periods]))

    @cached_property
    def next_end(self) -> Days:
        """Last days of the periods after these."""
        return np.append(self.end[1:], np.datetime64(self.periods[-1].next().end, "D"))

    def columns(self, wanted: Periods | None) -> Bools:
        """Which periods are wanted; None is all but the first."""
        chosen = np.zeros(len(self), dtype=np.bool_)
        if wanted is None:
            chosen[1:] = True
        else:
            chosen[[self.at[start] for start in wanted.get(self.frequency, ()) if start in self.at]] = True
            chosen[0] = False
        return chosen

    def places(self, start: Days) -> Ints:
        """Column of each period that begins on these days; −1 where none does."""
        at = np.minimum(np.searchsorted(self.start, start), len(self) - 1)
        return np.where(self.start[at] == start, at, -1)

    def parents(self, longer: Timeline) -> Ints:
        """Column of the longer period that each belongs to; −1 where the other line does not reach."""
        reach = (longer.frequency, longer.periods[0].start, longer.periods[-1].start)
        if reach not in self._parents:
            found = [longer.at.get(period.parent(longer.frequency).start, -1) for period in self.periods]
            self._parents[reach] = _fixed(np.array(found, dtype=np.int64))
        return self._parents[reach]

    @cached_property
    def _parents(self) -> dict[tuple[Frequency, date, date], Ints]:
        return {}


@lru_cache(maxsize=128)
def _between(frequency: Frequency, first: date, last: date, calendar: Calendar) -> Timeline:
    """The same line for every scorecard that begins alike: a rebuild asks for few lines many times."""
    found = [Period.of(frequency, first, calendar).previous()]
    while found[-1].end < last:
        found.append(found[-1].next())
    return Timeline(frequency, tuple(found))


def _fixed(array: A) -> A:
    """Shared, so nobody may write to it."""
    array.flags.writeable = False
    return array


Lines = Mapping[Frequency, Timeline]


@dataclass(frozen=True)
class Axis:
    """The periods of several lines as one row of columns, line after line, so that all frequencies are computed at once.

    The column before that of a period is the period before it: the first of a line is there only for that.
    """

    lines: Lines
    begins: Mapping[Frequency, int]
    frequency: Ints
    start: Days
    end: Days

    @classmethod
    def of(cls, lines: Lines) -> Axis:
        """The lines, shorter periods first."""
        ordered = {frequency: lines[frequency] for frequency in FREQUENCIES if frequency in lines}
        lengths = [len(line) for line in ordered.values()]
        begins = dict(zip(ordered, np.cumsum([0, *lengths]).tolist(), strict=False))
        return cls(
            lines=ordered,
            begins=begins,
            frequency=np.repeat(np.array([FREQUENCIES.index(each) for each in ordered], dtype=np.int64), lengths),
            start=np.concatenate([line.start for line in ordered.values()]),
            end=np.concatenate([line.end for line in ordered.values()]),
        )

    def __len__(self) -> int:
        return len(self.end)

    def columns(self, wanted: Periods | None) -> Bools:
        """Which periods are wanted; None is all but the first of each line."""
        return np.concatenate([line.columns(wanted) for line in self.lines.values()])

    @cached_property
    def is_above_measures(self) -> Bools:
        """The periods that every node has results for."""
        return np.isin(self.frequency, [FREQUENCIES.index(each) for each in ABOVE_MEASURES])

    def places(self, frequency: Ints, start: Days) -> Ints:
        """The column of each period, given as number of its frequency and first day; −1 where it is not here."""
        at = np.searchsorted(self._order, _order(frequency, start))
        at[at == len(self)] = 0
        is_here = (self.frequency[at] == frequency) & (self.start[at] == start)
        return np.where(is_here, at, -1)

    @cached_property
    def _order(self) -> Ints:
        return _order(self.frequency, self.start)


def _order(frequency: Ints, start: Days) -> Ints:
    """Rises by frequency, then by day."""
    return frequency.astype(np.int64) * 10**7 + start.astype(np.int64)


def united(many: Iterable[Periods]) -> dict[Frequency, set[date]]:
    """The periods of all."""
    found: dict[Frequency, set[date]] = {}
    for periods in many:
        for frequency, starts in periods.items():
            found.setdefault(frequency, set()).update(starts)
    return found


def begun(periods: Periods, today: date) -> dict[Frequency, set[date]]:
    """Those that have begun: later ones have no results yet."""
    return {frequency: {start for start in starts if start <= today} for frequency, starts in periods.items()}


def reading(period: Period, today: date) -> dict[Frequency, set[date]]:
    """The periods whose results read a fact of this one (METHOD §5): itself, the longer ones that hold it, the shorter
    ones that may carry it, and the one after each, for its trend."""
    found = {period.frequency: {period.start, period.next().start}}
    for frequency in ABOVE_MEASURES:
        if period.frequency.is_longer_than(frequency):
            found[frequency] = since(frequency, period.end, today, period.calendar)
        else:
            holder = period.parent(frequency)
            found.setdefault(frequency, set()).update({holder.start, holder.next().start})
    return found


def since(frequency: Frequency, first: date, today: date, calendar: Calendar) -> set[date]:
    """First days of the periods of a frequency from the one that holds a day to the one that holds today."""
    period, found = Period.of(frequency, first, calendar), set()
    while period.start <= today:
        found.add(period.start)
        period = period.next()
    return found


def all_since(
    frequencies: Iterable[Frequency], first: date, today: date, calendar: Calendar
) -> dict[Frequency, set[date]]:
    """The periods of several frequencies from a day on."""
    return {frequency: since(frequency, first, today, calendar) for frequency in {*frequencies, *ABOVE_MEASURES}}
