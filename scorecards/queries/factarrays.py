"""Current values and targets of measures as arrays, read by binary COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np

from core.columns import Column, Layout
from core.periods import Frequency
from scorecards.queries.trees import FREQUENCY, FREQUENCY_WORDS, MeasureInfo
from scorecards.rules.arrays import Bools, Days, Floats, Ints

_NUMBERS = ("first", "second", "third", "fourth", "fifth")
FACTS = Layout(
    Column("owner", "i8"),
    Column("is_value", "?"),
    Column("frequency", "i2", words=FREQUENCY_WORDS),
    Column("start", "M8[D]", "period_start"),
    *(Column(name, "f8") for name in _NUMBERS),
)
"""Current values (value, numerator, denominator) and targets (target, red flag, stretch, from, to); a series or a measure."""
_VALUES = f"""
SELECT {FACTS.selected} FROM (SELECT *, series_id AS owner, true AS is_value, value AS first, numerator AS second,
  denominator AS third, NULL::float8 AS fourth, NULL::float8 AS fifth FROM scorecards_observation) f
WHERE superseded_at IS NULL AND series_id = ANY(%s::bigint[])
"""  # noqa: S608 - constants
_TARGETS = f"""
SELECT {FACTS.selected} FROM (SELECT *, measure_id AS owner, false AS is_value, value AS first, red_flag AS second,
  stretch AS third, low AS fourth, high AS fifth FROM scorecards_target) f
WHERE superseded_at IS NULL AND measure_id = ANY(%s::bigint[])
"""  # noqa: S608 - constants
_BETWEEN = " AND period_start BETWEEN %s AND %s"
_FACTS = f"{_VALUES} UNION ALL {_VALUES}{_BETWEEN} UNION ALL {_TARGETS} UNION ALL {_TARGETS}{_BETWEEN}"
SHORT = frozenset({Frequency.WEEK, Frequency.MONTH})
"""Frequencies of which a measure has many facts; the few of the others are read whole."""


TargetFact: TypeAlias = tuple[Frequency, date, tuple[float | None, ...]]
"""Frequency, first day and the five numbers of a target."""


@dataclass(frozen=True)
class Facts:
    """f facts: each one's measure by its place among those asked for, its frequency by number, its five numbers (f × 5)."""

    measure: Ints
    is_value: Bools
    frequency: Ints
    start: Days
    numbers: Floats

    def since(self, measure: int) -> Facts:
        """Those of the measures from this place on, counted from there."""
        rows = self.measure >= measure
        start, numbers = self.start[rows], self.numbers[rows]
        return Facts(self.measure[rows] - measure, self.is_value[rows], self.frequency[rows], start, numbers)

    def targets_of(self, measure: int) -> Iterator[TargetFact]:
        """The targets of one measure."""
        for row in np.flatnonzero((self.measure == measure) & ~self.is_value):
            numbers = tuple(None if number != number else number for number in self.numbers[row].tolist())  # noqa: PLR0124
            yield FREQUENCY[FREQUENCY_WORDS[self.frequency[row]]], self.start[row].item(), numbers


def current_facts(infos: Sequence[MeasureInfo], first: date, last: date) -> Facts:
    """Values of the actual series and targets as known now, of weekly and monthly measures between two days only.

    A plan and a ladder are read whole. Lists of ids, not joins: they keep to the index also before the tables are analysed.
    """
    whole = [info for info in infos if info.frequency not in SHORT]
    part = [info for info in infos if info.frequency in SHORT]
    planned = [info.id for info in infos if info.frequency not in SHORT or info.has_plan or info.has_ladder]
    unplanned = [info.id for info in part if not (info.has_plan or info.has_ladder)]
    values = ([info.series for info in whole], [info.series for info in part])
    rows = FACTS.read(_FACTS, [values[0], values[1], first, last, planned, unplanned, first, last])
    is_value = rows["is_value"]
    measure = np.where(
        is_value,
        _places([info.series for info in infos], rows["owner"], is_value),
        _places([info.id for info in infos], rows["owner"], ~is_value),
    )
    numbers = np.column_stack([rows[name] for name in _NUMBERS])
    return Facts(measure, is_value, rows["frequency"].astype(np.int64), rows["start"], numbers)


def _places(owners: Sequence[int], asked: Ints, among: Bools) -> Ints:
    """Where each of those asked for stands among the owners, for the rows named; 0 for the others."""
    given = np.array(owners, dtype=np.int64)
    order = np.argsort(given)
    found = np.zeros(len(asked), dtype=np.int64)
    found[among] = order[np.searchsorted(given[order], asked[among])]
    return found
