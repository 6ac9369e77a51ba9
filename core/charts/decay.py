"""A share that is given, fades, and is given again: the past drawn solid, what is to come dashed, the limit as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.scales import Scale
from core.charts.svg import (
    ACTUAL,
    AXIS,
    GRID,
    INK,
    INK3,
    STATUS_PAINTS,
    Value,
    broken_line,
    circle,
    document,
    finite,
    line,
    text,
)
from core.charts.text import text_width

_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 16.0, 24.0
_SIZE = 11.0


@dataclass(frozen=True, slots=True)
class Decay:
    """Shares of 0 to 1 at equal distances of time, a gap where there is none.

    `today` is the place of the present among `values`. `marks` are places (fractions allowed) at which the share was
    given, with the share, None where it was taken away. `labels` name some places. `status` colours the present.
    """

    values: Sequence[Value]
    today: int
    limit: float
    limit_words: str
    status: str
    labels: Sequence[tuple[int, str]] = ()
    marks: Sequence[tuple[float, Value]] = ()
    desc: str = ""


def decay(curve: Decay, *, chart_id: str, title: str, width: float = 720, height: float = 200) -> str:
    """The curve with its limit, the present and what was found when."""
    known = finite(curve.values)
    x = Scale(0, max(len(known) - 1, 1), _LEFT, width - _RIGHT)
    y = Scale(0, 1, height - _BOTTOM, _TOP)
    body = ""
    for tick in (0, 0.25, 0.5, 0.75, 1):
        body += line(_LEFT, y(tick), width - _RIGHT, y(tick), GRID)
        body += text(_LEFT - 6, y(tick) + 4, f"{100 * tick:.0f}%", size=_SIZE, paint=INK3, anchor="end")
    limit = y(curve.limit)
    body += line(_LEFT, limit, width - _RIGHT, limit, STATUS_PAINTS["off_track"], dash="4 3")
    body += text(_LEFT + 4, limit + 13, curve.limit_words, size=_SIZE)
    body += _names(curve, x, width, height)
    points = [None if value is None else (x(place), y(value)) for place, value in enumerate(known)]
    body += line(x(curve.today), _TOP, x(curve.today), height - _BOTTOM, AXIS, dash="3 3")
    body += broken_line(points[: curve.today + 1], ACTUAL, width=2.2)
    body += broken_line(points[curve.today :], ACTUAL, width=1.6, dash="5 4")
    for place, given in curve.marks:
        body += _mark(x.clamped(place), None if given is None else y(given), height)
    now = points[curve.today]
    if now is not None:
        body += circle(*now, 5, STATUS_PAINTS[curve.status])
    return document(width, height, body, chart_id=chart_id, title=title, desc=curve.desc, kind="decay")


def _mark(x: float, y: float | None, height: float) -> str:
    """A ring where it was given, a cross at the foot where it was taken away."""
    if y is not None:
        return circle(x, y, 3.4, INK)
    foot = height - _BOTTOM
    paint = STATUS_PAINTS["off_track"]
    return line(x - 4, foot - 8, x + 4, foot, paint, width=2) + line(x - 4, foot, x + 4, foot - 8, paint, width=2)


def _names(curve: Decay, x: Scale, width: float, height: float) -> str:
    """Labels under the axis, each left out that would touch the one before it."""
    body, end = "", 0.0
    for place, words in curve.labels:
        half = text_width(words, _SIZE) / 2
        middle = min(max(x(place), _LEFT + half - 8), width - half)
        if middle - half < end + 8:
            continue
        body += text(middle, height - 7, words, size=_SIZE, paint=INK3, anchor="middle")
        end = middle + half
    return body
