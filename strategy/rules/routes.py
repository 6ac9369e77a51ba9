"""Ways of arrows that cannot go plainly: past other rows through gaps between cards, along rows in the corridors between them.

A row is a line of cards of one height; corridor n lies above row n. Every vertical piece through a row stands in a gap
that all rows it passes have in common, every level piece stands in a corridor: so no way crosses a card. Where several
ways want one place they stand beside each other while there is room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Point = tuple[float, float]

CLOSE = 60.0
"""Neighbours of a row that are no farther apart are joined straight across."""
CLEAR = 6.0
"""How far a way keeps from cards beside it."""
APART = 7.0
"""How far ways keep from one another."""
CORNER = 6.0
HEAD = 15.0
"""What the last piece needs for the arrow's head."""


class Placed(Protocol):
    """A placed card; cards of one row have one y and one height."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def w(self) -> float: ...
    @property
    def h(self) -> float: ...
    @property
    def row(self) -> int: ...
    @property
    def key(self) -> str: ...


@dataclass(frozen=True)
class Tie:
    """A link between two placed cards."""

    source: Placed
    target: Placed


def route_ties(
    ties: Sequence[Tie],
    cards: Sequence[Placed],
    *,
    rows: Sequence[tuple[float, float]],
    across: tuple[float, float],
    bottom: float,
) -> list[tuple[Point, ...]]:
    """The points of each way, from edge to edge; none where the plain way does.

    `rows` are top and bottom of every row, also of those without cards; `across` is where cards may stand, from and to.
    """
    router = _Router(cards, rows, across, bottom)
    return [() if is_plain(tie) else router.way(tie) for tie in ties]


def is_plain(tie: Tie) -> bool:
    """Whether the two stand in rows that follow each other, or close together in one row."""
    one, other = sorted((tie.source, tie.target), key=lambda card: card.x)
    if one.row == other.row:
        return other.x - (one.x + one.w) <= CLOSE
    return abs(one.row - other.row) == 1


@dataclass
class _Taken:
    """Pieces that stand already: (place across, from, to)."""

    pieces: list[tuple[float, float, float]] = field(default_factory=list)

    def is_free(self, place: float, start: float, end: float, apart: float) -> bool:
        low, high = min(start, end) - APART, max(start, end) + APART
        for at, first, last in self.pieces:  # noqa: SIM110 - asked so often that a generator would double the cost
            if -apart < place - at < apart and first <= high and low <= last:
                return False
        return True

    def take(self, place: float, start: float, end: float) -> None:
        self.pieces.append((place, min(start, end), max(start, end)))


class _Router:
    """Knows the gaps and corridors of a map and which of them are taken."""

    def __init__(
        self,
        cards: Sequence[Placed],
        rows: Sequence[tuple[float, float]],
        across: tuple[float, float],
        bottom: float,
    ) -> None:
        self.rows, self.bottom = rows, bottom
        self.left, self.right = across
        self._cards: dict[int, list[Placed]] = defaultdict(list)
        for card in cards:
            self._cards[card.row].append(card)
        self._upright = _Taken()
        self._level: dict[int, _Taken] = defaultdict(_Taken)
        self._ports: dict[tuple[str, bool, bool], int] = defaultdict(int)

    def way(self, tie: Tie) -> tuple[Point, ...]:
        """Out of the source, through gaps and corridors, into the target."""
        source, target = tie.source, tie.target
        up = target.row < source.row
        passed = range(target.row + 1, source.row) if up else range(source.row + 1, target.row)
        channel = self._channel(source, target, passed)
        start_x = self._port(source, top=up, towards=channel)
        end_x = self._port(target, top=target.row > source.row, towards=channel)
        start_y = source.y if up else source.y + source.h
        end_y = target.y if target.row > source.row else target.y + target.h
        out = source.row if up else source.row + 1
        into = target.row if target.row > source.row else target.row + 1
        if out == into:
            level = self._track(out, start_x, end_x)
            points = [(start_x, start_y), (start_x, level), (end_x, level), (end_x, end_y)]
        else:
            first = self._track(out, start_x, channel)
            last = self._track(into, channel, end_x)
            self._upright.take(channel, first, last)
            points = [
                (start_x, start_y),
                (start_x, first),
                (channel, first),
                (channel, last),
                (end_x, last),
                (end_x, end_y),
            ]
        return tuple(_cut_corners(_straightened(points)))

    def _channel(self, source: Placed, target: Placed, passed: Iterable[int]) -> float:
        """The x of the upright piece: free in every row it passes, with the shortest way around."""
        rows = list(passed)
        one, other = source.x + source.w / 2, target.x + target.w / 2
        if not rows:
            return other
        ends = self.rows[rows[0]][0], self.rows[rows[-1]][1]
        places = sorted((abs(x - one) + abs(x - other), x) for x in self._places(rows, (one, other)))
        free = (x for _, x in places if self._upright.is_free(x, ends[0], ends[1], APART - 1))
        return next(free, places[0][1])

    def _places(self, rows: Sequence[int], wanted: tuple[float, float]) -> set[float]:
        """Where an upright piece may stand: the ends of every free stretch, where it is wanted, and steps between."""
        found: set[float] = set()
        for low, high in self._free(rows):
            steps = int((high - low) / APART)
            found |= {
                low,
                high,
                *(min(max(x, low), high) for x in wanted),
                *(low + APART * n for n in range(steps + 1)),
            }
        return found

    def _free(self, rows: Iterable[int]) -> list[tuple[float, float]]:
        """Stretches of x with no card in any of the rows."""
        cards = sorted((card for row in rows for card in self._cards[row]), key=lambda card: card.x)
        stretches, at = [], self.left + CLEAR
        for card in cards:
            if card.x - CLEAR >= at:
                stretches.append((at, card.x - CLEAR))
            at = max(at, card.x + card.w + CLEAR)
        stretches.append((at, max(at, self.right - CLEAR)))
        return stretches

    def _port(self, card: Placed, *, top: bool, towards: float) -> float:
        """A place near the corner of the edge that looks towards the way; the plain ways keep to the middle."""
        is_left = towards < card.x + card.w / 2
        used = self._ports[card.key, top, is_left]
        self._ports[card.key, top, is_left] += 1
        inset = 12 + APART * (used % 4)
        return card.x + inset if is_left else card.x + card.w - inset

    def _track(self, corridor: int, start: float, end: float) -> float:
        """The y of a level piece in a corridor, beside those that stand there."""
        low = self.rows[corridor - 1][1]
        high = self.rows[corridor][0] if corridor < len(self.rows) else self.bottom
        middle, reach = (low + high) / 2, max(0.0, (high - low) / 2 - HEAD)
        taken = self._level[corridor]
        for share in (1.0, -1.0, 0.45, -0.45, 0.0):
            y = middle + share * reach
            if taken.is_free(y, start, end, 4.0):
                break
        taken.take(y, start, end)
        return y


def _straightened(points: Sequence[Point]) -> list[Point]:
    """Without points that stand on the line between their neighbours or on one another."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.5 and abs(kept[-1][1] - point[1]) < 0.5:
            continue
        if len(kept) >= 2 and _in_line(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def _in_line(one: Point, middle: Point, other: Point) -> bool:
    same_x = abs(one[0] - middle[0]) < 0.5 and abs(middle[0] - other[0]) < 0.5
    return same_x or (abs(one[1] - middle[1]) < 0.5 and abs(middle[1] - other[1]) < 0.5)


def _cut_corners(points: Sequence[Point]) -> list[Point]:
    """Each corner as a short slant."""
    cut = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        cut += [_towards(corner, before), _towards(corner, after)]
    return [*cut, points[-1]]


def _towards(corner: Point, other: Point) -> Point:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)
    step = min(CORNER, length / 2) / length
    return corner[0] + dx * step, corner[1] + dy * step
