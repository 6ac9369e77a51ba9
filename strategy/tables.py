"""Columns of the lists of strategies and of objectives."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from core.facets import Fact
from strategy.models import Strategy
from strategy.queries.pages import Line, Lines

STRATEGIES: tuple[Column[Strategy], ...] = (
    Column("name", _("Strategy"), lambda row: row.name),
    Column("state", _("State"), lambda row: row.get_state_display()),
    Column("unit", _("Unit"), lambda row: row.unit.name),
    Column("starts_on", _("From"), lambda row: row.starts_on, "date"),
    Column("ends_on", _("To"), lambda row: row.ends_on, "date"),
    Column("owner", _("Owner"), lambda row: row.owner.name if row.owner else ""),
)
OBJECTIVES: tuple[Column[Line], ...] = (
    Column("code", _("Code"), lambda line: line.objective.code),
    Column("name", _("Objective"), lambda line: line.objective.name),
    Column("perspective", _("Perspective"), lambda line: line.objective.perspective.name),
    Column("themes", _("Themes"), lambda line: "; ".join(theme.name for theme in line.objective.themes.all())),
    Column("owner", _("Owner"), lambda line: line.objective.owner.name if line.objective.owner else ""),
    Column("state", _("State"), lambda line: line.objective.get_state_display()),
    Column("score", _("Score"), lambda line: line.status.value if line.status else None, "number"),
    Column("status", _("Status"), lambda line: _words(line.status)),
    Column("status_before", _("Status before"), lambda line: _words(line.before)),
)


def strategies_dataset(rows: Iterable[Strategy]) -> Dataset[Strategy]:
    """Strategies as rows of a file."""
    return Dataset(STRATEGIES, rows)


def objectives_dataset(lines: Lines) -> Dataset[Line]:
    """Objectives as rows of a file: their own columns, then one per fact that other rooms add."""
    further = [
        Column(f"fact_{facet.key}", facet.title, partial(_fact, place=place))
        for place, facet in enumerate(lines.columns)
    ]
    return Dataset((*OBJECTIVES, *further), lines.rows)


def _fact(line: Line, *, place: int) -> Any:
    return _words(line.facts[place])


def _words(fact: Fact | None) -> str:
    return fact.words if fact else ""
