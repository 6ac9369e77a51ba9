"""Planning cycles: the list, one with its steps, opened, changed, closed, as a file and as a calendar."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Forbidden, givers_sentence
from core.downloads import download
from core.forms import VersionedForm
from core.guards import PortalRequest, guarded, listing
from core.keeping import kept
from core.panels import panels
from core.submitting import FormPage, answer, posted
from organization.models import OrgUnit
from organization.queries import units_for
from planning.actions import cycles as actions
from planning.exchange.icalendar import calendar_of
from planning.forms.cycles import EMPTY, USUAL, CycleForm, NewCycleForm, ReopenForm
from planning.models import PlanningCycle
from planning.queries import cycles as queries
from planning.tables.cycles import step_dataset
from strategy.queries.attached import attached

form_methods = require_http_methods(["GET", "HEAD", "POST"])
ON_A_PAGE = 25
FIELDS = ("name", "starts_on", "ends_on", "owner", "strategy")


def cycle_url(row: PlanningCycle) -> str:
    """The page of a cycle."""
    return reverse("planning:cycle", args=[row.pk])


def cycle_crumbs(row: PlanningCycle) -> list[tuple[str, str]]:
    """The way to a cycle."""
    return [(_("Planning"), reverse("planning:cycles")), (row.name, cycle_url(row))]


@listing("view", PlanningCycle)
@require_safe
def cycles(request: PortalRequest, rows: QuerySet[PlanningCycle]) -> HttpResponse:
    """Every cycle: what is late in each and who holds it."""
    page = Paginator(queries.cycles(request.actor), ON_A_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "page": page,
        "lines": queries.cycle_lines(request.actor, list(page), request.at),
        "may_add": bool(units_for(request.actor, "add_cycle", request.at.today)),
    }
    return render(request, "planning/cycles.html", context)


@guarded("view", PlanningCycle)
@kept
@require_safe
def cycle(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """One cycle: its steps on the line of days, and what belongs to them."""
    context = {
        "row": row,
        "page": queries.cycle_page(request.actor, row, request.at),
        "panels": [panel.render(row, request.actor, request.at) for panel in panels("cycle")],
        "attached": attached(request.actor, row),
        "discussion": {"title": _("Discussion")},
    }
    return render(request, "planning/cycle.html", context)


@guarded("view", PlanningCycle)
@require_safe
def steps_file(request: PortalRequest, row: PlanningCycle, form: str) -> HttpResponseBase:
    """The steps as CSV, workbook or JSON."""
    (line,) = queries.cycle_lines(request.actor, [row], request.at)
    return download(step_dataset(line.lines), f"{row.name} {_('steps')}", form)


@guarded("view", PlanningCycle)
@require_safe
def steps_calendar(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """The steps as a calendar that any calendar program takes."""
    (line,) = queries.cycle_lines(request.actor, [row], request.at)
    text = calendar_of(row, line.lines, request.build_absolute_uri("/")[:-1])
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(row.name) or "cycle"}.ics"'
    return answer


# ------------------------------------------------------------------------------------------------------------- words
@listing("view", PlanningCycle)
@form_methods
def cycle_new(request: PortalRequest, rows: QuerySet[PlanningCycle]) -> HttpResponse:
    """Open a cycle."""
    lines = units_for(request.actor, "add_cycle", request.at.today)
    if not lines:
        raise Forbidden("add_cycle", givers_sentence(OrgUnit, "add_cycle"))
    earlier = queries.cycles_to_repeat(request.actor)
    initial = {"unit": lines[0][0], "steps": str(earlier[0].pk) if earlier else USUAL}
    form = NewCycleForm(posted(request), actor=request.actor, lines=lines, earlier=earlier, initial=initial)
    back = reverse("planning:cycles")
    page = FormPage(_("Open a planning cycle"), form, _("Open it"), back, [(_("Planning"), back)])

    def act(data: dict[str, Any]) -> PlanningCycle:
        given = data["steps"]
        row = actions.CycleRow(data["unit"], data["name"], data["starts_on"], data["ends_on"], data["owner"])
        like = None if given in (USUAL, EMPTY) else form.earlier[given]
        return actions.add_cycle(request.actor, row=row, like=like, has_usual_steps=given == USUAL)

    return answer(request, page, act, said=_("The cycle is open. Name who holds each step."), done=cycle_url)


@guarded("change", PlanningCycle)
@form_methods
def cycle_edit(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """Another name, other days, who runs it, which strategy it prepares."""
    offered = queries.strategies_for(request.actor, row)
    initial = {**_stored(row), "strategy": str(row.strategy_id or ""), "expected": row.row_version}
    form = CycleForm(posted(request), actor=request.actor, strategies=offered, initial=initial)
    if row.strategy_id and row.strategy not in offered:
        del form.fields["strategy"]  # it stays tied to what this person may not see
    page = FormPage(_("Change the cycle"), form, _("Save"), cycle_url(row), cycle_crumbs(row))

    def act(data: dict[str, Any]) -> PlanningCycle:
        expected = data.pop("expected")
        return actions.change_cycle(request.actor, cycle=row, values=data, expected=expected)

    return answer(request, page, act, said=_("Saved."), stored=_stored)


def _stored(row: PlanningCycle) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


@guarded("change", PlanningCycle)
@form_methods
def cycle_close(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """End the cycle."""
    form = VersionedForm(posted(request), initial={"expected": row.row_version})
    page = FormPage(_("Close the cycle"), form, _("Close it"), cycle_url(row), cycle_crumbs(row), words=row.name)
    page.consequences = [
        _("Its steps can no longer be changed, and nobody is reminded of them."),
        _("It can be opened again, with a reason."),
    ]

    def act(data: dict[str, Any]) -> PlanningCycle:
        return actions.close_cycle(request.actor, cycle=row, today=request.at.today, expected=data["expected"])

    return answer(request, page, act, said=_("The cycle is closed."))


@guarded("change", PlanningCycle)
@form_methods
def cycle_reopen(request: PortalRequest, row: PlanningCycle) -> HttpResponse:
    """Go on with a closed cycle."""
    form = ReopenForm(posted(request))
    page = FormPage(_("Open the cycle again"), form, _("Open it"), cycle_url(row), cycle_crumbs(row), words=row.name)

    def act(data: dict[str, Any]) -> PlanningCycle:
        return actions.reopen_cycle(request.actor, cycle=row, reason=data["reason"])

    return answer(request, page, act, said=_("The cycle goes on."))
