"""Files attached to records: kept by content, not by name; removed to the trash, and from it for good after 30 days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.files import secret_path, tame_name, write_whole
from organization.actions.batches import locked
from organization.actors import system_actor
from strategy.actions.discussion import author_of
from strategy.models import Attachment, Comment
from strategy.queries.attached import TRASH_DAYS
from strategy.rules.filetypes import FileTypeError, Reason, recognise

FOLDER = "attachments"
MOST_BYTES = 20 * 1024 * 1024
_CHUNK = 1 << 20

_SENTENCES: dict[Reason, str | Promise] = {
    "empty": gettext_lazy("“%(name)s” is empty. Choose the file again."),
    "unknown": gettext_lazy(
        "“%(name)s” is no kind of file that is kept here. Attach a PDF, a picture, a text, or a document of an office "
        "program (.docx, .xlsx, .pptx, .odt, .ods, .odp)."
    ),
    "page": gettext_lazy("“%(name)s” is a web page or a drawing with code. Attach it as a PDF or as a picture."),
    "macros": gettext_lazy("“%(name)s” holds macros. Save it without them and attach it again."),
    "broken": gettext_lazy("“%(name)s” cannot be read; it may be damaged. Save it again and attach it."),
    "name": gettext_lazy("What is inside “%(name)s” does not fit its name. Give it the ending of its kind."),
}


def attach_file(actor: Actor, *, about: Any, name: str, content: BinaryIO) -> Attachment:
    """Keep a file on a record: up to 20 MB, of a kind nothing runs when it is opened (rules/filetypes)."""
    require(actor, "attach", about)
    called = tame_name(name)
    size = content.seek(0, 2)
    if size > MOST_BYTES:
        words = {"name": called, "size": f"{size / 1024 / 1024:.1f}", "most": MOST_BYTES // 1024 // 1024}
        raise Refusal(_("“%(name)s” has %(size)s MB; at most %(most)d fit.") % words, code="size", field="file")
    try:
        kind, ending = recognise(called, content)
    except FileTypeError as error:
        raise Refusal(str(_SENTENCES[error.reason]) % {"name": called}, code=error.reason, field="file") from error
    author = author_of(actor)
    path = secret_path(FOLDER, ending)
    written, digest = write_whole(file_path(path), _chunks(content))
    values = {"name": called, "media_type": kind, "path": path, "size": written, "sha256": digest}
    try:
        with recording(actor, "attach_file", subject_id=about.subject_id):
            made = Attachment.objects.create(subject=about.subject, author=author, **values)
            made.refresh_from_db(fields=["created_at"])
    except BaseException:
        file_path(path).unlink(missing_ok=True)
        raise
    return made


def file_path(path: str) -> Path:
    """Where a kept file lies."""
    return Path(settings.MEDIA_ROOT) / path


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(_CHUNK):
        yield chunk


def remove(actor: Actor, *, row: Comment | Attachment) -> None:
    """Put a comment or a file into the trash; it can be brought back for 30 days. Doing it twice changes nothing."""
    _set_trashed(actor, row, "remove", is_trashed=True)


def restore(actor: Actor, *, row: Comment | Attachment) -> None:
    """Bring a comment or a file back from the trash."""
    _set_trashed(actor, row, "restore", is_trashed=False)


def _set_trashed(actor: Actor, row: Comment | Attachment, verb: str, *, is_trashed: bool) -> None:
    require(actor, "view", row)
    model: Any = type(row)
    with transaction.atomic():
        held = locked(model, row.pk)
        if (held.trashed_at is not None) == is_trashed:
            return
        require(actor, verb, row)
        with recording(actor, f"{verb}_{model._meta.model_name}", subject_id=held.subject_id):
            model.objects.filter(pk=held.pk).update(trashed_at=Now() if is_trashed else None)
    row.refresh_from_db()


def purge_trash(now: datetime) -> int:
    """Delete for good what has lain in the trash for 30 days; comments that were answered keep their place, emptied."""
    before = now - timedelta(days=TRASH_DAYS)
    files = list(Attachment.objects.filter(trashed_at__lt=before))
    comments = Comment.objects.filter(trashed_at__lt=before)
    if not files and not comments.exclude(text="").exists():
        return 0
    with recording(system_actor(), "purge_trash"):
        gone = comments.filter(replies__isnull=True).delete()[0]
        gone += comments.exclude(text="").update(text="")
        gone += Attachment.objects.filter(pk__in=[row.pk for row in files]).delete()[0]
    for row in files:
        file_path(row.path).unlink(missing_ok=True)
    return gone
