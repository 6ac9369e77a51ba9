"""What a figure is made of, and that again: boxes from the sources on the left to the figure on the right (UX §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.charts.shapes import status_shape
from core.charts.svg import AXIS, INK, INK2, LINE, at, document, escape, group, outlined, stroke_path, text
from core.charts.text import cut
from core.statuses import word

MOST = 30
_HEIGHT, _GAP, _BETWEEN, _WIDEST, _INDENT = 58.0, 14.0, 44.0, 210.0, 18.0


@dataclass(frozen=True, slots=True)
class ChainBox:
    """One figure: its name, its value in words, its status, its page. `layer` counts the steps to the end, 0 is the end."""

    label: str
    value: str
    status: str
    layer: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.y + _HEIGHT / 2


def chain(
    boxes: Sequence[ChainBox],
    links: Sequence[tuple[int, int]],
    *,
    chart_id: str,
    title: str,
    desc: str = "",
    width: float = 760,
) -> str:
    """The boxes and lines between them; a link names the place of a part, then of what is made of it.

    In a narrow picture the boxes stand below each other, the end first. At most thirty boxes, else ValueError: a table
    says it better.
    """
    if len(boxes) > MOST:
        raise ValueError(f"a chain holds at most {MOST} boxes, not {len(boxes)}; use a table")
    is_narrow = width < 480
    places = _stacked(boxes, width) if is_narrow else _layered(boxes, width)
    height = max((place.y for place in places), default=0.0) + _HEIGHT + 2
    draw = _elbow if is_narrow else _curve
    lines = "".join(draw(places[part], places[whole]) for part, whole in links)
    cards = "".join(_box(box, place) for box, place in zip(boxes, places, strict=True))
    words = desc or _chain_words(boxes, links)
    has_links = any(box.url for box in boxes)
    return document(
        width, height, lines + cards, chart_id=chart_id, title=title, desc=words, kind="chain", linked=has_links
    )


def _chain_words(boxes: Sequence[ChainBox], links: Sequence[tuple[int, int]]) -> str:
    """Who is made of what, in words."""
    parts: dict[int, list[str]] = {}
    for part, whole in links:
        parts.setdefault(whole, []).append(boxes[part].label)
    said = [_("%(whole)s from %(parts)s") % {"whole": boxes[whole].label, "parts": ", ".join(found)}
            for whole, found in parts.items()]  # fmt: skip
    return "; ".join(said)


def _layered(boxes: Sequence[ChainBox], width: float) -> list[_Place]:
    """One column per layer, the end at the right; a column's boxes stand around the middle."""
    columns = max((box.layer for box in boxes), default=0) + 1
    each = min(_WIDEST, (width - _BETWEEN * (columns - 1)) / columns)
    counts = [sum(box.layer == layer for box in boxes) for layer in range(columns)]
    tallest = max(counts, default=0)
    seen = [0] * columns
    places = []
    for box in boxes:
        x = 1 + (columns - 1 - box.layer) * (each + _BETWEEN)
        above = (tallest - counts[box.layer]) / 2 + seen[box.layer]
        seen[box.layer] += 1
        places.append(_Place(x, 1 + above * (_HEIGHT + _GAP), each - 2))
    return places


def _stacked(boxes: Sequence[ChainBox], width: float) -> list[_Place]:
    return [
        _Place(1 + min(box.layer, 6) * _INDENT, 1 + row * (_HEIGHT + _GAP), width - 2 - min(box.layer, 6) * _INDENT)
        for row, box in enumerate(boxes)
    ]


def _curve(part: _Place, whole: _Place) -> str:
    """From a part's right side to the left side of what is made of it."""
    begin, end = (part.x + part.width, part.middle), (whole.x, whole.middle)
    half = (begin[0] + end[0]) / 2
    return stroke_path(f"M{at(begin)} C{at((half, begin[1]), (half, end[1]), end)}", AXIS, width=1.4)


def _elbow(part: _Place, whole: _Place) -> str:
    """From a part's left side up to the foot of what is made of it."""
    x = whole.x + _INDENT / 2
    return stroke_path(
        f"M{at((part.x, part.middle))} L{at((x, part.middle))} L{at((x, whole.y + _HEIGHT))}", AXIS, width=1.4
    )


def _box(box: ChainBox, place: _Place) -> str:
    room = place.width - 40
    body = outlined(place.x, place.y, place.width, _HEIGHT, LINE, radius=7, stroke=1.2)
    body += status_shape(box.status, place.x + 18, place.y + 19, 14)
    body += text(place.x + 32, place.y + 23.5, cut(box.label, 12.5, room, 600), size=12.5, paint=INK, weight=600)
    below = f"{box.value} · {word(box.status)}" if box.value else word(box.status)
    body += text(place.x + 32, place.y + 43, cut(below, 11.5, room), size=11.5, paint=INK2)
    return f'<a href="{escape(box.url)}" class="smo-mapcard">{body}</a>' if box.url else group(body)
