"""Scores and trends of measures: the vectors of METHOD §3, and what holds for all numbers."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scorecards.rules.scoring import (
    Method,
    Note,
    Polarity,
    ScoringInputs,
    Trend,
    effective_red_flag,
    met,
    outside,
    planned_value,
    red_flag_from_tolerance,
    score,
    score_band,
    score_cagr,
    score_change,
    score_meets,
    score_progress,
    score_range,
    score_scale,
    score_yes_no,
    trend,
)
from scorecards.rules.status import Reason

UP, DOWN, INSIDE = Polarity
NONE = float("nan")
INDICATORS = Path(__file__).parents[3] / "shared/data/nyc-mmr/mmr_indicators.csv"

figures = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3))
maybe_figures = st.one_of(st.just(NONE), figures)
polarities = st.sampled_from([UP, DOWN])


def about(*points: float) -> object:
    return pytest.approx(points, abs=0.005, nan_ok=True)


@pytest.mark.parametrize(
    ("polarity", "red_flag", "target", "values", "points"),
    [
        (UP, 500, 700, [300, 500, 600, 700, 900], [0, 33.33, 50, 66.67, 100]),
        (DOWN, 10, 5, [15, 10, 7.5, 5, 0], [0, 33.33, 50, 66.67, 100]),
        (UP, -5, 0, [-10, -5, 0, 5], [0, 33.33, 66.67, 100]),
    ],
)
def test_band(polarity: Polarity, red_flag: float, target: float, values: list[float], points: list[float]):
    assert list(score_band(values, target, red_flag, polarity=polarity)) == about(*points)


def test_band_rises_from_target_to_stretch():
    assert list(score_band([500, 700, 750, 800, 900], 700, 500, 800)) == about(33.33, 66.67, 83.33, 100, 100)


def test_band_with_the_target_at_the_limit_gives_no_more_than_wanted_and_says_so():
    scored = score(ScoringInputs.of(Method.BAND, UP, [95, 100, 101], target=100, red_flag=90, stretch=100))
    assert list(scored.score) == about(50, 66.67, 66.67)
    assert list(scored.note) == [Note.TARGET_IS_LIMIT] * 3


def test_progress():
    values = [90, 100, 150, 200, 225, 250]
    assert list(score_progress(values, 100, 200, 250)) == about(0, 0, 33.33, 66.67, 83.33, 100)
    assert list(score_progress([225, 250], 100, 200)) == about(66.67, 66.67)


def test_progress_downwards():
    values = [110, 100, 75, 50, 40, 25]
    assert list(score_progress(values, 100, 50, 25, DOWN)) == about(0, 0, 33.33, 66.67, 80, 100)


def test_progress_before_the_first_planned_step_is_not_due_yet():
    scored = score(ScoringInputs.of(Method.PROGRESS, UP, 150, baseline=100, planned=100, target=200))
    assert (scored.reason[0], np.isnan(scored.score[0])) == (Reason.NOT_DUE_YET, True)


def test_progress_without_a_way_to_go_has_no_target():
    scored = score(ScoringInputs.of(Method.PROGRESS, UP, 150, baseline=100, target=100, planned=[NONE, 100]))
    assert list(scored.reason) == [Reason.NO_TARGET] * 2
    assert list(scored.note) == [Note.TARGET_IS_BASELINE] * 2


def test_progress_planned_away_from_better_fails_and_says_so():
    scored = score(ScoringInputs.of(Method.PROGRESS, UP, 150, baseline=100, planned=80, target=200))
    assert (scored.reason[0], scored.note[0]) == (Reason.CALCULATION_FAILED, Note.PLAN_DISAGREES)


def test_progress_without_a_baseline_misses_an_input():
    scored = score(ScoringInputs.of(Method.PROGRESS, UP, 150, planned=120, target=200))
    assert (scored.reason[0], scored.note[0]) == (Reason.INPUT_MISSING, Note.BASELINE_MISSING)


def test_the_planned_value_is_the_ladders_or_linear_between_the_dates():
    begin, until = date(2026, 1, 1).toordinal(), date(2026, 1, 11).toordinal()
    days = [begin - 5, begin, begin + 5, until, until + 50, begin + 5]
    assert list(planned_value(100, begin, 200, until, days, [NONE] * 5 + [120])) == [100, 100, 150, 200, 200, 120]
    assert np.isnan(planned_value(100, begin, 100, until, begin + 5)).all()
    assert list(planned_value(100, begin, 200, begin, [begin - 1, begin])) == [100, 200]


def test_range():
    assert list(score_range([15, 9.5, 9, 8, 7, 20.5], 10, 20, 1)) == about(66.67, 50, 33.33, 0, 0, 50)


def test_a_range_may_be_open_on_one_side():
    assert list(score_range([1e9, 9], 10, NONE, 1)) == about(66.67, 33.33)
    assert list(score_range([-1e9, 21], NONE, 20, 1)) == about(66.67, 33.33)


@pytest.mark.parametrize(("lo", "hi", "tolerance"), [(20, 10, 1), (10, 20, 0), (10, 20, NONE)])
def test_a_range_that_is_none_fails_and_says_so(lo: float, hi: float, tolerance: float):
    scored = score(ScoringInputs.of(Method.RANGE, INSIDE, 15, lo=lo, hi=hi, tolerance=tolerance))
    assert (scored.reason[0], scored.note[0]) == (Reason.CALCULATION_FAILED, Note.RANGE_UNUSABLE)


def test_meets():
    assert list(score_meets([10, 9.9], 10)) == about(66.67, 0)
    assert list(score_meets([10, 10.1], 10, DOWN)) == about(66.67, 0)


def test_met_forgives_a_billionth():
    assert list(met([1e9 - 0.5, 1e9 - 2, 0.3 - 1e-10, NONE], [1e9, 1e9, 0.3, 1], UP)) == [True, False, True, False]
    assert list(met([0.1 + 0.2, 0.31], 0.3, DOWN)) == [True, False]


@pytest.mark.realdata
def test_meets_agrees_with_the_public_report_of_new_york_city():
    with INDICATORS.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Target.MMR"] != "NA"]
    found = {True: 0, False: 0}
    for direction, polarity in (("Up", UP), ("Down", DOWN)):
        ours = [row for row in rows if row["Desired.Direction"] == direction]
        values, targets = ([float(row[column]) for row in ours] for column in ("2023", "Target.MMR"))
        reached = (score_meets(values, targets, polarity) > 0).tolist()
        assert reached == [row["Success"] == "Met_Goal" for row in ours]
        for each in reached:
            found[each] += 1
    assert found == {True: 52, False: 37}


def test_cagr_compares_yearly_growth_with_the_growth_needed():
    # Needed: 10 % a year. Reached: 10 %, 5 %, nothing, decline.
    assert list(score_cagr([110, 105, 100, 90], 100, 121, 1, 2)) == about(66.67, 33.33, 0, 0)
    assert list(score_cagr([90, 95], 100, 81, 1, 2, DOWN)) == about(66.67, 33.33)


def test_cagr_with_the_target_reached_has_what_is_wanted():
    assert list(score_cagr([121, 500], 100, 121, 10, 2)) == about(66.67, 66.67)


@pytest.mark.parametrize(
    ("value", "baseline", "target", "elapsed"),
    [(110, 100, 120, 0.5), (-10, 100, 120, 2), (110, -100, 120, 2), (0, 100, 120, 2), (90, 100, -20, 2)],
)
def test_cagr_that_cannot_be_computed_is_scored_as_progress_and_says_so(
    value: float, baseline: float, target: float, elapsed: float
):
    polarity = UP if target > baseline else DOWN
    numbers = {"baseline": baseline, "target": target, "planned": target}
    as_cagr = score(ScoringInputs.of(Method.CAGR, polarity, value, years_elapsed=elapsed, years_allowed=3, **numbers))
    as_progress = score(ScoringInputs.of(Method.PROGRESS, polarity, value, **numbers))
    assert list(as_cagr.score) == list(as_progress.score)
    assert list(as_cagr.note) == [Note.SCORED_AS_PROGRESS]


def test_yes_no():
    assert list(score_yes_no([1, 0, 0.5, NONE])) == about(66.67, 0, NONE, NONE)
    assert list(score_yes_no([1, 0], DOWN)) == about(0, 66.67)


def test_scale_takes_the_words_place_counted_from_one():
    assert list(score_scale([1, 2, 3, 0, 4, 1.5, NONE], [0, 50, 100])) == about(0, 50, 100, NONE, NONE, NONE, NONE)


def test_unscored_has_a_value_only():
    scored = score(ScoringInputs.of(Method.UNSCORED, UP, [5, NONE], target=10))
    assert (list(scored.score), list(scored.reason)) == (about(NONE, NONE), [Reason.UNSCORED, Reason.UNSCORED])


def test_inside_is_measured_by_the_distance_from_the_range():
    assert list(outside([15, 8, 23, NONE], 10, 20)) == about(0, 2, 3, NONE)
    rows = ScoringInputs.of(Method.BAND, INSIDE, [15, 8, 24, 30], lo=10, hi=20, red_flag=4)
    assert list(score(rows).score) == about(66.67, 50, 33.33, 0)
    assert list(score(ScoringInputs.of(Method.MEETS, INSIDE, [15, 21], lo=10, hi=20)).score) == about(66.67, 0)
    towards = ScoringInputs.of(Method.PROGRESS, INSIDE, [24, 22, 15], lo=10, hi=20, baseline=24, planned=0)
    assert list(score(towards).score) == about(0, 33.33, 66.67)


def test_a_tolerance_is_relative_or_in_points():
    assert list(red_flag_from_tolerance([200, -200], 0.1, UP, is_percent=False)) == [180, -220]
    assert list(red_flag_from_tolerance(200, 0.1, DOWN, is_percent=False)) == pytest.approx([220])
    assert list(red_flag_from_tolerance([80, 0], 5, UP, is_percent=True)) == [75, -5]
    assert np.isnan(red_flag_from_tolerance([0, 10], [0.1, 0], UP, is_percent=False)).all()


def test_red_flags_come_from_the_row_the_measure_or_the_organisation():
    rows = ScoringInputs.of(
        Method.BAND,
        UP,
        95,
        target=[100, 100, 100, 0, NONE],
        red_flag=[70, NONE, NONE, NONE, NONE],
        tolerance=[0.5, 0.2, NONE, NONE, NONE],
    )
    red_flag, is_default = effective_red_flag(rows)
    assert list(red_flag) == pytest.approx([70, 80, 90, NONE, NONE], nan_ok=True)
    assert list(is_default) == [False, False, True, False, False]
    scored = score(rows)
    assert list(scored.reason) == [None, None, None, Reason.CALCULATION_FAILED, Reason.NO_TARGET]
    assert list(scored.note) == [None, None, None, Note.RED_FLAG_NEEDED, None]
    assert list(scored.has_default_red_flag) == list(is_default)


def test_the_organisation_may_set_the_usual_tolerance():
    rows = ScoringInputs.of(Method.BAND, UP, 95, target=100, default_tolerance=0.25)
    assert list(effective_red_flag(rows)[0]) == [75]
    assert list(effective_red_flag(ScoringInputs.of(Method.BAND, UP, 95, target=50, is_percent=True))[0]) == [40]


def test_a_red_flag_on_the_better_side_fails_and_says_so():
    scored = score(ScoringInputs.of(Method.BAND, UP, 95, target=100, red_flag=[110, 100]))
    assert list(scored.reason) == [Reason.CALCULATION_FAILED] * 2
    assert list(scored.note) == [Note.RED_FLAG_DISAGREES] * 2


def test_an_absent_value_is_not_reported_and_an_endless_one_fails():
    scored = score(ScoringInputs.of(Method.MEETS, UP, [None, float("inf"), float("-inf"), 5], target=[5, 5, 5, None]))
    assert list(scored.reason) == [
        Reason.NOT_REPORTED,
        Reason.CALCULATION_FAILED,
        Reason.CALCULATION_FAILED,
        Reason.NO_TARGET,
    ]


@pytest.mark.parametrize(
    ("previous", "value", "expected"),
    [
        (2000, 1500, Trend.WORSE),
        (500, 100, Trend.WORSE),
        (900, 1000, Trend.BETTER),
        (950, 956, Trend.STEADY),
        (950, 956.1, Trend.BETTER),
        (956.1, 950, Trend.WORSE),
        (NONE, 950, Trend.NONE),
        (950, NONE, Trend.NONE),
    ],
)
def test_trend_is_the_unclamped_change_of_score(previous: float, value: float, expected: Trend):
    assert list(trend(ScoringInputs.of(Method.BAND, UP, value, target=1000, red_flag=900), previous)) == [expected]


def test_trend_is_in_goodness():
    falling = ScoringInputs.of(Method.BAND, DOWN, 5, target=5, red_flag=10)
    assert list(trend(falling, 10)) == [Trend.BETTER]
    nearer = ScoringInputs.of(Method.RANGE, INSIDE, [8, 15], lo=10, hi=20, tolerance=1)
    assert list(trend(nearer, [5, 12])) == [Trend.BETTER, Trend.STEADY]


def test_a_change_is_never_beyond_100_points():
    rows = ScoringInputs.of(Method.BAND, UP, [2000, 0], target=1000, red_flag=900)
    assert list(score_change(rows, [0, 2000])) == [100, -100]


def test_progress_and_cagr_take_the_present_plan_for_both_values():
    for method in (Method.PROGRESS, Method.CAGR):
        rows = ScoringInputs.of(method, UP, 80, baseline=100, planned=200, target=300, years_elapsed=1)
        assert list(score_change(rows, 90)) == pytest.approx([-20 / 3])
        assert list(trend(rows, 90)) == [Trend.WORSE]


def test_methods_without_a_slope_take_the_change_of_score():
    assert list(trend(ScoringInputs.of(Method.MEETS, UP, [10, 12], target=10), [9, 11])) == [Trend.BETTER, Trend.STEADY]
    assert list(trend(ScoringInputs.of(Method.YES_NO, UP, [0]), 1)) == [Trend.WORSE]
    assert list(trend(ScoringInputs.of(Method.SCALE, UP, [2], scale=(0, 50)), 1)) == [Trend.BETTER]
    assert list(trend(ScoringInputs.of(Method.UNSCORED, UP, [2]), 1)) == [Trend.NONE]


@given(polarities, figures, st.floats(0.01, 1e5), st.one_of(st.just(NONE), st.floats(0, 1e5)), figures, figures)
def test_a_better_value_never_scores_less(polarity, target, width, extra, one, other):
    good = polarity.goodness
    worse, better = sorted([one, other], key=lambda value: good * value)
    pair, red_flag, stretch = [worse, better], target - good * width, target + good * extra
    rows = [
        ScoringInputs.of(Method.BAND, polarity, pair, target=target, red_flag=red_flag, stretch=stretch),
        ScoringInputs.of(Method.PROGRESS, polarity, pair, baseline=red_flag, planned=target, stretch=stretch),
        ScoringInputs.of(Method.MEETS, polarity, pair, target=target),
    ]
    for inputs in rows:
        low, high = score(inputs).score
        assert 0 <= low <= high <= 100


@given(st.floats(1, 1e5), st.floats(1.01, 5), st.floats(1, 9), st.floats(1, 9), st.floats(1, 1e6), st.floats(1, 1e6))
def test_more_growth_never_scores_less(baseline, ratio, elapsed, allowed, one, other):
    low, high = score_cagr(sorted([one, other]), baseline, baseline * ratio, elapsed, allowed)
    assert 0 <= low <= high <= 66.67


@given(figures, st.floats(0.01, 1e5), st.floats(0.01, 1e5), figures, figures)
def test_nearer_to_the_range_never_scores_less(lo, width, tolerance, one, other):
    further, nearer = sorted([one, other], key=lambda value: -outside(value, lo, lo + width)[0])
    low, high = score_range([further, nearer], lo, lo + width, tolerance)
    assert 0 <= low <= high <= 66.67


@given(polarities, figures, st.floats(0.01, 1e5))
def test_target_and_red_flag_score_exactly_their_marks(polarity, target, width):
    red_flag = target - polarity.goodness * width
    assume(abs(target - red_flag) > 1e-3)
    scored = score(ScoringInputs.of(Method.BAND, polarity, [target, red_flag], target=target, red_flag=red_flag))
    assert list(scored.score) == [66.666666667, 33.333333333]


@given(st.data(), st.sampled_from(Method), st.sampled_from(Polarity), st.integers(1, 12))
def test_many_rows_are_scored_exactly_as_one_by_one(data, method, polarity, length):
    columns = st.lists(maybe_figures, min_size=length, max_size=length)
    names = ("target", "red_flag", "stretch", "baseline", "planned", "lo", "hi", "tolerance", "years_elapsed")
    numbers = {name: data.draw(columns) for name in (*names, "years_allowed")}
    value, previous = data.draw(columns), data.draw(columns)
    together = ScoringInputs.of(method, polarity, value, scale=(0, 50, 100), **numbers)
    many, trends = score(together), trend(together, previous)
    for row in range(length):
        alone = {name: column[row] for name, column in numbers.items()}
        inputs = ScoringInputs.of(method, polarity, value[row], scale=(0, 50, 100), **alone)
        one = score(inputs)
        assert one.score.tobytes() == many.score[row : row + 1].tobytes()
        assert (one.reason[0], one.note[0]) == (many.reason[row], many.note[row])
        assert trend(inputs, previous[row])[0] == trends[row]


@pytest.mark.filterwarnings("error::RuntimeWarning")
@given(st.data(), st.sampled_from(Method), st.sampled_from(Polarity))
def test_a_row_has_a_score_or_a_reason_and_never_both(data, method, polarity):
    wild = st.one_of(st.sampled_from([float("inf"), float("-inf"), 1.7e308, -1.7e308, 0.0]), st.floats())
    names = ("target", "red_flag", "stretch", "baseline", "planned", "lo", "hi", "tolerance", "years_elapsed")
    numbers = {name: data.draw(wild) for name in (*names, "years_allowed")}
    scored = score(ScoringInputs.of(method, polarity, data.draw(wild), scale=(0, 100), **numbers))
    assert np.isnan(scored.score[0]) == (scored.reason[0] is not None)
    assert np.isnan(scored.score[0]) or 0 <= scored.score[0] <= 100
