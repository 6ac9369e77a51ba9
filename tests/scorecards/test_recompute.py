"""Results follow facts: METHOD's vectors of §2, §3 and §5 through the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from audit.actions import recording
from core.periods import At, Period
from organization.actors import system_actor
from scorecards.actions import WeightRow, add_measures, set_weights
from scorecards.actions.measures import MeasureRow
from scorecards.models import Node, Result, ScorecardBands
from scorecards.queries.explanations import explanation, measure_explanation
from strategy.models import Objective
from tests.factories.scorecards import TODAY, Tree, scorecard, theme

pytestmark = pytest.mark.django_db
THIRD, TWO_THIRDS = 33.333333333, 66.666666667


def at(period: str) -> At:
    return At(Period.parse(period), None, TODAY)


def scored(
    tree: Tree, name: str, value: float | None, *, objective: int = 0, period: str = "2026-06", **values: object
):
    """A measure with T = 100 and R = 50, so that a value v scores 33⅓ + 66⅔·(v − 50)/100."""
    measure = tree.measure(name, objective=objective, **values)
    tree.target(measure, period, 100, red_flag=50)
    if value is not None:
        tree.record(measure, period, value)
    return measure


# ------------------------------------------------------------------------------------------------ roll-up
def test_weights_50_30_20_with_one_missing_give_62_5_and_explain_themselves():
    tree = scorecard()
    a = scored(tree, "A", 120, weight=Decimal(50))
    b = scored(tree, "B", 50, weight=Decimal(30))
    c = scored(tree, "C", None, weight=Decimal(20))
    assert [tree.result(m, "2026-06").score for m in (a, b, c)] == [80.0, THIRD, None]
    result = tree.result(tree.objectives[0], "2026-06")
    assert (result.score, result.coverage, result.status) == (62.5, 0.8, "watch")
    found = explanation(tree.officer, tree.node(tree.objectives[0]), at("2026-06"))
    assert (found.score, found.coverage, found.minimum_coverage) == (62.5, 0.8, 0.5)
    assert [(p.name, p.weight, p.share, p.contribution, p.is_missing, p.reason) for p in found.parts] == [
        ("A", 50.0, 0.625, 50.0, False, ""),
        ("B", 30.0, 0.375, 12.5, False, ""),
        ("C", 20.0, 0.0, 0.0, True, "not_due_yet"),
    ]


def test_coverage_reaches_down_to_measures():
    tree = scorecard(objectives=2)
    scored(tree, "A", 120)
    scored(tree, "B", None)
    scored(tree, "C", 90, objective=1)
    x, y = (tree.result(objective, "2026-06") for objective in tree.objectives)
    assert (x.score, x.coverage, y.score, y.coverage) == (80.0, 0.5, 60.0, 1.0)
    for above in (tree.objectives[0].perspective, tree.strategy, tree.unit):
        result = tree.result(above, "2026-06")
        assert (result.score, result.coverage, result.status) == (70.0, 0.75, "on_track")


def test_too_little_coverage_is_grey_and_missing_to_the_parent_and_keeps_the_number_in_its_explanation():
    tree = scorecard(objectives=2)
    scored(tree, "A", 120, weight=Decimal(4))
    scored(tree, "B", None, weight=Decimal(5))
    scored(tree, "C", 75, objective=1)
    grey = tree.result(tree.objectives[0], "2026-06")
    assert (grey.score, grey.status, grey.reason) == (None, "no_data", "too_little_coverage")
    assert grey.coverage == 0.444444444
    assert explanation(tree.officer, tree.node(tree.objectives[0]), at("2026-06")).kept_score == 80.0
    top = tree.result(tree.strategy, "2026-06")
    assert (top.score, top.coverage) == (50.0, 0.5)


def test_without_weight_a_node_is_grey_and_says_so():
    tree = scorecard()
    scored(tree, "A", 120, weight=Decimal(0))
    result = tree.result(tree.objectives[0], "2026-06")
    assert (result.score, result.status, result.reason, result.coverage) == (None, "no_data", "no_weight", 0.0)


def test_a_critical_red_keeps_its_objective_from_green_and_is_counted_up_to_the_top():
    tree = scorecard()
    scored(tree, "A", 150, weight=Decimal(9))
    critical = scored(tree, "B", 0, is_critical=True)
    assert tree.result(critical, "2026-06").status == "off_track"
    objective, top = tree.result(tree.objectives[0], "2026-06"), tree.result(tree.unit, "2026-06")
    assert (objective.score, objective.status, objective.red_inside) == (66.0, "watch", 1)
    assert (top.score, top.red_inside, tree.result(critical, "2026-06").red_inside) == (66.0, 1, 0)
    assert explanation(tree.officer, tree.node(tree.objectives[0]), at("2026-06")).is_capped is True


def test_leading_and_lagging_measures_roll_up_apart_on_an_objective():
    tree = scorecard()
    scored(tree, "A", 120, kind="leading")
    scored(tree, "B", 60, kind="lagging")
    result = tree.result(tree.objectives[0], "2026-06")
    assert (result.leading, result.lagging, result.score) == (80.0, 40.0, 60.0)
    assert tree.result(tree.strategy, "2026-06").leading is None


def test_unscored_retired_and_not_yet_started_measures_stay_outside():
    tree = scorecard()
    scored(tree, "A", 120)
    unscored = tree.measure("B", method="unscored")
    tree.record(unscored, "2026-06", 5)
    tree.measure("C", starts_on=date(2026, 7, 1))
    result = tree.result(unscored, "2026-06")
    assert (result.value, result.score, result.reason) == (5.0, None, "unscored")
    objective = tree.result(tree.objectives[0], "2026-06")
    assert (objective.score, objective.coverage) == (80.0, 1.0)
    parts = explanation(tree.officer, tree.node(tree.objectives[0]), at("2026-06")).parts
    assert [part.is_counted for part in parts] == [True, False, False]


def test_the_weight_valid_on_the_last_day_of_a_period_counts_and_history_keeps_its_own():
    tree = scorecard()
    a, b = scored(tree, "A", 120, period="2026-05"), scored(tree, "B", 60, period="2026-05")
    for measure, value in ((a, 120), (b, 60)):
        tree.target(measure, "2026-06", 100, red_flag=50)
        tree.record(measure, "2026-06", value)
    row = WeightRow(tree.node(tree.objectives[0]).pk, tree.node(a).pk, Decimal(3))
    set_weights(tree.officer, rows=[row], from_on=date(2026, 6, 15), today=TODAY)
    assert tree.result(tree.objectives[0], "2026-05").score == 60.0
    assert tree.result(tree.objectives[0], "2026-06").score == 70.0
    assert tree.result(tree.strategy, "2026-06").score == 70.0


def test_a_theme_is_a_second_view_and_feeds_nothing():
    tree = scorecard(objectives=2)
    second = theme(tree.strategy, [tree.objectives[1]])
    tree.regrow()
    scored(tree, "A", 120)
    scored(tree, "B", 60, objective=1)
    assert (tree.result(second, "2026-06").score, tree.result(tree.strategy, "2026-06").score) == (40.0, 60.0)


def test_bands_are_dated_settings_of_the_scorecard():
    tree = scorecard()
    with recording(system_actor("tests"), "set_bands"):
        ScorecardBands.objects.filter(scorecard=tree.card).update(green=85, exceeds=95, tolerance=0.5)
    measure = tree.measure("A", tolerance=None)
    tree.target(measure, "2026-06", 100)
    tree.record(measure, "2026-06", 125)
    result = tree.result(measure, "2026-06")
    assert (result.red_flag, result.score, result.status) == (50.0, 83.333333333, "watch")
    tree.record(measure, "2026-06", 150)
    assert tree.result(measure, "2026-06").status == "exceeds"


# ------------------------------------------------------------------------------------------------- scores
@pytest.mark.parametrize(("value", "score", "status"), [
    (300, 0.0, "off_track"), (500, THIRD, "watch"), (600, 50.0, "watch"), (700, TWO_THIRDS, "on_track"),
    (900, 100.0, "on_track"),
])  # fmt: skip
def test_band(value, score, status):
    tree = scorecard()
    measure = tree.measure("A")
    tree.target(measure, "2026-06", 700, red_flag=500)
    tree.record(measure, "2026-06", value)
    result = tree.result(measure, "2026-06")
    assert (result.score, result.status, result.value, result.target, result.red_flag) == (
        score, status, value, 700, 500,
    )  # fmt: skip


def test_a_red_flag_comes_from_the_measures_tolerance_then_from_the_default_which_is_marked():
    tree = scorecard()
    own, usual, points = (
        tree.measure("A", tolerance=Decimal("0.2")), tree.measure("B"), tree.measure("C", is_percent=True),
    )  # fmt: skip
    for measure in (own, usual, points):
        tree.target(measure, "2026-06", 50)
        tree.record(measure, "2026-06", 50)
    results = [tree.result(m, "2026-06") for m in (own, usual, points)]
    assert [(r.red_flag, r.score) for r in results] == [(40.0, TWO_THIRDS), (45.0, TWO_THIRDS), (40.0, TWO_THIRDS)]
    found = [measure_explanation(m, at("2026-06")).has_default_red_flag for m in (own, usual, points)]
    assert found == [False, True, True]


def test_a_target_at_the_limit_is_the_highest_and_the_measure_says_so():
    tree = scorecard()
    measure = tree.measure("A")
    tree.target(measure, "2026-06", 100, red_flag=90, stretch=100)
    tree.record(measure, "2026-06", 100)
    assert tree.result(measure, "2026-06").score == TWO_THIRDS
    assert measure_explanation(measure, at("2026-06")).note == "target_is_limit"


def test_progress_is_held_against_the_plan_from_the_baseline_to_the_target():
    tree = scorecard()
    measure = tree.measure("A", method="progress", baseline=Decimal(100), baseline_on=date(2025, 12, 31))
    tree.target(measure, "2026-12", 465)
    tree.record(measure, "2026-06", 281)
    result = tree.result(measure, "2026-06")
    assert (result.target, result.score, result.status) == (281.0, TWO_THIRDS, "on_track")
    tree.record(measure, "2026-06", 190.5)
    assert tree.result(measure, "2026-06").score == THIRD


def test_before_the_first_planned_step_progress_is_not_due_yet():
    tree = scorecard()
    measure = tree.measure("A", method="progress", baseline=Decimal(100), baseline_on=date(2026, 6, 30))
    tree.target(measure, "2026-12", 200)
    tree.record(measure, "2026-06", 100)
    result = tree.result(measure, "2026-06")
    assert (result.score, result.status, result.reason) == (None, "no_data", "not_due_yet")


@pytest.mark.parametrize(
    ("polarity", "value", "score"), [("up", 10, TWO_THIRDS), ("up", 9.9, 0.0), ("down", 10.1, 0.0)]
)
def test_meets(polarity, value, score):
    tree = scorecard()
    measure = tree.measure("A", method="meets", polarity=polarity)
    tree.target(measure, "2026-06", 10)
    tree.record(measure, "2026-06", value)
    assert tree.result(measure, "2026-06").score == score


def test_range_yes_no_and_scale():
    tree = scorecard()
    inside = tree.measure("A", method="range", polarity="inside", tolerance=Decimal(1))
    tree.target(inside, "2026-06", None, low=10, high=20)
    tree.record(inside, "2026-06", 9.5)
    answer = tree.measure("B", method="yes_no", polarity="down")
    tree.record(answer, "2026-06", 0)
    words = tree.measure("C", method="scale", scale={"poor": 20, "fair": 50, "good": 90})
    tree.record(words, "2026-06", 3)
    assert [tree.result(m, "2026-06").score for m in (inside, answer, words)] == [50.0, TWO_THIRDS, 90.0]


def test_without_a_target_a_value_is_shown_and_grey():
    tree = scorecard()
    measure = tree.measure("A")
    tree.record(measure, "2026-06", 7)
    result = tree.result(measure, "2026-06")
    assert (result.value, result.score, result.status, result.reason) == (7.0, None, "no_data", "no_target")


def test_trend_applies_the_present_target_to_both_values_and_previous_is_the_score_before():
    tree = scorecard()
    measure = tree.measure("A", polarity="down")
    for period, value in (("2026-04", 2000), ("2026-05", 1500), ("2026-06", 1490)):
        tree.target(measure, period, 1000, red_flag=1400)
        tree.record(measure, period, value)
    results = [tree.result(measure, period) for period in ("2026-04", "2026-05", "2026-06")]
    assert [(r.trend, r.previous) for r in results] == [("", None), ("better", 0.0), ("steady", 25.0)]
    assert [tree.result(tree.strategy, p).trend for p in ("2026-05", "2026-06")] == ["better", "steady"]


# --------------------------------------------------------------------------------------------- other periods
def test_a_sum_to_date_is_held_against_the_same_parts_and_is_provisional():
    """METHOD §2: T = 100, R = 80, values 90 and 90, third not yet due: 180 of 200, score 50, provisional."""
    tree = scorecard(today=date(2026, 6, 20))
    measure = tree.measure("A", aggregation="sum")
    for month in ("2026-04", "2026-05", "2026-06"):
        tree.target(measure, month, 100, red_flag=80)
    tree.record(measure, "2026-04", 90)
    tree.record(measure, "2026-05", 90)
    result = tree.result(measure, "2026-Q2")
    assert (result.value, result.target, result.red_flag, result.score) == (180.0, 200.0, 160.0, 50.0)
    assert (result.parts_present, result.parts_total, result.is_provisional) == (2, 3, True)
    assert tree.result(tree.strategy, "2026-Q2").is_provisional is True
    tree.record(measure, "2026-06", 120)
    result = tree.result(measure, "2026-Q2")
    assert (result.value, result.parts_present, result.is_provisional) == (300.0, 3, False)


def test_a_longer_period_with_a_target_of_its_own_uses_it_once_it_is_complete():
    tree = scorecard()
    measure = tree.measure("A", aggregation="sum")
    tree.target(measure, "2026-Q2", 400, red_flag=200)
    for month in ("2026-04", "2026-05", "2026-06"):
        tree.target(measure, month, 100, red_flag=80)
        tree.record(measure, month, 100)
    result = tree.result(measure, "2026-Q2")
    assert (result.target, result.red_flag, result.score) == (400.0, 200.0, 50.0)


def test_a_ratio_is_the_sum_of_numerators_by_the_sum_of_denominators():
    tree = scorecard()
    measure = tree.measure("A", aggregation="ratio", is_percent=True)
    for month, top, bottom in (("2026-04", 1, 2), ("2026-05", 0, 7), ("2026-06", 1, 1)):
        tree.record(measure, month, None, numerator=Decimal(top), denominator=Decimal(bottom))
    assert [tree.result(measure, p).value for p in ("2026-04", "2026-06", "2026-Q2")] == [50.0, 100.0, 20.0]


def test_a_denominator_of_zero_is_a_failed_calculation():
    tree = scorecard()
    measure = tree.measure("A", aggregation="ratio")
    tree.record(measure, "2026-06", None, numerator=Decimal(1), denominator=Decimal(0))
    result = tree.result(measure, "2026-06")
    assert (result.value, result.reason) == (None, "calculation_failed")


def test_a_yearly_value_is_carried_into_months_and_quarters_and_goes_stale():
    tree = scorecard()
    measure = tree.measure("A", frequency="year", grace_days=15)
    tree.target(measure, "FY2024", 100, red_flag=50)
    tree.record(measure, "FY2024", 120)
    months = [tree.result(measure, month) for month in ("2024-12", "2025-01", "2025-12", "2026-01")]
    assert [(r.value, r.score, r.is_carried, r.reason) for r in months] == [
        (120.0, 80.0, True, ""), (120.0, 80.0, True, ""), (120.0, 80.0, True, ""), (None, None, False, "stale"),
    ]  # fmt: skip
    objective = tree.result(tree.objectives[0], "2025-06")
    assert (objective.score, objective.coverage) == (80.0, 1.0)


def test_weeks_belong_to_the_month_of_their_thursday():
    tree = scorecard()
    measure = tree.measure("A", frequency="week", aggregation="sum", starts_on=date(2026, 1, 1))
    for week in ("2026-W22", "2026-W23", "2026-W24", "2026-W25", "2026-W26", "2026-W27"):
        tree.record(measure, week, 1)
    june = tree.result(measure, "2026-06")
    assert (june.value, june.parts_present, june.parts_total) == (4.0, 4, 4)


# ------------------------------------------------------------------------------------------- which there are
def test_results_reach_from_the_first_fact_to_the_period_of_today():
    tree = scorecard(starts_on=date(2026, 4, 1))
    measure = tree.measure("A")
    months = Result.objects.filter(node=tree.node(measure), frequency="month").order_by("period_start")
    assert list(months.values_list("period_start", flat=True)) == [date(2026, m, 1) for m in (4, 5, 6, 7)]
    tree.record(measure, "2026-02", 1)
    assert list(months.values_list("period_start", flat=True)) == [date(2026, m, 1) for m in (2, 3, 4, 5, 6, 7)]
    top = Result.objects.filter(node=tree.node(tree.strategy), frequency="month").order_by("period_start")
    assert [r.period_start for r in top] == [date(2026, m, 1) for m in (4, 5, 6, 7)]


def test_a_measure_without_an_objective_has_results_and_no_scorecard():
    tree = scorecard()
    measure = tree.measure("A", objective=None, method="meets")
    tree.target(measure, "2026-06", 10)
    tree.record(measure, "2026-06", 12)
    assert tree.result(measure, "2026-06").score == TWO_THIRDS
    assert tree.node(measure).scorecard is None


def test_a_measure_added_today_leaves_the_past_as_it_was():
    tree = scorecard()
    scored(tree, "A", 120)
    before = list(
        Result.objects.filter(node=tree.node(tree.strategy), frequency="month")
        .order_by("period_start")
        .values_list("score", "coverage")
    )
    row = MeasureRow(code="NEW", name="New", unit=tree.unit, objective=tree.objectives[0])
    add_measures(tree.officer, rows=[row], today=TODAY)
    after = list(
        Result.objects.filter(node=tree.node(tree.strategy), frequency="month")
        .order_by("period_start")
        .values_list("score", "coverage")
    )
    assert after == before
    assert tree.result(tree.objectives[0], "2026-07").coverage == 0.0
    assert Node.objects.filter(kind="measure").count() == 2
    assert Objective.objects.count() == 1
