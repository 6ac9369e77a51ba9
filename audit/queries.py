"""Questions about what happened. Who may ask is decided above (portal), because audit knows no roles."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from audit.models import Change, Event


def events_of(subject_id: int) -> QuerySet[Event]:
    """Everything done to a subject, newest first."""
    return Event.objects.filter(subject_id=subject_id).order_by("-pk")


def changes_of(event: Event) -> QuerySet[Change]:
    """The rows an event changed, in the order they were written."""
    return Change.objects.filter(event_id=event.pk).order_by("pk")


def stamp() -> str | None:
    """What has been written so far, as a short text: equal stamps mean that nothing was written to any marked table.

    Marks are counted, because transactions do not commit in the order of their numbers. None inside a transaction that
    has written itself: what it sees is nobody else's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(xid), max(xid), count(*), pg_current_xact_id_if_assigned() IS NULL FROM audit_mark")
        first, last, marks, is_reader = cursor.fetchone()
    return f"{first}-{last}-{marks}" if is_reader else None
