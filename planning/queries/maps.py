"""The strategy map: who has one, where everything stands on it, and what we believe drives what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.access import Actor, scoped
from core.charts.map_picture import strength_word
from core.charts.strategy_map import MapLayout
from core.facets import Fact, get
from core.periods import At
from core.statuses import ORDER, word
from organization.models import Person
from organization.queries import ancestor_ids, root_unit
from planning.queries.editing import Outline
from planning.queries.mapparts import STRENGTHS, Belief, Card, Slice, Wanted
from planning.queries.pictures import Drawn, layout_of
from strategy.models import ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.queries.pages import Line, Lines, lines
from strategy.queries.strategies import active_strategies, objectives, strategy_of_unit

OTHERS_NAMED = 20
"""So many other strategies the menu offers; the page of all has the rest."""


def default_strategy(viewer: Actor, at: At) -> Strategy | None:
    """The active strategy nearest to the viewer: of their unit, of a unit above it, of the whole organisation, or any."""
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    top = root_unit(at.today)
    near = [person.home_unit_id, *ancestor_ids(person.home_unit_id, at.today)] if person and person.home_unit_id else []
    found = strategy_of_unit(viewer, [*near, *([top.pk] if top else [])])
    return found or active_strategies(viewer).first()


@dataclass(frozen=True)
class StrategyMap:
    """Everything the map's page shows in one period, on screen and in print."""

    strategy: Strategy
    lines: Lines
    cards: tuple[Card, ...]
    layout: MapLayout | None
    slices: tuple[Slice, ...]
    beliefs: tuple[Belief, ...]
    counts: tuple[tuple[str, str, int], ...]
    others: tuple[Strategy, ...]
    wanted: Wanted
    owners: tuple[Person, ...]
    themes: tuple[Theme, ...]

    @property
    def shown(self) -> int:
        """How many objectives fit the filters."""
        return sum(self.wanted.keeps(card) for card in self.cards)

    @property
    def fitting(self) -> Lines:
        """The rows of the table that fit."""
        return Lines(self.lines.columns, tuple(card.line for card in self.cards if self.wanted.keeps(card)))

    @property
    def strengths(self) -> list[tuple[str, str]]:
        """The strengths there are among the beliefs, for the legend."""
        found = {belief.strength for belief in self.beliefs}
        return [(one, strength_word(one)) for one in STRENGTHS if one in found]

    @property
    def untested(self) -> int:
        """How many beliefs no figures have been held against yet."""
        return sum(belief.strength == "untested" for belief in self.beliefs)

    @property
    def grid(self) -> tuple[str, str]:
        """Bands and lanes as "key start size; …" in px of the drawing: where a card that is dragged comes down."""
        if self.layout is None:
            return "", ""
        bands = (f"{band.key} {band.y:.1f} {band.h:.1f}" for band in self.layout.bands)
        return ";".join(bands), ";".join(f"{lane.key} {lane.x:.1f} {lane.w:.1f}" for lane in self.layout.lanes)

    @property
    def has_lowering(self) -> bool:
        """Whether some link lowers its target, which the picture then explains."""
        return any(belief.link.sign < 0 for belief in self.beliefs)


def strategy_map(
    viewer: Actor, strategy: Strategy, at: At, *, wanted: Wanted | None = None, editing: Outline | None = None
) -> StrategyMap:
    """The map of a strategy that was loaded through its policy. As many queries for sixty objectives as for one.

    `wanted` lets other cards stand back; with `editing` cards lead to their forms and carry what the edit layer needs.
    """
    look = wanted or Wanted()
    rows = lines(viewer, at, objectives(viewer, strategy))
    beliefs = _beliefs(viewer, strategy, at)
    cards = _cards(rows, beliefs)
    bands = list(scoped(viewer, "view", strategy.perspectives.exclude(state=NodeState.RETIRED)).order_by("order", "pk"))
    themes = list(scoped(viewer, "view", strategy.themes.exclude(state=NodeState.RETIRED)).order_by("order", "pk"))
    found = Counter(card.status for card in cards)
    drawn = Drawn(tuple(cards), beliefs, tuple(bands), tuple(themes), look, at, editing)
    owners = {card.objective.owner_id: card.objective.owner for card in cards if card.objective.owner}
    return StrategyMap(
        strategy=strategy,
        lines=rows,
        cards=tuple(cards),
        layout=layout_of(drawn) if cards else None,
        slices=_slices([card for card in cards if look.keeps_person(card)], bands, themes),
        beliefs=beliefs,
        counts=tuple((status, word(status), found[status]) for status in ORDER if found[status]),
        others=tuple(active_strategies(viewer).exclude(pk=strategy.pk)[:OTHERS_NAMED]),
        wanted=look,
        owners=tuple(sorted(owners.values(), key=lambda person: person.name)),
        themes=tuple(themes),
    )


def _beliefs(viewer: Actor, strategy: Strategy, at: At) -> tuple[Belief, ...]:
    """The links with their verdicts, as far as there are any."""
    links = list(_links(viewer, strategy))
    built = [facet.build(links, viewer, at) if (facet := get("link", key)) else {} for key in ("verdict", "doubt")]
    return tuple(Belief(link, *(facts.get(link.pk) for facts in built)) for link in links)


def _links(viewer: Actor, strategy: Strategy) -> QuerySet[ObjectiveLink]:
    rows = scoped(viewer, "view", strategy.links.exclude(state=NodeState.RETIRED))
    order = ("source__perspective__order", "source__order", "target__perspective__order", "target__order", "pk")
    return rows.select_related("source", "target").order_by(*order)


def _cards(rows: Lines, beliefs: Sequence[Belief]) -> list[Card]:
    place = {facet.key: at for at, facet in enumerate(rows.columns)}

    def fact(key: str, row: Line) -> Fact | None:
        return row.facts[place[key]] if key in place else None

    out: dict[int, list[Belief]] = defaultdict(list)
    for belief in beliefs:
        out[belief.link.source_id].append(belief)
    return [Card(row, fact("measure", row), tuple(out[row.objective.pk]), fact("doubt", row)) for row in rows.rows]


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
