"""The strategy map as one picture, the same on screen and in the board's pack."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.charts.map_routes import Route, Router
from core.charts.shapes import status_shape
from core.charts.strategy_map import LABEL_WIDTH, Change, MapArrow, MapLayout, MapNode
from core.charts.svg import (
    ACTUAL,
    INK,
    INK2,
    LINE,
    MUTED,
    OFF_TRACK_TEXT,
    ROUND,
    STATUS_PAINTS,
    Paint,
    attributes,
    document,
    escape,
    group,
    line,
    number,
    outlined,
    polyline,
    rect,
    stroke_path,
    text,
)
from core.charts.text import cut, text_width, wrap
from core.statuses import word

_BANDS = (Paint("#f1f3f6", "mapband0"), Paint("#f8f9fb", "mapband1"))
_CARD, _PILL, _LANE = Paint("#d5dbe3", "card"), Paint("#22324a", "pill"), Paint("#e6eaef", "lane")
_OFF = STATUS_PAINTS["off_track"]
# line, width and dashes by how the figures bear the belief out
_STRENGTHS: dict[str, tuple[Paint, float, str]] = {
    "supported": (ACTUAL, 2.6, ""),
    "weak": (ACTUAL, 1.6, "6 4"),
    "untested": (MUTED, 1.5, "1.5 4"),
    "against": (_OFF, 2, ""),
}


def strength_word(strength: str) -> str:
    """How the figures bear a belief out, in words."""
    return {
        "supported": _("Supported"),
        "weak": _("Weak"),
        "untested": _("Not yet tested"),
        "against": _("Not borne out"),
    }[strength]


def _lanes(layout: MapLayout) -> str:
    body = ""
    for lane in layout.lanes:
        body += outlined(lane.x + 6, 0, lane.w - 12, 30, _LANE, radius=6, stroke=1)
        name = cut(lane.title, 13.5, lane.w - 36, 600)
        body += text(lane.x + 18, 20, name, size=13.5, paint=INK, weight=600)
        room = lane.w - 52 - text_width(name, 13.5, 600)
        if lane.subtitle and room > 30:
            body += text(lane.x + lane.w - 18, 20, cut(lane.subtitle, 12, room), size=12, anchor="end")
    return body


def _bands(layout: MapLayout) -> str:
    body = ""
    for index, band in enumerate(layout.bands):
        body += rect(0, band.y + 3, layout.width, band.h - 6, _BANDS[index % 2], radius=10)
        y = band.y + 46
        for words in wrap(band.title, 13.5, LABEL_WIDTH - 26, 600):
            body += text(16, y, words, size=13.5, paint=INK, weight=600)
            y += 17
        y += 2
        for words in wrap(band.subtitle, 11.5, LABEL_WIDTH - 24) if band.subtitle else []:
            body += text(16, y, words, size=11.5)
            y += 15
    for lane in layout.lanes[1:]:
        top = layout.bands[0].y + 6 if layout.bands else 0
        body += line(lane.x, top, lane.x, layout.height - 6, LINE, dash="2 4")
    return body


def _head(route: Route, paint: Paint) -> str:
    """The arrow head as a path: the PDF renderer knows no markers."""
    (x, y), (dx, dy) = route.tip, route.direction
    back_x, back_y = x - dx * 8.5, y - dy * 8.5
    corners = polyline([(x, y), (back_x - dy * 5, back_y + dx * 5), (back_x + dy * 5, back_y - dx * 5)])
    return f'<path d="{corners} Z"{attributes(fill=paint.colour, cls=paint.fill_class)}/>'


def _pill(arrow: MapArrow, route: Route, paint: Paint) -> str:
    """The figure on the arrow; a cross before it where the belief is not borne out."""
    if not arrow.label:
        return ""
    against = arrow.strength == "against"
    x, y = route.pill
    width = text_width(arrow.label, 10.5, 600) + (27 if against else 16)
    body = outlined(x - width / 2, y - 9, width, 18, paint, radius=9, stroke=1, cls="c-pill")
    if against:
        cross = f"M{number(x - width / 2 + 8)} {number(y - 3)} l6 6 m0 -6 l-6 6"
        body += stroke_path(cross, _OFF, width=1.8)
    ink = OFF_TRACK_TEXT if against else INK
    shift = 5.5 if against else 0
    return body + text(x + shift, y + 3.8, arrow.label, size=10.5, paint=ink, anchor="middle", weight=600)


def _change(change: Change, right: float, y: float) -> str:
    """An arrow and a word: better is up, worse is down, whatever the number did."""
    if not change:
        return ""
    words = _("better") if change == "better" else _("worse")
    x = right - text_width(words, 10.5, 500) - 9
    arrow = (
        f"M{number(x)} {number(y)} v-7 m-3 3 l3 -3 l3 3"
        if change == "better"
        else f"M{number(x)} {number(y - 7.5)} v7 m-3 -3 l3 3 l3 -3"
    )
    return text(right, y, words, size=10.5, anchor="end", weight=500) + stroke_path(arrow, INK2, width=1.4)


def _foot(node: MapNode) -> str:
    """Value against target at the left, the owner's name at the right if it fits whole."""
    y, left, right = node.y + node.h - 11, node.x + 12, node.x + node.w - 12
    value = cut(node.value, 12, right - left, 600)
    body = text(left, y, value, size=12, paint=INK, weight=600) if value else ""
    x = left + (text_width(value, 12, 600) + 5 if value else 0)
    if node.beside and right - x > 30:
        beside = cut(node.beside, 11.5, right - x)
        body += text(x, y, beside, size=11.5)
        x += text_width(beside, 11.5) + 8
    if node.owner and text_width(node.owner, 11) <= right - x:
        body += text(right, y, node.owner, size=11, anchor="end")
    return body


def _flag(node: MapNode) -> str:
    """A word of warning that sits on the card's upper edge, at the right: arrows come in at its middle."""
    if not node.flag:
        return ""
    words = cut(node.flag, 10.5, node.w / 2 - 34, 600)
    width = text_width(words, 10.5, 600) + 26
    left, y = node.x + node.w - width - 8, node.y
    sign = f"M{number(left + 8)} {number(y + 4)} l4.5 -8.5 l4.5 8.5 z m4.5 -5.2 v2.4"
    body = outlined(left, y - 9, width, 18, STATUS_PAINTS["watch"], radius=9, stroke=1.2, cls="c-pill")
    body += stroke_path(sign, INK2, width=1.2)
    return body + text(left + 19.5, y + 3.8, words, size=10.5, paint=INK, weight=600)


def _card(node: MapNode, *, linked: bool) -> str:
    body = outlined(node.x, node.y, node.w, node.h, _CARD, radius=8, stroke=1)
    body += status_shape(node.status, node.x + 18, node.y + 19, 15)
    body += text(node.x + 31, node.y + 23.3, word(node.status), size=11.5)
    body += _change(node.change, node.x + node.w - 12, node.y + 23)
    size = 13.5 if node.w > 190 else 12.5
    lines = max(1, int((node.h - 63) // 16) + 1)
    for index, words in enumerate(wrap(node.title, size, node.w - 24, 600, max_lines=lines)):
        body += text(node.x + 12, node.y + 43 + index * 16, words, size=size, paint=INK, weight=600)
    body += _foot(node) + _flag(node)
    if linked and node.url:
        marks = "".join(f' data-{escape(name)}="{escape(value)}"' for name, value in node.marks)
        return f'<a href="{escape(node.url)}" class="smo-mapcard"{marks}>{_faded(body, is_faded=node.faded)}</a>'
    return _faded(group(body), is_faded=node.faded)


def _faded(body: str, *, is_faded: bool) -> str:
    """What stands back is drawn thin, on screen and on paper."""
    return f'<g opacity="0.28">{body}</g>' if is_faded else body


def strategy_map(layout: MapLayout, *, chart_id: str, title: str, desc: str = "", linked: bool = True) -> str:
    """Bands and lanes, arrows under the cards, pills on top. `linked=False` for paper.

    Raises KeyError for an arrow between nodes that are not there and for an unknown status or strength.
    """
    words = desc or _(
        "Objectives by perspective and theme. Arrows show beliefs about cause and effect and how far figures bear "
        "them out. The same content follows as a table."
    )
    has_links = linked and any(node.url for node in layout.nodes)
    body = _body(layout, linked, get_language())
    return document(
        layout.width, layout.height, body, chart_id=chart_id, title=title, desc=words, kind="map", linked=has_links
    )


@lru_cache(maxsize=32)
def _body(layout: MapLayout, linked: bool, language: str | None) -> str:  # noqa: ARG001, FBT001 - a key of what is kept
    """Drawn once for equal facts: maps are opened far more often than they change."""
    router = Router(layout)
    arrows, pills = "", ""
    for arrow in layout.arrows:
        paint, width, dash = _STRENGTHS[arrow.strength]
        route = router.route(arrow)
        drawn = stroke_path(route.path, paint, width=width, dash=dash, is_inside=True) + _head(route, paint)
        arrows += _faded(drawn, is_faded=arrow.faded)
        pills += _faded(_pill(arrow, route, paint), is_faded=arrow.faded)
    cards = "".join(_card(node, linked=linked) for node in layout.nodes)
    return _lanes(layout) + _bands(layout) + group(arrows, **ROUND) + cards + pills
