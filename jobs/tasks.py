"""What the clock calls: send what waits, start what is due. Beat only says "look" (TRUST §0.7)."""

from __future__ import annotations

from celery import current_app, shared_task
from django.utils import timezone

from jobs.actions import outbox, schedules, tidying
from jobs.mail import Postman


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
