"""The library of standard definitions: the list, and one definition with its versions and the measures that follow it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from core.access import Actor, scoped
from core.periods import At
from scorecards.models import DefinitionVersion, MeasureDefinition
from scorecards.queries.lists import MeasureLine, lines_of


@dataclass(frozen=True)
class DefinitionLine:
    """A definition of the list: its version in force, and how many kept measures follow it."""

    definition: MeasureDefinition
    version: int
    measures: int


@dataclass(frozen=True)
class DefinitionReport:
    """A definition, its versions, newest first, and the measures that follow it, comparable across units."""

    definition: MeasureDefinition
    versions: list[DefinitionVersion]
    lines: list[MeasureLine]


def definition_lines(viewer: Actor, q: str = "") -> list[DefinitionLine]:
    """Kept definitions whose code or name holds the words; two queries whatever their number."""
    rows = scoped(viewer, "view", MeasureDefinition.objects.filter(retired_at=None)).select_related("owner", "unit")
    if q.strip():
        rows = rows.filter(Q(name__icontains=q.strip()) | Q(code__icontains=q.strip()))
    rows = rows.annotate(
        version=Max("versions__number"),
        followers=Count("measures", filter=Q(measures__retired_at=None), distinct=True),
    )
    return [DefinitionLine(row, row.version or 1, row.followers) for row in rows.order_by("code")]


def definition_report(viewer: Actor, definition: MeasureDefinition, at: At) -> DefinitionReport:
    """One definition for its page."""
    versions = list(definition.versions.select_related("written_by"))
    return DefinitionReport(definition, versions, lines_of(viewer, at, definition.measures.filter(retired_at=None)))
