"""Columns of the list of reds without an answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from scorecards.queries.reds import Red

REDS: tuple[Column[Red], ...] = (
    Column("code", _("Code"), lambda line: line.measure.code),
    Column("name", _("Measure"), lambda line: line.measure.name),
    Column("unit", _("Unit"), lambda line: line.measure.unit.name),
    Column("owner", _("Owner"), lambda line: line.measure.owner.name if line.measure.owner else ""),
    Column("objective", _("Objective"), lambda line: line.measure.objective.name if line.measure.objective else ""),
    Column("period", _("Period"), lambda line: line.period.key),
    Column("value", _("Actual"), lambda line: line.value),
    Column("target", _("Target"), lambda line: line.target),
    Column("score", _("Score"), lambda line: line.score, "number"),
    Column("since", _("Red since"), lambda line: line.since.key),
    Column("days", _("Days red"), lambda line: line.days, "number"),
    Column("due_on", _("Answer due"), lambda line: line.due_on, "date"),
)


def red_dataset(lines: Iterable[Red]) -> Dataset[Red]:
    """The list as rows of a file, worst first."""
    return Dataset(REDS, lines)
