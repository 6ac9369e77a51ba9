"""The library of standard definitions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from scorecards.models import MeasureDefinition
from scorecards.queries.definitions import definition_lines, definition_report
from scorecards.tables import definition_dataset


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
    lines = definition_lines(request.actor, request.GET.get("q", ""))
    return download(definition_dataset(lines), "library", form)


@guarded("view", MeasureDefinition)
@require_safe
def definition(request: PortalRequest, found: MeasureDefinition) -> HttpResponse:
    """One definition, and the measures that follow it side by side."""
    report = definition_report(request.actor, found, request.at)
    return render(request, "scorecards/definition.html", {"definition": found, "report": report})
