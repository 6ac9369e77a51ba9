"""What people owe to the strategy: updates on their objectives."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from core.access import Actor, scoped
from core.periods import At, Frequency, Period
from strategy.models import Objective, Strategy, Update
from strategy.models.structure import NodeState

GRACE_DAYS = 15
"""Days after the end of a month until the update on it is due; as long as a value has (METHOD §2)."""


def updates_wanted(viewer: Actor, at: At) -> tuple[Period, list[Objective]]:
    """The last finished month, and the viewer's live objectives without an update for it or a later one; one query."""
    period = Period.of(Frequency.MONTH, at.today, at.period.calendar).previous()
    written = Update.objects.filter(subject=OuterRef("subject"), created_at__date__gt=period.end)
    mine = Objective.objects.filter(
        owner=viewer.person_id or 0, state=NodeState.LIVE, strategy__state=Strategy.State.ACTIVE
    )
    named = Update.objects.filter(subject=OuterRef("subject"), period_key=period.key)
    return period, list(scoped(viewer, "view", mine).filter(~Exists(written), ~Exists(named)))


def due_on(period: Period) -> date:
    """The day an update on the period is due."""
    return period.end + timedelta(days=GRACE_DAYS)
