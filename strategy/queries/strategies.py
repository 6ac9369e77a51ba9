"""Which strategies and objectives there are for a viewer."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, IntegerField, QuerySet, Value, When

from core.access import Actor, scoped
from strategy.models import Objective, Strategy
from strategy.models.structure import NodeState


def strategies(viewer: Actor) -> QuerySet[Strategy]:
    """Every strategy the viewer may see: active ones first, then those being written, then closed ones."""
    order = Case(
        When(state=Strategy.State.ACTIVE, then=Value(0)),
        When(state=Strategy.State.CLOSED, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = scoped(viewer, "view", Strategy.objects.all()).select_related("unit", "owner")
    return rows.order_by(order, "-starts_on", "name", "pk")


def active_strategies(viewer: Actor) -> QuerySet[Strategy]:
    """The strategies in force, by unit and name."""
    rows = scoped(viewer, "view", Strategy.objects.filter(state=Strategy.State.ACTIVE))
    return rows.select_related("unit", "owner").order_by("unit__name", "name", "pk")


def strategy_of_unit(viewer: Actor, unit_ids: Sequence[int]) -> Strategy | None:
    """The active strategy of the first of these units that has one."""
    found = {row.unit_id: row for row in active_strategies(viewer).filter(unit__in=unit_ids)}
    return next((found[unit] for unit in unit_ids if unit in found), None)


def objectives(viewer: Actor, strategy: Strategy | None = None) -> QuerySet[Objective]:
    """Objectives on the map, of one strategy or of all, in the order of their maps; retired ones are left out."""
    rows = Objective.objects.exclude(state=NodeState.RETIRED)
    if strategy is not None:
        rows = rows.filter(strategy=strategy)
    return (
        scoped(viewer, "view", rows)
        .select_related("strategy", "perspective", "owner")
        .prefetch_related("themes")
        .order_by("strategy", "perspective__order", "order", "pk")
    )
