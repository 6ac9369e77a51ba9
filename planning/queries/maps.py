"""The strategy map: who has one, where everything stands on it, and what we believe drives what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Actor, scoped
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
from core.facets import Fact
from core.links import period_query
from core.periods import At
from core.statuses import NO_DATA, ORDER, movement, word
from organization.models import Person
from organization.queries import ancestor_ids, root_unit
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.queries.pages import Line, Lines, lines
from strategy.queries.strategies import active_strategies, objectives, strategy_of_unit
from strategy.rules.layout import Box, Layout, Room, arrange

WIDTH = 1156.0
TITLE_SIZE = 13.5
TITLE_WEIGHT = 600
ROOM = Room(
    width=WIDTH,
    header=HEADER_HEIGHT,
    label=LABEL_WIDTH,
    card_width=CARD_WIDTH,
    card_height=CARD_HEIGHT,
    band_padding=BAND_PADDING,
)


def default_strategy(viewer: Actor, at: At) -> Strategy | None:
    """The active strategy nearest to the viewer: of their unit, of a unit above it, of the whole organisation, or any."""
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    top = root_unit(at.today)
    near = [person.home_unit_id, *ancestor_ids(person.home_unit_id, at.today)] if person and person.home_unit_id else []
    found = strategy_of_unit(viewer, [*near, *([top.pk] if top else [])])
    return found or active_strategies(viewer).first()


@dataclass(frozen=True)
class Belief:
    """A link in words: we believe that the source moves the target. Until links are tested, the evidence is none."""

    link: ObjectiveLink

    @property
    def verb(self) -> str:
        """What the source does to the target."""
        return _("leads to") if self.link.sign > 0 else _("lowers")

    @property
    def lag(self) -> str:
        """From the shortest to the longest lag, in months: "1 to 3"."""
        low, high = self.link.lag_min, self.link.lag_max
        return str(low) if low == high else _("%(low)d to %(high)d") % {"low": low, "high": high}


@dataclass(frozen=True)
class Card:
    """An objective on the map with its facts and what it leads to."""

    line: Line
    measure: Fact | None
    beliefs: tuple[Belief, ...]

    @property
    def objective(self) -> Objective:
        return self.line.objective

    @property
    def status(self) -> str:
        return self.line.status.status if self.line.status else NO_DATA

    @property
    def was(self) -> str:
        return self.line.before.status if self.line.before else ""

    @property
    def figure(self) -> tuple[str, str]:
        """The figure and what follows it: "72.4%", "of 78%"; words without a figure are one part."""
        words = self.measure.words if self.measure else ""
        first, _blank, rest = words.partition(" ")
        return (first, rest) if any(sign.isdigit() for sign in first) else (words, "")


@dataclass(frozen=True)
class Slice:
    """A theme with its cards by layer; the one without a theme holds objectives that stand under none."""

    key: str
    name: str
    description: str
    layers: tuple[tuple[Perspective, tuple[Card, ...]], ...]


@dataclass(frozen=True)
class StrategyMap:
    """Everything the map's page shows in one period, on screen and in print."""

    strategy: Strategy
    lines: Lines
    layout: MapLayout | None
    slices: tuple[Slice, ...]
    beliefs: tuple[Belief, ...]
    counts: tuple[tuple[str, str, int], ...]
    others: tuple[Strategy, ...]

    @property
    def has_lowering(self) -> bool:
        """Whether some link lowers its target, which the picture then explains."""
        return any(belief.link.sign < 0 for belief in self.beliefs)


def strategy_map(viewer: Actor, strategy: Strategy, at: At) -> StrategyMap:
    """The map of a strategy that was loaded through its policy. As many queries for sixty objectives as for one."""
    rows = lines(viewer, at, objectives(viewer, strategy))
    beliefs = tuple(Belief(link) for link in _links(viewer, strategy))
    cards = _cards(rows, beliefs)
    bands = list(scoped(viewer, "view", strategy.perspectives.exclude(state=NodeState.RETIRED)).order_by("order", "pk"))
    themes = list(scoped(viewer, "view", strategy.themes.exclude(state=NodeState.RETIRED)).order_by("order", "pk"))
    found = Counter(card.status for card in cards)
    return StrategyMap(
        strategy=strategy,
        lines=rows,
        layout=_layout(cards, beliefs, bands, themes, at) if cards else None,
        slices=_slices(cards, bands, themes),
        beliefs=beliefs,
        counts=tuple((status, word(status), found[status]) for status in ORDER if found[status]),
        others=tuple(active_strategies(viewer).exclude(pk=strategy.pk)),
    )


def _links(viewer: Actor, strategy: Strategy) -> QuerySet[ObjectiveLink]:
    rows = scoped(viewer, "view", strategy.links.exclude(state=NodeState.RETIRED))
    order = ("source__perspective__order", "source__order", "target__perspective__order", "target__order", "pk")
    return rows.select_related("source", "target").order_by(*order)


def _cards(rows: Lines, beliefs: Sequence[Belief]) -> list[Card]:
    column = next((at for at, facet in enumerate(rows.columns) if facet.key == "measure"), None)
    out: dict[int, list[Belief]] = defaultdict(list)
    for belief in beliefs:
        out[belief.link.source_id].append(belief)
    return [Card(row, None if column is None else row.facts[column], tuple(out[row.objective.pk])) for row in rows.rows]


# ----------------------------------------------------------------------------------------------------- the picture
def _layout(
    cards: Sequence[Card], beliefs: Sequence[Belief], bands: Sequence[Perspective], themes: Sequence[Theme], at: At
) -> MapLayout:
    """Cards under their first theme; those under none stand in a last lane."""
    lane_of = _lanes(cards, themes)
    band_of = {band.pk: place for place, band in enumerate(bands)}
    has_loose = any(lane_of[card.objective.pk] == len(themes) for card in cards)
    boxes = [
        Box(
            key=str(card.objective.pk),
            band=band_of[card.objective.perspective_id],
            lane=lane_of[card.objective.pk],
            words=tuple(text_width(part, TITLE_SIZE, TITLE_WEIGHT) for part in card.objective.name.split()),
            blank=text_width(" ", TITLE_SIZE, TITLE_WEIGHT),
        )
        for card in cards
    ]
    links = [(str(one.link.source_id), str(one.link.target_id)) for one in beliefs]
    placed = arrange(boxes, links, bands=len(bands), lanes=len(themes) + has_loose, room=ROOM)
    names = [(theme.name, theme.description) for theme in themes] + [(_("No theme"), "")] * has_loose
    return MapLayout(
        width=placed.width,
        height=placed.height,
        bands=[MapBand(s.start, s.size, b.name, b.question) for s, b in zip(placed.bands, bands, strict=True)],
        lanes=[MapLane(s.start, s.size, *name) for s, name in zip(placed.lanes, names, strict=True)] if themes else [],
        nodes=_nodes(cards, placed, at),
        arrows=[
            MapArrow(arrow.source, arrow.target, "untested", "" if one.link.sign > 0 else _("lowers"), arrow.points)
            for arrow, one in zip(placed.arrows, beliefs, strict=True)
        ],
    )


def _lanes(cards: Sequence[Card], themes: Sequence[Theme]) -> Mapping[int, int]:
    """Objective → lane: its first theme in the order of the map, else the lane after the last."""
    place = {theme.pk: lane for lane, theme in enumerate(themes)}
    return {
        card.objective.pk: min((place[t.pk] for t in card.objective.themes.all() if t.pk in place), default=len(themes))
        for card in cards
    }


def _nodes(cards: Sequence[Card], placed: Layout, at: At) -> list[MapNode]:
    query = period_query(at)
    nodes = []
    for card, place in zip(cards, placed.cards, strict=True):
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
                url=reverse("strategy:objective", args=[card.objective.pk]) + query,
            )
        )
    return nodes


def _surname(owner: Person | None) -> str:
    """What a narrow card has room for."""
    words = owner.name.split() if owner else []
    return words[-1] if words else ""


# ---------------------------------------------------------------------------------------------------- the list
def _slices(cards: Sequence[Card], bands: Sequence[Perspective], themes: Sequence[Theme]) -> tuple[Slice, ...]:
    """A list per theme for a narrow screen; an objective under several themes stands in each."""
    slices = []
    for theme in themes:
        mine = [card for card in cards if theme in card.objective.themes.all()]
        slices.append(Slice(str(theme.pk), theme.name, theme.description, _by_layer(mine, bands)))
    loose = [card for card in cards if not card.objective.themes.all()]
    if loose:
        slices.append(Slice("none", _("No theme") if themes else "", "", _by_layer(loose, bands)))
    return tuple(one for one in slices if one.layers)


def _by_layer(cards: Sequence[Card], bands: Sequence[Perspective]) -> tuple[tuple[Perspective, tuple[Card, ...]], ...]:
    layers = ((band, tuple(card for card in cards if card.objective.perspective_id == band.pk)) for band in bands)
    return tuple((band, inside) for band, inside in layers if inside)
