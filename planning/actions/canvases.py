"""Canvases: opened for a unit in a planning cycle, filled by those who are asked, closed in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, can, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.actions.texts import clean_line
from organization.models import OrgUnit, Person
from organization.queries import branch_ids
from planning.models import AnalysisNote, Canvas, CanvasInvitation, PlanningCycle
from planning.models.canvases import MOST_VOTES


@dataclass(frozen=True)
class CanvasRow:
    """What is said of a canvas. `votes` is how many votes each person has; none is no voting."""

    title: str
    open_until: date
    question: str = ""
    votes: int | None = 5


def open_canvas(actor: Actor, *, cycle: PlanningCycle, unit: OrgUnit, kind: str, row: CanvasRow, today: date) -> Canvas:
    """Open a canvas of a unit in the cycle: by those who run the cycle, or who write that unit's strategies."""
    require(actor, "view", cycle)
    if not can(actor, "add_strategy", unit):
        require(actor, "add_canvas", cycle)
    if kind not in Canvas.Kind.values:
        raise Refusal(_("“%(kind)s” is no kind of canvas. Choose one of the list.") % {"kind": kind}, field="kind")
    if unit.pk not in branch_ids(cycle.unit_id, today):
        words = {"unit": unit, "cycle": cycle, "top": cycle.unit}
        raise Refusal(
            _("%(unit)s has no part in “%(cycle)s”. Choose %(top)s or a unit below it.") % words, field="unit"
        )
    values = _clean(row, today)
    with transaction.atomic():
        held = locked(PlanningCycle, cycle.pk)
        if held.closed_on is not None:
            raise Refusal(
                _("“%(cycle)s” is closed. Open the canvas in another cycle.") % {"cycle": held}, code="closed"
            )
        _check_title(held.pk, values["title"])
        with recording(actor, "open_canvas", subject_id=held.subject_id):
            values |= {"cycle": held, "unit": unit, "kind": kind, "opened_by_id": actor.person_id}
            (made,) = subjects.create(Canvas, [values])
    made.refresh_from_db()
    return made


def change_canvas(actor: Actor, *, canvas: Canvas, row: CanvasRow, today: date, expected: int | None = None) -> Canvas:
    """Change its words, its last day or the number of votes. Votes that were given stay."""
    require(actor, "change", canvas)
    with transaction.atomic():
        held = locked(Canvas, canvas.pk)
        values = _clean(row, today if row.open_until != held.open_until else None)
        check_version(held, expected, values)
        if values["title"] != held.title:
            _check_title(held.cycle_id, values["title"])
        changed = assign(held, values)
        if changed:
            with recording(actor, "change_canvas", subject_id=held.subject_id):
                held.store(changed)
                subjects.sync(Canvas, [held.pk])
    return held


def _clean(row: CanvasRow, today: date | None) -> dict[str, Any]:
    if today is not None and row.open_until < today:
        words = {"day": date_long(row.open_until)}
        raise Refusal(_("%(day)s has passed. Choose today or a later day.") % words, field="open_until")
    if row.votes is None or not 0 <= row.votes <= MOST_VOTES:
        raise Refusal(_("Each person has between 0 and %(most)d votes.") % {"most": MOST_VOTES}, field="votes")
    return {
        "title": clean_line(row.title, label=_("The title"), most=120, field="title"),
        "question": clean_line(row.question, label=_("The question"), most=300, field="question", needed=False),
        "open_until": row.open_until,
        "votes": row.votes,
    }


def _check_title(cycle_id: int, title: str) -> None:
    locked(PlanningCycle, cycle_id)  # two people may give the same title at once
    if Canvas.objects.filter(cycle=cycle_id, title=title).exists():
        raise Refusal(
            _("This cycle has a canvas called “%(title)s” already. Give it another title.") % {"title": title},
            field="title",
        )


def close_canvas(actor: Actor, *, canvas: Canvas) -> Canvas:
    """Nothing is added any more; from now on everyone may read it. Notes are traced and parked as before."""
    require(actor, "change", canvas)
    return _settle(actor, canvas, "close_canvas", {"state": Canvas.State.CLOSED})


def reopen_canvas(actor: Actor, *, canvas: Canvas, open_until: date, today: date) -> Canvas:
    """Take notes once more, until a day; until it is closed again only those who contribute see it."""
    require(actor, "change", canvas)
    if open_until < today:
        words = {"day": date_long(open_until)}
        raise Refusal(_("%(day)s has passed. Choose today or a later day.") % words, field="open_until")
    return _settle(actor, canvas, "reopen_canvas", {"state": Canvas.State.OPEN, "open_until": open_until})


def _settle(actor: Actor, canvas: Canvas, verb: str, values: Mapping[str, Any]) -> Canvas:
    """Open or closed; who may see its notes follows."""
    with transaction.atomic():
        held = locked(Canvas, canvas.pk)
        changed = assign(held, dict(values))
        if changed:
            with recording(actor, verb, subject_id=held.subject_id):
                held.store(changed)
                subjects.sync(Canvas, [held.pk])
                subjects.sync(AnalysisNote, held.notes.values_list("pk", flat=True))
    held.refresh_from_db()
    return held


def check_open(canvas: Canvas, today: date) -> None:
    """Refuse where the canvas takes nothing any more."""
    words = {"canvas": canvas, "day": date_long(canvas.open_until)}
    if canvas.state == Canvas.State.CLOSED:
        raise Refusal(
            _("“%(canvas)s” is closed, so nothing is added or changed. Whoever runs it can open it again.") % words,
            code="closed",
        )
    if canvas.open_until < today:
        raise Refusal(
            _("“%(canvas)s” took notes until %(day)s. Whoever runs it can give it more days.") % words, code="closed"
        )


# --------------------------------------------------------------------------------------------------- invitations
def invite_to_canvas(actor: Actor, *, canvas: Canvas, people: Sequence[Person], today: date) -> list[CanvasInvitation]:
    """Ask people to contribute: each is told once, by mail with a link. Who was asked before is passed over."""
    require(actor, "invite", canvas)
    _check_invited(people)
    with transaction.atomic():
        held = locked(Canvas, canvas.pk)
        check_open(held, today)
        asked = set(held.invitations.values_list("person_id", flat=True))
        new = [person for person in {one.pk: one for one in people}.values() if person.pk not in asked]
        if not new:
            raise Refusal(_("All of them were invited before. Name somebody else."), field="people", code="invited")
        with recording(actor, "invite_to_canvas", subject_id=held.subject_id, details={"count": len(new)}):
            made = CanvasInvitation.objects.bulk_create(
                CanvasInvitation(canvas=held, person=person, invited_by_id=actor.person_id) for person in new
            )
            _tell(actor, held, new)
    return made


def _check_invited(people: Iterable[Person]) -> None:
    if not people:
        raise Refusal(_("Nobody is named. Write who is to contribute."), field="people")
    gone = [str(person) for person in people if not person.is_active]
    if gone:
        raise Refusal(
            _("%(names)s left and cannot sign in. Nobody was invited; take the name out.") % {"names": ", ".join(gone)},
            field="people",
        )


def _tell(actor: Actor, canvas: Canvas, people: Iterable[Person]) -> None:
    words = {"canvas": canvas, "unit": canvas.unit, "day": date_long(canvas.open_until)}
    text = _("Please contribute to the analysis “%(canvas)s” of %(unit)s, by %(day)s") % words
    announce(actor, kind="canvas_invitation", subject=canvas.subject, to=people, text=text)


def say_nothing_to_add(actor: Actor, *, canvas: Canvas, today: date) -> None:
    """An invited person has nothing to add, and owes nothing any more."""
    require(actor, "contribute", canvas)
    with transaction.atomic():
        held = locked(Canvas, canvas.pk)
        check_open(held, today)
        if not held.invitations.filter(person=actor.person_id).exists():
            raise Refusal(_("You were not invited to “%(canvas)s”, so you owe it nothing.") % {"canvas": held})
        with recording(actor, "say_nothing_to_add", subject_id=held.subject_id):
            answer_invitation(actor, held, CanvasInvitation.Answer.NOTHING)


def answer_invitation(actor: Actor, canvas: Canvas, how: CanvasInvitation.Answer) -> None:
    """What an invited person did first. Inside the event of what was done."""
    waiting = canvas.invitations.filter(person=actor.person_id, answered_at=None)
    waiting.update(answer=how, answered_at=Now())
