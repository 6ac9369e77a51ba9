"""My notifications and my wishes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from core import announcements
from core.announcements import announcement_kind
from notifications.actions import announce
from notifications.models import Notification, Preference
from notifications.queries import DIGEST, Wish, own_notifications, own_wishes, unread_count
from organization.actors import Actor, system_actor
from organization.models import Person
from organization.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "notifications:notifications"


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(announcements, "_kinds", dict(announcements._kinds))
    announcement_kind("quiet", "quiet things")


@pytest.fixture
def reader() -> Actor:
    return factories.member(Role.EXECUTIVE, factories.unit())


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def tell(actor: Actor, text: str, url: str = "") -> Notification:
    people = Person.objects.filter(pk=actor.person_id)
    return announce(system_actor(), kind="quiet", subject=None, to=people, text=text, url=url)[0]


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_shows_what_i_was_told_newest_first_with_its_link(reader):
    tell(reader, "First <b>.", "/a/")
    tell(reader, "Second.")
    tell(factories.member(Role.EXECUTIVE, factories.unit()), "Not for me.")
    page = text(browser(reader).get(reverse(LIST)))
    assert page.index("Second.") < page.index("First &lt;b&gt;.")
    assert 'href="/a/"' in page and "2 unread" in page and "Not for me." not in page


def test_an_empty_list_says_what_belongs_here(reader):
    assert "Nobody has told you anything yet" in text(browser(reader).get(reverse(LIST)))


def test_the_list_asks_one_question_however_long_it_is(reader, django_assert_num_queries):
    for count in (1, 20):
        for number in range(count):
            tell(reader, f"News {number}.")
        with django_assert_num_queries(1):
            [str(line) for line in own_notifications(reader)]


def test_one_and_all_are_marked_by_buttons_and_looking_marks_nothing(reader):
    first, client = tell(reader, "First."), browser(reader)
    tell(reader, "Second.")
    client.get(reverse(LIST))
    assert unread_count(reader) == 2
    assert client.get(reverse("notifications:read", args=[first.pk])).status_code == 405
    client.post(reverse("notifications:read", args=[first.pk]))
    assert unread_count(reader) == 1
    assert "1 marked as read" in text(client.post(reverse("notifications:read_all"), follow=True))
    assert unread_count(reader) == 0


def test_anothers_line_is_not_there(reader):
    theirs = tell(factories.member(Role.EXECUTIVE, factories.unit()), "Theirs.")
    assert browser(reader).post(reverse("notifications:read", args=[theirs.pk])).status_code == 404
    assert Notification.objects.get().read_at is None


def test_wishes_are_shown_and_kept(reader):
    client, url = browser(reader), reverse("notifications:preferences")
    page = text(client.get(url))
    assert "quiet things" in page and "Send me the daily mail" in page
    names = [name for name in own_wishes(reader) if name != DIGEST]
    client.post(url, {**{f"{name}-digest": "on" for name in names}, "quiet-mail": "on"})
    wishes = own_wishes(reader)
    assert (wishes["quiet"], wishes[DIGEST]) == (Wish(True, True), Wish(False, False))
    assert set(Preference.objects.values_list("person", flat=True)) == {reader.person_id}


def test_a_stranger_is_sent_to_the_sign_in():
    for name in ("notifications", "preferences"):
        assert Client().get(reverse(f"notifications:{name}")).url.startswith("/sign-in/")
