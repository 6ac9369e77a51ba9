"""How well a scorecard is kept: who has not reported, what advice there is, and measures side by side."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.keeping import kept
from scorecards.forms import CompareForm
from scorecards.models import Measure, MeasureDefinition, Scorecard
from scorecards.queries.comparing import comparison, following, found_measures
from scorecards.queries.completeness import completeness
from scorecards.queries.quality import quality_report
from scorecards.tables import comparison_dataset, missing_dataset


def _unit(request: PortalRequest) -> int | None:
    asked = request.GET.get("unit", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


@listing("view", Measure)
@kept
@require_safe
def reporting(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Who has not reported, by unit, with days late."""
    unit = _unit(request)
    report = completeness(request.actor, request.at, unit)
    chosen = next((line.unit for line in report.units if line.unit.pk == unit), None)
    context = {"report": report, "page": report.page(request.GET.get("page", "1")), "chosen": chosen}
    return render(request, "scorecards/reporting.html", context)


@listing("view", Measure)
@require_safe
def reporting_file(request: PortalRequest, rows: QuerySet[Measure], form: str) -> HttpResponseBase:
    """What is missing, as a file."""
    report = completeness(request.actor, request.at, _unit(request))
    return download(missing_dataset(report.lines()), f"missing {request.at.period.key}", form)


@guarded("view", Scorecard)
@require_safe
def quality(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Advice on a scorecard, what hurts most first."""
    report = quality_report(request.actor, card, request.at)
    return render(request, "scorecards/quality.html", {"scorecard": card, "report": report})


@listing("view", Measure)
@require_safe
def compare(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Two to twelve measures over the same periods; another is added by its code."""
    codes = request.GET.getlist("m")[:12]
    form = CompareForm(request.GET if "add" in request.GET else None, viewer=request.actor)
    if form.is_bound and form.is_valid():
        codes.append(form.cleaned_data["add"].code)
    chosen = found_measures(request.actor, codes)
    context = {"form": form, "chosen": chosen, "report": comparison(chosen, request.at) if chosen else None}
    return render(request, "scorecards/compare.html", {**context, "title": _("Measures side by side")})


@listing("view", Measure)
@require_safe
def compare_file(request: PortalRequest, rows: QuerySet[Measure], form: str) -> HttpResponseBase:
    """The same as a file: a row for each period."""
    chosen = found_measures(request.actor, request.GET.getlist("m")[:12])
    return download(comparison_dataset(comparison(chosen, request.at) if chosen else None), "comparison", form)


@guarded("view", MeasureDefinition)
@require_safe
def compare_units(request: PortalRequest, definition: MeasureDefinition) -> HttpResponse:
    """The measures of one definition across units."""
    chosen = following(request.actor, definition)
    context = {"definition": definition, "chosen": chosen, "report": comparison(chosen, request.at) if chosen else None}
    return render(request, "scorecards/compare.html", {**context, "title": definition.name})
