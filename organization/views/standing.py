"""What a person holds: roles, positions, a manager, deputies."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.access import Forbidden, givers_sentence
from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted
from organization.actions.delegations import delegate, end_delegation
from organization.actions.managers import ManagerRow, set_managers
from organization.actions.memberships import RoleRow, end_role, grant_roles
from organization.actions.positions import PositionRow, add_positions, end_position
from organization.forms.account import DelegationForm
from organization.forms.people import EndForm, ManagerForm, PositionForm, RoleForm
from organization.models import Delegation, Membership, OrgUnit, Person, Position
from organization.queries import managers_of, running_roles, units_for
from organization.tables import role_in_unit
from organization.views.people import crumbs, person_url
from organization.views.units import form_methods


def _lines(request: PortalRequest, verb: str) -> list[tuple[OrgUnit, int]]:
    """Units on which the actor may do the verb; who may nowhere, is refused."""
    lines = units_for(request.actor, verb, request.at.today)
    if not lines:
        raise Forbidden(verb, givers_sentence(OrgUnit, verb))
    return lines


@guarded("view", Person)
@form_methods
def role_new(request: PortalRequest, row: Person) -> HttpResponse:
    """Another role."""
    form = RoleForm(posted(request), lines=_lines(request, "add_membership"), today=request.at.today)
    page = FormPage(_("Give %(name)s a role") % {"name": row}, form, _("Give the role"), person_url(row), crumbs(row))
    return answer(
        request,
        page,
        lambda data: grant_roles(request.actor, rows=[RoleRow(person=row, **data)]),
        said=_("The role was given."),
    )


@guarded("change", Membership)
@form_methods
def role_end(request: PortalRequest, row: Membership) -> HttpResponse:
    """The end of a role."""
    form = EndForm(posted(request), today=request.at.today)
    heading = _("End a role of %(name)s: %(role)s") % {"name": row.person, "role": role_in_unit(row)}
    page = FormPage(heading, form, _("End the role"), person_url(row.person), crumbs(row.person))
    return answer(
        request, page, lambda data: end_role(request.actor, membership=row, **data), said=_("The role was ended.")
    )


@guarded("view", Person)
@form_methods
def position_new(request: PortalRequest, row: Person) -> HttpResponse:
    """Another position."""
    lines = _lines(request, "add_person")
    form = PositionForm(posted(request), lines=lines, today=request.at.today, initial={"unit": row.home_unit})
    page = FormPage(_("Give %(name)s a position") % {"name": row}, form, _("Save"), person_url(row), crumbs(row))
    return answer(
        request,
        page,
        lambda data: add_positions(request.actor, rows=[PositionRow(person=row, **data)]),
        said=_("The position was added."),
    )


@guarded("change", Position)
@form_methods
def position_end(request: PortalRequest, row: Position) -> HttpResponse:
    """The end of a position."""
    form = EndForm(posted(request), today=request.at.today)
    del form.fields["reason"]
    heading = _("End a position of %(name)s: %(title)s") % {"name": row.person, "title": row.title}
    page = FormPage(heading, form, _("End the position"), person_url(row.person), crumbs(row.person))
    return answer(
        request, page, lambda data: end_position(request.actor, position=row, **data), said=_("The position was ended.")
    )


@guarded("change", Person)
@form_methods
def manager_set(request: PortalRequest, row: Person) -> HttpResponse:
    """Whom the person reports to."""
    above = managers_of(row.pk)[:1]
    form = ManagerForm(
        posted(request), reader=request.actor, today=request.at.today, initial={"manager": above[0] if above else None}
    )
    page = FormPage(_("Whom %(name)s reports to") % {"name": row}, form, _("Save"), person_url(row), crumbs(row))

    def act(data: dict[str, Any]) -> int:
        line = ManagerRow(row, data["manager"])
        return set_managers(request.actor, rows=[line], on=data["on"], today=request.at.today)

    return answer(request, page, act, said=_("Saved."))


@guarded("add_delegation", Person)
@form_methods
def deputy_new(request: PortalRequest, row: Person) -> HttpResponse:
    """Somebody who stands in for the person."""
    held = sorted({one.role for one in running_roles(row.pk, request.at.today)})
    form = DelegationForm(posted(request), reader=request.actor, held=held, today=request.at.today)
    page = FormPage(
        _("A deputy for %(name)s") % {"name": row}, form, _("Name the deputy"), person_url(row), crumbs(row)
    )
    page.words = _("A deputy acts with these roles. Everything they do is recorded under both names.")
    return answer(
        request,
        page,
        lambda data: delegate(request.actor, person=row, today=request.at.today, **data),
        said=_("The deputy was named."),
    )


@guarded("change", Delegation)
@form_methods
def deputy_end(request: PortalRequest, row: Delegation) -> HttpResponse:
    """The end of standing in."""
    form = EndForm(posted(request), today=request.at.today)
    del form.fields["reason"]
    heading = _("%(deputy)s no longer stands in for %(person)s") % {"deputy": row.deputy, "person": row.person}
    page = FormPage(heading, form, _("End it"), person_url(row.person), crumbs(row.person))
    return answer(
        request, page, lambda data: end_delegation(request.actor, delegation=row, **data), said=_("It was ended.")
    )
