"""Writing the analysis of the next strategy: what people note, vote for and lead on, and the questions it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from planning.actions.canvases import CanvasRow, close_canvas, invite_to_canvas, open_canvas, say_nothing_to_add
from planning.actions.issues import IssueRow, change_issue, raise_issue, settle_issue
from planning.actions.notes import NewAssumption, NoteRow, add_note, vote
from planning.actions.sorting import group_notes, park_notes, trace_notes
from planning.models import AnalysisNote, Canvas, PlanningCycle, StrategicIssue
from smo.demo.analysis import (
    CANVASES,
    COMMENTS,
    CYCLE_OWNER,
    ISSUES,
    AnalysisNoteSpec,
    CanvasSpec,
    IssueSpec,
)
from smo.demo.load_organization import House
from strategy.actions import comment
from strategy.models import Objective

Issues = Mapping[str, StrategicIssue]


def load_analysis(house: House, cycle: PlanningCycle) -> None:
    """Canvases, notes and issues of the cycle that prepares the coming strategy."""
    issues = {spec.key: _raise(spec, house, cycle) for spec in ISSUES}
    for canvas in CANVASES:
        _fill(canvas, house, cycle, issues)
    for spec in ISSUES:
        _answer(spec, house, issues[spec.key])
    for key, author, text in COMMENTS:
        comment(house.actor(author), about=issues[key], text=text)


def _objectives(codes: tuple[str, ...]) -> list[Objective]:
    return list(Objective.objects.filter(code__in=codes).order_by("code"))


def _raise(spec: IssueSpec, house: House, cycle: PlanningCycle) -> StrategicIssue:
    """Before it was due, if it is late now."""
    row = IssueRow(spec.question, spec.why, house.people[spec.owner], house.clock.days(spec.due))
    return raise_issue(house.actor(CYCLE_OWNER), cycle=cycle, row=row, today=house.clock.days(spec.raised))


def _answer(spec: IssueSpec, house: House, issue: StrategicIssue) -> None:
    today, objectives = house.clock.today, _objectives(spec.objectives)
    if spec.settled_by:
        settle_issue(
            house.actor(spec.settled_by), issue=issue, answer=spec.answer, on=house.clock.days(spec.settled),
            today=today, objectives=objectives,
        )  # fmt: skip
    elif objectives:
        row = IssueRow(issue.question, issue.why, issue.owner, issue.due_on)
        change_issue(house.actor(CYCLE_OWNER), issue=issue, row=row, today=today, objectives=objectives)


def _fill(spec: CanvasSpec, house: House, cycle: PlanningCycle, issues: Issues) -> None:
    """From the day it is opened; notes, votes and answers come the day after."""
    office, day = house.actor(CYCLE_OWNER), house.clock.days(spec.opened + 1)
    canvas = open_canvas(
        office, cycle=cycle, unit=cycle.unit, kind=spec.kind, today=house.clock.days(spec.opened),
        row=CanvasRow(spec.title, house.clock.days(spec.until), spec.question),
    )  # fmt: skip
    invite_to_canvas(office, canvas=canvas, people=[house.people[key] for key in spec.invited], today=day)
    for key in spec.nothing:
        say_nothing_to_add(house.actor(key), canvas=canvas, today=day)
    for note in spec.notes:
        _sort(note, house, canvas, _write(note, house, canvas, day), issues)
    if spec.is_closed:
        close_canvas(office, canvas=canvas)


def _write(spec: AnalysisNoteSpec, house: House, canvas: Canvas, day: date) -> AnalysisNote:
    clock, new = house.clock, None
    if spec.assumption is not None:
        new = NewAssumption(spec.assumption.statement, spec.assumption.sure, clock.days(spec.assumption.review))
    row = NoteRow(spec.field, spec.text, spec.evidence, spec.url, new_assumption=new)
    made = add_note(house.actor(spec.author), canvas=canvas, row=row, today=day)
    for key in spec.votes:
        vote(house.actor(key), note=made, today=day)
    return made


def _sort(spec: AnalysisNoteSpec, house: House, canvas: Canvas, note: AnalysisNote, issues: Issues) -> None:
    office, read = house.actor(CYCLE_OWNER), {note.pk: None}
    if spec.group:
        group_notes(office, canvas=canvas, read=read, group=spec.group)
    codes = tuple(key for key in spec.led_to if key not in issues)
    to: list[Objective | StrategicIssue] = [*(issues[key] for key in spec.led_to if key in issues), *_objectives(codes)]
    if to:
        trace_notes(office, canvas=canvas, read=read, to=to)
    if spec.parked:
        park_notes(office, canvas=canvas, read=read, reason=spec.parked)
