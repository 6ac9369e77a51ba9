"""Columns of lists and files of process 1."""

from scorecards.tables.cards import measure_dataset, scorecard_dataset
from scorecards.tables.definitions import definition_dataset
from scorecards.tables.keeping import comparison_dataset, missing_dataset
from scorecards.tables.reds import red_dataset

__all__ = [
    "comparison_dataset",
    "definition_dataset",
    "measure_dataset",
    "missing_dataset",
    "red_dataset",
    "scorecard_dataset",
]
