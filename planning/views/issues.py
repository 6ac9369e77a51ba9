"""Strategic issues: raised, changed, settled, taken up again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import scoped
from core.guards import PortalRequest, guarded
from core.panels import panels
from core.submitting import FormPage, answer, posted
from planning.actions.issues import IssueRow, change_issue, raise_issue, reopen_issue, settle_issue
from planning.forms import analysis as forms
from planning.forms.editing import ReasonForm
from planning.models import Canvas, PlanningCycle, StrategicIssue
from planning.queries.issues import issue_page, objectives_answering
from planning.queries.notes import id_of, notes_named
from planning.views.canvases import analysis_url

form_methods = require_http_methods(["GET", "HEAD", "POST"])
WORDS = ("question", "why", "owner", "due_on")


def issue_url(issue: StrategicIssue) -> str:
    """The page of an issue."""
    return reverse("planning:issue", args=[issue.pk])


def _row(data: dict[str, Any]) -> IssueRow:
    return IssueRow(**{name: data[name] for name in WORDS})


@guarded("view", StrategicIssue)
@require_safe
def issue(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """An issue with what led to it and what answers it."""
    boxes = [panel.render(row, request.actor, request.at) for panel in panels("issue")]
    context = {"page": issue_page(request.actor, row), "issue": row, "panels": boxes}
    return render(request, "planning/issue.html", context)


@guarded("add_issue", PlanningCycle)
@form_methods
def issue_new(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """Raise an issue, alone or from notes of a canvas that were ticked."""
    given = request.POST if request.method == "POST" else request.GET
    canvas = _canvas(request, row, given.get("canvas", ""))
    initial = {"notes": request.GET.getlist("notes"), "canvas": canvas}
    form = forms.NewIssueForm(posted(request), actor=request.actor, initial=initial)
    back = analysis_url(row)
    page = FormPage(_("Raise an issue"), form, _("Raise the issue"), back, [(row.name, back)])
    page.template = "planning/notes_form.html"
    page.more["chosen"] = notes_named(canvas, given.getlist("notes")) if canvas else []

    def act(data: dict[str, Any]) -> StrategicIssue:
        read = data["notes"]
        return raise_issue(
            request.actor, cycle=row, row=_row(data), today=request.at.today, canvas=canvas if read else None, read=read
        )

    return answer(request, page, act, said=_("The issue is raised."), done=issue_url)


def _canvas(request: PortalRequest, cycle: PlanningCycle, key: str) -> Canvas | None:
    """The canvas whose notes were ticked."""
    return scoped(request.actor, "view", Canvas.objects.filter(cycle=cycle, pk=id_of(key) or 0)).first()


def _page(row: StrategicIssue, heading: str, form: Any, submit: str) -> FormPage:
    crumbs = [(row.cycle.name, analysis_url(row.cycle)), (row.question, issue_url(row))]
    return FormPage(heading, form, submit, issue_url(row), crumbs)


@guarded("change", StrategicIssue)
@form_methods
def issue_edit(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """Other words, another owner, other objectives that answer it."""

    def stored(now: StrategicIssue) -> dict[str, Any]:
        values = {name: getattr(now, name) for name in WORDS}
        return {**values, "objectives": list(objectives_answering(request.actor, now))}

    initial = {**stored(row), "expected": row.row_version}
    form = forms.ChangeIssueForm(posted(request), actor=request.actor, issue=row, initial=initial)

    def act(data: dict[str, Any]) -> StrategicIssue:
        return change_issue(
            request.actor, issue=row, row=_row(data), today=request.at.today,
            objectives=data["objectives"], expected=data["expected"],
        )  # fmt: skip

    return answer(request, _page(row, _("Change the issue"), form, _("Save")), act, said=_("Saved."), stored=stored)


@guarded("settle", StrategicIssue)
@form_methods
def issue_settle(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """Answer it."""

    def stored(now: StrategicIssue) -> dict[str, Any]:
        return {"answer": now.answer, "objectives": list(objectives_answering(request.actor, now))}

    form = forms.SettleForm(
        posted(request), actor=request.actor, issue=row, today=request.at.today,
        initial={**stored(row), "expected": row.row_version},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> StrategicIssue:
        return settle_issue(request.actor, issue=row, today=request.at.today, **data)

    page = _page(row, _("Settle the issue"), form, _("Settle it"))
    page.words = row.question
    return answer(request, page, act, said=_("The issue is settled."), stored=stored)


@guarded("settle", StrategicIssue)
@form_methods
def issue_reopen(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """Take it up again, with the reason."""
    page = _page(row, _("Take the issue up again"), ReasonForm(posted(request)), _("Take it up again"))
    page.words = row.question
    return answer(
        request, page, lambda data: reopen_issue(request.actor, issue=row, reason=data["reason"]),
        said=_("The issue is open again."),
    )  # fmt: skip
