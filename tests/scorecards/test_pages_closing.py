"""Closing a period, opening it again, reminding people, and what is marked afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.access import Forbidden
from core.obligations import obligations
from core.periods import At, Period
from notifications.models import Notification
from notifications.queries import digest_report
from organization.actors import actor_of
from organization.models import Person
from organization.roles import Role
from scorecards.actions import ObservationRow, close_period, record_observations, reopen_period
from scorecards.actions.reminding import remind, set_reminder_plan
from scorecards.models import Observation, PeriodLock, Reminder, ReminderPlan
from scorecards.queries.closing import closing_report
from scorecards.queries.restated import recorded_after_closing
from tests import factories
from tests.factories.scorecards import TODAY, number, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import browser, text

pytestmark = pytest.mark.django_db
JUNE = Period.parse("2026-06")
AT = At(JUNE, None, TODAY)


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    return scorecard()


@pytest.fixture
def officer(tree):
    return browser(tree.officer)


@pytest.fixture
def owner(tree):
    return factories.person("Olga Owner", home=tree.unit)


def page_of(tree, more="") -> str:
    return f"/scorecards/{tree.card.pk}/closing/{more}?p=2026-06"


def missing(tree):
    return closing_report(tree.officer, tree.card, AT).missing


# ------------------------------------------------------------------------------------------------------------ closing
def test_the_page_says_who_has_not_reported_what_waits_and_what_closing_means(tree, officer, owner):
    tree.measure("Absent", owner=owner)
    tree.measure("Nobodys")
    careful = tree.measure("Careful", needs_approval=True)
    there = tree.measure("There")
    tree.record(there, "2026-06", 5)
    row = ObservationRow(careful.pk, JUNE, number(5))
    record_observations(factories.member(Role.CONTRIBUTOR, tree.unit), rows=[row], today=TODAY)
    page = text(officer.get(page_of(tree)))
    for words in (
        "2 values are missing, 1 wait for approval",
        "Olga Owner",
        "No owner",
        "Careful, Jun 2026: 5.0",
        "2 of 4 values",
    ):
        assert words in page, words
    asked = text(officer.get(page_of(tree, "close/")))
    assert "2 values are missing and stay so" in asked and "1 value waits for approval and can then no longer" in asked
    assert not PeriodLock.objects.exists()
    done = text(officer.post(page_of(tree, "close/"), follow=True))
    assert "Jun 2026 is closed" in done and PeriodLock.objects.get().locked_by_id == tree.officer.person_id


def test_a_period_that_is_not_over_or_closed_already_is_refused_on_the_page(tree, officer):
    with nothing_changes():
        answer = officer.post(f"/scorecards/{tree.card.pk}/closing/close/?p=2026-07")
    assert answer.status_code == 422 and "Jul 2026 is not over." in text(answer)
    officer.post(page_of(tree, "close/"))
    with nothing_changes():
        assert "is closed already" in text(officer.post(page_of(tree, "close/")))


def test_opening_again_wants_a_reason_which_stands_beside_the_period(tree, officer):
    officer.post(page_of(tree, "close/"))
    with nothing_changes():
        assert officer.post(page_of(tree, "reopen/"), {"reason": ""}).status_code == 422
    done = text(officer.post(page_of(tree, "reopen/"), {"reason": "Saltby was missing"}, follow=True))
    assert "Jun 2026 is open again." in done and "Saltby was missing" in done


@pytest.mark.parametrize("more", ["close/", "reopen/", "remind/"])
def test_only_the_strategy_office_closes_opens_and_reminds(tree, more):
    tree.measure("A")
    reader = browser(factories.member(Role.UNIT_HEAD, tree.unit))
    page = text(reader.get(page_of(tree)))
    assert reader.get(page_of(tree)).status_code == 200 and "Remind" not in page.split("<main")[1].split("Reminders")[0]
    with nothing_changes():
        assert reader.post(page_of(tree, more), {"reason": "x"}).status_code == 403


# ------------------------------------------------------------------------------------------------------ after closing
def test_what_is_recorded_after_a_lock_is_marked_everywhere(tree, officer):
    late, kept = tree.measure("Late"), tree.measure("Kept")
    for measure in (late, kept):
        tree.record(measure, "2026-06", 5)
        tree.target(measure, "2026-06", 9, red_flag=1)
    close_period(tree.officer, scorecard=tree.card, period=JUNE, today=TODAY)
    url = f"/scorecards/measures/{late.pk}/"
    words = "after the period had been closed"
    assert words not in text(officer.get(url)) and words not in text(officer.get(f"/scorecards/{tree.card.pk}/"))
    reopen_period(tree.officer, scorecard=tree.card, period=JUNE, reason="wrong", today=TODAY)
    tree.record(late, "2026-06", 6)
    close_period(tree.officer, scorecard=tree.card, period=JUNE, today=TODAY)
    found = recorded_after_closing([late.pk, kept.pk], JUNE.calendar)
    series = Observation.objects.filter(series__measure=late).values_list("series_id", flat=True)[0]
    assert list(found) == [(series, "month", date(2026, 6, 1))]
    assert words in text(officer.get(url))
    card = text(officer.get(f"/scorecards/{tree.card.pk}/"))
    assert (
        card.count("smo-mark") == 2
        and '<span class="smo-mark">R</span> Recorded after the period had been closed' in card
    )
    assert words not in text(officer.get(f"/scorecards/measures/{kept.pk}/"))


def test_a_year_that_was_closed_marks_its_months(tree):
    measure = tree.measure("A")
    year = Period.parse("FY2025")
    close_period(tree.officer, scorecard=tree.card, period=year, today=TODAY)
    reopen_period(tree.officer, scorecard=tree.card, period=year, reason="wrong", today=TODAY)
    tree.record(measure, "2025-03", 5)
    tree.record(measure, "2026-03", 5)
    assert [one.period.key for one in recorded_after_closing([measure.pk], JUNE.calendar).values()] == ["2025-03"]


# --------------------------------------------------------------------------------------------------------- reminding
def test_a_person_is_reminded_once_of_all_that_is_missing_and_once_a_day(tree, officer, owner):
    for name in "ABCDE":
        tree.measure(name, owner=owner)
    done = text(officer.post(page_of(tree, "remind/"), follow=True))
    assert "1 person was reminded." in done and "reminded today" in done
    (line,) = Notification.objects.filter(kind="value_reminder")
    assert line.person == owner and line.text.endswith("asks for 5 values for Jun 2026: A, B, C and 2 more.")
    assert line.url == "/scorecards/updates/?p=2026-06" and Reminder.objects.count() == 5
    with nothing_changes():
        again = text(officer.post(page_of(tree, "remind/"), follow=True))
    assert "They were reminded today already." in again


def test_one_is_reminded_and_the_others_are_not(tree, officer, owner):
    first, second = tree.measure("A", owner=owner), tree.measure("B", owner=owner)
    officer.post(page_of(tree, "remind/"), {"one": f"{second.pk}.2026-06"})
    assert list(Reminder.objects.values_list("measure_id", flat=True)) == [second.pk]
    officer.post(page_of(tree, "remind/"))
    assert set(Reminder.objects.values_list("measure_id", flat=True)) == {first.pk, second.pk}


def test_nobody_to_remind_is_said_and_changes_nothing(tree, owner):
    with refused("Nobody is to be reminded: every value is there or excused."):
        remind(tree.officer, scorecard=tree.card, missing=[], today=TODAY)
    tree.measure("Nobodys")
    with refused("Nobody answers for Nobodys: name an owner or someone who updates it first."):
        remind(tree.officer, scorecard=tree.card, missing=missing(tree), today=TODAY)
    with nothing_changes(), pytest.raises(Forbidden):
        remind(actor_of(owner, TODAY), scorecard=tree.card, missing=missing(tree), today=TODAY)


# --------------------------------------------------------------------------------------------------------- the digest
def mailed(person: Person, today: date) -> list[str]:
    """What the daily mail of a day names of values."""
    at = At(JUNE, None, today)
    report = digest_report(actor_of(person, today), at, showing.NOON)
    return [item.about for _title, items in report.owed for item in items if item.kind == "value"]


def test_the_daily_mail_names_a_value_three_days_before_and_one_and_seven_after(tree, owner):
    tree.measure("A", owner=owner)
    due = JUNE.end + timedelta(days=15)
    days = [day for day in range(-14, 12) if mailed(owner, due + timedelta(days=day))]
    assert days == [-3, 1, 7]
    owed = obligations(actor_of(owner, TODAY), AT)
    assert [item.kind for item in owed] == ["value"], "My work lists it every day"


def test_nothing_is_named_that_is_done_or_waits_for_approval(tree, owner):
    done, waits = tree.measure("A", owner=owner), tree.measure("B", owner=owner, needs_approval=True)
    day = JUNE.end + timedelta(days=12)
    assert sorted(mailed(owner, day)) == ["A", "B"]
    tree.record(done, "2026-06", 5)
    tree.record(waits, "2026-06", 5)
    assert mailed(owner, day) == []


def test_the_days_are_a_setting_of_the_organisation(tree, officer, owner):
    tree.measure("A", owner=owner)
    page = text(officer.get("/scorecards/reminders/"))
    assert 'value="3"' in page and 'value="1, 7"' in page
    officer.post("/scorecards/reminders/", {"before": "5; 2", "after": ""})
    plan = ReminderPlan.objects.get()
    assert (plan.days_before, plan.days_after) == ([2, 5], [])
    due = JUNE.end + timedelta(days=15)
    assert [day for day in range(-14, 12) if mailed(owner, due + timedelta(days=day))] == [-5, -2]


@pytest.mark.parametrize(
    "given", [{"before": "x"}, {"before": "61"}, {"before": "-1"}, {"after": "1,2,3,4,5,6,7,8,9,10,11"}]
)
def test_days_that_are_none_are_refused(tree, officer, given):
    with nothing_changes():
        assert officer.post("/scorecards/reminders/", given).status_code == 422


def test_a_plan_somebody_else_changed_meanwhile_shows_both(tree, officer):
    officer.post("/scorecards/reminders/", {"before": "3", "after": "1"})
    with nothing_changes():
        answer = officer.post("/scorecards/reminders/", {"before": "9", "after": "1", "expected": "1"})
    assert answer.status_code == 409


def test_who_may_not_change_the_plan_changes_nothing(tree, owner):
    with nothing_changes(), pytest.raises(Forbidden):
        set_reminder_plan(actor_of(owner, TODAY), before=[1], after=[], expected=None)
    reader = browser(actor_of(owner, TODAY))
    assert reader.get("/scorecards/reminders/").status_code == 403
    with nothing_changes():
        assert reader.post("/scorecards/reminders/", {"before": "1"}).status_code == 403


# ----------------------------------------------------------------------------------------------- the page of a measure
def test_the_form_of_a_measure_shows_both_values_to_the_second_writer(tree, officer):
    measure = tree.measure("A")
    url = f"/scorecards/measures/{measure.pk}/record/"
    assert 'value="2026-07=0.0 2026-06=0.0' in text(officer.get(f"/scorecards/measures/{measure.pk}/"))
    tree.record(measure, "2026-06", 5)
    given = {"period": "2026-06", "value": "7", "comment": "", "seen": "2026-07=0.0 2026-06=0.0"}
    with nothing_changes():
        answer = officer.post(url, given)
    page = text(answer)
    assert answer.status_code == 409 and "saved 5.0 meanwhile" in page and "2026-07=0.0 2026-06=1.0" in page
    assert officer.post(url, {**given, "seen": "2026-06=1.0"}).status_code == 302
    assert Observation.objects.get(superseded_at=None).value == 7


def test_the_form_of_a_measure_with_four_eyes_says_that_it_waits(tree, officer):
    measure = tree.measure("A", needs_approval=True)
    given = {"period": "2026-06", "value": "7", "comment": ""}
    page = text(officer.post(f"/scorecards/measures/{measure.pk}/record/", given, follow=True))
    assert "Submitted for Jun 2026. It counts when a second person has approved it." in page
