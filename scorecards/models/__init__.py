"""Measures and their facts, the tree of a scorecard, its results, and frozen reports."""

from scorecards.models.facts import Observation, PeriodLock, Series, Target
from scorecards.models.measures import Measure
from scorecards.models.reports import Report
from scorecards.models.tree import Edge, Node, Result, Scorecard, ScorecardBands

__all__ = [
    "Edge",
    "Measure",
    "Node",
    "Observation",
    "PeriodLock",
    "Report",
    "Result",
    "Scorecard",
    "ScorecardBands",
    "Series",
    "Target",
]
