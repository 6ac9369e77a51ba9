"""Tasks of scorecards: what beat sends, and the work of jobs that people order."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.periods import At, Frequency, Period
from jobs.models import Job
from jobs.worker import job_task
from organization.actors import Actor, system_actor
from organization.queries import calendars
from scorecards import actions
from scorecards.actions import alerts, reports, schedules


@shared_task(name="scorecards.tick")
def tick() -> None:
    """Let results follow the calendar. Reads no one's data; does nothing between two changes of the clock."""
    actions.tick(timezone.localdate())


@shared_task(name="scorecards.alert_reds")
def alert_reds() -> None:
    """Tell owners and the strategy office of reds that nobody has answered, once each."""
    alerts.alert_reds(system_actor(), timezone.localdate())


@job_task("scorecards.render_report", in_one_transaction=False)
def render_report(actor: Actor, job: Job) -> dict[str, Any]:
    """The PDF of a scorecard."""
    today = timezone.localdate()
    at = At(Period.of(Frequency.MONTH, today, calendars()), None, today)
    return reports.render_report(actor, job=job, now=timezone.now(), at=at)


@job_task("scorecards.print_report", in_one_transaction=False)
def print_report(actor: Actor, job: Job) -> dict[str, Any]:
    """The PDF of a report that was frozen without one."""
    return reports.print_report(actor, job=job, now=timezone.now())


@job_task("scorecards.run_schedule")
def run_schedule(actor: Actor, job: Job) -> dict[str, Any]:
    """The reports of a schedule at one of its moments: one job for each distinct reader."""
    return schedules.run_schedule(actor, job=job, today=timezone.localdate())
