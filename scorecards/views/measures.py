"""Measures, a measure, its file, and recording one value."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.downloads import download
from core.formats import moment
from core.guards import PortalRequest, guarded, listing
from core.keeping import kept
from core.panels import panels
from core.statuses import WORDS
from core.submitting import take
from scorecards.actions import record_observations
from scorecards.actions.originals import original_target
from scorecards.actions.submissions import Standing
from scorecards.forms import MeasureFilter, RecordForm
from scorecards.models import Measure
from scorecards.queries import lists
from scorecards.queries import measures as measure_queries
from scorecards.queries.cards import number_format
from scorecards.queries.designing import allowed, may_add_measures
from scorecards.queries.forecasts import outlook_report
from scorecards.queries.lines import furnish
from scorecards.tables import measure_dataset

SIDE = 4
"""Columns of twelve that the narrow column of the page takes."""
RECORDED = {
    "taken": gettext_lazy("Saved for %(period)s."),
    "changed": gettext_lazy("Saved for %(period)s."),
    "unchanged": gettext_lazy("%(period)s already had this value."),
    "submitted": gettext_lazy("Submitted for %(period)s. It counts when a second person has approved it."),
}


@listing("view", Measure)
@kept
@require_safe
def measures(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Measures with their status in the period; filters in the address."""
    form = MeasureFilter(request.GET, statuses=dict(WORDS.items()))
    wanted = form.cleaned_data if form.is_valid() else {}
    page = lists.measure_page(request.actor, request.at, wanted, request.GET.get("page", "1"))
    return render(
        request,
        "scorecards/measures.html",
        {"form": form, "page": page, "filtered": any(wanted.values()), "may_add": may_add_measures(request.actor)},
    )


@guarded("view", Measure)
@kept
@require_safe
def measure(request: PortalRequest, found: Measure) -> HttpResponse:
    """One measure over time."""
    return _measure_page(request, found, RecordForm(measure=found, at=request.at))


def _measure_page(request: PortalRequest, found: Measure, form: RecordForm, status: int = 200) -> HttpResponse:
    report = furnish(measure_queries.measure_report(request.actor, found, request.at))
    boxes = [(panel.width, panel.render(found, request.actor, request.at)) for panel in panels("measure")]
    may = allowed(request.actor, found)
    outlook = outlook_report(request.actor, found, report.outlook, request.at, may)
    context = {"measure": found, "report": report, "form": form, "may": may, "outlook": outlook, **_columns(boxes)}
    context["original"] = original_target(found, request.at, report.year_to_date)
    return render(request, "scorecards/measure.html", context, status=status)


def _columns(boxes: list[tuple[int, str]]) -> dict[str, list[str]]:
    """Panels by column: what takes a third of the page or less stands beside the chart."""
    return {
        "panels": [box for width, box in boxes if width > SIDE],
        "side_panels": [box for width, box in boxes if width <= SIDE],
    }


@guarded("view", Measure)
@require_safe
def measure_file(request: PortalRequest, found: Measure, form: str) -> HttpResponseBase:
    """The periods of a measure as CSV, workbook or JSON."""
    report = measure_queries.measure_report(request.actor, found, request.at)
    return download(measure_dataset(report), found.code, form)


def _overtaken(request: PortalRequest, found: Measure, form: RecordForm, standing: Standing) -> HttpResponse:
    """Both values: the form keeps the reader's, and saving it again replaces the other's."""
    words = {"by": standing.by or _("Someone"), "value": number_format(found).text(standing.value)}
    words["when"] = moment(standing.at) if standing.at else ""
    sentence = _("%(by)s saved %(value)s meanwhile (%(when)s). Save again to replace it with yours, or leave the page.")
    form.add_error(None, sentence % words)
    form.saw(standing.revision, standing.waiting)
    return _measure_page(request, found, form, status=409)


@guarded("record", Measure)
@require_POST
def measure_record(request: PortalRequest, found: Measure) -> HttpResponse:
    """Record one value; what is wrong is said beside the input and nothing is lost."""
    form = RecordForm(request.POST, measure=found, at=request.at)
    outcome = take(
        form,
        lambda _data: record_observations(
            request.actor, rows=[form.row(found)], today=request.at.today, calendar=request.at.period.calendar
        ),
    )
    if outcome is None:
        return _measure_page(request, found, form, status=422)
    if outcome.refused:
        form.add_error(None, outcome.refused[0].reason)
        return _measure_page(request, found, form, status=422)
    if outcome.conflicts:
        return _overtaken(request, found, form, outcome.conflicts[0].current)
    messages.success(request, RECORDED[outcome.rows[0].result] % {"period": form.period_chosen().label})
    return redirect(f"{request.path.removesuffix('record/')}?p={form.period_chosen().key}")
