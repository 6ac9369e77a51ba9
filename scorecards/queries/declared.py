"""Declared statuses that hold: what an owner says of a node beside what is computed, until it expires (METHOD §3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.formats import date_short
from core.periods import At, Frequency, Period
from core.statuses import word
from scorecards.models import DeclaredStatus, Measure, Node
from strategy.models import Objective


@dataclass(frozen=True)
class Declaration:
    """A status somebody declared, which holds up to and with `expires_on`; `computed` is the status of that day."""

    node: int
    status: str
    computed: str
    reason: str
    by: str
    declared_on: date
    expires_on: date
    period_label: str

    @property
    def computed_word(self) -> str:
        """The computed status of the day it was declared, in words."""
        return word(self.computed or "no_data")


def declarations(nodes: Iterable[int] | QuerySet[Any, Any], at: At) -> dict[int, Declaration]:
    """The declared status of each node that holds, by node: the newest as known at `as_of`; one query.

    One that was taken back or has expired is none; one declared for a later period says nothing of this one.
    """
    rows = DeclaredStatus.objects.filter(node_id__in=nodes, period_start__lte=at.period.end)
    day = at.today
    if at.as_of is None:
        rows = rows.filter(superseded_at=None)
    else:
        day = timezone.localdate(at.as_of)
        rows = rows.filter(Q(superseded_at=None) | Q(superseded_at__gt=at.as_of), recorded_at__lte=at.as_of)
    newest = rows.order_by("node_id", "-recorded_at", "-pk").distinct("node_id").select_related("recorded_by")
    return {
        row.node_id: _declaration(row, at) for row in newest if row.status and row.expires_on and row.expires_on >= day
    }


def _declaration(row: DeclaredStatus, at: At) -> Declaration:
    assert row.expires_on is not None  # noqa: S101 - tells the type checker what the caller asked
    return Declaration(
        node=row.node_id,
        status=row.status,
        computed=row.computed,
        reason=row.reason,
        by=row.recorded_by.name if row.recorded_by else "",
        declared_on=timezone.localdate(row.recorded_at),
        expires_on=row.expires_on,
        period_label=Period(Frequency(row.frequency), row.period_start, at.period.calendar).label,
    )


def of_row(found: Declaration | None) -> dict[str, str]:
    """The same as plain text for a row of a scorecard."""
    if found is None:
        return {}
    return {"declared": found.status, "declared_by": found.by, "declared_until": date_short(found.expires_on)}


def record_of(node: Node) -> Measure | Objective | None:
    """The measure or objective a node stands for; None for any other node."""
    return node.measure or node.objective
