"""The dated weights of a scorecard: what counts how much below each node, from when, and what counted before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.access import Actor, can, scoped
from core.formats import percent, plain
from scorecards.models import Edge, Measure, Node, Scorecard
from scorecards.queries.explaining import KINDS

LEVELS = ("strategy", "perspective", "objective")
THINGS = ("measure__unit", "objective", "perspective", "theme", "strategy", "unit")


@dataclass(frozen=True)
class WeightLine:
    """A child of a node on a day: its weight, its share of all (0 to 1), and from when it holds."""

    node: int
    name: str
    code: str
    from_unit: str
    weight: Decimal
    share: float | None
    from_on: date | None
    until_on: date | None

    @property
    def share_percent(self) -> str:
        """In whole per cent."""
        return "" if self.share is None else percent(100 * self.share, 1)

    @property
    def weight_text(self) -> str:
        """As it is typed."""
        return plain(self.weight, None)


@dataclass(frozen=True)
class RuleLine:
    """A roll-up of a node and its time (None: ever, and still)."""

    name: str
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True)
class WeightGroup:
    """The children of one node on a day, heaviest first; `ahead` and `past` are weights of other times.

    `rule` is the roll-up of the day; `rules` are all there ever were, newest first.
    """

    node: Node
    name: str
    kind: str
    rule: str
    rules: tuple[RuleLine, ...]
    lines: tuple[WeightLine, ...]
    ahead: tuple[WeightLine, ...]
    past: tuple[WeightLine, ...]


@dataclass(frozen=True)
class Weights:
    """The weights of a scorecard on a day, parents before children."""

    scorecard: Scorecard
    day: date
    groups: tuple[WeightGroup, ...]
    may_set: bool


def scorecard_weights(viewer: Actor, scorecard: Scorecard, day: date) -> Weights:
    """Every node of a scorecard with what counts below it; the queries do not grow with its size."""
    nodes = Node.objects.filter(scorecard=scorecard, kind__in=LEVELS)
    parents = list(nodes.select_related("objective", "perspective", "strategy").prefetch_related("rules"))
    groups = _groups(viewer, parents, day)
    shown = [group for group in groups if group.lines or group.ahead]
    return Weights(scorecard, day, tuple(shown), can(viewer, "set_weights", scorecard))


def node_weights(viewer: Actor, node: Node, day: date) -> WeightGroup:
    """What counts below one node on a day, before and after it."""
    (group,) = _groups(viewer, [node], day)
    return group


def _groups(viewer: Actor, parents: Sequence[Node], day: date) -> list[WeightGroup]:
    edges: dict[int, list[Edge]] = defaultdict(list)
    rows = Edge.objects.filter(parent__in=parents).exclude(child__kind="theme")
    for edge in rows.select_related(*(f"child__{thing}" for thing in THINGS)).order_by("valid", "child_id"):
        edges[edge.parent_id].append(edge)
    measures = {edge.child.measure_id for found in edges.values() for edge in found if edge.child.measure_id}
    seen = scoped(viewer, "view", Measure.objects.filter(pk__in=measures))
    allowed = set(seen.values_list("pk", flat=True))
    return [_group(node, edges[node.pk], allowed, day) for node in sorted(parents, key=_order)]


def _order(node: Node) -> tuple[Any, ...]:
    place = LEVELS.index(node.kind) if node.kind in LEVELS else len(LEVELS)
    thing = _thing(node)
    return place, getattr(thing, "order", 0), getattr(thing, "code", ""), node.pk


def _thing(node: Node) -> Any:
    return node.measure or node.objective or node.perspective or node.theme or node.strategy or node.unit


def _group(node: Node, edges: Sequence[Edge], allowed: set[int], day: date) -> WeightGroup:
    shown = [edge for edge in edges if edge.child.measure_id is None or edge.child.measure_id in allowed]
    now = [edge for edge in shown if _holds(edge, day)]
    whole = sum((edge.weight for edge in now), Decimal())
    ahead = [edge for edge in shown if edge.valid.lower is not None and edge.valid.lower > day]
    past = [edge for edge in shown if edge not in now and edge not in ahead]
    thing = _thing(node)
    return WeightGroup(
        node=node,
        name=thing.name,
        kind=str(KINDS[node.kind]),
        rule=node.rule_on(day).get_rule_display(),
        rules=tuple(_rules(node)),
        lines=tuple(sorted(_lines(node, now, whole), key=lambda line: (-line.weight, line.name))),
        ahead=tuple(_lines(node, ahead, None)),
        past=tuple(_lines(node, reversed(past), None)),
    )


def _rules(node: Node) -> Iterable[RuleLine]:
    """From the first that was chosen; before it there is the weighted mean."""
    rows = sorted(node.rules.all(), key=lambda row: row.valid.lower or date.min, reverse=True)
    for row in rows:
        yield RuleLine(row.get_rule_display(), row.valid.lower, row.valid.upper)
    if rows and rows[-1].valid.lower is not None:
        yield RuleLine(str(Node.Rule.WEIGHTED.label), None, rows[-1].valid.lower)


def _holds(edge: Edge, day: date) -> bool:
    lower, upper = edge.valid.lower, edge.valid.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _lines(parent: Node, edges: Iterable[Edge], whole: Decimal | None) -> Iterable[WeightLine]:
    for edge in edges:
        thing = _thing(edge.child)
        is_used = edge.child.measure is not None and edge.child.scorecard_id != parent.scorecard_id
        yield WeightLine(
            node=edge.child_id,
            name=thing.name,
            code=getattr(thing, "code", ""),
            from_unit=edge.child.measure.unit.name if edge.child.measure and is_used else "",
            weight=edge.weight,
            share=float(edge.weight / whole) if whole else None,
            from_on=edge.valid.lower,
            until_on=edge.valid.upper,
        )
