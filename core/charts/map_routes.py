"""The way of an arrow on the map where the layout does not give one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.strategy_map import MapArrow, MapLayout, MapNode
from core.charts.svg import Point, at, polyline

_HEAD = 8.0


@dataclass(frozen=True, slots=True)
class Route:
    """Path commands, the tip of the head and the direction it points to (unit vector), and where the pill stands."""

    path: str
    tip: Point
    direction: Point
    pill: Point


def _vertical(one: MapNode, other: MapNode) -> int:
    """−1 if `other` stands wholly above, 1 if wholly below, 0 if they share a row."""
    if other.y + other.h <= one.y:
        return -1
    return 1 if other.y >= one.y + one.h else 0


def _port(node: MapNode, mine: Sequence[MapArrow], arrow: MapArrow) -> float:
    """The x on a card's edge: arrows on one edge are spread evenly, in the order of their other ends."""
    return node.x + node.w * (list(mine).index(arrow) + 1) / (len(mine) + 1)


def _curve(start: Point, tip: Point, way: int) -> Route:
    """A soft S from edge to edge."""
    (x1, y1), (x2, y2) = start, tip
    stop = y2 - way * _HEAD
    middle = (y1 + stop) / 2
    path = f"M{at((x1, y1))} C{at((x1, middle), (x2, middle), (x2, stop))}"
    return Route(path, tip, (0, way), ((x1 + x2) / 2, middle))


def _along_row(source: MapNode, target: MapNode) -> Route:
    """Between neighbours straight across; past other cards in a groove below the row."""
    way = 1 if target.x > source.x else -1
    near = source.x + source.w if way > 0 else source.x
    far = target.x if way > 0 else target.x + target.w
    if abs(far - near) <= 60:
        y = source.y + 30
        path = polyline([(near, y), (far - way * _HEAD, y)])
        return Route(path, (far - way, y), (way, 0), ((near + far) / 2, y))
    start = source.x + source.w * (0.78 if way > 0 else 0.22)
    end = target.x + target.w * (0.22 if way > 0 else 0.78)
    floor = max(source.y + source.h, target.y + target.h)
    groove = floor + 13
    down = at((start, groove + 4), (start + way * 6, groove), (start + way * 18, groove))
    up = at((end - way * 6, groove), (end, groove + 4), (end, target.y + target.h + 7))
    path = f"M{at((start, source.y + source.h))} C{down} L{at((end - way * 18, groove))} C{up}"
    return Route(path, (end, target.y + target.h + 1), (0, -1), (start + way * 44, groove))


def _given(points: Sequence[Point]) -> Route:
    """A route of the layout, with room for the head."""
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    path = polyline([*points[:-1], (x2 - dx * _HEAD, y2 - dy * _HEAD)])
    middle = points[len(points) // 2 - 1], points[len(points) // 2]
    pill = ((middle[0][0] + middle[1][0]) / 2, (middle[0][1] + middle[1][1]) / 2)
    return Route(path, points[-1], (dx, dy), pill)


class Router:
    """Knows which arrows share an edge, so that they do not share a place on it."""

    def __init__(self, layout: MapLayout) -> None:
        self.nodes = {node.key: node for node in layout.nodes}
        self._leaving: dict[tuple[str, int], list[MapArrow]] = {}
        self._arriving: dict[tuple[str, int], list[MapArrow]] = {}
        for arrow in layout.arrows:
            source, target = self.nodes[arrow.source], self.nodes[arrow.target]
            way = _vertical(source, target)
            if way and not arrow.route:
                self._leaving.setdefault((source.key, way), []).append(arrow)
                self._arriving.setdefault((target.key, way), []).append(arrow)
        for arrows in self._leaving.values():
            arrows.sort(key=lambda one: self.nodes[one.target].x)
        for arrows in self._arriving.values():
            arrows.sort(key=lambda one: self.nodes[one.source].x)

    def route(self, arrow: MapArrow) -> Route:
        """The way of one arrow of the layout."""
        source, target = self.nodes[arrow.source], self.nodes[arrow.target]
        if len(arrow.route) >= 2:
            return _given(arrow.route)
        way = _vertical(source, target)
        if not way:
            return _along_row(source, target)
        x1 = _port(source, self._leaving[source.key, way], arrow)
        x2 = _port(target, self._arriving[target.key, way], arrow)
        start = source.y if way < 0 else source.y + source.h
        tip = target.y + target.h + 1 if way < 0 else target.y - 1
        return _curve((x1, start), (x2, tip), way)
