"""The options of a strategic issue: weighed in a table, tried with other weights, chosen."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import VersionedForm
from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted
from planning.actions import options as actions
from planning.forms.options import ChooseForm, CriteriaForm, OptionForm, ScoresForm, WhatIfForm
from planning.models import StrategicIssue, StrategicOption
from planning.queries.options import weighing

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def options_url(issue: StrategicIssue) -> str:
    """The table of an issue's options."""
    return reverse("planning:options", args=[issue.pk])


def _page(issue: StrategicIssue, heading: str, form: Any, submit: str) -> FormPage:
    crumbs = [(issue.question, reverse("planning:issue", args=[issue.pk])), (_("Options"), options_url(issue))]
    return FormPage(heading, form, submit, options_url(issue), crumbs, words=issue.question)


@guarded("view", StrategicIssue)
@require_safe
def options(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """Who wins and what would change it, with the weights that are kept or those in the address."""
    table = weighing(request.actor, row)
    asks = any(f"w{one.pk}" in request.GET for one in table.criteria)
    form = WhatIfForm(request.GET if asks else None, criteria=table.criteria)
    if asks and form.is_valid():
        table = weighing(request.actor, row, form.weights())
    context = {"issue": row, "table": table, "form": form}
    return render(request, "planning/options.html", context, status=422 if form.errors else 200)


# ------------------------------------------------------------------------------------------------------- options
@guarded("add_option", StrategicIssue)
@form_methods
def option_new(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """Another way to settle the issue."""
    page = _page(row, _("Add an option"), OptionForm(posted(request)), _("Add it"))

    def act(data: dict[str, Any]) -> StrategicOption:
        return actions.add_option(request.actor, issue=row, name=data["name"], description=data["description"])

    return answer(request, page, act, said=_("Added. Score it in the table."))


@guarded("change", StrategicOption)
@form_methods
def option_edit(request: PortalRequest, row: StrategicOption) -> HttpResponse:
    """Other words for an option."""
    initial = {"name": row.name, "description": row.description, "expected": row.issue.row_version}
    form = OptionForm(posted(request), initial=initial)

    def act(data: dict[str, Any]) -> StrategicOption:
        expected = data.pop("expected")
        return actions.change_option(request.actor, option=row, values=data, expected=expected)

    def stored(_issue: Any) -> dict[str, Any]:
        return dict(StrategicOption.objects.filter(pk=row.pk).values("name", "description").first() or {})

    page = _page(row.issue, _("Change the option"), form, _("Save"))
    page.template = "planning/option.html"
    page.more["remove_url"] = reverse("planning:option_remove", args=[row.pk])
    return answer(request, page, act, said=_("Saved."), stored=stored)


@guarded("change", StrategicOption)
@form_methods
def option_remove(request: PortalRequest, row: StrategicOption) -> HttpResponse:
    """Take an option away that was not decided on, after asking."""
    form = VersionedForm(posted(request), initial={"expected": row.issue.row_version})
    page = _page(row.issue, _("Take “%(option)s” away") % {"option": row}, form, _("Take it away"))
    page.consequences, page.grave = [_("Its scores go with it.")], True

    def act(data: dict[str, Any]) -> None:
        actions.remove_option(request.actor, option=row, expected=data["expected"])

    return answer(request, page, act, said=_("It is taken away."))


@guarded("choose", StrategicOption)
@form_methods
def option_choose(request: PortalRequest, row: StrategicOption) -> HttpResponse:
    """Choose one, and say why not the others."""
    others = list(row.issue.options.exclude(pk=row.pk).order_by("pk"))
    form = ChooseForm(posted(request), others=others, initial={"expected": row.issue.row_version})
    page = _page(row.issue, _("Choose “%(option)s”") % {"option": row}, form, _("Choose it"))
    page.consequences = [
        _("The other options are kept as rejected, with what you write."),
        _("The issue itself stays open until it is settled with its answer."),
    ]

    def act(data: dict[str, Any]) -> StrategicOption:
        return actions.choose_option(
            request.actor, option=row, reason=data["reason"], rejected=form.rejected(), expected=data["expected"]
        )

    return answer(request, page, act, said=_("It is chosen."))


# ----------------------------------------------------------------------------------------------- criteria, scores
@guarded("score_options", StrategicIssue)
@form_methods
def criteria_edit(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """All criteria with their weights."""
    criteria = list(row.criteria.order_by("pk"))
    form = CriteriaForm(posted(request), criteria=criteria, initial={"expected": row.row_version})
    page = _page(row, _("Criteria and their weights"), form, _("Save"))
    page.template = "planning/criteria.html"

    def act(data: dict[str, Any]) -> Any:
        return actions.set_criteria(request.actor, issue=row, rows=form.rows(), expected=data["expected"])

    def stored(_issue: Any) -> dict[str, Any]:
        now = row.criteria.order_by("pk").values_list("pk", "name", "weight", "ten_means")
        return {f"{name}_{one[0]}": one[at] for one in now for at, name in ((1, "name"), (2, "weight"), (3, "ten"))}

    return answer(request, page, act, said=_("Saved."), stored=stored)


@guarded("score_options", StrategicIssue)
@form_methods
def options_score(request: PortalRequest, row: StrategicIssue) -> HttpResponse:
    """Score all options on all criteria."""
    table = weighing(request.actor, row)
    form = ScoresForm(posted(request), table=table, initial={"expected": row.row_version})
    page = _page(row, _("Score the options"), form, _("Save the scores"))
    page.template, page.more = "planning/scores.html", {"table": table}

    def act(data: dict[str, Any]) -> int:
        return actions.score_options(request.actor, issue=row, cells=form.cells(), expected=data["expected"])

    def stored(_issue: Any) -> dict[str, Any]:
        now = weighing(request.actor, row)
        pairs = [(f"{line.option.pk}_{one.criterion_id}", one) for line in now.lines for one in line.cells if one]
        return {f"{name}_{key}": getattr(one, name) for key, one in pairs for name in ("score", "words")}

    return answer(request, page, act, said=_("The scores are kept."), stored=stored)
