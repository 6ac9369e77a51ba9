"""What is thrown away in time: letters that were sent, messages of old jobs, files nobody knows of, files given for
import."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from audit.actions import forget_marks, recording
from jobs.actions.files import FOLDER
from jobs.actions.ordering import OPEN
from jobs.actions.uploads import UPLOADS, remove_file
from jobs.models import Outbox, ProducedFile, Upload
from organization.actors import system_actor

MAIL_KEPT = timedelta(days=30)
"""A mail holds names and figures: its text is not kept longer than the list that shows it."""
UPLOADS_KEPT = timedelta(days=30)
"""What was imported stands in the run; the file itself is its sender's."""
ORPHANS_KEPT = timedelta(days=1)
"""Longer than any job runs, so a file whose row is not yet stored is safe."""


def tidy(now: datetime) -> dict[str, int]:
    """Remove what has had its time; how many of each. Jobs, produced files and their rows stay."""
    old = Q(sent_at__lt=now - MAIL_KEPT) | Q(given_up_at__lt=now - MAIL_KEPT)
    messages, _by_table = Outbox.objects.filter(old).exclude(job__state__in=OPEN).delete()
    return {
        "messages": messages,
        "files": _remove_orphans(),
        "uploads": _remove_uploads(now),
        "marks": forget_marks(now),
    }


def _remove_uploads(now: datetime) -> int:
    """Files given for import: the file first, so that a row never outlives it unnoticed; and those without a row."""
    old = Upload.objects.filter(created_at__lt=now - UPLOADS_KEPT).exclude(job__state__in=OPEN)
    rows = list(old)
    if rows:
        with recording(system_actor(), "tidy_uploads", details={"uploads": len(rows)}):
            old.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        remove_file(row)
    known = set(Upload.objects.values_list("path", flat=True))
    root, oldest = Path(settings.MEDIA_ROOT), time.time() - ORPHANS_KEPT.total_seconds()
    for path in (root / UPLOADS).rglob("*"):
        if path.is_file() and path.stat().st_mtime < oldest and str(path.relative_to(root)) not in known:
            path.unlink(missing_ok=True)
    return len(rows)


def _remove_orphans() -> int:
    """Files of attempts that were undone: written, but their row never stored."""
    root, removed = Path(settings.MEDIA_ROOT), 0
    known = set(ProducedFile.objects.values_list("path", flat=True))
    oldest = time.time() - ORPHANS_KEPT.total_seconds()
    for path in (root / FOLDER).rglob("*"):
        if path.is_file() and path.stat().st_mtime < oldest and str(path.relative_to(root)) not in known:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
