"""Opening an event. Every action of every app writes inside one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import Json

from audit.models import Event
from core.access import Actor

MARKS_KEPT = timedelta(hours=1)
"""Many times the age of the oldest kept page: a stamp must not come again while a page still bears it."""


def _set_event(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('smo.event', %s, true)", [value])


_GIVEN = tuple(field.attname for field in Event._meta.concrete_fields if field.attname not in {"id", "at"})
_BEGIN = (
    f"INSERT INTO audit_event ({', '.join(_GIVEN)}) VALUES ({', '.join(['%s'] * len(_GIVEN))})"  # noqa: S608 - constants
    " RETURNING id, set_config('smo.event', id::text, true)"
)


def _begin(event: Event) -> Event:
    """Store it, and let the row changes that follow name it; one statement."""
    given = [getattr(event, name) for name in _GIVEN]
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [Json(value) if isinstance(value, dict) else value for value in given])
        event.pk = cursor.fetchone()[0]
    return event


def _current_event() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('smo.event', true), '')")
        return str(cursor.fetchone()[0])


@contextmanager
def recording(
    actor: Actor, verb: str, *, subject_id: int | None = None, reason: str = "", details: dict[str, Any] | None = None
) -> Iterator[Event]:
    """One transaction and one event for an action; row changes inside it name this event.

    An action called by another opens an event of its own, and the outer one goes on after it.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        outer = _current_event() if nested else ""
        event = _begin(
            Event(
                verb=verb,
                actor_id=actor.person_id,
                actor_label=actor.label,
                on_behalf_of_id=actor.on_behalf_of_id,
                on_behalf_of_label=actor.on_behalf_of_label,
                subject_id=subject_id,
                request_id=actor.request_id,
                job_id=actor.job_id,
                reason=reason,
                details=details or {},
            )
        )
        yield event
        if nested and not connection.needs_rollback:
            _set_event(outer)


def forget_marks(now: datetime) -> int:
    """Remove marks of who wrote that are older than any kept page can be (core.keeping); how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_mark WHERE at < %s", [now - MARKS_KEPT])
        return int(cursor.rowcount)
