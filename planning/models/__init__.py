"""Records of planning, a module for each noun."""

from planning.models.assumptions import Assumption, Carries
from planning.models.canvases import Canvas, CanvasInvitation
from planning.models.cycles import PlanningCycle
from planning.models.issues import IssueObjective, StrategicIssue
from planning.models.notes import AnalysisNote, NoteTrace, NoteVote
from planning.models.sources import PlanSource
from planning.models.trials import LinkTrial

__all__ = [
    "AnalysisNote",
    "Assumption",
    "Canvas",
    "CanvasInvitation",
    "Carries",
    "IssueObjective",
    "LinkTrial",
    "NoteTrace",
    "NoteVote",
    "PlanSource",
    "PlanningCycle",
    "StrategicIssue",
]
