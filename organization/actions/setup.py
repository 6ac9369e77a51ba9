"""The first hour: the organisation, its top unit and the first administrator, before anybody could be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from audit.actions import recording
from core.actions import Refusal
from organization import subjects
from organization.actions.batches import TREE, lock, since
from organization.actions.passwords import hashed
from organization.actions.texts import clean_code, clean_currency, clean_email, clean_line
from organization.actors import system_actor
from organization.models import Membership, Organization, OrgUnit, Person, Placement
from organization.queries import root_unit
from organization.roles import Role


@dataclass(frozen=True)
class SetUp:
    """What stands after the set-up."""

    organization: Organization
    root: OrgUnit
    administrator: Person


def set_up(
    *,
    email: str,
    name: str,
    organization: str,
    today: date,
    subtitle: str = "",
    currency: str = "EUR",
    code: str = "TOP",
    opened_on: date | None = None,
    password: str = "",
    roles: Sequence[Role] = (Role.ADMINISTRATOR,),
) -> SetUp:
    """Make the organisation and its top unit if they are missing, and a person its administrator.

    For whoever runs the server (`manage.py add_administrator`, `load_demo`): nobody's rights are asked, the log names the
    portal. Without `password` a new person sets one by a link (`invitation_link`); one who stands keeps theirs. Refused:
    somebody who has left.
    """
    address = clean_email(email)
    if not address:
        raise Refusal(_("An administrator signs in by e-mail: give one."), field="email")
    kept = clean_line(name, label=_("The name"), most=200, field="name")
    with recording(system_actor(), "set_up", details={"email": address}):
        lock(TREE)
        house = _organization(organization, subtitle, currency)
        root = root_unit(today) or _root(house.name, clean_code(code, label=_("The code")), opened_on or today)
        person = _administrator(address, kept, root, today, hashed(password), roles)
    return SetUp(house, root, person)


def _organization(name: str, subtitle: str, currency: str) -> Organization:
    standing = Organization.objects.first()
    if standing is not None:
        return standing
    return Organization.objects.create(
        pk=1,
        name=clean_line(name, label=_("The organisation's name"), most=120, field="organization"),
        subtitle=clean_line(subtitle, label=_("The second line"), most=120, field="subtitle", needed=False),
        currency=clean_currency(currency),
    )


def _root(name: str, code: str, opened_on: date) -> OrgUnit:
    values = {"name": name, "code": code, "kind": OrgUnit.Kind.CORPORATE, "opened_on": opened_on}
    (root,) = subjects.create(OrgUnit, [values])
    Placement.objects.create(unit=root, parent=None, valid=since(opened_on))
    return root


def _administrator(email: str, name: str, root: OrgUnit, today: date, password: str, roles: Sequence[Role]) -> Person:
    person = Person.objects.filter(email=email).first()
    if person is None:
        (person,) = subjects.create(Person, [{"email": email, "name": name, "home_unit": root, "password": password}])
    if not person.is_active:
        raise Refusal(_("%(name)s has left. Use another e-mail.") % {"name": person}, field="email")
    for role in roles:
        _hold(person, role, root, today)
    return person


def _hold(person: Person, role: Role, root: OrgUnit, today: date) -> None:
    """Let the person hold the role from today on, unless they do."""
    if not Membership.objects.filter(person=person, role=role, valid__contains=today).exists():
        Membership.objects.filter(person=person, unit=root, role=role, valid__startswith__gt=today).delete()
        Membership.objects.create(person=person, unit=root, role=role, valid=since(today))
