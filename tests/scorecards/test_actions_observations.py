"""Recording values: what is taken, corrected, refused; who may; and what the history keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from audit.actions import recording
from audit.models import Change, Event
from core.access import Forbidden
from core.periods import FiscalCalendar, Frequency, Period
from organization.actors import actor_of, system_actor
from organization.models import OrgUnit
from organization.roles import Role
from scorecards.actions import ObservationRow, close_period, record_observations, retire_measure
from scorecards.models import Observation, Series
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    return scorecard()


def row(measure, period: str = "2026-06", value: object = 5, **more: object) -> ObservationRow:
    given = None if value is None else Decimal(str(value))
    return ObservationRow(measure.pk, Period.parse(period), given, **more)


def refusal(tree: Tree, asked: ObservationRow, *, today: date = TODAY) -> str:
    """The sentence of the only row, which is refused; nothing has changed."""
    with nothing_changes():
        (found,) = record_observations(tree.officer, rows=[asked], today=today).rows
    assert found.result == "refused"
    return found.reason


# ---------------------------------------------------------------------------------------------- taken
def test_a_value_is_taken_a_correction_supersedes_it_and_the_same_again_is_unchanged(tree):
    measure = tree.measure("A")
    results = [tree.record(measure, "2026-06", value) for value in (5, 5, "5.000", 7)]
    assert results == ["taken", "unchanged", "unchanged", "changed"]
    rows = Observation.objects.filter(series__measure=measure).order_by("revision")
    assert [(r.revision, r.value, r.superseded_at is None) for r in rows] == [(1, 5, False), (2, 7, True)]
    assert rows[0].superseded_at == rows[1].recorded_at


def test_a_correction_keeps_history_and_any_moment_can_be_asked(tree):
    measure = tree.measure("A")
    for value in (5, 7, None, 9):
        tree.record(measure, "2026-06", value)
    rows = list(Observation.objects.filter(series__measure=measure).order_by("revision"))

    def known_at(moment) -> list[Decimal | None]:
        known = Observation.objects.filter(series__measure=measure, recorded_at__lte=moment)
        return [r.value for r in known.exclude(superseded_at__lte=moment)]

    assert [known_at(r.recorded_at) for r in rows] == [[5], [7], [None], [9]]


def test_a_withdrawal_makes_the_period_not_reported_again(tree):
    measure = tree.measure("A")
    tree.record(measure, "2026-05", 5)
    assert tree.result(measure, "2026-05").value == 5.0
    assert tree.record(measure, "2026-05", None) == "changed"
    result = tree.result(measure, "2026-05")
    assert (result.value, result.reason) == (None, "not_reported")
    assert tree.record(measure, "2026-05", None) == "unchanged"


def test_withdrawing_what_was_never_there_writes_nothing(tree):
    measure = tree.measure("A")
    with nothing_changes():
        assert tree.record(measure, "2026-05", None) == "unchanged"


def test_a_batch_is_one_event_and_every_fact_names_it_with_who_and_when(tree):
    a, b = tree.measure("A"), tree.measure("B")
    rows = [row(a, comment="slow month", source="ledger"), row(b, "2026-05", 6)]
    outcome = record_observations(tree.officer, rows=rows, today=TODAY)
    assert told(outcome) == [(0, "taken", ""), (1, "taken", "")]
    (event,) = Event.objects.filter(verb="record_observations")
    assert (event.actor_id, event.details) == (tree.officer.person_id, {"rows": 2})
    facts = Observation.objects.order_by("series")
    assert {(f.event_id, f.recorded_by_id) for f in facts} == {(event.pk, tree.officer.person_id)}
    assert (facts[0].comment, facts[0].source, facts[0].recorded_at) == ("slow month", "ledger", facts[1].recorded_at)
    assert not Change.objects.filter(event_id=event.pk).exists()


def test_a_comment_alone_is_a_new_revision_and_an_empty_one_takes_nothing_away(tree):
    measure = tree.measure("A")
    assert tree.record(measure, "2026-06", 5, comment="first") == "taken"
    assert tree.record(measure, "2026-06", 5) == "unchanged"
    assert tree.record(measure, "2026-06", 5, comment="second") == "changed"
    assert Observation.objects.get(superseded_at=None).comment == "second"


def test_a_ratio_is_recorded_by_its_two_numbers(tree):
    measure = tree.measure("A", aggregation="ratio", is_percent=True)
    assert tree.record(measure, "2026-06", None, numerator=Decimal(1), denominator=Decimal(3)) == "taken"
    stored = Observation.objects.get()
    assert (stored.value, stored.numerator, stored.denominator) == (Decimal("33.333333333333333"), 1, 3)


def test_a_forecast_has_a_series_of_its_own_and_moves_no_result(tree):
    measure = tree.measure("A")
    before = tree.result(measure, "2026-06").reason
    rows = [row(measure, "2026-12", 9, series_kind="forecast", series_name="spring")]
    assert record_observations(tree.officer, rows=rows, today=TODAY).count("taken") == 1
    kinds = Series.objects.filter(measure=measure).order_by("kind").values_list("kind", "name")
    assert list(kinds) == [("actual", ""), ("forecast", "spring")]
    assert tree.result(measure, "2026-06").reason == before


# ---------------------------------------------------------------------------------------------- refused
def test_a_period_of_another_frequency_is_refused(tree):
    measure = tree.measure("A", frequency="quarter")
    assert refusal(tree, row(measure, "2026-06")) == "A is measured by the quarter; Jun 2026 is not such a period."


def test_a_period_of_another_calendar_is_refused(tree):
    measure = tree.measure("A", frequency="quarter")
    foreign = Period.of(Frequency.QUARTER, date(2026, 2, 1), FiscalCalendar(2, "end"))
    asked = ObservationRow(measure.pk, foreign, Decimal(1))
    assert refusal(tree, asked) == (
        "A quarter does not begin on 2026-02-01; the one that holds this day begins on 2026-01-01."
    )


def test_a_period_that_has_not_begun_is_refused_and_the_running_one_is_not(tree):
    measure = tree.measure("A")
    assert refusal(tree, row(measure, "2026-08")) == "Aug 2026 has not begun; there is no value for it yet."
    assert tree.record(measure, "2026-07", 1) == "taken"


@pytest.mark.parametrize(("value", "sentence"), [
    ("NaN", "“NaN” is not a number. Write it with digits, for example 12.5."),
    ("Infinity", "“Infinity” is not a number. Write it with digits, for example 12.5."),
    ("-1e16", "−1e+16 cannot be computed with; give a number of at most 1e15."),
    ("1e400", "inf cannot be computed with; give a number of at most 1e15."),
])  # fmt: skip
def test_what_is_no_number_is_refused(tree, value, sentence):
    assert refusal(tree, row(tree.measure("A"), value=value)) == sentence


def test_a_yes_no_takes_1_or_0_and_a_scale_takes_the_place_of_a_word(tree):
    answer = tree.measure("A", method="yes_no")
    words = tree.measure("B", method="scale", scale={"poor": 10, "good": 90})
    assert refusal(tree, row(answer, value=2)) == "A is yes or no: give 1 for yes or 0 for no."
    sentence = "B has a scale of 2 words: give the place of one, from 1 to 2."
    assert [refusal(tree, row(words, value=v)) for v in (0, 3, 1.5)] == [sentence] * 3


def test_half_a_ratio_is_refused(tree):
    measure = tree.measure("A", aggregation="ratio")
    asked = row(measure, value=None, numerator=Decimal(1))
    assert refusal(tree, asked) == "A ratio needs both numbers, counted and out of."


def test_a_value_after_the_unit_was_closed_is_refused_and_history_stays(tree):
    measure = tree.measure("A")
    tree.record(measure, "2026-04", 1)
    with recording(system_actor("tests"), "close_unit"):
        OrgUnit.objects.filter(pk=tree.unit.pk).update(closed_on=date(2026, 5, 20))
    assert refusal(tree, row(measure, "2026-05")) == (
        f"May 2026 ends after {tree.unit.name} was closed on 2026-05-20. Values belong to its successor from then on."
    )
    assert tree.record(measure, "2026-04", 2) == "changed"


def test_a_closed_period_refuses_its_own_values_and_those_of_shorter_periods_in_it(tree):
    monthly, weekly = tree.measure("A"), tree.measure("B", frequency="week")
    tree.record(monthly, "2026-05", 1)
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-Q2"), today=TODAY)
    sentence = "Q2 2026 is closed. Ask the strategy office to open it again."
    assert refusal(tree, row(monthly, "2026-05")) == sentence
    assert refusal(tree, row(weekly, "2026-W20")) == sentence
    assert tree.record(monthly, "2026-03", 1) == "taken"


def test_two_rows_that_contradict_each_other_are_refused_and_two_that_agree_are_not(tree):
    measure = tree.measure("A")
    with nothing_changes():
        outcome = record_observations(tree.officer, rows=[row(measure), row(measure, value=6)], today=TODAY)
    assert [r.result for r in outcome.rows] == ["skipped", "refused"]
    assert outcome.refused[0].reason == f"Another row says something else for {measure.code} 2026-06."
    outcome = record_observations(tree.officer, rows=[row(measure), row(measure)], today=TODAY)
    assert [r.result for r in outcome.rows] == ["taken", "unchanged"]


def test_one_refused_row_keeps_all_from_being_written(tree):
    measure = tree.measure("A")
    rows = [row(measure, "2026-05"), row(measure, "2026-09")]
    with nothing_changes():
        outcome = record_observations(tree.officer, rows=rows, today=TODAY)
    assert told(outcome) == [
        (0, "skipped", "Nothing was written, because other rows were refused."),
        (1, "refused", "Sep 2026 has not begun; there is no value for it yet."),
    ]


def test_partial_takes_what_can_be_taken(tree):
    measure = tree.measure("A")
    rows = [row(measure, "2026-05"), row(measure, "2026-09"), ObservationRow(0, Period.parse("2026-05"), Decimal(1))]
    outcome = record_observations(tree.officer, rows=rows, today=TODAY, partial=True)
    assert [r.result for r in outcome.rows] == ["taken", "refused", "refused"]
    assert Observation.objects.count() == 1
    assert tree.result(measure, "2026-05").value == 5.0


def test_no_rows_are_no_event(tree):
    with nothing_changes():
        assert record_observations(tree.officer, rows=[], today=TODAY).rows == []


# ------------------------------------------------------------------------------------------------- rights
@pytest.mark.parametrize(("role", "may"), [
    (Role.SMO_OFFICER, True), (Role.UNIT_HEAD, True), (Role.CONTRIBUTOR, True), (Role.EXECUTIVE, False),
    (Role.EMPLOYEE, False), (Role.AUDITOR, False), (Role.ADMINISTRATOR, False),
])  # fmt: skip
def test_who_may_record_for_the_measures_of_a_branch(role, may):
    above = factories.unit()
    tree = scorecard(factories.unit(parent=above))
    actor, measure = factories.member(role, above), tree.measure("A")
    if may:
        assert record_observations(actor, rows=[row(measure)], today=TODAY).count("taken") == 1
        return
    with nothing_changes(), pytest.raises(Forbidden):
        record_observations(actor, rows=[row(measure)], today=TODAY)


def test_owner_and_updaters_may_record_without_a_role_and_a_stranger_may_not(tree):
    owner, updater, stranger = (factories.person() for _ in range(3))
    measure = tree.measure("A", owner=owner, updaters=[updater])
    for who, value in ((owner, 1), (updater, 2)):
        outcome = record_observations(actor_of(who, TODAY), rows=[row(measure, value=value)], today=TODAY)
        assert outcome.count("taken", "changed") == 1
    with nothing_changes(), pytest.raises(Forbidden):
        record_observations(actor_of(stranger, TODAY), rows=[row(measure)], today=TODAY)


def test_rows_beyond_the_actors_rights_are_refused_by_name(tree):
    mine, other = tree.measure("A"), scorecard().measure("B")
    with nothing_changes():
        outcome = record_observations(tree.officer, rows=[row(mine), row(other)], today=TODAY)
    assert told(outcome)[1] == (1, "refused", f"There is no measure {other.pk} that you may enter this for.")


def test_a_retired_measure_takes_no_more_values(tree):
    measure = tree.measure("A")
    retire_measure(tree.officer, measure=measure, today=TODAY)
    with nothing_changes(), pytest.raises(Forbidden):
        record_observations(tree.officer, rows=[row(measure, "2026-05")], today=TODAY)


def test_facts_are_never_changed_or_deleted(tree):
    tree.record(tree.measure("A"), "2026-06", 5)
    for statement in ("UPDATE scorecards_observation SET value = 6", "DELETE FROM scorecards_observation"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Observation.objects.get().value == 5


def test_the_serving_role_can_record_and_correct(tree, as_app_role):
    measure = tree.measure("A")
    assert [tree.record(measure, "2026-06", value) for value in (5, 6)] == ["taken", "changed"]
    many = [row(measure, f"{year}-{month:02d}", month) for year in (2024, 2025) for month in range(1, 13)]
    assert record_observations(tree.officer, rows=many, today=TODAY).count("taken") == 24


@pytest.mark.parametrize("change", [
    "UPDATE scorecards_observation SET value = 9 WHERE superseded_at IS NULL",
    "UPDATE scorecards_observation SET superseded_at = now(), comment = 'x' WHERE superseded_at IS NULL",
    "UPDATE scorecards_observation SET superseded_at = superseded_at + interval '1 day' WHERE revision = 1",
    "UPDATE scorecards_observation SET superseded_at = NULL WHERE revision = 1",
    "DELETE FROM scorecards_observation",
])  # fmt: skip
def test_a_stored_value_is_superseded_once_and_never_changed(change):
    tree = scorecard()
    measure = tree.measure("A")
    for value in (5, 7):
        tree.record(measure, "2026-06", value)
    before = list(Observation.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert list(Observation.objects.order_by("pk").values()) == before
