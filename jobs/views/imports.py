"""Imports in the browser: what was imported, a new file, its check, its mapping, and the import itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Forbidden, givers_sentence
from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.importers import Importer
from core.submitting import refuse_quietly, take
from jobs import queries
from jobs.actions import uploads
from jobs.forms import ImportForm
from jobs.models import ImportRun, Upload
from jobs.tables import lines_dataset, lines_of, runs_dataset
from organization.models import OrgUnit

PAGE_SIZE = 50


def kinds_or_forbidden(request: PortalRequest) -> list[Importer]:
    """What the person may import; who may import nothing does not come in."""
    kinds = queries.kinds_for(request.actor)
    if not kinds:
        raise Forbidden("import", givers_sentence(OrgUnit, "import"))
    return kinds


@listing("import", OrgUnit)
@require_safe
def imports(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """Files that wait, mappings that are kept, and what was imported in the last three months."""
    kinds = kinds_or_forbidden(request)
    runs = queries.recent_runs(request.actor, timezone.now())
    context = {
        "kinds": {known.kind: known.title for known in kinds},
        "uploads": list(queries.own_uploads(request.actor)[:PAGE_SIZE]),
        "mappings": list(queries.mappings_of(request.actor, kinds)[:PAGE_SIZE]),
        "feeds": queries.feed_lines(request.actor, timezone.now()),
        "page": Paginator(runs, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "jobs/imports.html", context)


@listing("import", OrgUnit)
@require_safe
def imports_file(request: PortalRequest, rows: QuerySet[OrgUnit], form: str) -> HttpResponseBase:
    """The imports of the last three months as a file."""
    kinds_or_forbidden(request)
    runs = queries.recent_runs(request.actor, timezone.now())
    return download(runs_dataset(runs.iterator(chunk_size=500)), "imports", form)


@listing("import", OrgUnit)
def import_new(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """Give a file; it is read without writing."""
    kinds = kinds_or_forbidden(request)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    start = {"saved": request.GET.get("mapping", ""), "kind": request.GET.get("kind", "")}
    form = ImportForm(
        *given, kinds=kinds, mappings=list(queries.mappings_of(request.actor, kinds)), initial=start
    )  # fmt: skip
    if form.is_bound and (row := take(form, partial(_upload, request))) is not None:
        return redirect("jobs:upload", pk=row.pk)
    return render(request, "jobs/import_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _upload(request: PortalRequest, data: dict[str, Any]) -> Upload:
    file = data["file"]
    return uploads.take_upload(
        request.actor, kind=data["kind"], name=file.name, chunks=file.chunks(), mapping=data["mapping"]
    )


@guarded("view", Upload)
@require_safe
def upload(request: PortalRequest, row: Upload) -> HttpResponse:
    """How a file stands: being read, what its import would do, what is wrong, or that it is imported."""
    now = timezone.now()
    progress = queries.progress_of(request.actor, row.job, now) if row.job is not None else None
    context = {
        "upload": row,
        "progress": progress,
        "report": queries.report_shown(row.report),
        "earlier": queries.run_of_same_file(row.kind, row.sha256),
        "is_mine": row.person_id == request.actor.person_id,
        "lines": queries.lines_file_of(request.actor, row),
    }
    return render(request, "jobs/upload.html#stand" if request.htmx else "jobs/upload.html", context)


def _done(request: PortalRequest, row: Upload, act: Callable[..., Any], **given: Any) -> HttpResponse:
    """Do it and stay with the file; a refusal says why not."""
    return refuse_quietly(request, lambda: act(request.actor, row, **given), back=_page_of(row))


def _page_of(row: Upload) -> str:
    return reverse("jobs:upload", args=[row.pk])


@guarded("change", Upload)
@require_POST
def upload_check(request: PortalRequest, row: Upload) -> HttpResponse:
    """Read the file again, by the mapping as changed."""
    return _done(request, row, uploads.check_again, mapping=request.POST.get("mapping", ""))


@guarded("change", Upload)
@require_POST
def upload_import(request: PortalRequest, row: Upload) -> HttpResponse:
    """Import what was found right."""
    return _done(request, row, uploads.order_import)


@guarded("remove", Upload)
@require_POST
def upload_remove(request: PortalRequest, row: Upload) -> HttpResponse:
    """Throw the file away."""
    return refuse_quietly(
        request,
        lambda: uploads.remove_upload(request.actor, row),
        said=_("%(file)s was removed.") % {"file": row.name},
        back=_page_of(row),
        done=reverse("jobs:imports"),
    )


@guarded("view", ImportRun)
@require_safe
def import_run(request: PortalRequest, row: ImportRun) -> HttpResponse:
    """What one import did, with what became of every row."""
    context = {
        "run": row,
        "report": queries.report_shown(row.counts),
        "page": Paginator(lines_of(row), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "jobs/import_run.html", context)


@guarded("view", ImportRun)
@require_safe
def import_run_file(request: PortalRequest, row: ImportRun, form: str) -> HttpResponseBase:
    """What became of every row, as a file."""
    return download(lines_dataset(row), f"import {row.file_name}", form)
