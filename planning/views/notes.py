"""Notes of a canvas: written, voted for, grouped, traced and parked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from planning.actions.notes import add_note, change_note, vote, withdraw_vote
from planning.actions.sorting import group_notes, park_notes, trace_notes, unpark_note, untrace_note
from planning.forms import analysis as forms
from planning.models import AnalysisNote, Canvas
from planning.queries.canvases import rights_on
from planning.queries.notes import assumptions_of, groups_of, id_of, note_lines, notes_named
from planning.views.canvases import canvas_form_page, canvas_url
from strategy.queries.attached import attached

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def note_url(note: AnalysisNote) -> str:
    """The page of a note."""
    return reverse("planning:note", args=[note.pk])


def _at(note: AnalysisNote) -> str:
    """The note on its canvas."""
    return f"{canvas_url(note.canvas)}#note-{note.pk}"


@guarded("view", AnalysisNote)
@require_safe
def note(request: PortalRequest, row: AnalysisNote) -> HttpResponse:
    """A note with its evidence, what it rests on, what it led to, and what is said of it."""
    (line,) = note_lines(request.actor, AnalysisNote.objects.filter(pk=row.pk))
    context = {
        "line": line,
        "note": row,
        "assumptions": assumptions_of(request.actor, row),
        "rights": rights_on(request.actor, row.canvas, request.at),
        "attached": attached(request.actor, row),
        "discussion": {"title": _("Discussion")},
    }
    return render(request, "planning/note.html", context)


@guarded("contribute", Canvas)
@form_methods
def note_new(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Write a note."""
    initial = {"field": request.GET.get("field", "")}
    form = forms.NoteForm(posted(request), actor=request.actor, canvas=row, initial=initial)
    page = canvas_form_page(row, _("Add a note"), form, _("Add the note"))
    page.words = row.question
    return answer(
        request, page, lambda data: add_note(request.actor, canvas=row, row=form.row(), today=request.at.today),
        said=_("Your note is on the canvas."), done=_at,
    )  # fmt: skip


@guarded("change", AnalysisNote)
@form_methods
def note_edit(request: PortalRequest, row: AnalysisNote) -> HttpResponse:
    """Say it otherwise."""

    def stored(now: AnalysisNote) -> dict[str, Any]:
        values = {name: getattr(now, name) for name in ("field", "text", "evidence", "evidence_url")}
        return {**values, "assumptions": assumptions_of(request.actor, now)}

    initial = {**stored(row), "expected": row.row_version}
    form = forms.NoteForm(posted(request), actor=request.actor, canvas=row.canvas, note=row, initial=initial)
    page = canvas_form_page(row.canvas, _("Change the note"), form, _("Save"))

    def act(data: dict[str, Any]) -> AnalysisNote:
        return change_note(request.actor, note=row, row=form.row(), today=request.at.today, expected=data["expected"])

    return answer(request, page, act, said=_("Saved."), done=_at, stored=stored)


@guarded("vote", AnalysisNote)
@require_POST
def note_vote(request: PortalRequest, row: AnalysisNote) -> HttpResponse:
    """Give a vote, or take it back."""
    verb = withdraw_vote if request.POST.get("vote") == "back" else vote
    return refuse_quietly(request, lambda: verb(request.actor, note=row, today=request.at.today), back=_at(row))


# -------------------------------------------------------------------------------------------- many notes at once
def _sort(request: PortalRequest, row: Canvas, page: FormPage, act: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    """A form about the notes that were ticked, which stand beside it."""
    page.template = "planning/notes_form.html"
    given = request.POST if request.method == "POST" else request.GET
    page.more["chosen"] = notes_named(row, given.getlist("notes"))
    return answer(request, page, act, said=_("Done."))


def _ticked(request: PortalRequest) -> dict[str, Any]:
    return {"notes": request.GET.getlist("notes")}


@guarded("sort", Canvas)
@form_methods
def notes_group(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Put notes under a heading."""
    form = forms.GroupForm(posted(request), groups=groups_of(row), initial=_ticked(request))
    page = canvas_form_page(row, _("Group the notes"), form, _("Group them"))

    def act(data: dict[str, Any]) -> Any:
        return group_notes(request.actor, canvas=row, read=data["notes"], group=data["group"])

    return _sort(request, row, page, act)


@guarded("sort", Canvas)
@form_methods
def notes_trace(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Say what notes led to."""
    form = forms.TraceForm(posted(request), actor=request.actor, canvas=row, initial=_ticked(request))
    page = canvas_form_page(row, _("Trace the notes to what they led to"), form, _("Trace them"))

    def act(data: dict[str, Any]) -> Any:
        return trace_notes(request.actor, canvas=row, read=data["notes"], to=form.chosen)

    return _sort(request, row, page, act)


@guarded("sort", Canvas)
@form_methods
def notes_park(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Lay notes aside, with the reason."""
    form = forms.ParkForm(posted(request), initial=_ticked(request))
    page = canvas_form_page(row, _("Park the notes"), form, _("Park them"))

    def act(data: dict[str, Any]) -> Any:
        return park_notes(request.actor, canvas=row, read=data["notes"], reason=data["reason"])

    return _sort(request, row, page, act)


@guarded("sort", AnalysisNote)
@require_POST
def note_untrace(request: PortalRequest, row: AnalysisNote) -> HttpResponse:
    """Take back that a note led to something."""
    key = id_of(request.POST.get("subject", "")) or 0
    return refuse_quietly(
        request,
        lambda: untrace_note(request.actor, note=row, subject_id=key),
        said=_("Taken back."),
        back=note_url(row),
    )


@guarded("sort", AnalysisNote)
@require_POST
def note_unpark(request: PortalRequest, row: AnalysisNote) -> HttpResponse:
    """Take a parked note up again."""
    return refuse_quietly(
        request, lambda: unpark_note(request.actor, note=row), said=_("The note is open again."), back=note_url(row)
    )
