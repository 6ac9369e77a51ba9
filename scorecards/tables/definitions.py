"""Columns of the library."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from scorecards.queries.definitions import DefinitionLine

DEFINITIONS: tuple[Column[DefinitionLine], ...] = (
    Column("code", _("Code"), lambda line: line.definition.code),
    Column("name", _("Name"), lambda line: line.definition.name),
    Column("unit_of_measure", _("Unit of measure"), lambda line: line.definition.unit_of_measure),
    Column("frequency", _("Frequency"), lambda line: line.definition.get_frequency_display()),
    Column("owner", _("Owner"), lambda line: line.definition.owner.name if line.definition.owner else ""),
    Column("version", _("Version"), lambda line: line.version, "number"),
    Column("measures", _("Measures that follow it"), lambda line: line.measures, "number"),
)


def definition_dataset(lines: Iterable[DefinitionLine]) -> Dataset[DefinitionLine]:
    """The library as rows of a file."""
    return Dataset(DEFINITIONS, lines)
