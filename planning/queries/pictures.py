"""The picture of a map: every card, band, lane and arrow in its place, before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from core.charts.strategy_map import (
    BAND_PADDING,
    CARD_HEIGHT,
    CARD_WIDTH,
    HEADER_HEIGHT,
    LABEL_WIDTH,
    Change,
    MapArrow,
    MapBand,
    MapLane,
    MapLayout,
    MapNode,
)
from core.charts.text import text_width
from core.links import period_query
from core.periods import At
from core.statuses import movement
from organization.models import Person
from planning.queries.editing import Outline
from planning.queries.mapparts import Belief, Card, Wanted
from strategy.models import Perspective, Theme
from strategy.rules.layout import Box, Layout, Room, arrange

WIDTH = 1156.0
TITLE_SIZE = 13.5
TITLE_WEIGHT = 600
NO_THEME = "0"
"""The key of the lane of cards that stand under no theme."""
ROOM = Room(
    width=WIDTH,
    header=HEADER_HEIGHT,
    label=LABEL_WIDTH,
    card_width=CARD_WIDTH,
    card_height=CARD_HEIGHT,
    band_padding=BAND_PADDING,
)

_arranged = lru_cache(maxsize=32)(arrange)  # maps are drawn again and again, and seldom change


@dataclass(frozen=True)
class Drawn:
    """What is drawn: cards and beliefs, bands and lanes, what is looked for, and for whom (an editor has an outline)."""

    cards: tuple[Card, ...]
    beliefs: tuple[Belief, ...]
    bands: tuple[Perspective, ...]
    themes: tuple[Theme, ...]
    wanted: Wanted
    at: At
    editing: Outline | None = None


def layout_of(drawn: Drawn) -> MapLayout:
    """Cards under their first theme; those under none stand in a last lane, which an editor always has."""
    lane_of = _lanes(drawn)
    has_loose = any(lane == len(drawn.themes) for lane in lane_of.values()) or drawn.editing is not None
    placed = _placed(drawn, lane_of, len(drawn.themes) + has_loose)
    names = [(theme.name, theme.description, str(theme.pk)) for theme in drawn.themes]
    names += [(_("No theme"), "", NO_THEME)] * has_loose
    bands = zip(placed.bands, drawn.bands, strict=True)
    lanes = zip(placed.lanes, names, strict=True)
    return MapLayout(
        width=placed.width,
        height=placed.height,
        bands=tuple(MapBand(span.start, span.size, band.name, band.question, str(band.pk)) for span, band in bands),
        lanes=tuple(MapLane(span.start, span.size, *name) for span, name in lanes) if drawn.themes else (),
        nodes=_nodes(drawn, placed, lane_of),
        arrows=_arrows(drawn, placed),
    )


def _placed(drawn: Drawn, lane_of: Mapping[int, int], lanes: int) -> Layout:
    band_of = {band.pk: place for place, band in enumerate(drawn.bands)}
    boxes = tuple(
        Box(
            key=str(card.objective.pk),
            band=band_of[card.objective.perspective_id],
            lane=lane_of[card.objective.pk],
            words=tuple(text_width(part, TITLE_SIZE, TITLE_WEIGHT) for part in card.objective.name.split()),
            blank=text_width(" ", TITLE_SIZE, TITLE_WEIGHT),
        )
        for card in drawn.cards
    )
    links = tuple((str(one.link.source_id), str(one.link.target_id)) for one in drawn.beliefs)
    return _arranged(boxes, links, bands=len(drawn.bands), lanes=lanes, room=ROOM)


def _arrows(drawn: Drawn, placed: Layout) -> tuple[MapArrow, ...]:
    """An arrow stands back with either of its cards."""
    kept = {card.objective.pk for card in drawn.cards if drawn.wanted.keeps(card)}
    return tuple(
        MapArrow(
            source=arrow.source,
            target=arrow.target,
            strength=one.strength,
            label=one.pill,
            route=arrow.points,
            faded=not {one.link.source_id, one.link.target_id} <= kept,
        )
        for arrow, one in zip(placed.arrows, drawn.beliefs, strict=True)
    )


def _lanes(drawn: Drawn) -> Mapping[int, int]:
    """Objective → lane: its first theme in the order of the map, else the lane after the last."""
    place = {theme.pk: lane for lane, theme in enumerate(drawn.themes)}
    last = len(drawn.themes)
    return {
        card.objective.pk: min((place[t.pk] for t in card.objective.themes.all() if t.pk in place), default=last)
        for card in drawn.cards
    }


def _nodes(drawn: Drawn, placed: Layout, lane_of: Mapping[int, int]) -> tuple[MapNode, ...]:
    nodes = []
    for card, place in zip(drawn.cards, placed.cards, strict=True):
        value, beside = card.figure
        change: Change = movement(card.was, card.status)  # type: ignore[assignment]
        nodes.append(
            MapNode(
                key=place.key,
                x=place.x,
                y=place.y,
                w=place.w,
                h=place.h,
                title=card.objective.name,
                status=card.status,
                value=value,
                beside=beside,
                owner=_surname(card.objective.owner),
                change=change,
                flag=_("doubt") if card.doubt else "",
                url=_url(drawn, card),
                faded=not drawn.wanted.keeps(card),
                marks=_marks(drawn, card, lane_of[card.objective.pk]),
            )
        )
    return tuple(nodes)


def _url(drawn: Drawn, card: Card) -> str:
    """Its page; for an editor its form."""
    row = card.objective
    if drawn.editing is not None:
        return reverse("planning:node_edit", args=[row.strategy_id, "objective", row.pk])
    return reverse("strategy:objective", args=[row.pk]) + period_query(drawn.at)


def _marks(drawn: Drawn, card: Card, lane: int) -> tuple[tuple[str, str], ...]:
    if drawn.editing is None:
        return ()
    row = card.objective
    return (
        ("card", str(row.pk)),
        ("version", str(row.row_version)),
        ("name", row.short),
        ("band", str(row.perspective_id)),
        ("lane", str(drawn.themes[lane].pk) if lane < len(drawn.themes) else NO_THEME),
        ("retire", reverse("planning:node_retire", args=[row.strategy_id, "objective", row.pk])),
    )


def _surname(owner: Person | None) -> str:
    """What a narrow card has room for."""
    words = owner.name.split() if owner else []
    return words[-1] if words else ""
