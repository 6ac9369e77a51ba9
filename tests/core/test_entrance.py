"""The pages outside the shell: sign-in, passwords, errors."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from core.views import server_error

pytestmark = pytest.mark.django_db


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_sign_in_asks_for_mail_and_password_and_offers_no_sign_up(client):
    html = client.get("/sign-in/").content.decode()
    asked = [name for kind, name in re.findall(r'<input type="(\w+)" name="(\w+)"', html) if kind != "hidden"]
    assert asked == ["login", "password"]
    assert "sign up" not in html.lower()
    assert text(html).count("Forgot") == 1
    assert 'autocomplete="current-password"' in html


def test_a_wrong_sign_in_says_so_at_the_top_and_keeps_the_mail(client):
    answer = client.post("/sign-in/", {"login": "nobody@example.org", "password": "wrong"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.index("smo-errsum") < html.index('name="login"')
    assert 'value="nobody@example.org"' in html


def test_the_way_back_to_a_forgotten_password(client):
    assert "Send the link" in text(client.get("/password/reset/").content.decode())
    assert "Look into your mail" in text(client.get("/password/reset/done/").content.decode())
    assert "This link no longer works" in text(client.get("/password/reset/key/x-y/", follow=True).content.decode())


def test_what_is_not_there_says_what_to_do_and_not_what_was_asked(client):
    answer = client.get("/no-such-secret-page/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "Check the address." in text(html)
    assert "no-such-secret-page" not in html


def test_a_form_that_was_open_too_long_says_so():
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert (answer.status_code, "The form was open too long" in text(answer.content.decode())) == (403, True)


def test_the_theme_is_kept_in_the_browser_and_comes_from_the_server(client):
    client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert client.cookies["theme"].value == "dark"
    assert '<html lang="en-gb" data-bs-theme="dark">' in client.get("/sign-in/").content.decode()


def test_a_failure_names_its_reference_and_needs_no_database(django_assert_num_queries):
    request = RequestFactory().get("/")
    request.request_id = "3f2a9c11"
    with django_assert_num_queries(0):
        answer = server_error(request)
    assert (answer.status_code, "Reference 3f2a9c11" in text(answer.content.decode())) == (500, True)
