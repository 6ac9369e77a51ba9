"""Closing a period of a scorecard, so that its facts stay, and opening it again with a reason."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.periods import Period
from organization.queries import calendars
from scorecards.actions.recompute import hold
from scorecards.models import PeriodLock, Scorecard


def close_period(actor: Actor, *, scorecard: Scorecard, period: Period, today: date) -> PeriodLock:
    """From now on no value or target of this period, or of a shorter one in it, is written."""
    require(actor, "close_period", scorecard)
    calendar = calendars()
    period = Period(period.frequency, period.start, calendar)
    if not period.is_over(today):
        raise Refusal(
            _("%(period)s is not over. It can be closed after %(day)s.")
            % {"period": period.label, "day": f"{period.end:%Y-%m-%d}"},
            field="period",
        )
    details = {"period": period.key}
    with recording(actor, "close_period", subject_id=scorecard.strategy.subject_id, details=details):
        held = hold([], calendar, cards=[scorecard.pk])
        if period in held.state.locked.get(scorecard.pk, ()):
            raise Refusal(_("%(period)s is closed already.") % {"period": period.label}, code="closed", field="period")
        return PeriodLock.objects.create(
            scorecard=scorecard,
            frequency=period.frequency,
            period_start=period.start,
            locked_by_id=actor.person_id,
            locked_at=held.state.moment,
        )


def reopen_period(actor: Actor, *, scorecard: Scorecard, period: Period, reason: str) -> None:
    """Values and targets of this period may be written again."""
    require(actor, "reopen_period", scorecard)
    if not reason.strip():
        raise Refusal(_("Say why the period is opened again; the reason is kept."), field="reason")
    calendar = calendars()
    details = {"period": period.key}
    subject = scorecard.strategy.subject_id
    with recording(actor, "reopen_period", subject_id=subject, reason=reason.strip(), details=details):
        hold([], calendar, cards=[scorecard.pk])
        opened = PeriodLock.objects.filter(
            scorecard=scorecard, frequency=period.frequency, period_start=period.start, opened_at=None
        ).update(opened_at=timezone.now(), reason=reason.strip())
        if not opened:
            raise Refusal(_("%(period)s is not closed.") % {"period": period.label}, code="open", field="period")
