"""What the clock calls: send what waits, start what is due. Beat only says "look" (TRUST §0.7)."""

from __future__ import annotations

from typing import Any

from celery import current_app, shared_task
from django.utils import timezone

from jobs.actions import feeds, outbox, schedules, tidying, uploads
from jobs.mail import Postman
from jobs.models import Job
from jobs.worker import job_task
from organization.actors import Actor


def send_task(name: str, job_id: int, queue: str) -> None:
    """Hand one message to the broker, without waiting for one that is not there."""
    current_app.send_task(name, [job_id], queue=queue, retry=False)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Send what waits in the outbox. Many sweeps at once do no harm."""
    outbox.rearm()
    outbox.publish(send_task)
    with Postman() as postman:
        outbox.deliver(postman.send)


@shared_task(name="jobs.open_slots")
def open_slots() -> None:
    """Start the jobs of schedules that are due."""
    schedules.open_slots(timezone.now())


@shared_task(name="jobs.tidy")
def tidy() -> None:
    """Throw away what has had its time."""
    tidying.tidy(timezone.now())


@job_task("jobs.check_upload")
def check_upload(actor: Actor, job: Job) -> dict[str, Any]:
    """A file given for import, read without writing."""
    return uploads.check_upload(actor, job=job)


@job_task("jobs.import_upload")
def import_upload(actor: Actor, job: Job) -> dict[str, Any]:
    """A file given for import, imported all or nothing."""
    return uploads.import_upload(actor, job=job)


@job_task("jobs.run_feed")
def run_feed(actor: Actor, job: Job) -> dict[str, Any]:
    """The newest file of an import by the clock."""
    return feeds.run_feed(actor, job=job, now=timezone.now())
