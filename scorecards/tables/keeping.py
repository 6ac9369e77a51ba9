"""Columns of what is missing, and of measures side by side."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from core.statuses import word
from scorecards.queries.comparing import Cell, Comparison
from scorecards.queries.completeness import MissingLine
from scorecards.queries.excuses import absence_words

MISSING: tuple[Column[MissingLine], ...] = (
    Column("unit", _("Unit"), lambda line: line.measure.unit.name),
    Column("code", _("Code"), lambda line: line.measure.code),
    Column("name", _("Measure"), lambda line: line.measure.name),
    Column("owner", _("Owner"), lambda line: line.measure.owner.name if line.measure.owner else ""),
    Column("period", _("Period"), lambda line: line.period.key),
    Column("due_on", _("Due"), lambda line: line.due_on, "date"),
    Column("days_late", _("Days late"), lambda line: line.days_late, "number"),
    Column("reason", _("Why there is none"), lambda line: absence_words(line.reason, line.excused)),
)
Row = tuple[str, list[Cell]]


def missing_dataset(lines: Iterable[MissingLine]) -> Dataset[MissingLine]:
    """Who has not reported."""
    return Dataset(MISSING, lines)


def comparison_dataset(report: Comparison | None) -> Dataset[Row]:
    """A row for each period, and value and status of each measure in columns."""
    columns: list[Column[Row]] = [Column("period", _("Period"), lambda row: row[0])]
    for at, side in enumerate(report.sides if report else ()):
        code = side.measure.code
        columns.append(Column(f"{code} value", f"{code} {side.measure.name}", partial(_value, at), "number"))
        columns.append(Column(f"{code} status", f"{code} {_('Status')}", partial(_status, at)))
    return Dataset(tuple(columns), report.rows if report else [])


def _value(at: int, row: Row) -> float | None:
    return row[1][at].value


def _status(at: int, row: Row) -> str:
    return str(word(row[1][at].status))
