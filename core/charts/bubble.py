"""Two quantities over at most a dozen things: where each stands, how large it is, which status it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.scales import Scale, ticks
from core.charts.shapes import status_shape
from core.charts.svg import (
    AXIS,
    GRID,
    HIGHLIGHT,
    INK,
    INK3,
    STATUS_PAINTS,
    attributes,
    document,
    hit,
    line,
    number,
    rect,
    text,
)
from core.charts.text import text_width
from core.formats import NumberFormat
from core.statuses import word

MOST = 12
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 12, 36
PERCENT = NumberFormat("percent", 0)

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing: a short label, its two quantities in per cent, its size (any unit, shown as area) and its status."""

    label: str
    x: float
    y: float
    size: float
    status: str


def _covers(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _label_box(item: Bubble, x: float, y: float, radius: float, size: float, taken: list[_Box], width: float) -> _Box:
    """A place for the label: right, left, above or below the bubble, the first that covers nothing."""
    room = text_width(item.label, size, 600)
    places = [
        (x + radius + 4, y - size / 2),
        (x - radius - 4 - room, y - size / 2),
        (x - room / 2, y - radius - size - 3),
        (x - room / 2, y + radius + 3),
    ]
    boxes = [(left, top, left + room, top + size) for left, top in places]
    inside = [box for box in boxes if box[0] >= 0 and box[2] <= width]
    free = [box for box in inside if not any(_covers(box, other) for other in taken)]
    return (free or inside or boxes)[0]


def _grid(x: Scale, y: Scale, width: float, height: float, x_title: str, y_title: str, size: float) -> str:
    body = rect(_LEFT, y(100), width - _LEFT - _RIGHT, y(0) - y(100), HIGHLIGHT)
    for tick in ticks(0, y.high, 3):
        strong = AXIS if tick in {0.0, 100.0} else GRID
        body += line(_LEFT, y(tick), width - _RIGHT, y(tick), strong)
        body += text(_LEFT - 8, y(tick) + 4, PERCENT.axis(tick), size=size - 0.5, paint=INK3, anchor="end")
    for tick in ticks(0, x.high, 5):
        body += text(x(tick), height - 20, PERCENT.axis(tick), size=size - 0.5, paint=INK3, anchor="middle")
    body += text((_LEFT + width - _RIGHT) / 2, height - 4, x_title, size=size - 0.5, anchor="middle")
    return body + text(_LEFT + 2, _TOP + 2, y_title, size=size - 0.5)


def _bubbles(items: Sequence[Bubble], x: Scale, y: Scale, width: float, size: float) -> str:
    """Large ones first, so that small ones stay visible on them."""
    largest = max((item.size for item in items), default=0) or 1
    taken: list[_Box] = []
    placed = []
    for item in sorted(items, key=lambda one: -one.size):
        a, b, radius = x.clamped(item.x), y.clamped(item.y), max(6.0, (max(item.size, 0) / largest) ** 0.5 * 30)
        placed.append((item, a, b, radius))
        taken.append((a - 7, b - 7, a + 7, b + 7))
    body = ""
    for item, a, b, radius in placed:
        paint = STATUS_PAINTS[item.status]
        look = attributes(fill=paint.colour, stroke=paint.colour, cls=f"{paint.fill_class} {paint.line_class}")
        ring = f'cx="{number(a)}" cy="{number(b)}" r="{number(radius)}" fill-opacity="0.22" stroke-width="1.5"'
        body += f"<circle {ring}{look}/>" + status_shape(item.status, a, b, 12)
        box = _label_box(item, a, b, radius, size, taken, width)
        taken.append(box)
        body += text(box[0], box[3] - 1, item.label, size=size, paint=INK, weight=600)
        tip = f"{item.label}: {PERCENT.text(item.x)}, {PERCENT.text(item.y)}, {word(item.status)}"
        body += hit(a - 12, b - 12, 24, 24, tip)
    return body


def bubble(
    items: Sequence[Bubble],
    *,
    chart_id: str,
    title: str,
    x_title: str,
    y_title: str,
    desc: str = "",
    width: float = 520,
    height: float = 300,
    size: float = 11.5,
) -> str:
    """At most twelve bubbles with their labels; more are refused with ValueError, a table says it better."""
    if len(items) > MOST:
        raise ValueError(f"a bubble chart holds at most {MOST} things, not {len(items)}; use a table")
    # a little more than 100, so that what is there does not hang over the edge
    x = Scale(0, max([100.0, *(item.x for item in items)]) * 1.08, _LEFT, width - _RIGHT)
    y = Scale(0, max([130.0, *(item.y for item in items)]), height - _BOTTOM, _TOP)
    body = _grid(x, y, width, height, x_title, y_title, size) + _bubbles(items, x, y, width, size)
    words = desc or "; ".join(f"{i.label} {PERCENT.text(i.x)}, {PERCENT.text(i.y)}, {word(i.status)}" for i in items)
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="bubble")
