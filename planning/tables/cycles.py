"""Columns of the steps of a planning cycle."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from planning.queries.cycles import StepLine

STEPS: tuple[Column[StepLine], ...] = (
    Column("kind", _("Kind"), lambda line: line.step.get_kind_display()),
    Column("name", _("Step"), lambda line: line.step.name),
    Column("owner", _("Who holds it"), lambda line: line.step.owner.name if line.step.owner else ""),
    Column("starts_on", _("First day"), lambda line: line.step.starts_on, "date"),
    Column("ends_on", _("Last day"), lambda line: line.step.ends_on, "date"),
    Column("state", _("State"), lambda line: line.step.get_state_display()),
    Column("done_on", _("Done on"), lambda line: line.step.done_on, "date"),
    Column("days_late", _("Days late"), lambda line: line.days_late, "number"),
    Column("inputs", _("What it needs"), lambda line: line.step.inputs),
    Column("outputs", _("What it hands on"), lambda line: line.step.outputs),
    Column("note", _("Note"), lambda line: line.step.note),
)


def step_dataset(lines: Iterable[StepLine]) -> Dataset[StepLine]:
    """The steps of a cycle as rows of a file."""
    return Dataset(STEPS, lines)
