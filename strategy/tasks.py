"""What the clock calls."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from strategy.actions import purge_trash


@shared_task(name="strategy.purge_trash")
def sweep_trash() -> None:
    """Delete for good what has lain in the trash for 30 days. Calling it again changes nothing."""
    purge_trash(timezone.now())
