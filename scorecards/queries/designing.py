"""What the pages that define a measure ask: who may, which objectives, who else uses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.access import Actor, permitted, scoped
from core.formats import percent
from organization.models import OrgUnit
from scorecards.models import Edge, Measure
from strategy.models import Objective
from strategy.models.structure import NodeState

VERBS = ("change", "retire", "set_target", "answer", "record", "forecast", "judge_forecasts")


def allowed(viewer: Actor, measure: Measure) -> dict[str, bool]:
    """Which of VERBS the viewer may do on the measure; one query. Nobody records what is calculated."""
    row = permitted(viewer, VERBS, Measure.objects.filter(pk=measure.pk)).first()
    found = {verb: bool(row and getattr(row, f"may_{verb}")) for verb in VERBS}
    return found | {"record": found["record"] and not measure.is_calculated}


def objectives_of(viewer: Actor, unit: OrgUnit, *, also: Objective | None = None) -> list[Objective]:
    """Objectives of the unit's strategies that a measure can be put on, by code; and the one it is on now."""
    rows = scoped(viewer, "view", Objective.objects.filter(strategy__unit=unit).exclude(state=NodeState.RETIRED))
    found = list(rows.exclude(strategy__state="closed").order_by("code"))
    return found if also is None or also in found else [*found, also]


def may_add_measures(viewer: Actor) -> bool:
    """Whether there is a unit to which the viewer may add measures; one query."""
    return scoped(viewer, "add_measure", OrgUnit.objects.all()).exists()


@dataclass(frozen=True)
class User:
    """Another objective under which a measure counts: from when, until when (None: still), and its share there."""

    edge: int
    objective: Objective
    unit: str
    weight: Decimal
    share: float | None
    from_on: date | None
    until_on: date | None

    @property
    def share_percent(self) -> str:
        """In whole per cent."""
        return "" if self.share is None else percent(100 * self.share, 0)


def users_of(viewer: Actor, measure: Measure, day: date) -> list[User]:
    """Objectives of other places that use the measure on a day or later; two queries."""
    reaches = Q(valid__endswith__gt=day) | Q(valid__endswith=None)
    edges = Edge.objects.filter(reaches, child__measure=measure, parent__kind="objective")
    edges = edges.exclude(parent__objective=measure.objective_id) if measure.objective_id else edges
    rows = list(edges.select_related("parent__objective__strategy__unit").order_by("parent_id", "valid"))
    seen = scoped(viewer, "view", Objective.objects.filter(pk__in=[row.parent.objective_id for row in rows]))
    allowed_ids = set(seen.values_list("pk", flat=True))
    totals: dict[int, Decimal] = {}
    beside = Edge.objects.filter(parent__in=[row.parent_id for row in rows], valid__contains=day)
    for parent, weight in beside.values_list("parent_id", "weight"):
        totals[parent] = totals.get(parent, Decimal()) + weight
    return [_user(row, totals.get(row.parent_id), day) for row in rows if row.parent.objective_id in allowed_ids]


def _user(edge: Edge, total: Decimal | None, day: date) -> User:
    objective: Any = edge.parent.objective
    holds = edge.valid.lower is None or edge.valid.lower <= day
    return User(
        edge=edge.pk,
        objective=objective,
        unit=objective.strategy.unit.name,
        weight=edge.weight,
        share=float(edge.weight / total) if total and holds else None,
        from_on=edge.valid.lower,
        until_on=edge.valid.upper,
    )
