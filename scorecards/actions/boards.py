"""What is known of every node in every period while results are computed: stored results, overwritten by new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.columns import Rows
from scorecards.actions.timelines import Axis
from scorecards.rules.arrays import MISSING, Bools, Floats, Ints

NUMBERS = ("score", "value", "coverage")
FLAGS = ("is_red", "is_provisional")


@dataclass(frozen=True)
class Board:
    """n nodes × k periods: score, value and coverage (NaN: no result), red measures inside, flags. `row` is a node's place."""

    axis: Axis
    row: dict[int, int]
    numbers: dict[str, Floats]
    flags: dict[str, Bools]
    red_inside: Ints

    @classmethod
    def of(cls, nodes: Iterable[int], axis: Axis) -> Board:
        """A blank one for these nodes."""
        row = {node: place for place, node in enumerate(sorted(nodes))}
        shape = (len(row), len(axis))
        return cls(
            axis,
            row,
            {name: np.full(shape, MISSING) for name in NUMBERS},
            {name: np.zeros(shape, dtype=np.bool_) for name in FLAGS},
            np.zeros(shape, dtype=np.int64),
        )

    def put(self, known: Rows, column: Ints) -> None:
        """Put stored results (`known_results`) on it, each in its column."""
        at = (self.rows(known["node"].tolist()), column)
        for name, table in (*self.numbers.items(), *self.flags.items()):
            table[at] = known[name]
        self.red_inside[at] = known["red_inside"]

    def rows(self, nodes: Sequence[int]) -> Ints:
        """Places of nodes."""
        return np.array([self.row[node] for node in nodes], dtype=np.int64)
