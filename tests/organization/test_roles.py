"""Roles, positions and deputies: dated, given by those who may, ended in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Event
from core.access import Forbidden, can
from organization.actions.delegations import delegate, end_delegation, start_acting, stop_acting
from organization.actions.memberships import RoleRow, end_role, grant_roles
from organization.actions.positions import PositionRow, add_positions, end_position
from organization.actors import actor_of, deputy_actor
from organization.models import Delegation, Membership, Person, Position
from organization.roles import Role
from tests import factories
from tests.factories.organization import BEGINNING, TODAY
from tests.organization.refusing import refused

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)
ADMINISTRATORS_ONLY = "You may see this, but you may not do that. It can be done by: Administrator."


@pytest.fixture
def root():
    return factories.unit("Northmere", code="NMH")


@pytest.fixture
def admin(root):
    return factories.administrator(root)


@pytest.fixture
def ann(root):
    return factories.person("Ann", home=root)


# ----------------------------------------------------------------------------------------------------- roles
def test_a_role_holds_from_its_first_to_its_last_day(admin, root, ann):
    grant_roles(admin, rows=[RoleRow(ann, root, Role.AUDITOR, TODAY, TOMORROW)])
    held = [actor_of(ann, day).has(Role.AUDITOR) for day in (YESTERDAY, TODAY, TOMORROW, NEXT_WEEK)]
    assert held == [False, True, True, False]
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.subject_id, event.details) == (
        "grant_roles", ann.subject_id, {"count": 1, "to_self": False},
    )  # fmt: skip


def test_whoever_gives_themselves_a_role_is_named_for_it(admin, root):
    myself = Person.objects.get(pk=admin.person_id)
    grant_roles(admin, rows=[RoleRow(myself, root, Role.HR_PARTNER, TODAY)])
    assert Event.objects.order_by("-pk").first().details == {"count": 1, "to_self": True}


def test_a_role_ends_on_the_day(admin, root, ann):
    (membership,) = grant_roles(admin, rows=[RoleRow(ann, root, Role.AUDITOR, BEGINNING)])
    end_role(admin, membership=membership, on=TODAY, reason="moved on")
    assert [actor_of(ann, day).has(Role.AUDITOR) for day in (YESTERDAY, TODAY)] == [True, False]
    with refused("It has ended already, on 9 July 2026."):
        end_role(admin, membership=membership, on=TOMORROW)


def test_a_role_ended_before_it_began_vanishes(admin, root, ann):
    (membership,) = grant_roles(admin, rows=[RoleRow(ann, root, Role.AUDITOR, TODAY)])
    end_role(admin, membership=membership, on=TODAY)
    assert not Membership.objects.filter(pk=membership.pk).exists()


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"role": "king"}, "'king' is no role.", "role"),
        ({"last_day": YESTERDAY}, "The last day lies before the first.", "last_day"),
        ({"role": Role.CONTRIBUTOR}, "Ann is already Contributor of Northmere in that time.", "role"),
    ],
)
def test_a_role_that_cannot_be_is_refused(admin, root, ann, changes, sentence, field):
    grant_roles(admin, rows=[RoleRow(ann, root, Role.CONTRIBUTOR, NEXT_WEEK)])
    with refused(sentence, field=field):
        grant_roles(admin, rows=[replace(RoleRow(ann, root, Role.AUDITOR, TODAY), **changes)])


def test_the_same_role_twice_in_a_batch_is_refused_and_after_its_end_is_not(admin, root, ann):
    row = RoleRow(ann, root, Role.AUDITOR, TODAY, TOMORROW)
    with refused(
        "1 of 2 rows was refused, and nothing was saved. Row 2: Ann is already Auditor of Northmere in that time."
    ):
        grant_roles(admin, rows=[row, row])
    grant_roles(admin, rows=[row, replace(row, first_day=TOMORROW + timedelta(days=1), last_day=None)])
    assert Membership.objects.filter(person=ann).count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_give_and_end_roles(root, ann, role):
    actor = factories.member(role, root)
    own = Membership.objects.get(person_id=actor.person_id)
    with refused("You may not do this for 1 of 1 rows: Northmere.", by=Forbidden):
        grant_roles(actor, rows=[RoleRow(ann, root, Role.EMPLOYEE, TODAY)])
    with refused(ADMINISTRATORS_ONLY, by=Forbidden):
        end_role(actor, membership=own, on=TODAY)


def test_the_portal_keeps_an_administrator(admin, root, ann):
    own = Membership.objects.get(person_id=admin.person_id)
    with refused(f"{own.person.name} is the only administrator. Make somebody else an administrator first."):
        end_role(admin, membership=own, on=TODAY)
    grant_roles(admin, rows=[RoleRow(ann, root, Role.ADMINISTRATOR, TODAY, NEXT_WEEK)])
    with refused("… is the only administrator. …"):
        end_role(admin, membership=own, on=TODAY)
    bob = factories.person("Bob")
    grant_roles(admin, rows=[RoleRow(bob, root, Role.ADMINISTRATOR, TODAY)])
    end_role(admin, membership=own, on=TODAY)
    assert not actor_of(own.person, TODAY).has(Role.ADMINISTRATOR)


def test_who_has_left_gets_no_role(admin, root, ann):
    Person.objects.filter(pk=ann.pk)
    ann.is_active = False
    with refused("Ann has left. Bring them back first.", field="person"):
        grant_roles(admin, rows=[RoleRow(ann, root, Role.AUDITOR, TODAY)])


# ------------------------------------------------------------------------------------------------- positions
def test_positions_are_held_for_a_time(admin, root, ann):
    (made,) = add_positions(
        admin, rows=[PositionRow(ann, root, " Nurse ", BEGINNING, TODAY, "Nursing", "manager", "North", Decimal("0.8"))]
    )
    stored = Position.objects.get(pk=made.pk)
    assert (stored.title, stored.level, stored.fte, stored.valid.lower, stored.valid.upper) == (
        "Nurse", "manager", Decimal("0.80"), BEGINNING, TOMORROW,
    )  # fmt: skip
    end_position(admin, position=made, on=TODAY)
    assert Position.objects.get(pk=made.pk).valid.upper == TODAY
    assert Event.objects.order_by("-pk").values_list("verb", "subject_id").first() == ("end_position", ann.subject_id)


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"title": ""}, "The title is empty. Write something there.", "title"),
        ({"level": "boss"}, "'boss' is no level.", "level"),
        ({"fte": Decimal(0)}, "The full-time equivalent is a number above 0 and up to 2, …", "fte"),
        ({"fte": Decimal("NaN")}, "The full-time equivalent is a number above 0 and up to 2, …", "fte"),
        ({"fte": Decimal("0.333")}, "The full-time equivalent is a number above 0 and up to 2, …", "fte"),
        ({"last_day": date(2019, 1, 1)}, "The last day lies before the first.", "last_day"),
        ({}, "Ann has a position in Northmere in that time. End it first.", "unit"),
    ],
)
def test_a_position_that_cannot_be_is_refused(admin, root, ann, changes, sentence, field):
    factories.position(ann, root)
    with refused(sentence, field=field):
        add_positions(admin, rows=[replace(PositionRow(ann, root, "Nurse", BEGINNING), **changes)])


# -------------------------------------------------------------------------------------------------- deputies
@pytest.fixture
def head(root):
    """A unit head who is an auditor too."""
    actor = factories.member(Role.UNIT_HEAD, root, "Head")
    person = Person.objects.get(pk=actor.person_id)
    grant_roles(factories.administrator(root), rows=[RoleRow(person, root, Role.AUDITOR, BEGINNING)])
    return person


def given(head, deputy, **changes):
    values = {"first_day": TODAY, "last_day": NEXT_WEEK, "today": TODAY, "roles": [Role.UNIT_HEAD], **changes}
    return delegate(actor_of(head, TODAY), person=head, deputy=deputy, **values)


def test_a_deputy_acts_with_the_roles_passed_on_and_both_are_named(head, ann, root):
    delegation = given(head, ann)
    deputy = deputy_actor(ann, delegation, TODAY)
    assert [deputy.has(role) for role in (Role.UNIT_HEAD, Role.AUDITOR)] == [True, False]
    start_acting(actor_of(ann, TODAY), delegation=delegation, today=TODAY)
    stop_acting(deputy)
    rows = Event.objects.order_by("-pk").values_list(
        "verb", "actor_id", "on_behalf_of_id", "on_behalf_of_label", "subject_id"
    )
    assert list(rows[:2]) == [
        ("stop_acting", ann.pk, head.pk, "Head", head.subject_id),
        ("start_acting", ann.pk, None, "", head.subject_id),
    ]


def test_no_role_named_passes_on_all_that_are_held_on_the_day(head, ann):
    deputy = deputy_actor(ann, given(head, ann, roles=[]), TODAY)
    assert [deputy.has(role) for role in (Role.UNIT_HEAD, Role.AUDITOR)] == [True, True]


def test_a_deputy_reads_their_own_things_only_as_themselves(head, ann):
    """Roles are passed on, not what is personal."""
    deputy = deputy_actor(ann, given(head, ann), TODAY)
    assert [can(deputy, "add_token", person) for person in (head, ann)] == [False, True]


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"last_day": YESTERDAY, "first_day": BEGINNING}, "The last day, 8 July 2026, has passed.", "last_day"),
        ({"last_day": YESTERDAY}, "The last day lies before the first.", "last_day"),
        ({"last_day": date(2028, 1, 1)}, "A delegation lasts a year at most. Choose an earlier last day.", "last_day"),
        ({"roles": [Role.HR_PARTNER]}, "Head does not hold: HR partner.", "roles"),
    ],
)
def test_a_delegation_that_cannot_be_is_refused(head, ann, changes, sentence, field):
    with refused(sentence, field=field):
        given(head, ann, **changes)


def test_nobody_is_their_own_deputy_or_makes_themselves_one(head, admin):
    with refused("Nobody is their own deputy. Choose somebody else.", field="deputy"):
        given(head, head)
    administrator = Person.objects.get(pk=admin.person_id)
    with refused("You cannot make yourself Head's deputy. Head or another administrator can.", field="deputy"):
        delegate(admin, person=head, deputy=administrator, first_day=TODAY, last_day=NEXT_WEEK, today=TODAY)


def test_a_delegation_is_the_persons_own_or_an_administrators(head, ann, admin):
    bob = factories.person("Bob")
    with refused(ADMINISTRATORS_ONLY, by=Forbidden):
        delegate(actor_of(bob, TODAY), person=head, deputy=ann, first_day=TODAY, last_day=NEXT_WEEK, today=TODAY)
    delegation = delegate(admin, person=head, deputy=ann, first_day=TODAY, last_day=NEXT_WEEK, today=TODAY)
    with refused("Ann is Head's deputy in that time already. End that first.", field="deputy"):
        given(head, ann, first_day=NEXT_WEEK, last_day=NEXT_WEEK)
    with refused("There is nothing here, or it is not for you.", by=Exception):
        end_delegation(actor_of(bob, TODAY), delegation=delegation, on=TODAY)
    end_delegation(actor_of(head, TODAY), delegation=delegation, on=TODAY)
    assert not Delegation.objects.filter(pk=delegation.pk).exists()


def test_somebody_without_roles_has_nothing_to_pass_on(ann):
    with refused("Ann holds no role that could be passed on.", field="roles"):
        given(ann, factories.person("Bob"))


def test_only_the_deputy_starts_and_only_while_it_lasts(head, ann, admin):
    delegation = given(head, ann, first_day=TOMORROW)
    with refused("This delegation is not valid today."):
        start_acting(actor_of(ann, TODAY), delegation=delegation, today=TODAY)
    with refused("You may see this, but you may not change it. Its owner can.", by=Forbidden):
        start_acting(admin, delegation=delegation, today=TOMORROW)
    acting = deputy_actor(ann, delegation, TODAY)
    with refused("You act for Head now. Stop that first.", by=Forbidden):
        start_acting(acting, delegation=delegation, today=TOMORROW)
