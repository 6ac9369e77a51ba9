"""My account and the organisation's settings on pages, without scripts."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from audit.models import Event
from organization.actions.delegations import delegate
from organization.actions.settings import set_fiscal_calendar, set_organization
from organization.actions.setup import set_up
from organization.actions.tokens import digest_of, issue_link
from organization.actors import actor_of
from organization.models import (
    AccessLink,
    ApiToken,
    CustomField,
    Delegation,
    FiscalCalendar,
    Organization,
    Person,
    Rate,
    Term,
)
from organization.roles import Role
from tests import factories
from tests.organization.visiting import browser, errors, links, today, words

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"organization:{name}", args=args)


@pytest.fixture
def house():
    return set_up(email="ada@example.org", name="Ada", organization="Northmere", today=today(), currency="GBP")


@pytest.fixture
def admin(house):
    return actor_of(house.administrator, today())


@pytest.fixture
def office(admin):
    return browser(admin)


@pytest.fixture
def head(house):
    """A unit head."""
    return factories.member(Role.UNIT_HEAD, house.root, "Head")


# ---------------------------------------------------------------------------------------------------- tokens
def token_values(**changes):
    ends = (today() + timedelta(days=30)).isoformat()
    return {"name": "Sheets", "limit": "read", "unit": "", "expires_on": ends, **changes}


def test_a_secret_is_shown_once(head, house):
    client = browser(head)
    page = client.post(at("token_new"), token_values(unit=house.root.pk))
    secret = page.context["secret"]
    token = ApiToken.objects.get()
    assert (token.digest, token.verbs, list(token.units.all())) == (digest_of(secret), ["view"], [house.root])
    assert (secret in words(page), page.headers["Cache-Control"]) == (True, "no-store, private")
    mine = words(client.get(at("me")))
    assert ("Sheets" in mine, secret in mine, token.prefix in mine) == (True, False, True)


def test_a_token_that_cannot_be_is_refused_at_its_field(head):
    client = browser(head)
    late = (today() + timedelta(days=400)).isoformat()
    page = client.post(at("token_new"), token_values(expires_on=late))
    assert page.status_code == 422
    assert words(page).count("A token ends within a year: choose a date after today and within a year.") >= 1
    assert ApiToken.objects.count() == 0


def test_tokens_and_links_are_ended_by_their_owner(head, admin):
    client = browser(head)
    client.post(at("token_new"), token_values())
    person = Person.objects.get(pk=head.person_id)
    link, _secret = issue_link(head, purpose="feed", person=person, expires_at=ApiToken.objects.get().expires_at)
    token = ApiToken.objects.get()
    assert {at("token_revoke", token.pk), at("link_revoke", link.pk)} <= links(client.get(at("me")))
    stranger = browser(factories.member(Role.EMPLOYEE, Person.objects.get(pk=admin.person_id).home_unit))
    assert [stranger.post(at(name, pk)).status_code for name, pk in (("token_revoke", token.pk), ("link_revoke", link.pk))] == [
        404, 404,
    ]  # fmt: skip
    for name, pk in (("token_revoke", token.pk), ("link_revoke", link.pk)):
        assert client.post(at(name, pk)).headers["Location"] == at("me")
    assert (ApiToken.objects.get().revoked_at is None, AccessLink.objects.get().revoked_at is None) == (False, False)
    assert "No token" in words(client.get(at("me")))


# -------------------------------------------------------------------------------------------------- deputies
def test_a_deputy_is_named_acts_and_stops(head, house):
    deputy = factories.person("Deputy", email="deputy@example.org", home=house.root)
    client = browser(head)
    values = {
        "deputy": "Deputy",
        "roles": ["unit_head"],
        "first_day": today().isoformat(),
        "last_day": today().isoformat(),
    }
    client.post(at("deputy_new", head.person_id), values)
    delegation = Delegation.objects.get()
    assert "Deputy stands in for Head" in words(client.get(at("me")))
    standing_in = browser(actor_of(deputy, today()))
    before = standing_in.session.session_key
    page = standing_in.post(at("deputy_act", delegation.pk), follow=True)
    assert "You act for Head. Everything you do is recorded under both names." in page.content.decode()
    assert standing_in.session.session_key != before
    assert page.wsgi_request.actor.has(Role.UNIT_HEAD)
    assert "Stop acting for Head" in words(page)
    page = standing_in.post(at("deputy_stop"), follow=True)
    assert (page.wsgi_request.actor.has(Role.UNIT_HEAD), page.wsgi_request.actor.on_behalf_of_id) == (False, None)
    acts = Event.objects.filter(verb__in=["start_acting", "stop_acting"]).order_by("pk")
    assert list(acts.values_list("verb", "actor_id", "on_behalf_of_id")) == [
        ("start_acting", deputy.pk, None),
        ("stop_acting", deputy.pk, head.person_id),
    ]


def test_acting_stops_with_the_delegation(head, house):
    deputy = factories.person("Deputy", home=house.root)
    person = Person.objects.get(pk=head.person_id)
    row = delegate(head, person=person, deputy=deputy, first_day=today(), last_day=today(), today=today())
    client = browser(actor_of(deputy, today()))
    client.post(at("deputy_act", row.pk))
    browser(head).post(at("deputy_end", row.pk), {"on": today().isoformat()})
    assert client.get(at("me")).wsgi_request.actor.on_behalf_of_id is None


def test_only_the_deputy_acts(head, house, office):
    deputy = factories.person("Deputy", home=house.root)
    person = Person.objects.get(pk=head.person_id)
    row = delegate(head, person=person, deputy=deputy, first_day=today(), last_day=today(), today=today())
    assert office.post(at("deputy_act", row.pk)).status_code == 403
    assert office.get(at("deputy_act", row.pk)).status_code == 403
    assert browser(head).get(at("me")).wsgi_request.actor.on_behalf_of_id is None


def test_a_deputy_is_typed_and_roles_are_those_held(head, house):
    client = browser(head)
    page = client.get(at("deputy_new", head.person_id)).content.decode()
    assert (page.count('name="roles"'), "Unit head" in page) == (1, True)
    answer = client.post(
        at("deputy_new", head.person_id), {"deputy": "Head", "first_day": "2020-01-01", "last_day": "x"}
    )
    assert errors(answer) == {"last_day": ["Enter a valid date."]}
    day = today().isoformat()
    answer = client.post(at("deputy_new", head.person_id), {"deputy": "Head", "first_day": day, "last_day": day})
    assert errors(answer) == {"deputy": ["Nobody is their own deputy. Choose somebody else."]}


# -------------------------------------------------------------------------------------------------- settings
def test_the_overview_shows_what_one_may_change(office, house):
    page = office.get(at("settings"))
    text = words(page)
    parts = ("The organisation", "The fiscal year", "Exchange rates", "Your words", "Your own fields")
    assert [part in text for part in parts] == [True] * 5
    officer = browser(factories.member(Role.SMO_OFFICER, house.root))
    text = words(officer.get(at("settings")))
    assert [part in text for part in parts] == [False, False, False, True, True]


def test_the_organisation_is_set_and_a_conflict_shows_both(office, admin):
    values = {"name": "Northmere Health", "subtitle": "Care", "currency": "gbp", "expected": "1"}
    assert office.post(at("settings_organization", 1), values).headers["Location"] == f"{at('settings')}#h-organization"
    assert "Northmere Health Second line Care Reporting currency GBP" in words(office.get(at("settings")))
    set_organization(admin, name="Other", currency="GBP")
    page = office.post(at("settings_organization", 1), {**values, "name": "Mine", "expected": "2"})
    assert (page.status_code, "Name Other Mine" in words(page)) == (409, True)
    assert Organization.objects.get().name == "Other"


def test_years_rates_and_words_are_set(office):
    year = today().year + 2
    office.post(at("settings_year"), {"valid_from": "2020-01-01", "first_month": "1", "named_by": "start"})
    office.post(at("settings_year"), {"valid_from": f"{year}-04-01", "first_month": "4", "named_by": "start"})
    assert FiscalCalendar.objects.count() == 2
    wrong = office.post(
        at("settings_year"), {"valid_from": f"{year + 2}-05-02", "first_month": "4", "named_by": "start"}
    )
    assert "takes effect on the first day of one of its years" in errors(wrong)["valid_from"][0]
    later = FiscalCalendar.objects.order_by("-valid_from").first()
    office.post(at("year_drop", later.pk))
    office.post(at("settings_rate"), {"currency": "eur", "rate": "0.85", "first_day": "2026-01-01"})
    office.post(at("settings_terms"), {"theme_one": "Promise", "theme_many": "Promises"})
    assert (FiscalCalendar.objects.count(), Rate.objects.count(), Term.objects.get().plural) == (1, 1, "Promises")
    text = words(office.get(at("settings")))
    assert ["EUR 0.85 1 Jan 2026" in text, "theme Promise, Promises" in text] == [True, True]
    half = office.post(at("settings_terms"), {"theme_one": "Promise", "theme_many": ""})
    assert errors(half) == {"theme_many": ["Give both words for theme, one and many, or neither."]}


def test_the_calendar_of_years_that_began_stays(office, admin):
    set_fiscal_calendar(
        admin, valid_from=today().replace(month=1, day=1), first_month=1, named_by="start", today=today()
    )
    row = FiscalCalendar.objects.get()
    page = office.post(at("year_drop", row.pk), follow=True)
    assert "Years that have begun stay as they are." in words(page)
    assert FiscalCalendar.objects.count() == 1


def test_own_fields_are_added_changed_and_taken_away(office):
    values = {
        "kind": "objective", "label": "Tier", "key": "tier", "type": "choice", "choices": "A\r\nB\r\n", "order": "10",
    }  # fmt: skip
    office.post(at("field_new"), values)
    field = CustomField.objects.get()
    assert (field.choices, field.order, field.is_required) == (["A", "B"], 10, False)
    page = office.get(at("field_edit", field.pk))
    assert ">\nA\nB</textarea>" in page.content.decode()
    office.post(at("field_edit", field.pk), {"label": "Rank", "choices": "A\nB\nC", "order": "5", "is_required": "on"})
    field.refresh_from_db()
    assert (field.label, field.choices, field.is_required) == ("Rank", ["A", "B", "C"], True)
    wrong = office.post(at("field_new"), values)
    assert errors(wrong) == {"key": ["There is a field 'tier' already."]}
    office.post(at("field_remove", field.pk))
    assert CustomField.objects.count() == 0


@pytest.mark.parametrize(
    ("is_set", "words"),
    [
        (True, "Set a password within a week: https://smo.example.org/"),
        (False, "Set a password within a week: open /"),
    ],
)
def test_the_first_administrator_is_never_sent_to_a_wrong_address(settings, is_set, words):
    settings.SITE_URL, settings.SITE_URL_IS_SET = "https://smo.example.org", is_set
    said = StringIO()
    call_command("add_administrator", "ada@example.org", "Ada", stdout=said)
    assert words in said.getvalue()
    assert ("https://smo.example.org" in said.getvalue()) is is_set
