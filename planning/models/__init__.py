"""Records of planning, a module for each noun."""

from planning.models.assumptions import Assumption, AssumptionCheck, Carries
from planning.models.canvases import Canvas, CanvasInvitation
from planning.models.cycles import PlanningCycle
from planning.models.issues import IssueObjective, StrategicIssue
from planning.models.notes import AnalysisNote, NoteTrace, NoteVote
from planning.models.options import Criterion, OptionScore, StrategicOption
from planning.models.scenarios import Scenario, ScenarioTrigger, TriggerFiring
from planning.models.sources import PlanSource
from planning.models.steps import CycleStep
from planning.models.trials import LinkTrial

__all__ = [
    "AnalysisNote",
    "Assumption",
    "AssumptionCheck",
    "Canvas",
    "CanvasInvitation",
    "Carries",
    "Criterion",
    "CycleStep",
    "IssueObjective",
    "LinkTrial",
    "NoteTrace",
    "NoteVote",
    "OptionScore",
    "PlanSource",
    "PlanningCycle",
    "Scenario",
    "ScenarioTrigger",
    "StrategicIssue",
    "StrategicOption",
    "TriggerFiring",
]
