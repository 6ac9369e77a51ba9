"""Scorecards, a scorecard, its files and its PDF, a node explained."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.keeping import kept
from core.periods import Period, PeriodError
from jobs.queries import kinds_for
from scorecards.actions.originals import with_original
from scorecards.actions.reports import order_report
from scorecards.models import Node, Scorecard
from scorecards.queries import cards, lists
from scorecards.queries.explaining import node_report
from scorecards.queries.reds import unanswered_of
from scorecards.tables import scorecard_dataset


@listing("view", Scorecard)
@require_safe
def scorecards(request: PortalRequest, rows: QuerySet[Scorecard]) -> HttpResponse:
    """Every scorecard with the status of its strategy; the only one is opened at once."""
    lines = lists.scorecard_lines(request.actor, request.at)
    if len(lines) == 1:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("scorecards:scorecard", args=[lines[0].scorecard.pk]) + asked)
    return render(request, "scorecards/scorecards.html", {"lines": lines, "may_import": bool(kinds_for(request.actor))})


@guarded("view", Scorecard)
@kept
@require_safe
def scorecard(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """The scorecard in the period picked."""
    report = cards.scorecard_report(request.actor, card, request.at)
    by_theme = request.GET.get("by") == "theme" and bool(report.theme_rows)
    context = {"scorecard": card, "report": report, "by_theme": by_theme}
    context["waiting"] = unanswered_of(request.actor, card, request.at)
    return render(
        request, "scorecards/scorecard.html", {**context, "rows": report.theme_rows if by_theme else report.rows}
    )


@guarded("view", Scorecard)
@require_safe
def scorecard_file(request: PortalRequest, card: Scorecard, form: str) -> HttpResponseBase:
    """The scorecard as CSV, workbook or JSON."""
    report = cards.scorecard_report(request.actor, card, request.at)
    return download(scorecard_dataset(report), f"{card.name} {report.period_key}", form)


@guarded("view", Scorecard)
@require_POST
def report_order(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Order the PDF; a worker makes it and the job's page shows how far it is."""
    try:
        period = Period.parse(request.POST.get("p", ""), request.at.period.calendar)
    except PeriodError:
        period = request.at.period
    job = order_report(request.actor, scorecard=card, period=period)
    return redirect("jobs:job", pk=job.pk)


@guarded("view", Node)
@require_safe
def node(request: PortalRequest, found: Node) -> HttpResponse:
    """Why a node has its score: each child's weight, score and contribution, and what is missing.

    A row of a scorecard asks for it as a row that stands below it.
    """
    report = with_original(node_report(request.actor, found, request.at), found, request.at)
    is_row = request.htmx and (request.htmx.target or "").startswith("row-")
    return render(request, "scorecards/node.html#row" if is_row else "scorecards/node.html", {"report": report})
