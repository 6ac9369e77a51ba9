"""Schedules of reports: add, change, pause, take up again, remove, run now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from scorecards.actions import schedules as actions
from scorecards.forms.schedules import ScheduleForm
from scorecards.models import ReportSchedule, Scorecard

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _page(card: Scorecard, heading: str, form: ScheduleForm) -> FormPage:
    back = reverse("scorecards:reports", args=[card.pk])
    crumbs = [(card.name, reverse("scorecards:scorecard", args=[card.pk])), (_("Reports"), back)]
    consequences = [
        _("The reports are made in the name of whoever adds the schedule, as long as they may see the scorecard."),
        _(
            "Each recipient gets the report that their own rights allow, as an entry in their list and a mail with a link."
        ),
        _("Whoever has left, or may no longer see the scorecard, is passed over."),
    ]
    return FormPage(heading, form, _("Save"), back, crumbs, consequences=consequences)


def _plan(data: dict[str, Any]) -> actions.Plan:
    return actions.Plan(data["every"], data["on_day"], data["counts"] == "working", data["at_hour"], data["recipients"])


@guarded("schedule_report", Scorecard)
@form_methods
def schedule_new(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """A new schedule."""
    form = ScheduleForm(posted(request), reader=request.actor)
    return answer(
        request,
        _page(card, _("Reports by the clock"), form),
        lambda data: actions.add_schedule(request.actor, scorecard=card, plan=_plan(data), today=request.at.today),
        said=_("The reports are made from now on."),
    )


@guarded("change", ReportSchedule)
@form_methods
def schedule_edit(request: PortalRequest, row: ReportSchedule) -> HttpResponse:
    """When, and for whom."""
    form = ScheduleForm(posted(request), reader=request.actor, row=row)
    return answer(
        request,
        _page(row.scorecard, _("Change the schedule"), form),
        lambda data: actions.change_schedule(
            request.actor, row, plan=_plan(data), today=request.at.today, expected=data["expected"]
        ),
        said=_("The schedule is changed."),
        stored=actions.stored_plan,
    )


def _done(request: PortalRequest, row: ReportSchedule, act: Any, said: str) -> HttpResponse:
    back = reverse("scorecards:reports", args=[row.scorecard_id])
    return refuse_quietly(request, lambda: act(request.actor, row), said=said, back=back)


@guarded("change", ReportSchedule)
@require_POST
def schedule_pause(request: PortalRequest, row: ReportSchedule) -> HttpResponse:
    """Make no reports for the time being."""
    return _done(request, row, actions.pause_schedule, _("The schedule is paused."))


@guarded("change", ReportSchedule)
@require_POST
def schedule_resume(request: PortalRequest, row: ReportSchedule) -> HttpResponse:
    """Go on."""
    return _done(request, row, actions.resume_schedule, _("The schedule goes on with its next moment."))


@guarded("change", ReportSchedule)
@require_POST
def schedule_remove(request: PortalRequest, row: ReportSchedule) -> HttpResponse:
    """End the schedule."""
    return _done(request, row, actions.remove_schedule, _("The schedule is removed. The reports it made stay."))


@guarded("change", ReportSchedule)
@require_POST
def schedule_run(request: PortalRequest, row: ReportSchedule) -> HttpResponse:
    """Make the reports at once."""
    now = timezone.now()
    said = _("The reports are being made. They appear here and in the lists of those who get them.")
    return _done(request, row, lambda actor, one: actions.run_now(actor, one, now=now), said)
