"""The API of process 4. `API` is read by smo.api."""

from planning.api.analysis import CanvasViewSet, IssueViewSet, NoteViewSet
from planning.api.assumptions import AssumptionViewSet
from planning.api.cycles import CycleStepViewSet, CycleViewSet
from planning.api.maps import MapViewSet
from planning.api.scenarios import ScenarioViewSet

API = (
    ("assumptions", AssumptionViewSet),
    ("canvases", CanvasViewSet),
    ("notes", NoteViewSet),
    ("issues", IssueViewSet),
    ("cycles", CycleViewSet),
    ("cycle-steps", CycleStepViewSet),
    ("maps", MapViewSet),
    ("scenarios", ScenarioViewSet),
)
