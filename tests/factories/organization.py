"""Units, people and roles."""

from __future__ import annotations

import itertools
from datetime import date

from audit.actions import recording
from organization import subjects
from organization.actors import Actor, actor_of, system_actor
from organization.models import Membership, OrgUnit, Person, Placement, Position
from organization.roles import Role

BEGINNING = date(2020, 1, 1)
TODAY = date(2026, 7, 9)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def unit(name: str = "", *, parent: OrgUnit | None = None, code: str = "", kind: str = "business") -> OrgUnit:
    """A unit placed in the tree since 2020."""
    number = next(_numbers)
    with recording(system_actor("tests"), "add_unit"):
        (made,) = subjects.create(
            OrgUnit,
            [{"name": name or f"Unit {number}", "code": code or f"U{number}", "kind": kind, "opened_on": BEGINNING}],
        )
        Placement.objects.create(unit=made, parent=parent, valid=(BEGINNING, None))
    return made


def person(name: str = "", *, email: str = "", home: OrgUnit | None = None) -> Person:
    """A person who can sign in with PASSWORD."""
    number = next(_numbers)
    with recording(system_actor("tests"), "add_person"):
        values = {
            "name": name or f"Person {number}",
            "email": email or f"person{number}@example.org",
            "home_unit": home,
        }
        blank = Person()
        blank.set_unusable_password()
        (made,) = subjects.create(Person, [{**values, "password": blank.password}])
    return made


def member(role: Role, at: OrgUnit, name: str = "") -> Actor:
    """An actor who holds the role in the unit."""
    someone = person(name, home=at)
    with recording(system_actor("tests"), "add_membership"):
        Membership.objects.create(person=someone, unit=at, role=role, valid=(BEGINNING, None))
    return actor_of(someone, TODAY)


def administrator(at: OrgUnit) -> Actor:
    """An administrator of the whole portal."""
    return member(Role.ADMINISTRATOR, at)


def position(someone: Person, at: OrgUnit, *, title: str = "Analyst", level: str = "front_line") -> Position:
    """A job held since 2020."""
    with recording(system_actor("tests"), "add_position"):
        return Position.objects.create(person=someone, unit=at, title=title, level=level, valid=(BEGINNING, None))
