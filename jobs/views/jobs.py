"""My jobs, one job while it runs and after, the download of what it made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.submitting import refuse_quietly
from jobs import actions, queries
from jobs.actions.outbox import send_again
from jobs.models import Job, Outbox, ProducedFile
from jobs.tables import jobs_dataset

PAGE_SIZE = 50


@listing("view", Job)
@require_safe
def jobs(request: PortalRequest, rows: QuerySet[Job]) -> HttpResponse:
    """The person's jobs of 30 days; for an administrator also what broke."""
    now = timezone.now()
    context = {
        "page": Paginator(queries.own_jobs(request.actor, now), PAGE_SIZE).get_page(request.GET.get("page")),
        "broken": list(queries.broken_jobs(request.actor, now)[:PAGE_SIZE]),
        "mails": list(queries.mail_given_up(request.actor, now)[:PAGE_SIZE]),
        "days": queries.DAYS_KEPT,
        "may_import": bool(queries.kinds_for(request.actor)),
    }
    return render(request, "jobs/jobs.html", context)


@listing("view", Job)
@require_safe
def jobs_file(request: PortalRequest, rows: QuerySet[Job], form: str) -> HttpResponseBase:
    """The person's jobs of 30 days as a file."""
    found = queries.own_jobs(request.actor, timezone.now())
    return download(jobs_dataset(found.iterator(chunk_size=500)), "jobs", form)


@guarded("view", Job)
@require_safe
def job(request: PortalRequest, row: Job) -> HttpResponse:
    """How the job stands. htmx asks for the middle part again and again; nothing is sent while nothing has changed."""
    progress = queries.progress_of(request.actor, row, timezone.now())
    mark = f'"{progress.mark}"'
    if request.headers.get("If-None-Match") == mark:
        # htmx would put the empty body of a 304 into the page
        return HttpResponse(status=204 if request.htmx else 304, headers={"ETag": mark})
    template = "jobs/job.html#progress" if request.htmx else "jobs/job.html"
    response = render(request, template, {"progress": progress, "job": progress.job, "polled": bool(request.htmx)})
    response["ETag"] = mark
    return response


def _done(request: PortalRequest, row: Job, act: Callable[..., Any], said: str) -> HttpResponse:
    """Do it and go to the job's page, with what was done or why not."""
    back = reverse("jobs:job", args=[row.pk])
    return refuse_quietly(request, lambda: act(request.actor, row), said=said, back=back)


@guarded("cancel", Job)
@require_POST
def cancel(request: PortalRequest, row: Job) -> HttpResponse:
    """Stop a job."""
    return _done(request, row, actions.cancel, _("The job stops as soon as it can."))


@guarded("retry", Job)
@require_POST
def retry(request: PortalRequest, row: Job) -> HttpResponse:
    """Run a failed or stopped job again."""
    return _done(request, row, actions.retry, _("The job waits for its turn again."))


@guarded("view", ProducedFile)
@require_safe
def file(request: PortalRequest, row: ProducedFile) -> HttpResponseBase:
    """The file as a download: never shown in the portal's own name, never kept by a cache."""
    path = Path(settings.MEDIA_ROOT) / row.path
    if not path.is_file():
        return render(request, "jobs/file_missing.html", {"file": row}, status=410)
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=row.name, content_type=row.media_type, headers=headers
    )


@guarded("send_again", Outbox)
@require_POST
def resend(request: PortalRequest, row: Outbox) -> HttpResponse:
    """Try a mail again that could not be delivered."""
    said, back = _("The mail is tried again."), reverse("jobs:jobs")
    return refuse_quietly(request, lambda: send_again(request.actor, row), said=said, back=back)
