"""Forecasts in the database: the owner's as facts, the system's kept and found outdated (METHOD §6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from core.access import Forbidden
from core.periods import At, Period
from organization.models import Person
from organization.queries import calendars
from organization.roles import Role
from scorecards.actions import (
    AnnotationRow,
    add_annotation,
    close_period,
    forecast_year_end,
    refresh_forecasts,
    retire_measure,
)
from scorecards.models import MeasureForecast, OwnerForecast
from scorecards.queries.forecasts import beaten_when_set, current_outlook, forecasts, year_targets
from scorecards.queries.forecasts.histories import stored_forecast
from tests.factories.organization import member
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, refused

pytestmark = pytest.mark.django_db
YEAR = Period.parse("FY2026")
AT = At(Period.parse("2026-06"), None, TODAY)


@pytest.fixture
def tree() -> Tree:
    return scorecard()


def months(year: int, until: int = 12) -> list[str]:
    return [f"{year}-{month:02}" for month in range(1, until + 1)]


def filled(tree: Tree, name: str = "A", step: float = 1.0, **values):
    """A measure with 18 values on a straight line to June 2026: 100, 101 … 117; and its owner."""
    owner = member(Role.CONTRIBUTOR, tree.unit)
    measure = tree.measure(name, owner=person(owner), **values)
    for place, month in enumerate([*months(2025), *months(2026, 6)]):
        tree.record(measure, month, 100 + step * place)
    return measure, owner


def person(actor):
    return Person.objects.get(pk=actor.person_id)


def say(actor, measure, value="120", probability=70, **values):
    number = None if value is None else Decimal(value)
    given = {"year": YEAR, "today": TODAY, **values}
    return forecast_year_end(actor, measure=measure, value=number, probability=probability, **given)


# ------------------------------------------------------------------------------------------------- the owner's
def test_the_owner_says_a_value_and_a_chance_and_the_target_known_then_is_kept(tree):
    measure, owner = filled(tree)
    tree.target(measure, "FY2026", 125, red_flag=110)
    row = say(owner, measure, reason=" New lists ")
    assert (row.value, row.probability, row.target, row.reason) == (120, 70, 125, "New lists")
    assert (row.revision, row.recorded_by_id) == (1, owner.person_id)
    assert Event.objects.get(pk=row.event_id).verb == "forecast_year_end"
    tree.target(measure, "FY2026", 130, red_flag=110)
    row.refresh_from_db()
    assert row.target == 125


def test_a_new_forecast_supersedes_and_the_same_again_writes_nothing(tree):
    measure, owner = filled(tree)
    tree.target(measure, "FY2026", 125, red_flag=110)
    first = say(owner, measure)
    second = say(owner, measure, value="122")
    first.refresh_from_db()
    assert (second.revision, first.superseded_at is not None) == (2, True)
    say(owner, measure, value="122")
    assert OwnerForecast.objects.count() == 2
    gone = say(owner, measure, value=None, probability=None)
    assert (gone.revision, gone.value, gone.target) == (3, None, None)


def test_the_unit_head_may_too_and_the_next_year_may_be_said(tree):
    measure, _owner = filled(tree)
    head = member(Role.UNIT_HEAD, tree.unit)
    assert say(head, measure, probability=None, year=YEAR.next()).period_start == date(2027, 1, 1)


def test_others_may_not(tree):
    measure, _owner = filled(tree)
    with nothing_changes(), pytest.raises(Forbidden):
        say(tree.officer, measure, probability=None)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"probability": 55}, "A chance is a percentage in steps of ten, from 0 to 100, not 55."),
        ({"probability": 110}, "A chance is a percentage in steps of ten, from 0 to 100, not 110."),
        ({"probability": -10}, "A chance is a percentage in steps of ten, from 0 to 100, not -10."),
        ({"value": "NaN"}, "“NaN” is not a number. Write it with digits, for example 12.5."),
        ({"value": "1e400"}, "inf cannot be computed with; give a number of at most 1e15."),
        ({"year": Period.parse("FY2025")}, "2025 cannot be forecast; choose 2026 or 2027."),
        ({"year": Period.parse("FY2028")}, "2028 cannot be forecast; choose 2026 or 2027."),
        ({"year": Period.parse("2026-Q1")}, "Q1 2026 cannot be forecast; choose 2026 or 2027."),
        ({"reason": "x" * 2001}, "A reason has at most 2000 characters."),
        ({"value": None, "probability": None},
         "Give the value you expect, the chance of meeting the target, or both."),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(tree, values, sentence):
    measure, owner = filled(tree)
    tree.target(measure, "FY2026", 125, red_flag=110)
    with refused(sentence):
        say(owner, measure, **values)


def test_no_target_no_chance(tree):
    measure, owner = filled(tree)
    with refused("There is no target for 2026, so there is no chance of meeting it. Give the value you expect alone."):
        say(owner, measure)
    assert say(owner, measure, probability=None).target is None


def test_a_range_has_no_single_target(tree):
    measure, owner = filled(tree, method="range", polarity="inside", tolerance=Decimal(1))
    with refused("A range has no single target to meet. Give the value you expect alone."):
        say(owner, measure)


def test_a_closed_year_is_refused(tree):
    measure, owner = filled(tree)
    close_period(tree.officer, scorecard=tree.card, period=YEAR, today=date(2027, 1, 2))
    with refused("2026 is closed; it can no longer be forecast."):
        say(owner, measure, probability=None)


# ------------------------------------------------------------------------------------------------ year targets
def test_the_years_own_target_wins_else_the_parts_join_as_the_values_do(tree):
    made = {}
    for aggregation in ("sum", "mean", "last"):
        made[aggregation] = tree.measure(aggregation, aggregation=aggregation)
        for place, month in enumerate(months(2026)):
            tree.target(made[aggregation], month, 10 + place, red_flag=1)
    wanted = dict.fromkeys([measure.pk for measure in made.values()], YEAR)
    found = year_targets(wanted, list(made.values()))
    assert [found[made[name].pk].value for name in made] == pytest.approx([186, 15.5, 21])
    tree.target(made["sum"], "FY2026", 200, red_flag=1)
    assert year_targets(wanted, [made["sum"]])[made["sum"].pk].value == 200
    partly = tree.measure("partly", aggregation="sum")
    tree.target(partly, "2026-01", 10, red_flag=1)
    assert year_targets({partly.pk: YEAR}, [partly])[partly.pk].value is None


def test_a_plan_counts_at_the_years_end(tree):
    plan = tree.measure("Plan", method="progress", baseline=Decimal(100), baseline_on=date(2025, 12, 31))
    tree.target(plan, "2027-12", 200)
    assert year_targets({plan.pk: YEAR}, [plan])[plan.pk].value == pytest.approx(150)


# ------------------------------------------------------------------------------------------------ the system's
def test_a_line_goes_on_to_the_year_end_and_says_its_chance(tree):
    measure, _owner = filled(tree)
    tree.target(measure, "FY2026", 122, red_flag=110)
    found = current_outlook(measure, AT)
    assert [point.key for point in found.points] == months(2026)[6:]
    assert (found.middle, found.p_met) == (pytest.approx(123), 1.0)
    assert found.n == 18


def test_a_sum_adds_what_is_done_and_a_ratio_takes_last_years_weights(tree):
    total, _owner = filled(tree, aggregation="sum")
    assert current_outlook(total, AT).middle == pytest.approx(sum(range(112, 124)))
    ratio = tree.measure("Ratio", aggregation="ratio")
    for month in [*months(2025), *months(2026, 6)]:
        weight = 90 if month == "2025-12" else 10
        tree.record(ratio, month, None, numerator=Decimal(weight if month < "2026" else 5), denominator=Decimal(weight))
    found = current_outlook(ratio, AT)
    middles = [point.middle for point in found.points]
    wanted = (6 * 0.5 * 10 + sum(middles[:5]) * 10 + middles[5] * 90) / (11 * 10 + 90)
    assert found.middle == pytest.approx(wanted, rel=1e-6)


def test_a_forecast_is_stored_used_and_found_outdated(tree):
    measure, _owner = filled(tree)
    tree.target(measure, "FY2026", 122, red_flag=110)
    assert refresh_forecasts(TODAY) == 1
    assert refresh_forecasts(TODAY) == 0
    fresh = forecasts([measure], TODAY, calendars())[measure.pk]
    assert current_outlook(measure, At(Period.parse("2026-06", calendars()), None, TODAY)) == fresh
    tree.record(measure, "2026-06", 90)
    assert stored_forecast(measure, TODAY, calendars())[1] is None
    assert current_outlook(measure, AT).middle < fresh.middle
    assert MeasureForecast.objects.get().middle == fresh.middle
    assert refresh_forecasts(TODAY) == 1
    assert MeasureForecast.objects.get().middle == current_outlook(measure, AT).middle


@pytest.mark.parametrize("change", ["target", "break", "year"])
def test_targets_breaks_and_the_year_make_it_outdated(tree, change):
    measure, _owner = filled(tree)
    refresh_forecasts(TODAY)
    day = TODAY
    if change == "target":
        tree.target(measure, "FY2026", 122, red_flag=110)
    elif change == "break":
        row = AnnotationRow(date(2026, 1, 1), "Counted anew", is_break=True)
        add_annotation(tree.officer, measure=measure, row=row, today=TODAY)
    else:
        day = date(2027, 2, 1)
    assert refresh_forecasts(day) == 1
    if change == "break":
        assert (MeasureForecast.objects.get().n, MeasureForecast.objects.get().model) == (6, "")


def test_a_retired_measure_has_no_forecast(tree):
    measure, _owner = filled(tree)
    refresh_forecasts(TODAY)
    retire_measure(tree.officer, measure=measure, today=TODAY, reason="Done")
    refresh_forecasts(TODAY)
    assert not MeasureForecast.objects.exists()


@pytest.mark.parametrize("method", ["yes_no", "scale"])
def test_words_are_not_forecast(tree, method):
    scale = {"bad": 0, "good": 100} if method == "scale" else {}
    measure = tree.measure("Words", method=method, scale=scale)
    for month in months(2025):
        tree.record(measure, month, 1)
    assert current_outlook(measure, AT).model == ""


def test_an_old_value_says_nothing_of_this_year(tree):
    measure = tree.measure("Old", starts_on=date(2023, 1, 1))
    for month in months(2023):
        tree.record(measure, month, 5)
    assert current_outlook(measure, AT).model == ""


def test_the_night_takes_as_many_statements_for_twelve_as_for_three(tree):
    def statements(count: int) -> int:
        for number in range(count):
            measure = tree.measure(f"N{count}{number}")
            for month in months(2025, 9):
                tree.record(measure, month, number)
        with CaptureQueriesContext(connection) as captured:
            assert refresh_forecasts(TODAY) == count
        return len(captured)

    assert statements(3) == statements(9) <= 8


# -------------------------------------------------------------------------------------------------- sandbagging
def test_a_target_that_the_trend_beats_already_is_flagged(tree):
    measure, _owner = filled(tree)
    tree.target(measure, "FY2026", 110, red_flag=100)
    assert beaten_when_set(measure, YEAR) == "over 99%"
    tree.target(measure, "FY2026", 140, red_flag=100)
    assert beaten_when_set(measure, YEAR) == ""


def test_what_became_known_after_the_target_was_set_does_not_count(tree):
    measure = tree.measure("Late", aggregation="last")
    tree.target(measure, "FY2026", 10, red_flag=5)
    for month in [*months(2025), *months(2026, 6)]:
        tree.record(measure, month, 50)
    assert beaten_when_set(measure, YEAR) == ""
    assert current_outlook(measure, AT).p_met == 1.0
