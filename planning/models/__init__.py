"""Records of planning, a module for each noun."""

from planning.models.sources import PlanSource

__all__ = ["PlanSource"]
