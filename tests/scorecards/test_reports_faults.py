"""A worker killed in the middle of a scorecard PDF: it is made exactly once, and everyone is told once (TRUST Q1, Q6)."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.utils import timezone

from core.periods import Frequency, Period
from jobs.actions import outbox
from jobs.models import Job, Outbox, ProducedFile
from jobs.tasks import sweep
from notifications.models import Notification
from organization.models import Person
from scorecards.actions.reports import order_report
from scorecards.actions.schedules import Plan, add_schedule, run_now
from scorecards.models import Report
from scorecards.queries.printed import content_hash
from tests.factories.scorecards import Tree, scorecard
from tests.jobs import workers
from tests.jobs.workers import kill, media_files, states, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
broker, start = workers.broker, workers.start
SWEEP_SECONDS = 5.0
"""How often beat sweeps, at most."""
RENDERING_SECONDS = 25.0
"""A small PDF, with a worker that starts, on a busy machine."""


@pytest.fixture
def tree() -> Tree:
    today = timezone.localdate()
    made = scorecard(objectives=2, today=today)
    period = Period.of(Frequency.MONTH, today).previous().key
    for number, value in enumerate(("110", "95", "60")):
        measure = made.measure(f"Measure {number}")
        made.target(measure, period, "100", red_flag="90")
        made.record(measure, period, value)
    return made


def at_step(job: Job, words: str) -> None:
    until(lambda: Job.objects.get(pk=job.pk).step == words, 60)


def test_a_worker_killed_while_it_sets_the_pages_makes_the_pdf_once_in_time(start, tree):
    period = Period.of(Frequency.MONTH, timezone.localdate()).previous()
    job = order_report(tree.officer, scorecard=tree.card, period=period)
    sweep()
    first = start()
    at_step(job, "Setting the pages")
    frozen = Report.objects.get()
    kill(first)
    killed = time.monotonic()
    start()
    until(lambda: (outbox.rearm(), sweep(), states() == {"done"})[-1], 90)
    assert time.monotonic() - killed < outbox.SILENCE_SECONDS + SWEEP_SECONDS + RENDERING_SECONDS
    job.refresh_from_db()
    report = Report.objects.get()
    assert (job.attempts, report.pk, report.content_hash) == (2, frozen.pk, frozen.content_hash)
    assert (ProducedFile.objects.count(), len(media_files())) == (1, 1)
    assert media_files()[0].read_bytes().startswith(b"%PDF") and content_hash(report.content) == report.content_hash
    assert job.result["file"] == report.file_id


def test_reports_of_a_schedule_whose_workers_are_killed_again_and_again_are_made_and_told_once(start, tree, settings):
    settings.EMAIL_BACKEND = "jobs.mail.OutboxBackend"
    officer = Person.objects.get(pk=tree.officer.person_id)
    plan = Plan("month", 1, True, 7, [officer])
    runs = []
    for _number in range(4):
        row = add_schedule(tree.officer, scorecard=tree.card, plan=plan, today=timezone.localdate())
        runs.append(run_now(tree.officer, row, now=timezone.now()))
    for pause in (0.2, 0.9, 1.7, 2.6):
        sweep()
        worker = start()
        until(lambda: Job.objects.filter(state="running").exists() or states() == {"done"}, 60)
        time.sleep(pause)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        outbox.rearm(waiting=0.1, silence=0.1)
    start()
    until(lambda: (outbox.rearm(waiting=2, silence=2), sweep(), states() == {"done"})[-1], 120)
    assert Job.objects.count() == 8 and not Job.objects.filter(attempts__gt=3).exists()
    assert (Report.objects.count(), ProducedFile.objects.count(), len(media_files())) == (4, 4, 4)
    assert Notification.objects.filter(kind="report_ready").count() == 4
    assert Outbox.objects.filter(kind="mail", payload__subject__endswith=" is ready.").count() == 4
