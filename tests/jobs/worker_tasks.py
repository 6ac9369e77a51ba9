"""Tasks that tests order; test_faults starts workers with `-A smo --include tests.jobs.worker_tasks`."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.access import Actor
from jobs.actions import advance, keep_file
from jobs.models import Job
from jobs.worker import job_task

if "TEST_MEDIA_ROOT" in os.environ:
    settings.MEDIA_ROOT = Path(os.environ["TEST_MEDIA_ROOT"])


def _keep(job: Job) -> dict[str, Any]:
    file = keep_file(job, b"content", name="file.txt", media_type="text/plain", as_of=timezone.now())
    return {"file": file.pk}


@job_task("tests.quick")
def quick(actor: Actor, job: Job) -> dict[str, Any]:
    """A file at once."""
    return _keep(job)


@job_task("tests.held")
def held(actor: Actor, job: Job) -> dict[str, Any]:
    """A file before and after a pause in which the worker can be killed; the step says who works."""
    kept = _keep(job)
    advance(job, 1, 2, f"process {os.getpid()}")
    until = time.monotonic() + 60
    while not Path(job.arguments["gate"]).exists() and time.monotonic() < until:
        time.sleep(0.02)
    return kept


@job_task("tests.held_in_steps", in_one_transaction=False)
def held_in_steps(actor: Actor, job: Job) -> dict[str, Any]:
    """The same, storing as it goes."""
    return held(actor, job) or {}


@job_task("tests.poison")
def poison(actor: Actor, job: Job) -> None:
    """Kills its worker, always."""
    with Path(job.arguments["tally"]).open("a") as tally:
        tally.write("x")
    os.kill(os.getpid(), signal.SIGKILL)
