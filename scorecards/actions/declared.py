"""Declaring a status beside the computed one, for a time and with a reason, and taking it back (METHOD §3)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.formats import date_long
from core.periods import Period
from organization.actions.batches import locked
from scorecards.actions.writing import FactKey, FactTable, NewFact, append, current_of
from scorecards.models import DeclaredStatus, Measure, Node, Result
from scorecards.queries.declared import record_of
from strategy.models import Objective
from strategy.structure.rows import clean_text

FACTS = FactTable("scorecards_declaredstatus", "node_id", ("status", "computed", "reason", "expires_on"), ())
MOST_DAYS = 366
LONGEST = 2000
NO_STATUS = "no_data"


def declare_status(
    actor: Actor, *, node: Node, period: Period, status: str, reason: str, expires_on: date, today: date
) -> None:
    """Say how a measure or objective stands; no score reads it. What is computed at this moment is kept beside it.

    Refused: a word that is no status, no reason, an expiry that has passed or is more than a year away.
    """
    record = _record(node)
    require(actor, "declare_status", record)
    if status not in DeclaredStatus.Status.values:
        raise Refusal(_("Choose a status: on track, watch or off track."), field="status")
    words = clean_text(reason, label=_("The reason"), most=LONGEST, field="reason", needed=True)
    _check_expiry(expires_on, today)
    computed = Result.objects.filter(node=node, frequency=period.frequency, period_start=period.start)
    details = {"period": period.key, "status": status}
    with recording(actor, "declare_status", subject_id=record.subject_id, details=details) as event:
        locked(Node, node.pk)
        was = computed.values_list("status", flat=True).first() or NO_STATUS
        _write(actor, (node.pk, period.frequency.value, period.start), (status, was, words, expires_on), event.pk)


def take_back_status(actor: Actor, *, node: Node, today: date) -> None:
    """The declared status no longer holds. Refused where none does."""
    record = _record(node)
    require(actor, "declare_status", record)
    with recording(actor, "take_back_status", subject_id=record.subject_id) as event:
        locked(Node, node.pk)
        newest = DeclaredStatus.objects.filter(node=node, superseded_at=None).order_by("-recorded_at", "-pk").first()
        if newest is None or not newest.status or newest.expires_on is None or newest.expires_on < today:
            raise Refusal(_("No declared status holds here any more."), code="none")
        key = (node.pk, newest.frequency, newest.period_start)
        _write(actor, key, ("", newest.computed, "", None), event.pk)


def _record(node: Node) -> Measure | Objective:
    record = record_of(node)
    if record is None:
        raise Refusal(_("A status is declared on a measure or an objective; everything above them is computed."))
    return record


def _check_expiry(expires_on: date, today: date) -> None:
    if expires_on < today:
        words = {"day": date_long(expires_on)}
        raise Refusal(_("%(day)s has passed. Choose today or a later day.") % words, field="expires_on")
    if expires_on > today + timedelta(days=MOST_DAYS):
        words = {"day": date_long(expires_on)}
        raise Refusal(
            _("%(day)s is more than a year away. A declared status holds for a year at most.") % words,
            field="expires_on",
        )


def _write(actor: Actor, key: FactKey, values: tuple[str, str, str, date | None], event_id: int) -> None:
    """A further revision of the fact, with the moment taken under the node's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
    before = current_of(FACTS, [key]).get(key)
    append(FACTS, [NewFact(key, values, before)], moment=moment, actor=actor, event_id=event_id)
