"""Questions about what people were told."""

from __future__ import annotations

from core.access import Actor, scoped
from notifications.models import Notification


def unread_count(viewer: Actor) -> int:
    """How many lines of the viewer's own list are still unread."""
    return scoped(viewer, "view", Notification.objects.filter(read_at__isnull=True)).count()
