"""Frozen reports: the list of a scorecard's, one as a page and as files, its PDF on demand."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.downloads import download, streamed
from core.guards import PortalRequest, guarded
from core.periods import Period, PeriodError
from core.submitting import refuse_quietly
from scorecards.actions.reports import order_measure_report, order_pdf
from scorecards.models import Measure, Report, Scorecard
from scorecards.queries.printed import HASH_SHOWN, canonical, printed, printed_measure
from scorecards.queries.reports import reports_page
from scorecards.tables.reports import dataset_of, workbook_of


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
    if row.measure_id is not None:
        context = {"row": row, "doc": printed_measure(row), "scorecard": row.scorecard}
        return render(request, "scorecards/report_measure.html", context)
    return render(request, "scorecards/report.html", {"row": row, "doc": printed(row), "scorecard": row.scorecard})


@guarded("open", Report)
@require_safe
def report_file(request: PortalRequest, row: Report, form: str) -> HttpResponseBase:
    """The frozen report as a workbook, as CSV, or as the JSON that was hashed."""
    name = f"{row.content['name']} {row.content['period_key']} {row.content_hash[:HASH_SHOWN]}"
    if form == "json":
        return streamed([canonical(row.content).encode()], name, form)
    if form == "xlsx":
        return streamed(workbook_of(row), name, form)
    if form == "csv":
        return download(dataset_of(row), name, form)
    raise Http404


@guarded("view", Measure)
@require_POST
def measure_report_order(request: PortalRequest, measure: Measure) -> HttpResponse:
    """Order the PDF of one measure; a worker makes it."""
    try:
        period = Period.parse(request.POST.get("p", ""), request.at.period.calendar)
    except PeriodError:
        period = request.at.period
    return refuse_quietly(
        request,
        lambda: order_measure_report(request.actor, measure=measure, period=period),
        back=reverse("scorecards:measure", args=[measure.pk]),
        done=lambda job: reverse("jobs:job", args=[job.pk]),
    )


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
