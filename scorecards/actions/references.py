"""A measure counts under another unit's objective too: by a weight of its own, never by a copy (DATAMODEL A6).

The reference is an edge from that objective's node to the measure's own node. Measures hold nothing below them, so no
edge to one can close a circle.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.queries import calendars
from scorecards.actions.edges import close_edges, open_edges
from scorecards.actions.recompute import Held, again, hold, recompute
from scorecards.actions.trees import WEIGHT_STEP, weight_problem
from scorecards.models import Edge, Measure, Node
from strategy.models import Objective


def use_measure(
    actor: Actor, *, measure: Measure, objective: Objective, weight: Decimal, from_on: date, today: date
) -> Edge:
    """Let a measure count under another objective from a day on, with a weight there. Its values stay where they are."""
    node, parent = _asked(actor, measure, objective)
    if objective.pk == measure.objective_id:
        raise Refusal(_("%(name)s counts there already: it is its own objective.") % {"name": measure.name})
    if measure.retired_at is not None:
        raise Refusal(_("%(name)s is retired, so it can count nowhere any more.") % {"name": measure.name})
    problem = weight_problem(weight)
    if problem:
        raise Refusal(problem, field="weight")
    return again(lambda: _use(actor, node, parent, weight.quantize(WEIGHT_STEP, ROUND_HALF_EVEN), from_on, today))


def _use(actor: Actor, node: Node, parent: Node, weight: Decimal, from_on: date, today: date) -> Edge:
    details = {"measure": node.measure_id, "objective": parent.objective_id, "from_on": from_on.isoformat()}
    with recording(actor, "use_measure", subject_id=_objective(parent).subject_id, details=details):
        held = hold([node.pk, parent.pk], calendars())
        _refuse_closed(parent, held, from_on)
        reaches = Q(valid__endswith__gt=from_on) | Q(valid__endswith=None)
        if Edge.objects.filter(reaches, parent=parent, child=node).exists():
            raise Refusal(
                _("%(name)s is used by %(objective)s already; change its weight there.")
                % {"name": node.measure, "objective": _objective(parent).short}
            )
        open_edges([(parent.pk, node.pk, weight, from_on)])
        recompute({node.pk}, None, today, held)
    return Edge.objects.get(parent=parent, child=node, valid__startswith=from_on)


def stop_using_measure(actor: Actor, *, measure: Measure, objective: Objective, from_on: date, today: date) -> None:
    """The measure counts under the other objective no longer from a day on; earlier periods keep it."""
    node, parent = _asked(actor, measure, objective)
    if objective.pk == measure.objective_id:
        raise Refusal(_("It is the measure's own objective. Move the measure, or retire it."))
    again(lambda: _stop(actor, node, parent, from_on, today))


def _stop(actor: Actor, node: Node, parent: Node, from_on: date, today: date) -> None:
    details = {"measure": node.measure_id, "objective": parent.objective_id, "from_on": from_on.isoformat()}
    with recording(actor, "stop_using_measure", subject_id=_objective(parent).subject_id, details=details):
        held = hold([node.pk, parent.pk], calendars())
        _refuse_closed(parent, held, from_on)
        if close_edges(child=node.pk, from_on=from_on, parents=[parent.pk]) is None:
            raise Refusal(
                _("%(objective)s does not use %(name)s on that day.")
                % {"name": node.measure, "objective": _objective(parent).short},
                field="from_on",
            )
        recompute({node.pk, parent.pk}, None, today, held)


def _asked(actor: Actor, measure: Measure, objective: Objective) -> tuple[Node, Node]:
    """The nodes of both, if the actor may see the measure and weight the objective's scorecard."""
    require(actor, "view", measure)
    require(actor, "view", objective)
    parent = Node.objects.filter(objective=objective).select_related("scorecard", "objective__strategy").first()
    if parent is None or parent.scorecard is None:
        raise Refusal(_("%(name)s has no scorecard yet, so nothing can count in it.") % {"name": objective.short})
    require(actor, "set_weights", parent.scorecard)
    return Node.objects.select_related("measure").get(measure=measure), parent


def _objective(parent: Node) -> Objective:
    assert parent.objective is not None  # noqa: S101 - tells the type checker what _asked asked for
    return parent.objective


def _refuse_closed(parent: Node, held: Held, from_on: date) -> None:
    """What counts on a closed period's last day stays as it was."""
    for lock in sorted(held.state.locked.get(parent.scorecard_id or 0, ()), key=lambda lock: lock.end, reverse=True):
        if lock.end >= from_on:
            raise Refusal(
                _("%(period)s is closed on this scorecard. Choose a day after it.") % {"period": lock.label},
                code="closed",
                field="from_on",
            )
