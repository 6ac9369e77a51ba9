"""The API of process 4. `API` is read by smo.api."""

from planning.api.assumptions import AssumptionViewSet
from planning.api.scenarios import ScenarioViewSet

API = (
    ("assumptions", AssumptionViewSet),
    ("scenarios", ScenarioViewSet),
)
