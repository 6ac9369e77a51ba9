"""Four eyes: what is submitted, who approves, what is returned, and that nothing counts before."""

from __future__ import annotations

from datetime import date

import pytest

from core.access import Forbidden
from core.periods import At, Period
from notifications.models import Notification
from organization.actors import actor_of
from organization.models import Person
from organization.roles import Role
from scorecards.actions import (
    ObservationRow,
    approve_submissions,
    close_period,
    record_observations,
    return_submissions,
    withdraw_submission,
)
from scorecards.models import Observation, Submission
from scorecards.queries.approving import returned_to, waiting_for
from tests import factories
from tests.factories.scorecards import TODAY, number, scorecard
from tests.scorecards.refusals import nothing_changes, refused, told

pytestmark = pytest.mark.django_db
JUNE = Period.parse("2026-06")
AT = At(JUNE, None, TODAY)


@pytest.fixture
def tree():
    return scorecard()


@pytest.fixture
def updater(tree):
    return factories.member(Role.CONTRIBUTOR, tree.unit, "Una Updater")


@pytest.fixture
def measure(tree):
    return tree.measure("A", needs_approval=True)


def submit(actor, measure, value="5", period="2026-06", **more):
    row = ObservationRow(measure.pk, Period.parse(period), number(value), **more)
    return record_observations(actor, rows=[row], today=TODAY).rows[0]


def waiting() -> Submission:
    return Submission.objects.get(state="submitted")


# ------------------------------------------------------------------------------------------------------ submitting
def test_a_value_waits_and_counts_only_when_a_second_person_has_approved_it(tree, updater, measure):
    assert submit(updater, measure, comment="counted twice").result == "submitted"
    assert not Observation.objects.exists() and tree.result(measure, "2026-06").value is None
    outcome = approve_submissions(tree.officer, submissions=[waiting()], today=TODAY)
    assert [row.result for row in outcome.rows] == ["taken"]
    row = Observation.objects.get()
    assert (row.value, row.comment, row.recorded_by_id, row.approved_by_id) == (
        5, "counted twice", updater.person_id, tree.officer.person_id,
    )  # fmt: skip
    assert tree.result(measure, "2026-06").value == 5.0
    done = Submission.objects.get()
    assert (done.state, done.decided_by_id, done.row_version) == ("approved", tree.officer.person_id, 2)


def test_a_ratio_is_submitted_with_both_numbers_and_recorded_with_them(tree, updater):
    ratio = tree.measure("R", needs_approval=True, aggregation="ratio", is_percent=True)
    row = ObservationRow(ratio.pk, JUNE, numerator=number(3), denominator=number(4))
    record_observations(updater, rows=[row], today=TODAY)
    approve_submissions(tree.officer, submissions=[waiting()], today=TODAY)
    row = Observation.objects.get()
    assert (row.value, row.numerator, row.denominator) == (75, 3, 4)


def test_forecasts_and_measures_without_four_eyes_are_recorded_at_once(tree, updater, measure):
    plain = tree.measure("B")
    assert submit(updater, plain).result == "taken"
    assert submit(updater, measure, series_kind="forecast").result == "taken"
    assert not Submission.objects.exists()


def test_another_value_takes_the_place_of_the_one_that_waits_and_the_same_is_unchanged(tree, updater, measure):
    assert [submit(updater, measure, value).result for value in ("5", "5", "7")] == [
        "submitted",
        "unchanged",
        "submitted",
    ]
    assert waiting().value == 7
    assert list(Submission.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "submitted"]


def test_who_may_approve_is_told_once_however_many_values_there_are(tree, updater, measure):
    other = tree.measure("B", needs_approval=True)
    rows = [ObservationRow(one.pk, JUNE, number(5)) for one in (measure, other)]
    record_observations(updater, rows=rows, today=TODAY)
    (line,) = Notification.objects.filter(kind="value_submitted")
    assert line.person_id == tree.officer.person_id
    assert line.text == "Una Updater submitted 2 values that wait for your approval."


def test_a_named_approver_is_told_instead_of_the_office_and_may_approve(tree, updater):
    boss = factories.person("Bea Boss")
    measure = tree.measure("A", needs_approval=True, approver=boss)
    submit(updater, measure)
    assert [line.person_id for line in Notification.objects.filter(kind="value_submitted")] == [boss.pk]
    approve_submissions(actor_of(boss, TODAY), submissions=[waiting()], today=TODAY)
    assert Observation.objects.get().approved_by_id == boss.pk


# -------------------------------------------------------------------------------------------------------- deciding
def test_nobody_approves_their_own_value(tree, measure):
    submit(tree.officer, measure)
    sentence = "You submitted the value of A yourself. A second person has to decide on it."
    with refused(sentence):
        approve_submissions(tree.officer, submissions=[waiting()], today=TODAY)
    with refused(sentence):
        return_submissions(tree.officer, submissions=[waiting()], reason="no")


def test_who_only_records_may_not_approve(tree, updater, measure):
    submit(tree.officer, measure)
    with nothing_changes(), pytest.raises(Forbidden):
        approve_submissions(updater, submissions=[waiting()], today=TODAY)


def test_a_period_that_was_closed_meanwhile_refuses_and_changes_nothing(tree, updater, measure):
    submit(updater, measure)
    close_period(tree.officer, scorecard=tree.card, period=JUNE, today=TODAY)
    with nothing_changes():
        outcome = approve_submissions(tree.officer, submissions=[waiting()], today=TODAY)
    assert told(outcome) == [(0, "refused", "Jun 2026 is closed. Ask the strategy office to open it again.")]


def test_approving_is_all_or_nothing(tree, updater, measure):
    submit(updater, measure, period="2026-05")
    submit(updater, measure, period="2026-06")
    close_period(tree.officer, scorecard=tree.card, period=JUNE, today=TODAY)
    with nothing_changes():
        outcome = approve_submissions(tree.officer, submissions=list(waiting_for(tree.officer)), today=TODAY)
    assert sorted(row.result for row in outcome.rows) == ["refused", "skipped"]


def test_what_was_decided_is_not_decided_again(tree, updater, measure):
    submit(updater, measure)
    one = waiting()
    approve_submissions(tree.officer, submissions=[one], today=TODAY)
    officer = Person.objects.get(pk=tree.officer.person_id)
    with refused(f"A is no longer waiting: it is approved, by {officer}."):
        approve_submissions(tree.officer, submissions=[one], today=TODAY)
    with refused("Choose at least one value."):
        approve_submissions(tree.officer, submissions=[], today=TODAY)


def test_returning_wants_a_reason_tells_the_author_and_stands_until_the_value_is_given_again(tree, updater, measure):
    submit(updater, measure)
    with refused("Say why you return it; the person who submitted it reads the reason."):
        return_submissions(tree.officer, submissions=[waiting()], reason=" ")
    return_submissions(tree.officer, submissions=[waiting()], reason="Saltby is missing")
    assert not Observation.objects.exists()
    (line,) = Notification.objects.filter(kind="value_returned")
    assert (line.person_id, line.text.endswith("returned 5.0 for A, Jun 2026: Saltby is missing")) == (
        updater.person_id,
        True,
    )
    assert [one.submission.reason for one in returned_to(updater, AT)] == ["Saltby is missing"]
    assert submit(updater, measure).result == "submitted"
    assert list(returned_to(updater, AT)) == []


def test_one_takes_back_ones_own_and_nobody_elses(tree, updater, measure):
    submit(updater, measure)
    with nothing_changes(), pytest.raises(Forbidden):
        withdraw_submission(tree.officer, submission=waiting())
    withdraw_submission(updater, submission=waiting())
    assert Submission.objects.get().state == "withdrawn"


# ------------------------------------------------------------------------------------------------------- conflicts
def test_who_saw_an_older_value_gets_both_and_nothing_is_changed(tree, updater):
    measure = tree.measure("B")
    submit(tree.officer, measure, "5")
    submit(tree.officer, measure, "6", comment="Saltby added")
    with nothing_changes():
        answer = submit(updater, measure, "7", expected=1)
    assert answer.result == "conflict" and "meanwhile" in answer.reason
    standing = answer.current
    assert (standing.value, standing.comment, standing.revision) == (6, "Saltby added", 2)
    assert standing.by == tree.officer.label and standing.at is not None
    assert submit(updater, measure, "7", expected=2).result == "changed"


@pytest.mark.parametrize(
    ("expected", "value", "result"), [(0, "6", "conflict"), (0, "5", "unchanged"), (1, "6", "changed")]
)
def test_the_revision_seen_is_held_against_the_one_that_stands(tree, expected, value, result):
    measure = tree.measure("B")
    submit(tree.officer, measure, "5")
    assert submit(tree.officer, measure, value, expected=expected).result == result


def test_a_submission_nobody_saw_is_a_conflict_too(tree, updater, measure):
    submit(tree.officer, measure, "5")
    answer = submit(updater, measure, "6", waiting=0)
    assert (answer.result, answer.current.value, answer.current.by) == ("conflict", 5, tree.officer.label)
    assert submit(updater, measure, "6", waiting=answer.current.waiting).result == "submitted"


def test_partial_writes_what_is_in_no_conflict(tree):
    measure = tree.measure("B")
    submit(tree.officer, measure, "5")
    rows = [
        ObservationRow(measure.pk, JUNE, number(6), expected=0),
        ObservationRow(measure.pk, Period.parse("2026-05"), number(6), expected=0),
    ]
    whole = record_observations(tree.officer, rows=rows, today=TODAY)
    assert [row.result for row in whole.rows] == ["conflict", "skipped"]
    part = record_observations(tree.officer, rows=rows, today=date(2026, 7, 9), partial=True)
    assert [row.result for row in part.rows] == ["conflict", "taken"]
