"""Who comes in: strangers are led to the sign-in page, what is hidden is absent, what is forbidden says who can."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from core.access import Access, Forbidden, NotVisible
from core.guards import guarded, listing, public, signed_in
from organization.actions.delegations import delegate
from organization.actors import actor_of
from organization.models import Delegation, OrgUnit, Person
from organization.roles import Role
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db


def ask(actor: Any = None, path: str = "/units/?p=2026-06", **headers: str):
    request = RequestFactory().get(path, headers=headers)
    request.actor = actor
    return request


def shown(_request, subject=None, **kwargs):
    names = sorted(str(row) for row in subject) if hasattr(subject, "filter") else str(subject)
    return HttpResponse(f"{names} {kwargs}")


@pytest.fixture
def root():
    return factories.unit("Northmere")


GUARDS = {
    "guarded": lambda request: guarded("view", OrgUnit)(shown)(request, pk=1),
    "listing": listing("view", OrgUnit)(shown),
    "signed_in": signed_in("one's own")(shown),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_a_stranger_is_led_to_the_sign_in_page_and_back(guard):
    answer = GUARDS[guard](ask())
    assert (answer.status_code, answer.headers["Location"]) == (
        302, f"/sign-in/?next={quote('/units/?p=2026-06', safe='/')}",
    )  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_a_fragment_for_a_stranger_moves_the_whole_page(guard):
    """htmx would put the sign-in page into a box of the page that is open."""
    answer = GUARDS[guard](ask(**{"HX-Request": "true", "HX-Current-URL": "/work/"}))
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.content) == (204, "/sign-in/?next=/work/", b"")


def test_what_is_public_asks_nobody():
    assert public("health")(shown)(ask()).content == b"None {}"


def test_a_row_is_loaded_through_its_table(root):
    actor = factories.member(Role.EMPLOYEE, root)
    view = guarded("view", OrgUnit)(shown)
    assert view(ask(actor), pk=root.pk, form="csv").content == b"Northmere {'form': 'csv'}"
    with pytest.raises(Http404):
        view(ask(actor), pk=root.pk + 1)


def test_a_hidden_row_is_absent_and_a_forbidden_verb_says_who_can(root):
    """404 if it may not be seen, 403 if only the verb fails (DATAMODEL A8)."""
    head = factories.member(Role.UNIT_HEAD, root)
    person, deputy, stranger = Person.objects.get(pk=head.person_id), factories.person(), factories.person()
    delegation = delegate(head, person=person, deputy=deputy, first_day=TODAY, last_day=TODAY, today=TODAY)
    view = guarded("change", Delegation)(shown)
    assert view(ask(head), pk=delegation.pk).status_code == 200
    with pytest.raises(Forbidden, match="It can be done by: Administrator"):
        view(ask(actor_of(deputy, TODAY)), pk=delegation.pk)
    for pk in (delegation.pk, 10**9):
        with pytest.raises(NotVisible):
            view(ask(actor_of(stranger, TODAY)), pk=pk)


def test_a_list_holds_only_what_may_be_reached(root):
    north = factories.unit("North", parent=root)
    factories.unit("South", parent=root)
    actor = factories.member(Role.HR_PARTNER, north)
    assert listing("add_person", OrgUnit)(shown)(ask(actor)).content == b"['North'] {}"
    assert listing("view", OrgUnit)(shown)(ask(actor)).content == b"['North', 'Northmere', 'South'] {}"


def test_every_guard_says_what_it_asks():
    declared = [
        guarded("change", OrgUnit)(shown).access,
        listing("view", Person)(shown).access,
        signed_in("one's own")(shown).access,
        public("health")(shown).access,
    ]
    assert declared == [
        Access("guarded", "change", OrgUnit, ""),
        Access("listing", "view", Person, ""),
        Access("signed_in", "", None, "one's own"),
        Access("public", "", None, "health"),
    ]


def test_no_page_of_ours_opens_to_a_stranger(client):
    """Every route that declares its access leads a stranger to the sign-in page, or says that it is public."""
    open_to_all = set()
    for path, access in _pages():
        answer = client.get(path)
        if access.kind == "public":
            open_to_all.add(path)
        else:
            assert (path, answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (
                path,
                302,
                "/sign-in/",
            )
    assert "/healthz" in open_to_all


def _pages(patterns=None, prefix="/"):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
        if hasattr(pattern, "url_patterns"):
            yield from _pages(pattern.url_patterns, route)
        elif isinstance(getattr(pattern.callback, "access", None), Access):
            yield re.sub(r"<(int:)?[^>]+>", lambda found: "1" if found[1] else "x", route), pattern.callback.access
