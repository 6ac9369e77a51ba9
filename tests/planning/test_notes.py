"""Notes: written, voted for, grouped, traced and parked; what is refused, and that nothing changed then."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from audit.models import Event
from core.access import Forbidden, NotVisible
from core.actions import Conflict, Refusal
from organization.actors import system_actor
from organization.roles import Role
from planning.actions import Edit, Retirements, edit
from planning.actions.canvases import close_canvas
from planning.actions.notes import NewAssumption, NoteRow, add_note, change_note, vote, withdraw_vote
from planning.actions.sorting import group_notes, park_notes, trace_notes, unpark_note, untrace_note
from planning.models import AnalysisNote, Assumption, Carries, NoteTrace, NoteVote
from planning.queries.notes import note_lines, origins
from strategy.models import Objective
from tests import factories
from tests.factories.organization import TODAY
from tests.planning.canvases import LAST_DAY, Analysis, analysis

pytestmark = pytest.mark.django_db
NEXT_YEAR = TODAY + timedelta(days=365)


def everything() -> list[tuple]:
    """All that a refused verb may not have changed."""
    notes = AnalysisNote.objects.order_by("pk").values_list()
    return [tuple(notes), *(set(model.objects.values_list()) for model in (NoteTrace, NoteVote, Assumption, Carries))]


def add(made: Analysis, **values) -> AnalysisNote:
    row = NoteRow(**{"field": "weakness", "text": "Wards are full", **values})
    return add_note(made.member, canvas=made.canvas, row=row, today=TODAY)


def read(*notes: AnalysisNote) -> dict[int, int]:
    return {note.pk: note.row_version for note in notes}


def states(*notes: AnalysisNote) -> list[str]:
    return [AnalysisNote.objects.get(pk=note.pk).state for note in notes]


# -------------------------------------------------------------------------------------------------------- writing
def test_a_note_says_what_is_concluded_and_from_what_and_what_it_rests_on():
    made = analysis()
    believed = NewAssumption("Bed days stay as they are", 70, NEXT_YEAR)
    first = add(made, evidence="Ward census", evidence_url="https://example.org/census", new_assumption=believed)
    stored = AnalysisNote.objects.get(pk=first.pk)
    assert (stored.field, stored.text, stored.state, stored.author_id) == (
        "weakness", "Wards are full", "open", made.member.person_id,
    )  # fmt: skip
    assert (stored.evidence, stored.evidence_url, stored.has_evidence) == (
        "Ward census", "https://example.org/census", True,
    )  # fmt: skip
    known = Assumption.objects.get()
    assert (known.statement, known.confidence, known.unit, known.owner_id, known.validated_on, known.review_on) == (
        "Bed days stay as they are", Decimal("0.7"), made.unit, made.member.person_id, TODAY, NEXT_YEAR,
    )  # fmt: skip
    second = add(made, text="Lists grow", assumptions=[known], offered=[known])
    assert set(known.carries.values_list("subject_id", flat=True)) == {first.subject_id, second.subject_id}
    row = NoteRow("threat", "Lists grow", offered=[known])
    change_note(made.member, note=second, row=row, today=TODAY, expected=1)
    assert set(known.carries.values_list("subject_id", flat=True)) == {first.subject_id}
    assert AnalysisNote.objects.get(pk=second.pk).field == "threat"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"text": "  "}, "text", "The conclusion is empty"),
        ({"text": "x" * 301}, "text", "at most 300 fit"),
        ({"evidence": "x" * 2001}, "evidence", "at most 2000 fit"),
        ({"evidence_url": "the census"}, "evidence_url", "is no address of a page"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url", "is no address of a page"),
        ({"field": "legal"}, "field", "A SWOT has the fields Strengths, Weaknesses, Opportunities, Threats"),
        ({"new_assumption": NewAssumption("We grow", None, NEXT_YEAR)}, "sure", "Say how sure you are"),
        ({"new_assumption": NewAssumption("We grow", 101, NEXT_YEAR)}, "sure", "Say how sure you are"),
        ({"new_assumption": NewAssumption("We grow", 50, None)}, "review_on", "is looked at again"),
        ({"new_assumption": NewAssumption("x" * 201, 50, NEXT_YEAR)}, "statement", "at most 200 fit"),
    ],
)
def test_a_note_that_is_not_said_rightly_is_not_written(values, field, sentence):
    made = analysis()
    before = everything()
    with pytest.raises(Refusal, match=sentence) as refused:
        add(made, **values)
    assert refused.value.field == field
    assert everything() == before


def test_who_does_not_contribute_writes_nothing():
    made = analysis()
    row = NoteRow("strength", "We are loved")
    with pytest.raises(NotVisible):
        add_note(factories.member(Role.EMPLOYEE, factories.unit()), canvas=made.canvas, row=row, today=TODAY)
    with pytest.raises(NotVisible):
        add_note(system_actor(), canvas=made.canvas, row=row, today=TODAY)
    close_canvas(made.office, canvas=made.canvas)
    with pytest.raises(Forbidden):
        add_note(factories.member(Role.AUDITOR, made.unit), canvas=made.canvas, row=row, today=TODAY)
    assert AnalysisNote.objects.count() == 0


def test_a_closed_canvas_and_one_past_its_last_day_take_nothing():
    made = analysis()
    note = made.note()
    vote(made.office, note=note, today=TODAY)
    before = everything()
    late = LAST_DAY + timedelta(days=1)
    row = NoteRow("threat", "Other words")
    with pytest.raises(Refusal, match="took notes until 31 July 2026"):
        add_note(made.member, canvas=made.canvas, row=row, today=late)
    close_canvas(made.office, canvas=made.canvas)
    verbs = [
        lambda: add_note(made.member, canvas=made.canvas, row=row, today=TODAY),
        lambda: change_note(made.member, note=note, row=row, today=TODAY),
        lambda: vote(made.member, note=note, today=TODAY),
        lambda: withdraw_vote(made.office, note=note, today=TODAY),
    ]
    for verb in verbs:
        with pytest.raises(Refusal, match="is closed, so nothing is added or changed"):
            verb()
    assert everything() == before


def test_only_its_author_changes_a_note_and_not_over_what_was_sorted_meanwhile():
    made = analysis()
    note = made.note()
    group_notes(made.office, canvas=made.canvas, read=read(note), group="Beds")
    before = everything()
    row = NoteRow("weakness", "Wards are too full")
    with pytest.raises(Conflict):
        change_note(made.member, note=note, row=row, today=TODAY, expected=1)
    with pytest.raises(Forbidden):
        change_note(made.office, note=note, row=row, today=TODAY)
    assert everything() == before


def test_a_note_saved_as_it_was_is_no_change():
    made = analysis()
    note = add(made, new_assumption=NewAssumption("Bed days stay as they are", 70, NEXT_YEAR))
    known = Assumption.objects.get()
    before, events = everything(), Event.objects.count()
    row = NoteRow("weakness", "Wards are full", assumptions=[known], offered=[known])
    change_note(made.member, note=note, row=row, today=TODAY, expected=1)
    assert (everything(), Event.objects.count()) == (before, events)


# --------------------------------------------------------------------------------------------------------- votes
def test_each_person_has_a_number_of_votes_and_takes_them_back():
    made = analysis(votes=2)
    one, two, three = (made.note(text) for text in ("One", "Two", "Three"))
    for note in (one, two, one):
        vote(made.member, note=note, today=TODAY)
    before = everything()
    with pytest.raises(Refusal, match=r"You have given all your votes on this canvas \(2\). Take one back first"):
        vote(made.member, note=three, today=TODAY)
    assert everything() == before
    withdraw_vote(made.member, note=one, today=TODAY)
    withdraw_vote(made.member, note=one, today=TODAY)
    vote(made.member, note=three, today=TODAY)
    vote(made.office, note=three, today=TODAY)
    lines = note_lines(made.member, AnalysisNote.objects.filter(canvas=made.canvas))
    assert [(line.votes, line.is_voted) for line in lines] == [(0, False), (1, True), (2, True)]


def test_a_canvas_without_votes_takes_none():
    made = analysis(votes=0)
    note = made.note()
    with pytest.raises(Refusal, match="There is no voting on this canvas"):
        vote(made.member, note=note, today=TODAY)
    assert NoteVote.objects.count() == 0


# ------------------------------------------------------------------------------------------------------- sorting
def test_notes_are_grouped_together_and_taken_out_again():
    made = analysis()
    one, two = made.note("One"), made.note("Two")
    group_notes(made.office, canvas=made.canvas, read=read(one, two), group=" Beds ")
    assert list(AnalysisNote.objects.order_by("pk").values_list("group", "row_version")) == [("Beds", 2), ("Beds", 2)]
    group_notes(made.office, canvas=made.canvas, read={one.pk: 2}, group="")
    assert list(AnalysisNote.objects.order_by("pk").values_list("group", flat=True)) == ["", "Beds"]


def test_a_note_is_traced_to_issues_and_objectives_and_back():
    made = analysis()
    plan = factories.strategy_map(made.unit)
    objective, issue = plan.objectives[0], made.issue()
    one, two = made.note("One"), made.note("Two")
    trace_notes(made.office, canvas=made.canvas, read=read(one, two), to=[issue])
    trace_notes(made.office, canvas=made.canvas, read={one.pk: 2}, to=[issue, objective])
    assert states(one, two) == ["traced", "traced"]
    first, second = note_lines(made.office, AnalysisNote.objects.filter(canvas=made.canvas))
    assert [led.label for led in first.led] == ["Where do we grow?", "O1 Reach objective 1"]
    assert [led.label for led in second.led] == ["Where do we grow?"]
    found = origins(made.office, objective)
    assert [line.note.text for line in found.notes] == ["One"]
    untrace_note(made.office, note=one, subject_id=issue.subject_id)
    assert states(one) == ["traced"]
    untrace_note(made.office, note=one, subject_id=objective.subject_id)
    assert states(one, two) == ["open", "traced"]
    assert origins(made.office, objective) is None


def test_a_note_is_parked_with_a_reason_and_taken_up_again():
    made = analysis()
    note = made.note()
    park_notes(made.office, canvas=made.canvas, read=read(note), reason="Nothing we decide")
    note.refresh_from_db()
    assert (note.state, note.parked_because) == ("parked", "Nothing we decide")
    trace_notes(made.office, canvas=made.canvas, read=read(note), to=[made.issue()])
    note.refresh_from_db()
    assert (note.state, note.parked_because) == ("traced", "")
    other = made.note("Other")
    park_notes(made.office, canvas=made.canvas, read=read(other), reason="Later")
    unpark_note(made.office, note=other)
    other.refresh_from_db()
    assert (other.state, other.parked_because) == ("open", "")


def test_what_makes_no_sense_is_refused_and_no_note_moves():
    made, elsewhere = analysis(), analysis("pestle")
    note, traced, foreign = made.note(), made.note("Traced"), elsewhere.note("Theirs", "legal")
    issue, theirs = made.issue(), elsewhere.issue("Another cycle's?")
    trace_notes(made.office, canvas=made.canvas, read=read(traced), to=[issue])
    before = everything()
    where = {"canvas": made.canvas}
    cases = [
        (lambda: park_notes(made.office, **where, read=read(note), reason="  "), "The reason is empty"),
        (lambda: park_notes(made.office, **where, read={}, reason="Later"), "No note is chosen"),
        (
            lambda: park_notes(made.office, **where, read={note.pk: 1, traced.pk: 2}, reason="Later"),
            "Traced already: “Traced”",
        ),
        (lambda: trace_notes(made.office, **where, read=read(note), to=[]), "Nothing is chosen"),
        (lambda: trace_notes(made.office, **where, read=read(note), to=[theirs]), "belongs to another cycle"),
        (
            lambda: trace_notes(made.office, **where, read={note.pk: 1, foreign.pk: 1}, to=[issue]),
            "Some of the notes are not on this canvas",
        ),
        (
            lambda: trace_notes(made.office, **where, read={note.pk: 7}, to=[issue]),
            "Changed by someone else meanwhile: “Wards are full”",
        ),
        (lambda: group_notes(made.office, **where, read={note.pk: 7}, group="Beds"), "Changed by someone else"),
        (lambda: group_notes(made.office, **where, read=read(note), group="x" * 81), "at most 80 fit"),
    ]
    for verb, sentence in cases:
        with pytest.raises(Refusal, match=sentence):
            verb()
    assert everything() == before


def test_a_note_is_not_traced_to_an_objective_that_is_retired_or_hidden():
    unit = factories.unit()
    made = analysis(at=unit)
    note = made.note()
    plan = factories.strategy_map(unit)
    gone = plan.objectives[-1]
    edit(plan.office, strategy=plan.strategy, what=Edit(retire=Retirements(objectives=[gone])), today=TODAY, reason="x")
    hidden = factories.strategy_map(factories.unit(), adopted=False).objectives[0]
    before = everything()
    for objective, sentence in ((gone, "O3 Reach objective 3 is retired"), (hidden, "There is no such objective")):
        stored = Objective.objects.get(pk=objective.pk)
        with pytest.raises(Refusal, match=sentence):
            trace_notes(made.office, canvas=made.canvas, read=read(note), to=[stored])
    assert everything() == before


def test_members_do_not_sort():
    made = analysis()
    note, issue = made.note(), made.issue()
    trace_notes(made.office, canvas=made.canvas, read=read(note), to=[issue])
    before = everything()
    verbs = [
        lambda: group_notes(made.member, canvas=made.canvas, read={note.pk: None}, group="Beds"),
        lambda: trace_notes(made.member, canvas=made.canvas, read={note.pk: None}, to=[issue]),
        lambda: park_notes(made.member, canvas=made.canvas, read={note.pk: None}, reason="Later"),
        lambda: untrace_note(made.member, note=note, subject_id=issue.subject_id),
        lambda: unpark_note(made.member, note=note),
    ]
    for verb in verbs:
        with pytest.raises(Forbidden, match="Strategy office"):
            verb()
    assert everything() == before


def test_what_a_note_led_to_is_named_only_to_those_who_may_see_it():
    made = analysis()
    draft = factories.strategy_map(made.unit, adopted=False, office=made.office)
    note = made.note()
    trace_notes(made.office, canvas=made.canvas, read=read(note), to=[draft.objectives[0]])
    notes = AnalysisNote.objects.filter(pk=note.pk)
    assert [(len(line.led), line.hidden) for line in note_lines(made.office, notes)] == [(1, 0)]
    assert [(len(line.led), line.hidden) for line in note_lines(made.member, notes)] == [(0, 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_notes_are_read_in_as_many_queries_for_many_as_for_one(count, django_assert_num_queries):
    made = analysis()
    plan, issue = factories.strategy_map(made.unit), made.issue()
    notes = [made.note(f"Note {number}") for number in range(count)]
    trace_notes(made.office, canvas=made.canvas, read=read(*notes), to=[issue, *plan.objectives])
    with django_assert_num_queries(7):
        assert len(note_lines(made.office, AnalysisNote.objects.filter(canvas=made.canvas))) == count


@pytest.mark.parametrize("count", [1, 3])
def test_where_an_objective_comes_from_is_read_in_as_many_queries(count, django_assert_num_queries):
    made = analysis()
    objective = factories.strategy_map(made.unit).objectives[0]
    notes = [made.note(f"Note {number}") for number in range(count)]
    trace_notes(made.office, canvas=made.canvas, read=read(*notes), to=[objective])
    with django_assert_num_queries(7):
        assert len(origins(made.office, objective).notes) == count
