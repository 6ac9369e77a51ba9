"""Who may do what with the records of planning."""

from __future__ import annotations

from core.access import EVERYONE, Grant, Policy, policy, through
from planning.models import PlanSource


@policy(PlanSource)
class PlanSourcePolicy(Policy):
    """Seen with the strategy that was made of it."""

    unit = "strategy__unit"
    owner = "strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("strategy"))]}
