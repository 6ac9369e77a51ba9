"""Notes of a canvas: written, changed and voted for by those who contribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from organization import subjects
from organization.actions.batches import locked
from organization.actions.texts import clean_line
from planning.actions.canvases import answer_invitation, check_open
from planning.models import AnalysisNote, Assumption, Canvas, CanvasInvitation, Carries, NoteVote
from planning.models.notes import FIELDS
from strategy.structure.rows import clean_text

WHOLE = 100


@dataclass(frozen=True)
class NewAssumption:
    """A belief written down with a note: the statement, how sure the writer is in per cent, when to look at it again."""

    statement: str
    sure: int | None = None
    review_on: date | None = None


@dataclass(frozen=True)
class NoteRow:
    """What a note says. `assumptions` are those of `offered` that it rests on; what was not offered stays as it is."""

    field: str
    text: str
    evidence: str = ""
    evidence_url: str = ""
    assumptions: Sequence[Assumption] = ()
    offered: Sequence[Assumption] = ()
    new_assumption: NewAssumption | None = None


def add_note(actor: Actor, *, canvas: Canvas, row: NoteRow, today: date) -> AnalysisNote:
    """Write a note into a field of an open canvas. An invitation is answered by it."""
    require(actor, "contribute", canvas)
    author, values = _person(actor), _clean(row)
    with transaction.atomic():
        held = locked(Canvas, canvas.pk)
        check_open(held, today)
        _check_field(held, row.field)
        with recording(actor, "add_note", subject_id=held.subject_id):
            (made,) = subjects.create(AnalysisNote, [{**values, "canvas": held, "author_id": author}])
            _rest_on(actor, made, _ties(made, row), today)
            answer_invitation(actor, held, CanvasInvitation.Answer.NOTE)
    return made


def change_note(
    actor: Actor, *, note: AnalysisNote, row: NoteRow, today: date, expected: int | None = None
) -> AnalysisNote:
    """Say it otherwise, while the canvas is open. Where it was traced to stays."""
    require(actor, "change", note)
    values = _clean(row)
    with transaction.atomic():
        held = locked(AnalysisNote, note.pk)
        check_open(held.canvas, today)
        _check_field(held.canvas, row.field)
        check_version(held, expected, values)
        changed, ties = assign(held, values), _ties(held, row)
        if changed or ties.is_any:
            with recording(actor, "change_note", subject_id=held.subject_id):
                _store(held, changed)
                _rest_on(actor, held, ties, today)
    return held


def _store(note: AnalysisNote, changed: list[str]) -> None:
    if changed:
        note.store(changed)
        subjects.sync(AnalysisNote, [note.pk])


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise Refusal(_("Only a person can write a note or vote."))
    return actor.person_id


def _check_field(canvas: Canvas, field: str) -> None:
    if field not in FIELDS[canvas.kind]:
        words = {"kind": canvas.get_kind_display(), "fields": ", ".join(str(one.label) for one in FIELDS[canvas.kind])}
        raise Refusal(_("A %(kind)s has the fields %(fields)s. Choose one of them.") % words, field="field")


def _clean(row: NoteRow) -> dict[str, Any]:
    return {
        "field": row.field,
        "text": clean_line(row.text, label=_("The conclusion"), most=300, field="text"),
        "evidence": clean_text(row.evidence, label=_("The evidence"), most=2000, field="evidence"),
        "evidence_url": _clean_link(row.evidence_url),
    }


def _clean_link(text: str) -> str:
    link = clean_line(text, label=_("The link"), most=500, field="evidence_url", needed=False)
    if link:
        try:
            URLValidator(schemes=("http", "https"))(link)
        except ValidationError:
            raise Refusal(
                _("“%(link)s” is no address of a page. Write it like https://example.org/report.") % {"link": link},
                field="evidence_url",
            ) from None
    return link


# --------------------------------------------------------------------------------------------------- assumptions
@dataclass(frozen=True)
class _Ties:
    """Assumptions that a note no longer rests on, those it rests on from now on, and one to write down first."""

    loosened: set[int]
    tied: list[Assumption]
    new: NewAssumption | None

    @property
    def is_any(self) -> bool:
        return bool(self.loosened or self.tied or self.new)


def _ties(note: AnalysisNote, row: NoteRow) -> _Ties:
    before = set(Carries.objects.filter(subject=note.subject_id).values_list("assumption_id", flat=True))
    dropped = {one.pk for one in row.offered} - {one.pk for one in row.assumptions}
    new = row.new_assumption if row.new_assumption and row.new_assumption.statement.strip() else None
    return _Ties(before & dropped, [one for one in row.assumptions if one.pk not in before], new)


def _rest_on(actor: Actor, note: AnalysisNote, ties: _Ties, today: date) -> None:
    Carries.objects.filter(subject=note.subject_id, assumption__in=ties.loosened).delete()
    new = [_written_down(actor, note, ties.new, today)] if ties.new else []
    Carries.objects.bulk_create(Carries(assumption=one, subject_id=note.subject_id) for one in [*ties.tied, *new])


def _written_down(actor: Actor, note: AnalysisNote, new: NewAssumption, today: date) -> Assumption:
    """A new assumption of the canvas' unit; its writer answers for it."""
    if new.sure is None or not 0 <= new.sure <= WHOLE:
        raise Refusal(_("Say how sure you are of the new assumption, from 0 to 100 per cent."), field="sure")
    if new.review_on is None or new.review_on < today:
        raise Refusal(_("Say by when the new assumption is looked at again: today or a later day."), field="review_on")
    values = {
        "unit_id": note.canvas.unit_id,
        "statement": clean_line(new.statement, label=_("The new assumption"), most=200, field="statement"),
        "owner_id": actor.person_id,
        "confidence": Decimal(new.sure) / WHOLE,
        "validated_on": today,
        "review_on": new.review_on,
    }
    (made,) = subjects.create(Assumption, [values])
    return made


# --------------------------------------------------------------------------------------------------------- votes
def vote(actor: Actor, *, note: AnalysisNote, today: date) -> None:
    """Say that a note is important. Each person has a number of votes on a canvas; a second one for a note is none."""
    require(actor, "vote", note)
    person = _person(actor)
    with transaction.atomic():
        canvas = locked(Canvas, note.canvas_id)
        check_open(canvas, today)
        given = NoteVote.objects.filter(note__canvas=canvas, person=person)
        if given.filter(note=note).exists():
            return
        if given.count() >= canvas.votes:
            raise Refusal(_too_many(canvas.votes), code="votes")
        with recording(actor, "vote", subject_id=note.subject_id):
            NoteVote.objects.create(note=note, person_id=person)
            answer_invitation(actor, canvas, CanvasInvitation.Answer.VOTE)


def _too_many(votes: int) -> str:
    if not votes:
        return _("There is no voting on this canvas.")
    return _("You have given all your votes on this canvas (%(votes)d). Take one back first.") % {"votes": votes}


def withdraw_vote(actor: Actor, *, note: AnalysisNote, today: date) -> None:
    """Take a vote back; without one there is nothing to take back."""
    require(actor, "vote", note)
    with transaction.atomic():
        check_open(locked(Canvas, note.canvas_id), today)
        given = NoteVote.objects.filter(note=note, person=actor.person_id)
        if given.exists():
            with recording(actor, "withdraw_vote", subject_id=note.subject_id):
                given.delete()
