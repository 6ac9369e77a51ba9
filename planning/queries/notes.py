"""Notes with their votes, what they rest on and what they led to; what they may be traced to; where objectives come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core.access import Actor, permitted, scoped
from planning.models import (
    AnalysisNote,
    Assumption,
    Canvas,
    Carries,
    IssueObjective,
    NoteTrace,
    NoteVote,
    PlanningCycle,
    StrategicIssue,
)
from strategy.models import Objective, Strategy
from strategy.models.structure import NodeState

LONGEST_ID = 18
"""So many digits an id may have."""


@dataclass(frozen=True)
class Led:
    """What a note led to, if the viewer may see it."""

    subject_id: int
    label: str
    url: str
    is_issue: bool


@dataclass(frozen=True)
class NoteLine:
    """A note with its votes, how many assumptions it rests on, and what it led to; `hidden` of that is not for the viewer."""

    note: AnalysisNote
    votes: int
    is_voted: bool
    assumptions: int
    led: tuple[Led, ...]
    hidden: int
    may_change: bool

    @property
    def key(self) -> str:
        """The note and the version that was read, as forms send it."""
        return f"{self.note.pk}:{self.note.row_version}"


def note_lines(viewer: Actor, rows: QuerySet[AnalysisNote]) -> list[NoteLine]:
    """Notes of canvases that were loaded through their policy, the oldest first; seven queries."""
    notes = list(permitted(viewer, ["change"], rows).select_related("author", "canvas__unit").order_by("pk"))
    cast = NoteVote.objects.filter(note__in=notes).order_by()
    votes = dict(cast.values_list("note").annotate(count=Count("pk")))
    mine = set(cast.filter(person=viewer.person_id or 0).values_list("note_id", flat=True))
    carried = Carries.objects.filter(subject__in=[note.subject_id for note in notes]).order_by()
    rests = dict(carried.values_list("subject").annotate(count=Count("pk")))
    led, all_of = _led_to(viewer, notes)
    return [
        NoteLine(
            note=note,
            votes=votes.get(note.pk, 0),
            is_voted=note.pk in mine,
            assumptions=rests.get(note.subject_id, 0),
            led=tuple(led[note.pk]),
            hidden=all_of[note.pk] - len(led[note.pk]),
            may_change=note.may_change,  # type: ignore[attr-defined]
        )
        for note in notes
    ]


def _led_to(viewer: Actor, notes: Sequence[AnalysisNote]) -> tuple[dict[int, list[Led]], dict[int, int]]:
    """What each note led to as far as the viewer may see it, and how many things it led to in all; three queries."""
    traces = list(NoteTrace.objects.filter(note__in=notes).select_related("subject").order_by("pk"))
    seen = {one.subject_id: one for one in _records(viewer, traces)}
    led: dict[int, list[Led]] = defaultdict(list)
    count: dict[int, int] = defaultdict(int)
    for trace in traces:
        count[trace.note_id] += 1
        if trace.subject_id in seen:
            led[trace.note_id].append(seen[trace.subject_id])
    return led, count


def _records(viewer: Actor, traces: Iterable[NoteTrace]) -> Iterable[Led]:
    keys: dict[str, set[int]] = defaultdict(set)
    for trace in traces:
        keys[trace.subject.kind].add(trace.subject.key)
    for issue in scoped(viewer, "view", StrategicIssue.objects.filter(pk__in=keys["issue"])):
        yield Led(issue.subject_id, issue.question, reverse("planning:issue", args=[issue.pk]), is_issue=True)
    for one in scoped(viewer, "view", Objective.objects.filter(pk__in=keys["objective"])):
        url = reverse("strategy:objective", args=[one.pk])
        yield Led(one.subject_id, f"{one.code} {one.name}", url, is_issue=False)


def assumptions_of(viewer: Actor, note: AnalysisNote) -> list[Assumption]:
    """What a note rests on."""
    carrying = Assumption.objects.filter(carries__subject=note.subject_id)
    return list(scoped(viewer, "view", carrying).order_by("statement", "pk"))


def id_of(text: str) -> int | None:
    """An id as a form or an address writes it; None for what can be none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None


def notes_named(canvas: Canvas, keys: Iterable[str]) -> list[AnalysisNote]:
    """Notes of a canvas by their keys ("12:3", id and version); what is no key names none."""
    ids = [id_of(key.partition(":")[0]) for key in keys]
    return list(canvas.notes.filter(pk__in=[pk for pk in ids if pk is not None]).order_by("pk"))


def groups_of(canvas: Canvas) -> list[str]:
    """The headings notes of a canvas stand under."""
    return list(canvas.notes.exclude(group="").order_by("group").values_list("group", flat=True).distinct())


# ------------------------------------------------------------------------------------------------ what may be chosen
def assumptions_offered(viewer: Actor, canvas: Canvas, note: AnalysisNote | None = None) -> QuerySet[Assumption]:
    """Assumptions of the canvas' unit and of its cycle's that still hold, and those the note rests on already."""
    holding = Q(unit__in=[canvas.unit_id, canvas.cycle.unit_id], falsified_on=None)
    if note is not None:
        holding |= Q(pk__in=Carries.objects.filter(subject=note.subject_id).values("assumption_id"))
    return scoped(viewer, "view", Assumption.objects.filter(holding)).order_by("statement", "pk")


def objectives_offered(
    viewer: Actor, unit_id: int, cycle: PlanningCycle, issue: StrategicIssue | None = None
) -> QuerySet[Objective]:
    """Objectives on the map of the cycle's strategy, or of one of the two units that is not closed; with an issue, also
    those that answer it already.
    """
    units = Q(strategy__unit__in=[unit_id, cycle.unit_id]) & ~Q(strategy__state=Strategy.State.CLOSED)
    standing = (units | Q(strategy=cycle.strategy_id)) & ~Q(state=NodeState.RETIRED)
    if issue is not None:
        standing |= Q(pk__in=IssueObjective.objects.filter(issue=issue).values("objective"))
    order = ("-strategy__starts_on", "strategy", "perspective__order", "order", "pk")
    return scoped(viewer, "view", Objective.objects.filter(standing)).select_related("strategy").order_by(*order)


def targets(viewer: Actor, canvas: Canvas) -> dict[str, QuerySet[Any]]:
    """What notes may be traced to: issues of the cycle, and objectives."""
    issues = StrategicIssue.objects.filter(cycle=canvas.cycle_id).order_by("due_on", "pk")
    return {
        "issues": scoped(viewer, "view", issues),
        "objectives": objectives_offered(viewer, canvas.unit_id, canvas.cycle),
    }


# ------------------------------------------------------------------------------------------- where objectives come from
@dataclass(frozen=True)
class Origins:
    """Notes traced to an objective, and issues it answers."""

    notes: tuple[NoteLine, ...]
    issues: tuple[StrategicIssue, ...]


def origins(viewer: Actor, objective: Objective) -> Origins | None:
    """What led to an objective, as far as the viewer may see it; None where nothing did."""
    traced = AnalysisNote.objects.filter(traces__subject=objective.subject_id)
    notes = note_lines(viewer, scoped(viewer, "view", traced))
    answered = IssueObjective.objects.filter(objective=objective).values("issue")
    issues = scoped(viewer, "view", StrategicIssue.objects.filter(pk__in=answered)).order_by("due_on", "pk")
    found = Origins(tuple(notes), tuple(issues.select_related("cycle")))
    return found if found.notes or found.issues else None
