"""The analysis of a planning cycle: its canvases and issues, a canvas with its notes, and who owes it something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from core.access import Actor, can, permitted, scoped
from core.periods import At
from organization.models import OrgUnit
from organization.queries import branch_ids, tree, units_for
from planning.models import AnalysisNote, Canvas, CanvasInvitation, PlanningCycle
from planning.models.notes import FIELDS
from planning.queries.issues import IssueLine, issue_lines
from planning.queries.notes import NoteLine, note_lines
from planning.rules.tracing import Trace

State = AnalysisNote.State
CANVAS_VERBS = ("contribute", "change", "invite", "sort")
SHOWN = (State.OPEN, State.TRACED, State.PARKED)


@dataclass(frozen=True)
class CanvasLine:
    """A canvas in a list: how much of it leads on, from how many people, and how many of those asked have answered."""

    canvas: Canvas
    trace: Trace
    people: int
    asked: int
    answered: int


@dataclass(frozen=True)
class Analysis:
    """The canvases of a cycle that the viewer may see, its issues, and what the viewer may add."""

    cycle: PlanningCycle
    canvases: tuple[CanvasLine, ...]
    issues: tuple[IssueLine, ...]
    may_open: bool
    may_raise: bool

    @property
    def trace(self) -> Trace:
        """All notes of these canvases together."""
        return sum((line.trace for line in self.canvases), Trace())


def analysis_of(viewer: Actor, cycle: PlanningCycle, at: At) -> Analysis:
    """The analysis of a cycle that was loaded through its policy; queries constant in what it holds."""
    rows = (
        scoped(viewer, "view", Canvas.objects.filter(cycle=cycle)).select_related("unit").order_by("unit__name", "pk")
    )
    canvases = list(rows)
    return Analysis(
        cycle=cycle,
        canvases=tuple(_lines(canvases)),
        issues=tuple(issue_lines(viewer, cycle, canvases)),
        may_open=bool(canvas_units(viewer, cycle, at.today)),
        may_raise=cycle.closed_on is None and can(viewer, "add_issue", cycle),
    )


def _lines(canvases: Sequence[Canvas]) -> Iterable[CanvasLine]:
    notes = AnalysisNote.objects.filter(canvas__in=canvases).order_by()
    states: dict[int, list[str]] = defaultdict(list)
    people: dict[int, set[int]] = defaultdict(set)
    for key, state, author in notes.values_list("canvas_id", "state", "author_id"):
        states[key].append(state)
        people[key].add(author)
    invited = CanvasInvitation.objects.filter(canvas__in=canvases).order_by().values("canvas")
    asked = {row["canvas"]: row for row in invited.annotate(asked=Count("pk"), answered=Count("answered_at"))}
    for canvas in canvases:
        counted = asked.get(canvas.pk, {"asked": 0, "answered": 0})
        yield CanvasLine(
            canvas, trace_of(states[canvas.pk]), len(people[canvas.pk]), counted["asked"], counted["answered"]
        )


def trace_of(states: Sequence[str]) -> Trace:
    """Notes counted by their states."""
    return Trace(states.count(State.TRACED), states.count(State.PARKED), len(states))


def canvas_units(viewer: Actor, cycle: PlanningCycle, day: date) -> list[tuple[OrgUnit, int]]:
    """Units of the cycle for which the viewer may open a canvas, as they hang, with their depths."""
    if cycle.closed_on is not None:
        return []
    inside = set(branch_ids(cycle.unit_id, day))
    found = tree(viewer, day) if can(viewer, "add_canvas", cycle) else units_for(viewer, "add_strategy", day)
    return [(unit, depth) for unit, depth in found if unit.pk in inside]


# ------------------------------------------------------------------------------------------------------ one canvas
@dataclass(frozen=True)
class Box:
    """A field of a canvas with its notes, group by group; those in no group come last, under an empty name."""

    field: AnalysisNote.Field
    groups: tuple[tuple[str, tuple[NoteLine, ...]], ...]

    @property
    def count(self) -> int:
        return sum(len(lines) for _name, lines in self.groups)


@dataclass(frozen=True)
class Rights:
    """What the viewer may do on a canvas; `is_taking`: it is open and its last day has not passed."""

    may: frozenset[str]
    is_taking: bool

    @property
    def may_add(self) -> bool:
        """Whether the viewer may write and vote now."""
        return self.is_taking and "contribute" in self.may


def rights_on(viewer: Actor, canvas: Canvas, at: At) -> Rights:
    """What the viewer may do now; one query."""
    row = permitted(viewer, CANVAS_VERBS, Canvas.objects.filter(pk=canvas.pk)).get()
    return Rights(
        may=frozenset(verb for verb in CANVAS_VERBS if getattr(row, f"may_{verb}")),
        is_taking=canvas.state == Canvas.State.OPEN and canvas.open_until >= at.today,
    )


@dataclass(frozen=True)
class CanvasPage:
    """A canvas as the viewer sees it and may act on it. `show` is the state looked for; empty is all."""

    canvas: Canvas
    boxes: tuple[Box, ...]
    lines: tuple[NoteLine, ...]
    trace: Trace
    rights: Rights
    votes_left: int
    invitation: CanvasInvitation | None
    invitations: tuple[CanvasInvitation, ...]
    may_raise: bool
    show: str = ""


def canvas_page(viewer: Actor, canvas: Canvas, at: At, show: str = "") -> CanvasPage:
    """A canvas that was loaded through its policy; queries constant in its notes."""
    rights = rights_on(viewer, canvas, at)
    lines = note_lines(viewer, AnalysisNote.objects.filter(canvas=canvas))
    wanted = show if show in SHOWN else ""
    shown = tuple(line for line in lines if wanted in ("", line.note.state))
    asked = canvas.invitations.select_related("person__home_unit").order_by("person__name", "pk")
    return CanvasPage(
        canvas=canvas,
        boxes=tuple(_box(field, shown) for field in FIELDS[canvas.kind]),
        lines=shown,
        trace=trace_of([line.note.state for line in lines]),
        rights=rights,
        votes_left=max(0, canvas.votes - sum(line.is_voted for line in lines)),
        invitation=asked.filter(person=viewer.person_id).first(),
        invitations=tuple(asked) if "invite" in rights.may else (),
        may_raise="sort" in rights.may and can(viewer, "add_issue", canvas.cycle),
        show=wanted,
    )


def _box(field: AnalysisNote.Field, lines: Iterable[NoteLine]) -> Box:
    inside: dict[str, list[NoteLine]] = defaultdict(list)
    for line in lines:
        if line.note.field == field:
            inside[line.note.group].append(line)
    groups = sorted(inside.items(), key=lambda one: (not one[0], -sum(line.votes for line in one[1]), one[0]))
    return Box(field, tuple((name, tuple(sorted(rows, key=lambda line: -line.votes))) for name, rows in groups))


# ------------------------------------------------------------------------------------------------------- what is owed
def contributions_owed(viewer: Actor, at: At) -> QuerySet[CanvasInvitation]:
    """Canvases the viewer was asked to contribute to and has not answered, while they take notes."""
    waiting = CanvasInvitation.objects.filter(
        person=viewer.person_id or 0,
        answered_at=None,
        canvas__state=Canvas.State.OPEN,
        canvas__open_until__gte=at.today,
    )
    return waiting.select_related("canvas__unit").order_by("canvas__open_until", "pk")


def canvases_over(viewer: Actor, at: At) -> QuerySet[Canvas]:
    """Canvases the viewer opened whose last day has passed: to be closed, or given more days."""
    mine = Canvas.objects.filter(opened_by=viewer.person_id or 0, state=Canvas.State.OPEN, open_until__lt=at.today)
    return scoped(viewer, "change", mine).select_related("unit").order_by("open_until", "pk")


def dated_canvases(viewer: Actor) -> QuerySet[Canvas]:
    """Canvases the viewer may see, by their last day."""
    return scoped(viewer, "view", Canvas.objects.all()).select_related("unit").order_by("open_until", "pk")
