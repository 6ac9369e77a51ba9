"""Ordering, stopping and repeating work."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connections, transaction

from core.access import Forbidden, NotVisible
from core.actions import Refusal
from jobs.actions import cancel, enqueue, retry
from jobs.models import Job, Outbox
from organization.actors import system_actor
from organization.roles import Role
from tests import factories
from tests.factories.jobs import job

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[str, str, int]]:
    return list(Job.objects.order_by("pk").values_list("state", "key", "attempts"))


def test_an_order_is_a_job_and_a_message_that_holds_no_content():
    unit = factories.unit()
    actor = factories.member(Role.EXECUTIVE, unit)
    made = enqueue(
        actor, "tests.work", title="Some work", arguments={"id": 7}, unit=unit, subject=unit.subject, queue="heavy"
    )
    stored = Job.objects.get()
    assert (stored.person_id, stored.task, stored.arguments, stored.unit, stored.subject, stored.queue, stored.state) == (
        actor.person_id, "tests.work", {"id": 7}, unit, unit.subject, "heavy", "queued",
    )  # fmt: skip
    assert list(Outbox.objects.values_list("kind", "job", "payload", "sent_at")) == [("task", made.pk, {}, None)]


def test_an_order_of_an_action_that_is_rolled_back_never_was():
    class Oops(Exception):
        pass

    with pytest.raises(Oops), transaction.atomic():
        job(system_actor(), key="k")
        raise Oops
    assert (Job.objects.count(), Outbox.objects.count()) == (0, 0)


def test_the_same_key_gives_the_open_job_and_a_new_one_once_it_has_ended():
    first = job(system_actor(), key="report:1")
    assert job(system_actor(), key="report:1") == first
    Job.objects.update(state="running")
    assert job(system_actor(), key="report:1") == first
    Job.objects.update(state="done")
    second = job(system_actor(), key="report:1")
    assert second != first
    assert (Job.objects.count(), Outbox.objects.count()) == (2, 2)


def test_jobs_without_a_key_do_not_meet():
    assert job(system_actor()) != job(system_actor())


def test_an_unknown_queue_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="no such queue"):
        job(system_actor(), queue="slow")
    assert rows() == []


def test_the_limits_of_a_token_go_with_the_job():
    actor = replace(
        factories.member(Role.EXECUTIVE, factories.unit()),
        token_verbs=frozenset({"view"}),
        token_units=frozenset({3, 1}),
    )
    assert job(actor).limits == {"verbs": ["view"], "units": [1, 3]}
    assert job(system_actor()).limits == {}


def test_a_long_title_is_cut():
    assert job(system_actor(), title="x" * 300).title == "x" * 200


def test_a_waiting_job_is_stopped_at_once_and_a_running_one_is_asked_to():
    actor = factories.member(Role.EXECUTIVE, factories.unit())
    waiting, running = job(actor), job(actor)
    Job.objects.filter(pk=running.pk).update(state="running")
    stopped, asked = cancel(actor, waiting), cancel(actor, running)
    assert (stopped.state, stopped.is_cancel_asked, stopped.ended_at is None) == ("cancelled", True, False)
    assert (asked.state, asked.is_cancel_asked, asked.ended_at) == ("running", True, None)


def test_an_ended_job_cannot_be_stopped():
    actor = factories.member(Role.EXECUTIVE, factories.unit())
    ended = job(actor)
    Job.objects.update(state="done")
    with pytest.raises(Refusal, match="has already ended"):
        cancel(actor, ended)
    assert rows() == [("done", "", 0)]


def test_a_failed_job_is_run_again_from_the_beginning():
    actor = factories.member(Role.EXECUTIVE, factories.unit())
    failed = job(actor)
    Job.objects.update(
        state="failed", attempts=3, problem="Broken.", is_accident=True, steps_done=4, is_cancel_asked=True
    )
    Outbox.objects.update(sent_at="2026-01-01T00:00Z", attempts=3)
    again = retry(actor, failed)
    assert (again.state, again.attempts, again.problem, again.is_accident, again.steps_done, again.is_cancel_asked) == (
        "queued", 0, "", False, 0, False,
    )  # fmt: skip
    assert list(Outbox.objects.values_list("job", "sent_at", "attempts")) == [(failed.pk, None, 0)]


def test_only_failed_and_stopped_jobs_are_run_again_and_not_beside_the_same_work():
    actor = factories.member(Role.EXECUTIVE, factories.unit())
    first = job(actor, key="k")
    with pytest.raises(Refusal, match="is not one that failed"):
        retry(actor, first)
    Job.objects.update(state="failed")
    job(actor, key="k")
    with pytest.raises(Refusal, match="has been ordered anew"):
        retry(actor, first)
    assert rows() == [("failed", "k", 0), ("queued", "k", 0)]


def test_people_see_their_own_jobs_and_administrators_what_is_the_portals_or_broke():
    unit = factories.unit()
    owner, other = factories.member(Role.EXECUTIVE, unit), factories.member(Role.EXECUTIVE, unit)
    administrator = factories.administrator(unit)
    mine, portals = job(owner), job(system_actor())
    for actor, target in [(other, mine), (administrator, mine), (owner, portals)]:
        with pytest.raises(NotVisible):
            cancel(actor, target)
    Job.objects.filter(pk=mine.pk).update(state="failed", is_accident=True)
    with pytest.raises(Forbidden):
        cancel(administrator, mine)
    assert rows() == [("failed", "", 0), ("queued", "", 0)]
    assert retry(administrator, mine).person_id == owner.person_id
    assert cancel(administrator, portals).state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_two_orders_with_one_key_at_the_same_moment_are_one_job():
    """The second one waits for the first, sees that the key is taken, and gets the first one's job."""
    barrier, found = threading.Barrier(8), []

    def order() -> None:
        barrier.wait()
        found.append(job(system_actor(), key="one").pk)
        connections.close_all()

    threads = [threading.Thread(target=order) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), Job.objects.count(), Outbox.objects.count()) == (8, 1, 1, 1)
