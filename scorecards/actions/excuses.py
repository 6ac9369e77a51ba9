"""Excusing a measure from reporting in a period, with a reason, and taking that back. No score changes."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.periods import Frequency, Period
from organization.queries import calendars
from scorecards.actions.recompute import hold
from scorecards.actions.writing import FactTable, NewFact, append, current_of
from scorecards.models import Measure, Node, Submission
from scorecards.queries.entry import known_values, waiting_values
from scorecards.queries.excuses import excused_places
from scorecards.queries.trees import is_locked
from strategy.structure.rows import clean_text

FACTS = FactTable("scorecards_excuse", "measure_id", ("reason",), ())
LONGEST = 2000


def excuse_measure(actor: Actor, *, measure: Measure, period: Period, reason: str, today: date) -> None:
    """It need not report in the period: nobody is reminded, nothing is late. Another reason replaces the first.

    Refused: no reason, a period that is not its own, has not begun or is closed, a value that is there or waits.
    """
    require(actor, "excuse", measure)
    words = clean_text(reason, label=_("The reason"), most=LONGEST, field="reason", needed=True)
    _check_period(measure, period, today)
    _write(actor, measure, period, words)


def take_back_excuse(actor: Actor, *, measure: Measure, period: Period) -> None:
    """The measure is to report in the period after all. Refused where no excuse holds."""
    require(actor, "excuse", measure)
    _write(actor, measure, period, "")


def _check_period(measure: Measure, period: Period, today: date) -> None:
    if measure.is_calculated:
        raise Refusal(_("The measure is calculated: it owes no value that could be excused."))
    if period.frequency != Frequency(measure.frequency):
        words = {"frequency": str(measure.get_frequency_display()).lower(), "period": period.label}
        raise Refusal(_("The measure reports %(frequency)s: %(period)s is not one of its periods.") % words)
    if period.start > today or period.end < (measure.starts_on or date.min):
        raise Refusal(_("Nothing is to be reported for %(period)s yet.") % {"period": period.label})


def _write(actor: Actor, measure: Measure, period: Period, reason: str) -> None:
    verb = "excuse_measure" if reason else "take_back_excuse"
    details = {"period": period.key, "reason": reason}
    with recording(actor, verb, subject_id=measure.subject_id, details=details) as event:
        node = Node.objects.get(measure=measure)
        held = hold([node.pk], calendars())
        lock = is_locked(period, held.state.locked.get(node.scorecard_id or 0, ()))
        if lock is not None:
            raise Refusal(_("%(period)s is closed. Open it again first.") % {"period": lock.label}, code="closed")
        _check_place(measure, period, reason)
        key = (measure.pk, period.frequency.value, period.start)
        before = current_of(FACTS, [key]).get(key)
        append(FACTS, [NewFact(key, (reason,), before)], moment=held.state.moment, actor=actor, event_id=event.pk)


def _check_place(measure: Measure, period: Period, reason: str) -> None:
    """What stands at the place allows it; asked under the lock."""
    place = (measure.pk, period)
    words = {"period": period.label}
    if not reason:
        if place not in excused_places([place]):
            raise Refusal(_("No excuse holds for %(period)s any more.") % words, code="none")
        return
    known = known_values([place], only_current=True).get(place)
    if known and known[-1].value is not None:
        raise Refusal(_("The value of %(period)s is there: nothing is to be excused.") % words, code="reported")
    waiting = waiting_values([place]).get(place)
    if waiting is not None and waiting.state == Submission.State.SUBMITTED:
        raise Refusal(_("The value of %(period)s waits for approval: nothing is to be excused.") % words)
