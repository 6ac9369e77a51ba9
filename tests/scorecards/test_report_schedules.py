"""Reports by the clock: one for each moment and reader, in the owner's name, told by mail with a link."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.actions import recording
from core.access import Forbidden
from core.actions import Conflict
from jobs.actions.schedules import open_slots
from jobs.models import Job, Outbox, ProducedFile, Schedule, Slot
from notifications.models import Notification
from organization.actors import system_actor
from organization.models import Person
from organization.roles import Role
from scorecards.actions import schedules
from scorecards.actions.schedules import Plan, add_schedule, change_schedule, period_of, run_now
from scorecards.models import Report, ReportSchedule
from strategy.models import Strategy
from tests import factories
from tests.factories.jobs import worked
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.publishing import quick_pdf, work_off  # noqa: F401
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import NOON, browser, grow, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_pdf")]
DUE = datetime(2026, 8, 5, 6, 0, tzinfo=UTC)
"""After the third working day of August."""


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=1)
    grow(made, 3)
    return made


def person(actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


def plan(*people, **values) -> Plan:
    given = {"every": "month", "on_day": 3, "on_working_day": True, "at_hour": 5, "recipients": people}
    return Plan(**{**given, **values})


@pytest.fixture
def head(tree):
    return factories.member(Role.UNIT_HEAD, tree.unit)


@pytest.fixture
def row(tree, head):
    """For the officer and a second one, and for the head: two reader keys."""
    second = factories.member(Role.SMO_OFFICER, tree.unit)
    people = [person(one) for one in (tree.officer, second, head)]
    return add_schedule(tree.officer, scorecard=tree.card, plan=plan(*people), today=TODAY)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def age(row) -> None:
    """As if it had been added long ago."""
    with recording(system_actor(), "age"):
        Schedule.objects.filter(pk=row.schedule_id).update(since=NOON - timedelta(days=60))


# ------------------------------------------------------------------------------------------------------------ the clock
def test_a_moment_makes_one_report_for_each_reader_key_however_many_clocks(row, tree, head):
    age(row)
    with at(DUE):
        (run,) = open_slots(DUE)
        assert open_slots(DUE) == [] and run.person_id == tree.officer.person_id
        assert worked(run).result["reports"] == 2
        worked(run)
        assert [job.state for job in work_off()] == ["done", "done"]
        assert open_slots(DUE + timedelta(hours=3)) == []
    assert (Slot.objects.count(), Report.objects.count(), ProducedFile.objects.count()) == (1, 2, 2)
    assert {report.content["period_key"] for report in Report.objects.all()} == {"2026-07"}
    keys = {report.reader_key for report in Report.objects.all()}
    assert keys == {tree.officer.reader_key, head.reader_key}


def test_everyone_is_told_once_by_a_line_and_a_mail_with_a_link_and_no_file(row, tree, head, settings):
    settings.EMAIL_BACKEND = "jobs.mail.OutboxBackend"
    run = run_now(tree.officer, row, now=NOON)
    worked(run)
    for job in work_off():
        worked(job)
    told = Notification.objects.filter(kind="report_ready")
    assert sorted(told.values_list("person_id", flat=True)) == sorted(row.recipients.values_list("pk", flat=True))
    mails = Outbox.objects.filter(kind="mail", payload__subject__endswith=" is ready.")
    assert mails.count() == 3
    for mail in mails:
        content = base64.b64decode(mail.payload["message"])
        assert b"/scorecards/reports/" in content and b"application/pdf" not in content


def test_two_readers_with_different_rights_get_different_files_and_only_their_own(row, tree, head):
    worked(run_now(tree.officer, row, now=NOON))
    work_off()
    mine = Report.objects.get(reader_key=tree.officer.reader_key)
    theirs = Report.objects.get(reader_key=head.reader_key)
    assert mine.file_id != theirs.file_id and theirs.ordered_by_id == tree.officer.person_id
    officer, reader = browser(tree.officer), browser(head)
    for client, own, other in ((officer, mine, theirs), (reader, theirs, mine)):
        assert client.get(f"/jobs/files/{own.file_id}/").status_code == 200
        assert client.get(f"/jobs/files/{other.file_id}/").status_code == 404
        assert client.get(f"/scorecards/reports/{own.pk}/").status_code == 200
        assert client.get(f"/scorecards/reports/{other.pk}/").status_code in {403, 404}


def test_a_second_report_of_the_same_moment_and_reader_is_refused_by_the_database(row, tree):
    worked(run_now(tree.officer, row, now=NOON))
    work_off()
    report = Report.objects.first()
    report.pk, report.file = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save(force_insert=True)


def test_who_has_left_or_may_not_see_it_any_more_is_passed_over(row, tree, head):
    with recording(system_actor(), "leave"):
        Person.objects.filter(pk=head.person_id).update(is_active=False)
    assert worked(run_now(tree.officer, row, now=NOON)).result["reports"] == 1
    with recording(system_actor(), "leave"):
        Person.objects.exclude(pk=tree.officer.person_id).update(is_active=False)
        row.recipients.remove(person(tree.officer))
    run = worked(run_now(tree.officer, row, now=NOON + timedelta(minutes=1)))
    assert (run.state, "Nobody who is to get this report" in run.problem) == ("failed", True)


def test_a_run_that_fails_is_told_to_its_owner_at_once(row, tree):
    with recording(system_actor(), "hide"):
        Strategy.objects.filter(pk=tree.strategy.pk).update(state="draft")
    other = factories.member(Role.SMO_OFFICER, factories.unit())
    with recording(system_actor(), "hand_over"):
        Schedule.objects.filter(pk=row.schedule_id).update(owner_id=other.person_id)
    row = ReportSchedule.objects.get(pk=row.pk)
    run = worked(run_now(tree.officer, row, now=NOON))
    assert run.state == "failed" and "may no longer see" in run.problem
    told = Notification.objects.get(person_id=other.person_id)
    assert told.text.startswith("Failed: ") and not Report.objects.exists()


def test_an_owner_who_has_left_makes_nothing(row, tree):
    with recording(system_actor(), "leave"):
        Person.objects.filter(pk=tree.officer.person_id).update(is_active=False)
    age(row)
    with at(DUE):
        (run,) = open_slots(DUE)
        assert worked(run).state == "failed"
    assert not Report.objects.exists()


def test_a_paused_one_is_silent_and_goes_on_without_catching_up(row, tree):
    age(row)
    schedules.pause_schedule(tree.officer, row)
    with at(DUE):
        assert open_slots(DUE) == []
    schedules.resume_schedule(tree.officer, row)
    row.schedule.refresh_from_db()
    assert row.schedule.is_active and row.schedule.since > NOON - timedelta(days=1)


@pytest.mark.parametrize(("every", "day", "expected"), [
    ("month", (2026, 8, 5), "2026-07"), ("week", (2026, 8, 5), "2026-07"), ("quarter", (2026, 8, 5), "2026-Q2"),
    ("month", (2026, 1, 1), "2025-12"), ("quarter", (2026, 1, 1), "2025-Q4"),
])  # fmt: skip
def test_a_report_is_about_the_period_that_ended_last(every, day, expected):
    assert period_of(every, datetime(*day).date()).key == expected


# ------------------------------------------------------------------------------------------------------------- refusals
@pytest.mark.parametrize(("values", "sentence"), [
    ({"every": "hour"}, "Choose every week, every month or every quarter."),
    ({"every": "week"}, "A weekly report is made on a day of the week, not on a working day."),
    ({"every": "week", "on_working_day": False, "on_day": 8}, "The day is a number from 1 to 7."),
    ({"on_day": 21}, "The day is a number from 1 to 20."),
    ({"on_day": 0}, "The day is a number from 1 to 20."),
    ({"on_working_day": False, "on_day": 32}, "The day is a number from 1 to 31."),
    ({"at_hour": 24}, "The hour is a number from 0 to 23."),
    ({"recipients": []}, "Name at least one person who gets the report."),
])  # fmt: skip
def test_a_moment_that_never_comes_is_refused(tree, values, sentence):
    with refused(sentence):
        add_schedule(tree.officer, scorecard=tree.card, plan=plan(person(tree.officer), **values), today=TODAY)
    assert not Schedule.objects.exists()


def test_people_who_could_not_read_it_are_refused(tree):
    with recording(system_actor(), "hide"):
        Strategy.objects.filter(pk=tree.strategy.pk).update(state="draft")
    stranger = person(factories.member(Role.EMPLOYEE, factories.unit()))
    with refused(f"{stranger} may not see {tree.card}."):
        add_schedule(tree.officer, scorecard=tree.card, plan=plan(stranger), today=TODAY)
    with recording(system_actor(), "leave"):
        Person.objects.filter(pk=stranger.pk).update(is_active=False)
    stranger.refresh_from_db()
    with refused(f"{stranger} has left and cannot get reports."):
        add_schedule(tree.officer, scorecard=tree.card, plan=plan(stranger), today=TODAY)


def test_only_its_owner_and_the_strategy_office_change_a_schedule(row, tree, head):
    reader = factories.member(Role.CONTRIBUTOR, tree.unit)
    with nothing_changes(), pytest.raises(Forbidden):
        add_schedule(reader, scorecard=tree.card, plan=plan(person(reader)), today=TODAY)
    for act in (schedules.pause_schedule, schedules.resume_schedule, schedules.remove_schedule):
        with nothing_changes(), pytest.raises(Forbidden):
            act(head, row)
    with nothing_changes(), pytest.raises(Forbidden):
        run_now(head, row, now=NOON)
    with nothing_changes(), pytest.raises(Forbidden):
        change_schedule(head, row, plan=plan(person(head)), today=TODAY)


def test_a_stale_change_is_a_conflict_and_a_removed_schedule_is_no_more(row, tree):
    change_schedule(tree.officer, row, plan=plan(person(tree.officer)), today=TODAY, expected=1)
    with nothing_changes(), pytest.raises(Conflict):
        change_schedule(tree.officer, row, plan=plan(person(tree.officer)), today=TODAY, expected=1)
    schedules.remove_schedule(tree.officer, row)
    row.refresh_from_db()
    age(row)
    assert row.retired_at is not None and open_slots(NOON) == []
    with pytest.raises(Forbidden):
        run_now(tree.officer, row, now=NOON)


# ---------------------------------------------------------------------------------------------------------------- pages
def test_the_page_adds_changes_pauses_runs_and_removes(tree, head):
    client, home = browser(tree.officer), f"/scorecards/{tree.card.pk}/reports/"
    fields = {"every": "month", "counts": "working", "on_day": "3", "at_hour": "7"}
    wrong = client.post(f"{home}schedule/", {**fields, "recipients": "Nobody At All"})
    assert wrong.status_code == 422 and "Nobody here fits" in text(wrong) and not ReportSchedule.objects.exists()
    names = f"{person(tree.officer).email}\n{person(head).email}"
    assert client.post(f"{home}schedule/", {**fields, "recipients": names})["Location"] == home
    made = ReportSchedule.objects.get()
    page = text(client.get(home))
    assert "Every month, on working day 3 after its end, at 07:00" in page and person(head).name in page
    at_row = f"/scorecards/schedules/{made.pk}/"
    assert person(head).name in text(client.get(f"{at_row}edit/"))
    late = {**fields, "on_day": "40", "recipients": names, "expected": "1"}
    assert "from 1 to 20" in text(client.post(f"{at_row}edit/", late))
    client.post(f"{at_row}edit/", {**fields, "on_day": "4", "recipients": names, "expected": "1"})
    stale = client.post(f"{at_row}edit/", {**fields, "on_day": "5", "recipients": names, "expected": "1"})
    assert stale.status_code == 409
    for verb, words in (("pause", "Paused"), ("resume", "working day 4"), ("run", "being made")):
        assert words in text(client.post(f"{at_row}{verb}/", follow=True))
    assert Job.objects.filter(task="scorecards.run_schedule").count() == 1
    assert "Nothing is made by the clock" in text(client.post(f"{at_row}remove/", follow=True))


def test_a_recipient_sees_the_schedule_without_buttons_and_a_stranger_nothing(row, tree, head):
    home = f"/scorecards/{tree.card.pk}/reports/"
    page = text(browser(head).get(home))
    assert "Every month" in page and "Run now" not in page
    stranger = browser(factories.member(Role.EMPLOYEE, factories.unit()))
    assert "Every month" not in text(stranger.get(home))
    for verb in ("edit", "pause", "resume", "remove", "run"):
        answer = stranger.post(f"/scorecards/schedules/{row.pk}/{verb}/")
        assert answer.status_code == 404
        assert browser(head).post(f"/scorecards/schedules/{row.pk}/{verb}/").status_code == 403


def test_the_page_takes_as_many_queries_for_many_schedules_as_for_few(row, tree, head):
    client, home = browser(tree.officer), f"/scorecards/{tree.card.pk}/reports/"
    few = showing.queries(client, home)
    for _number in range(4):
        add_schedule(tree.officer, scorecard=tree.card, plan=plan(person(head)), today=TODAY)
    assert showing.queries(client, home) == few <= 25
