"""Jobs for tests: ordered as the portal orders them, and run in this process as a worker runs them."""

from __future__ import annotations

from typing import Any

from celery import current_app

import smo.celery  # noqa: F401 - makes the app, which knows the tasks
from core.access import Actor
from jobs.actions import enqueue
from jobs.models import Job
from jobs.worker import Work, run


def job(actor: Actor, task: str = "tests.work", **order: Any) -> Job:
    """A job that waits."""
    return enqueue(actor, task, **{"title": "Some work", **order})


def worked(waiting: Job, work: Work | None = None, *, in_one_transaction: bool = True) -> Job:
    """The job after one delivery to a worker: of the task it names, or of the function given."""
    if work is None:
        current_app.loader.import_default_modules()
        current_app.tasks[waiting.task](waiting.pk)
    else:
        run(waiting.pk, waiting.task, work, in_one_transaction=in_one_transaction)
    waiting.refresh_from_db()
    return waiting
