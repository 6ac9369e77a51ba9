"""Records of planning, a module for each noun."""

from planning.models.sources import PlanSource
from planning.models.trials import LinkTrial

__all__ = ["LinkTrial", "PlanSource"]
