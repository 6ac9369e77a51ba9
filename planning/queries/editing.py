"""What an editor of a map needs beside its picture: every node in its place, what may be done, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.access import Actor, permitted, scoped
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.queries.strategies import objectives

Way = Literal["up", "down", "left", "right"]
WAYS: tuple[Way, ...] = ("up", "down", "left", "right")
VERBS = ("change_structure", "submit", "return", "approve", "adopt", "close")


@dataclass(frozen=True)
class Standing:
    """How far a strategy has come, what the viewer may do next, and who does not answer yet."""

    strategy: Strategy
    may: frozenset[str]
    unowned: tuple[Objective, ...]

    @property
    def is_amended(self) -> bool:
        """Whether a change needs a reason, because what is changed is adopted."""
        return self.strategy.state == Strategy.State.ACTIVE

    @property
    def may_edit(self) -> bool:
        """Whether the viewer may change the map in the state it is in."""
        return "change_structure" in self.may and self.strategy.state in (Strategy.State.DRAFT, Strategy.State.ACTIVE)

    @property
    def steps(self) -> tuple[str, ...]:
        """The verbs that lead on from this state and that the viewer may do."""
        ways: dict[str, tuple[str, ...]] = {
            Strategy.State.DRAFT: ("submit",),
            Strategy.State.IN_REVIEW: ("approve", "return"),
            Strategy.State.APPROVED: ("adopt", "return"),
            Strategy.State.ACTIVE: ("close",),
        }
        return tuple(verb for verb in ways.get(self.strategy.state, ()) if verb in self.may)


def standing(viewer: Actor, strategy: Strategy) -> Standing:
    """Where the strategy stands; two queries."""
    row = permitted(viewer, VERBS, Strategy.objects.filter(pk=strategy.pk)).get()
    unowned = strategy.objectives.exclude(state=NodeState.RETIRED).filter(owner=None)
    return Standing(
        strategy=strategy,
        may=frozenset(verb for verb in VERBS if getattr(row, f"may_{verb}")),
        unowned=tuple(unowned.order_by("perspective__order", "order", "pk")),
    )


@dataclass(frozen=True)
class Cell:
    """Where a card can be put: a band, a lane (None: no theme), and the card it stands before (None: at the end)."""

    perspective: Perspective
    lane: Theme | None
    before: Objective | None = None


@dataclass(frozen=True)
class Outline:
    """Every node of a map in its place, as rows to change."""

    strategy: Strategy
    perspectives: tuple[Perspective, ...]
    themes: tuple[Theme, ...]
    objectives: tuple[Objective, ...]
    links: tuple[ObjectiveLink, ...]

    @property
    def layers(self) -> list[tuple[Perspective, list[Objective]]]:
        """Perspectives with what stands in them, in order."""
        inside: dict[int, list[Objective]] = defaultdict(list)
        for one in self.objectives:
            inside[one.perspective_id].append(one)
        return [(layer, inside[layer.pk]) for layer in self.perspectives]

    def lane_of(self, objective: Objective) -> Theme | None:
        """The lane a card stands in: the first of its themes."""
        mine = set(objective.themes.all())
        return next((theme for theme in self.themes if theme in mine), None)

    def cell(self, perspective: Perspective, lane: Theme | None) -> list[Objective]:
        """The cards of a band in a lane, in order."""
        inside = (one for one in self.objectives if one.perspective_id == perspective.pk)
        return [one for one in inside if self.lane_of(one) == lane]

    def stand(self, objective: Objective) -> Cell:
        """Where a card stands."""
        return Cell(next(b for b in self.perspectives if b.pk == objective.perspective_id), self.lane_of(objective))

    def step(self, objective: Objective, way: Way, seen: Cell | None = None) -> Cell | None:
        """Where the card goes by one step: past its neighbour, else to the next band or lane; None at the edge.

        `seen` is where it stood on the mover's screen, if somebody may have moved it since.
        """
        origin = seen or self.stand(objective)
        band, lane = origin.perspective, origin.lane
        by = 1 if way in ("down", "right") else -1
        if way in ("up", "down"):
            next_band = _beside(self.perspectives, band, by)
            return Cell(next_band, lane) if next_band else None
        fellows = self.cell(band, lane)
        at = fellows.index(objective) if objective in fellows else None
        if at is not None and 0 <= at + by < len(fellows):
            after = fellows[at + 1 + by :] if by > 0 else fellows[at - 1 :]
            return Cell(band, lane, next(iter(after), None))
        lanes: list[Theme | None] = [*self.themes, None]
        if not 0 <= lanes.index(lane) + by < len(lanes):
            return None
        next_lane = lanes[lanes.index(lane) + by]
        first = next(iter(self.cell(band, next_lane)), None) if by > 0 else None
        return Cell(band, next_lane, first)


def _beside(rows: Sequence[Perspective], row: Perspective, by: int) -> Perspective | None:
    at = rows.index(row) + by
    return rows[at] if 0 <= at < len(rows) else None


def outline(viewer: Actor, strategy: Strategy) -> Outline:
    """The nodes of a strategy that was loaded through its policy; five queries, whatever its size."""
    order = ("source__perspective__order", "source__order", "target__perspective__order", "target__order", "pk")
    kept: dict[str, Any] = {"perspectives": strategy.perspectives, "themes": strategy.themes, "links": strategy.links}
    rows = {name: scoped(viewer, "view", found.exclude(state=NodeState.RETIRED)) for name, found in kept.items()}
    return Outline(
        strategy=strategy,
        perspectives=tuple(rows["perspectives"].order_by("order", "pk")),
        themes=tuple(rows["themes"].select_related("owner").order_by("order", "pk")),
        objectives=tuple(objectives(viewer, strategy)),
        links=tuple(rows["links"].select_related("source", "target").order_by(*order)),
    )
