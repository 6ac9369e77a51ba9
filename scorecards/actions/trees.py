"""The tree of a scorecard: opened for a strategy, grown with it, and weighted by dated edges (DATAMODEL A2, A6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import DateRange

from audit.actions import recording
from core.access import Actor, require, require_all
from core.actions import Outcome, Refusal, check_version
from core.periods import Calendar, Period
from organization.actors import system_actor
from organization.queries import calendars
from scorecards.actions.edges import close_edges, end_edge, open_edges, reweigh
from scorecards.actions.recompute import Recomputed, again, hold, recompute
from scorecards.actions.timelines import ABOVE_MEASURES, all_since
from scorecards.actions.writing import Batch, NothingWrittenError, exact, in_words
from scorecards.models import Edge, Measure, Node, NodeRule, PeriodLock, Scorecard, ScorecardBands
from scorecards.queries.kept import first_open_day
from scorecards.rules.refusals import Refusal as NumberRefusal
from scorecards.rules.refusals import check_weight
from strategy.models import Objective, Perspective, Strategy, Theme
from strategy.models.structure import NodeState

WEIGHT_STEP = Decimal("0.0001")


def open_scorecard(actor: Actor, *, strategy: Strategy, today: date | None = None) -> Scorecard:
    """The scorecard of a strategy, with nodes for all it holds, from its first day on. Opened twice it is the same one."""
    require(actor, "add_strategy", strategy.unit)
    found = Scorecard.objects.filter(strategy=strategy).first()
    if found is not None:
        return found
    with recording(actor, "open_scorecard", subject_id=strategy.subject_id):
        card = Scorecard.objects.create(strategy=strategy, name=strategy.name)
        ScorecardBands.objects.create(scorecard=card, valid=DateRange(None, None))
        regrow(actor, strategy, strategy.starts_on, today or timezone.localdate())
    return card


def regrow(actor: Actor | None, strategy: Strategy, from_on: date, today: date) -> Recomputed:
    """Let nodes and weights follow the strategy's perspectives, themes and objectives from a day on.

    A low verb: whoever changes structure calls it in the same transaction and has asked for the right (DATAMODEL A2).
    A strategy without a scorecard has nothing to grow.
    """
    card = Scorecard.objects.filter(strategy=strategy).first()
    if card is None:
        return Recomputed()
    return again(lambda: _regrow(actor or system_actor(), card, strategy, from_on, today))


def _regrow(actor: Actor, card: Scorecard, strategy: Strategy, from_on: date, today: date) -> Recomputed:
    calendar = calendars()
    with recording(actor, "regrow_scorecard", subject_id=strategy.subject_id):
        measures = list(Measure.objects.filter(objective__strategy=strategy, retired_at=None).select_related("node"))
        nodes = set(Node.objects.filter(scorecard=card).values_list("pk", flat=True))
        nodes.update(measure.node.pk for measure in measures)
        # the unit's node may stand in the scorecard of its former strategy
        nodes.update(Node.objects.filter(unit=strategy.unit_id).values_list("pk", flat=True))
        held = hold(nodes, calendar, cards=[card.pk])
        grown = _Growth(card, strategy, from_on)
        grown.grow()
        grown.adopt(measures)
        above = set(Node.objects.filter(scorecard=card).exclude(kind="measure").values_list("pk", flat=True))
        return recompute(above | grown.units | grown.adopted, None, today, held)


class _Growth:
    """Brings the nodes and edges of one scorecard into line with its strategy, from a day on."""

    def __init__(self, card: Scorecard, strategy: Strategy, from_on: date) -> None:
        self.card, self.strategy, self.from_on = card, strategy, from_on
        self.units: set[int] = set()
        self.adopted: set[int] = set()

    def grow(self) -> None:
        """Strategy, perspectives, objectives, themes and the unit above."""
        kept = ~Q(state=NodeState.RETIRED)
        perspectives = list(Perspective.objects.filter(kept, strategy=self.strategy))
        objectives = list(Objective.objects.filter(kept, strategy=self.strategy))
        themes = list(Theme.objects.filter(kept, strategy=self.strategy).prefetch_related("objectives"))
        top = self._nodes("strategy", [self.strategy.pk])[self.strategy.pk]
        layers = self._nodes("perspective", [row.pk for row in perspectives])
        boxes = self._nodes("objective", [row.pk for row in objectives])
        slices = self._nodes("theme", [row.pk for row in themes])
        live = {row.pk for row in objectives if row.state == NodeState.LIVE}
        self._link("strategy", {(top, layers[row.pk]) for row in perspectives if row.state == NodeState.LIVE})
        self._link("perspective", {(layers[row.perspective_id], boxes[row.pk]) for row in objectives if row.pk in live})
        self._link(
            "theme", {(slices[t.pk], boxes[row.pk]) for t in themes for row in t.objectives.all() if row.pk in live}
        )
        self._link_unit(top)

    def adopt(self, measures: Iterable[Measure]) -> None:
        """Measures of its objectives that have no scorecard yet."""
        loose = [measure for measure in measures if measure.node.scorecard_id is None]
        boxes = self._nodes("objective", [measure.objective_id for measure in loose])
        for measure in loose:
            measure.node.scorecard = self.card
            measure.node.save(update_fields=["scorecard"])
            self.adopted.add(measure.node.pk)
        open_edges(
            (boxes[measure.objective_id or 0], measure.node.pk, Decimal(1), measure.starts_on or self.from_on)
            for measure in loose
        )

    def _nodes(self, kind: str, keys: Iterable[int | None]) -> dict[int, int]:
        """Node ids by the id of what they stand for; those that are missing are made."""
        wanted = [key for key in keys if key is not None]
        found = {
            getattr(node, f"{kind}_id"): node.pk
            for node in Node.objects.filter(scorecard=self.card, **{f"{kind}__in": wanted})
        }
        missing = [key for key in wanted if key not in found]
        made = Node.objects.bulk_create(
            Node(scorecard=self.card, kind=kind, **{f"{kind}_id": key}) for key in dict.fromkeys(missing)
        )
        return {**found, **{getattr(node, f"{kind}_id"): node.pk for node in made}}

    def _link(self, kind: str, wanted: set[tuple[int, int]]) -> None:
        """From the day on, the parents of this kind have exactly these children. A moved child keeps its weight."""
        edges = Edge.objects.filter(parent__scorecard=self.card, parent__kind=kind).exclude(child__kind="measure")
        weights: dict[int, Decimal] = {}
        held: set[tuple[int, int]] = set()
        for edge in edges.filter(Q(valid__endswith=None) | Q(valid__endswith__gt=self.from_on)).order_by("pk"):
            weights[edge.child_id] = edge.weight
            if (edge.parent_id, edge.child_id) in wanted:
                held.add((edge.parent_id, edge.child_id))
            else:
                end_edge(edge, self.from_on)
        open_edges(
            (parent, child, weights.get(child, Decimal(1)), self.from_on) for parent, child in sorted(wanted - held)
        )

    def _link_unit(self, top: int) -> None:
        """The unit shows its active strategy; another's place is closed from the day on."""
        node = Node.objects.filter(unit=self.strategy.unit_id).first()
        is_active = self.strategy.state == Strategy.State.ACTIVE
        if node is None and is_active:
            node = Node.objects.create(scorecard=self.card, kind="unit", unit_id=self.strategy.unit_id)
        if node is None:
            return
        self.units.add(node.pk)
        is_placed = Edge.objects.filter(parent=node, child=top, valid__endswith=None).exists()
        if is_active and not is_placed:
            for other in Edge.objects.filter(parent=node, valid__endswith=None).values_list("child_id", flat=True):
                close_edges(child=other, from_on=self.from_on, parents=[node.pk])
            open_edges([(node.pk, top, Decimal(1), self.from_on)])
        elif is_placed and not is_active:
            close_edges(child=top, from_on=self.from_on, parents=[node.pk])


# ---------------------------------------------------------------------------------------------- weights
@dataclass(frozen=True)
class WeightRow:
    """How much a child counts in its parent, by their nodes."""

    parent_node_id: int
    child_node_id: int
    weight: Decimal


def set_weights(
    actor: Actor, *, rows: Sequence[WeightRow], from_on: date, today: date, expected: int | None = None
) -> Outcome:
    """Other weights from a day on, all or none; earlier periods keep the weights of their time.

    `Conflict` if the scorecard is no longer at version `expected`: every change of its weights raises it.
    """
    cards = Scorecard.objects.filter(nodes__in={row.parent_node_id for row in rows}).distinct()
    require_all(actor, "set_weights", cards)
    batch = Batch([None] * len(rows), [f"{row.parent_node_id} → {row.child_node_id}" for row in rows])
    for number, row in enumerate(rows):
        sentence = weight_problem(row.weight)
        if sentence:
            batch.refuse(number, sentence)
    try:
        batch.stop_if(partial=False)
        again(lambda: _set_weights(actor, batch, rows, (from_on, today), expected))
    except NothingWrittenError:
        pass
    return batch.outcome()


def set_rule(actor: Actor, *, node: Node, rule: str, today: date, from_on: date | None = None) -> Node:
    """Another way in which the scores below a node become its own, from a day on; earlier periods keep that of their time.

    Without a day, from the first period that is not closed. Refused where a closed period would change.
    """
    card = Scorecard.objects.filter(nodes=node).first()
    if card is None or node.kind == "measure":
        raise Refusal(_("Nothing rolls up here, so there is no rule to choose."))
    require(actor, "set_weights", card)
    if rule not in Node.Rule.values:
        raise Refusal(_("There is no roll-up “%(rule)s”.") % {"rule": rule}, field="rule")
    return again(lambda: _set_rule(actor, card, node.pk, rule, from_on, today))


def _set_rule(actor: Actor, card: Scorecard, pk: int, rule: str, from_on: date | None, today: date) -> Node:
    calendar = calendars()
    with transaction.atomic():
        held = hold([pk], calendar)
        last = max((lock.end for lock in held.state.locked.get(card.pk, ())), default=None)
        day = from_on or first_open_day(card.strategy, last)
        _refuse_closed_rule(held.state.locked.get(card.pk, ()), day)
        row = NodeRule.objects.filter(node=pk, valid__contains=day).first()
        if rule != (row.rule if row else Node.Rule.WEIGHTED):
            details = {"node": pk, "rule": rule, "from_on": day.isoformat()}
            with recording(actor, "set_rule", subject_id=card.strategy.subject_id, details=details):
                _write_rule(pk, row, rule, day)
                recompute({pk}, all_since(ABOVE_MEASURES, day, today, calendar), today, held)
    return Node.objects.get(pk=pk)


def _refuse_closed_rule(locked: Iterable[Period], from_on: date) -> None:
    """The roll-up valid on a period's last day counts in it, so a closed period keeps that of its time."""
    reached = [lock for lock in locked if lock.end >= from_on]
    if reached:
        raise Refusal(
            _("%(period)s is closed, so the roll-up can change only after it.")
            % {"period": max(reached, key=lambda lock: lock.end).label},
            code="closed",
            field="from_on",
        )


def _write_rule(node: int, row: NodeRule | None, rule: str, from_on: date) -> None:
    """The roll-up from the day on; the one before it keeps its time."""
    if row is not None and row.valid.lower == from_on:
        row.rule = rule
        row.save(update_fields=["rule"])
        return
    if row is not None:
        upper = row.valid.upper
        row.valid = DateRange(row.valid.lower, from_on)
        row.save(update_fields=["valid"])
    else:
        later = NodeRule.objects.filter(node=node, valid__startswith__gt=from_on).order_by("valid").first()
        upper = later.valid.lower if later else None
    NodeRule.objects.create(node_id=node, rule=rule, valid=DateRange(from_on, upper))


def weight_problem(weight: Decimal) -> str:
    """Why a weight cannot be one, in a sentence; empty if it can."""
    try:
        check_weight(float(exact(weight) or 0))
    except NumberRefusal as error:
        return in_words(error)
    if weight and not weight.quantize(WEIGHT_STEP, rounding=ROUND_HALF_EVEN):
        return _("A weight has four decimals: %(weight)s would count as 0.") % {"weight": weight}
    return ""


def _set_weights(
    actor: Actor, batch: Batch, rows: Sequence[WeightRow], days: tuple[date, date], expected: int | None
) -> None:
    calendar, (from_on, today) = calendars(), days
    parents = {row.parent_node_id for row in rows}
    with recording(actor, "set_weights", details={"rows": len(rows), "from_on": from_on.isoformat()}):
        held = hold(parents, calendar)
        cards = list(Scorecard.objects.filter(nodes__in=parents).distinct().order_by("pk"))
        for card in cards:
            check_version(card, expected, {})
        _refuse_closed(batch, rows, from_on, calendar)
        batch.stop_if(partial=False)
        edges = Edge.objects.filter(parent__in=parents, valid__contains=from_on)
        found = {(edge.parent_id, edge.child_id): edge for edge in edges}
        for number, row in enumerate(rows):
            edge = found.get((row.parent_node_id, row.child_node_id))
            if edge is None:
                day = f"{from_on:%Y-%m-%d}"
                batch.refuse(number, _("This is no part of it on %(day)s, so it has no weight.") % {"day": day})
            else:
                weight = row.weight.quantize(WEIGHT_STEP, rounding=ROUND_HALF_EVEN)
                batch.results[number] = "unchanged" if edge.weight == weight else "changed"
                reweigh(edge, weight, from_on)
        batch.stop_if(partial=False)
        if "changed" in batch.results.values():
            for card in cards:
                card.store([])
        recompute(parents, all_since(ABOVE_MEASURES, from_on, today, calendar), today, held)


def _refuse_closed(batch: Batch, rows: Sequence[WeightRow], from_on: date, calendar: Calendar) -> None:
    """The weight valid on a period's last day counts in it, so a closed period keeps those of its time."""
    cards = dict(Node.objects.filter(pk__in={r.parent_node_id for r in rows}).values_list("pk", "scorecard_id"))
    closed: dict[int, str] = {}
    for lock in PeriodLock.objects.filter(scorecard__in=set(cards.values()), opened_at=None):
        period = lock.period(calendar)
        if period.end >= from_on:
            closed[lock.scorecard_id] = period.label
    for number, row in enumerate(rows):
        label = closed.get(cards.get(row.parent_node_id) or 0)
        if label:
            batch.refuse(
                number,
                _("%(period)s is closed, so weights can change only after it.") % {"period": label},
            )
