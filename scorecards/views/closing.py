"""Closing a period of a scorecard, opening it again, reminding people, and the days of reminders."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import PlainForm
from core.guards import PortalRequest, guarded, signed_in
from core.submitting import FormPage, answer, posted, refuse_quietly
from scorecards.actions import close_period, reopen_period
from scorecards.actions.reminding import Reminded, remind, require_reminder_plan, set_reminder_plan
from scorecards.forms.closing import RemindersForm, ReopenForm
from scorecards.models import Scorecard
from scorecards.queries.closing import ClosingReport, closing_report
from scorecards.queries.reminding import reminder_days, stored_plan

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _home(request: PortalRequest, card: Scorecard) -> str:
    return f"{reverse('scorecards:closing', args=[card.pk])}?p={request.at.period.key}"


def _crumbs(request: PortalRequest, card: Scorecard) -> list[tuple[str, str]]:
    return [(card.name, reverse("scorecards:scorecard", args=[card.pk])), (_("Closing"), _home(request, card))]


@guarded("view", Scorecard)
@require_safe
def closing(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """How far a period is on its way to being closed, and on whom it waits."""
    report = closing_report(request.actor, card, request.at)
    return render(request, "scorecards/closing.html", {"scorecard": card, "report": report, "days": reminder_days()})


@guarded("close_period", Scorecard)
@form_methods
def closing_close(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Close the period, after saying what that means."""
    period = request.at.period
    report = closing_report(request.actor, card, request.at)
    page = FormPage(
        heading=_("Close %(period)s of %(name)s?") % {"period": period.label, "name": card.name},
        form=PlainForm(posted(request)),
        submit=_("Close %(period)s") % {"period": period.label},
        back=_home(request, card),
        crumbs=_crumbs(request, card),
        consequences=consequences(report),
        grave=True,
    )
    return answer(
        request,
        page,
        lambda given: close_period(request.actor, scorecard=card, period=period, today=request.at.today),
        said=_("%(period)s is closed.") % {"period": period.label},
    )


def consequences(report: ClosingReport) -> list[str]:
    """What closing means for whom."""
    said = [_("No value and no target of %(period)s is written any more.") % {"period": report.period.label}]
    missing, pending = len(report.missing), len(report.pending)
    if missing:
        words = ngettext(
            "%(n)d value is missing and stays so: it counts as not reported.",
            "%(n)d values are missing and stay so: they count as not reported.",
            missing,
        )
        said.append(words % {"n": missing})
    if report.excused:
        words = ngettext(
            "%(n)d value is excused; it counts as missing all the same.",
            "%(n)d values are excused; they count as missing all the same.",
            len(report.excused),
        )
        said.append(words % {"n": len(report.excused)})
    if pending:
        words = ngettext(
            "%(n)d value waits for approval and can then no longer be approved.",
            "%(n)d values wait for approval and can then no longer be approved.",
            pending,
        )
        said.append(words % {"n": pending})
    said.append(_("The strategy office can open the period again, with a reason that is kept."))
    said.append(_("What is recorded after that is marked on every screen and in print."))
    return said


@guarded("reopen_period", Scorecard)
@form_methods
def closing_reopen(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Open a closed period again, with a reason."""
    period = request.at.period
    page = FormPage(
        heading=_("Open %(period)s of %(name)s again?") % {"period": period.label, "name": card.name},
        form=ReopenForm(posted(request)),
        submit=_("Open %(period)s again") % {"period": period.label},
        back=_home(request, card),
        crumbs=_crumbs(request, card),
        consequences=[
            _("Values and targets of the period can be written again."),
            _("Everything recorded from now on is marked as recorded after the period had been closed."),
            _("Reports that are frozen stay as they are."),
        ],
        grave=True,
    )
    return answer(
        request,
        page,
        lambda given: reopen_period(
            request.actor, scorecard=card, period=period, reason=given["reason"], today=request.at.today
        ),
        said=_("%(period)s is open again.") % {"period": period.label},
    )


@guarded("remind", Scorecard)
@require_POST
def closing_remind(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Remind the people of one value (`one`), or of all that are missing."""
    report = closing_report(request.actor, card, request.at)
    one = request.POST.get("one", "")
    wanted = [line for line in report.missing if not one or line.key == one]
    return refuse_quietly(
        request,
        lambda: remind(request.actor, scorecard=card, missing=wanted, today=request.at.today),
        said=reminded_words,
        back=_home(request, card),
    )


def reminded_words(done: Reminded) -> str:
    """Who was reminded, who was not, and why."""
    said = [ngettext("%(n)d person was reminded.", "%(n)d people were reminded.", done.people) % {"n": done.people}]
    if done.earlier > 0:
        words = ngettext(
            "%(n)d value was asked for today already.", "%(n)d values were asked for today already.", done.earlier
        )
        said.append(words % {"n": done.earlier})
    if done.nobody:
        said.append(_("Nobody answers for %(names)s.") % {"names": ", ".join(done.nobody)})
    return " ".join(said)


@signed_in("One plan for the organisation; its policy says who may change it.")
@form_methods
def reminders(request: PortalRequest) -> HttpResponse:
    """On which days the daily mail names a value that is owed."""
    require_reminder_plan(request.actor)
    plan, days = stored_plan(), reminder_days()
    initial = {"before": list(days.before), "after": list(days.after), "expected": plan.row_version if plan else None}
    page = FormPage(
        heading=_("Reminders of values"),
        form=RemindersForm(posted(request), initial=initial),
        submit=_("Save"),
        back=reverse("scorecards:scorecards"),
        crumbs=[(_("Scorecard"), reverse("scorecards:scorecards"))],
        words=_("Everyone gets one mail a day at most, and none for what is done."),
    )
    return answer(
        request,
        page,
        lambda given: set_reminder_plan(
            request.actor, before=given["before"], after=given["after"], expected=given["expected"]
        ),
        said=_("Saved. It counts from the next daily mail on."),
        stored=lambda row: {"before": row.days_before, "after": row.days_after},
    )
