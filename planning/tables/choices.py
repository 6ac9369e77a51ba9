"""Columns of the files of assumptions and scenarios."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from planning.queries.assumptions import Standing
from planning.queries.scenarios import ScenarioLine

# --------------------------------------------------------------------------------------- assumptions and scenarios
ASSUMPTIONS: tuple[Column[Standing], ...] = (
    Column("statement", _("Assumption"), lambda row: row.assumption.statement),
    Column("because", _("Why we believe it"), lambda row: row.assumption.because),
    Column("unit", _("Unit"), lambda row: row.assumption.unit.name),
    Column("owner", _("Owner"), lambda row: row.assumption.owner.name if row.assumption.owner else ""),
    Column("state", _("State"), lambda row: row.word),
    Column(
        "confidence", _("Confidence now, %"), lambda row: None if row.state == "falsified" else row.percent, "number"
    ),
    Column("given", _("Confidence given, %"), lambda row: 100 * row.assumption.confidence, "number"),
    Column("validated_on", _("Validated on"), lambda row: row.assumption.validated_on, "date"),
    Column("half_life", _("Half-life, months"), lambda row: row.assumption.half_life, "number"),
    Column(
        "doubtful_on", _("Doubtful from"), lambda row: None if row.state == "falsified" else row.doubtful_on, "date"
    ),
    Column("review_on", _("To be looked at again by"), lambda row: row.assumption.review_on, "date"),
    Column("falsified_on", _("Found wrong on"), lambda row: row.assumption.falsified_on, "date"),
    Column("carries", _("It carries"), lambda row: "; ".join(one.label for one in row.carries)),
)
SCENARIOS: tuple[Column[ScenarioLine], ...] = (
    Column("name", _("Scenario"), lambda row: row.scenario.name),
    Column("unit", _("Unit"), lambda row: row.scenario.unit.name),
    Column("strategy", _("Strategy"), lambda row: row.strategy.name if row.strategy else ""),
    Column("owner", _("Owner"), lambda row: row.scenario.owner.name if row.scenario.owner else ""),
    Column("state", _("State"), lambda row: row.scenario.get_state_display()),
    Column("fired", _("Signs that are there"), lambda row: len(row.fired), "number"),
    Column("triggers", _("Triggers"), lambda row: len(row.triggers), "number"),
)


def assumption_dataset(rows: Iterable[Standing]) -> Dataset[Standing]:
    """The register as rows of a file."""
    return Dataset(ASSUMPTIONS, rows)


def scenario_dataset(rows: Iterable[ScenarioLine]) -> Dataset[ScenarioLine]:
    """Scenarios as rows of a file."""
    return Dataset(SCENARIOS, rows)
