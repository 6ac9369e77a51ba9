"""The tree of units, one unit, and what administrators do with it."""

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
from core.panels import panels
from core.submitting import FormPage, answer, posted, refuse_quietly
from organization.actions.closing import close_unit, reopen_unit
from organization.actions.units import UnitRow, add_units, move_unit, rename_unit
from organization.forms.units import CloseUnitForm, MoveUnitForm, NewUnitForm, UnitForm
from organization.models import OrgUnit
from organization.queries import (
    allowed,
    closed_units,
    parents_on,
    still_open,
    tree,
    unit_lines,
    units_above,
    units_for,
)
from organization.tables import units_dataset

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def unit_url(unit: OrgUnit) -> str:
    """The page of a unit."""
    return reverse("organization:unit", args=[unit.pk])


def _crumbs(*units: OrgUnit) -> list[tuple[str, str]]:
    return [(_("Units"), reverse("organization:units")), *((unit.name, unit_url(unit)) for unit in units)]


@listing("view", OrgUnit)
@require_safe
def units(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """The tree as a table, and the closed units."""
    context = {
        "lines": unit_lines(request.actor, request.at),
        "closed": closed_units(request.actor, request.at.today),
        "may_add": bool(units_for(request.actor, "add_unit", request.at.today)),
    }
    return render(request, "organization/units.html", context)


@listing("view", OrgUnit)
@require_safe
def units_file(request: PortalRequest, rows: QuerySet[OrgUnit], form: str) -> HttpResponseBase:
    """The tree as a file, parents before children."""
    lines = unit_lines(request.actor, request.at)
    return download(units_dataset(lines, parents_on(request.at.today)), "units", form)


@guarded("view", OrgUnit)
@require_safe
def unit(request: PortalRequest, row: OrgUnit) -> HttpResponse:
    """One unit: a frame of panels."""
    boxes = [panel.render(row, request.actor, request.at) for panel in panels("unit")]
    above = units_above(row, request.at.today)
    context = {"unit": row, "above": above, "may": allowed(request.actor, row), "panels": boxes}
    return render(request, "organization/unit.html", context)


@listing("add_unit", OrgUnit)
@form_methods
def unit_new(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """A new unit below another."""
    lines = units_for(request.actor, "add_unit", request.at.today)
    if not lines:
        raise Forbidden("add_unit", givers_sentence(OrgUnit, "add_unit"))
    above = rows.filter(pk__in=[request.GET["above"]] if request.GET.get("above", "").isdecimal() else []).first()
    form = NewUnitForm(posted(request), lines=lines, initial={"parent": above})
    page = FormPage(_("Add a unit"), form, _("Add the unit"), reverse("organization:units"), _crumbs())

    def act(data: dict[str, Any]) -> OrgUnit:
        row = UnitRow(data["name"], data["code"], data["parent"].code, data["kind"], data["opened_on"])
        return add_units(request.actor, rows=[row], today=request.at.today)[0]

    return answer(request, page, act, said=_("The unit was added."), done=unit_url)


@guarded("change", OrgUnit)
@form_methods
def unit_edit(request: PortalRequest, row: OrgUnit) -> HttpResponse:
    """Another name, code or kind."""
    initial = {"name": row.name, "code": row.code, "kind": row.kind, "expected": row.row_version}
    form = UnitForm(posted(request), initial=initial)
    page = FormPage(_("Change %(unit)s") % {"unit": row}, form, _("Save"), unit_url(row), _crumbs(row))
    return answer(
        request,
        page,
        lambda data: rename_unit(request.actor, unit=row, **data),
        said=_("Saved."),
        stored=lambda now: {"name": now.name, "code": now.code, "kind": now.kind},
    )


@guarded("move", OrgUnit)
@form_methods
def unit_move(request: PortalRequest, row: OrgUnit) -> HttpResponse:
    """Hang the unit elsewhere from a day on."""
    form = MoveUnitForm(
        posted(request),
        lines=units_for(request.actor, "add_unit", request.at.today),
        today=request.at.today,
        initial={"expected": row.row_version},
    )
    page = FormPage(_("Move %(unit)s") % {"unit": row}, form, _("Move the unit"), unit_url(row), _crumbs(row))
    page.words = _("Everything below moves with it. Before the day, all figures and rights stay as they are.")
    return answer(request, page, lambda data: move_unit(request.actor, unit=row, **data), said=_("The unit was moved."))


@guarded("close", OrgUnit)
@form_methods
def unit_close(request: PortalRequest, row: OrgUnit) -> HttpResponse:
    """What closing the unit means, and who takes over."""
    today = request.at.today
    lines = [line for line in tree(request.actor, today) if line[0].pk != row.pk]
    form = CloseUnitForm(posted(request), lines=lines, today=today, initial={"expected": row.row_version})
    page = FormPage(_("Close %(unit)s") % {"unit": row}, form, _("Close the unit"), unit_url(row), _crumbs(row))
    page.consequences, page.grave = closing_words(row, request), True

    def act(data: dict[str, Any]) -> OrgUnit:
        return close_unit(request.actor, unit=row, today=today, **data)

    return answer(request, page, act, said=_("The unit was closed."))


def closing_words(row: OrgUnit, request: PortalRequest) -> list[str]:
    """What closing does, in sentences."""
    held = still_open(row, request.at.today)
    words = [_("It is no longer offered or listed from that day on; its history stays.")]
    if held.needs_successor:
        words.append(_("Who takes over gets: %(held)s.") % {"held": held.words})
    if held.roles:
        ended = ngettext("%(count)d role in it ends.", "%(count)d roles in it end.", held.roles)
        words.append(ended % {"count": held.roles})
    if held.records:
        kept = ngettext(
            "%(count)d record (measures, objectives and the like) stays with it; who answers for the unit above it, or takes"
            " over, reaches it.",
            "%(count)d records (measures, objectives and the like) stay with it; who answers for the unit above it, or takes"
            " over, reaches them.",
            held.records,
        )
        words.append(kept % {"count": held.records})
    return words


@guarded("close", OrgUnit)
@require_POST
def unit_reopen(request: PortalRequest, row: OrgUnit) -> HttpResponse:
    """Take back a closing."""
    return refuse_quietly(
        request, lambda: reopen_unit(request.actor, unit=row), said=_("The unit is open again."), back=unit_url(row)
    )
