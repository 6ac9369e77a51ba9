"""What the clock calls: the daily mail."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications import actions


@shared_task(name="notifications.send_digests")
def send_digests() -> None:
    """Write the daily mails that are not written yet."""
    actions.send_digests(timezone.now())
