"""The status shapes. Shape before word before colour: each can be told at 12 px and in grey (UX §5, "Status chip")."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

from core.charts.svg import GLYPH, STATUS_PAINTS, Paint, attributes, group, number, polyline


def _glyph(commands: str, size: float) -> str:
    """The white sign inside a shape."""
    look = attributes(stroke=GLYPH.colour, stroke_width=f"{size * 0.125:.2f}", cls=GLYPH.line_class)
    return f'<path d="{commands}" fill="none" stroke-linecap="round" stroke-linejoin="round"{look}/>'


def _solid(commands: str, paint: Paint, size: float) -> str:
    """A filled shape with corners rounded by a line of its own colour."""
    look = attributes(
        fill=paint.colour,
        stroke=paint.colour,
        stroke_width=f"{size * 0.1:.2f}",
        cls=f"{paint.fill_class} {paint.line_class}",
    )
    return f'<path d="{commands}" stroke-linejoin="round"{look}/>'


def _check(x: float, y: float, r: float) -> str:
    return f"M{x - r * 0.42:.2f} {y + r * 0.04:.2f} l{r * 0.3:.2f} {r * 0.32:.2f} l{r * 0.58:.2f} {-r * 0.66:.2f}"


def _disc(x: float, y: float, size: float, paint: Paint) -> str:
    r = size / 2
    disc = f"<circle{attributes(cx=f'{x:.2f}', cy=f'{y:.2f}', r=f'{r:.2f}', fill=paint.colour, cls=paint.fill_class)}/>"
    return disc + _glyph(_check(x, y, r), size)


def _star(x: float, y: float, size: float, paint: Paint) -> str:
    radii = (size * 0.53, size * 0.25)
    corners = [
        (x + radii[i % 2] * math.sin(i * math.pi / 5), y + size * 0.03 - radii[i % 2] * math.cos(i * math.pi / 5))
        for i in range(10)
    ]
    return _solid("M" + " L".join(f"{a:.2f} {b:.2f}" for a, b in corners) + " Z", paint, size)


def _triangle(x: float, y: float, size: float, paint: Paint) -> str:
    r = size / 2
    outline = (
        f"M{x:.2f} {y - r * 1.06:.2f} L{x + r * 1.12:.2f} {y + r * 0.88:.2f} L{x - r * 1.12:.2f} {y + r * 0.88:.2f} Z"
    )
    return _solid(outline, paint, size) + _glyph(
        f"M{x:.2f} {y - r * 0.32:.2f} v{r * 0.5:.2f} M{x:.2f} {y + r * 0.56:.2f} v.01", size
    )


def _octagon(x: float, y: float, size: float, paint: Paint) -> str:
    r = size / 2
    a, q = r * 0.415, r * 0.36
    corners = [
        (x - a, y - r),
        (x + a, y - r),
        (x + r, y - a),
        (x + r, y + a),
        (x + a, y + r),
        (x - a, y + r),
        (x - r, y + a),
        (x - r, y - a),
    ]
    outline = f'<path d="{polyline(corners)} Z"{attributes(fill=paint.colour, cls=paint.fill_class)}/>'
    cross = f"M{x - q:.2f} {y - q:.2f} L{x + q:.2f} {y + q:.2f} M{x + q:.2f} {y - q:.2f} L{x - q:.2f} {y + q:.2f}"
    return outline + _glyph(cross, size)


def _square(x: float, y: float, size: float, paint: Paint) -> str:
    r = size / 2
    place = attributes(
        x=f"{x - r:.2f}", y=f"{y - r:.2f}", width=number(size), height=number(size), rx=f"{size * 0.2:.2f}"
    )
    return f"<rect{place}{attributes(fill=paint.colour, cls=paint.fill_class)}/>" + _glyph(_check(x, y, r), size)


def _dashed_ring(x: float, y: float, size: float, paint: Paint) -> str:
    place = attributes(cx=f"{x:.2f}", cy=f"{y:.2f}", r=f"{size * 0.43:.2f}", stroke_width=f"{size * 0.11:.2f}")
    look = attributes(
        stroke=paint.colour, stroke_dasharray=f"{size * 0.16:.2f} {size * 0.15:.2f}", cls=paint.line_class
    )
    return f'<circle{place} fill="none"{look}/>'


_SHAPES: dict[str, Callable[[float, float, float, Paint], str]] = {
    "exceeds": _star,
    "on_track": _disc,
    "watch": _triangle,
    "off_track": _octagon,
    "no_data": _dashed_ring,
    "complete": _square,
}


def status_shape(status: str, x: float, y: float, size: float = 14) -> str:
    """The shape of a status centred on (x, y), for the inside of a drawing. Raises KeyError for an unknown status."""
    return group(_SHAPES[status](x, y, size, STATUS_PAINTS[status]))


@cache
def status_icon(status: str, size: int = 16) -> str:
    """The shape as a picture of its own, hidden from screen readers: the word stands beside it."""
    shape = status_shape(status, 8, 8, 14)
    hidden = 'viewBox="0 0 16 16" aria-hidden="true" focusable="false"'
    return f'<svg class="smo-sti" width="{size}" height="{size}" {hidden}>{shape}</svg>'
