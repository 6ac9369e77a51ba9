"""Further lines of a measure, notes on its chart, and its use under other objectives."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import NotVisible
from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly, take
from scorecards.actions import (
    AnnotationRow,
    add_annotation,
    change_annotation,
    record_observations,
    remove_annotation,
    stop_using_measure,
    use_measure,
)
from scorecards.actions.lines import add_series, rename_series
from scorecards.forms.lines import LineForm, LineValuesForm, NoteForm, RenameForm, StopForm, UseForm
from scorecards.models import Annotation, Edge, Measure, Series
from scorecards.queries.designing import allowed
from scorecards.queries.lines import further_series, notes_of, year_of_line
from scorecards.queries.measures import measures
from scorecards.queries.targets import asked_year
from scorecards.views.designing import crumbs, form_methods, measure_url
from strategy.models import Objective


def _lines_url(measure: Measure) -> str:
    return reverse("scorecards:measure_lines", args=[measure.pk])


def _notes_url(measure: Measure) -> str:
    return reverse("scorecards:measure_notes", args=[measure.pk])


# --------------------------------------------------------------------------------------------------- lines
@guarded("view", Measure)
@require_safe
def measure_lines(request: PortalRequest, found: Measure) -> HttpResponse:
    """The further lines of a measure."""
    context = {"measure": found, "rows": further_series(found), "may": allowed(request.actor, found)}
    return render(request, "scorecards/lines.html", context)


@guarded("change", Measure)
@form_methods
def line_new(request: PortalRequest, found: Measure) -> HttpResponse:
    """Another line beside the one that is scored."""
    page = FormPage(_("Add a line"), LineForm(posted(request)), _("Add the line"), _lines_url(found), crumbs(found))
    return answer(
        request, page, lambda data: add_series(request.actor, measure=found, **data), said=_("The line was added.")
    )


@guarded("change", Series)
@form_methods
def line_rename(request: PortalRequest, series: Series) -> HttpResponse:
    """Another name for a line."""
    form = RenameForm(posted(request), initial={"name": series.name})
    back = _lines_url(series.measure)
    page = FormPage(_("Rename %(name)s") % {"name": series}, form, _("Rename the line"), back, crumbs(series.measure))
    return answer(
        request, page, lambda data: rename_series(request.actor, series=series, **data), said=_("The line was renamed.")
    )


@guarded("view", Series)
@form_methods
def line_values(request: PortalRequest, series: Series) -> HttpResponse:
    """The values of a further line in a year; whoever may record gets inputs."""
    if not series.name and series.kind == Series.Kind.ACTUAL:
        raise NotVisible
    year = asked_year(request.GET.get("year", ""), request.at)
    report = year_of_line(request.actor, series, year)
    form = LineValuesForm(posted(request), report=report)
    if request.method == "POST" and form.is_valid() and _recorded(request, form):
        return redirect(f"{request.path}?year={year.key}")
    context = {"measure": series.measure, "report": report, "form": form}
    return render(request, "scorecards/line_values.html", context, status=422 if form.is_bound else 200)


def _recorded(request: PortalRequest, form: LineValuesForm) -> bool:
    """Whether the values were recorded; if not, the form says which and why."""
    outcome = take(form, lambda _data: record_observations(request.actor, rows=form.rows(), today=request.at.today))
    if outcome is None:
        return False
    form.refuse(outcome)
    if not outcome.refused:
        messages.success(request, _("The values were saved."))
    return not outcome.refused


# --------------------------------------------------------------------------------------------------- notes
@guarded("view", Measure)
@require_safe
def measure_notes(request: PortalRequest, found: Measure) -> HttpResponse:
    """The notes on a measure's chart."""
    context = {"measure": found, "rows": notes_of(found), "may": allowed(request.actor, found)}
    return render(request, "scorecards/notes.html", context)


@guarded("answer", Measure)
@form_methods
def note_new(request: PortalRequest, found: Measure) -> HttpResponse:
    """A note on a day."""
    form = NoteForm(posted(request), initial={"on": request.at.today})
    page = FormPage(_("Add a note"), form, _("Add the note"), _notes_url(found), crumbs(found))

    def act(data: dict[str, Any]) -> Annotation:
        row = AnnotationRow(data["on"], data["text"], data["is_break"])
        return add_annotation(request.actor, measure=found, row=row, today=request.at.today)

    return answer(request, page, act, said=_("The note was added."))


@guarded("change", Annotation)
@form_methods
def note_edit(request: PortalRequest, note: Annotation) -> HttpResponse:
    """Other words, another day, a break or not."""
    initial = {"on": note.on, "text": note.text, "is_break": note.is_break, "expected": note.row_version}
    back = _notes_url(note.measure)
    page = FormPage(_("Change a note"), NoteForm(posted(request), initial=initial), _("Save"), back)
    page.crumbs = crumbs(note.measure)

    def act(data: dict[str, Any]) -> Annotation:
        expected = data.pop("expected")
        return change_annotation(request.actor, annotation=note, values=data, expected=expected, today=request.at.today)

    return answer(
        request, page, act, said=_("Saved."),
        stored=lambda now: {"on": now.on, "text": now.text, "is_break": now.is_break},
    )  # fmt: skip


@guarded("change", Annotation)
@require_POST
def note_remove(request: PortalRequest, note: Annotation) -> HttpResponse:
    """Take a note off the chart."""
    return refuse_quietly(
        request,
        lambda: remove_annotation(request.actor, annotation=note, today=request.at.today),
        said=_("The note was removed."),
        back=_notes_url(note.measure),
    )


# ----------------------------------------------------------------------------------------------- elsewhere
@guarded("view", Objective)
@form_methods
def measure_use(request: PortalRequest, objective: Objective) -> HttpResponse:
    """Let another unit's measure count under an objective."""
    back = reverse("strategy:objective", args=[objective.pk])
    form = UseForm(posted(request), measures=measures(request.actor), initial={"from_on": request.at.today})
    page = FormPage(_("Use a measure of another unit"), form, _("Use it"), back, [(objective.short, back)])
    page.consequences = [
        _("It counts here by this weight; its values, targets and owner stay where they are."),
        _("Both scorecards show it, here with the name of its unit."),
    ]

    def act(data: dict[str, Any]) -> Edge:
        return use_measure(
            request.actor, measure=data["code"], objective=objective, weight=data["weight"], from_on=data["from_on"],
            today=request.at.today,
        )  # fmt: skip

    return answer(request, page, act, said=_("The measure counts here from that day."))


@guarded("view", Edge)
@form_methods
def use_stop(request: PortalRequest, edge: Edge) -> HttpResponse:
    """Let a measure count under another objective no longer."""
    measure, objective = edge.child.measure, edge.parent.objective
    if measure is None or objective is None:
        raise NotVisible
    form = StopForm(posted(request), initial={"from_on": request.at.today})
    heading = _("%(objective)s no longer uses %(name)s") % {"objective": objective.short, "name": measure.short}
    page = FormPage(heading, form, _("Stop using it"), measure_url(measure), crumbs(measure))

    def act(data: dict[str, Any]) -> None:
        stop_using_measure(request.actor, measure=measure, objective=objective, today=request.at.today, **data)

    return answer(request, page, act, said=_("From that day it counts there no longer."))
