"""The API of process 4. `API` is read by smo.api."""

from planning.api.cycles import CycleStepViewSet, CycleViewSet
from planning.api.maps import MapViewSet

API = (
    ("cycles", CycleViewSet),
    ("cycle-steps", CycleStepViewSet),
    ("maps", MapViewSet),
)
