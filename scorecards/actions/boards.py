"""What is known of every node in every period while results are computed: stored results, overwritten by new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.periods import Frequency
from scorecards.actions.timelines import Lines
from scorecards.queries.results import Known
from scorecards.rules.arrays import MISSING, Bools, Floats, Ints

NUMBERS = ("score", "value", "coverage")
FLAGS = ("is_red", "is_provisional")


@dataclass(frozen=True)
class Board:
    """n nodes × k periods of one frequency: score, value and coverage (NaN: no result), red measures inside, flags."""

    numbers: dict[str, Floats]
    flags: dict[str, Bools]
    red_inside: Ints

    @classmethod
    def blank(cls, rows: int, columns: int) -> Board:
        shape = (rows, columns)
        return cls(
            {name: np.full(shape, MISSING) for name in NUMBERS},
            {name: np.zeros(shape, dtype=np.bool_) for name in FLAGS},
            np.zeros(shape, dtype=np.int64),
        )


@dataclass(frozen=True)
class Boards:
    """A board per frequency; `row` is a node's place on each."""

    lines: Lines
    row: dict[int, int]
    boards: dict[Frequency, Board] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[int], lines: Lines, known: Iterable[Known]) -> Boards:
        """Boards for these nodes with what is stored."""
        row = {node: place for place, node in enumerate(sorted(nodes))}
        boards = {frequency: Board.blank(len(row), len(line)) for frequency, line in lines.items()}
        made = cls(lines, row, boards)
        for each in known:
            made._put(each)
        return made

    def _put(self, known: Known) -> None:
        column = self.lines[known.frequency].at.get(known.start)
        if column is None or known.node not in self.row:
            return
        board, cell = self.boards[known.frequency], (self.row[known.node], column)
        board.numbers["score"][cell] = MISSING if known.score is None else known.score
        board.numbers["value"][cell] = MISSING if known.value is None else known.value
        board.numbers["coverage"][cell] = known.coverage
        board.flags["is_red"][cell] = known.is_red
        board.flags["is_provisional"][cell] = known.is_provisional
        board.red_inside[cell] = known.red_inside

    def rows(self, nodes: Sequence[int]) -> Ints:
        """Places of nodes."""
        return np.array([self.row[node] for node in nodes], dtype=np.int64)
