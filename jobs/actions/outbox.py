"""Emptying the outbox: rows written in the transactions that caused them, sent afterwards (TRUST §0.3, 2d).

Sent first, then marked: a process that dies between the two sends again. A task message sent twice does nothing the
second time (`claim`); a mail keeps its Message-ID, by which mail programs know the second one.
How to send is handed in, so that nothing here knows Celery or SMTP.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from jobs.actions.ordering import OPEN
from jobs.actions.running import pause
from jobs.models import Outbox
from jobs.queries import is_here
from organization.models import Person

SendTask = Callable[[str, int, str], None]
"""Called with the task's name, the job's id and the queue."""
SendMail = Callable[[str, list[str], str], None]
"""Called with the sender, the recipients and the whole message in base64; raises PermanentMailError to say: never."""

BATCH = 200
WAITING_AGAIN_SECONDS = 60
"""A message for a job that still waits after this time may be lost with Redis, and is sent again; then twice as late."""
SILENCE_SECONDS = 20
"""A running job without a sign of life for this time has perhaps lost its worker, and its message is sent again."""
TRIES_OF_MAIL = 8
TRIES_OF_REFUSED_MAIL = 3
MAIL_SECONDS = 8.0
"""How long one sweep sends mail; the rest is for the next."""

log = logging.getLogger(__name__)

_REARM = """
UPDATE jobs_outbox o SET sent_at = NULL, next_try_at = now()
FROM jobs_job j
WHERE o.job_id = j.id AND o.kind = 'task' AND o.sent_at IS NOT NULL AND (
  j.state = 'queued' AND o.sent_at < now() - make_interval(secs => %s * 2 ^ least(greatest(o.attempts, 1) - 1, 4))
  OR j.state = 'running' AND greatest(j.heartbeat_at, o.sent_at) < now() - make_interval(secs => %s))
"""


class PermanentMailError(Exception):
    """The mail server says that this mail can never be delivered."""


def due(kind: str) -> QuerySet[Outbox]:
    """Messages whose time has come, oldest first, without those another sweep is at."""
    waiting = Outbox.objects.filter(kind=kind, sent_at=None, given_up_at=None, next_try_at__lte=Now())
    return waiting.order_by("next_try_at", "pk").select_for_update(skip_locked=True, of=("self",))


def rearm(*, waiting: float = WAITING_AGAIN_SECONDS, silence: float = SILENCE_SECONDS) -> int:
    """Make messages due again whose job waits too long or has fallen silent; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_REARM, [waiting, silence])
        return cursor.rowcount


def publish(send: SendTask) -> int:
    """Hand the due task messages to the broker; how many. The first one it does not take ends the round."""
    with transaction.atomic():
        messages = list(due(Outbox.Kind.TASK).select_related("job")[:BATCH])
        sent = [message.pk for message in itertools.takewhile(lambda message: _published(message, send), messages)]
        Outbox.objects.filter(pk__in=sent).update(sent_at=Now(), attempts=F("attempts") + 1)
    return len(sent)


def _published(message: Outbox, send: SendTask) -> bool:
    """Whether the message is out of the way: taken by the broker, or its job has ended."""
    job = message.job
    if job is None or job.state not in OPEN:
        return True
    try:
        send(job.task, job.pk, job.queue)
    except Exception:  # noqa: BLE001 - brokers have errors of their own; the message stays due, whatever it was
        log.warning("message %s was not taken by the broker and stays", message.pk, exc_info=True)
        return False
    return True


def deliver(send: SendMail) -> int:
    """Send due mails, each in a transaction of its own; how many."""
    sent, until = 0, time.monotonic() + MAIL_SECONDS
    while time.monotonic() < until:
        with transaction.atomic():
            message = due(Outbox.Kind.MAIL).first()
            if message is None:
                break
            sent += _deliver(message, send)
    return sent


def _deliver(message: Outbox, send: SendMail) -> bool:
    payload = message.payload
    recipients = _still_here(payload["to"])
    if not recipients:
        _give_up(message, _("Nobody it was meant for works here any more."))
        return False
    message.attempts += 1
    try:
        send(payload["from"], recipients, payload["message"])
    except (PermanentMailError, OSError) as error:
        _postpone(message, error)
        return False
    message.sent_at = Now()
    message.problem = ""
    message.save(update_fields=["sent_at", "attempts", "problem"])
    return True


def _still_here(addresses: list[str]) -> list[str]:
    """The addresses without those of people who have left or were deactivated since the mail was written."""
    named = Q()
    for address in addresses:
        named |= Q(email__iexact=address)
    gone = {(person.email or "").lower() for person in Person.objects.filter(named) if not is_here(person)}
    return [address for address in addresses if address.lower() not in gone]


def _postpone(message: Outbox, error: Exception) -> None:
    """Try later, or give up and leave the row to be seen."""
    log.warning("mail %s, try %s: %s", message.pk, message.attempts, error)
    most = TRIES_OF_REFUSED_MAIL if isinstance(error, PermanentMailError) else TRIES_OF_MAIL
    if message.attempts >= most:
        _give_up(message, str(error))
        return
    message.problem = str(error)[:2000]
    message.next_try_at = Now() + pause(message.attempts, first=30, longest=3600)
    message.save(update_fields=["attempts", "problem", "next_try_at"])


def _give_up(message: Outbox, problem: str) -> None:
    log.error("mail %s is given up: %s", message.pk, problem)
    message.problem = problem[:2000]
    message.given_up_at = Now()
    message.save(update_fields=["attempts", "problem", "given_up_at"])


def send_again(actor: Actor, message: Outbox) -> None:
    """Try a mail that was given up anew, from the first try on."""
    require(actor, "send_again", message)
    with recording(actor, "send_again", details={"message": message.pk}):
        waiting = Outbox.objects.filter(pk=message.pk, given_up_at__isnull=False, sent_at=None)
        if not waiting.update(given_up_at=None, attempts=0, next_try_at=Now(), problem=""):
            raise Refusal(_("This mail is not one that was given up."))
