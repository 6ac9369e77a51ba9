"""People are added in batches, changed under a version, and lose every access in one moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from core.access import Forbidden
from core.actions import Conflict
from organization.actions.delegations import delegate
from organization.actions.leaving import deactivate_person, reactivate_person
from organization.actions.managers import ManagerRow, set_managers
from organization.actions.people import PersonRow, add_people, change_person
from organization.actions.tokens import issue_link, issue_token
from organization.actors import actor_of
from organization.models import AccessLink, ApiToken, ChainRow, Membership, Person, Position, Subject
from organization.queries import leaving
from organization.roles import Role
from tests import factories
from tests.factories.organization import BEGINNING, PASSWORD, TODAY
from tests.organization.refusing import refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 9, 9, 30, tzinfo=UTC)


@pytest.fixture
def root():
    return factories.unit("Northmere", code="NMH")


@pytest.fixture
def admin(root):
    return factories.administrator(root)


# ---------------------------------------------------------------------------------------------------- adding
def test_people_are_added_as_they_are_written(admin, root):
    ward = factories.unit("Ward", parent=root)
    ann, bob = add_people(
        admin,
        rows=[
            PersonRow(" Ann  Lee ", ward, "Ann.Lee@Example.org", "S-1", date(2024, 2, 1), PASSWORD),
            PersonRow("Bob", root),
        ],
    )
    assert [(p.name, p.email, p.code, p.home_unit, p.joined_on, p.is_active) for p in (ann, bob)] == [
        ("Ann  Lee", "ann.lee@example.org", "S-1", ward, date(2024, 2, 1), True),
        ("Bob", None, None, root, None, True),
    ]
    assert (Person.objects.get(pk=ann.pk).check_password(PASSWORD), bob.has_usable_password()) == (True, False)
    rows = Subject.objects.filter(kind="person", key__in=[ann.pk, bob.pk]).order_by("label")
    assert list(rows.values_list("label", "unit_id", "owner_id")) == [
        ("Ann  Lee", ward.pk, ann.pk),
        ("Bob", root.pk, bob.pk),
    ]
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.actor_id, event.details) == ("add_people", admin.person_id, {"count": 2})


def test_a_batch_of_people_costs_the_same_whatever_its_size(admin, root):
    counts = []
    for mark, count in (("a", 2), ("b", 40)):
        with CaptureQueriesContext(connection) as queries:
            add_people(admin, rows=[PersonRow(f"{mark}{n}", root, f"{mark}{n}@example.org") for n in range(count)])
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"name": " "}, "The name is empty. Write something there.", "name"),
        ({"email": "nobody"}, "'nobody' is not an e-mail address. Write it like name@example.org.", "email"),
        ({"email": "a\r\nBcc: x@y.z"}, "The e-mail holds a character that cannot be shown. Type it again.", "email"),
        ({"email": "ANN@example.org"}, "The e-mail ann@example.org belongs to somebody else.", "email"),
        ({"code": "S 1"}, "The staff number 'S 1' may hold letters, digits and …", "code"),
        ({"password": "short"}, "This password is too short. It must contain at least 12 characters.", "password"),
        ({"password": "x" * 257}, "This password is too long. It may hold 256 characters at most.", "password"),
    ],
)
def test_a_person_who_cannot_be_is_refused(admin, root, changes, sentence, field):
    factories.person("Ann", email="ann@example.org")
    with refused(sentence, field=field):
        add_people(admin, rows=[replace(PersonRow("Bob", root), **changes)])


def test_the_same_address_twice_in_a_batch_is_refused(admin, root):
    rows = [PersonRow("A", root, "a@example.org"), PersonRow("B", root), PersonRow("C", root, "A@example.org")]
    with refused(
        "2 of 3 rows were refused, and nothing was saved. Row 1: The e-mail a@example.org belongs to somebody else."
        " Row 3: The e-mail a@example.org belongs to somebody else."
    ):
        add_people(admin, rows=rows)


def test_hr_partners_add_people_in_their_branch_only(root):
    north, south = factories.unit("North", parent=root), factories.unit("South", parent=root)
    ward = factories.unit("Ward", parent=north)
    partner = factories.member(Role.HR_PARTNER, north)
    add_people(partner, rows=[PersonRow("Ann", ward)])
    with refused("You may not do this for 1 of 2 rows: South.", by=Forbidden):
        add_people(partner, rows=[PersonRow("Bob", ward), PersonRow("Cara", south)])


# -------------------------------------------------------------------------------------------------- changing
def test_a_change_is_stored_found_and_recorded(admin, root):
    ward = factories.unit("Ward", parent=root)
    ann = factories.person("Ann", home=root)
    row = change_person(admin, person=ann, values={"name": "Anna", "home_unit": ward, "code": "S-9"}, expected=1)
    assert (row.name, row.home_unit, row.code, row.row_version) == ("Anna", ward, "S-9", 2)
    assert list(Subject.objects.filter(pk=ann.subject_id).values_list("label", "unit_id")) == [("Anna", ward.pk)]
    assert Event.objects.order_by("-pk").values_list("verb", "subject_id").first() == ("change_person", ann.subject_id)


def test_a_second_editor_of_a_person_is_told(admin, root):
    ann = factories.person("Ann", home=root)
    change_person(admin, person=ann, values={"name": "Anna"}, expected=1)
    with refused("Anna was changed by someone else while you were editing.", by=Conflict):
        change_person(admin, person=ann, values={"name": "Anne"}, expected=1)


def test_a_new_address_drops_what_allauth_knew_of_the_old(admin, root):
    ann = factories.person("Ann", home=root, email="ann@example.org")
    EmailAddress.objects.create(user=ann, email="ann@example.org", verified=True, primary=True)
    change_person(admin, person=ann, values={"email": "Anna@Example.org"})
    assert (Person.objects.get(pk=ann.pk).email, EmailAddress.objects.count()) == ("anna@example.org", 0)


def test_hr_partners_cannot_take_over_an_account_by_its_address(root):
    """Whoever holds the mailbox can set a new password, so the address is the administrators'."""
    partner = factories.member(Role.HR_PARTNER, root)
    ann = factories.person("Ann", home=root)
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        change_person(partner, person=ann, values={"name": "Anna", "email": "mine@example.org"})
    assert change_person(partner, person=ann, values={"name": "Anna"}).name == "Anna"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"is_active": False}, "is_active of a person cannot be changed here."),
        ({"password": "x"}, "password of a person cannot be changed here."),
        ({"code": "S-1"}, "The staff number S-1 belongs to somebody else."),
        ({"email": "bob@example.org"}, "The e-mail bob@example.org belongs to somebody else."),
    ],
)
def test_a_change_that_cannot_be_is_refused(admin, root, values, sentence):
    ann = factories.person("Ann", home=root)
    add_people(admin, rows=[PersonRow("Bob", root, "bob@example.org", "S-1")])
    with refused(sentence):
        change_person(admin, person=ann, values=values)


def test_nobody_moves_people_into_a_unit_out_of_their_reach(root):
    north, south = factories.unit("North", parent=root), factories.unit("South", parent=root)
    partner = factories.member(Role.HR_PARTNER, north)
    ann, bob = factories.person("Ann", home=north), factories.person("Bob", home=south)
    with refused("You may not do this for 1 of 1 rows: South.", by=Forbidden):
        change_person(partner, person=ann, values={"home_unit": south})
    with refused(
        "You may see this, but you may not do that. It can be done by: Administrator, HR partner.", by=Forbidden
    ):
        change_person(partner, person=bob, values={"home_unit": north})


# --------------------------------------------------------------------------------------------------- leaving
@pytest.fixture
def ann(root):
    """Somebody with every kind of access."""
    actor = factories.member(Role.UNIT_HEAD, root, "Ann")
    person = Person.objects.get(pk=actor.person_id)
    boss, report = factories.person("Boss"), factories.person("Report")
    factories.position(person, root)
    admin = factories.administrator(root)
    issue_token(actor, person=person, name="Sheets", expires_at=NOW + timedelta(days=9), now=NOW)
    issue_link(actor, purpose="feed", person=person, expires_at=NOW + timedelta(days=9))
    set_managers(admin, rows=[ManagerRow(person, boss), ManagerRow(report, person)], on=TODAY, today=TODAY)
    delegate(actor, person=person, deputy=boss, first_day=TODAY, last_day=TODAY + timedelta(days=9), today=TODAY)
    return person


def test_every_access_ends_in_one_moment(admin, ann):
    before = leaving(ann, TODAY, NOW)
    assert (
        len(before.roles), len(before.positions), before.tokens, before.links, before.delegations, before.reports,
    ) == (1, 1, 1, 1, 1, 1)  # fmt: skip
    stored = Person.objects.get(pk=ann.pk)
    session_mark = stored.get_session_auth_hash()
    row = deactivate_person(admin, person=ann, on=TODAY, now=NOW, reason="retired", expected=1)
    assert (row.is_active, row.left_on, row.has_usable_password(), row.row_version) == (False, TODAY, False, 2)
    assert row.get_session_auth_hash() != session_mark
    after = leaving(ann, TODAY, NOW)
    assert (after.roles, after.positions, after.tokens, after.links, after.delegations, after.reports) == (
        (), (), 0, 0, 0, 1,
    )  # fmt: skip
    assert (ApiToken.objects.get().revoked_at, AccessLink.objects.get().revoked_at) == (NOW, NOW)
    assert [m.valid.upper for m in Membership.objects.filter(person=ann)] == [TODAY], "history stays"
    assert list(ChainRow.objects.values_list("manager__name", "person__name", "depth")) == [("Ann", "Report", 1)]
    assert Event.objects.order_by("-pk").values_list("verb", "reason", "subject_id").first() == (
        "deactivate_person", "retired", ann.subject_id,
    )  # fmt: skip
    assert actor_of(row, TODAY).reach.branch == {}


def test_who_comes_back_has_no_password_and_no_roles(admin, ann):
    deactivate_person(admin, person=ann, on=TODAY, now=NOW)
    row = reactivate_person(admin, person=ann)
    assert (row.is_active, row.left_on, row.has_usable_password()) == (True, None, False)
    assert actor_of(row, TODAY).reach.branch == {}
    with refused("Ann has not left."):
        reactivate_person(admin, person=ann)


def test_a_leaving_that_cannot_be_is_refused(admin, ann, root):
    myself = Person.objects.get(pk=admin.person_id)
    with refused("You cannot end your own access. Ask another administrator."):
        deactivate_person(admin, person=myself, on=TODAY, now=NOW)
    with refused("Access ends today or earlier, not on 10 July 2026.", field="on"):
        deactivate_person(admin, person=ann, on=TODAY + timedelta(days=1), now=NOW)
    partner = factories.member(Role.HR_PARTNER, root)
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        deactivate_person(partner, person=ann, on=TODAY, now=NOW)
    deactivate_person(admin, person=ann, on=TODAY, now=NOW)
    with refused("Ann has left already."):
        deactivate_person(admin, person=ann, on=TODAY, now=NOW)


def test_the_last_administrator_stays(root):
    first, second = factories.administrator(root), factories.administrator(root)
    other = Person.objects.get(pk=second.person_id)
    deactivate_person(first, person=other, on=TODAY, now=NOW)
    third = factories.member(Role.AUDITOR, root)
    assert Membership.objects.filter(role=Role.ADMINISTRATOR, valid__contains=TODAY).count() == 1
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        deactivate_person(third, person=Person.objects.get(pk=first.person_id), on=TODAY, now=NOW)


def test_leaving_on_an_earlier_day_ends_what_was_dated_from_that_day(admin, root):
    ann = factories.person("Ann", home=root)
    factories.position(ann, root)
    deactivate_person(admin, person=ann, on=date(2026, 7, 1), now=NOW)
    assert [(p.valid.lower, p.valid.upper) for p in Position.objects.filter(person=ann)] == [
        (BEGINNING, date(2026, 7, 1))
    ]
