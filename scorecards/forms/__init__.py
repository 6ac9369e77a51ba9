"""Input of process 1: parsed here, judged by the actions."""

from scorecards.forms.comparing import CompareForm
from scorecards.forms.values import MeasureFilter, RecordForm

__all__ = ["CompareForm", "MeasureFilter", "RecordForm"]
