"""The pages of an analysis: filled, sorted and read in the browser, without scripts; bad input loses nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
import time_machine
from openpyxl import load_workbook

from organization.actors import actor_of
from organization.models import Person
from organization.roles import Role
from planning.actions.canvases import CanvasRow, close_canvas, invite_to_canvas, open_canvas
from planning.actions.notes import NewAssumption, NoteRow, add_note
from planning.actions.sorting import group_notes, park_notes, trace_notes
from planning.models import AnalysisNote, Assumption, Canvas, NoteTrace, NoteVote, StrategicIssue
from planning.queries.canvases import analysis_of, canvas_page
from tests import factories
from tests.factories.organization import TODAY
from tests.planning.canvases import Analysis, analysis
from tests.planning.test_canvases import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def enter(client, actor) -> None:
    client.force_login(Person.objects.get(pk=actor.person_id))


def text(answer) -> str:
    return answer.content.decode()


def at(row: Canvas | AnalysisNote | StrategicIssue, *parts: str) -> str:
    noun = {Canvas: "canvases", AnalysisNote: "notes", StrategicIssue: "issues"}[type(row)]
    return "/".join(["/planning", noun, str(row.pk), *parts, ""])


def sorted_canvas(kind: str = "swot") -> Analysis:
    """A canvas with a traced, a parked and an open note, in a group and out of it."""
    made = analysis(kind)
    field = "weakness" if kind == "swot" else "legal"
    one, two, _three = (made.note(words, field) for words in ("Wards are full", "Rain", "Lists grow"))
    trace_notes(made.office, canvas=made.canvas, read={one.pk: 1}, to=[made.issue()])
    park_notes(made.office, canvas=made.canvas, read={two.pk: 1}, reason="Not ours")
    group_notes(made.office, canvas=made.canvas, read={one.pk: 2, two.pk: 2}, group="Beds")
    return made


# --------------------------------------------------------------------------------------------------------- reading
def test_a_canvas_shows_its_notes_their_votes_and_where_they_lead():
    page = canvas_page((made := sorted_canvas()).member, made.canvas, AT)
    assert [(box.field.value, box.count) for box in page.boxes] == [
        ("strength", 0), ("weakness", 3), ("opportunity", 0), ("threat", 0),
    ]  # fmt: skip
    groups = [(name, [line.note.text for line in lines]) for name, lines in page.boxes[1].groups]
    assert groups == [("Beds", ["Wards are full", "Rain"]), ("", ["Lists grow"])]
    assert (page.trace.linked, page.trace.parked, page.trace.notes) == (1, 1, 3)
    assert (page.rights.may, page.votes_left, page.invitations) == (frozenset({"contribute"}), 5, ())


@pytest.mark.parametrize(("show", "shown"), [("open", 1), ("traced", 1), ("parked", 1), ("nonsense", 3)])
def test_notes_are_filtered_by_their_state_and_the_share_stays(client, show, shown):
    made = sorted_canvas()
    enter(client, made.member)
    answer = client.get(at(made.canvas) + f"?show={show}")
    assert text(answer).count('<li id="note-') == shown
    assert "67%" in text(answer)


@pytest.mark.parametrize("kind", ["swot", "pestle"])
def test_every_page_opens_for_the_office_and_for_a_member(client, kind):
    made = sorted_canvas(kind)
    note, issue = made.canvas.notes.first(), StrategicIssue.objects.get()
    read = ["", "?view=print"]
    run = ["edit/", "reopen/", "invite/", "notes/group/", "notes/trace/", "notes/park/"]
    for actor, code in ((made.office, 200), (made.member, 403)):
        enter(client, actor)
        assert [client.get(at(made.canvas) + path).status_code for path in [*read, "notes/new/"]] == [200] * 3
        assert [client.get(at(row)).status_code for row in (note, issue)] == [200, 200]
        assert [client.get(at(made.canvas) + path).status_code for path in run] == [code] * len(run)
        assert client.get(f"/planning/cycles/{made.cycle.pk}/analysis/").status_code == 200
        for path in ("canvases/new/", "issues/new/"):
            assert client.get(f"/planning/cycles/{made.cycle.pk}/{path}").status_code == code
        assert client.get(at(issue, "edit")).status_code == code
        assert client.get(at(issue, "settle")).status_code == 403


def test_a_stranger_finds_no_open_canvas_and_no_note_of_it(client):
    made = sorted_canvas()
    enter(client, factories.member(Role.EMPLOYEE, factories.unit()))
    note = made.canvas.notes.first()
    assert [client.get(at(row)).status_code for row in (made.canvas, note)] == [404, 404]
    analysis_page = text(client.get(f"/planning/cycles/{made.cycle.pk}/analysis/"))
    assert ("No canvas to see" in analysis_page, "Where do we grow?" in analysis_page) == (True, True)
    close_canvas(made.office, canvas=made.canvas)
    assert [client.get(at(row)).status_code for row in (made.canvas, note)] == [200, 200]


def test_the_link_of_an_invitation_leads_to_the_canvas_after_sign_in(client):
    made = analysis()
    guest = factories.person()
    invite_to_canvas(made.office, canvas=made.canvas, people=[guest], today=TODAY)
    away = client.get(at(made.canvas))
    assert (away.status_code, away["Location"].endswith(f"next={at(made.canvas)}")) == (302, True)
    enter(client, actor_of(guest, TODAY))
    assert "You are asked to contribute by 31 Jul 2026" in text(client.get(at(made.canvas)))
    assert "Contribute to the analysis" in text(client.get("/work/"))
    client.post(at(made.canvas, "nothing"))
    assert "You are asked to contribute" not in text(client.get(at(made.canvas)))
    assert "Contribute to the analysis" not in text(client.get("/work/"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_canvas_and_an_analysis_take_as_many_queries_for_many_notes_as_for_few(count, django_assert_num_queries):
    made = analysis()
    issues = [made.issue(f"Question {number}?") for number in range(count)]
    notes = [made.note(f"Note {number}") for number in range(count)]
    trace_notes(made.office, canvas=made.canvas, read={note.pk: 1 for note in notes}, to=issues)
    people = [factories.person() for _one in range(count)]
    invite_to_canvas(made.office, canvas=made.canvas, people=people, today=TODAY)
    with django_assert_num_queries(10):
        assert len(canvas_page(made.office, made.canvas, AT).lines) == count
    with django_assert_num_queries(11):
        assert len(analysis_of(made.office, made.cycle, AT).issues) == count


def test_the_notes_are_a_file_with_the_filter_of_the_page(client):
    made = sorted_canvas()
    enter(client, made.member)
    lines = b"".join(client.get(at(made.canvas) + "notes.csv?show=parked").streaming_content).decode().splitlines()
    author = Person.objects.get(pk=made.member.person_id).name
    assert len(lines) == 2
    assert lines[1] == f"Weaknesses,Beds,Rain,,,{author},0,0,Parked,,Not ours"
    book = load_workbook(BytesIO(b"".join(client.get(at(made.canvas) + "notes.xlsx").streaming_content)))
    assert [row[2].value for row in book.active] == ["Conclusion", "Wards are full", "Rain", "Lists grow"]
    assert client.get(at(made.canvas) + "notes.pdf").status_code == 404


# --------------------------------------------------------------------------------------------------------- writing
def test_a_canvas_is_opened_people_are_invited_and_it_is_closed(client):
    made = analysis()
    enter(client, made.office)
    where = f"/planning/cycles/{made.cycle.pk}/canvases/new/"
    data = {"kind": "pestle", "unit": made.unit.pk, "title": "Around us", "open_until": "2026-07-31", "votes": "3"}
    bad = client.post(where, {**data, "title": "What we see", "votes": "three"})
    assert (bad.status_code, "three" in text(bad), 'value="What we see"' in text(bad)) == (422, True, True)
    assert Canvas.objects.count() == 1
    assert client.post(where, data).status_code == 302
    opened = Canvas.objects.get(title="Around us")
    assert (opened.kind, opened.votes, opened.unit) == ("pestle", 3, made.unit)
    guest = factories.person("Gwen Guest")
    answer = client.post(at(opened, "invite"), {"people": "Gwen Guest; Nobody Known"})
    assert (answer.status_code, "Nobody here fits" in text(answer), "Gwen Guest; Nobody" in text(answer)) == (
        422, True, True,
    )  # fmt: skip
    assert opened.invitations.count() == 0
    assert client.post(at(opened, "invite"), {"people": "Gwen Guest"}).status_code == 302
    assert list(opened.invitations.values_list("person", flat=True)) == [guest.pk]
    client.post(at(opened, "close"))
    assert client.post(at(opened, "reopen"), {"open_until": "2026-07-01"}).status_code == 422
    opened.refresh_from_db()
    assert opened.state == "closed"
    client.post(at(opened, "reopen"), {"open_until": "2026-07-20"})
    opened.refresh_from_db()
    assert opened.state == "open"


def test_a_note_is_written_in_place_and_what_is_wrong_loses_nothing(client):
    made = analysis()
    enter(client, made.member)
    answer = client.post(at(made.canvas, "notes", "new"), {"field": "threat", "text": "", "evidence": "Ward census"})
    assert (answer.status_code, "Fill this in" in text(answer), "Ward census" in text(answer)) == (422, True, True)
    assert AnalysisNote.objects.count() == 0
    data = {"field": "threat", "text": "Rivals open", "statement": "They stay", "sure": "60", "review_on": "2027-01-01"}
    wrong = client.post(at(made.canvas, "notes", "new"), {**data, "sure": "600"})
    assert (wrong.status_code, "They stay" in text(wrong), Assumption.objects.count()) == (422, True, 0)
    done = client.post(at(made.canvas, "notes", "new"), data)
    note = AnalysisNote.objects.get()
    assert done["Location"] == f"{at(made.canvas)}#note-{note.pk}"
    assert Assumption.objects.get().carries.get().subject_id == note.subject_id
    assert "They stay" in text(client.get(at(note)))


def test_who_changes_a_note_second_sees_both_versions_and_keeps_what_was_ticked(client):
    made = analysis()
    tied = [NewAssumption(words, 50, TODAY.replace(year=2027)) for words in ("First belief", "Second belief")]
    for one in tied:
        row = NoteRow("weakness", "Wards are full", new_assumption=one)
        add_note(made.member, canvas=made.canvas, row=row, today=TODAY)
    note = AnalysisNote.objects.order_by("pk").first()
    group_notes(made.office, canvas=made.canvas, read={note.pk: 1}, group="Beds")
    enter(client, made.member)
    both = list(Assumption.objects.order_by("pk").values_list("pk", flat=True))
    data = {"field": "weakness", "text": "Wards are too full", "assumptions": both, "expected": "1"}
    answer = client.post(at(note, "edit"), data)
    assert (answer.status_code, "Somebody else was faster" in text(answer)) == (409, True)
    assert text(answer).count("checked") == 2
    note.refresh_from_db()
    assert note.text == "Wards are full"
    assert client.post(at(note, "edit"), {**data, "expected": "2"}).status_code == 302
    note.refresh_from_db()
    assert note.text == "Wards are too full"


def test_a_head_of_a_unit_below_sorts_its_canvas_and_is_not_sent_to_a_form_that_is_not_theirs(client):
    top = factories.unit()
    made = analysis(at=top)
    below = factories.unit(parent=top)
    row = CanvasRow("Saltby", made.canvas.open_until)
    mine = open_canvas(made.office, cycle=made.cycle, unit=below, kind="swot", row=row, today=TODAY)
    head = factories.member(Role.UNIT_HEAD, below)
    add_note(head, canvas=mine, row=NoteRow("threat", "Rivals open"), today=TODAY)
    for actor, offered in ((head, False), (made.office, True)):
        enter(client, actor)
        page = text(client.get(at(mine)))
        assert ("Park with a reason" in page, "Raise an issue" in page) == (True, offered)


def test_votes_are_given_and_taken_back_by_buttons(client):
    made = analysis(votes=1)
    one, two = made.note("One"), made.note("Two")
    enter(client, made.member)
    client.post(at(one, "vote"), {"vote": "give"})
    refused = client.post(at(two, "vote"), {"vote": "give"}, follow=True)
    assert "You have given all your votes on this canvas (1)" in text(refused)
    assert list(NoteVote.objects.values_list("note", flat=True)) == [one.pk]
    client.post(at(one, "vote"), {"vote": "back"})
    assert NoteVote.objects.count() == 0


def test_ticked_notes_are_named_beside_the_form_and_sorted(client):
    made = analysis()
    one, two = made.note("One"), made.note("Two")
    objective, issue = factories.strategy_map(made.unit).objectives[0], made.issue()
    enter(client, made.office)
    keys = [f"{one.pk}:1", f"{two.pk}:1"]
    asked = text(client.get(at(made.canvas, "notes", "trace"), {"notes": keys}))
    assert (asked.count('name="notes"'), "The notes" in asked) == (2, True)
    refused = client.post(at(made.canvas, "notes", "trace"), {"notes": keys})
    assert (refused.status_code, "Nothing is chosen" in text(refused), text(refused).count('name="notes"')) == (
        422, True, 2,
    )  # fmt: skip
    assert NoteTrace.objects.count() == 0
    client.post(at(made.canvas, "notes", "trace"), {"notes": keys, "issues": issue.pk, "objectives": objective.pk})
    assert NoteTrace.objects.count() == 4
    client.post(at(made.canvas, "notes", "group"), {"notes": [f"{one.pk}:2"], "group": "Beds"})
    parked = client.post(at(made.canvas, "notes", "park"), {"notes": [f"{two.pk}:2"], "reason": "Later"})
    assert (parked.status_code, "Traced already: “Two”" in text(parked), "Later" in text(parked)) == (422, True, True)
    client.post(at(two, "untrace"), {"subject": issue.subject_id})
    client.post(at(two, "untrace"), {"subject": objective.subject_id})
    client.post(at(made.canvas, "notes", "park"), {"notes": [f"{two.pk}:3"], "reason": "Later"})
    assert list(AnalysisNote.objects.order_by("pk").values_list("state", "group")) == [
        ("traced", "Beds"),
        ("parked", ""),
    ]
    client.post(at(two, "unpark"))
    two.refresh_from_db()
    assert two.state == "open"


@pytest.mark.parametrize("notes", [[], ["x"], ["1"], ["9:9:9"], ["99999999999999999999999999:1"], ["٣:1"]])
def test_notes_that_are_not_named_rightly_are_refused_in_a_sentence(client, notes):
    made = analysis()
    made.note()
    enter(client, made.office)
    answer = client.post(at(made.canvas, "notes", "park"), {"notes": notes, "reason": "Later"})
    assert answer.status_code == 422
    assert AnalysisNote.objects.get().state == "open"


def test_an_issue_is_raised_from_ticked_notes_settled_and_taken_up_again(client):
    made = analysis()
    note, head = made.note(), factories.member(Role.UNIT_HEAD, made.unit)
    objective = factories.strategy_map(made.unit).objectives[0]
    enter(client, head)
    where = f"/planning/cycles/{made.cycle.pk}/issues/new/"
    ticked = {"canvas": made.canvas.pk, "notes": f"{note.pk}:1"}
    assert "Wards are full" in text(client.get(where, ticked))
    empty = client.post(where, {**ticked, "why": "Beds are short"})
    assert (empty.status_code, "Beds are short" in text(empty), StrategicIssue.objects.count()) == (422, True, 0)
    client.post(where, {**ticked, "question": "Where do we grow?", "due_on": "2026-08-01"})
    issue = StrategicIssue.objects.get()
    assert "Wards are full" in text(client.get(at(issue)))
    client.post(at(issue, "edit"), {"question": "Where?", "objectives": objective.pk, "expected": "1"})
    assert "Reach objective 1" in text(client.get(at(issue)))
    late = client.post(at(issue, "settle"), {"answer": "At home", "on": "2026-08-01", "expected": "2"})
    assert (late.status_code, "is still to come" in text(late), "At home" in text(late)) == (422, True, True)
    client.post(
        at(issue, "settle"), {"answer": "At home", "on": "2026-07-09", "objectives": objective.pk, "expected": "2"}
    )
    assert "At home" in text(client.get(at(issue)))
    panel = text(client.get(f"/strategy/objectives/{objective.pk}/panels/origins/"))
    assert "Strategic issue it answers" in panel
    client.post(at(issue, "reopen"), {"reason": "The board asks again"})
    issue.refresh_from_db()
    assert (issue.settled_on, issue.answer) == (None, "At home")


def test_an_objective_nothing_led_to_says_nothing_of_it(client):
    made = analysis()
    objective = factories.strategy_map(made.unit).objectives[0]
    enter(client, made.member)
    assert "There is nothing to show here" in text(client.get(f"/strategy/objectives/{objective.pk}/panels/origins/"))
