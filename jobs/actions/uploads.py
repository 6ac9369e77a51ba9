"""Files given in the browser to be imported: kept, read without writing, mended by their mapping, imported or removed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, Forbidden, givers_sentence, require
from core.actions import Refusal
from core.files import secret_path, tame_name, write_whole
from core.importers import Importer, ImportReport, importer_named
from core.mapping import Mapping, MappingError
from core.mapping.document import LARGEST_FILE
from core.mapping.writing import starter
from core.spreadsheets import WEB_UPLOAD, Layout, SpreadsheetError, open_table
from jobs.actions.files import keep_file
from jobs.actions.imports import import_file
from jobs.actions.ordering import enqueue
from jobs.models import ImportRun, Job, Upload
from jobs.queries import kinds_for
from organization.models import OrgUnit

UPLOADS = "uploads"
LONGEST_NAME = 60
"""Signs of a file's name that are kept: also of four bytes each they fit a folder's entry."""


def take_upload(actor: Actor, *, kind: str, name: str, chunks: Iterable[bytes], mapping: str = "") -> Upload:
    """Keep the file and order that it is read without writing.

    Without a mapping, or with one that says [options] alone, one is begun from its header.
    """
    chosen = allowed_kind(actor, kind)
    _check_length(mapping)
    if actor.person_id is None:
        raise Refusal(_("Only a person can give a file to be imported."))
    name = tame_name(name)[-LONGEST_NAME:].lstrip(". ") or "file"
    path = f"{secret_path(UPLOADS, '')}/{name}"
    size, sha256 = write_whole(Path(settings.MEDIA_ROOT) / path, chunks)
    row = Upload(person_id=actor.person_id, kind=chosen.kind, name=name, path=path, size=size, sha256=sha256)
    row.mapping = mapping
    try:
        with recording(actor, "upload_import", details={"kind": kind, "file": name, "sha256": sha256}):
            row.save(force_insert=True)
            _order(actor, row, "jobs.check_upload", _("Check of %(file)s") % {"file": name})
    except BaseException:
        remove_file(row)
        raise
    return row


def check_again(actor: Actor, upload: Upload, *, mapping: str) -> Upload:
    """Read the same file by another mapping, without writing."""
    require(actor, "change", upload)
    allowed_kind(actor, upload.kind)
    _check_length(mapping)
    with recording(actor, "check_import", details={"upload": upload.pk, "file": upload.name}):
        row = _open(upload)
        row.mapping, row.state, row.report = mapping, Upload.State.NEW, {}
        _order(actor, row, "jobs.check_upload", _("Check of %(file)s") % {"file": row.name})
    return row


def order_import(actor: Actor, upload: Upload) -> Upload:
    """Order that a file is imported which was read without a problem."""
    require(actor, "change", upload)
    allowed_kind(actor, upload.kind)
    with recording(actor, "order_import", details={"upload": upload.pk, "file": upload.name}):
        row = _open(upload)
        if row.state != Upload.State.READY:
            raise Refusal(_("%(file)s has to be checked without a problem first. Nothing was written.") % {"file": row})
        _order(actor, row, "jobs.import_upload", _("Import of %(file)s") % {"file": row.name})
    return row


def remove_upload(actor: Actor, upload: Upload) -> None:
    """Throw the file away. What was imported from it stays."""
    require(actor, "remove", upload)
    with recording(actor, "remove_upload", details={"upload": upload.pk, "file": upload.name}):
        row = Upload.objects.select_for_update(of=("self",)).select_related("job").get(pk=upload.pk)
        _refuse_while_read(row)
        row.delete()
    remove_file(upload)


def remove_file(upload: Upload) -> None:
    """Take the file and its folder from the disk, if they are there."""
    path = Path(settings.MEDIA_ROOT) / upload.path
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def check_upload(actor: Actor, *, job: Job) -> dict[str, Any]:
    """What a worker does first: read the file and say what its import would do. The lines are kept as a file."""
    row = _of(job)
    chosen = allowed_kind(actor, row.kind)
    mapping = row.mapping if _is_whole(chosen, row.mapping) else _begun(chosen, row)
    report = _read(actor, row, mapping, job=job, commit=False)
    now = timezone.now()
    content = report.dataset().csv()
    keep_file(job, content, name=f"{Path(row.name).stem}-rows.csv", media_type="text/csv; charset=utf-8", as_of=now)
    with recording(actor, "check_import", details={"upload": row.pk, "problems": report.problem_count}):
        row.mapping, row.report = mapping, report.to_document()
        row.state = Upload.State.REFUSED if report.is_refused else Upload.State.READY
        row.save(update_fields=["mapping", "report", "state"])
    return {"upload": row.pk}


def import_upload(actor: Actor, *, job: Job) -> dict[str, Any]:
    """What a worker does at last: import, all or nothing. A refusal now means that something changed since the check."""
    row = _of(job)
    allowed_kind(actor, row.kind)
    report = _read(actor, row, row.mapping, job=job, commit=True)
    with recording(actor, "finish_import", details={"upload": row.pk, "problems": report.problem_count}):
        row.report = report.to_document()
        row.state = Upload.State.IMPORTED if report.is_committed else Upload.State.REFUSED
        if report.is_committed:
            own = ImportRun.objects.filter(kind=row.kind, file_sha256=row.sha256, person_id=row.person_id)
            row.run = own.order_by("-pk").first()
        row.save(update_fields=["report", "state", "run"])
    return {"upload": row.pk}


def _read(actor: Actor, row: Upload, mapping: str, *, job: Job, commit: bool) -> ImportReport:
    path = Path(settings.MEDIA_ROOT) / row.path
    if not path.is_file():
        raise Refusal(_("The file is no longer there. Upload it again; nothing was written."))
    try:
        parsed = Mapping.parse(mapping)
    except MappingError as error:
        report = ImportReport(kind=row.kind, file=row.name)
        for sentence in error.sentences:
            report.note(sentence)
        return report
    return import_file(
        actor, kind=row.kind, mapping=parsed, path=path, commit=commit, job=job, limits=WEB_UPLOAD
    )  # fmt: skip


def _is_whole(chosen: Importer, mapping: str) -> bool:
    """Whether there is nothing to be begun: it says fields, or the file is no table and it says options."""
    return bool(mapping.strip()) and (chosen.whole is not None or set(_document(mapping)) != {"options"})


def _document(mapping: str) -> dict[str, Any]:
    try:
        return tomllib.loads(mapping)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}  # reading by the mapping says why


def _begun(chosen: Importer, row: Upload) -> str:
    """A mapping begun from the header; of a file whose header cannot be read, one without columns."""
    given = _document(row.mapping).get("options", {})
    columns: list[str] = []
    try:
        with open_table(Path(settings.MEDIA_ROOT) / row.path, Layout(), WEB_UPLOAD) as table:
            columns = list(table.columns)
    except (SpreadsheetError, OSError):
        columns = []  # reading by the mapping says why
    name, fields = Path(row.name).stem[:120], chosen.all_fields()
    return starter(chosen.kind, name, columns, fields, chosen.series, chosen.options, given)


def allowed_kind(actor: Actor, kind: str) -> Importer:
    """The kind, if the actor may import it somewhere; where, its importer checks."""
    try:
        chosen = importer_named(kind)
    except MappingError as error:
        raise Refusal(str(error), field="kind") from None
    if chosen not in kinds_for(actor):
        raise Forbidden(chosen.verb, givers_sentence(OrgUnit, chosen.verb))
    return chosen


def _check_length(mapping: str) -> None:
    if len(mapping) > LARGEST_FILE or "\0" in mapping:
        raise Refusal(_("The mapping is larger than 1 MB or is no text. Nothing was changed."), field="mapping")


def _open(upload: Upload) -> Upload:
    row = Upload.objects.select_for_update(of=("self",)).select_related("job").get(pk=upload.pk)
    _refuse_while_read(row)
    if row.state == Upload.State.IMPORTED:
        raise Refusal(_("%(file)s has been imported. To import it again, upload it again.") % {"file": row})
    return row


def _refuse_while_read(row: Upload) -> None:
    if row.job is not None and row.job.is_open:
        raise Refusal(_("%(file)s is being read at this moment. Wait until that has ended.") % {"file": row})


def _order(actor: Actor, row: Upload, task: str, title: str) -> None:
    with transaction.atomic():
        key = f"upload:{row.pk}"
        row.job = enqueue(actor, task, title=title, arguments={"upload": row.pk}, key=key, queue="heavy")
        row.save(update_fields=["mapping", "state", "report", "job"])


def _of(job: Job) -> Upload:
    found = Upload.objects.filter(pk=job.arguments["upload"], person=job.person).first()
    if found is None:
        raise Refusal(_("The file is no longer there. Upload it again; nothing was written."))
    return found
