"""Columns of the list of people: grid, CSV and workbook are the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from organization.models import Person
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
