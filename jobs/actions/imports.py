"""Importing a file by a mapping: one transaction, one event, and the record of what was taken."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from audit.actions import recording
from audit.models import Event
from core.access import Actor
from core.importers import ImportReport, run
from core.mapping import Mapping
from core.spreadsheets import COMMAND, Limits
from jobs.actions.progress import advance
from jobs.models import ImportMapping, ImportRun, Job
from organization.queries import calendars

LINES_KEPT = 20_000
"""Lines of the report that are kept with the run; the report of the command holds all."""


class _NothingTaken(Exception):  # noqa: N818 - undoes the transaction
    """The report says why."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report


def import_file(
    actor: Actor,
    *,
    kind: str,
    mapping: Mapping,
    path: Path,
    commit: bool = False,
    options: dict[str, Any] | None = None,
    job: Job | None = None,
    limits: Limits = COMMAND,
) -> ImportReport:
    """Take a file, or say what that would do. With one problem nothing is written: no rows, no run, no event.

    A committed run keeps its mapping under the mapping's source, so that the next file needs none. The importer of the
    kind checks the actor's rights. Raises Refusal and what `core.access` raises.
    """
    arguments: dict[str, Any] = {
        "actor": actor,
        "calendar": calendars(),
        "options": options,
        "limits": limits,
        "progress": _Steps(job).read,
    }
    if not commit:
        return run(kind, mapping, path, **arguments)
    details = {"kind": kind, "source": mapping.source, "file": path.name, "sha256": sha256_of(path)}
    try:
        with recording(actor, "import_file", details=details) as event:
            report = run(kind, mapping, path, commit=True, **arguments)
            _keep(report, kind=kind, mapping=mapping, path=path, event=event)
    except _NothingTaken as nothing:
        return nothing.report
    return report


def _keep(report: ImportReport, *, kind: str, mapping: Mapping, path: Path, event: Event) -> None:
    """Record the run; of one that took nothing, undo the event too."""
    if not report.is_committed:
        raise _NothingTaken(report)
    ImportRun.objects.create(
        kind=kind,
        mapping=_kept(kind, mapping, path),
        file_name=path.name[:255],
        file_sha256=event.details["sha256"],
        counts=report.to_document(),
        report=[[line.row, line.outcome.value, line.what, line.why] for line in islice(report.lines, LINES_KEPT)],
        person_id=event.actor_id,
        event_id=event.pk,
    )


class _Steps:
    """Progress of an import: the number of rows read, of a total nobody knows."""

    def __init__(self, job: Job | None) -> None:
        self.job = job

    def read(self, count: int) -> None:
        advance(self.job, count, step=_("Reading rows"))


def _kept(kind: str, mapping: Mapping, path: Path) -> ImportMapping:
    """The mapping as kept under its source; a changed one raises its version."""
    source = (mapping.source or path.stem)[:120]
    kept, is_new = ImportMapping.objects.select_for_update().get_or_create(
        kind=kind, source=source, defaults={"document": mapping.to_document()}
    )
    if not is_new and kept.document != mapping.to_document():
        kept.document = mapping.to_document()
        kept.row_version += 1
        kept.save(update_fields=["document", "row_version"])
    return kept


def sha256_of(path: Path) -> str:
    """The digest of a file, read in parts; of a folder, of the names and digests of its files."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
        told = "".join(f"{each.relative_to(path).as_posix()} {sha256_of(each)}\n" for each in files)
        return hashlib.sha256(told.encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
