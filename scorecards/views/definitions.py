"""The library of standard definitions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.guards import PortalRequest, guarded, listing
from scorecards.models import MeasureDefinition
from scorecards.queries.definitions import definition_lines, definition_report
from scorecards.tables import definition_dataset
from scorecards.views.downloads import download


@listing("view", MeasureDefinition)
@require_safe
def definitions(request: PortalRequest, rows: QuerySet[MeasureDefinition]) -> HttpResponse:
    """Every standard definition that is kept."""
    q = request.GET.get("q", "")
    return render(request, "scorecards/definitions.html", {"lines": definition_lines(request.actor, q), "q": q})


@listing("view", MeasureDefinition)
@require_safe
def definitions_file(request: PortalRequest, rows: QuerySet[MeasureDefinition], form: str) -> HttpResponseBase:
    """The library as CSV, workbook or JSON."""
    return download(definition_dataset(definition_lines(request.actor)), "library", form)


@guarded("view", MeasureDefinition)
@require_safe
def definition(request: PortalRequest, found: MeasureDefinition) -> HttpResponse:
    """One definition, and the measures that follow it side by side."""
    report = definition_report(request.actor, found, request.at)
    return render(request, "scorecards/definition.html", {"definition": found, "report": report})
