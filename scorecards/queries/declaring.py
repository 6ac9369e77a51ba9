"""What the pages of a measure and an objective show of both statuses, and what a declaration is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from core.access import Actor, can
from core.links import default_period
from core.periods import At, Period
from scorecards.models import Measure, Node, Result
from scorecards.queries.declared import Declaration, declarations
from scorecards.queries.measures import own_period
from strategy.models import Objective


@dataclass(frozen=True)
class DeclaredPanel:
    """Computed and declared status of a node side by side; addresses only for those who may."""

    computed: str
    reason_words: str
    period_label: str
    declared: Declaration | None
    declare_url: str
    take_back_url: str


def declared_period(record: Measure | Objective, at: At) -> Period:
    """The period a status declared today is about: the one the portal shows when none is picked, in the record's own."""
    now = At(default_period(at), None, at.today)
    return own_period(record, now) if isinstance(record, Measure) else now.period


def declared_panel(viewer: Actor, record: Measure | Objective, at: At) -> DeclaredPanel | None:
    """Both statuses of a measure or objective; None where nothing is declared and the viewer may not declare."""
    node: Node | None = getattr(record, "node", None)
    if node is None:
        return None
    declared, may = declarations([node.pk], at).get(node.pk), can(viewer, "declare_status", record)
    if declared is None and not may:
        return None
    period = own_period(record, at) if isinstance(record, Measure) else at.period
    result = Result.objects.filter(node=node, frequency=period.frequency, period_start=period.start).first()
    return DeclaredPanel(
        computed=result.status if result else "no_data",
        reason_words=result.reason_words if result else "",
        period_label=period.label,
        declared=declared,
        declare_url=reverse("scorecards:declare", args=[node.pk]) if may else "",
        take_back_url=reverse("scorecards:declare_take_back", args=[node.pk]) if may and declared else "",
    )
