"""Who may see what of process 4. Testing is a verb on the strategy: whoever may change its structure may order it."""

from __future__ import annotations

from core.access import EVERYONE, Grant, Policy, policy, through
from planning.models import LinkTrial


@policy(LinkTrial)
class LinkTrialPolicy(Policy):
    """Seen with its strategy."""

    unit = "link__strategy__unit"
    owner = "link__strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("link__strategy"))]}
