"""The register of assumptions: looked through, stated, looked at again, found wrong, and what rests on each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Forbidden, NotVisible, givers_sentence, permitted, scoped
from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.models import OrgUnit
from organization.queries import tree, units_for
from planning.actions import assumptions as actions
from planning.forms.assumptions import (
    AssumptionForm,
    CarryForm,
    FalsifyForm,
    NewAssumptionForm,
    RegisterFilter,
    RestoreForm,
    ValidateForm,
)
from planning.models import Assumption
from planning.queries import assumptions as queries
from planning.queries.carrying import chosen, offers
from planning.queries.curves import curve_of
from planning.tables.choices import assumption_dataset
from strategy.queries.attached import attached

form_methods = require_http_methods(["GET", "HEAD", "POST"])
WORDS = ("statement", "because", "owner", "half_life", "review_on")
CHECKED = ("confidence", "on", "review_on")
VERBS = ("change", "validate")


def _url(row: Assumption) -> str:
    return reverse("planning:assumption", args=[row.pk])


def _page(row: Assumption, heading: str, form: Any, submit: str) -> FormPage:
    crumbs = [(_("Assumptions"), reverse("planning:assumptions")), (row.statement, _url(row))]
    return FormPage(heading, form, submit, _url(row), crumbs, words=row.statement)


# ------------------------------------------------------------------------------------------------------- the register
@listing("view", Assumption)
@require_safe
def assumptions(request: PortalRequest, rows: QuerySet[Assumption]) -> HttpResponse:
    """All that is believed, least sure first."""
    form = RegisterFilter(request.GET, units=tree(request.actor, request.at.today))
    wanted = form.wanted()
    context = {
        "form": form,
        "page": queries.register_page(request.actor, request.at, wanted, request.GET.get("page", "1")),
        "filtered": any(wanted.values()),
        "may_add": bool(units_for(request.actor, "add_assumption", request.at.today)),
    }
    return render(request, "planning/assumptions.html", context)


@listing("view", Assumption)
@require_safe
def assumptions_file(request: PortalRequest, rows: QuerySet[Assumption], form: str) -> HttpResponseBase:
    """The register as CSV, workbook or JSON, with the filters of the address."""
    wanted = RegisterFilter(request.GET, units=tree(request.actor, request.at.today)).wanted()
    found = queries.register(request.actor, request.at, wanted)
    return download(assumption_dataset(found), _("assumptions"), form)


@guarded("view", Assumption)
@require_safe
def assumption(request: PortalRequest, row: Assumption) -> HttpResponse:
    """One assumption: its curve, what was found of it, what rests on it, and what is said of it."""
    found = queries.standing_of(request.actor, row, request.at)
    context = {
        "one": found,
        "row": permitted(request.actor, VERBS, Assumption.objects.filter(pk=row.pk)).get(),
        "curve": curve_of(found, request.at.today),
        "attached": attached(request.actor, row),
        "discussion": {"title": _("Discussion")},
    }
    return render(request, "planning/assumption.html", context)


# ------------------------------------------------------------------------------------------------------------- words
@listing("view", Assumption)
@form_methods
def assumption_new(request: PortalRequest, rows: QuerySet[Assumption]) -> HttpResponse:
    """State what is believed."""
    lines = units_for(request.actor, "add_assumption", request.at.today)
    if not lines:
        raise Forbidden("add_assumption", givers_sentence(OrgUnit, "add_assumption"))
    initial = {"unit": request.GET.get("unit") or lines[0][0], "half_life": 12}
    form = NewAssumptionForm(posted(request), actor=request.actor, lines=lines, initial=initial)
    back = reverse("planning:assumptions")
    page = FormPage(_("State an assumption"), form, _("State it"), back, [(_("Assumptions"), back)])

    def act(data: dict[str, Any]) -> Assumption:
        share = data.pop("confidence") / 100
        data.pop("expected")
        row = actions.AssumptionRow(confidence=share, **data)
        return actions.add_assumption(request.actor, row=row, today=request.at.today)

    return answer(request, page, act, said=_("It is in the register. Say now what rests on it."), done=_url)


@guarded("change", Assumption)
@form_methods
def assumption_edit(request: PortalRequest, row: Assumption) -> HttpResponse:
    """Other words, another owner, another pace."""
    initial = {**_stored(row), "expected": row.row_version}
    form = AssumptionForm(posted(request), actor=request.actor, initial=initial)

    def act(data: dict[str, Any]) -> Assumption:
        expected = data.pop("expected")
        return actions.change_assumption(request.actor, assumption=row, values=data, expected=expected)

    page = _page(row, _("Change the assumption"), form, _("Save"))
    return answer(request, page, act, said=_("Saved."), stored=_stored)


def _stored(row: Assumption) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WORDS}


# ------------------------------------------------------------------------------------------------------------ checks
@guarded("validate", Assumption)
@form_methods
def assumption_validate(request: PortalRequest, row: Assumption) -> HttpResponse:
    """How sure one is now."""
    form = ValidateForm(posted(request), initial={"on": request.at.today, "expected": row.row_version})
    page = _page(row, _("Look at it again"), form, _("Keep what was found"))
    page.consequences = [
        _("Confidence starts anew from what you write and fades from that day on."),
        _("What you write stays in its history and is never changed."),
    ]

    def act(data: dict[str, Any]) -> Assumption:
        return actions.validate_assumption(
            request.actor, assumption=row, found=_finding(data), today=request.at.today, expected=data["expected"]
        )

    return answer(request, page, act, said=_("What was found is kept."), stored=_checked)


@guarded("validate", Assumption)
@form_methods
def assumption_restore(request: PortalRequest, row: Assumption) -> HttpResponse:
    """Believed again, with the reason."""
    form = RestoreForm(posted(request), initial={"on": request.at.today, "expected": row.row_version})
    page = _page(row, _("Believe it again"), form, _("Believe it again"))
    page.consequences = [_("What it carries stands on firm ground again if the confidence is 40 % or more.")]

    def act(data: dict[str, Any]) -> Assumption:
        return actions.restore_assumption(
            request.actor, assumption=row, found=_finding(data), today=request.at.today, expected=data["expected"]
        )

    return answer(request, page, act, said=_("It is believed again."), stored=_checked)


@guarded("validate", Assumption)
@form_methods
def assumption_falsify(request: PortalRequest, row: Assumption) -> HttpResponse:
    """Found to be wrong, with what showed it."""
    form = FalsifyForm(posted(request), initial={"on": request.at.today, "expected": row.row_version})
    page = _page(row, _("It was found to be wrong"), form, _("Mark it as wrong"))
    carried = queries.standing_of(request.actor, row, request.at).carries
    page.consequences = [
        *(_("%(name)s is flagged: it rests on this.") % {"name": one.label} for one in carried[:8]),
        _("Whoever answers for what it carries is told."),
    ]
    page.grave = True

    def act(data: dict[str, Any]) -> Assumption:
        return actions.falsify_assumption(request.actor, assumption=row, today=request.at.today, **data)

    return answer(request, page, act, said=_("It is marked as wrong, and all that it carries is flagged."))


def _finding(data: dict[str, Any]) -> actions.Finding:
    return actions.Finding(data["confidence"] / 100, data["on"], data["review_on"], data["words"])


def _checked(row: Assumption) -> dict[str, Any]:
    return {"confidence": 100 * row.confidence, "on": row.validated_on, "review_on": row.review_on}


# --------------------------------------------------------------------------------------------------- what it carries
@guarded("change", Assumption)
@form_methods
def assumption_carry(request: PortalRequest, row: Assumption) -> HttpResponse:
    """Choose what rests on it, from what fits the words looked for."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = offers(request.actor, row, text)
    form = CarryForm(posted(request), offers=found)
    page = _page(row, _("What rests on it"), form, _("It carries these"))
    page.template = "planning/carry.html"
    page.more = {"q": text, "offers": found, "row": row}

    def act(data: dict[str, Any]) -> int:
        return actions.carry(request.actor, assumption=row, **chosen(request.actor, data["chosen"]))

    return answer(request, page, act, said=_("Kept. While it is doubtful, they are flagged."))


@guarded("change", Assumption)
@require_POST
def carries_stop(request: PortalRequest, row: Assumption, carries: int) -> HttpResponse:
    """It rests on it no longer."""
    found = scoped(request.actor, "view", row.carries.all()).filter(pk=carries).select_related("assumption").first()
    if found is None:
        raise NotVisible
    return refuse_quietly(
        request, lambda: actions.stop_carrying(request.actor, carries=found), said=_("It rests on it no longer."),
        back=_url(row),
    )  # fmt: skip
