"""Columns of lists and files of process 1."""

from scorecards.tables.cards import measure_dataset, scorecard_dataset
from scorecards.tables.definitions import definition_dataset

__all__ = ["definition_dataset", "measure_dataset", "scorecard_dataset"]
