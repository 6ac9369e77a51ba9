"""The library of standard definitions: looked through, added to, revised, retired, followed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Forbidden, givers_sentence
from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.models import OrgUnit
from organization.queries import units_for
from scorecards.actions import (
    DefinitionRow,
    Revision,
    add_definitions,
    follow_definition,
    leave_definition,
    retire_definition,
    revise_definition,
)
from scorecards.forms.definitions import FollowForm, NewDefinitionForm, RetireForm, ReviseForm, VersionsForm
from scorecards.models import Measure, MeasureDefinition
from scorecards.queries.definitions import changes, definition_lines, definition_report, kept_definitions, last_two
from scorecards.rules.wording import CONTENT
from scorecards.tables import definition_dataset

form_methods = require_http_methods(["GET", "HEAD", "POST"])
OWN = (*CONTENT, "owner")


def definition_url(definition: MeasureDefinition) -> str:
    """The page of a definition."""
    return reverse("scorecards:definition", args=[definition.pk])


def _crumbs(*definitions: MeasureDefinition) -> list[tuple[str, str]]:
    return [(_("Library"), reverse("scorecards:definitions")), *((d.name, definition_url(d)) for d in definitions)]


@listing("view", MeasureDefinition)
@require_safe
def definitions(request: PortalRequest, rows: QuerySet[MeasureDefinition]) -> HttpResponse:
    """Every standard definition that is kept."""
    q = request.GET.get("q", "")
    may_add = bool(units_for(request.actor, "add_definition", request.at.today))
    context = {"lines": definition_lines(request.actor, q), "q": q, "may_add": may_add}
    return render(request, "scorecards/definitions.html", context)


@listing("view", MeasureDefinition)
@require_safe
def definitions_file(request: PortalRequest, rows: QuerySet[MeasureDefinition], form: str) -> HttpResponseBase:
    """The library as CSV, workbook or JSON."""
    lines = definition_lines(request.actor, request.GET.get("q", ""))
    return download(definition_dataset(lines), "library", form)


@guarded("view", MeasureDefinition)
@require_safe
def definition(request: PortalRequest, found: MeasureDefinition) -> HttpResponse:
    """One definition, and the measures that follow it side by side."""
    report = definition_report(request.actor, found, request.at)
    return render(request, "scorecards/definition.html", {"definition": found, "report": report})


@guarded("view", MeasureDefinition)
@require_safe
def definition_versions(request: PortalRequest, found: MeasureDefinition) -> HttpResponse:
    """Two versions of a definition side by side; the last two if none are asked for."""
    rows = {version.number: version for version in found.versions.select_related("written_by")}
    older, newer = last_two(list(rows.values()))
    given = request.GET if {"older", "newer"} <= request.GET.keys() else {"older": older, "newer": newer}
    form = VersionsForm(given, versions=list(rows.values()))
    if form.is_valid():
        older, newer = form.cleaned_data["older"], form.cleaned_data["newer"]
    pair = {"older": rows[older], "newer": rows[newer], "changes": changes(rows[older], rows[newer])}
    return render(request, "scorecards/definition_versions.html", {"definition": found, "form": form, **pair})


@listing("add_definition", OrgUnit)
@form_methods
def definition_new(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """A new standard definition."""
    lines = units_for(request.actor, "add_definition", request.at.today)
    if not lines:
        raise Forbidden("add_definition", givers_sentence(OrgUnit, "add_definition"))
    form = NewDefinitionForm(posted(request), actor=request.actor, lines=lines, initial={"unit": lines[0][0]})
    page = FormPage(_("Add a definition"), form, _("Add the definition"), reverse("scorecards:definitions"), _crumbs())

    def act(data: dict[str, Any]) -> MeasureDefinition:
        row = DefinitionRow(**{name: value for name, value in data.items() if name != "expected"})
        return add_definitions(request.actor, rows=[row], today=request.at.today)[0]

    return answer(request, page, act, said=_("The definition was added."), done=definition_url)


@guarded("change", MeasureDefinition)
@form_methods
def definition_edit(request: PortalRequest, found: MeasureDefinition) -> HttpResponse:
    """The next version of a definition."""
    stored = {name: getattr(found, name) for name in OWN}
    initial = {**stored, "expected": found.row_version, "effective_from": request.at.today}
    form = ReviseForm(posted(request), actor=request.actor, initial=initial)
    page = FormPage(
        _("Revise %(name)s") % {"name": found}, form, _("Save as the next version"), definition_url(found),
        _crumbs(found), consequences=_revising_words(found),
    )  # fmt: skip

    def act(data: dict[str, Any]) -> MeasureDefinition:
        revision = Revision({n: data[n] for n in OWN}, data["effective_from"], data["reason"], data["is_break"])
        return revise_definition(
            request.actor, definition=found, revision=revision, expected=data["expected"], today=request.at.today
        )

    return answer(
        request, page, act, said=_("The new version is in force."), stored=lambda now: {n: getattr(now, n) for n in OWN}
    )


def _revising_words(found: MeasureDefinition) -> list[str]:
    """What a new version does, in sentences."""
    count = found.measures.filter(retired_at=None).count()
    follow = ngettext(
        "%(n)d measure follows it and takes texts, source, unit of measure and number format at once.",
        "%(n)d measures follow it and take texts, source, unit of measure and number format at once.",
        count,
    )
    return [
        _("The text is kept as a version of its own; earlier versions stay as they were."),
        follow % {"n": count},
        _("Frequency, aggregation, method and direction of those measures stay; new measures start from them."),
    ]


@guarded("retire", MeasureDefinition)
@form_methods
def definition_retire(request: PortalRequest, found: MeasureDefinition) -> HttpResponse:
    """Take a definition out of the library."""
    form = RetireForm(posted(request), initial={"expected": found.row_version})
    page = FormPage(
        _("Retire %(name)s") % {"name": found}, form, _("Retire the definition"), definition_url(found), _crumbs(found)
    )
    page.consequences, page.grave = (
        [
            _("It is no longer offered, and its text can no longer be changed; its versions stay."),
            _("Measures that follow it keep the text they have and go their own way."),
        ],
        True,
    )
    return answer(
        request,
        page,
        lambda data: retire_definition(request.actor, definition=found, today=request.at.today, reason=data["reason"]),
        said=_("The definition was retired."),
    )


@guarded("change", Measure)
@form_methods
def measure_follow(request: PortalRequest, found: Measure) -> HttpResponse:
    """Let a measure follow a standard definition."""
    back = reverse("scorecards:measure", args=[found.pk])
    offered = list(kept_definitions(request.actor))
    initial = {"expected": found.row_version, "definition": found.definition_id}
    form = FollowForm(posted(request), offered=offered, initial=initial)
    page = FormPage(_("Follow a definition"), form, _("Follow it"), back, [(found.short, back)])
    page.consequences = [
        _("What it counts, formula, source, unit of measure and number format come from the definition from now on."),
        _("Frequency, method, targets and values of the measure stay as they are."),
    ]

    def act(data: dict[str, Any]) -> Measure:
        return follow_definition(request.actor, measure=found, today=request.at.today, **data)

    return answer(request, page, act, said=_("The measure follows the definition."))


@guarded("change", Measure)
@require_POST
def measure_leave(request: PortalRequest, found: Measure) -> HttpResponse:
    """Let a measure go its own way."""
    return refuse_quietly(
        request,
        lambda: leave_definition(request.actor, measure=found, expected=None, today=request.at.today),
        said=_("The measure goes its own way and keeps its text."),
        back=reverse("scorecards:measure", args=[found.pk]),
    )
