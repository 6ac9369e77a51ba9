"""Settings of the organisation: an overview of what the reader may change, and a form for each part."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Forbidden, givers_sentence, policy_of
from core.guards import PortalRequest, guarded, signed_in
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.actions.customfields import add_field, change_field, remove_field
from organization.actions.settings import (
    RateRow,
    TermRow,
    drop_fiscal_calendar,
    set_fiscal_calendar,
    set_organization,
    set_rates,
    set_terms,
)
from organization.forms.settings import (
    CalendarForm,
    FieldForm,
    NewFieldForm,
    OrganizationForm,
    RateForm,
    TermsForm,
)
from organization.models import CustomField, FiscalCalendar, Organization, Rate, Term
from organization.queries import NOUNS, kinds_with_own_fields, nouns, settings_report
from organization.views.units import form_methods

WHOLE = "Settings belong to the whole organisation; the policy of each part is asked."


def _home(part: str = "") -> str:
    return reverse("organization:settings") + (f"#h-{part}" if part else "")


def _page(heading: str, form: Any, part: str) -> FormPage:
    return FormPage(heading, form, _("Save"), _home(part), [(_("Settings"), _home())])


def _may(request: PortalRequest, model: type[Model]) -> bool:
    return policy_of(model).q(request.actor, "change") is not None


def _ask(request: PortalRequest, model: type[Model]) -> None:
    if not _may(request, model):
        raise Forbidden("change", givers_sentence(model, "change"))


@signed_in(WHOLE)
@require_safe
def settings(request: PortalRequest) -> HttpResponse:
    """What is set, as far as the reader may change it."""
    parts = (Organization, FiscalCalendar, Rate, Term, CustomField)
    may = {model.__name__.lower(): _may(request, model) for model in parts}
    if not any(may.values()):
        raise Forbidden("change", givers_sentence(Organization, "change"))
    context = {"may": may, "report": settings_report(), "today": request.at.today}
    return render(request, "organization/settings.html", context)


@guarded("change", Organization)
@form_methods
def settings_organization(request: PortalRequest, row: Organization) -> HttpResponse:
    """Name, second line and currency."""
    names = ("name", "subtitle", "currency")
    initial = {name: getattr(row, name) for name in names} | {"expected": row.row_version}
    page = _page(_("The organisation"), OrganizationForm(posted(request), initial=initial), "organization")
    return answer(
        request,
        page,
        lambda data: set_organization(request.actor, **data),
        said=_("Saved."),
        stored=lambda now: {name: getattr(now, name) for name in names},
    )


@signed_in(WHOLE)
@form_methods
def settings_year(request: PortalRequest) -> HttpResponse:
    """How fiscal years are cut from a day on."""
    _ask(request, FiscalCalendar)
    page = _page(_("The fiscal year"), CalendarForm(posted(request)), "year")
    page.words = _("A change begins with a new year. The year before it may be cut short; its figures stay.")
    return answer(
        request,
        page,
        lambda data: set_fiscal_calendar(request.actor, today=request.at.today, **data),
        said=_("Saved."),
    )


@guarded("change", FiscalCalendar)
@require_POST
def year_drop(request: PortalRequest, row: FiscalCalendar) -> HttpResponse:
    """Take back a change of the fiscal year."""
    return refuse_quietly(
        request,
        lambda: drop_fiscal_calendar(request.actor, calendar=row, today=request.at.today),
        said=_("The change was taken back."),
        back=_home("year"),
    )


@signed_in(WHOLE)
@form_methods
def settings_rate(request: PortalRequest) -> HttpResponse:
    """What a currency is worth from a day on."""
    _ask(request, Rate)
    form = RateForm(posted(request), initial={"first_day": request.at.today})
    page = _page(_("An exchange rate"), form, "rates")
    return answer(request, page, lambda data: set_rates(request.actor, rows=[RateRow(**data)]), said=_("Saved."))


@signed_in(WHOLE)
@form_methods
def settings_terms(request: PortalRequest) -> HttpResponse:
    """The organisation's own words."""
    _ask(request, Term)
    form = TermsForm(posted(request), words=nouns())
    page = _page(_("Your words"), form, "words")
    page.words = _("Leave both empty for the portal's own words.")
    page.template = "organization/terms.html"
    page.more = {"pairs": [(str(NOUNS[key][0]), form[f"{key}_one"], form[f"{key}_many"]) for key in NOUNS]}

    def act(data: dict[str, Any]) -> None:
        set_terms(request.actor, rows=[TermRow(key, data[f"{key}_one"], data[f"{key}_many"]) for key in NOUNS])

    return answer(request, page, act, said=_("Saved."))


def _kinds() -> list[tuple[str, str]]:
    words = nouns()
    return [(kind, words[kind].one if kind in words else kind) for kind in kinds_with_own_fields()]


@signed_in(WHOLE)
@form_methods
def field_new(request: PortalRequest) -> HttpResponse:
    """Another field of one's own."""
    _ask(request, CustomField)
    page = _page(_("Add a field"), NewFieldForm(posted(request), kinds=_kinds()), "fields")
    return answer(request, page, lambda data: add_field(request.actor, **data), said=_("The field was added."))


@guarded("change", CustomField)
@form_methods
def field_edit(request: PortalRequest, row: CustomField) -> HttpResponse:
    """Another label, place or choices."""
    initial = {
        "label": row.label,
        "choices": "\n".join(row.choices),
        "is_required": row.is_required,
        "order": row.order,
    }
    page = _page(
        _("Change the field %(label)s") % {"label": row}, FieldForm(posted(request), initial=initial), "fields"
    )
    return answer(request, page, lambda data: change_field(request.actor, field=row, **data), said=_("Saved."))


@guarded("change", CustomField)
@require_POST
def field_remove(request: PortalRequest, row: CustomField) -> HttpResponse:
    """Take a field away."""
    return refuse_quietly(
        request,
        lambda: remove_field(request.actor, field=row),
        said=_("The field was taken away. Its values stay in the records, should it come back."),
        back=_home("fields"),
    )
