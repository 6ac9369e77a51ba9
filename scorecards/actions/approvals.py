"""The second pair of eyes: approving submitted values, returning them with a reason, taking one's own back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require, require_all
from core.actions import Outcome, Refusal
from core.periods import Calendar, Frequency, Period
from notifications.actions import announce
from organization.queries import calendars
from scorecards.actions.observations import ObservationRow, judged, write
from scorecards.actions.recompute import again, hold
from scorecards.actions.writing import NothingWrittenError
from scorecards.models import Series, Submission
from scorecards.queries.cards import number_format

LONGEST_REASON = 2000


def approve_submissions(actor: Actor, *, submissions: Sequence[Submission], today: date) -> Outcome:
    """Record submitted values, all or none: recorded by who submitted them, approved by the actor.

    A value of one's own is refused, and so is one whose period was closed meanwhile.
    """
    wanted = _decidable(actor, submissions)
    calendar = calendars()
    return again(lambda: _approve(actor, wanted, today, calendar))


def _approve(actor: Actor, wanted: Sequence[Submission], today: date, calendar: Calendar) -> Outcome:
    for one in wanted:
        one.decided_by_id = actor.person_id
    rows = [_row(one, calendar) for one in wanted]
    asked = judged(actor, rows, today, calendar, signed=dict(enumerate(wanted)))
    try:
        asked.batch.stop_if(partial=False)
        subject = wanted[0].series.measure.subject_id if len(wanted) == 1 else None
        with recording(actor, "approve_values", subject_id=subject, details={"rows": len(rows)}) as event:
            hold(asked.nodes(), calendar)
            open_still = _held({one.pk for one in wanted})
            for number, one in enumerate(wanted):
                if one.pk not in open_still:
                    asked.batch.refuse(number, _("Somebody else has decided on it meanwhile."))
            asked.batch.stop_if(partial=False)
            write(actor, asked, today, calendar, event.pk, partial=False)
            _decide(actor, wanted, Submission.State.APPROVED, "")
            _tell(actor, wanted, "value_approved", _("%(name)s approved %(what)s."), calendar)
    except NothingWrittenError:
        pass
    return asked.batch.outcome()


def return_submissions(actor: Actor, *, submissions: Sequence[Submission], reason: str) -> None:
    """Give values back to who submitted them, with a reason; they stand on their list until they are given again."""
    words = _reason(reason)
    wanted = _decidable(actor, submissions)
    calendar = calendars()
    subject = wanted[0].series.measure.subject_id if len(wanted) == 1 else None
    with recording(actor, "return_values", subject_id=subject, reason=words, details={"rows": len(wanted)}):
        if len(_held({one.pk for one in wanted})) < len(wanted):
            raise Refusal(_("Somebody else has decided on one of them meanwhile. Nothing was changed; look again."))
        _decide(actor, wanted, Submission.State.RETURNED, words)
        _tell(actor, wanted, "value_returned", _("%(name)s returned %(what)s: %(reason)s"), calendar, words)


def withdraw_submission(actor: Actor, *, submission: Submission) -> None:
    """Take back a value of one's own that waits."""
    require(actor, "withdraw", submission)
    with recording(actor, "withdraw_value", subject_id=submission.series.measure.subject_id):
        if not _held({submission.pk}):
            raise Refusal(_("It has been decided on already, so there is nothing to take back."))
        _decide(actor, [submission], Submission.State.WITHDRAWN, "")


# ---------------------------------------------------------------------------------------------------------- parts
def _decidable(actor: Actor, submissions: Sequence[Submission]) -> list[Submission]:
    """The submissions, if all of them wait and none is the actor's own; else a refusal in a sentence."""
    asked = Submission.objects.filter(pk__in=[one.pk for one in submissions])
    rows = list(asked.select_related("series__measure__unit", "submitted_by", "decided_by").order_by("pk"))
    if not rows:
        raise Refusal(_("Choose at least one value."), field="chosen")
    for one in rows:
        if one.state != Submission.State.SUBMITTED:
            words = {"what": one.series.measure.short, "state": one.get_state_display().lower(), "by": one.decided_by}
            raise Refusal(_("%(what)s is no longer waiting: it is %(state)s, by %(by)s.") % words, code="decided")
    require_all(actor, "decide", asked)
    own = [one for one in rows if one.submitted_by_id in {actor.person_id, actor.on_behalf_of_id}]
    if own:
        words = {"what": own[0].series.measure.short}
        raise Refusal(
            _("You submitted the value of %(what)s yourself. A second person has to decide on it.") % words, code="own"
        )
    return rows


def _reason(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refusal(_("Say why you return it; the person who submitted it reads the reason."), field="reason")
    if len(words) > LONGEST_REASON or "\x00" in words:
        raise Refusal(
            _("The reason has at most 2,000 characters, without signs that cannot be stored."), field="reason"
        )
    return words


def _row(one: Submission, calendar: Calendar) -> ObservationRow:
    return ObservationRow(
        measure_id=one.series.measure_id,
        period=Period(Frequency(one.frequency), one.period_start, calendar),
        value=None if one.numerator is not None else one.value,
        numerator=one.numerator,
        denominator=one.denominator,
        comment=one.comment,
        source=one.source,
        series_kind=Series.Kind(one.series.kind),
        series_name=one.series.name,
    )


def _held(pks: Collection[int]) -> set[int]:
    """Those that still wait, locked by number."""
    rows = Submission.objects.filter(pk__in=pks, state=Submission.State.SUBMITTED)
    return set(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _decide(actor: Actor, rows: Sequence[Submission], state: str, reason: str) -> None:
    Submission.objects.filter(pk__in=[one.pk for one in rows]).update(
        state=state,
        decided_by_id=actor.person_id,
        decided_at=Now(),
        reason=reason,
        row_version=F("row_version") + 1,
    )


def _tell(
    actor: Actor, rows: Sequence[Submission], kind: str, sentence: str, calendar: Calendar, reason: str = ""
) -> None:
    """One line for each person who submitted some of them."""
    by_person: dict[int, list[Submission]] = {}
    for one in rows:
        by_person.setdefault(one.submitted_by_id, []).append(one)
    for mine in by_person.values():
        first = mine[0]
        measure = first.series.measure
        period = Period(Frequency(first.frequency), first.period_start, calendar)
        what = _("%(value)s for %(measure)s, %(period)s") % {
            "value": number_format(measure).text(first.value), "measure": measure.short, "period": period.label,
        }  # fmt: skip
        if len(mine) > 1:
            what = _("%(count)d of your values") % {"count": len(mine)}
        text = sentence % {"name": actor.label, "what": what, "reason": reason}
        subject = measure.subject if len(mine) == 1 else None
        url = f"{reverse('scorecards:updates')}?p={period.key}"
        announce(actor, kind=kind, subject=subject, to=[first.submitted_by], text=text, url=url)
