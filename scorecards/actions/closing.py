"""Closing a period of a scorecard, so that its facts stay, and opening it again with a reason."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.periods import Period
from organization.queries import calendars
from scorecards.actions.recompute import again, hold, recompute
from scorecards.models import Node, PeriodLock, Scorecard


def close_period(actor: Actor, *, scorecard: Scorecard, period: Period, today: date) -> PeriodLock:
    """From now on no value or target of this period, or of a shorter one in it, is written.

    It keeps the targets and baselines known at this moment, whatever becomes of a plan or a ladder later.
    """
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


def reopen_period(actor: Actor, *, scorecard: Scorecard, period: Period, reason: str, today: date) -> None:
    """Values and targets of this period may be written again, and the present targets count in it."""
    require(actor, "reopen_period", scorecard)
    if not reason.strip():
        raise Refusal(_("Say why the period is opened again; the reason is kept."), field="reason")
    again(lambda: _reopen(actor, scorecard, period, reason.strip(), today))


def _reopen(actor: Actor, scorecard: Scorecard, period: Period, reason: str, today: date) -> None:
    calendar, details = calendars(), {"period": period.key}
    subject = scorecard.strategy.subject_id
    with recording(actor, "reopen_period", subject_id=subject, reason=reason, details=details):
        nodes = set(Node.objects.filter(scorecard=scorecard).values_list("pk", flat=True))
        moment = hold(nodes, calendar, cards=[scorecard.pk]).state.moment
        opened = PeriodLock.objects.filter(
            scorecard=scorecard, frequency=period.frequency, period_start=period.start, opened_at=None
        ).update(opened_at=moment, reason=reason)
        if not opened:
            raise Refusal(_("%(period)s is not closed.") % {"period": period.label}, code="open", field="period")
        # held again: what is closed is read after it was opened
        recompute(nodes, None, today, hold(nodes, calendar, cards=[scorecard.pk]))
