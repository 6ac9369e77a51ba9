"""Filters of a list page: kept by name, shared, opened in the period one reads in, deleted and brought back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from organization.models import SavedView
from organization.queries.savedviews import only_filters
from organization.roles import Role
from tests import factories
from tests.organization.visiting import browser, links, words

pytestmark = pytest.mark.django_db
PEOPLE = "/organization/people/"
NEW = "/organization/views/new/"


@pytest.fixture
def unit():
    return factories.unit("Root")


@pytest.fixture
def executive(unit):
    return factories.member(Role.EXECUTIVE, unit)


def keep(actor, **values):
    sent = {"page": "organization:people", "query": "q=ann", "name": "Anns", **values}
    return browser(actor).post(NEW, sent, follow=True)


def test_filters_are_kept_shown_as_a_link_and_shared(unit, executive):
    officer = factories.member(Role.SMO_OFFICER, unit)
    assert "Keep these filters as" in words(browser(officer).get(f"{PEOPLE}?q=ann"))
    assert "Keep these filters as" not in words(browser(officer).get(PEOPLE))
    answer = keep(officer, query="q=ann&unit=&page=3&p=2026-05", is_shared="on")
    assert answer.redirect_chain == [(f"{PEOPLE}?q=ann#saved", 302)]
    assert "The view was kept." in answer.content.decode()
    assert SavedView.objects.values_list("person_id", "page", "query", "is_shared").get() == (
        officer.person_id, "organization:people", "q=ann", True,
    )  # fmt: skip
    seen = browser(executive).get(f"{PEOPLE}?p=2025-01")
    assert f"{PEOPLE}?p=2025-01&q=ann" in links(seen)
    assert "shared by" in words(seen) and "Delete" not in words(seen)


def test_a_view_of_ones_own_is_seen_by_nobody_else(unit, executive):
    keep(factories.member(Role.SMO_OFFICER, unit))
    assert "Anns" not in words(browser(executive).get(PEOPLE))


def test_it_is_deleted_and_brought_back_by_its_owner_alone(unit, executive):
    other = factories.member(Role.SMO_OFFICER, unit)
    keep(executive, is_shared="on")
    view = SavedView.objects.get()
    delete, restore = f"/organization/views/{view.pk}/delete/", f"/organization/views/{view.pk}/restore/"
    assert browser(other).post(delete).status_code == 403
    assert browser(other).post(restore).status_code == 404
    assert SavedView.objects.get().trashed_at is None
    assert "You can bring it back for 30 days." in browser(executive).post(delete, follow=True).content.decode()
    assert "Anns" not in words(browser(other).get(PEOPLE))
    assert "Bring back Anns" in words(browser(executive).get(PEOPLE))
    assert "“Anns” is back." in browser(executive).post(restore, follow=True).content.decode()
    assert SavedView.objects.get().trashed_at is None


@pytest.mark.parametrize(
    ("values", "sentence"), [({"name": " "}, "The name is empty."), ({"name": "x" * 81}, "at most 80")]
)
def test_a_name_that_cannot_be_is_refused_in_a_sentence(executive, values, sentence):
    assert sentence in words(keep(executive, **values))
    assert not SavedView.objects.exists() and not Event.objects.filter(verb="save_view").exists()


@pytest.mark.parametrize("page", ["", "organization:person", "https://example.org/", "nowhere"])
def test_a_page_that_is_none_is_not_found(executive, page):
    assert keep(executive, page=page).status_code == 404
    assert not SavedView.objects.exists()


def test_the_list_takes_as_many_queries_for_many_views_as_for_one(executive):

    client, counts = browser(executive), []
    for number in range(8):
        keep(executive, name=f"View {number}")
        if number in (0, 7):
            client.get(PEOPLE)
            with CaptureQueriesContext(connection) as asked:
                client.get(PEOPLE)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_only_filters_are_kept():
    assert only_filters("?q=") == ""
    assert only_filters("q=a%26b&m=1&m=2&page=2&p=FY2026&unit=") == "q=a%26b&m=1&m=2"
