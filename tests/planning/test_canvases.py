"""Canvases: who opens, sees, fills and closes them, invitations and what they ask, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.access import Forbidden, NotVisible, can
from core.actions import Conflict, Refusal
from core.obligations import obligations
from core.periods import At, Period
from notifications.models import Notification
from organization import subjects
from organization.actions.leaving import deactivate_person
from organization.actors import actor_of
from organization.models import Person, Subject
from organization.roles import Role
from planning.actions.canvases import (
    CanvasRow,
    change_canvas,
    close_canvas,
    invite_to_canvas,
    open_canvas,
    reopen_canvas,
    say_nothing_to_add,
)
from planning.actions.notes import vote
from planning.contributions import days_of_analysis
from planning.models import Canvas, CanvasInvitation
from tests import factories
from tests.factories.organization import TODAY
from tests.planning.canvases import LAST_DAY, Analysis, analysis, cycle

pytestmark = pytest.mark.django_db
AT = At(Period.parse("2026-06"), None, TODAY)
NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
ROW = CanvasRow("Another", LAST_DAY)


def invited(made: Analysis, *people: Person) -> list[CanvasInvitation]:
    return invite_to_canvas(made.office, canvas=made.canvas, people=people, today=TODAY)


def owed(person: Person, at: At = AT) -> list[tuple[str, str, date | None]]:
    found = obligations(actor_of(person, at.today), at)
    return [(one.what, one.about, one.due_on) for one in found if one.kind == "canvas"]


# -------------------------------------------------------------------------------------------------------- opening
def test_a_canvas_is_opened_by_those_who_run_the_cycle_or_write_the_units_strategies():
    top = factories.unit()
    below = factories.unit(parent=top)
    owner = factories.person()
    found = cycle(top, owner=owner)
    who = {
        "office": factories.member(Role.SMO_OFFICER, top),
        "head below": factories.member(Role.UNIT_HEAD, below),
        "cycle's owner": actor_of(owner, TODAY),
    }
    for title, actor in who.items():
        made = open_canvas(actor, cycle=found, unit=below, kind="swot", row=CanvasRow(title, LAST_DAY), today=TODAY)
        assert (made.state, made.opened_by_id, made.votes) == ("open", actor.person_id, 5)
    with pytest.raises(Forbidden, match="Strategy office"):
        open_canvas(who["head below"], cycle=found, unit=top, kind="swot", row=ROW, today=TODAY)
    with pytest.raises(Forbidden):
        open_canvas(factories.member(Role.EXECUTIVE, top), cycle=found, unit=below, kind="swot", row=ROW, today=TODAY)
    assert Canvas.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "row", "sentence"),
    [
        ("porter", ROW, "is no kind of canvas"),
        ("swot", CanvasRow(" ", LAST_DAY), "The title is empty"),
        ("swot", CanvasRow("x" * 121, LAST_DAY), "at most 120 fit"),
        ("swot", CanvasRow("Late", TODAY - timedelta(days=1)), "8 July 2026 has passed"),
        ("swot", CanvasRow("Many", LAST_DAY, votes=51), "between 0 and 50 votes"),
        ("swot", CanvasRow("None", LAST_DAY, votes=None), "between 0 and 50 votes"),
        ("pestle", CanvasRow("What we see", LAST_DAY), "has a canvas called “What we see” already"),
    ],
)
def test_a_canvas_that_is_not_said_rightly_is_not_opened(kind, row, sentence):
    made = analysis()
    with pytest.raises(Refusal, match=sentence):
        open_canvas(made.office, cycle=made.cycle, unit=made.unit, kind=kind, row=row, today=TODAY)
    assert Canvas.objects.count() == 1


def test_a_unit_outside_the_cycle_and_a_closed_cycle_get_no_canvas():
    top = factories.unit()
    inside, outside = factories.unit(parent=top), factories.unit(parent=top)
    office = factories.member(Role.SMO_OFFICER, top)
    with pytest.raises(Refusal, match="has no part in"):
        open_canvas(office, cycle=cycle(inside), unit=outside, kind="swot", row=ROW, today=TODAY)
    over = cycle(top, closed_on=TODAY)
    with pytest.raises(Refusal, match=r"is closed\. Open the canvas in another cycle"):
        open_canvas(office, cycle=over, unit=top, kind="swot", row=ROW, today=TODAY)
    assert Canvas.objects.count() == 0


def test_a_canvas_is_changed_once_and_the_second_editor_is_told():
    made = analysis()
    change_canvas(made.office, canvas=made.canvas, row=CanvasRow("Mine", LAST_DAY), today=TODAY, expected=1)
    with pytest.raises(Conflict):
        change_canvas(made.office, canvas=made.canvas, row=CanvasRow("Theirs", LAST_DAY), today=TODAY, expected=1)
    made.canvas.refresh_from_db()
    assert (made.canvas.title, made.canvas.question, made.canvas.row_version) == ("Mine", "", 2)
    with pytest.raises(Forbidden):
        change_canvas(made.member, canvas=made.canvas, row=ROW, today=TODAY)


# --------------------------------------------------------------------------------------------------------- readers
def test_while_open_only_contributors_see_it_and_closed_everyone():
    top = factories.unit()
    made = analysis(at=factories.unit(parent=top))
    note = made.note()
    stranger, above = factories.member(Role.EMPLOYEE, top), factories.member(Role.UNIT_HEAD, top)
    auditor = factories.member(Role.AUDITOR, made.unit)
    guest = factories.person()
    invited(made, guest)
    readers = (made.office, made.member, above, actor_of(guest, TODAY))
    assert [can(who, "view", note) for who in readers] == [True] * 4
    assert [can(who, "view", row) for who in (stranger, auditor) for row in (made.canvas, note)] == [False] * 4
    assert set(Subject.objects.filter(kind__in=["canvas", "note"]).values_list("private", flat=True)) == {True}
    close_canvas(made.office, canvas=made.canvas)
    assert [can(who, "view", row) for who in (stranger, auditor) for row in (made.canvas, note)] == [True] * 4
    assert set(Subject.objects.filter(kind__in=["canvas", "note"]).values_list("private", flat=True)) == {False}
    assert subjects.differences() == []


def test_a_closed_canvas_is_opened_again_until_a_day_to_come():
    made = analysis()
    close_canvas(made.office, canvas=made.canvas)
    with pytest.raises(Refusal, match="has passed"):
        reopen_canvas(made.office, canvas=made.canvas, open_until=TODAY - timedelta(days=1), today=TODAY)
    made.canvas.refresh_from_db()
    assert made.canvas.state == "closed"
    again = reopen_canvas(made.office, canvas=made.canvas, open_until=TODAY, today=TODAY)
    assert (again.state, again.open_until, again.is_private) == ("open", TODAY, True)
    with pytest.raises(Forbidden):
        close_canvas(made.member, canvas=made.canvas)


# ----------------------------------------------------------------------------------------------------- invitations
def test_who_is_invited_gets_one_mail_with_a_link_and_owes_a_contribution(mailoutbox):
    made = analysis()
    guest, busy = factories.person("Gwen Guest"), factories.person()
    invited(made, guest)
    invited(made, guest, busy)
    assert sorted(made.canvas.invitations.values_list("person_id", flat=True)) == sorted([guest.pk, busy.pk])
    (letter,) = [one for one in mailoutbox if one.to == [guest.email]]
    assert f"/planning/canvases/{made.canvas.pk}/\n" in letter.body
    line = Notification.objects.get(person=guest)
    assert line.text == f"Please contribute to the analysis “What we see” of {made.unit}, by 31 July 2026"
    assert owed(guest) == [("Contribute to the analysis", f"What we see, {made.unit}", LAST_DAY)]


def test_a_note_a_vote_or_nothing_to_add_answers_an_invitation():
    made = analysis()
    note = made.note()
    people = [factories.person() for _one in range(4)]
    invited(made, *people)
    writer, voter, nobody, silent = [actor_of(person, TODAY) for person in people]
    made.note("We are trusted", "strength", by=writer)
    vote(voter, note=note, today=TODAY)
    say_nothing_to_add(nobody, canvas=made.canvas, today=TODAY)
    assert [(one.answer, one.answered_at is not None) for one in made.canvas.invitations.order_by("pk")] == [
        ("note", True), ("vote", True), ("nothing", True), ("", False),
    ]  # fmt: skip
    assert [owed(person) != [] for person in people] == [False, False, False, True]
    assert silent.person_id == people[3].pk
    close_canvas(made.office, canvas=made.canvas)
    assert owed(people[3]) == []


def test_the_daily_mail_names_an_invitation_on_the_days_of_the_reminder_plan():
    made = analysis()
    guest = factories.person()
    invited(made, guest)
    days = [LAST_DAY - timedelta(days=before) for before in (4, 3, 2)]
    found = [obligations(actor_of(guest, day), At(AT.period, None, day)) for day in days]
    assert [[one.is_mailed for one in day if one.kind == "canvas"] for day in found] == [[False], [True], [False]]


def test_who_opened_a_canvas_is_asked_to_close_it_when_its_last_day_has_passed():
    made = analysis()
    office = Person.objects.get(pk=made.office.person_id)
    assert owed(office) == []
    later = At(AT.period, None, LAST_DAY + timedelta(days=1))
    assert owed(office, later) == [("Close the canvas, or give it more days", f"What we see, {made.unit}", LAST_DAY)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_names_last_days_of_canvases_and_days_of_issues(count, django_assert_num_queries):
    made = analysis()
    owner = factories.person("Owen Owner")
    for number in range(count):
        made.issue(f"Question {number}?", due_on=TODAY + timedelta(days=number), owner=owner)
    made.issue("Without a day?")
    with django_assert_num_queries(2):
        found = list(days_of_analysis(made.member, AT))
    assert [(step.title, step.starts_on, step.owner, step.is_done) for step in found] == [
        ("What we see takes notes until then", LAST_DAY, str(made.unit), False),
        *((f"To be settled: Question {n}?", TODAY + timedelta(days=n), "Owen Owner", False) for n in range(count)),
    ]


def test_an_invitation_that_makes_no_sense_is_refused_and_nobody_is_told():
    made = analysis()
    gone, here = factories.person("Gone Girl"), factories.person()
    deactivate_person(factories.administrator(made.unit), person=gone, on=TODAY, now=NOON)
    gone.refresh_from_db()
    with pytest.raises(Refusal, match=r"Gone Girl left and cannot sign in\. Nobody was invited"):
        invited(made, here, gone)
    with pytest.raises(Refusal, match="Nobody is named"):
        invited(made)
    assert CanvasInvitation.objects.count() == 0
    assert not Notification.objects.filter(kind="canvas_invitation").exists()
    invited(made, here)
    with pytest.raises(Refusal, match="All of them were invited before"):
        invited(made, here)
    close_canvas(made.office, canvas=made.canvas)
    with pytest.raises(Refusal, match="is closed"):
        invited(made, factories.person())
    with pytest.raises(Forbidden):
        invite_to_canvas(made.member, canvas=made.canvas, people=[here], today=TODAY)
    with pytest.raises(NotVisible):
        say_nothing_to_add(actor_of(factories.person(), TODAY), canvas=analysis().canvas, today=TODAY)
    assert CanvasInvitation.objects.count() == 1


def test_who_was_not_invited_has_nothing_to_refuse():
    made = analysis()
    with pytest.raises(Refusal, match="You were not invited"):
        say_nothing_to_add(made.member, canvas=made.canvas, today=TODAY)
    assert CanvasInvitation.objects.count() == 0
