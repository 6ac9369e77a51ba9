"""Sign-in, sign-out, limits, resets and the end of sessions, through the browser's door."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from audit.actions import recording
from audit.models import Event
from organization.actions.leaving import deactivate_person
from organization.actors import system_actor
from organization.models import Person
from smo.settings import PASSWORD_HASHERS
from tests import factories
from tests.factories.organization import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL = "ann@example.org"
WRONG = "The e-mail or the password is not right."
TOO_MANY = "Too many failed login attempts. Try again later."
NEW = "another horse battery"


@pytest.fixture(autouse=True)
def plain_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    caches["default"].clear()


@pytest.fixture
def root():
    return factories.unit("Northmere")


@pytest.fixture
def ann(root):
    person = factories.person("Ann", email=EMAIL, home=root)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def sign_in(client, password=PASSWORD, email=EMAIL, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def is_in(client):
    return client.get(reverse("organization:people_file", args=["csv"])).status_code == 200


def with_event(act):
    with recording(system_actor("tests"), "change_person"):
        act()


def errors(response):
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


def events(*verbs):
    rows = Event.objects.filter(verb__in=verbs).order_by("pk")
    return list(rows.values_list("verb", "actor_id", "subject_id"))


# ------------------------------------------------------------------------------------------------- in and out
def test_a_person_comes_in_by_e_mail_in_any_case_and_leaves(client, ann):
    assert sign_in(client, email="Ann@Example.ORG").headers["Location"] == "/"
    assert is_in(client)
    assert client.post(reverse("account_logout")).status_code == 302
    assert not is_in(client)
    assert events("sign_in", "sign_out") == [("sign_in", ann.pk, ann.subject_id), ("sign_out", ann.pk, ann.subject_id)]


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_what_one_signs_in_with_is_called_e_mail(client, name):
    page = client.get(reverse(name)).content.decode()
    assert "E-mail</label>" in page
    assert "Email" not in page


def test_leaving_asks_for_a_post(client, ann):
    sign_in(client)
    client.get(reverse("account_logout"))
    assert is_in(client)


def test_a_wrong_password_an_unknown_and_a_left_person_are_answered_alike(client, ann, root):
    left = factories.person("Left", email="left@example.org", home=root)
    left.set_password(PASSWORD)
    left.is_active = False
    with_event(left.save)
    answers = [
        sign_in(client, password="wrong horse battery"),
        sign_in(client, email="nobody@example.org"),
        sign_in(client, email="left@example.org"),
    ]
    assert [(answer.status_code, errors(answer)) for answer in answers] == [(200, [WRONG])] * 3
    assert not is_in(client)
    assert events("sign_in_failed", "sign_in") == [
        ("sign_in_failed", None, ann.subject_id),
        ("sign_in_failed", None, None),
        ("sign_in_failed", None, left.subject_id),
    ]
    assert not Event.objects.filter(details__icontains="horse").exists(), "a password never stands in the log"


def test_a_sign_in_gives_the_session_a_new_id(client, ann):
    client.get(reverse("account_login"))
    client.session["seen"] = 1
    client.session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_the_session_cookie_is_for_the_server_only(client, ann):
    cookie = sign_in(client).cookies["smo"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_next_leads_only_inside(client, ann):
    inside = sign_in(client, next="/organization/units/").headers["Location"]
    answers = []
    for address in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        other = Client()
        answers.append(sign_in(other, next=address).headers["Location"])
    assert (inside, answers) == ("/organization/units/", ["/"] * 4)


def test_there_is_no_way_to_sign_up(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert [client.get(path).status_code for path in ("/signup/", "/accounts/signup/", "/sign-up/")] == [404] * 3


def test_passwords_are_kept_by_argon2(ann):
    assert PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    hasher = Argon2PasswordHasher()
    assert (hasher.memory_cost >= 19 * 1024, hasher.time_cost >= 2) == (True, True)


def test_a_personal_page_is_kept_by_no_cache(client, ann):
    sign_in(client)
    assert "no-store" in client.get(reverse("organization:people_file", args=["csv"])).headers["Cache-Control"]


# ---------------------------------------------------------------------------------------------------- limits
def test_five_failures_close_an_account_for_every_process(ann):
    """Two clients, two cache connections: the count stands in the database, not in a process."""
    first, second = Client(), Client(REMOTE_ADDR="10.0.0.2")
    for number in range(5):
        answer = sign_in((first, second)[number % 2], password=f"wrong {number}")
        assert errors(answer) == [WRONG]
        _forget_connections()
    for client in (first, second, Client(REMOTE_ADDR="10.0.0.3")):
        assert errors(sign_in(client)) == [TOO_MANY], "also with the right password"
    assert len(events("sign_in_failed")) == 5


def _forget_connections():
    """Drop this process's cache object, as another process would have its own."""
    del caches["default"]


def test_a_closed_account_opens_after_five_minutes_and_others_stay_open(ann, root):
    bob = factories.person("Bob", email="bob@example.org", home=root)
    bob.set_password(PASSWORD)
    bob.save(update_fields=["password"])
    start = timezone.now()
    for number in range(6):
        sign_in(Client(), password=f"wrong {number}")
    assert sign_in(Client(), email="bob@example.org").status_code == 302
    assert errors(sign_in(Client())) == [TOO_MANY]
    with time_machine.travel(start + timedelta(minutes=5, seconds=5)):
        assert sign_in(Client()).status_code == 302


# -------------------------------------------------------------------------------------------------- sessions
def test_half_an_hour_away_ends_the_session(client, ann):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client)
        assert is_in(client)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert is_in(client)
        clock.shift(timedelta(minutes=31))
        assert not is_in(client)
        page = client.get(reverse("account_login"))
    assert "You were signed out after a while. Sign in to go on." in page.content.decode()


def test_half_a_day_ends_the_session_however_busy(client, ann):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client)
        assert is_in(client)
        for _ in range(29):
            clock.shift(timedelta(minutes=25))
            assert is_in(client) == (_ < 28)


def test_whoever_is_deactivated_is_out_at_once_everywhere(ann, root):
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client)
        assert is_in(client)
    admin = factories.administrator(root)
    now = timezone.now()
    deactivate_person(admin, person=ann, on=timezone.localdate(now), now=now)
    assert [is_in(client) for client in clients] == [False, False]
    assert errors(sign_in(Client())) == [WRONG]


# ----------------------------------------------------------------------------------------------------- reset
def reset_link():
    (message,) = mail.outbox
    found = re.search(r"https?://[^/\s]+(/password/reset/key/\S+)", message.body)
    assert found, message.body
    return found[1]


def test_a_forgotten_password_is_set_anew_once_and_ends_every_session(client, ann):
    elsewhere = Client()
    sign_in(elsewhere)
    answer = client.post(reverse("account_reset_password"), {"email": EMAIL})
    assert answer.headers["Location"] == reverse("account_reset_password_done")
    assert (mail.outbox[0].to, mail.outbox[0].subject) == ([EMAIL], "Choose a new password")
    link = reset_link()
    form = client.get(link, follow=True)
    clean = form.redirect_chain[-1][0]
    assert link not in clean, "the key leaves the address before the page is shown"
    mail.outbox.clear()
    done = client.post(clean, {"password1": NEW, "password2": NEW})
    assert done.headers["Location"] == reverse("account_reset_password_from_key_done")
    assert [(m.to, m.subject) for m in mail.outbox] == [([EMAIL], "Your password was changed")]
    assert (is_in(elsewhere), is_in(client)) == (False, False), "and nobody is signed in by it"
    assert errors(sign_in(Client())) == [WRONG]
    assert sign_in(Client(), password=NEW).status_code == 302
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()
    assert events("password_changed") == [("password_changed", ann.pk, ann.subject_id)]


def test_a_reset_link_is_good_for_an_hour(client, ann):
    client.post(reverse("account_reset_password"), {"email": EMAIL})
    link = reset_link()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "This link no longer works" in client.get(link, follow=True).content.decode()


def test_a_reset_tells_nobody_who_has_an_account(client, ann, root):
    left = factories.person("Left", email="left@example.org", home=root)
    left.is_active = False
    with_event(left.save)
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (EMAIL, "nobody@example.org", "left@example.org")
    ]
    assert {answer.content.decode() for answer in answers} == {answers[0].content.decode()}
    assert [message.to for message in mail.outbox] == [[EMAIL]]


@pytest.mark.parametrize("weak", ["short", "qwertyuiop123", "ann@example.org", "x" * 257])
def test_a_weak_password_is_refused(client, ann, weak):
    sign_in(client)
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert answer.status_code == 200
    assert errors(answer) != []
    assert Person.objects.get(pk=ann.pk).check_password(PASSWORD)


def test_a_changed_password_ends_the_other_sessions_only(client, ann):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert (is_in(client), is_in(elsewhere)) == (True, False)
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]
