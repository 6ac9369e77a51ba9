"""Telling people, and the daily mail."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require, scoped
from core.announcements import kinds
from core.periods import At, Frequency, Period
from core.subjects import url_of
from jobs.mail import KEY_HEADER
from jobs.queries import is_here
from notifications.models import Digest, Notification, Preference
from notifications.queries import DIGEST, Wish, digest_report, own_wishes, wishes
from organization.actors import actor_of
from organization.models import Person, Subject
from organization.queries import calendars, organization

DIGEST_HOUR = 7
DIGEST_SECONDS = 300.0
"""One run of the task sends daily mails for so long; the next run goes on."""

log = logging.getLogger(__name__)


# ------------------------------------------------------------------------------------------------------- announce
def announce(
    actor: Actor, *, kind: str, subject: Subject | None, to: Iterable[Person], text: str, url: str = ""
) -> list[Notification]:
    """Tell people something about a subject, in the caller's transaction: a line in their list, and mail if they want.

    The only call that tells people. Everyone in `to` must be someone who may see the subject: that is the caller's to
    know. People who have left are passed over. `text` is one plain sentence; `url` is a path of the portal, by default
    the page of the subject.
    """
    if kind not in kinds():
        raise ValueError(f"no such kind of announcement: {kind}")
    path = url or (url_of(subject) if subject is not None else "")
    if path and (not path.startswith("/") or path.startswith("//")):
        raise ValueError(f"not a path of the portal: {path}")
    people = {person.pk: person for person in to if is_here(person)}
    with transaction.atomic():
        told = Notification.objects.bulk_create(
            [
                Notification(person=person, kind=kind, subject=subject, text=text[:400], url=path[:300])
                for person in people.values()
            ]
        )
        wanted = wishes(list(people), kind)
        mailed = [line for line in told if wanted[line.person_id].by_mail and line.person.email]
        if mailed:
            name = _organization_name()
            send_together([_mail_of(actor, line, name) for line in mailed])
    return told


def _organization_name() -> str:
    named = organization()
    return named.name if named else ""


def _mail_of(actor: Actor, line: Notification, organization_name: str) -> EmailMultiAlternatives:
    by = "" if actor.person_id is None else actor.label
    context = {"line": line, "by": by, "title": kinds()[line.kind].title, "organization": organization_name}
    return compose(line.person, line.text, "announcement", context, key=f"notification:{line.pk}")


def compose(
    person: Person, subject: str, template: str, context: dict[str, Any], *, key: str
) -> EmailMultiAlternatives:
    """A mail in both forms, from templates/notifications/mail; `key` makes it one mail however often it is written."""
    context = {
        **context,
        "person": person,
        "site": settings.SITE_URL,
        "preferences": reverse("notifications:preferences"),
    }
    line = " ".join(subject.split())
    plain = render_to_string(f"notifications/mail/{template}.txt", context)
    message = EmailMultiAlternatives(
        line[:150], plain.strip() + "\n", None, [person.email or ""], headers={KEY_HEADER: key}
    )
    message.attach_alternative(render_to_string(f"notifications/mail/{template}.html", context), "text/html")
    return message


def send_together(messages: list[EmailMultiAlternatives]) -> None:
    """All mails in one insert."""
    get_connection().send_messages(messages)


# -------------------------------------------------------------------------------------------------- marks, wishes
def mark_read(actor: Actor, line: Notification) -> None:
    """Mark one line as read. A mark in one's own list is no event."""
    require(actor, "mark_read", line)
    Notification.objects.filter(pk=line.pk, read_at=None).update(read_at=Now())


def mark_all_read(actor: Actor) -> int:
    """Mark everything in the actor's list as read; how many lines were unread."""
    return scoped(actor, "mark_read", Notification.objects.filter(read_at=None)).update(read_at=Now())


def set_preferences(actor: Actor, choices: Mapping[str, Wish]) -> None:
    """Keep how the actor wants to hear of each kind; only what differs from before is written."""
    before = own_wishes(actor)
    unknown = set(choices) - set(before)
    if unknown:
        raise ValueError(f"no such kinds of announcement: {sorted(unknown)}")
    changed = {kind: wish for kind, wish in choices.items() if wish != before[kind]}
    if not changed or actor.person_id is None:
        return
    with recording(actor, "set_notification_preferences", details={"kinds": sorted(changed)}):
        for kind, wish in changed.items():
            Preference.objects.update_or_create(
                person_id=actor.person_id, kind=kind, defaults={"by_mail": wish.by_mail, "in_digest": wish.in_digest}
            )


# ---------------------------------------------------------------------------------------------------- daily mail
def send_digests(now: datetime) -> int:
    """The daily mail for everyone who owes something or has unread news, once a day; how many mails were written.

    From seven in the morning of the portal's zone, as often as it is called. A person with nothing gets none. Each is
    made with that person's own rights; one that fails is tried again by the next call and holds up no one.
    """
    local = timezone.localtime(now)
    if local.hour < DIGEST_HOUR:
        return 0
    today = local.date()
    at = At(period=Period.of(Frequency.MONTH, today, calendars()).previous(), as_of=None, today=today)
    sent, until = 0, time.monotonic() + DIGEST_SECONDS
    for person in _without_digest(at):
        if time.monotonic() > until:
            break
        try:
            sent += _send_digest(person, at, now)
        except Exception:
            log.exception("the daily mail of person %s could not be made", person.pk)
    return sent


def _without_digest(at: At) -> QuerySet[Person]:
    """Everyone who gets daily mails and has not been asked for today."""
    asked = Digest.objects.filter(person=OuterRef("pk"), on=at.today)
    declined = Preference.objects.filter(person=OuterRef("pk"), kind=DIGEST, by_mail=False)
    people = Person.objects.filter(is_active=True, email__isnull=False).exclude(left_on__lt=at.today)
    return people.filter(~Exists(asked), ~Exists(declined)).order_by("pk")


def _send_digest(person: Person, at: At, now: datetime) -> bool:
    """The row of the day and the mail in one transaction; False if there was nothing, or another was faster."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                digest = Digest.objects.create(person=person, on=at.today)
        except IntegrityError:
            return False
        report = digest_report(actor_of(person, at.today), at, now)
        if not report.lines:
            return False
        Digest.objects.filter(pk=digest.pk).update(lines=report.lines)
        subject = _("Today: %(count)d for you") % {"count": report.lines}
        context = {"report": report, "today": at.today, "organization": _organization_name()}
        send_together([compose(person, subject, "digest", context, key=f"{person.pk}:{DIGEST}:{at.today.isoformat()}")])
    return True
