"""What becomes of a job in a worker's hands."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from audit.actions import recording
from audit.models import Event
from core.access import Actor, require
from core.actions import Refusal
from core.periods import PeriodError
from jobs.actions import Cancelled, advance, cancel, enqueue, finish
from jobs.actions.progress import watching
from jobs.actions.running import claim
from jobs.models import Job, Outbox
from organization.actors import deputy_actor, system_actor
from organization.models import Delegation, Membership, OrgUnit, Person
from organization.roles import Role
from tests import factories
from tests.factories.jobs import job, worked

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def nothing(actor: Actor, job: Job) -> None:
    return None


def rename(actor: Actor, job: Job) -> dict[str, Any]:
    """An effect in the database, so that tests see what is undone."""
    with recording(actor, "rename_unit"):
        OrgUnit.objects.filter(pk=job.arguments["unit"]).update(name="Renamed")
    return {"renamed": 1}


def raising(error: BaseException) -> Any:
    def work(actor: Actor, job: Job) -> None:
        rename(actor, job)
        raise error

    return work


@pytest.fixture
def unit() -> OrgUnit:
    return factories.unit("North")


def state_of(done: Job) -> tuple[str, str, bool, int]:
    return done.state, done.problem, done.is_accident, done.attempts


def test_a_job_that_succeeds_holds_its_result_and_acts_as_its_person(unit):
    actor = factories.member(Role.EXECUTIVE, unit)
    done = worked(job(actor, arguments={"unit": unit.pk}), rename)
    assert (state_of(done), done.result, done.percent) == (("done", "", False, 1), {"renamed": 1}, 100)
    assert None not in (done.started_at, done.ended_at, done.heartbeat_at)
    event = Event.objects.get(verb="rename_unit")
    assert (event.actor_id, event.job_id) == (actor.person_id, done.pk)


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_message_for_a_job_that_has_ended_does_nothing(unit, state):
    waiting = job(system_actor(), arguments={"unit": unit.pk})
    Job.objects.update(state=state)
    assert worked(waiting, rename).attempts == 0
    assert OrgUnit.objects.get().name == "North"


def test_a_message_for_a_job_that_is_gone_or_names_other_work_changes_nothing(unit):
    def never(actor: Actor, job: Job) -> None:
        raise AssertionError("this work was not ordered")

    waiting = job(system_actor())
    waiting.task = "tests.other"
    assert worked(waiting, never).problem == "The order and the message about it name different work."
    unknown = Job(pk=waiting.pk + 1000, task="tests.work")
    with pytest.raises(Job.DoesNotExist):
        worked(unknown, never)


@pytest.mark.parametrize(("error", "sentence"), [
    (Refusal("The period is closed. Choose another."), "The period is closed. Choose another."),
    (PeriodError("2026-13 is no month."), "2026-13 is no month."),
])  # fmt: skip
def test_a_refusal_is_the_jobs_problem_and_nothing_stays(unit, error, sentence):
    failed = worked(job(system_actor(), arguments={"unit": unit.pk}), raising(error))
    assert state_of(failed) == ("failed", sentence, False, 1)
    assert OrgUnit.objects.get().name == "North"


def test_an_accident_is_told_with_a_reference_that_stands_in_the_log(unit, caplog):
    failed = worked(job(system_actor(), arguments={"unit": unit.pk}), raising(ZeroDivisionError("secret detail")))
    reference = failed.problem.split()[-1].rstrip(".")
    assert failed.problem == (
        f"The portal made a mistake here, and it has been recorded. If you ask for help, give the reference {reference}."
    )
    assert (failed.state, failed.is_accident, failed.attempts) == ("failed", True, 1)
    assert f"reference {reference}" in caplog.text and "secret detail" in caplog.text
    assert OrgUnit.objects.get().name == "North"


def test_what_may_pass_is_tried_three_times_later_and_later(unit):
    waiting = job(system_actor(), arguments={"unit": unit.pk})
    Outbox.objects.update(sent_at=timezone.now())
    pauses = []
    for _attempt in range(2):
        put_back = worked(waiting, raising(OperationalError("the server closed the connection")))
        assert (put_back.state, put_back.step) == ("queued", "Waiting to try again")
        message = Outbox.objects.get()
        assert message.sent_at is None
        pauses.append((message.next_try_at - timezone.now()).total_seconds())
    assert 6 < pauses[0] < 13 and 14 < pauses[1] < 25
    failed = worked(waiting, raising(OperationalError("again")))
    assert (failed.state, failed.is_accident, failed.attempts) == ("failed", True, 3)
    assert OrgUnit.objects.get().name == "North"


def test_a_job_whose_workers_died_three_times_is_given_up():
    waiting = job(system_actor())
    Job.objects.update(state="running", attempts=2)
    assert worked(waiting, nothing).state == "done"
    Job.objects.update(state="running", attempts=3)
    failed = worked(waiting, nothing)
    assert (failed.state, failed.is_accident, failed.attempts) == ("failed", True, 3)
    assert failed.problem.startswith("This was started 3 times and broke off each time")


def test_progress_is_written_and_a_wish_to_stop_is_heard_at_the_next_step(unit):
    actor = factories.member(Role.EXECUTIVE, unit)
    waiting = job(actor, arguments={"unit": unit.pk})
    seen = []

    def work(actor: Actor, job: Job) -> None:
        advance(job, 1, 4, "Reading")
        seen.append(tuple(Job.objects.values_list("steps_done", "steps_total", "step").get()))
        rename(actor, job)
        Job.objects.update(is_cancel_asked=True)
        advance(job, 2, 4, "Writing")

    stopped = worked(waiting, work)
    assert seen == [(1, 4, "Reading")]
    assert state_of(stopped) == ("cancelled", str(Cancelled()), False, 1)
    assert OrgUnit.objects.get().name == "North"


def test_a_job_stopped_before_a_worker_takes_it_is_not_done(unit):
    actor = factories.member(Role.EXECUTIVE, unit)
    waiting = job(actor, arguments={"unit": unit.pk})
    cancel(actor, waiting)
    assert worked(waiting, rename).state == "cancelled"
    assert OrgUnit.objects.get().name == "North"


def test_advance_outside_a_worker_is_silent():
    waiting = job(system_actor())
    advance(waiting, 1, 2, "Reading")
    advance(None, 1, 2, "Reading")
    waiting.refresh_from_db()
    assert (waiting.steps_done, waiting.step) == (0, "")


def test_a_loop_may_report_every_row(unit, django_assert_max_num_queries):
    def work(actor: Actor, job: Job) -> None:
        with django_assert_max_num_queries(3):
            for row in range(1, 10_001):
                advance(job, row, 10_000, "Reading rows")

    done = worked(job(system_actor()), work)
    assert (done.steps_done, done.steps_total, done.trail) == (10_000, 10_000, ["Reading rows"])


def test_the_steps_of_the_last_attempt_are_listed_once_each_and_not_without_end():
    def work(actor: Actor, job: Job) -> None:
        for number in range(30):
            advance(job, number, 30, f"Step {number}")
            advance(job, number, 30, f"Step {number}")

    waiting = job(system_actor())
    Job.objects.update(trail=["An earlier attempt"])
    assert worked(waiting, work).trail == [f"Step {number}" for number in range(20)]


# ------------------------------------------------------------------------------------------------------- who acts
def test_rights_are_those_of_the_day_the_job_runs(unit):
    actor = factories.member(Role.ADMINISTRATOR, unit)
    waiting = job(actor, arguments={"unit": unit.pk})

    def work(actor: Actor, job: Job) -> None:
        require(actor, "change", unit)
        rename(actor, job)

    with recording(system_actor(), "end_membership"):
        Membership.objects.update(valid=(date(2020, 1, 1), TODAY()))
    failed = worked(waiting, work)
    assert failed.state == "failed"
    assert failed.problem == "You may see this, but you may not do that. It can be done by: Administrator."
    assert OrgUnit.objects.get().name == "North"


@pytest.mark.parametrize("left", [{"is_active": False}, {"left_on": date(2020, 6, 1)}])
def test_nothing_is_done_in_the_name_of_someone_who_has_left(unit, left):
    actor = factories.member(Role.ADMINISTRATOR, unit, "Ann Lee")
    waiting = job(actor, arguments={"unit": unit.pk})
    with recording(system_actor(), "deactivate_person"):
        Person.objects.filter(pk=actor.person_id).update(**left)
    failed = worked(waiting, rename)
    assert state_of(failed) == ("failed", "Ann Lee can no longer sign in, so nothing is done in their name.", False, 1)
    assert OrgUnit.objects.get().name == "North"


def test_a_deputy_acts_for_the_absent_person_as_long_as_they_are_their_deputy(unit):
    absent, deputy = factories.member(Role.ADMINISTRATOR, unit, "Ann Lee"), factories.person("Bo Berg", home=unit)
    with recording(system_actor(), "delegate"):
        delegation = Delegation.objects.create(
            person_id=absent.person_id, deputy=deputy, valid=(TODAY() - timedelta(1), TODAY() + timedelta(1))
        )
    actor = deputy_actor(deputy, delegation, TODAY())
    first, second = (enqueue(actor, "tests.work", title="Work", arguments={"unit": unit.pk}) for _ in range(2))
    assert worked(first, rename).state == "done"
    event = Event.objects.get(verb="rename_unit")
    assert (event.actor_id, event.on_behalf_of_id) == (deputy.pk, absent.person_id)
    with recording(system_actor(), "end_delegation"):
        Delegation.objects.update(valid=(TODAY() - timedelta(2), TODAY()))
    assert worked(second, rename).problem == "Bo Berg no longer acts for Ann Lee."


def test_a_job_ordered_with_a_token_can_do_no_more_than_the_token(unit):
    administrator = factories.administrator(unit)
    waiting = job(administrator, arguments={"unit": unit.pk})
    Job.objects.update(limits={"verbs": ["view"], "units": [unit.pk]})

    def work(actor: Actor, job: Job) -> None:
        assert (actor.token_verbs, actor.token_units) == (frozenset({"view"}), frozenset({unit.pk}))
        require(actor, "view", unit)
        require(actor, "change", unit)

    assert worked(waiting, work).problem.startswith("You may see this, but you may not do that.")


# ------------------------------------------------------------------------------- several workers, real transactions
@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_work_is_not_yet_stored():
    unit = factories.unit("North")
    waiting = job(system_actor(), arguments={"unit": unit.pk})
    other = connections["default"].copy()
    seen: list[Any] = []

    def work(actor: Actor, job: Job) -> None:
        rename(actor, job)
        advance(job, 1, 4, "Reading")
        with other.cursor() as cursor:
            cursor.execute("SELECT state, steps_done, step FROM jobs_job")
            seen.append(cursor.fetchone())
            cursor.execute("SELECT name FROM organization_orgunit")
            seen.append(cursor.fetchone())
        other.close()

    assert worked(waiting, work).state == "done"
    assert seen == [("running", 1, "Reading"), ("North",)]
    assert OrgUnit.objects.get().name == "Renamed"


@pytest.mark.django_db(transaction=True)
def test_a_second_delivery_while_the_first_is_worked_on_does_nothing():
    unit = factories.unit("North")
    waiting = job(system_actor(), arguments={"unit": unit.pk})
    counts: list[int] = []

    def work(actor: Actor, job: Job) -> dict[str, Any]:
        counts.append(worked(Job.objects.get(pk=job.pk), rename).attempts)
        return {}

    assert state_of(worked(waiting, work, in_one_transaction=False)) == ("done", "", False, 1)
    assert counts == [1]
    assert OrgUnit.objects.get().name == "North"


@pytest.mark.django_db(transaction=True)
def test_what_a_superseded_attempt_did_does_not_count():
    """A worker cut off from the database, whose job another worker has taken over meanwhile."""
    unit = factories.unit("North")
    waiting = job(system_actor(), arguments={"unit": unit.pk})

    def work(actor: Actor, job: Job) -> dict[str, Any]:
        rename(actor, job)
        other = connections["default"].copy()
        with other.cursor() as cursor:
            cursor.execute("UPDATE jobs_job SET attempts = attempts + 1")
        other.close()
        return {"mine": True}

    superseded = worked(waiting, work)
    assert (superseded.state, superseded.attempts, superseded.result) == ("running", 2, {})
    assert OrgUnit.objects.get().name == "North"


@pytest.mark.django_db(transaction=True)
def test_signs_of_life_are_given_between_the_steps(monkeypatch):
    monkeypatch.setattr("jobs.actions.progress.HEARTBEAT_SECONDS", 0.05)
    waiting = job(system_actor())
    beats = []

    def work(actor: Actor, job: Job) -> None:
        for _round in range(3):
            before = Job.objects.get().heartbeat_at
            until = time.monotonic() + 10
            while Job.objects.get().heartbeat_at == before and time.monotonic() < until:
                pass
            beats.append(Job.objects.get().heartbeat_at > before)

    worked(waiting, work, in_one_transaction=False)
    assert beats == [True, True, True]


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_lets_go_of_its_job_at_once():
    """The lock goes with the connection: what a kill -9 leaves is a closed socket."""
    waiting = job(system_actor())
    with watching(waiting.pk) as first:
        assert claim(first).attempts == 1
        with watching(waiting.pk) as second:
            assert claim(second) is None
        first._over.set()
        first._connection.close()
        with watching(waiting.pk) as third:
            taken_over = claim(third)
            assert taken_over.attempts == 2
            finish(taken_over, {})
    waiting.refresh_from_db()
    assert waiting.state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_connection_to_the_database_breaks_is_put_back_and_done_later():
    unit = factories.unit("North")
    waiting = job(system_actor(), arguments={"unit": unit.pk})
    attempts = []

    def work(actor: Actor, job: Job) -> dict[str, Any]:
        attempts.append(job.attempts)
        if job.attempts == 1:
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return rename(actor, job)

    assert worked(waiting, work).state == "queued"
    assert OrgUnit.objects.get().name == "North"
    assert state_of(worked(waiting, work)) == ("done", "", False, 2)
    assert (attempts, OrgUnit.objects.get().name) == ([1, 2], "Renamed")
