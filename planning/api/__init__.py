"""The API of process 4. `API` is read by smo.api."""

from planning.api.analysis import CanvasViewSet, IssueViewSet, NoteViewSet

API = (
    ("canvases", CanvasViewSet),
    ("notes", NoteViewSet),
    ("issues", IssueViewSet),
)
