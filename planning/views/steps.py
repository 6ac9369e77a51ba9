"""Steps of a planning cycle: planned, begun, finished, skipped, taken up again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from planning.actions import steps as actions
from planning.forms.cycles import FinishForm, SkipForm, StepForm
from planning.models import CycleStep, PlanningCycle
from planning.queries.cycles import following, step_line
from planning.views.cycles import cycle_crumbs, cycle_url
from strategy.queries.attached import attached

form_methods = require_http_methods(["GET", "HEAD", "POST"])
FIELDS = ("kind", "name", "owner", "starts_on", "ends_on", "inputs", "outputs")


def step_url(row: CycleStep) -> str:
    """The page of a step."""
    return reverse("planning:step", args=[row.pk])


def _page(row: CycleStep, heading: str, form: Any, submit: str) -> FormPage:
    return FormPage(
        heading, form, submit, step_url(row), [*cycle_crumbs(row.cycle), (row.name, step_url(row))], words=row.name
    )


@guarded("view", CycleStep)
@require_safe
def step(request: PortalRequest, row: CycleStep) -> HttpResponse:
    """One step: what it needs, what it hands on, how it stands, and what is said of it."""
    line = step_line(request.actor, row, request.at)
    context = {
        "line": line,
        "row": line.step,
        "attached": attached(request.actor, row),
        "discussion": {"title": _("Discussion")},
    }
    return render(request, "planning/step.html", context)


@guarded("change", PlanningCycle)
@form_methods
def step_new(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """Plan a step."""
    form = StepForm(posted(request), actor=request.actor, initial=following(row))
    page = FormPage(_("Plan a step"), form, _("Plan it"), cycle_url(row), cycle_crumbs(row), words=row.name)

    def act(data: dict[str, Any]) -> CycleStep:
        data.pop("expected")
        return actions.add_step(request.actor, cycle=row, row=actions.StepRow(**data))

    return answer(request, page, act, said=_("The step is planned."))


@guarded("change", CycleStep)
@form_methods
def step_edit(request: PortalRequest, row: CycleStep) -> HttpResponse:
    """Other words, days or another owner."""
    form = StepForm(posted(request), actor=request.actor, initial={**_stored(row), "expected": row.row_version})

    def act(data: dict[str, Any]) -> CycleStep:
        expected = data.pop("expected")
        return actions.change_step(request.actor, step=row, values=data, expected=expected)

    page = _page(row, _("Change the step"), form, _("Save"))
    return answer(request, page, act, said=_("Saved."), stored=_stored)


def _stored(row: CycleStep) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


@guarded("do", CycleStep)
@require_POST
def step_begin(request: PortalRequest, row: CycleStep) -> HttpResponse:
    """Work on it is under way."""
    return refuse_quietly(
        request, lambda: actions.begin_step(request.actor, step=row), said=_("It is under way."), back=step_url(row)
    )


@guarded("do", CycleStep)
@require_POST
def step_reopen(request: PortalRequest, row: CycleStep) -> HttpResponse:
    """Take it up again after all."""
    return refuse_quietly(
        request, lambda: actions.reopen_step(request.actor, step=row), said=_("It is open again."), back=step_url(row)
    )


@guarded("do", CycleStep)
@form_methods
def step_finish(request: PortalRequest, row: CycleStep) -> HttpResponse:
    """Done on a day, with what came of it."""
    form = FinishForm(posted(request), initial={"on": request.at.today, "expected": row.row_version})
    page = _page(row, _("Finish the step"), form, _("It is done"))

    def act(data: dict[str, Any]) -> CycleStep:
        return actions.finish_step(request.actor, step=row, today=request.at.today, **data)

    return answer(request, page, act, said=_("It is done."), stored=_ended)


@guarded("change", CycleStep)
@form_methods
def step_skip(request: PortalRequest, row: CycleStep) -> HttpResponse:
    """Leave it out of this cycle, with the reason."""
    form = SkipForm(posted(request), initial={"expected": row.row_version})
    page = _page(row, _("Leave the step out"), form, _("Skip it"))

    def act(data: dict[str, Any]) -> CycleStep:
        return actions.skip_step(request.actor, step=row, **data)

    return answer(request, page, act, said=_("It is skipped."), stored=_ended)


def _ended(row: CycleStep) -> dict[str, Any]:
    return {"on": row.done_on, "note": row.note, "reason": row.note}
