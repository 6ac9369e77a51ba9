"""Pages of process 1: scorecards, a scorecard, a node explained, measures, a measure."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.actions import Refusal, sentences
from core.datasets import Dataset
from core.guards import PortalRequest, guarded, listing
from core.panels import panels
from core.periods import Period, PeriodError
from core.statuses import WORDS
from scorecards.actions import ObservationRow, record_observations
from scorecards.actions.reports import order_report
from scorecards.forms import MeasureFilter, RecordForm
from scorecards.models import Measure, Node, Scorecard
from scorecards.queries import cards, lists
from scorecards.queries import measures as measure_queries
from scorecards.queries.explaining import node_report
from scorecards.tables import measure_dataset, scorecard_dataset

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def _file(dataset: Dataset, name: str, form: str) -> HttpResponseBase:  # type: ignore[type-arg]
    """A dataset as a download, streamed."""
    if form not in MEDIA_TYPES:
        raise Http404
    chunks: Iterable[bytes] = getattr(dataset, form)()
    headers = {"Content-Disposition": f'attachment; filename="{slugify(name) or "file"}.{form}"'}
    return StreamingHttpResponse(chunks, content_type=MEDIA_TYPES[form], headers=headers)


@listing("view", Scorecard)
@require_safe
def scorecards(request: PortalRequest, rows: QuerySet[Scorecard]) -> HttpResponse:
    """Every scorecard with the status of its strategy; the only one is opened at once."""
    lines = lists.scorecard_lines(request.actor, request.at)
    if len(lines) == 1:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("scorecards:scorecard", args=[lines[0].scorecard.pk]) + asked)
    return render(request, "scorecards/scorecards.html", {"lines": lines})


@guarded("view", Scorecard)
@require_safe
def scorecard(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """The scorecard in the period picked."""
    report = cards.scorecard_report(request.actor, card, request.at)
    return render(request, "scorecards/scorecard.html", {"scorecard": card, "report": report})


@guarded("view", Scorecard)
@require_safe
def scorecard_file(request: PortalRequest, card: Scorecard, form: str) -> HttpResponseBase:
    """The scorecard as CSV, workbook or JSON."""
    report = cards.scorecard_report(request.actor, card, request.at)
    return _file(scorecard_dataset(report), f"{card.name} {report.period_key}", form)


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
    """Why a node has its score: each child's weight, score and contribution, and what is missing."""
    report = node_report(request.actor, found, request.at)
    return render(request, "scorecards/node.html", {"report": report})


@listing("view", Measure)
@require_safe
def measures(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Measures with their status in the period; filters in the address."""
    form = MeasureFilter(request.GET, statuses=dict(WORDS.items()))
    wanted = form.cleaned_data if form.is_valid() else {}
    page = lists.measure_page(request.actor, request.at, wanted, request.GET.get("page", "1"))
    return render(request, "scorecards/measures.html", {"form": form, "page": page, "filtered": any(wanted.values())})


@guarded("view", Measure)
@require_safe
def measure(request: PortalRequest, found: Measure) -> HttpResponse:
    """One measure over time."""
    return _measure_page(request, found, RecordForm(measure=found, at=request.at))


def _measure_page(request: PortalRequest, found: Measure, form: RecordForm, status: int = 200) -> HttpResponse:
    report = measure_queries.measure_report(request.actor, found, request.at)
    boxes = [panel.render(found, request.actor, request.at) for panel in panels("measure")]
    context = {"measure": found, "report": report, "form": form, "panels": boxes}
    return render(request, "scorecards/measure.html", context, status=status)


@guarded("view", Measure)
@require_safe
def measure_file(request: PortalRequest, found: Measure, form: str) -> HttpResponseBase:
    """The periods of a measure as CSV, workbook or JSON."""
    report = measure_queries.measure_report(request.actor, found, request.at)
    return _file(measure_dataset(report), found.code, form)


@guarded("record", Measure)
@require_POST
def measure_record(request: PortalRequest, found: Measure) -> HttpResponse:
    """Record one value; what is wrong is said beside the input and nothing is lost."""
    form = RecordForm(request.POST, measure=found, at=request.at)
    if not form.is_valid():
        return _measure_page(request, found, form, status=422)
    given = form.cleaned_data
    row = ObservationRow(
        measure_id=found.pk,
        period=form.period_chosen(),
        value=given.get("value"),
        numerator=given.get("numerator"),
        denominator=given.get("denominator"),
        comment=given["comment"],
    )
    try:
        outcome = record_observations(request.actor, rows=[row], today=request.at.today)
    except Refusal as refusal:
        form.add_error(None, list(sentences(refusal)))
        return _measure_page(request, found, form, status=422)
    if outcome.refused:
        form.add_error(None, outcome.refused[0].reason)
        return _measure_page(request, found, form, status=422)
    words = _("Saved for %(period)s.") if not outcome.count("unchanged") else _("%(period)s already had this value.")
    messages.success(request, words % {"period": row.period.label})
    return redirect(f"{request.path.removesuffix('record/')}?p={row.period.key}")
