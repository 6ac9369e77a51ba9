"""Columns of the lists of scorecards and of measures."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from core.statuses import word
from scorecards.queries.lists import MeasureFacts, ScorecardLine

SCORECARDS: tuple[Column[ScorecardLine], ...] = (
    Column("unit", _("Unit"), lambda line: line.scorecard.strategy.unit.name),
    Column("name", _("Scorecard"), lambda line: line.scorecard.name),
    Column("strategy", _("Strategy"), lambda line: line.scorecard.strategy.name),
    Column(
        "owner", _("Owner"), lambda line: line.scorecard.strategy.owner.name if line.scorecard.strategy.owner else ""
    ),
    Column("score", _("Score"), lambda line: line.result.score if line.result else None, "number"),
    Column("status", _("Status"), lambda line: word(line.result.status if line.result else "no_data")),
    Column("reason", _("Why there is none"), lambda line: str(line.result.reason_words) if line.result else ""),
    Column("coverage", _("Coverage, %"), lambda line: line.coverage, "number"),
    Column("red_inside", _("Red inside"), lambda line: line.result.red_inside if line.result else None, "number"),
)
MEASURES: tuple[Column[MeasureFacts], ...] = (
    Column("code", _("Code"), lambda line: line.measure.code),
    Column("name", _("Measure"), lambda line: line.measure.name),
    Column("unit", _("Unit"), lambda line: line.measure.unit.name),
    Column("objective", _("Objective"), lambda line: line.measure.objective.name if line.measure.objective else ""),
    Column("owner", _("Owner"), lambda line: line.measure.owner.name if line.measure.owner else ""),
    Column("frequency", _("Frequency"), lambda line: line.measure.get_frequency_display()),
    Column("unit_of_measure", _("Unit of measure"), lambda line: line.measure.unit_of_measure),
    Column("value", _("Actual"), lambda line: line.result.value if line.result else None, "number"),
    Column("target", _("Target"), lambda line: line.result.target if line.result else None, "number"),
    Column("score", _("Score"), lambda line: line.result.score if line.result else None, "number"),
    Column("status", _("Status"), lambda line: word(line.result.status if line.result else "no_data")),
    Column("reason", _("Why there is none"), lambda line: line.reason_words),
    Column("is_critical", _("Critical"), lambda line: line.measure.is_critical, "boolean"),
)


def scorecards_dataset(lines: Iterable[ScorecardLine]) -> Dataset[ScorecardLine]:
    """Scorecards as rows of a file."""
    return Dataset(SCORECARDS, lines)


def measures_dataset(lines: Iterable[MeasureFacts]) -> Dataset[MeasureFacts]:
    """Measures as rows of a file."""
    return Dataset(MEASURES, lines)
