"""Large files of values: kept with a job that reads and saves them, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.access import Actor
from jobs.actions.files import keep_file
from jobs.actions.ordering import enqueue
from jobs.models import Job, ProducedFile

MEDIA_TYPE = "application/octet-stream"


def order_entry_file(actor: Actor, *, name: str, content: bytes, only_right: bool, now: datetime) -> Job:
    """Order that a worker saves the values of a file; its page shows how far it is."""
    with transaction.atomic():
        job = enqueue(
            actor,
            "scorecards.save_entry_file",
            title=_("Values from %(file)s") % {"file": name},
            arguments={"only_right": only_right},
            queue="heavy",
        )
        keep_file(job, content, name=name, media_type=MEDIA_TYPE, as_of=now, key=_key(job))
    return job


def ordered_file(job: Job) -> Path:
    """The file that was given with the job."""
    return Path(settings.MEDIA_ROOT) / ProducedFile.objects.get(key=_key(job)).path


def _key(job: Job) -> str:
    return f"entries:{job.pk}"


def first_sentences(problems: Iterable[tuple[str, str]], most: int = 20) -> str:
    """The first problems, one on each line, and how many more there are."""
    listed = list(problems)
    said = [f"{place}: {sentence}" for place, sentence in listed[:most]]
    if len(listed) > most:
        said.append(_("And %(n)d more.") % {"n": len(listed) - most})
    return "\n".join(said)
