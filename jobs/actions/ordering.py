"""Ordering work, stopping it, asking for it again. Messages to Celery are rows; the sweep sends them."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from jobs.models import Job, Outbox
from organization.models import OrgUnit, Subject

OPEN = (Job.State.QUEUED, Job.State.RUNNING)
QUEUES = ("fast", "heavy")
_TRIES = 5


def enqueue(
    actor: Actor,
    task: str,
    *,
    title: str,
    arguments: dict[str, Any] | None = None,
    subject: Subject | None = None,
    unit: OrgUnit | None = None,
    key: str = "",
    queue: str = "fast",
) -> Job:
    """Order the work of the task `task` ("scorecards.render_report") in the caller's transaction.

    The job acts for `actor` with the rights of the day it runs. While a job with the same `key` is open, that job is
    the answer: put into the key everything the result depends on, the reader too. `arguments` is JSON and holds ids,
    never content. The queue `heavy` is for what takes more than a few seconds.
    """
    if queue not in QUEUES:
        raise ValueError(f"no such queue: {queue}")
    values = {
        "task": task,
        "title": title[:200],
        "queue": queue,
        "arguments": arguments or {},
        "person_id": actor.person_id,
        "on_behalf_of_id": actor.on_behalf_of_id,
        "limits": _limits(actor),
        "subject": subject,
        "unit": unit,
        "key": key,
    }
    with transaction.atomic():
        for _try in range(_TRIES):
            found = Job.objects.filter(key=key, state__in=OPEN).first() if key else None
            job = found or _insert(values)
            if job is not None:
                return job
    raise Refusal(_("The same work is being started and ended over and over. Try again in a minute."))


def _limits(actor: Actor) -> dict[str, list[Any]]:
    """What the token, if there was one, allows: the job must not be able to do more."""
    limits: dict[str, list[Any]] = {}
    if actor.token_verbs is not None:
        limits["verbs"] = sorted(actor.token_verbs)
    if actor.token_units is not None:
        limits["units"] = sorted(actor.token_units)
    return limits


def _insert(values: dict[str, Any]) -> Job | None:
    """The new job with its message; None if another took the key in this moment."""
    try:
        with transaction.atomic():
            job = Job.objects.create(**values)
    except IntegrityError:
        if not values["key"]:
            raise
        return None
    Outbox.objects.create(kind=Outbox.Kind.TASK, job=job, key=f"job:{job.pk}")
    job.refresh_from_db()
    return job


def cancel(actor: Actor, job: Job) -> Job:
    """Stop the job: at once while it waits, at its next step while it runs."""
    require(actor, "cancel", job)
    with recording(actor, "cancel_job", subject_id=job.subject_id, details={"job": job.pk}):
        stored = Job.objects.select_for_update().get(pk=job.pk)
        if not stored.is_open:
            raise Refusal(_("%(job)s has already ended, so there is nothing to stop.") % {"job": stored.title})
        stored.is_cancel_asked = True
        if stored.state == Job.State.QUEUED:
            stored.state = Job.State.CANCELLED
            stored.ended_at = Now()
        stored.save(update_fields=["is_cancel_asked", "state", "ended_at"])
    stored.refresh_from_db()
    return stored


def retry(actor: Actor, job: Job) -> Job:
    """Run a failed or stopped job once more, as the person it belongs to."""
    require(actor, "retry", job)
    with recording(actor, "retry_job", subject_id=job.subject_id, details={"job": job.pk}):
        stored = Job.objects.select_for_update().get(pk=job.pk)
        if stored.state not in {Job.State.FAILED, Job.State.CANCELLED}:
            raise Refusal(_("%(job)s is not one that failed or was stopped.") % {"job": stored.title})
        if stored.key and Job.objects.filter(key=stored.key, state__in=OPEN).exists():
            raise Refusal(_("The same work has been ordered anew and is under way."))
        _wait_again(stored)
    stored.refresh_from_db()
    return stored


def _wait_again(job: Job) -> None:
    blank = {"step": "", "steps_done": 0, "problem": "", "is_accident": False, "is_cancel_asked": False, "attempts": 0}
    Job.objects.filter(pk=job.pk).update(
        **blank, state=Job.State.QUEUED, started_at=None, heartbeat_at=None, ended_at=None
    )
    Outbox.objects.update_or_create(
        key=f"job:{job.pk}",
        defaults={"job": job, "kind": Outbox.Kind.TASK, "sent_at": None, "next_try_at": Now(), "attempts": 0},
    )
