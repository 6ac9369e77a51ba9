"""The marks every chart is made of, as SVG text.

One rule makes browser and PDF agree (UX §8): document CSS, `var()` and `currentColor` do not reach inline SVG in the
PDF renderer, so each mark carries a presentation attribute with its print colour **and** a class that smo.css recolours
in the browser. Lengths are in px of the drawing, x to the right, y downwards.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

Point = tuple[float, float]
Value = float | None

# Every bundled alphabet; the browser replaces it by the variable face.
FONT = "Inter, InterGreek, InterExt, sans-serif"
WEIGHT = 400
_CHART_ID = re.compile(r"[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Paint:
    """A print colour and the class stem: `c-x` recolours a fill, `c-x-l` a line."""

    colour: str
    name: str

    @property
    def fill_class(self) -> str:
        return f"c-{self.name}"

    @property
    def line_class(self) -> str:
        return f"c-{self.name}-l"


INK = Paint("#14202e", "ink")
INK2 = Paint("#465468", "ink2")
INK3 = Paint("#5b6980", "ink3")
ACTUAL = Paint("#22324a", "ac")
PREVIOUS = Paint("#97a3b3", "py")
GRID = Paint("#e6eaef", "grid")
AXIS = Paint("#9aa6b5", "axis")
SURFACE = Paint("#ffffff", "surface")
MUTED = Paint("#76849a", "mut")
LINE = Paint("#d5dbe3", "line")
HIGHLIGHT = Paint("#eef1f5", "hl")
RANGES = (Paint("#dde2e9", "rng2"), Paint("#e8ecf1", "rng1"), Paint("#f2f4f7", "rng0"))
BAND_ON_TRACK = Paint("#e4f3f3", "band-on-track")
BAND_WATCH = Paint("#fbf0dc", "band-watch")
BAND_OFF_TRACK = Paint("#fbe9e7", "band-off-track")
GLYPH = Paint("#ffffff", "glyph")
OFF_TRACK_TEXT = Paint("#8a1616", "off-t")

STATUS_PAINTS = {
    "exceeds": Paint("#1e3a8a", "exceeds"),
    "on_track": Paint("#07808a", "on-track"),
    "watch": Paint("#c48000", "watch"),
    "off_track": Paint("#a61b1b", "off-track"),
    "no_data": Paint("#5b6980", "no-data"),
    "complete": ACTUAL,
}


def escape(text: object) -> str:
    """Text made safe for content and attributes."""
    return _escaped(str(text))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    return html.escape(text, quote=True)


def number(value: float) -> str:
    """A coordinate with at most one decimal: 12, 12.5, never -0."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _figure(value: object) -> Value:
    """The value as a float, or None if it cannot be drawn."""
    try:
        figure = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return figure if math.isfinite(figure) and abs(figure) < 1e100 else None


def finite(values: Iterable[object]) -> list[Value]:
    """Values as floats; missing, infinite, undefined and absurdly large ones become None."""
    return [_figure(value) for value in values]


def present(values: Iterable[Value]) -> list[float]:
    """The values that are there."""
    return [value for value in values if value is not None]


def attributes(**given: object) -> str:
    """Attributes of an element; names with `_` for `-`, None leaves one out, floats are coordinates."""
    written = []
    for name, value in given.items():
        if value is None or value == "":
            continue
        text = number(value) if isinstance(value, float) else escape(value)
        written.append(f' {_attribute(name)}="{text}"')
    return "".join(written)


@cache
def _attribute(name: str) -> str:
    return "class" if name == "cls" else name.replace("_", "-")


def group(body: str, **more: object) -> str:
    """A group of marks."""
    return f"<g{attributes(**more)}>{body}</g>"


def rect(x: float, y: float, width: float, height: float, paint: Paint, *, radius: float = 0, **more: object) -> str:
    """A filled box; a negative width or height is drawn as none."""
    cls = f"{paint.fill_class} {more.pop('cls', '')}".strip()
    box = attributes(x=float(x), y=float(y), width=max(float(width), 0.0), height=max(float(height), 0.0))
    return f"<rect{box}{attributes(rx=radius or None, fill=paint.colour, cls=cls, **more)}/>"


def outlined(
    x: float,
    y: float,
    width: float,
    height: float,
    line: Paint,
    *,
    radius: float = 0,
    stroke: float = 1.2,
    cls: str = "",
) -> str:
    """A box of the page's own colour with an outline: plans, cards, pills."""
    classes = f"{line.line_class} {cls}".strip()
    return rect(x, y, width, height, SURFACE, radius=radius, stroke=line.colour, stroke_width=stroke, cls=classes)


def patterned(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A box filled with a pattern (`hatch`) and outlined: forecasts."""
    box = attributes(x=float(x), y=float(y), width=max(float(width), 0.0), height=max(float(height), 0.0))
    return f'<rect{box} fill="{fill}" stroke="{ACTUAL.colour}" stroke-width="1.2" class="c-fc"/>'


def line(
    x1: float, y1: float, x2: float, y2: float, paint: Paint, *, width: float = 1, dash: str = "", cap: str = ""
) -> str:
    """A straight line."""
    ends = attributes(x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2))
    look = attributes(
        stroke=paint.colour, stroke_width=str(width), stroke_dasharray=dash, stroke_linecap=cap, cls=paint.line_class
    )
    return f"<line{ends}{look}/>"


def circle(x: float, y: float, radius: float, paint: Paint, **more: object) -> str:
    """A filled circle."""
    cls = f"{paint.fill_class} {more.pop('cls', '')}".strip()
    return f"<circle{attributes(cx=float(x), cy=float(y), r=float(radius), fill=paint.colour, cls=cls, **more)}/>"


ROUND = {"stroke_linejoin": "round", "stroke_linecap": "round"}


def stroke_path(commands: str, paint: Paint, *, width: float = 2, dash: str = "", is_inside: bool = False) -> str:
    """A line along a path. Inside a group that is `ROUND` it need not say so itself."""
    ends = "" if is_inside else attributes(**ROUND)
    return f'<path d="{commands}" fill="none"{ends}{_stroke(paint, str(width), dash)}/>'


@lru_cache(maxsize=256)
def _stroke(paint: Paint, width: str, dash: str) -> str:
    return attributes(stroke=paint.colour, stroke_width=width, stroke_dasharray=dash, cls=paint.line_class)


def area(points: Sequence[Point], paint: Paint, *, opacity: str = "") -> str:
    """A closed, filled shape."""
    return f'<path d="{polyline(points)} Z"{attributes(fill=paint.colour, opacity=opacity, cls=paint.fill_class)}/>'


def at(*points: Point) -> str:
    """Points as they stand in path commands."""
    return _shortened(" ".join(f"{x:.1f} {y:.1f}" for x, y in points))


def polyline(points: Iterable[Point]) -> str:
    """Path commands through the points."""
    return "M" + _shortened(" L".join(f"{x:.1f} {y:.1f}" for x, y in points))


def _shortened(written: str) -> str:
    """Coordinates with one decimal, each as `number` writes it."""
    return f" {written} ".replace(".0 ", " ").replace("L-0 ", "L0 ").replace(" -0 ", " 0 ").replace(" -0 ", " 0 ")[1:-1]


def text(
    x: float,
    y: float,
    words: object,
    *,
    size: float = 12,
    paint: Paint = INK2,
    anchor: str = "start",
    weight: int = WEIGHT,
) -> str:
    """Words at a point of the baseline; anchor start, middle or end."""
    return f'<text x="{number(x)}" y="{number(y)}"{_letters(str(size), paint, anchor, weight)}>{escape(words)}</text>'


@lru_cache(maxsize=256)
def _letters(size: str, paint: Paint, anchor: str, weight: int) -> str:
    """Family, weight and anchor where they are not those of the whole picture."""
    own = attributes(font_size=size, font_weight="" if weight == WEIGHT else str(weight))
    return own + attributes(fill=paint.colour, text_anchor="" if anchor == "start" else anchor, cls=paint.fill_class)


def hit(x: float, y: float, width: float, height: float, tip: str) -> str:
    """An invisible box that shows its words on hover or touch (static/smo.js)."""
    box = attributes(x=float(x), y=float(y), width=max(float(width), 0.0), height=max(float(height), 0.0))
    return f'<rect{box} fill="none" class="c-hit" data-tip="{escape(tip)}"/>'


def runs(points: Iterable[Point | None]) -> list[list[Point]]:
    """Points split where one is missing: a missing value breaks the line instead of being bridged."""
    result: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            result[-1].append(point)
        elif result[-1]:
            result.append([])
    return [run for run in result if run]


def broken_line(points: Iterable[Point | None], paint: Paint, *, width: float = 2, dash: str = "") -> str:
    """One line per unbroken run; a lone point is a dot."""
    marks = []
    for run in runs(points):
        if len(run) == 1:
            marks.append(circle(*run[0], max(width * 0.6, 1.0), paint))
        else:
            marks.append(stroke_path(polyline(run), paint, width=width, dash=dash))
    return "".join(marks)


def hatch(chart_id: str) -> tuple[str, str]:
    """The pattern for forecasts (after IBCS): its definition and the fill that uses it."""
    name = f"{chart_id}-hatch"
    tile = rect(0, 0, 5, 5, SURFACE) + line(0, 0, 0, 5, ACTUAL, width=2.6)
    frame = 'width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return f'<defs><pattern id="{name}" {frame}>{tile}</pattern></defs>', f"url(#{name})"


def document(
    width: float,
    height: float,
    body: str,
    *,
    chart_id: str,
    title: str,
    desc: str,
    kind: str = "",
    linked: bool = False,
) -> str:
    """The whole picture. `chart_id` must be unique in the page: fragments arrive one by one, so no counter would do.

    A picture with links in it must not have the role img, which would hide them. Raises ValueError for an id that could
    not stand in HTML and for a picture without a title.
    """
    if not _CHART_ID.fullmatch(chart_id):
        raise ValueError(f"chart_id must start with a letter and hold letters, digits, _ and - only, not {chart_id!r}")
    if not str(title).strip():
        raise ValueError(f"chart {chart_id} needs a title")
    classes = f"smo-viz smo-viz-{kind}" if kind else "smo-viz"
    size = f'viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" height="{number(height)}"'
    names = f'aria-labelledby="{chart_id}-title" aria-describedby="{chart_id}-desc"'
    words = (
        f'<title id="{chart_id}-title">{escape(title)}</title><desc id="{chart_id}-desc">{escape(desc or title)}</desc>'
    )
    role = "group" if linked else "img"
    font = attributes(font_family=FONT, font_weight=str(WEIGHT))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="{role}" {names} class="{classes}"{font}>{words}{body}</svg>'
