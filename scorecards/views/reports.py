"""Frozen reports: the list of a scorecard's, one as a page and as files, its PDF on demand."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.downloads import download, streamed
from core.guards import PortalRequest, guarded
from core.submitting import refuse_quietly
from scorecards.actions.reports import order_pdf
from scorecards.models import Report, Scorecard
from scorecards.queries.printed import canonical, printed
from scorecards.queries.reports import reports_page
from scorecards.tables.reports import report_dataset, report_workbook


@guarded("view", Scorecard)
@require_safe
def reports(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Every frozen report of a scorecard the reader may know of, and the schedules."""
    report = reports_page(request.actor, card, request.GET.get("page", "1"), timezone.now())
    return render(request, "scorecards/reports.html", {"scorecard": card, "report": report, "page": report.page})


@guarded("open", Report)
@require_safe
def report(request: PortalRequest, row: Report) -> HttpResponse:
    """The frozen report as a page: the same words and figures as its PDF."""
    return render(request, "scorecards/report.html", {"row": row, "doc": printed(row), "scorecard": row.scorecard})


@guarded("open", Report)
@require_safe
def report_file(request: PortalRequest, row: Report, form: str) -> HttpResponseBase:
    """The frozen report as a workbook, as CSV, or as the JSON that was hashed."""
    doc = printed(row)
    name = f"{row.content['name']} {row.content['period_key']} {doc.short_hash}"
    if form == "xlsx":
        return streamed(report_workbook(row, doc), name, form)
    if form == "json":
        return streamed([canonical(row.content).encode()], name, form)
    if form == "csv":
        return download(report_dataset(doc), name, form)
    raise Http404


@guarded("open", Report)
@require_POST
def report_pdf(request: PortalRequest, row: Report) -> HttpResponse:
    """Make the PDF of a report that has none yet."""
    return refuse_quietly(
        request,
        lambda: order_pdf(request.actor, report=row),
        back=reverse("scorecards:reports", args=[row.scorecard_id]),
        done=lambda job: reverse("jobs:job", args=[job.pk]),
    )
