"""The grid of measures and periods: typed, pasted, saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.guards import PortalRequest, listing
from scorecards.actions.entries import Saved, Typed, save_entries
from scorecards.forms.entries import typed_of, whole
from scorecards.forms.grids import GridFilter, PasteForm, drawn_lines, grid_problems, place_paste
from scorecards.models import Measure
from scorecards.queries.grids import GridReport, grid_report
from scorecards.views.entry import saved_words, status_of


def _report(request: PortalRequest) -> GridReport:
    asked = {"unit": whole(request.GET.get("unit", "")), "frequency": request.GET.get("frequency", "")}
    return grid_report(request.actor, request.at, asked, request.GET.get("page", "1"))


def _context(request: PortalRequest, report: GridReport) -> dict[str, Any]:
    units = [(unit.pk, unit.name) for unit in report.units]
    chosen = {"unit": report.unit, "frequency": report.frequency}
    return {
        "report": report,
        "form": GridFilter(chosen, units=units, frequencies=report.frequencies),
        "paste": PasteForm(lines=report.lines, periods=report.periods),
        "query": request.GET.urlencode(),
    }


@listing("record", Measure)
@require_safe
def grid(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Measures by periods, to be typed or pasted into."""
    report = _report(request)
    context = {**_context(request, report), "lines": drawn_lines(report.lines, {})}
    return render(request, "scorecards/grid.html", context)


@listing("record", Measure)
@require_POST
def grid_save(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Save what differs from what stands there: all, or with `right` those that are right."""
    typed = typed_of(request.POST, request.at.period.calendar)
    saved = save_entries(request.actor, typed=typed, today=request.at.today, only_right="right" in request.POST)
    if saved.is_saved:
        messages.success(request, saved_words(saved))
        return redirect(f"{reverse('scorecards:grid')}?{request.GET.urlencode()}")
    return _wrong(request, typed, saved)


def _wrong(request: PortalRequest, typed: Typed, saved: Saved) -> HttpResponse:
    """The grid as it was sent, each wrong cell with its reason."""
    report = _report(request)
    texts = {entry.key: str(entry.cell) for entry in typed.entries}
    lines = drawn_lines(report.lines, texts, typed, saved)
    more = {
        "lines": lines,
        "problems": grid_problems(lines),
        "saved": saved,
        "decimal": request.POST.get("decimal", ""),
    }
    return render(request, "scorecards/grid.html", {**_context(request, report), **more}, status=status_of(saved))


@listing("record", Measure)
@require_POST
def grid_paste(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Lay a pasted table on the grid, unsaved, so that it can be looked at first."""
    report = _report(request)
    context = _context(request, report)
    form = PasteForm(request.POST, lines=report.lines, periods=report.periods)
    if not form.is_valid():
        return render(
            request,
            "scorecards/grid.html",
            {**context, "paste": form, "lines": drawn_lines(report.lines, {})},
            status=422,
        )
    placed = place_paste(form.cleaned_data["paste"], report.lines, form.start)
    more = {"lines": drawn_lines(report.lines, placed.texts), "placed": placed, "decimal": form.cleaned_data["decimal"]}
    return render(request, "scorecards/grid.html", {**context, **more})
