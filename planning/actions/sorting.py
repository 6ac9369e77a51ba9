"""Sorting notes: put under headings, traced to what they led to, parked with a reason. Each verb takes many notes.

`read` is what the actor saw: note id → its version, or None where no version is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require, scoped
from core.actions import Refusal, assign
from organization.actions.batches import NAMED_PROBLEMS
from organization.actions.texts import clean_line
from planning.models import AnalysisNote, Canvas, NoteTrace, PlanningCycle, StrategicIssue
from strategy.models import Objective
from strategy.models.structure import NodeState

Read = Mapping[int, int | None]


def group_notes(actor: Actor, *, canvas: Canvas, read: Read, group: str) -> list[AnalysisNote]:
    """Put notes under a heading; an empty one takes them from theirs."""
    require(actor, "sort", canvas)
    heading = clean_line(group, label=_("The group"), most=80, field="group", needed=False)
    with transaction.atomic():
        rows = _held(AnalysisNote.objects.filter(canvas=canvas), read)
        _write(actor, "group_notes", canvas.subject_id, rows, {"group": heading})
    return rows


def trace_notes(
    actor: Actor, *, canvas: Canvas, read: Read, to: Sequence[Objective | StrategicIssue]
) -> list[AnalysisNote]:
    """Say what notes led to: issues of the cycle, objectives. What they were traced to before stays."""
    require(actor, "sort", canvas)
    if not to:
        raise Refusal(_("Nothing is chosen. Choose an issue or an objective that the notes led to."), field="to")
    for target in to:
        _check_target(actor, canvas.cycle, target)
    with transaction.atomic():
        rows = _held(AnalysisNote.objects.filter(canvas=canvas), read)
        known = set(NoteTrace.objects.filter(note__in=rows).values_list("note_id", "subject_id"))
        missing = [
            NoteTrace(note=row, subject_id=target.subject_id)
            for row in rows
            for target in to
            if (row.pk, target.subject_id) not in known
        ]
        with recording(actor, "trace_notes", subject_id=canvas.subject_id, details={"count": len(rows)}):
            NoteTrace.objects.bulk_create(missing)
            _store(rows, {"state": AnalysisNote.State.TRACED, "parked_because": ""})
    return rows


def check_objective(actor: Actor, objective: Objective, *, field: str) -> None:
    """Refuse an objective that the actor may not see, or that is taken off its map."""
    seen = scoped(actor, "view", Objective.objects.filter(pk=objective.pk)).first()
    if seen is None:
        raise Refusal(_("There is no such objective, or it is not for you. Choose another."), field=field)
    if seen.state == NodeState.RETIRED:
        words = {"code": seen.code, "name": seen.name}
        raise Refusal(_("%(code)s %(name)s is retired. Choose one that still stands on a map.") % words, field=field)


def _check_target(actor: Actor, cycle: PlanningCycle, target: Objective | StrategicIssue) -> None:
    if isinstance(target, Objective):
        check_objective(actor, target, field="to")
    elif target.cycle_id != cycle.pk:
        words = {"issue": target, "cycle": cycle}
        raise Refusal(_("“%(issue)s” belongs to another cycle. Choose an issue of “%(cycle)s”.") % words, field="to")


def untrace_note(actor: Actor, *, note: AnalysisNote, subject_id: int) -> AnalysisNote:
    """Take back that a note led to something; if to nothing else, it is open again."""
    require(actor, "sort", note)
    with transaction.atomic():
        (row,) = _held(AnalysisNote.objects.filter(canvas=note.canvas_id), {note.pk: None})
        traces = row.traces.filter(subject=subject_id)
        if traces.exists():
            with recording(actor, "untrace_note", subject_id=row.subject_id):
                traces.delete()
                _store([row], {} if row.traces.exists() else {"state": AnalysisNote.State.OPEN})
    return row


def park_notes(actor: Actor, *, canvas: Canvas, read: Read, reason: str) -> list[AnalysisNote]:
    """Lay notes aside, with the reason. What was traced is not parked."""
    require(actor, "sort", canvas)
    because = clean_line(reason, label=_("The reason"), most=300, field="reason")
    with transaction.atomic():
        rows = _held(AnalysisNote.objects.filter(canvas=canvas), read)
        traced = [row for row in rows if row.state == AnalysisNote.State.TRACED]
        if traced:
            raise Refusal(
                _("Traced already: %(notes)s. Take the trace off first, or leave it.") % {"notes": _named(traced)}
            )
        values = {"state": AnalysisNote.State.PARKED, "parked_because": because}
        _write(actor, "park_notes", canvas.subject_id, rows, values, reason=because)
    return rows


def unpark_note(actor: Actor, *, note: AnalysisNote) -> AnalysisNote:
    """Take a parked note up again."""
    require(actor, "sort", note)
    with transaction.atomic():
        (row,) = _held(AnalysisNote.objects.filter(canvas=note.canvas_id), {note.pk: None})
        if row.state == AnalysisNote.State.PARKED:
            values = {"state": AnalysisNote.State.OPEN, "parked_because": ""}
            _write(actor, "unpark_note", row.subject_id, [row], values)
    return row


def _held(notes: Any, read: Read) -> list[AnalysisNote]:
    """The notes as they are now, held until the transaction ends; refused if one is not as the actor read it."""
    if not read:
        raise Refusal(_("No note is chosen. Tick the notes first."), code="none")
    rows = list(notes.filter(pk__in=read).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if len(rows) != len(read):
        raise Refusal(_("Some of the notes are not on this canvas. Nothing was changed; choose again."), code="none")
    moved = [row for row in rows if read[row.pk] not in (None, row.row_version)]
    if moved:
        words = {"notes": _named(moved)}
        raise Refusal(
            _("Changed by someone else meanwhile: %(notes)s. Nothing was changed; read again and repeat.") % words,
            code="changed",
        )
    return rows


def _named(rows: Sequence[AnalysisNote]) -> str:
    more = _(" and %(count)d more") % {"count": len(rows) - NAMED_PROBLEMS} if len(rows) > NAMED_PROBLEMS else ""
    return "; ".join(f"“{row.text}”" for row in rows[:NAMED_PROBLEMS]) + more


def _write(
    actor: Actor,
    verb: str,
    subject_id: int,
    rows: Sequence[AnalysisNote],
    values: Mapping[str, Any],
    *,
    reason: str = "",
) -> None:
    with recording(actor, verb, subject_id=subject_id, reason=reason, details={"count": len(rows)}):
        _store(rows, values)


def _store(rows: Sequence[AnalysisNote], values: Mapping[str, Any]) -> None:
    """Write the values where they differ; every row that changes is a version further."""
    moved = [row for row in rows if assign(row, dict(values))]
    for row in moved:
        row.row_version += 1
    AnalysisNote.objects.bulk_update(moved, [*values, "row_version"])
