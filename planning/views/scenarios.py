"""Scenarios: looked through, written, tied to measures."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Forbidden, NotVisible, givers_sentence, scoped
from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.models import OrgUnit
from organization.queries import tree, units_for
from planning.actions import scenarios as actions
from planning.forms.scenarios import NewScenarioForm, ScenarioChangeForm, ScenarioFilter, TriggerForm
from planning.models import Scenario
from planning.queries.scenarios import measures_named, scenario_page, scenarios_listed
from planning.tables.choices import scenario_dataset
from strategy.queries.attached import attached

form_methods = require_http_methods(["GET", "HEAD", "POST"])
WORDS = ("name", "story", "early_moves", "owner", "strategy", "state")


def _url(row: Scenario) -> str:
    return reverse("planning:scenario", args=[row.pk])


def _page(row: Scenario, heading: str, form: Any, submit: str) -> FormPage:
    crumbs = [(_("Scenarios"), reverse("planning:scenarios")), (row.name, _url(row))]
    return FormPage(heading, form, submit, _url(row), crumbs, words=row.name)


@listing("view", Scenario)
@require_safe
def scenarios(request: PortalRequest, rows: QuerySet[Scenario]) -> HttpResponse:
    """Every possible future that is written down; what is coming first."""
    form = ScenarioFilter(request.GET, units=tree(request.actor, request.at.today))
    wanted = form.wanted()
    context = {
        "form": form,
        "lines": scenarios_listed(request.actor, request.at, wanted),
        "filtered": any(wanted.values()),
        "may_add": bool(units_for(request.actor, "add_scenario", request.at.today)),
    }
    return render(request, "planning/scenarios.html", context)


@listing("view", Scenario)
@require_safe
def scenarios_file(request: PortalRequest, rows: QuerySet[Scenario], form: str) -> HttpResponseBase:
    """The list as CSV, workbook or JSON, with the filters of the address."""
    wanted = ScenarioFilter(request.GET, units=tree(request.actor, request.at.today)).wanted()
    return download(scenario_dataset(scenarios_listed(request.actor, request.at, wanted)), _("scenarios"), form)


@guarded("view", Scenario)
@require_safe
def scenario(request: PortalRequest, row: Scenario) -> HttpResponse:
    """One scenario: its story, its signs beside their limits, and what we would do."""
    found = scenario_page(request.actor, row, request.at)
    context = {
        "found": found,
        "row": found.line.scenario,
        "attached": attached(request.actor, row),
        "discussion": {"title": _("Discussion")},
    }
    return render(request, "planning/scenario.html", context)


@listing("view", Scenario)
@form_methods
def scenario_new(request: PortalRequest, rows: QuerySet[Scenario]) -> HttpResponse:
    """Write a scenario."""
    lines = units_for(request.actor, "add_scenario", request.at.today)
    if not lines:
        raise Forbidden("add_scenario", givers_sentence(OrgUnit, "add_scenario"))
    initial = {"unit": request.GET.get("unit") or lines[0][0], "strategy": request.GET.get("strategy")}
    form = NewScenarioForm(posted(request), actor=request.actor, lines=lines, initial=initial)
    back = reverse("planning:scenarios")
    page = FormPage(_("Write a scenario"), form, _("Keep it"), back, [(_("Scenarios"), back)])

    def act(data: dict[str, Any]) -> Scenario:
        data.pop("expected")
        return actions.add_scenario(request.actor, row=actions.ScenarioRow(**data))

    return answer(request, page, act, said=_("It is kept. Tie it to a measure now."), done=_url)


@guarded("change", Scenario)
@form_methods
def scenario_edit(request: PortalRequest, row: Scenario) -> HttpResponse:
    """Other words, another owner; or that it has come."""
    form = ScenarioChangeForm(
        posted(request), actor=request.actor, initial={**_stored(row), "expected": row.row_version}
    )

    def act(data: dict[str, Any]) -> Scenario:
        expected = data.pop("expected")
        return actions.change_scenario(request.actor, scenario=row, values=data, expected=expected)

    page = _page(row, _("Change the scenario"), form, _("Save"))
    return answer(request, page, act, said=_("Saved."), stored=_stored)


def _stored(row: Scenario) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WORDS}


@guarded("change", Scenario)
@form_methods
def trigger_new(request: PortalRequest, row: Scenario) -> HttpResponse:
    """Tie it to a measure."""
    form = TriggerForm(posted(request), find=partial(measures_named, request.actor))
    page = _page(row, _("Add a trigger"), form, _("Add it"))
    page.consequences = [
        _("The measure is looked at every night."),
        _("When it fires, the owner is told and the scenario stands on the next strategy agenda."),
    ]

    def act(data: dict[str, Any]) -> Any:
        return actions.add_trigger(request.actor, scenario=row, row=actions.TriggerRow(**data))

    return answer(request, page, act, said=_("Added. It is looked at from tonight on."))


@guarded("change", Scenario)
@require_POST
def trigger_remove(request: PortalRequest, row: Scenario, trigger: int) -> HttpResponse:
    """Watch this measure no longer."""
    found = scoped(request.actor, "view", row.triggers.all()).filter(pk=trigger).select_related("scenario").first()
    if found is None:
        raise NotVisible
    return refuse_quietly(
        request, lambda: actions.remove_trigger(request.actor, trigger=found, today=request.at.today),
        said=_("It is watched no longer."), back=_url(row),
    )  # fmt: skip
