"""Programs read units and people by a token with its owner's rights, or fewer (TRUST Z13)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization.actions.leaving import deactivate_person
from organization.actions.memberships import end_role
from organization.actions.tokens import issue_token, revoke_token
from organization.actors import actor_of
from organization.models import ApiToken, Membership, OrgUnit, Person
from organization.roles import Role
from tests import factories
from tests.organization.refusing import refused

pytestmark = pytest.mark.django_db
PEOPLE, UNITS = "/api/v1/people/", "/api/v1/units/"


@pytest.fixture
def root():
    return factories.unit("Northmere", code="NMH")


@pytest.fixture
def ann(root):
    """An HR partner, who sees details in her branch."""
    actor = factories.member(Role.HR_PARTNER, root, "Ann")
    return Person.objects.get(pk=actor.person_id)


def token(person, *, verbs=(), units=(), life=timedelta(days=9), now: datetime | None = None):
    now = now or timezone.now()
    actor = actor_of(person, timezone.localdate())
    return issue_token(actor, person=person, name="Sheets", expires_at=now + life, now=now, verbs=verbs, units=units)


def get(path, secret):
    return Client().get(path, headers={"Authorization": f"Token {secret}"})


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def test_units_and_people_are_read_with_their_places(root, ann):
    ward = factories.unit("Ward", parent=root, code="W")
    _token, secret = token(ann)
    units, people = get(UNITS, secret).json()["results"], get(PEOPLE, secret).json()["results"]
    assert [(row["code"], row["parent"]) for row in units] == [("NMH", None), ("W", root.pk)]
    assert [(row["name"], row["email"], row["home_unit"]) for row in people] == [("Ann", ann.email, root.pk)]
    assert get(f"{UNITS}{ward.pk}/", secret).json()["name"] == "Ward"


def test_details_are_for_those_who_may_see_them(root, ann):
    bob = factories.person("Bob", home=root)
    _token, secret = token(bob)
    answer = get(PEOPLE, secret).json()["results"]
    assert [(row["name"], row["email"]) for row in answer] == [("Ann", None), ("Bob", bob.email)]


def test_lists_are_filtered(root, ann):
    ward = factories.unit("Ward", parent=root, code="W", kind="team")
    factories.person("Bob", home=ward)
    _token, secret = token(ann)
    assert names(get(f"{UNITS}?kind=team", secret)) == ["Ward"]
    assert names(get(f"{UNITS}?code=NMH&open=true", secret)) == ["Northmere"]
    assert names(get(f"{PEOPLE}?unit={ward.pk}", secret)) == ["Bob"]


def test_a_list_costs_the_same_whatever_its_length(root, ann):
    _token, secret = token(ann)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            factories.person(home=factories.unit(parent=root))
        for path in (UNITS, PEOPLE):
            with CaptureQueriesContext(connection) as queries:
                get(path, secret)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_nothing_is_written_here(root, ann):
    _token, secret = token(ann)
    headers = {"Authorization": f"Token {secret}"}
    calls = [
        Client().post(UNITS, {"name": "x"}, content_type="application/json", headers=headers),
        Client().patch(f"{UNITS}{root.pk}/", {"name": "x"}, content_type="application/json", headers=headers),
        Client().delete(f"{PEOPLE}{ann.pk}/", headers=headers),
    ]
    assert [call.status_code for call in calls] == [403] * 3
    assert OrgUnit.objects.get(pk=root.pk).name == "Northmere"


@pytest.mark.parametrize("header", [None, "Token", "Token a b", "Token nonsense", "Token smö", "Basic QW5uOng="])
def test_without_a_right_token_nothing_is_answered(ann, header):
    answer = Client().get(PEOPLE, headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")


def test_a_token_is_stored_as_a_fingerprint_and_says_when_it_was_used(ann):
    made, secret = token(ann)
    assert (secret.startswith("smo_"), made.prefix, secret in str(ApiToken.objects.values())) == (
        True,
        secret[:12],
        False,
    )
    assert made.last_used_at is None
    get(PEOPLE, secret)
    assert ApiToken.objects.get().last_used_at is not None


def test_a_token_limited_to_units_sees_no_more(root, ann):
    ward = factories.unit("Ward", parent=root, code="W")
    factories.person("Bob", home=ward)
    _token, secret = token(ann, units=[ward])
    assert (names(get(UNITS, secret)), names(get(PEOPLE, secret))) == (["Ward"], ["Bob"])
    assert get(f"{UNITS}{root.pk}/", secret).status_code == 404


def test_a_token_limited_to_verbs_does_no_more(ann):
    _token, secret = token(ann, verbs=["view"])
    assert [row["email"] for row in get(PEOPLE, secret).json()["results"]] == [None], "details are a verb of their own"
    _token, other = token(ann, verbs=["record"])
    assert names(get(PEOPLE, other)) == []


def test_a_token_follows_its_owners_rights(root, ann):
    bob = factories.person("Bob", home=root)
    _token, secret = token(ann)
    emails = [[row["email"] for row in get(PEOPLE, secret).json()["results"]]]
    admin = factories.administrator(root)
    end_role(admin, membership=Membership.objects.get(person=ann), on=timezone.localdate())
    emails.append([row["email"] for row in get(f"{PEOPLE}?unit={root.pk}", secret).json()["results"]][:2])
    assert emails == [[ann.email, bob.email], [ann.email, None]]


def test_an_ended_an_old_and_a_leavers_token_are_refused(root, ann):
    admin, now = factories.administrator(root), timezone.now()
    ended, first = token(ann)
    revoke_token(actor_of(ann, timezone.localdate()), token=ended, now=now)
    _old, second = token(ann, now=now - timedelta(days=9), life=timedelta(days=8))
    _kept, third = token(ann)
    assert get(PEOPLE, third).status_code == 200
    deactivate_person(admin, person=ann, on=timezone.localdate(), now=now)
    assert [get(PEOPLE, secret).status_code for secret in (first, second, third)] == [401, 401, 401]


@pytest.mark.parametrize(
    ("life", "sentence"),
    [
        (timedelta(0), "A token ends within a year: choose a date after today and within a year."),
        (timedelta(days=367), "A token ends within a year: choose a date after today and within a year."),
    ],
)
def test_a_token_lives_a_year_at_most(ann, life, sentence):
    with refused(sentence, field="expires_at"):
        token(ann, life=life)


def test_nobody_makes_a_token_for_another(root, ann):
    admin = factories.administrator(root)
    with refused("You may see this, but you may not change it. Its owner can.", by=Exception):
        issue_token(admin, person=ann, name="x", expires_at=timezone.now() + timedelta(days=1), now=timezone.now())
    with refused("Give the token a name, so that you know later what uses it.", field="name"):
        issue_token(
            actor_of(ann, timezone.localdate()), person=ann, name=" ",
            expires_at=timezone.now() + timedelta(days=1), now=timezone.now(),
        )  # fmt: skip
