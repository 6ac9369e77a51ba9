"""The API of process 1: scorecards, measures, values and targets. `API` is read by smo.api."""

from scorecards.api.views import MeasureViewSet, ObservationViewSet, ScorecardViewSet, TargetViewSet

API = (
    ("scorecards", ScorecardViewSet),
    ("measures", MeasureViewSet),
    ("observations", ObservationViewSet),
    ("targets", TargetViewSet),
)
