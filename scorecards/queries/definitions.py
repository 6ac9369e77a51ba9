"""The library of standard definitions: the list, and one definition with its versions and the measures that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from core.access import Actor, can, scoped
from core.periods import At
from scorecards.models import DefinitionVersion, MeasureDefinition
from scorecards.queries.lists import MeasureLine, lines_of
from scorecards.rules.wording import compare


@dataclass(frozen=True)
class DefinitionLine:
    """A definition of the list: its version in force, and how many kept measures follow it."""

    definition: MeasureDefinition
    version: int
    measures: int


@dataclass(frozen=True)
class Changed:
    """A field that two versions say otherwise, in words."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class VersionLine:
    """A version, and what it says otherwise than the one before."""

    version: DefinitionVersion
    changed: tuple[Changed, ...]

    @property
    def changed_words(self) -> str:
        """The names of the fields it changed; empty for the first."""
        return ", ".join(each.label for each in self.changed)


@dataclass(frozen=True)
class DefinitionReport:
    """A definition, its versions, newest first, and the measures that follow it, comparable across units."""

    definition: MeasureDefinition
    versions: list[VersionLine]
    lines: list[MeasureLine]
    may_change: bool
    may_retire: bool


def definition_lines(viewer: Actor, q: str = "") -> list[DefinitionLine]:
    """Kept definitions whose code or name holds the words; two queries whatever their number."""
    rows = kept_definitions(viewer)
    if q.strip():
        rows = rows.filter(Q(name__icontains=q.strip()) | Q(code__icontains=q.strip()))
    rows = rows.annotate(
        version=Max("versions__number"),
        followers=Count("measures", filter=Q(measures__retired_at=None), distinct=True),
    )
    return [DefinitionLine(row, row.version or 1, row.followers) for row in rows.order_by("code")]


def kept_definitions(viewer: Actor) -> Any:
    """Definitions in the library now."""
    rows = scoped(viewer, "view", MeasureDefinition.objects.filter(retired_at=None))
    return rows.select_related("owner", "unit").order_by("code")


def definition_report(viewer: Actor, definition: MeasureDefinition, at: At) -> DefinitionReport:
    """One definition for its page."""
    versions = list(definition.versions.select_related("written_by"))
    earlier = [*versions[1:], None]
    lines = [
        VersionLine(version, tuple(changes(before, version)) if before else ())
        for version, before in zip(versions, earlier, strict=True)
    ]
    return DefinitionReport(
        definition,
        lines,
        lines_of(viewer, at, definition.measures.filter(retired_at=None)),
        may_change=can(viewer, "change", definition),
        may_retire=can(viewer, "retire", definition),
    )


def changes(older: DefinitionVersion, newer: DefinitionVersion) -> list[Changed]:
    """What the newer version says otherwise, in words."""
    return [
        Changed(_label(each.field), _words(each.field, each.was), _words(each.field, each.now))
        for each in compare(older.content, newer.content)
    ]


def last_two(versions: Sequence[DefinitionVersion]) -> tuple[int, int]:
    """The numbers of the newest version and the one before it; of the only one twice."""
    numbers = sorted(version.number for version in versions)
    return next(reversed(list(pairwise(numbers))), (numbers[0], numbers[0]))


def _label(name: str) -> str:
    field = MeasureDefinition._meta.get_field(name)
    words = str(field.verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def _words(name: str, value: Any) -> str:
    choices = dict(getattr(MeasureDefinition._meta.get_field(name), "flatchoices", ()))
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
