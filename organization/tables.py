"""Columns of the lists of people and of units: grid, CSV and workbook are the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from organization.models import Person
from organization.queries.pages import UnitLine
from organization.roles import Role

PEOPLE: tuple[Column[Any], ...] = (
    Column("name", _("Name"), lambda person: person.name),
    Column("unit", _("Unit"), lambda person: person.home_unit.name if person.home_unit else ""),
    Column("unit_code", _("Unit code"), lambda person: person.home_unit.code if person.home_unit else ""),
    Column("title", _("Title"), lambda person: "; ".join(one.title for one in person.positions_today)),
    Column("roles", _("Roles"), lambda person: "; ".join(role_in_unit(one) for one in person.roles_today)),
    Column("email", _("E-mail"), lambda person: person.email or "", verb="view_details"),
    Column("code", _("Staff number"), lambda person: person.code or "", verb="view_details"),
    Column("joined_on", _("First day"), lambda person: person.joined_on, "date"),
    Column("left_on", _("Left on"), lambda person: person.left_on, "date"),
)


def role_in_unit(membership: Any) -> str:
    """Unit head, Northmere General."""
    return f"{Role(membership.role).label}, {membership.unit.name}"


def people_dataset(people: Iterable[Person]) -> Dataset[Person]:
    """The list of people as a file; details of those only whose row says that the reader may see them."""
    return Dataset(PEOPLE, people, may=lambda verb: True)


def units_dataset(lines: Sequence[UnitLine], parents: Mapping[int, int | None]) -> Dataset[UnitLine]:
    """The tree of units as a file; `parents` names the unit each hangs from."""
    names = {line.unit.pk: line.unit for line in lines}

    def parent(line: UnitLine, field: str) -> str:
        above = names.get(parents.get(line.unit.pk) or 0)
        return str(getattr(above, field)) if above else ""

    columns: tuple[Column[UnitLine], ...] = (
        Column("code", _("Code"), lambda line: line.unit.code),
        Column("name", _("Name"), lambda line: line.unit.name),
        Column("depth", _("Level"), lambda line: line.depth + 1, "number"),
        Column("parent_code", _("Code of the unit above"), lambda line: parent(line, "code")),
        Column("parent", _("Unit above"), lambda line: parent(line, "name")),
        Column("heads", _("Headed by"), lambda line: "; ".join(person.name for person in line.heads)),
        Column("people", _("People"), lambda line: line.people, "number"),
    )
    return Dataset(columns, lines)
