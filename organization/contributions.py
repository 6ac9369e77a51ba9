"""What the app adds to the portal: panels of units and people, and how the API's schema names the two ways in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from core.access import Actor, can
from core.panels import panel
from core.periods import At
from organization.models import Membership, OrgUnit, Person, Position
from organization.queries import (
    UnitLine,
    UnitPeople,
    direct_reports,
    managers_of,
    may_give_roles,
    positions_held,
    roles_held,
    unit_people,
    units_directly_below,
)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names the token."""

    target_class = "organization.signin.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema names the session."""

    target_class = "organization.signin.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "smo"}


@panel("unit", "below", _("Units below"), "organization/panels/unit_below.html", order=20, width=8)
def panel_below(unit: OrgUnit, viewer: Actor, at: At) -> list[UnitLine] | None:
    """Units directly below; silent where there are none."""
    return units_directly_below(viewer, unit, at) or None


@panel("unit", "people", _("People"), "organization/panels/unit_people.html", order=10, width=4)
def panel_people(unit: OrgUnit, viewer: Actor, at: At) -> UnitPeople:
    """Who heads it, how many work in it."""
    return unit_people(unit, at.today)


@panel("person", "details", _("Details"), "organization/panels/person_details.html", order=10, width=4)
def panel_details(person: Person, viewer: Actor, at: At) -> object | None:
    """E-mail and staff number, for those who may see them."""
    return True if can(viewer, "view_details", person) else None


@dataclass(frozen=True)
class Held:
    """What a person holds, and whether the viewer may add to it."""

    held: Sequence[Membership] | Sequence[Position]
    may_add: bool


@panel("person", "roles", _("Roles"), "organization/panels/person_roles.html", order=20, width=8)
def panel_roles(person: Person, viewer: Actor, at: At) -> Held:
    """Roles of today and to come."""
    return Held(roles_held(viewer, person, at.today), person.is_active and may_give_roles(viewer))


@panel("person", "positions", _("Positions"), "organization/panels/person_positions.html", order=30, width=8)
def panel_positions(person: Person, viewer: Actor, at: At) -> Held:
    """Positions of today and to come."""
    return Held(positions_held(viewer, person, at.today), person.is_active and can(viewer, "change", person))


@dataclass(frozen=True)
class ChainReport:
    """Who stands above, who reports to the person, and whether the viewer may change it."""

    managers: list[Person]
    reports: list[Person]
    may_change: bool


@panel("person", "chain", _("Reporting line"), "organization/panels/person_chain.html", order=40, width=4)
def panel_chain(person: Person, viewer: Actor, at: At) -> ChainReport:
    """The path of managers, nearest first, and the people right below."""
    above, below = managers_of(person.pk), direct_reports(viewer, person, at.today)
    return ChainReport(above, below, person.is_active and can(viewer, "change", person))
