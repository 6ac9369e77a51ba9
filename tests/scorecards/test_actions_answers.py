"""Answers: all or nothing, with the tasks; changing, adding and closing; and who is told of reds without one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from audit.actions import recording
from audit.models import Change
from core.access import Forbidden
from core.actions import Conflict, Refusal
from core.periods import At, Period
from notifications.models import Notification
from organization.actors import actor_of, system_actor
from organization.roles import Role
from scorecards import tasks
from scorecards.actions import (
    AnswerRow,
    ItemRow,
    add_answer_items,
    answer_measure,
    change_answer,
    close_answer,
    retire_measure,
)
from scorecards.actions.alerts import alert_reds
from scorecards.models import RedAlert
from scorecards.queries.answers import answers_panel, fact_words, standing_result
from scorecards.queries.reds import red_lines, reds_owed, unanswered_of
from strategy.models import ActionItem
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import grow

pytestmark = pytest.mark.django_db
JUNE = Period.parse("2026-06")
AT = At(JUNE, None, TODAY)
SOON = TODAY + timedelta(days=7)
ROW = AnswerRow("60 of 100", "The ward closed", Decimal("1200.50"), "eur")


@pytest.fixture
def tree():
    made = scorecard(objectives=1)
    grow(made, 4)
    return made


@pytest.fixture
def owner(tree):
    """The owner of the red measure."""
    person = factories.person("Olga Owner", home=tree.unit)
    measure = tree.measures["Measure 2"]
    measure.owner = person
    with recording(system_actor("tests"), "change_measure"):
        measure.save(update_fields=["owner"])
    return person


@pytest.fixture
def red(tree):
    return tree.measures["Measure 2"]


def answered(tree, measure, *items, row=ROW, actor=None, period=JUNE):
    given = items or (ItemRow("Open the ward", factories.person(), SOON),)
    return answer_measure(actor or tree.officer, measure=measure, period=period, answer=row, items=given, today=TODAY)


# --------------------------------------------------------------------------------------------------------- answering
def test_an_answer_and_its_tasks_are_kept_together_and_the_assignees_told(tree, red):
    first, second = factories.person("Ada"), factories.person("Ben")
    made = answered(tree, red, ItemRow(" Open it ", first, SOON), ItemRow("Staff it", second, TODAY))
    assert (made.fact, made.cause, made.cost, made.currency, made.state) == (
        "60 of 100", "The ward closed", Decimal("1200.50"), "EUR", "open",
    )  # fmt: skip
    items = {item.title: (item.assignee, item.due_on, item.about_id) for item in made.items.all()}
    assert items == {"Open it": (first, SOON, red.subject_id), "Staff it": (second, TODAY, red.subject_id)}
    assert set(Notification.objects.values_list("person__name", "kind")) == {
        ("Ada", "action_item"),
        ("Ben", "action_item"),
    }


def test_an_amber_measure_may_be_answered(tree):
    assert answered(tree, tree.measures["Measure 1"]).state == "open"


@pytest.mark.parametrize("name", ["Measure 0", "Measure 3"])
def test_what_is_on_track_or_grey_needs_no_answer(tree, name):
    words = f"{name} is neither off track nor watched in Jun 2026, so there is nothing to answer."
    item = ItemRow("Open it", factories.person(), SOON)
    with refused(words):
        answered(tree, tree.measures[name], item)


@pytest.mark.parametrize(("row", "sentence"), [
    (AnswerRow(" ", "Why"), "The fact is empty. Write something there."),
    (AnswerRow("What", ""), "The cause is empty. Write something there."),
    (AnswerRow("What", "Why", Decimal(-1), "EUR"), "The cost is below zero. Write what it costs, or leave it empty."),
    (AnswerRow("What", "Why", Decimal("NaN"), "EUR"),
        "The cost is not a number. Write it with digits, for example 12500."),
    (AnswerRow("What", "Why", Decimal("Infinity"), "EUR"),
        "The cost is not a number. Write it with digits, for example 12500."),
    (AnswerRow("What", "Why", Decimal("1e400"), "EUR"),
        "The cost has too many digits. Write an amount below 1,000,000,000,000."),
    (AnswerRow("What", "Why", Decimal(1), "euro"), "The currency has 4 characters; at most 3 fit."),
    (AnswerRow("What", "Why", Decimal(1), ""), "The currency is empty. Write something there."),
])  # fmt: skip
def test_a_bad_answer_is_refused_in_a_sentence(tree, red, row, sentence):
    item = ItemRow("Open it", factories.person(), SOON)
    with refused(sentence):
        answered(tree, red, item, row=row)


def test_a_bad_task_undoes_the_whole_answer_and_is_named(tree, red):
    gone = factories.person("Gone")
    good = ItemRow("Fine", factories.person(), SOON)
    with nothing_changes(), pytest.raises(Refusal) as late:
        answered(tree, red, good, ItemRow("Late", good.assignee, TODAY - timedelta(days=1)))
    assert (late.value.field, late.value.sentence) == (
        "item-1-due_on",
        "8 July 2026 has passed. Choose today or a later day.",
    )
    gone.is_active = False
    with nothing_changes(), pytest.raises(Refusal) as left:
        answered(tree, red, good, ItemRow("Who", gone, SOON))
    assert (left.value.field, left.value.sentence) == (
        "item-1-assignee",
        "Gone has left. Choose someone who can sign in.",
    )
    assert not ActionItem.objects.exists()


def test_an_answer_has_one_to_twenty_tasks(tree, red):
    with refused("Add at least one action: what is done, by whom and by when."):
        answer_measure(tree.officer, measure=red, period=JUNE, answer=ROW, items=[], today=TODAY)
    item = ItemRow("Much", factories.person(), SOON)
    with refused("At most 20 actions can be added at once."):
        answered(tree, red, *[item] * 21)


def test_one_open_answer_for_a_measure_and_period(tree, red):
    answered(tree, red)
    item = ItemRow("Open it", factories.person(), SOON)
    with refused("Measure 2 has an open answer for Jun 2026 already. Add your actions to it."):
        answered(tree, red, item)


def test_who_may_answer(tree, red, owner):
    answered(tree, red, actor=actor_of(owner, TODAY))
    stranger = factories.member(Role.EMPLOYEE, tree.unit)
    item = ItemRow("Open it", factories.person(), SOON)
    with nothing_changes(), pytest.raises(Forbidden):
        answered(tree, tree.measures["Measure 1"], item, actor=stranger)


# ------------------------------------------------------------------------------------------- changing, adding, closing
def test_an_answer_is_changed_and_its_history_kept(tree, red):
    made = answered(tree, red)
    change_answer(tree.officer, row=made, answer=AnswerRow("New fact", "New cause"), expected=1)
    made.refresh_from_db()
    assert (made.fact, made.cost, made.currency, made.row_version) == ("New fact", None, "", 2)
    change = Change.objects.filter(
        table="scorecards_correctiveaction", before__has_key="fact", after__fact="New fact"
    ).latest("pk")
    assert change.before["fact"] == "60 of 100"


def test_who_was_slower_is_told_and_nothing_is_lost(tree, red):
    made = answered(tree, red)
    change_answer(tree.officer, row=made, answer=AnswerRow("Mine", "Why"), expected=1)
    with nothing_changes(), pytest.raises(Conflict) as conflict:
        change_answer(tree.officer, row=made, answer=AnswerRow("Theirs", "Why"), expected=1)
    assert conflict.value.current.fact == "Mine"
    with nothing_changes(), pytest.raises(Conflict):
        close_answer(tree.officer, row=made, effect="Done", expected=1)


def test_further_tasks_are_added_all_or_none(tree, red):
    made = answered(tree, red)
    add_answer_items(tree.officer, row=made, items=[ItemRow("More", factories.person(), SOON)], today=TODAY)
    assert made.items.count() == 2
    bad = [ItemRow("Good", factories.person("P"), SOON), ItemRow("", factories.person("Q"), SOON)]
    with refused("The task is empty. Write something there."):
        add_answer_items(tree.officer, row=made, items=bad, today=TODAY)


def test_a_closed_answer_says_what_came_of_it_and_stays_as_it_is(tree, red):
    made = answered(tree, red)
    with refused("What came of it is empty. Write something there."):
        close_answer(tree.officer, row=made, effect=" ")
    closed = close_answer(tree.officer, row=made, effect="It opened", expected=1)
    assert (closed.state, closed.effect, closed.closed_by_id) == ("closed", "It opened", tree.officer.person_id)
    sentence, item = (
        "This answer is closed. Answer the newest period instead.",
        ItemRow("More", factories.person(), SOON),
    )
    with refused(sentence):
        close_answer(tree.officer, row=made, effect="Again")
    with refused(sentence):
        change_answer(tree.officer, row=made, answer=ROW)
    with refused(sentence):
        add_answer_items(tree.officer, row=made, items=[item], today=TODAY)
    panel = answers_panel(tree.officer, red, AT)
    assert [one.row.effect for one in panel.answers] == ["It opened"] and not panel.is_unanswered


# ------------------------------------------------------------------------------------------------------ reds, alerts
def test_reds_without_an_answer_are_found_with_their_days(tree, red):
    tree.target(red, "2026-05", 100, red_flag=90)
    tree.record(red, "2026-05", 50)
    (line,) = red_lines(tree.officer, AT, {})
    assert (line.measure, line.period, line.since.key, line.days, line.due_on > TODAY) == (
        red, JUNE, "2026-05", 39, True,
    )  # fmt: skip
    found = unanswered_of(tree.officer, tree.card, AT)
    assert (found.reds, found.may) == ({red.pk}, {red.pk, tree.measures["Measure 1"].pk})
    answered(tree, red)
    assert red_lines(tree.officer, AT, {}) == []
    assert unanswered_of(tree.officer, tree.card, AT).reds == frozenset()


def test_a_green_between_two_reds_begins_the_days_anew(tree, red):
    for month, value in (("2026-04", 50), ("2026-05", 120)):
        tree.target(red, month, 100, red_flag=90)
        tree.record(red, month, value)
    assert [line.since.key for line in red_lines(tree.officer, AT, {})] == ["2026-06"]


def test_an_open_answer_to_an_earlier_red_counts_a_closed_one_does_not(tree, red):
    tree.target(red, "2026-05", 100, red_flag=90)
    tree.record(red, "2026-05", 50)
    made = answered(tree, red, period=Period.parse("2026-05"))
    assert red_lines(tree.officer, AT, {}) == []
    close_answer(tree.officer, row=made, effect="Nothing")
    assert len(red_lines(tree.officer, AT, {})) == 1


def test_a_red_stands_until_the_next_value_comes(tree, red):
    july = At(Period.parse("2026-07"), None, TODAY)
    assert [line.period.key for line in red_lines(tree.officer, july, {})] == ["2026-06"]


def test_filters_and_orders_of_the_list(tree, red, owner):
    elsewhere = factories.unit("Elsewhere")
    mine = actor_of(owner, TODAY)
    assert [line.may_answer for line in red_lines(mine, AT, {"mine": True})] == [True]
    assert red_lines(tree.officer, AT, {"mine": True}) == red_lines(tree.officer, AT, {"q": "nothing"}) == []
    assert red_lines(tree.officer, AT, {"unit": elsewhere}) == []
    assert [line.measure for line in red_lines(tree.officer, AT, {"unit": tree.unit, "order": "longest"})] == [red]


def test_the_owner_owes_an_answer_until_it_is_given(tree, red, owner):
    mine = actor_of(owner, TODAY)
    assert [line.measure for line in reds_owed(mine, AT)] == [red]
    assert reds_owed(tree.officer, AT) == []
    answered(tree, red, actor=mine)
    assert reds_owed(mine, AT) == []


def test_owner_and_office_are_told_once_for_a_measure_and_period(tree, red, owner):
    clock = system_actor()
    assert alert_reds(clock, TODAY) == 1
    told = Notification.objects.filter(kind="red_unanswered")
    assert sorted(told.values_list("person_id", flat=True)) == sorted([owner.pk, tree.officer.person_id])
    line = told.first()
    assert line.text == "Measure 2 is off track in Jun 2026, and nobody has answered yet."
    assert line.url == f"/scorecards/measures/{red.pk}/?p=2026-06"
    with nothing_changes():
        assert alert_reds(clock, TODAY) == 0
    assert told.count() == 2 and RedAlert.objects.count() == 1


def test_the_clock_calls_it_with_the_day_of_the_organisation(tree, red):
    with showing.today():
        tasks.alert_reds()
    assert RedAlert.objects.get().measure == red


def test_nobody_is_told_of_what_is_answered_retired_or_on_track(tree, red):
    answered(tree, red)
    assert alert_reds(system_actor(), TODAY) == 0
    other = grow(tree, 3)[2]
    retire_measure(tree.officer, measure=other, today=TODAY, reason="Gone")
    assert alert_reds(system_actor(), TODAY) == 0


def test_the_fact_is_filled_in_from_the_figures(tree, red):
    tree.target(red, "2026-05", 100, red_flag=90)
    tree.record(red, "2026-05", 95)
    result = standing_result(red, AT)
    assert fact_words(red, result, AT) == (
        "60.0 in Jun 2026 against a target of 100.0: 40.0 worse. The status before was Watch. "
        "Getting worse: it was 95.0 in May 2026."
    )
