"""Strategic issues: raised alone or from notes, given to people, settled, taken up again, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from audit.models import Event
from core.access import Forbidden
from core.actions import Conflict, Refusal
from core.obligations import obligations
from core.periods import At, Period
from notifications.models import Notification
from organization.actors import actor_of
from organization.models import Person
from organization.roles import Role
from planning.actions.issues import IssueRow, change_issue, raise_issue, reopen_issue, settle_issue
from planning.actions.sorting import trace_notes
from planning.models import AnalysisNote, IssueObjective, StrategicIssue
from planning.queries.issues import issue_page
from planning.queries.notes import origins
from tests import factories
from tests.factories.organization import TODAY
from tests.planning.canvases import analysis, cycle

pytestmark = pytest.mark.django_db
AT = At(Period.parse("2026-06"), None, TODAY)


def everything() -> list[set]:
    models = (StrategicIssue, IssueObjective, AnalysisNote)
    return [set(model.objects.values_list()) for model in models]


def told(person: Person) -> list[str]:
    lines = Notification.objects.filter(person=person, kind="strategic_issue").order_by("pk")
    return list(lines.values_list("text", flat=True))


def test_an_issue_is_raised_from_notes_and_its_owner_is_told():
    made = analysis()
    one, two, other = made.note("One"), made.note("Two"), made.note("Other")
    owner = factories.person()
    row = IssueRow("Where do we grow?", "Beds are short", owner, date(2026, 9, 30))
    found = raise_issue(
        made.office, cycle=made.cycle, row=row, today=TODAY, canvas=made.canvas, read={one.pk: 1, two.pk: 1}
    )
    page = issue_page(made.office, found)
    assert ([line.note.text for line in page.notes], page.may) == (["One", "Two"], frozenset({"change"}))
    assert [AnalysisNote.objects.get(pk=note.pk).state for note in (one, two, other)] == ["traced", "traced", "open"]
    assert told(owner) == ["You answer for an issue: Where do we grow?"]


@pytest.mark.parametrize("count", [1, 3])
def test_an_issue_is_read_in_as_many_queries_for_many_notes_as_for_one(count, django_assert_num_queries):
    made = analysis()
    plan, issue = factories.strategy_map(made.unit), made.issue()
    row = IssueRow("Where do we grow?")
    change_issue(made.office, issue=issue, row=row, today=TODAY, objectives=plan.objectives[:count])
    notes = [made.note(f"Note {number}") for number in range(count)]
    trace_notes(made.office, canvas=made.canvas, read={note.pk: 1 for note in notes}, to=[issue])
    with django_assert_num_queries(8):
        page = issue_page(made.office, issue)
    assert (len(page.notes), len(page.objectives)) == (count, count)


def test_an_issue_that_is_not_said_rightly_is_not_raised():
    made = analysis()
    note, gone = made.note(), factories.person("Gone Girl")
    gone.is_active = False
    before = everything()
    cases = [
        ({"row": IssueRow(" ")}, "The question is empty"),
        ({"row": IssueRow("x" * 201)}, "at most 200 fit"),
        ({"row": IssueRow("Why?", due_on=TODAY - timedelta(days=1))}, "8 July 2026 has passed"),
        ({"row": IssueRow("Why?", owner=gone)}, "Gone Girl has left"),
        ({"row": IssueRow("Why?"), "cycle": cycle(made.unit, "Over", closed_on=TODAY)}, "“Over” is closed"),
        ({"row": IssueRow("Why?"), "canvas": made.canvas, "read": {note.pk: 9}}, "Changed by someone else meanwhile"),
        (
            {"row": IssueRow("Why?"), "canvas": made.canvas, "read": {note.pk: 1}, "cycle": cycle(made.unit, "Next")},
            "belongs to another cycle",
        ),
    ]
    for values, sentence in cases:
        with pytest.raises(Refusal, match=sentence):
            raise_issue(made.office, **{"cycle": made.cycle, "today": TODAY, **values})
    with pytest.raises(Forbidden):
        raise_issue(made.member, cycle=made.cycle, row=IssueRow("Why?"), today=TODAY)
    assert everything() == before


def test_an_issue_is_changed_given_away_and_answered_by_objectives():
    made = analysis()
    plan = factories.strategy_map(made.unit)
    issue, heir = made.issue(), factories.person()
    row = IssueRow("Where do we grow first?", "", heir, None)
    change_issue(made.office, issue=issue, row=row, today=TODAY, objectives=plan.objectives[:2], expected=1)
    stored = StrategicIssue.objects.get(pk=issue.pk)
    assert (stored.question, stored.owner, stored.row_version) == ("Where do we grow first?", heir, 2)
    assert [one.code for one in issue_page(made.office, stored).objectives] == ["O1", "O2"]
    assert [one.question for one in origins(made.office, plan.objectives[0]).issues] == ["Where do we grow first?"]
    change_issue(made.office, issue=issue, row=row, today=TODAY, objectives=plan.objectives[1:2], expected=2)
    assert [one.code for one in issue_page(made.office, stored).objectives] == ["O2"]
    with pytest.raises(Conflict):
        change_issue(made.office, issue=issue, row=IssueRow("Mine?"), today=TODAY, expected=1)
    assert told(heir) == ["You answer for an issue: Where do we grow first?"]
    assert StrategicIssue.objects.get(pk=issue.pk).question == "Where do we grow first?"


def test_an_issue_is_not_answered_by_an_objective_that_is_hidden():
    made = analysis()
    issue = made.issue()
    hidden = factories.strategy_map(factories.unit(), adopted=False).objectives[0]
    before = everything()
    with pytest.raises(Refusal, match="There is no such objective"):
        change_issue(made.office, issue=issue, row=IssueRow("Other?"), today=TODAY, objectives=[hidden])
    assert everything() == before


def test_an_issue_is_settled_by_an_answer_and_taken_up_again_with_a_reason():
    made = analysis()
    owner, head = factories.person(), factories.member(Role.UNIT_HEAD, made.unit)
    objective = factories.strategy_map(made.unit).objectives[0]
    issue = made.issue(owner=owner)
    settle_issue(head, issue=issue, answer="At home", on=TODAY, today=TODAY, objectives=[objective], expected=1)
    issue.refresh_from_db()
    assert (issue.answer, issue.settled_on) == ("At home", TODAY)
    assert list(issue.answered_by.values_list("objective", flat=True)) == [objective.pk]
    reopen_issue(head, issue=issue, reason="The board asks again")
    issue.refresh_from_db()
    assert (issue.answer, issue.settled_on) == ("At home", None)
    assert Event.objects.get(verb="reopen_issue").reason == "The board asks again"
    assert told(owner) == [
        "You answer for an issue: Where do we grow?",
        "An issue you answer for is settled: Where do we grow?",
        "An issue you answer for is open again: Where do we grow? (The board asks again)",
    ]


def test_what_does_not_settle_an_issue_leaves_it():
    made = analysis()
    head = factories.member(Role.UNIT_HEAD, made.unit)
    issue = made.issue()
    before = everything()
    for answer, day, sentence in (
        (" \n", TODAY, "The answer is empty"),
        ("At home", TODAY + timedelta(days=1), "10 July 2026 is still to come"),
    ):
        with pytest.raises(Refusal, match=sentence):
            settle_issue(head, issue=issue, answer=answer, on=day, today=TODAY)
    with pytest.raises(Refusal, match="It is not settled yet"):
        reopen_issue(head, issue=issue, reason="Why not")
    with pytest.raises(Conflict):
        settle_issue(head, issue=issue, answer="At home", on=TODAY, today=TODAY, expected=7)
    for actor in (made.office, made.member):
        with pytest.raises(Forbidden):
            settle_issue(actor, issue=issue, answer="At home", on=TODAY, today=TODAY)
    assert everything() == before
    settle_issue(head, issue=issue, answer="At home", on=TODAY, today=TODAY)
    settled = everything()
    for verb, sentence in (
        (lambda: settle_issue(head, issue=issue, answer="No", on=TODAY, today=TODAY), "was settled on 9 July 2026"),
        (lambda: change_issue(head, issue=issue, row=IssueRow("Other?"), today=TODAY), "It is settled"),
        (lambda: reopen_issue(head, issue=issue, reason=" "), "The reason is empty"),
    ):
        with pytest.raises(Refusal, match=sentence):
            verb()
    assert everything() == settled


def test_an_issue_with_a_day_is_owed_by_its_owner_until_it_is_settled():
    made = analysis()
    owner = factories.person()
    issue = made.issue(owner=owner, due_on=date(2026, 7, 20))
    made.issue("Without a day?", owner=owner)
    late = At(AT.period, None, date(2026, 7, 22))

    def owed(at: At) -> list[tuple]:
        found = obligations(actor_of(owner, at.today), at)
        return [(one.about, one.due_on, one.is_mailed, one.days_late(at.today)) for one in found if one.kind == "issue"]

    assert owed(AT) == [("Where do we grow?", date(2026, 7, 20), False, 0)]
    assert owed(late) == [("Where do we grow?", date(2026, 7, 20), True, 2)]
    settle_issue(actor_of(owner, TODAY), issue=issue, answer="At home", on=TODAY, today=TODAY)
    assert owed(late) == []
