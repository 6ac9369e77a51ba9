"""Verbs on scorecards: open and weight them, add measures, record values, set targets, close periods.

Publishing a report stands in `scorecards.actions.reports`, so that only workers load what draws pages.
"""

from scorecards.actions.annotations import AnnotationRow, add_annotation, change_annotation, remove_annotation
from scorecards.actions.answers import (
    AnswerRow,
    ItemRow,
    add_answer_items,
    answer_measure,
    change_answer,
    close_answer,
)
from scorecards.actions.approvals import approve_submissions, return_submissions, withdraw_submission
from scorecards.actions.closing import close_period, reopen_period
from scorecards.actions.declared import declare_status, take_back_status
from scorecards.actions.excuses import excuse_measure, take_back_excuse
from scorecards.actions.forecasting import forecast_year_end, refresh_forecasts
from scorecards.actions.library import (
    DefinitionRow,
    Revision,
    add_definitions,
    follow_definition,
    leave_definition,
    retire_definition,
    revise_definition,
)
from scorecards.actions.measures import MeasureRow, add_measures, change_measure, retire_measure
from scorecards.actions.observations import ObservationRow, record_observations
from scorecards.actions.recompute import Recomputed, rebuild, tick
from scorecards.actions.references import stop_using_measure, use_measure
from scorecards.actions.targets import TargetRow, set_targets
from scorecards.actions.trees import WeightRow, open_scorecard, regrow, set_rule, set_weights

__all__ = [
    "AnnotationRow",
    "AnswerRow",
    "DefinitionRow",
    "ItemRow",
    "MeasureRow",
    "ObservationRow",
    "Recomputed",
    "Revision",
    "TargetRow",
    "WeightRow",
    "add_annotation",
    "add_answer_items",
    "add_definitions",
    "add_measures",
    "answer_measure",
    "approve_submissions",
    "change_annotation",
    "change_answer",
    "change_measure",
    "close_answer",
    "close_period",
    "declare_status",
    "excuse_measure",
    "follow_definition",
    "forecast_year_end",
    "leave_definition",
    "open_scorecard",
    "rebuild",
    "record_observations",
    "refresh_forecasts",
    "regrow",
    "remove_annotation",
    "reopen_period",
    "retire_definition",
    "retire_measure",
    "return_submissions",
    "revise_definition",
    "set_rule",
    "set_targets",
    "set_weights",
    "stop_using_measure",
    "take_back_excuse",
    "take_back_status",
    "tick",
    "use_measure",
    "withdraw_submission",
]
