"""Defining a measure in the browser: added, changed, retired, and used by other units' objectives."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import Forbidden, givers_sentence
from core.guards import PortalRequest, guarded, listing
from core.submitting import FormPage, answer, posted, show
from organization.models import OrgUnit
from organization.queries import units_for
from scorecards.actions import MeasureRow, add_measures, change_measure, retire_measure
from scorecards.forms.definitions import RetireForm
from scorecards.forms.designing import ChangeMeasureForm, MeasureForm, NewMeasureForm, WhereForm
from scorecards.models import Measure, MeasureDefinition
from scorecards.queries.definitions import kept_definitions
from scorecards.queries.designing import objectives_of, users_of

form_methods = require_http_methods(["GET", "HEAD", "POST"])
FROM_DEFINITION = ("frequency", "aggregation", "method", "polarity")


def measure_url(measure: Measure) -> str:
    """The page of a measure."""
    return reverse("scorecards:measure", args=[measure.pk])


def crumbs(measure: Measure) -> list[tuple[str, str]]:
    """The way to a page about a measure."""
    return [(_("Measures"), reverse("scorecards:measures")), (measure.short, measure_url(measure))]


def _asks_for_fields(request: PortalRequest) -> bool:
    """Whether the form was sent only to show the fields of another method."""
    return request.method == "POST" and "show" in request.POST


def _as_typed(data: QueryDict, form: type[MeasureForm]) -> dict[str, Any]:
    """What was typed so far, as first values of the form for another method."""
    booleans = {name for name, field in form.base_fields.items() if type(field).__name__ == "BooleanField"}
    return {name: value for name, value in data.items() if name not in booleans} | {
        name: name in data for name in booleans
    }


def _page(request: PortalRequest, page: FormPage) -> FormPage:
    """The form of a measure, with the button that shows the fields of a method."""
    page.template = "scorecards/measure_form.html"
    return page


# -------------------------------------------------------------------------------------------------- adding
@listing("add_measure", OrgUnit)
@form_methods
def measure_new(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """Where a new measure belongs; its own form follows."""
    lines = units_for(request.actor, "add_measure", request.at.today)
    if not lines:
        raise Forbidden("add_measure", givers_sentence(OrgUnit, "add_measure"))
    offered = list(kept_definitions(request.actor))
    initial = {"unit": lines[0][0].pk, "definition": request.GET.get("definition", "")}
    form = WhereForm(posted(request), lines=lines, offered=offered, initial=initial)
    page = FormPage(_("Add a measure"), form, _("Go on"), reverse("scorecards:measures"), [_measures_crumb()])
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data["definition"]
        asked = f"?definition={found.pk}" if found else ""
        return redirect(reverse("scorecards:measure_add", args=[form.cleaned_data["unit"].pk]) + asked)
    return show(request, page, status=422 if form.is_bound else 200)


def _measures_crumb() -> tuple[str, str]:
    return _("Measures"), reverse("scorecards:measures")


@guarded("add_measure", OrgUnit)
@form_methods
def measure_add(request: PortalRequest, unit: OrgUnit) -> HttpResponse:
    """A new measure of a unit."""
    follows = _definition(request)
    form = _new_form(request, unit, follows)
    heading = _("Add a measure to %(unit)s") % {"unit": unit}
    page = _page(request, FormPage(heading, form, _("Add the measure"), reverse("scorecards:measures")))
    page.crumbs = [_measures_crumb()]
    page.words = _("It follows %(code)s %(name)s.") % {"code": follows.code, "name": follows.name} if follows else ""

    def act(data: dict[str, Any]) -> Measure:
        values = {name: value for name, value in form.values().items() if name != "weight" or value is not None}
        row = MeasureRow(unit=unit, definition=follows, **values)
        return add_measures(request.actor, rows=[row], today=request.at.today)[0]

    if _asks_for_fields(request):
        return show(request, page)
    return answer(request, page, act, said=_("The measure was added. Give it targets next."), done=measure_url)


def _definition(request: PortalRequest) -> MeasureDefinition | None:
    asked = request.GET.get("definition", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 19
    return kept_definitions(request.actor).filter(pk=asked).first() if is_number else None


def _new_form(request: PortalRequest, unit: OrgUnit, follows: MeasureDefinition | None) -> NewMeasureForm:
    blank = MeasureRow(code="", name=follows.name if follows else "", unit=unit)
    initial = {name: getattr(blank, name) for name in NewMeasureForm.base_fields if hasattr(blank, name)}
    initial["objective"] = request.GET.get("objective", "")
    initial |= {name: getattr(follows, name) for name in FROM_DEFINITION} if follows else {}
    return _form(request, NewMeasureForm, initial, objectives=objectives_of(request.actor, unit), follows=follows)


def _form(request: PortalRequest, form: type[MeasureForm], initial: dict[str, Any], **options: Any) -> Any:
    """The form with the fields of the method that is chosen in it, or of the one stored."""
    method = request.POST.get("method", initial["method"])
    if _asks_for_fields(request):
        initial = {**initial, **_as_typed(request.POST, form)}
        return form(None, actor=request.actor, initial=initial, method=method, **options)
    return form(posted(request), actor=request.actor, initial=initial, method=method, **options)


# ------------------------------------------------------------------------------------------------ changing
@guarded("change", Measure)
@form_methods
def measure_edit(request: PortalRequest, found: Measure) -> HttpResponse:
    """Another word, person or way of scoring."""
    form = _form(
        request, ChangeMeasureForm, {**_stored(found), "custom": found.custom, "expected": found.row_version},
        objectives=objectives_of(request.actor, found.unit, also=found.objective), follows=found.definition,
    )  # fmt: skip
    page = FormPage(_("Change %(name)s") % {"name": found.short}, form, _("Save"), measure_url(found), crumbs(found))

    def act(data: dict[str, Any]) -> Measure:
        values = form.values()
        reason = values.pop("reason")
        return change_measure(
            request.actor, measure=found, values=values, expected=data["expected"], today=request.at.today,
            reason=reason,
        )  # fmt: skip

    if _asks_for_fields(request):
        return show(request, _page(request, page))
    return answer(request, _page(request, page), act, said=_("Saved."), stored=_stored)


def _stored(measure: Measure) -> dict[str, Any]:
    """What the form shows of a measure."""
    names = [name for name in MeasureForm.base_fields if name not in {"updaters", "expected"}]
    return {name: getattr(measure, name) for name in names} | {"updaters": list(measure.updaters.order_by("name"))}


@guarded("retire", Measure)
@form_methods
def measure_retire(request: PortalRequest, found: Measure) -> HttpResponse:
    """End a measure, with the reason."""
    form = RetireForm(posted(request), initial={"expected": found.row_version})
    page = FormPage(
        _("Retire %(name)s") % {"name": found.short}, form, _("Retire the measure"), measure_url(found), crumbs(found)
    )
    page.consequences = [
        _("From today it counts nowhere and takes no more values; its history stays."),
        *(
            _("%(unit)s uses it for %(objective)s, where it no longer counts either.")
            % {"unit": user.unit, "objective": user.objective.short}
            for user in users_of(request.actor, found, request.at.today)
        ),
    ]
    page.grave = True

    def act(data: dict[str, Any]) -> Measure:
        return retire_measure(
            request.actor, measure=found, today=request.at.today, reason=data["reason"], expected=data["expected"]
        )

    return answer(request, page, act, said=_("The measure was retired."))
