"""Every tracked write stands in the log with who did it; nothing in the log can be changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from audit.actions import recording
from audit.models import Change, Event
from audit.queries import changes_of
from organization.actors import system_actor
from organization.models import OrgUnit
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_action_records_who_and_the_columns_that_changed():
    unit = factories.unit("North")
    actor = factories.administrator(unit)
    with recording(actor, "rename_unit", subject_id=unit.subject_id, reason="merger") as event:
        OrgUnit.objects.filter(pk=unit.pk).update(name="Northmere")
    stored = Event.objects.get(pk=event.pk)
    assert (stored.verb, stored.actor_id, stored.reason, stored.subject_id) == (
        "rename_unit", actor.person_id, "merger", unit.subject_id,
    )  # fmt: skip
    assert [(c.table, c.operation, c.before, c.after) for c in changes_of(event)] == [
        ("organization_orgunit", "update", {"name": "North"}, {"name": "Northmere"})
    ]


def test_a_tracked_write_outside_an_event_is_refused():
    unit = factories.unit("North")
    with pytest.raises(DatabaseError, match="outside an audit event"), transaction.atomic():
        OrgUnit.objects.filter(pk=unit.pk).update(name="South")
    assert OrgUnit.objects.get(pk=unit.pk).name == "North"


def test_passwords_never_stand_in_the_log():
    someone = factories.person()
    assert not Change.objects.filter(table="organization_person", after__has_key="password").exists()
    type(someone).objects.filter(pk=someone.pk).update(last_login="2026-01-01T00:00Z")


def test_an_inner_action_has_its_own_event_and_the_outer_goes_on():
    unit = factories.unit("North")
    with recording(system_actor(), "outer") as outer:
        with recording(system_actor(), "inner") as inner:
            OrgUnit.objects.filter(pk=unit.pk).update(name="Inner")
        OrgUnit.objects.filter(pk=unit.pk).update(name="Outer")
    assert [c.after for c in changes_of(inner)] == [{"name": "Inner"}]
    assert [c.after for c in changes_of(outer)] == [{"name": "Outer"}]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event", "DELETE FROM audit_change"]
)
def test_the_log_cannot_be_changed_by_its_owner(statement):
    factories.unit()
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_change", "TRUNCATE audit_event"]
)
def test_the_portals_own_role_may_not_touch_the_log(statement):
    factories.unit()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE smo_app")
        cursor.execute(statement)
