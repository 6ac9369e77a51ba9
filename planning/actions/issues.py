"""Strategic issues: raised alone or from notes, changed, settled by an answer, taken up again with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require, scoped
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.actions.texts import clean_line
from organization.models import Person
from planning.actions.sorting import Read, check_objective, trace_notes
from planning.models import Canvas, IssueObjective, PlanningCycle, StrategicIssue
from strategy.models import Objective
from strategy.structure.rows import clean_text


@dataclass(frozen=True)
class IssueRow:
    """What is asked, why it matters, who answers for it and by when."""

    question: str
    why: str = ""
    owner: Person | None = None
    due_on: date | None = None


def raise_issue(
    actor: Actor,
    *,
    cycle: PlanningCycle,
    row: IssueRow,
    today: date,
    canvas: Canvas | None = None,
    read: Read | None = None,
) -> StrategicIssue:
    """Write down a question to settle. Notes of a canvas that led to it (note id → version read) are traced to it."""
    require(actor, "add_issue", cycle)
    values = _clean(row, today, before=None)
    with transaction.atomic():
        held = locked(PlanningCycle, cycle.pk)
        if held.closed_on is not None:
            raise Refusal(
                _("“%(cycle)s” is closed. Raise the issue in another cycle.") % {"cycle": held}, code="closed"
            )
        with recording(actor, "raise_issue", subject_id=held.subject_id):
            (made,) = subjects.create(StrategicIssue, [{**values, "cycle": held}])
            _tell_owner(actor, made, _("You answer for an issue: %(issue)s") % {"issue": made.question})
        if canvas is not None:
            trace_notes(actor, canvas=canvas, read=read or {}, to=[made])
    return made


def change_issue(
    actor: Actor,
    *,
    issue: StrategicIssue,
    row: IssueRow,
    today: date,
    objectives: Sequence[Objective] | None = None,
    expected: int | None = None,
) -> StrategicIssue:
    """Ask it otherwise, give it to somebody else, or name the objectives that answer it (None leaves them)."""
    require(actor, "change", issue)
    with transaction.atomic():
        held = locked(StrategicIssue, issue.pk)
        values = _clean(row, today, before=held)
        check_version(held, expected, values)
        if held.settled_on is not None:
            raise Refusal(_("It is settled. Take it up again to change it."), code="settled")
        with recording(actor, "change_issue", subject_id=held.subject_id):
            changed = assign(held, values)
            _answer_by(actor, held, objectives)
            if changed:
                held.store(changed)
                subjects.sync(StrategicIssue, [held.pk])
            if "owner" in changed:
                _tell_owner(actor, held, _("You answer for an issue: %(issue)s") % {"issue": held.question})
    return held


def settle_issue(
    actor: Actor,
    *,
    issue: StrategicIssue,
    answer: str,
    on: date,
    today: date,
    objectives: Sequence[Objective] | None = None,
    expected: int | None = None,
) -> StrategicIssue:
    """Answer it, on a day that has come; by objectives, if it is answered by any."""
    require(actor, "settle", issue)
    words = clean_text(answer, label=_("The answer"), most=5000, field="answer", needed=True)
    if on > today:
        raise Refusal(
            _("%(day)s is still to come. Settle it on the day, or give an earlier one.") % {"day": date_long(on)},
            field="on",
        )
    with transaction.atomic():
        held = locked(StrategicIssue, issue.pk)
        check_version(held, expected, {"answer": words})
        if held.settled_on is not None:
            raise Refusal(_("It was settled on %(day)s already.") % {"day": date_long(held.settled_on)}, code="settled")
        with recording(actor, "settle_issue", subject_id=held.subject_id):
            _answer_by(actor, held, objectives)
            assign(held, {"answer": words, "settled_on": on})
            held.store(["answer", "settled_on"])
            subjects.sync(StrategicIssue, [held.pk])
            _tell_owner(actor, held, _("An issue you answer for is settled: %(issue)s") % {"issue": held.question})
    return held


def reopen_issue(actor: Actor, *, issue: StrategicIssue, reason: str, expected: int | None = None) -> StrategicIssue:
    """Take a settled issue up again, with the reason; the answer stays to be changed."""
    require(actor, "settle", issue)
    because = clean_line(reason, label=_("The reason"), most=500, field="reason")
    with transaction.atomic():
        held = locked(StrategicIssue, issue.pk)
        check_version(held, expected, {"settled_on": None})
        if held.settled_on is None:
            raise Refusal(_("It is not settled yet."), code="open")
        with recording(actor, "reopen_issue", subject_id=held.subject_id, reason=because):
            held.settled_on = None
            held.store(["settled_on"])
            words = {"reason": because, "issue": held.question}
            _tell_owner(actor, held, _("An issue you answer for is open again: %(issue)s (%(reason)s)") % words)
    return held


def _clean(row: IssueRow, today: date, *, before: StrategicIssue | None) -> dict[str, Any]:
    if row.owner is not None and not row.owner.is_active:
        raise Refusal(_("%(person)s has left. Choose someone who can sign in.") % {"person": row.owner}, field="owner")
    is_new_day = before is None or row.due_on != before.due_on
    if row.due_on is not None and is_new_day and row.due_on < today:
        words = {"day": date_long(row.due_on)}
        raise Refusal(_("%(day)s has passed. Choose today or a later day.") % words, field="due_on")
    return {
        "question": clean_line(row.question, label=_("The question"), most=200, field="question"),
        "why": clean_text(row.why, label=_("Why it matters"), most=5000, field="why"),
        "owner": row.owner,
        "due_on": row.due_on,
    }


def _answer_by(actor: Actor, issue: StrategicIssue, objectives: Sequence[Objective] | None) -> None:
    """Exactly these objectives answer the issue; those the actor may not see stay."""
    if objectives is None:
        return
    known = set(issue.answered_by.values_list("objective_id", flat=True))
    for one in objectives:
        if one.pk not in known:
            check_objective(actor, one, field="objectives")
    wanted = {one.pk for one in objectives}
    seen = scoped(actor, "view", Objective.objects.filter(pk__in=known - wanted))
    issue.answered_by.filter(objective__in=seen).delete()
    IssueObjective.objects.bulk_create(IssueObjective(issue=issue, objective_id=pk) for pk in wanted - known)


def _tell_owner(actor: Actor, issue: StrategicIssue, text: str) -> None:
    if issue.owner is not None and issue.owner_id != actor.person_id:
        announce(actor, kind="strategic_issue", subject=issue.subject, to=[issue.owner], text=text)
