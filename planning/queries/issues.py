"""Strategic issues: in a list, on their page with what led to them, and as something owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from core.access import Actor, permitted, scoped
from planning.models import AnalysisNote, Canvas, IssueObjective, NoteTrace, PlanningCycle, StrategicIssue
from planning.queries.notes import NoteLine, note_lines
from strategy.models import Objective

ISSUE_VERBS = ("change", "settle")


@dataclass(frozen=True)
class IssueLine:
    """An issue in a list: how many notes led to it and how many objectives answer it, as far as the viewer sees them."""

    issue: StrategicIssue
    notes: int
    objectives: int


def issue_lines(viewer: Actor, cycle: PlanningCycle, canvases: Sequence[Canvas]) -> list[IssueLine]:
    """The issues of a cycle, open ones by due date, then settled ones; notes of these canvases are counted."""
    rows = scoped(viewer, "view", StrategicIssue.objects.filter(cycle=cycle)).select_related("owner")
    issues = sorted(rows, key=lambda one: (one.settled_on is not None, one.due_on is None, one.due_on, one.pk))
    led = NoteTrace.objects.filter(subject__in=[one.subject_id for one in issues], note__canvas__in=canvases).order_by()
    notes = dict(led.values_list("subject").annotate(count=Count("pk")))
    answers = scoped(viewer, "view", IssueObjective.objects.filter(issue__in=issues)).order_by()
    objectives = dict(answers.values_list("issue").annotate(count=Count("pk")))
    return [IssueLine(one, notes.get(one.subject_id, 0), objectives.get(one.pk, 0)) for one in issues]


@dataclass(frozen=True)
class IssuePage:
    """An issue with the notes that led to it, the objectives that answer it, and what the viewer may do."""

    issue: StrategicIssue
    notes: tuple[NoteLine, ...]
    objectives: tuple[Objective, ...]
    may: frozenset[str]


def issue_page(viewer: Actor, issue: StrategicIssue) -> IssuePage:
    """An issue that was loaded through its policy."""
    row = permitted(viewer, ISSUE_VERBS, StrategicIssue.objects.filter(pk=issue.pk)).get()
    led = scoped(viewer, "view", AnalysisNote.objects.filter(traces__subject=issue.subject_id))
    return IssuePage(
        issue=issue,
        notes=tuple(note_lines(viewer, led)),
        objectives=tuple(objectives_answering(viewer, issue)),
        may=frozenset(verb for verb in ISSUE_VERBS if getattr(row, f"may_{verb}")),
    )


def objectives_answering(viewer: Actor, issue: StrategicIssue) -> QuerySet[Objective]:
    """Objectives that answer an issue, as far as the viewer sees them."""
    answering = Objective.objects.filter(answers_issues__issue=issue)
    return scoped(viewer, "view", answering).select_related("strategy").order_by("code", "pk")


def issues_owed(viewer: Actor) -> QuerySet[StrategicIssue]:
    """Issues the viewer answers for that are to be settled by a day and are not."""
    mine = StrategicIssue.objects.filter(owner=viewer.person_id or 0, settled_on=None, due_on__isnull=False)
    return scoped(viewer, "view", mine).order_by("due_on", "pk")


def dated_issues(viewer: Actor) -> QuerySet[StrategicIssue]:
    """Issues that are to be settled by a day, or were."""
    dated = StrategicIssue.objects.filter(due_on__isnull=False)
    return scoped(viewer, "view", dated).select_related("owner").order_by("due_on", "pk")
