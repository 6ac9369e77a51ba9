"""Each due moment of a schedule starts one job: with two clocks, after a standstill, never twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from audit.actions import recording
from jobs.actions.schedules import open_slots
from jobs.models import Job, Outbox, Schedule, Slot
from organization.actors import system_actor
from organization.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)


def schedule(**values: object) -> Schedule:
    with recording(system_actor(), "add_schedule"):
        return Schedule.objects.create(
            **{"name": "Nightly", "task": "tests.work", "since": NOON - timedelta(days=30), **values}
        )


def test_a_due_moment_starts_one_job_as_the_schedules_owner():
    owner = factories.member(Role.SMO_OFFICER, factories.unit())
    schedule(owner_id=owner.person_id, arguments={"x": 1}, queue="heavy")
    (started,) = open_slots(NOON)
    assert open_slots(NOON + timedelta(hours=1)) == []
    assert (started.person_id, started.title, started.task, started.queue, started.arguments) == (
        owner.person_id, "Nightly", "tests.work", "heavy", {"x": 1, "due_at": "2026-07-09T02:00:00+00:00"},
    )  # fmt: skip
    assert list(Slot.objects.values_list("due_at", "job")) == [(NOON.replace(hour=2), started.pk)]
    assert Outbox.objects.filter(job=started).count() == 1


def test_a_schedule_without_an_owner_is_the_portals():
    schedule()
    assert [job.person_id for job in open_slots(NOON)] == [None]


def test_after_a_standstill_only_the_latest_missed_moment_is_caught_up():
    schedule()
    open_slots(NOON)
    later = NOON + timedelta(days=9)
    assert len(open_slots(later)) == 1
    assert open_slots(later + timedelta(hours=1)) == []
    assert [due_at.day for due_at in Slot.objects.order_by("due_at").values_list("due_at", flat=True)] == [9, 18]


def test_a_clock_that_goes_back_starts_nothing_again():
    schedule()
    open_slots(NOON)
    assert open_slots(NOON - timedelta(days=3)) == []


def test_what_was_due_before_the_schedule_was_made_is_not_caught_up_and_a_stopped_one_is_silent():
    schedule(since=NOON - timedelta(hours=1))
    schedule(name="Stopped", is_active=False)
    assert open_slots(NOON) == []
    assert len(open_slots(NOON + timedelta(days=1))) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_start_one_job_per_moment():
    schedule()
    schedule(name="Hourly", every="hour")
    barrier = threading.Barrier(4)

    def tick() -> None:
        barrier.wait()
        open_slots(NOON)
        connections.close_all()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Slot.objects.count(), Job.objects.count(), Outbox.objects.count()) == (2, 2, 2)
