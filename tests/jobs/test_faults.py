"""Real Redis, real workers, real kills: nothing is lost and nothing counts twice (TRUST Q1, Q2, Q3, Q5)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time

import pytest

from jobs.actions import outbox
from jobs.models import Job, Outbox, ProducedFile
from jobs.tasks import send_task, sweep
from organization.actors import system_actor
from smo.celery import app
from smo.services import paths, processes
from smo.services import redis as redis_service
from tests.factories.jobs import job
from tests.jobs import workers
from tests.jobs.workers import kill, media_files, process_at_work, speaking_to, states, until

pytestmark = pytest.mark.django_db(transaction=True)
broker, start = workers.broker, workers.start


def test_a_job_whose_process_is_killed_in_the_middle_is_done_once_and_makes_one_file(start, tmp_path):
    gate = tmp_path / "gate"
    made = job(system_actor(), "tests.held", arguments={"gate": str(gate)})
    sweep()
    start()
    victim = process_at_work(made)
    assert ProducedFile.objects.count() == 0  # not before the whole job counts
    os.kill(victim, signal.SIGKILL)
    gate.touch()
    until(lambda: states() == {"done"})
    made.refresh_from_db()
    assert (made.attempts, ProducedFile.objects.count(), len(media_files())) == (2, 1, 1)
    assert made.result == {"file": ProducedFile.objects.get().pk}


@pytest.mark.slow
@pytest.mark.parametrize("task", ["tests.held", "tests.held_in_steps"])
def test_a_job_whose_whole_worker_is_killed_is_done_by_the_next_one(start, tmp_path, task):
    gate = tmp_path / "gate"
    made = job(system_actor(), task, arguments={"gate": str(gate)})
    sweep()
    first = start()
    process_at_work(made)
    kill(first)
    start()
    gate.touch()
    until(lambda: outbox.rearm(silence=1.0) or states() == {"done"})
    sweep()
    until(lambda: states() == {"done"})
    made.refresh_from_db()
    assert (made.attempts, ProducedFile.objects.count(), len(media_files())) == (2, 1, 1)


@pytest.mark.slow
def test_a_message_sent_again_to_a_worker_that_still_works_changes_nothing(start, tmp_path):
    gate = tmp_path / "gate"
    made = job(system_actor(), "tests.held", arguments={"gate": str(gate)})
    sweep()
    start(2)
    process_at_work(made)
    for _time in range(3):
        send_task("tests.held", made.pk, "fast")
    other = job(system_actor(), "tests.quick")
    sweep()
    until(lambda: Job.objects.get(pk=other.pk).state == "done")
    assert Job.objects.get(pk=made.pk).attempts == 1
    gate.touch()
    until(lambda: states() == {"done"})
    assert (Job.objects.get(pk=made.pk).attempts, ProducedFile.objects.count()) == (1, 2)


@pytest.mark.slow
def test_when_redis_forgets_everything_all_jobs_are_done_within_the_time_to_send_again(start, redis):
    for _number in range(200):
        job(system_actor(), "tests.quick")
    sweep()
    start(2)
    until(lambda: Job.objects.filter(state="done").count() > 20)
    redis.flushall()
    time.sleep(1)
    waiting = Job.objects.filter(state="queued").count()
    assert outbox.rearm(waiting=0.5) == waiting > 0
    sweep()
    until(lambda: states() == {"done"}, 60)
    assert (ProducedFile.objects.count(), len(media_files())) == (200, 200)
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.slow
def test_a_job_that_kills_its_workers_is_given_up_after_three_and_others_go_on(start, tmp_path):
    tally = tmp_path / "tally"
    poison = job(system_actor(), "tests.poison", arguments={"tally": str(tally)})
    others = [job(system_actor(), "tests.quick").pk for _ in range(5)]
    sweep()
    start(2)
    until(lambda: states() == {"done", "failed"}, 60)
    poison.refresh_from_db()
    assert (poison.state, poison.is_accident, poison.attempts, tally.read_text()) == ("failed", True, 3, "xxx")
    assert Job.objects.filter(pk__in=others, state="done", attempts=1).count() == 5


def test_what_is_ordered_while_the_broker_is_down_is_delivered_when_it_is_back():
    with tempfile.TemporaryDirectory(prefix="smo-redis-") as folder:
        state = paths.prepare_state(paths.state_dir(folder))
        speaking = speaking_to(redis_service.redis_url(state))
        next(speaking)
        made = job(system_actor(), "tests.quick")
        app.conf.broker_connection_timeout = 0.5
        sweep()
        assert list(Outbox.objects.values_list("sent_at", flat=True)) == [None]
        server = processes.start(redis_service.program(state), state, output=subprocess.DEVNULL)
        try:
            redis_service.wait_until_ready(state, server)
            sweep()
            assert list(Outbox.objects.filter(sent_at__isnull=False).values_list("job", flat=True)) == [made.pk]
            with app.connection_for_read() as reader:
                message = reader.SimpleQueue("fast").get(timeout=5)
                assert (message.headers["task"], message.payload[0]) == ("tests.quick", [made.pk])
        finally:
            speaking.close()
            processes.stop_all([server])
            next(speaking, None)


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_one_effect(start, tmp_path):
    """Twenty jobs; a process at work is killed every little while."""
    gate = tmp_path / "gate"
    gate.touch()
    jobs = [job(system_actor(), "tests.held", arguments={"gate": str(gate)}).pk for _ in range(20)]
    Job.objects.filter(pk__in=jobs).update(arguments={"gate": str(tmp_path / "shut")})
    sweep()
    start(2)
    for _kill in range(6):
        until(lambda: Job.objects.filter(state="running", step__startswith="process ").exists())
        running = Job.objects.filter(state="running", step__startswith="process ").order_by("?").first()
        if running is not None:
            # one killed before stands as running until the sweep finds that nobody works on it
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(running.step.split()[1]), signal.SIGKILL)
            Job.objects.filter(pk=running.pk, state="running").update(arguments={"gate": str(gate)})
    (tmp_path / "shut").touch()
    until(lambda: (outbox.rearm(waiting=3, silence=3), sweep(), states() <= {"done", "failed"})[-1], 90)
    files = ProducedFile.objects.count()
    assert files == Job.objects.filter(state="done").count() == len(media_files())
    assert not Job.objects.filter(attempts__gt=3).exists()
