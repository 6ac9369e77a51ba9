"""Imports by the clock: the newest file of a pattern in one folder, taken all or nothing in its owner's name."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.importers import ImportReport
from core.mapping import Mapping, MappingError
from core.spreadsheets import WEB_UPLOAD
from jobs.actions.imports import import_file, sha256_of
from jobs.actions.ordering import enqueue
from jobs.actions.progress import advance
from jobs.actions.uploads import allowed_kind
from jobs.models import ImportFeed, ImportMapping, ImportRun, Job, Schedule

TASK = "jobs.run_feed"
RHYTHMS = ("hour", "day", "week", "month")
PROBLEMS_SAID = 20
MOST_FILES = 10_000


@dataclass(frozen=True)
class Plan:
    """Which files and when; `on_day` counts as jobs.Schedule says."""

    name: str
    pattern: str
    every: str
    on_day: int = 1
    at_hour: int = 5
    at_minute: int = 0


def add_feed(actor: Actor, *, mapping: ImportMapping, plan: Plan) -> ImportFeed:
    """Have files loaded by the clock from now on, in the actor's name."""
    require(actor, "view", mapping)
    allowed_kind(actor, mapping.kind)
    if actor.person_id is None:
        raise Refusal(_("A schedule acts in a person's name, so a person must make it."))
    _check(mapping, plan)
    with recording(actor, "add_import_feed", details={"source": mapping.source, "pattern": plan.pattern}):
        schedule = Schedule.objects.create(
            name=plan.name,
            task=TASK,
            queue="heavy",
            owner_id=actor.person_id,
            every=plan.every,
            on_day=plan.on_day,
            at_hour=plan.at_hour,
            at_minute=plan.at_minute,
        )
        feed = ImportFeed.objects.create(mapping=mapping, pattern=plan.pattern, schedule=schedule)
        schedule.arguments = {"feed": feed.pk}
        schedule.save(update_fields=["arguments"])
    return feed


def pause_feed(actor: Actor, feed: ImportFeed) -> None:
    """Load nothing until it is taken up again."""
    _switch(actor, feed, "pause_import_feed", is_active=False)


def resume_feed(actor: Actor, feed: ImportFeed) -> None:
    """Go on with the next moment; what was due meanwhile is not caught up."""
    _switch(actor, feed, "resume_import_feed", is_active=True, since=Now())


def remove_feed(actor: Actor, feed: ImportFeed) -> None:
    """End it; what it has imported stays."""
    require(actor, "pause", feed)
    with recording(actor, "remove_import_feed", details={"name": feed.schedule.name, "pattern": feed.pattern}):
        schedule = feed.schedule
        feed.delete()
        schedule.delete()


def run_feed_now(actor: Actor, feed: ImportFeed) -> Job:
    """Look for a file at once, as the clock would. Asking again meanwhile is one run."""
    require(actor, "run", feed)
    with recording(actor, "run_import_feed", details={"feed": feed.pk}):
        title, arguments = feed.schedule.name, {"feed": feed.pk}
        return enqueue(actor, TASK, title=title, arguments=arguments, key=f"feed:{feed.pk}:now", queue="heavy")


def run_feed(actor: Actor, *, job: Job, now: datetime) -> dict[str, Any]:
    """What a worker does: take the newest matching file, unless its content was imported by this mapping before.

    A file that is older than one already imported is passed over. Two runs at once wait for each other. `Refusal` with
    the problems of the file; then nothing is written.
    """
    feed = ImportFeed.objects.select_for_update(of=("self",)).select_related("mapping", "schedule").filter(
        pk=job.arguments["feed"], schedule__owner=job.person
    ).first()  # fmt: skip
    if feed is None:
        raise Refusal(_("This import by the clock was removed, so nothing was loaded."))
    allowed_kind(actor, feed.mapping.kind)
    found = newest_file(feed.pattern)
    if found is None:
        said = _("No file fits %(pattern)s. Nothing was imported.") % {"pattern": feed.pattern}
        return _keep(actor, feed, job, said, now)
    with tempfile.TemporaryDirectory(prefix="smo-feed-") as folder:
        path = Path(shutil.copyfile(found, Path(folder) / found.name))  # what is judged is what is read
        digest = sha256_of(path)
        if ImportRun.objects.filter(mapping=feed.mapping, file_sha256=digest).exists():
            said = _("Nothing new: the newest file, %(file)s, was imported before.") % {"file": found.name}
            return _keep(actor, feed, job, said, now)
        report = _taken(actor, feed, path, job)
    run = ImportRun.objects.filter(mapping=feed.mapping, file_sha256=digest).latest("pk")
    rows = sum(report.counts[one] for one in ("taken", "changed"))
    said = _("Imported %(file)s: %(rows)s rows new or changed.") % {"file": found.name, "rows": f"{rows:,}"}
    return _keep(actor, feed, job, said, now, run)


def newest_file(pattern: str) -> Path | None:
    """The file last changed of those in the folder that fit; links that lead out of the folder do not."""
    root = _root()
    fitting: list[tuple[float, str, Path]] = []
    for count, path in enumerate(root.glob(pattern)):
        if count >= MOST_FILES:
            raise Refusal(_("More than 10,000 files fit %(pattern)s. Name them more closely.") % {"pattern": pattern})
        try:
            real = path.resolve(strict=True)
            if real.is_relative_to(root) and real.is_file():
                fitting.append((real.stat().st_mtime, path.name, real))
        except OSError:
            continue  # it went in this moment
    if not fitting:
        return None
    found = max(fitting)[2]
    if found.stat().st_size > (WEB_UPLOAD.file_bytes or 0):
        raise Refusal(_("%(file)s is larger than 50 MB. Nothing was imported; split it.") % {"file": found.name})
    return found


def _root() -> Path:
    folder = settings.IMPORT_DIR
    if folder is None:
        raise Refusal(_("No folder is set from which files are loaded. Whoever runs the portal sets SMO_IMPORT_DIR."))
    if not folder.is_dir():
        raise Refusal(_("The folder from which files are loaded is not there. Whoever runs the portal looks into it."))
    return Path(folder).resolve()


def _check(mapping: ImportMapping, plan: Plan) -> None:
    parts = PurePosixPath(plan.pattern).parts
    is_odd = "\\" in plan.pattern or "\0" in plan.pattern or "**" in plan.pattern
    if not parts or is_odd or ".." in parts or plan.pattern.startswith("/"):
        sentence = _(
            "Name a file below the import folder, such as erp/measures-*.csv: without '..', '\\', '**' or '/' first."
        )
        raise Refusal(sentence, field="pattern")
    if plan.every not in RHYTHMS:
        raise Refusal(_("Choose how often: every hour, day, week or month."), field="every")
    if _parsed(mapping).folder is not None:
        raise Refusal(
            _("This mapping reads a folder of files; by the clock one file is read at a time."), field="mapping"
        )


def _parsed(mapping: ImportMapping) -> Mapping:
    try:
        return Mapping.parse(mapping.named_document)
    except MappingError as error:
        raise Refusal(_("The mapping is no longer right: %(problem)s") % {"problem": error}, field="mapping") from None


def _taken(actor: Actor, feed: ImportFeed, path: Path, job: Job) -> ImportReport:
    kind, mapping = feed.mapping.kind, _parsed(feed.mapping)
    report = import_file(actor, kind=kind, mapping=mapping, path=path, commit=True, job=job, limits=WEB_UPLOAD)
    if not report.is_committed:
        first = report.problems[:PROBLEMS_SAID]
        said = [_("Nothing was written of %(file)s:") % {"file": path.name}, *first]
        if report.problem_count > len(first):
            said.append(_("… and %(more)s more.") % {"more": f"{report.problem_count - len(first):,}"})
        raise Refusal("\n".join(said))
    return report


def _keep(
    actor: Actor, feed: ImportFeed, job: Job, said: str, now: datetime, run: ImportRun | None = None
) -> dict[str, Any]:
    """Note what came of it, on the feed and as the job's last step."""
    advance(job, 1, 1, step=said)
    with recording(actor, "note_import_feed", details={"feed": feed.pk, "said": said}):
        feed.said, feed.ran_at, feed.run = said[:300], now, run or feed.run
        feed.save(update_fields=["said", "ran_at", "run"])
    return {"said": said, "quiet": run is None}


def _switch(actor: Actor, feed: ImportFeed, verb: str, **values: Any) -> None:
    require(actor, "pause", feed)
    with recording(actor, verb, details={"feed": feed.pk, "at": timezone.now().isoformat()}):
        Schedule.objects.filter(pk=feed.schedule_id).update(**values)
