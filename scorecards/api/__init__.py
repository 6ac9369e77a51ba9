"""The API of process 1: scorecards, scores, measures, their library, values and targets. `API` is read by smo.api."""

from scorecards.api.cards import ScorecardViewSet, ScoreViewSet
from scorecards.api.facts import ExcuseViewSet, ObservationViewSet, TargetViewSet
from scorecards.api.measures import DefinitionViewSet, MeasureViewSet

API = (
    ("scorecards", ScorecardViewSet),
    ("scores", ScoreViewSet),
    ("definitions", DefinitionViewSet),
    ("measures", MeasureViewSet),
    ("observations", ObservationViewSet),
    ("targets", TargetViewSet),
    ("excuses", ExcuseViewSet),
)
