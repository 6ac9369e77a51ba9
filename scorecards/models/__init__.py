"""Measures, their definitions and facts, the tree of a scorecard, its results, what people answer, and frozen reports."""

from scorecards.models.answers import CorrectiveAction, DeclaredStatus, RedAlert
from scorecards.models.choices import Aggregation, FrequencyChoices, Method, Polarity
from scorecards.models.definitions import DefinitionVersion, MeasureDefinition
from scorecards.models.excuses import Excuse
from scorecards.models.facts import Baseline, Observation, OwnerForecast, PeriodLock, Series, Submission, Target
from scorecards.models.measures import Annotation, FormulaInput, Measure
from scorecards.models.reminders import Reminder, ReminderPlan
from scorecards.models.reports import Report, ReportSchedule
from scorecards.models.tree import Edge, MeasureForecast, Node, NodeRule, Result, Scorecard, ScorecardBands

__all__ = [
    "Aggregation",
    "Annotation",
    "Baseline",
    "CorrectiveAction",
    "DeclaredStatus",
    "DefinitionVersion",
    "Edge",
    "Excuse",
    "FormulaInput",
    "FrequencyChoices",
    "Measure",
    "MeasureDefinition",
    "MeasureForecast",
    "Method",
    "Node",
    "NodeRule",
    "Observation",
    "OwnerForecast",
    "PeriodLock",
    "Polarity",
    "RedAlert",
    "Reminder",
    "ReminderPlan",
    "Report",
    "ReportSchedule",
    "Result",
    "Scorecard",
    "ScorecardBands",
    "Series",
    "Submission",
    "Target",
]
