"""Values in longer and in shorter periods than their own (METHOD §2)."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import FiscalCalendar, Frequency, Period, year_to_date
from scorecards.rules.aggregation import (
    Aggregated,
    Aggregation,
    Carried,
    Parts,
    Thresholds,
    aggregate,
    carried,
    carried_until,
)
from scorecards.rules.arrays import days
from scorecards.rules.scoring import Method, Polarity, ScoringInputs, score
from scorecards.rules.status import Reason, Status, status

SUM, MEAN, LAST, MIN, MAX, COUNT, RATIO = Aggregation
NONE = float("nan")
QUARTER = Period.parse("2026-Q1")
ENDS = days([month.end for month in QUARTER.parts(Frequency.MONTH)])
IN_MARCH = date(2026, 3, 20)
FEBRUARY_FALLS_DUE = date(2026, 3, 16)
MARCH_FALLS_DUE = date(2026, 4, 16)
NEVER = None


def quarter(values: list, **given) -> Parts:
    return Parts.of(ENDS, values, **given)


def only(result: Aggregated) -> tuple:
    """Value, n, m and reason of a single longer period; NaN as None."""
    value = result.value[0]
    return (None if np.isnan(value) else value, result.n[0], result.m[0], result.reason[0])


def test_to_date_takes_value_target_and_red_flag_over_the_same_parts():
    parts = quarter([90, 90, None], target=100, red_flag=80)
    result = aggregate(SUM, parts, IN_MARCH)
    assert only(result) == (180, 2, 3, None)
    assert (result.thresholds.target[0], result.thresholds.red_flag[0]) == (200, 160)
    assert not result.is_complete[0]
    scored = score(
        ScoringInputs(Method.BAND, Polarity.UP, result.value, result.thresholds.target, result.thresholds.red_flag)
    )
    assert list(scored.score) == [50]
    assert list(status(scored.score)) == [Status.WATCH]


@pytest.mark.parametrize(
    ("aggregation", "value", "target"),
    [(SUM, 90, 60), (COUNT, 90, 60), (MEAN, 30, 20), (LAST, 20, 30), (MIN, 20, 10), (MAX, 40, 30)],
)
def test_a_complete_period_joins_all_its_parts(aggregation: Aggregation, value: float, target: float):
    result = aggregate(aggregation, quarter([30, 40, 20], target=[10, 20, 30]), IN_MARCH)
    assert only(result) == (value, 3, 3, None)
    assert result.is_complete[0]
    assert result.thresholds.target[0] == target


def test_a_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators():
    parts = quarter([0.5, 0.1, None], numerator=[1, 9, None], denominator=[2, 90, None], target=[0.5, 0.04, 0.9])
    result = aggregate(RATIO, parts, IN_MARCH)
    assert only(result) == (10 / 92, 2, 3, None)
    assert (result.numerator[0], result.denominator[0]) == (10, 92)
    assert result.thresholds.target[0] == pytest.approx((0.5 * 2 + 0.04 * 90) / 92)
    assert aggregate(RATIO, parts, IN_MARCH, factor=100).value[0] == pytest.approx(1000 / 92)


def test_a_ratio_over_nothing_fails_and_says_so():
    parts = quarter([None] * 3, numerator=[1, 2, 0], denominator=0, target=[1, 2, 6])
    result = aggregate(RATIO, parts, IN_MARCH)
    assert only(result) == (None, 3, 3, Reason.CALCULATION_FAILED)
    assert result.thresholds.target[0] == 3


def test_a_ratio_that_was_given_without_its_parts_misses_an_input():
    parts = quarter([0.5, 0.4, None], numerator=[1, None, None], denominator=[2, None, None])
    assert only(aggregate(RATIO, parts, IN_MARCH)) == (None, 2, 3, Reason.INPUT_MISSING)


@pytest.mark.parametrize("aggregation", [SUM, COUNT, RATIO])
def test_a_missing_part_that_is_due_makes_totals_not_reported(aggregation: Aggregation):
    parts = quarter([90, None, None], numerator=[90, None, None], denominator=[1, None, None])
    before = aggregate(aggregation, parts, FEBRUARY_FALLS_DUE - timedelta(days=1))
    assert only(before) == (90, 1, 3, None)
    assert before.next_change_on.tolist() == [FEBRUARY_FALLS_DUE]
    after = aggregate(aggregation, parts, FEBRUARY_FALLS_DUE)
    assert only(after) == (None, 1, 3, Reason.NOT_REPORTED)
    assert after.next_change_on.tolist() == [NEVER]


@pytest.mark.parametrize(("aggregation", "value"), [(MEAN, 80), (LAST, 70), (MIN, 70), (MAX, 90)])
def test_other_values_are_shown_with_n_of_m(aggregation: Aggregation, value: float):
    result = aggregate(aggregation, quarter([90, None, 70], target=[100, 50, 60]), date(2026, 12, 31))
    assert only(result) == (value, 2, 3, None)
    assert result.thresholds.target[0] == {MEAN: 80, LAST: 60, MIN: 60, MAX: 100}[aggregation]
    assert result.next_change_on.tolist() == [NEVER]


@pytest.mark.parametrize("aggregation", Aggregation)
def test_without_any_value_a_period_is_not_due_until_its_first_part_is(aggregation: Aggregation):
    parts = quarter([None, None, None])
    early = aggregate(aggregation, parts, date(2026, 2, 15))
    assert only(early) == (None, 0, 3, Reason.NOT_DUE_YET)
    assert early.next_change_on.tolist() == [date(2026, 2, 16)]
    assert only(aggregate(aggregation, parts, date(2026, 2, 16))) == (None, 0, 3, Reason.NOT_REPORTED)


def test_a_value_for_every_part_of_no_parts_is_not_due_yet():
    nothing = Parts.of(ENDS[:0], [])
    assert only(aggregate(SUM, nothing, IN_MARCH)) == (None, 0, 0, Reason.NOT_DUE_YET)


def test_grace_days_are_a_setting():
    parts = quarter([90, None, None])
    assert only(aggregate(SUM, parts, date(2026, 3, 1), grace_days=0)) == (None, 1, 3, Reason.NOT_REPORTED)


def test_a_part_without_a_target_leaves_the_longer_period_without_one():
    result = aggregate(SUM, quarter([90, 90, 90], target=[100, None, 100], red_flag=80), IN_MARCH)
    assert np.isnan(result.thresholds.target[0])
    assert result.thresholds.red_flag[0] == 240


def test_last_takes_the_target_of_the_part_it_shows():
    result = aggregate(LAST, quarter([90, 95, None], target=[None, 100, 110]), IN_MARCH)
    assert result.thresholds.target[0] == 100


def test_own_targets_win_once_the_period_is_complete():
    own = Thresholds.of(1, target=310)
    to_date = aggregate(SUM, quarter([90, 90, None], target=100, red_flag=80), IN_MARCH, own=own)
    assert (to_date.thresholds.target[0], to_date.thresholds.red_flag[0]) == (200, 160)
    complete = aggregate(SUM, quarter([90, 90, 90], target=100, red_flag=80), IN_MARCH, own=own)
    assert complete.thresholds.target[0] == 310
    assert np.isnan(complete.thresholds.red_flag[0]), "the parts' red flag must not stand beside the year's own target"


def test_an_own_red_flag_alone_leaves_the_parts_target():
    parts = quarter([90, 90, 90], target=100, red_flag=80, lo=1, hi=2)
    result = aggregate(SUM, parts, IN_MARCH, own=Thresholds.of(1, red_flag=200, hi=9))
    assert (result.thresholds.target[0], result.thresholds.red_flag[0]) == (300, 200)
    assert (np.isnan(result.thresholds.lo[0]), result.thresholds.hi[0]) == (True, 9)


def test_year_to_date_follows_the_same_rules():
    months = year_to_date(Period.parse("2026-09", FiscalCalendar(7, "end")))
    parts = Parts.of(days([month.end for month in months]), [10, 20, 30], target=25)
    assert only(aggregate(SUM, parts, date(2026, 10, 1))) == (60, 3, 3, None)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_numbers_beyond_all_bounds_fail_and_say_so():
    assert only(aggregate(SUM, quarter([1.7e308, 1.7e308, 1]), IN_MARCH)) == (None, 3, 3, Reason.CALCULATION_FAILED)


maybe = st.one_of(st.just(NONE), st.floats(-1e6, 1e6), st.just(0.0))


@given(st.data(), st.sampled_from(Aggregation), st.dates(date(2026, 1, 1), date(2026, 6, 1)), st.integers(1, 5))
def test_many_periods_are_joined_exactly_as_one_by_one(data, aggregation, today, groups):
    column = st.lists(maybe, min_size=3 * groups, max_size=3 * groups)
    value, top, bottom, target = (np.array(data.draw(column)) for _ in range(4))
    ends = np.tile(ENDS, groups)
    group = np.repeat(np.arange(groups), 3)
    own = np.array(data.draw(st.lists(maybe, min_size=groups, max_size=groups)))
    parts = Parts.of(ends, value, numerator=top, denominator=bottom, target=target)
    many = aggregate(aggregation, parts, today, group=group, groups=groups, own=Thresholds.of(groups, target=own))
    for each in range(groups):
        rows = slice(3 * each, 3 * each + 3)
        alone = Parts.of(ENDS, value[rows], numerator=top[rows], denominator=bottom[rows], target=target[rows])
        one = aggregate(aggregation, alone, today, own=Thresholds.of(1, target=own[each]))
        assert many.value[each : each + 1].tobytes() == one.value.tobytes()
        assert many.thresholds.target[each : each + 1].tobytes() == one.thresholds.target.tobytes()
        assert (many.n[each], many.m[each], many.reason[each]) == (one.n[0], one.m[0], one.reason[0])
        assert many.next_change_on[each : each + 1].tolist() == one.next_change_on.tolist()
        assert np.isnan(one.value[0]) == (one.reason[0] is not None)


# ------------------------------------------------------- shorter periods
YEAR_OF_QUARTERS = Period.parse("FY2026").parts(Frequency.QUARTER)
MONTHS = Period.parse("FY2026").parts(Frequency.MONTH)


def by_month(values: list, today: date, months: list[Period] = MONTHS) -> Carried:
    own = YEAR_OF_QUARTERS[: len(values)]
    until = days([carried_until(period) for period in own])
    return carried(days([month.end for month in months]), days([period.end for period in own]), until, values, today)


def shown(result: Carried) -> list:
    return [each if why is None else why for each, why in zip(result.value.tolist(), result.reason, strict=True)]


def test_a_value_is_carried_from_its_own_period_until_one_more_is_over():
    result = by_month([10, 20], date(2026, 12, 31))
    assert shown(result) == [
        *[Reason.NOT_DUE_YET, Reason.NOT_DUE_YET, 10, 10, 10, 20, 20, 20, 20],
        *[Reason.STALE, Reason.STALE, Reason.STALE],
    ]
    assert result.row.tolist() == [-1, -1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


def test_a_value_may_stand_one_period_and_the_grace_days():
    assert carried_until(Period.parse("2026-Q2")) == date(2026, 10, 15)
    october = [Period.parse("2026-10")]
    last_day = by_month([10, 20], date(2026, 10, 15), october)
    assert (shown(last_day), last_day.next_change_on.tolist()) == ([20], [date(2026, 10, 16)])
    day_after = by_month([10, 20], date(2026, 10, 16), october)
    assert (shown(day_after), day_after.next_change_on.tolist()) == ([Reason.STALE], [NEVER])


def test_an_older_value_stands_in_while_the_newer_is_not_there_yet():
    assert shown(by_month([10, None], date(2026, 7, 20), [Period.parse("2026-06")])) == [10]
    assert shown(by_month([10, 20], date(2026, 7, 20), [Period.parse("2026-06")])) == [20]


def test_a_period_that_is_not_over_is_not_used():
    june = [Period.parse("2026-06")]
    running = by_month([10, 20], date(2026, 6, 30), june)
    assert (shown(running), running.next_change_on.tolist()) == ([10], [date(2026, 7, 1)])
    assert shown(by_month([10, 20], date(2026, 7, 1), june)) == [20]


def test_without_any_value_it_is_not_reported_once_the_first_is_due():
    april = [Period.parse("2026-04")]
    waiting = by_month([None, None], date(2026, 4, 15), april)
    assert (shown(waiting), waiting.next_change_on.tolist()) == ([Reason.NOT_DUE_YET], [date(2026, 4, 16)])
    assert shown(by_month([None, None], date(2026, 4, 16), april)) == [Reason.NOT_REPORTED]


def test_a_measure_without_periods_has_nothing_due():
    result = by_month([], date(2026, 4, 16), MONTHS[:2])
    assert (shown(result), result.next_change_on.tolist()) == ([Reason.NOT_DUE_YET] * 2, [NEVER] * 2)


@given(
    st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=4),
    st.dates(date(2025, 12, 1), date(2027, 6, 1)),
    st.integers(1, 200),
)
def test_the_answer_changes_on_the_day_it_says_and_not_before(values: list, today: date, ahead: int):
    now, later = by_month(values, today), by_month(values, today + timedelta(days=ahead))
    for month in range(len(MONTHS)):
        change = now.next_change_on.tolist()[month]
        assert change is None or change > today
        if change is None or change > today + timedelta(days=ahead):
            assert shown(now)[month] == shown(later)[month]


@given(st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=4), st.dates(date(2025, 12, 1), date(2027, 6, 1)))
def test_many_months_are_shown_exactly_as_one_by_one(values: list, today: date):
    together = by_month(values, today)
    alone = [by_month(values, today, [month]) for month in MONTHS]
    assert shown(together) == [shown(one)[0] for one in alone]
    assert together.next_change_on.tolist() == [one.next_change_on.tolist()[0] for one in alone]
