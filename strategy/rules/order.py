"""Which card of a cell stands where, so that fewer arrows cross: by the middle of what each is linked with, some sweeps long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.int64]
SWEEPS = 3


def untangled(places: Points, cells: Sequence[Sequence[int]], links: Pairs) -> list[int]:
    """For each card, whose place it takes; the order given where no other lets fewer links cross.

    `places` (cards, 2) are middles in the order given, `cells` lists the cards that may change places, `links` (n, 2).
    """
    best, wanted = np.arange(len(places)), np.arange(len(places))
    movable = [_Cell.of(cell, places) for cell in cells if len(cell) > 1]
    if len(links) < 2 or not movable:
        return [int(at) for at in best]
    middle = _middle(len(places), links)
    fewest = crossings(places, links)
    for _ in range(SWEEPS):
        for cell in movable:
            wanted[cell.cards] = cell.dealt(middle[cell.cards] @ places[wanted])
        found = crossings(places[wanted], links)
        if found < fewest:
            fewest, best = found, wanted.copy()
    return [int(at) for at in best]


@dataclass(frozen=True)
class _Cell:
    """Cards that may change places; the places from the top, each row from the left, and where rows begin and end."""

    cards: Pairs
    spots: Pairs
    rows: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, cell: Sequence[int], places: Points) -> _Cell:
        spots = sorted(cell, key=lambda at: (places[at, 1], places[at, 0]))
        begins = [n for n, at in enumerate(spots) if n == 0 or places[at, 1] != places[spots[n - 1], 1]]
        return cls(np.array(cell), np.array(spots), tuple(pairwise([*begins, len(spots)])))

    def dealt(self, drawn: Points) -> Pairs:
        """The place of each card: what is drawn upwards in the upper rows, what is drawn to the left at the left."""
        down = np.argsort(drawn[:, 1], kind="stable")
        found = np.empty(len(self.cards), dtype=np.int64)
        for begin, end in self.rows:
            row = down[begin:end]
            found[row[np.argsort(drawn[row, 0], kind="stable")]] = self.spots[begin:end]
        return found


def _middle(cards: int, links: Pairs) -> Points:
    """The matrix that gives for each card the middle of those it is linked with, or its own."""
    found = np.zeros((cards, cards))
    np.add.at(found, (links[:, 0], links[:, 1]), 1.0)
    found += found.T
    alone = found.sum(axis=1) == 0
    found[alone, alone] = 1.0
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def crossings(middles: Points, links: Pairs) -> int:
    """How many pairs of links cross, drawn straight from middle to middle."""
    start, end = middles[links[:, 0]], middles[links[:, 1]]
    sides = _side(start, end, start) * _side(start, end, end)
    apart = sides < 0
    return int(np.count_nonzero(apart & apart.T)) // 2


def _side(start: Points, end: Points, points: Points) -> Points:
    """On which side of each line each point lies: (lines, points)."""
    way = end - start
    off = points[None, :, :] - start[:, None, :]
    return np.sign(way[:, None, 0] * off[:, :, 1] - way[:, None, 1] * off[:, :, 0])
