"""Records of planning, a module for each noun."""

from planning.models.assumptions import Assumption, AssumptionCheck, Carries
from planning.models.cycles import PlanningCycle
from planning.models.issues import StrategicIssue
from planning.models.options import Criterion, OptionScore, StrategicOption
from planning.models.scenarios import Scenario, ScenarioTrigger, TriggerFiring
from planning.models.sources import PlanSource
from planning.models.steps import CycleStep
from planning.models.trials import LinkTrial

__all__ = [
    "Assumption",
    "AssumptionCheck",
    "Carries",
    "Criterion",
    "CycleStep",
    "LinkTrial",
    "OptionScore",
    "PlanSource",
    "PlanningCycle",
    "Scenario",
    "ScenarioTrigger",
    "StrategicIssue",
    "StrategicOption",
    "TriggerFiring",
]
