"""Records of planning, a module for each noun."""

from planning.models.assumptions import Assumption, Carries
from planning.models.cycles import PlanningCycle
from planning.models.issues import StrategicIssue
from planning.models.sources import PlanSource
from planning.models.steps import CycleStep
from planning.models.trials import LinkTrial

__all__ = ["Assumption", "Carries", "CycleStep", "LinkTrial", "PlanSource", "PlanningCycle", "StrategicIssue"]
