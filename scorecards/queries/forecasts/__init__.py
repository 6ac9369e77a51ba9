"""The system's forecasts of measures, the owners' beside them, and how good those were (METHOD §6)."""

from scorecards.queries.forecasts.calibrations import OwnerRecord, owner_record
from scorecards.queries.forecasts.computing import Outlook, Point, forecasts
from scorecards.queries.forecasts.histories import changed_measures
from scorecards.queries.forecasts.outlooks import (
    OutlookReport,
    OwnerLine,
    beaten_when_set,
    current_outlook,
    current_owner_forecasts,
    outlook_report,
)
from scorecards.queries.forecasts.wanted import YearTarget, year_targets

__all__ = [
    "Outlook",
    "OutlookReport",
    "OwnerLine",
    "OwnerRecord",
    "Point",
    "YearTarget",
    "beaten_when_set",
    "changed_measures",
    "current_outlook",
    "current_owner_forecasts",
    "forecasts",
    "outlook_report",
    "owner_record",
    "year_targets",
]
