"""What is known of calculated values besides the values: what is missing, to date or carried, and what the clock turns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from scorecards.rules.arrays import Bools, Days, Ints, Words
from scorecards.rules.status import NO_DAY, Reason

NONE = -1
FAR = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Derived:
    """n × k cells, as a sheet has; those of measures that are recorded stay blank.

    `turns_on` is the first day on which the value changes by the clock alone, NaT for never. `parts` of `of` are those of
    the least complete input, −1 where all are whole.
    """

    is_missing: Bools
    turns_on: Days
    parts: Ints
    of: Ints
    is_carried: Bools

    @classmethod
    def blank(cls, rows: int, columns: int) -> Derived:
        """Nothing is calculated yet."""
        shape = (rows, columns)
        return cls(
            is_missing=np.zeros(shape, dtype=np.bool_),
            turns_on=np.full(shape, NO_DAY),
            parts=np.full(shape, NONE, dtype=np.int64),
            of=np.full(shape, NONE, dtype=np.int64),
            is_carried=np.zeros(shape, dtype=np.bool_),
        )

    def row(self, number: int) -> Derived:
        """One measure's cells, as a sheet of one."""
        return Derived(*(getattr(self, each.name)[number : number + 1] for each in fields(self)))

    @property
    def is_provisional(self) -> Bools:
        """Values that are to date."""
        return np.asarray(self.of > self.parts)


def own_reasons(reason: Words, is_calculated: Bools, is_missing: Bools) -> None:
    """A calculated value is never "not reported": its input is missing, or it failed."""
    reason[is_calculated & is_missing] = Reason.INPUT_MISSING


def joined_reasons(reason: Words, has_failed: Bools) -> None:
    """The same for longer periods; `has_failed` where a part did."""
    overdue = np.array([word is Reason.NOT_REPORTED for word in reason], dtype=np.bool_)
    reason[overdue] = Reason.INPUT_MISSING
    reason[overdue & has_failed] = Reason.CALCULATION_FAILED


def earliest(day: Days, group: Ints, groups: int) -> Days:
    """The first day of each group, NaT where it has none."""
    first = np.full(groups, FAR)
    known = ~np.isnat(day)
    np.minimum.at(first, group[known], day[known].astype("datetime64[D]").astype(np.int64))
    return np.where(first == FAR, NO_DAY, np.where(first == FAR, 0, first).astype("datetime64[D]"))


def begins_on(start: Days, group: Ints, groups: int, today: date) -> Days:
    """When the next part of each group begins: a calculated one may have a value from its first day on."""
    return earliest(np.where(start > np.datetime64(today, "D"), start, NO_DAY), group, groups)


def turns_between(turns_on: Days, first: Ints, last: Ints) -> Days:
    """Of one measure's cells, the first turn in each stretch of columns, both ends in it; NaT for none."""
    found = np.full(len(first), NO_DAY)
    for row, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        stretch = turns_on[max(begin, 0) : end + 1]
        known = stretch[~np.isnat(stretch)]
        found[row] = known.min() if len(known) else NO_DAY
    return found
