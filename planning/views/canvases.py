"""The analysis of a planning cycle, and its canvases: opened, filled, closed, read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Forbidden, givers_sentence
from core.downloads import download
from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.queries import organization
from planning.actions.canvases import (
    change_canvas,
    close_canvas,
    invite_to_canvas,
    open_canvas,
    reopen_canvas,
    say_nothing_to_add,
)
from planning.forms import analysis as forms
from planning.models import Canvas, PlanningCycle
from planning.queries.canvases import analysis_of, canvas_page, canvas_units
from planning.tables.notes import notes_dataset

form_methods = require_http_methods(["GET", "HEAD", "POST"])
USUAL_DAYS = timedelta(days=14)
USUAL_VOTES = 5


def analysis_url(cycle: PlanningCycle) -> str:
    """The page of a cycle's analysis."""
    return reverse("planning:analysis", args=[cycle.pk])


def canvas_url(canvas: Canvas) -> str:
    """The page of a canvas."""
    return reverse("planning:canvas", args=[canvas.pk])


def canvas_form_page(canvas: Canvas, heading: str, form: Any, submit: str) -> FormPage:
    """A form that belongs to a canvas."""
    crumbs = [(canvas.cycle.name, analysis_url(canvas.cycle)), (canvas.title, canvas_url(canvas))]
    return FormPage(heading, form, submit, canvas_url(canvas), crumbs)


@guarded("view", PlanningCycle)
@require_safe
def analysis(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """Canvases and issues of a cycle."""
    found = analysis_of(request.actor, row, request.at)
    return render(request, "planning/analysis.html", {"analysis": found, "cycle": row})


@guarded("view", Canvas)
@require_safe
def canvas(request: PortalRequest, row: Canvas) -> HttpResponse:
    """A canvas with its notes, to read, to fill and to print."""
    page = canvas_page(request.actor, row, request.at, request.GET.get("show", ""))
    named = organization()
    context = {"page": page, "canvas": row, "organization_name": named.name if named else ""}
    is_printed = request.GET.get("view") == "print"
    return render(request, "planning/print/canvas.html" if is_printed else "planning/canvas.html", context)


@guarded("view", Canvas)
@require_safe
def canvas_file(request: PortalRequest, row: Canvas, form: str) -> HttpResponseBase:
    """The notes as a file, with the filter of the page."""
    page = canvas_page(request.actor, row, request.at, request.GET.get("show", ""))
    return download(notes_dataset(page.lines), f"{row.title} notes", form)


@guarded("view", PlanningCycle)
@form_methods
def canvas_new(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """Open a canvas of a unit."""
    offered = canvas_units(request.actor, row, request.at.today)
    if not offered:
        raise Forbidden("add_canvas", givers_sentence(PlanningCycle, "add_canvas"))
    start = {"votes": USUAL_VOTES, "open_until": request.at.today + USUAL_DAYS, "unit": offered[0][0]}
    form = forms.NewCanvasForm(posted(request), initial=start)
    form.fields["unit"].offer(offered)  # type: ignore[attr-defined]
    back = analysis_url(row)
    page = FormPage(_("Open a canvas"), form, _("Open the canvas"), back, [(row.name, back)])
    page.consequences = [
        _("The unit's members and those you invite write notes and vote until the last day."),
        _("Until it is closed only they and those who run it see it; closed, everyone may read it."),
    ]

    def act(data: dict[str, Any]) -> Canvas:
        return open_canvas(
            request.actor, cycle=row, unit=data["unit"], kind=data["kind"], row=form.row(), today=request.at.today
        )

    return answer(
        request, page, act, said=_("The canvas is open. Invite those who should contribute."), done=canvas_url
    )


@guarded("change", Canvas)
@form_methods
def canvas_edit(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Other words, another last day, another number of votes."""
    initial = {**_stored(row), "expected": row.row_version}
    form = forms.CanvasForm(posted(request), initial=initial)
    page = canvas_form_page(row, _("Change %(name)s") % {"name": row}, form, _("Save"))

    def act(data: dict[str, Any]) -> Canvas:
        return change_canvas(
            request.actor, canvas=row, row=form.row(), today=request.at.today, expected=data["expected"]
        )

    return answer(request, page, act, said=_("Saved."), stored=_stored)


def _stored(row: Canvas) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("title", "question", "open_until", "votes")}


@guarded("change", Canvas)
@require_POST
def canvas_close(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Take no more notes, and let everyone read."""
    return refuse_quietly(
        request,
        lambda: close_canvas(request.actor, canvas=row),
        said=_("The canvas is closed. Everyone may read it now."),
        back=canvas_url(row),
    )


@guarded("change", Canvas)
@form_methods
def canvas_reopen(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Take notes again, until a day."""
    form = forms.ReopenCanvasForm(posted(request), initial={"open_until": request.at.today + USUAL_DAYS})
    page = canvas_form_page(row, _("Open %(name)s again") % {"name": row}, form, _("Open it again"))
    page.consequences = [_("Until it is closed again only those who contribute and those who run it see it.")]
    return answer(
        request, page, lambda data: reopen_canvas(request.actor, canvas=row, today=request.at.today, **data),
        said=_("The canvas is open again."),
    )  # fmt: skip


@guarded("invite", Canvas)
@form_methods
def canvas_invite(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Ask people to contribute."""
    form = forms.InviteForm(posted(request), actor=request.actor)
    page = canvas_form_page(row, _("Invite to %(name)s") % {"name": row}, form, _("Invite them"))
    page.consequences = [
        _("Each gets one mail with a link that leads here after sign-in."),
        _("It stands in their work until they add a note, vote or say that they have nothing to add."),
    ]

    return answer(
        request, page,
        lambda data: invite_to_canvas(request.actor, canvas=row, people=data["people"], today=request.at.today),
        said=_("They were invited."),
    )  # fmt: skip


@guarded("contribute", Canvas)
@require_POST
def canvas_nothing(request: PortalRequest, row: Canvas) -> HttpResponse:
    """Say that one has nothing to add."""
    return refuse_quietly(
        request,
        lambda: say_nothing_to_add(request.actor, canvas=row, today=request.at.today),
        said=_("Thank you. You owe this canvas nothing any more."),
        back=canvas_url(row),
    )
