"""Who may do what with the records of planning. Testing its links is a verb on the strategy."""

from __future__ import annotations

from core.access import EVERYONE, Grant, Policy, policy, through
from planning.models import LinkTrial, PlanSource


@policy(LinkTrial)
class LinkTrialPolicy(Policy):
    """Seen with its strategy."""

    unit = "link__strategy__unit"
    owner = "link__strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("link__strategy"))]}


@policy(PlanSource)
class PlanSourcePolicy(Policy):
    """Seen with the strategy that was made of it."""

    unit = "strategy__unit"
    owner = "strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("strategy"))]}
