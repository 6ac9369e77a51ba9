"""How a worker runs a job: every task of every app that works for a person is declared with `job_task`.

    @job_task("scorecards.render_report", in_one_transaction=False)
    def render_report(actor: Actor, job: Job) -> dict[str, Any]:
        return actions.render_report(actor, job=job)

The message holds the job's id only. The worker takes the job, makes the actor anew with the rights of today, calls the
function, and writes what became of it. The function returns the result as JSON (`{"file": 12}` makes the job's page
offer that file) or None.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actions import Conflict, Refusal, sentences
from core.periods import PeriodError
from core.spreadsheets import SpreadsheetError
from jobs.actions.progress import Cancelled, Superseded, watching
from jobs.actions.running import MOST_ATTEMPTS, claim, fail, finish, pause, put_back, stop
from jobs.models import Job
from jobs.queries import is_here
from organization.actors import Actor, actor_of, deputy_actor, system_actor
from organization.models import Delegation, Person

Work = Callable[[Actor, Job], dict[str, Any] | None]

REFUSALS = (ValidationError, Conflict, PermissionDenied, Http404, PeriodError, SpreadsheetError)
"""What an action says no with: a sentence for the person, and trying again would not help."""
PASSING = (OperationalError, InterfaceError, OSError)
"""What may be over in a minute: the database restarts, two writers met, a disk or a server was not there."""

log = logging.getLogger(__name__)


def job_task(name: str, *, in_one_transaction: bool = True) -> Callable[[Work], Work]:
    """Declare the decorated function as the work of jobs ordered by this name.

    In one transaction (the usual way), all it writes and the word "done" are stored together, so it counts exactly
    once even if the worker is killed. Without, the function commits as it goes: for work that reads one snapshot or
    spends minutes outside the database. Then every step must be safe to repeat; `keep_file` is.
    """

    def register(work: Work) -> Work:
        @shared_task(name=name)
        def deliver(job_id: int) -> None:
            run(job_id, name, work, in_one_transaction=in_one_transaction)

        return work

    return register


@dataclass(frozen=True)
class _Order:
    """The function and how it wants to be called."""

    work: Work
    in_one_transaction: bool


def run(job_id: int, name: str, work: Work, *, in_one_transaction: bool = True) -> None:
    """One delivery of one message. Does nothing if the job has ended or another worker has it."""
    with watching(job_id) as watch:
        job = claim(watch)
        if job is None:
            return
        if job.task != name:
            fail(job, _("The order and the message about it name different work."), is_accident=True)
            return
        try:
            _attempt(job, _Order(work, in_one_transaction))
        except Superseded:
            log.warning("job %s was taken over by another worker", job.pk)


def _attempt(job: Job, order: _Order) -> None:
    try:
        _do(job, order)
    except Superseded:
        raise
    except Cancelled:
        stop(job)
    except REFUSALS as error:
        fail(job, _sentence(error))
    except SoftTimeLimitExceeded:
        fail(job, _("This took longer than it may and was broken off. Ask for less at once."), is_accident=True)
    except PASSING as error:
        _again_or_fail(job, error)
    except Exception as error:  # noqa: BLE001 - whatever it was, the person must read that it ended
        _fail_by_accident(job, error)


def _do(job: Job, order: _Order) -> None:
    if not order.in_one_transaction:
        result = order.work(actor_for(job), job)
        finish(job, result or {})
        return
    with transaction.atomic(), _patience():
        result = order.work(actor_for(job), job)
        finish(job, result or {})


@contextmanager
def _patience() -> Iterator[None]:
    """Longer limits than a page has: a job may compute for minutes between two statements."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '15min'")
    yield


def _sentence(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.sentence
    return "\n".join(sentences(error)) if isinstance(error, ValidationError) else str(error)


def _again_or_fail(job: Job, error: Exception) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _fail_by_accident(job, error)
        return
    log.warning("job %s, attempt %s: %s", job.pk, job.attempts, error, exc_info=error)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # a connection that broke is not mended by itself
    put_back(job, after=pause(job.attempts, first=10, longest=120))


def _fail_by_accident(job: Job, error: Exception) -> None:
    reference = secrets.token_hex(4)
    log.error("job %s (%s) failed, reference %s", job.pk, job.task, reference, exc_info=error)
    words = _(
        "The portal made a mistake here, and it has been recorded. If you ask for help, give the reference %(reference)s."
    )
    fail(job, words % {"reference": reference}, is_accident=True)


def actor_for(job: Job) -> Actor:
    """Whom the job works for, with the rights of today and the limits of the token it was ordered with.

    Refuses for someone who has left, or who acted for another and may no longer.
    """
    if job.person is None:
        return system_actor().for_job(job.pk)
    if not is_here(job.person):
        raise Refusal(_("%(name)s can no longer sign in, so nothing is done in their name.") % {"name": job.person})
    today = timezone.localdate()
    actor = actor_of(job.person, today) if job.on_behalf_of is None else _deputy(job, job.person, job.on_behalf_of)
    verbs, units = job.limits.get("verbs"), job.limits.get("units")
    return replace(
        actor,
        job_id=job.pk,
        token_verbs=None if verbs is None else frozenset(verbs),
        token_units=None if units is None else frozenset(units),
    )


def _deputy(job: Job, deputy: Person, absent: Person) -> Actor:
    today = timezone.localdate()
    valid = Delegation.objects.select_related("person").filter(person=absent, deputy=deputy, valid__contains=today)
    delegation = valid.first()
    if delegation is None or not is_here(absent):
        raise Refusal(_("%(deputy)s no longer acts for %(absent)s.") % {"deputy": deputy, "absent": absent})
    return deputy_actor(deputy, delegation, today)
