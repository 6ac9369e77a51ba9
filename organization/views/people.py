"""The list of people, one person, adding, changing, leaving and coming back."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.access import Forbidden, can, givers_sentence
from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.panels import panels
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.actions.invitations import invite_people
from organization.actions.leaving import deactivate_person, reactivate_person
from organization.actions.people import PersonRow, add_people, change_person
from organization.forms.people import LeaveForm, NewPersonForm, PeopleFilter, PersonForm
from organization.models import OrgUnit, Person
from organization.queries import allowed, leaving, orphans, people_listed, tree, units_for
from organization.tables import people_dataset, role_in_unit
from organization.views.units import form_methods

PAGE = 50
STORED = ("name", "email", "code", "home_unit", "joined_on")


def person_url(person: Person) -> str:
    """The page of a person."""
    return reverse("organization:person", args=[person.pk])


def crumbs(*people: Person) -> list[tuple[str, str]]:
    """The way to a person."""
    return [(_("People"), reverse("organization:people")), *((one.name, person_url(one)) for one in people)]


def _listed(request: PortalRequest) -> tuple[PeopleFilter, QuerySet[Person]]:
    form = PeopleFilter(request.GET, lines=tree(request.actor, request.at.today))
    wanted = form.cleaned_data if form.is_valid() else {}
    return form, people_listed(request.actor, wanted, request.at.today)


@listing("view", Person)
@require_safe
def people(request: PortalRequest, rows: QuerySet[Person]) -> HttpResponse:
    """People by name; filters in the address, fifty a page."""
    form, found = _listed(request)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "shows_mail": any(
            getattr(person, "may_view_details", False) for person in page if person.pk != request.actor.person_id
        ),
        "filtered": any(form.cleaned_data.values()) if form.is_valid() else False,
        "may_add": bool(units_for(request.actor, "add_person", request.at.today)),
    }
    return render(request, "organization/people.html", context)


@listing("view", Person)
@require_safe
def people_file(request: PortalRequest, rows: QuerySet[Person], form: str) -> HttpResponseBase:
    """The same list as a file, all pages."""
    _filter, found = _listed(request)
    return download(people_dataset(found.iterator(chunk_size=500)), "people", form)


@listing("change", Person)
@require_safe
def people_orphans(request: PortalRequest, rows: QuerySet[Person]) -> HttpResponse:
    """People nobody answers for, as far as the reader may mend it."""
    may = set(rows.values_list("pk", flat=True))
    if not may:
        raise Forbidden("change", givers_sentence(Person, "change"))
    found = [one for one in orphans(request.actor, request.at.today) if one.person.pk in may]
    return render(request, "organization/orphans.html", {"orphans": found})


@guarded("view", Person)
@require_safe
def person(request: PortalRequest, row: Person) -> HttpResponse:
    """One person: a frame of panels."""
    boxes = [panel.render(row, request.actor, request.at) for panel in panels("person")]
    may = allowed(request.actor, row)
    return render(request, "organization/person.html", {"person": row, "may": may, "panels": boxes})


@listing("add_person", OrgUnit)
@form_methods
def person_new(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """Somebody new, with an invitation."""
    lines = units_for(request.actor, "add_person", request.at.today)
    if not lines:
        raise Forbidden("add_person", givers_sentence(OrgUnit, "add_person"))
    form = NewPersonForm(posted(request), lines=lines, with_email=True, initial={"joined_on": request.at.today})
    page = FormPage(_("Add a person"), form, _("Add the person"), reverse("organization:people"), crumbs())

    def act(data: dict[str, Any]) -> Person:
        row = PersonRow(data["name"], data["home_unit"], data["email"], data["code"], data["joined_on"])
        with transaction.atomic():
            (made,) = add_people(request.actor, rows=[row])
            if made.email and data["is_invited"]:
                invite_people(request.actor, people=[made], now=timezone.now())
        return made

    return answer(request, page, act, said=_("The person was added."), done=person_url)


@guarded("change", Person)
@form_methods
def person_edit(request: PortalRequest, row: Person) -> HttpResponse:
    """A person's own data."""
    lines = units_for(request.actor, "add_person", request.at.today)
    initial = {name: getattr(row, name) for name in STORED} | {"expected": row.row_version}
    with_email = can(request.actor, "change_sign_in", row)
    form = PersonForm(posted(request), lines=lines, with_email=with_email, initial=initial)
    page = FormPage(_("Change %(name)s") % {"name": row}, form, _("Save"), person_url(row), crumbs(row))

    def act(data: dict[str, Any]) -> Person:
        expected = data.pop("expected")
        return change_person(request.actor, person=row, values=data, expected=expected)

    return answer(
        request, page, act, said=_("Saved."), stored=lambda now: {name: getattr(now, name) for name in STORED}
    )


@guarded("invite", Person)
@require_POST
def person_invite(request: PortalRequest, row: Person) -> HttpResponse:
    """Mail the person a link to set a password."""
    return refuse_quietly(
        request,
        lambda: invite_people(request.actor, people=[row], now=timezone.now()),
        said=_("A link was mailed to %(name)s.") % {"name": row},
        back=person_url(row),
    )


@guarded("deactivate", Person)
@form_methods
def person_leave(request: PortalRequest, row: Person) -> HttpResponse:
    """What the end of a person's access means, before it is done."""
    form = LeaveForm(posted(request), today=request.at.today, initial={"expected": row.row_version})
    page = FormPage(
        _("End the access of %(name)s") % {"name": row}, form, _("End the access"), person_url(row), crumbs(row)
    )
    page.consequences, page.grave = leaving_words(row, request), True

    def act(data: dict[str, Any]) -> Person:
        return deactivate_person(request.actor, person=row, now=timezone.now(), **data)

    return answer(request, page, act, said=_("%(name)s has no access any more.") % {"name": row})


def leaving_words(row: Person, request: PortalRequest) -> list[str]:
    """What ends, and what others must mend, in sentences."""
    ends = leaving(row, request.at.today, timezone.now())
    words = [_("They are signed out everywhere at once, and their password is thrown away.")]
    if ends.roles:
        words.append(_("Their roles end: %(roles)s.") % {"roles": "; ".join(role_in_unit(one) for one in ends.roles)})
    counted = (
        (len(ends.positions), ngettext("%(count)d position ends.", "%(count)d positions end.", len(ends.positions))),
        (ends.tokens, ngettext("%(count)d API token ends.", "%(count)d API tokens end.", ends.tokens)),
        (ends.links, ngettext("%(count)d link ends.", "%(count)d links end.", ends.links)),
        (ends.delegations, ngettext("%(count)d delegation ends.", "%(count)d delegations end.", ends.delegations)),
        (
            ends.reports,
            ngettext(
                "%(count)d person reports to them and needs another manager.",
                "%(count)d people report to them and need another manager.",
                ends.reports,
            ),
        ),
        (
            ends.records,
            ngettext(
                "%(count)d record is theirs and needs another owner.",
                "%(count)d records are theirs and need another owner.",
                ends.records,
            ),
        ),
    )
    return words + [text % {"count": count} for count, text in counted if count]


@guarded("deactivate", Person)
@require_POST
def person_return(request: PortalRequest, row: Person) -> HttpResponse:
    """Bring a person back."""
    said = _("%(name)s is back. Invite them, and give them their roles.") % {"name": row}
    return refuse_quietly(
        request, lambda: reactivate_person(request.actor, person=row), said=said, back=person_url(row)
    )
