"""Questions about what happened. Who may ask is decided above (portal), because audit knows no roles."""

from __future__ import annotations

from django.db.models import QuerySet

from audit.models import Change, Event


def events_of(subject_id: int) -> QuerySet[Event]:
    """Everything done to a subject, newest first."""
    return Event.objects.filter(subject_id=subject_id).order_by("-pk")


def changes_of(event: Event) -> QuerySet[Change]:
    """The rows an event changed, in the order they were written."""
    return Change.objects.filter(event_id=event.pk).order_by("pk")
