"""A job's way through a worker: taken, then done, failed, stopped or put back. Only `jobs.worker` calls these."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.announcements import tell
from jobs.actions.ordering import OPEN
from jobs.actions.progress import Cancelled, Superseded, Watch
from jobs.models import Job, Outbox
from organization.actors import system_actor

MOST_ATTEMPTS = 3
LOOKING = timedelta(seconds=10)


def claim(watch: Watch) -> Job | None:
    """Take the job for this worker: None if it has ended, or another worker that still lives has it.

    A job that was begun by a worker that died is taken over; after the third time it is given up, because it may be
    what kills the workers (TRUST Q5).
    """
    if not watch.take():
        return None
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=watch.job_id, state__in=OPEN).first()
        if job is None:
            return None
        if job.is_cancel_asked:
            _end(job, Job.State.CANCELLED, problem=str(Cancelled()))
            return None
        if job.attempts >= MOST_ATTEMPTS:
            fail(job, _given_up(), is_accident=True)
            return None
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", Now()),
            step="",
            trail=[],
            steps_done=0,
            heartbeat_at=Now(),
        )
    job.refresh_from_db()
    watch.start(job.attempts)
    return job


def _given_up() -> str:
    return _(
        "This was started %(count)d times and broke off each time, so it is not started again by itself. "
        "Try it once more, or ask whoever runs the portal to look into the log."
    ) % {"count": MOST_ATTEMPTS}


def finish(job: Job, result: dict[str, Any]) -> None:
    """Mark the job done, and tell its person unless the result is `quiet`: nothing worth a word.

    Raises Superseded, in the work's own transaction, if it is no longer this attempt's.
    """
    with transaction.atomic():
        _end(job, Job.State.DONE, result={**job.result, **result}, step="", steps_done=F("steps_total"))
        if not result.get("quiet"):
            _tell(job, _("Ready: %(job)s") % {"job": job.title})


def fail(job: Job, sentence: str, *, is_accident: bool = False) -> None:
    """End the job with what went wrong, in a sentence for the person."""
    with transaction.atomic():
        _end(job, Job.State.FAILED, problem=sentence, is_accident=is_accident)
        _tell(job, _("Failed: %(job)s. %(problem)s") % {"job": job.title, "problem": sentence})


def _tell(job: Job, text: str) -> None:
    """Tell the person, unless it went so fast that they are still looking. Nobody looks at what the clock begins."""
    is_watched = timezone.now() - job.created_at <= LOOKING and "due_at" not in job.arguments
    if job.person is not None and not is_watched:
        tell(
            system_actor(),
            kind="job_ended",
            subject=job.subject,
            to=[job.person],
            text=text,
            url=reverse("jobs:job", args=[job.pk]),
        )


def stop(job: Job) -> None:
    """End the job because its person asked for it."""
    _end(job, Job.State.CANCELLED, problem=str(Cancelled()))


def put_back(job: Job, *, after: timedelta) -> None:
    """Let the job wait for another try."""
    with transaction.atomic():
        _change(job, state=Job.State.QUEUED, step=_("Waiting to try again"), heartbeat_at=None)
        Outbox.objects.filter(key=f"job:{job.pk}").update(sent_at=None, next_try_at=Now() + after, attempts=0)


def pause(attempt: int, *, first: float, longest: float) -> timedelta:
    """How long to wait after the attempt (from 1): doubling, and spread by a fifth so that not all come back at once."""
    seconds = min(longest, first * 2 ** (attempt - 1))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - not a secret


def _end(job: Job, state: str, **values: Any) -> None:
    _change(job, state=state, ended_at=Now(), **values)


def _change(job: Job, **values: Any) -> None:
    """Write, if the job is still open and in the attempt that `job` knows."""
    mine = Job.objects.filter(pk=job.pk, state__in=OPEN, attempts=job.attempts)
    if not mine.update(**values):
        raise Superseded
