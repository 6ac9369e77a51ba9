"""My updates: entering what is due, one value or all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.guards import PortalRequest, listing
from scorecards.actions.entries import Saved, Typed, save_entries
from scorecards.forms.entries import UpdatesFilter, bound_rows, problem_list, typed_of
from scorecards.models import Measure
from scorecards.queries.approving import returned_to
from scorecards.queries.entry import entry_units
from scorecards.queries.updates import rows_at, updates_report

PROBLEMS, CONFLICT = 422, 409


@listing("record", Measure)
@require_safe
def updates(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Every value one updates in the period, with its last values, chart and comment beside the field."""
    form = _filter(request)
    wanted = form.cleaned_data if form.is_valid() else {}
    report = updates_report(request.actor, request.at, wanted, request.GET.get("page", "1"))
    context = {
        "form": form,
        "report": report,
        "rows": bound_rows(report.page),
        "returned": list(returned_to(request.actor, request.at)),
    }
    return render(request, "scorecards/updates.html", context)


def _filter(request: PortalRequest) -> UpdatesFilter:
    units = [(unit.pk, unit.name) for unit in entry_units(request.actor)]
    return UpdatesFilter(request.GET, units=units)


@listing("record", Measure)
@require_POST
def updates_save(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Save one value (`only` names it) or all; what is wrong is said beside its field."""
    only = request.POST.get("only", "")
    typed = typed_of(request.POST, request.at.period.calendar, only=only)
    saved = save_entries(request.actor, typed=typed, today=request.at.today, only_right="right" in request.POST)
    if only and request.htmx:
        return _row(request, typed, saved)
    if saved.is_saved:
        messages.success(request, saved_words(saved))
        return redirect(back_of(request, "scorecards:updates"))
    places = list(dict.fromkeys(entry.place for entry in typed.entries))
    bound = bound_rows(rows_at(request.actor, places, request.at), typed, saved)
    context = {
        "rows": bound,
        "problems": problem_list(bound),
        "saved": saved,
        "back": back_of(request, "scorecards:updates"),
    }
    return render(request, "scorecards/updates.html", context, status=status_of(saved))


def _row(request: PortalRequest, typed: Typed, saved: Saved) -> HttpResponse:
    """The row alone, as it is now or with what is wrong in it."""
    places = [entry.place for entry in typed.entries][:1]
    now = rows_at(request.actor, places, request.at)
    bound = bound_rows(now, None if saved.is_saved else typed, saved)
    context: dict[str, Any] = {"bound": bound[0] if bound else None, "fresh": True}
    return render(request, "scorecards/parts/entry_row.html", context, status=status_of(saved))


def status_of(saved: Saved) -> int:
    """What the answer says to programs: saved, wrong, or overtaken."""
    if saved.is_saved:
        return 200
    return CONFLICT if saved.conflicts and not saved.problems else PROBLEMS


def saved_words(saved: Saved) -> str:
    """What was saved, in a sentence."""
    recorded, submitted = saved.count("taken", "changed"), saved.count("submitted")
    said = []
    if recorded:
        said.append(ngettext("%(n)d value saved.", "%(n)d values saved.", recorded) % {"n": recorded})
    if submitted:
        waits = ngettext("%(n)d value waits for approval.", "%(n)d values wait for approval.", submitted)
        said.append(waits % {"n": submitted})
    left = len(saved.problems) + len(saved.conflicts)
    if left:
        said.append(ngettext("%(n)d left out.", "%(n)d left out.", left) % {"n": left})
    return " ".join(said) or _("Nothing was changed: every value is as it was.")


def back_of(request: PortalRequest, view: str) -> str:
    """The page one came from, as its form says; else the view."""
    asked = request.POST.get("back", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse(view)
