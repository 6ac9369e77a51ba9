"""Calculated measures: their values follow from facts of others, inside every write (METHOD §2, §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from organization.queries import calendars
from scorecards.actions import change_measure, rebuild, tick
from scorecards.actions.recompute import hold
from scorecards.models import FormulaInput, Measure, Observation, Result
from tests.factories.scorecards import TODAY, Tree, scorecard

pytestmark = pytest.mark.django_db


def calculated(tree: Tree, name: str, expression: str, **values: Any) -> Measure:
    """A measure whose formula names others by their names in the tree, in braces."""
    codes = {key: measure.code for key, measure in tree.measures.items()}
    return tree.measure(name, expression=expression.format(**codes), **{"method": "meets", **values})


def inputs(tree: Tree, **values: Any) -> tuple[Measure, Measure]:
    return tree.measure("A", **values), tree.measure("B", **values)


def values(tree: Tree, measure: Measure, *periods: str) -> list[Any]:
    """Value, or the reason why there is none."""
    found = [tree.result(measure, period) for period in periods]
    return [each.reason if each.value is None else each.value for each in found]


def rebuilt(tree: Tree) -> None:
    done = rebuild(tree.today)
    assert (done.changed, done.gone) == (0, 0)


def test_values_follow_from_the_facts_of_the_inputs_and_are_scored():
    tree = scorecard()
    a, b = inputs(tree)
    made = calculated(tree, "C", "{A} ÷ {B}")
    tree.target(made, "2026-06", 2)
    tree.record(a, "2026-06", 10)
    assert values(tree, made, "2026-05", "2026-06") == ["input_missing", "input_missing"]
    tree.record(b, "2026-06", 4)
    result = tree.result(made, "2026-06")
    assert (result.value, result.score, result.status) == (2.5, pytest.approx(200 / 3), "on_track")
    tree.record(b, "2026-06", 8)
    assert (tree.result(made, "2026-06").value, tree.result(made, "2026-06").score) == (1.25, 0.0)
    assert not Observation.objects.filter(series__measure=made).exists()
    rebuilt(tree)


def test_a_failed_calculation_and_a_withdrawn_input_are_grey_and_say_why():
    tree = scorecard()
    a, b = inputs(tree)
    made = calculated(tree, "C", "{A} ÷ {B}")
    tree.record(a, "2026-06", 10)
    tree.record(b, "2026-06", 0)
    assert values(tree, made, "2026-06", "2026-Q2") == ["calculation_failed", "calculation_failed"]
    tree.record(b, "2026-06", None)
    assert values(tree, made, "2026-06", "2026-Q2") == ["input_missing", "input_missing"]
    tree.record(b, "2026-06", 5)
    assert values(tree, made, "2026-06", "2026-Q2") == [2.0, 2.0]


def test_a_chain_is_computed_in_order_whatever_the_ids():
    tree = scorecard()
    a, b = inputs(tree)
    third = calculated(tree, "D", "{A} + 1")
    second = calculated(tree, "C", "{A} × {B}")
    change_measure(tree.officer, measure=third, values={"expression": f"{second.code} + 1"}, expected=None, today=TODAY)
    tree.record(a, "2026-06", 3)
    tree.record(b, "2026-06", 4)
    assert values(tree, second, "2026-06") + values(tree, third, "2026-06") == [12.0, 13.0]
    assert set(FormulaInput.objects.filter(measure=third).values_list("input", flat=True)) == {second.pk}
    rebuilt(tree)


def test_previous_reaches_the_next_period_and_to_date_the_rest_of_the_year():
    tree = scorecard()
    a = tree.measure("A", aggregation="sum")
    change, so_far = calculated(tree, "C", "{A} − previous({A})"), calculated(tree, "D", "ytd({A})")
    for month in range(1, 7):
        tree.record(a, f"2026-0{month}", 10 * month)
    assert values(tree, change, "2026-01", "2026-02", "2026-06") == ["input_missing", 10.0, 10.0]
    assert values(tree, so_far, "2026-01", "2026-03", "2026-06") == [10.0, 60.0, 210.0]
    tree.record(a, "2026-02", 50)
    assert values(tree, change, "2026-02", "2026-03") == [40.0, -20.0]
    assert values(tree, so_far, "2026-01", "2026-02", "2026-06") == [10.0, 60.0, 240.0]
    tree.record(a, "2026-02", None)
    assert values(tree, so_far, "2026-01", "2026-02", "2026-06") == [10.0, "input_missing", "input_missing"]
    rebuilt(tree)


def test_a_chain_that_looks_back_reads_over_the_turn_of_the_year():
    tree = scorecard()
    a = tree.measure("A", aggregation="sum")
    calculated(tree, "C", "previous({A})")
    calculated(tree, "D", "previous({C})")
    last = calculated(tree, "E", "previous({D}) + 0 × ytd({A})")
    for month in ("2025-10", "2025-11", "2025-12", "2026-01"):
        tree.record(a, month, 7 if month == "2025-10" else 1)
    assert values(tree, last, "2026-01") == [7.0]
    tree.record(a, "2025-10", 9)
    assert values(tree, last, "2026-01") == [9.0]
    rebuilt(tree)


def test_mean_of_present_does_without_what_is_missing():
    tree = scorecard()
    a, _b = inputs(tree)
    lenient, strict = calculated(tree, "C", "mean_of_present({A}, {B})"), calculated(tree, "D", "mean({A}, {B})")
    tree.record(a, "2026-06", 3)
    assert values(tree, lenient, "2026-06") + values(tree, strict, "2026-06") == [3.0, "input_missing"]


def test_a_ratio_over_time_divides_sums_and_a_mean_of_months_is_not_it():
    tree = scorecard()
    a, b = inputs(tree, aggregation="sum")
    ratio = calculated(tree, "C", "100 × {A} ÷ {B}", aggregation="ratio", is_percent=True)
    for month, top, bottom in (("2026-04", 1, 2), ("2026-05", 0, 7), ("2026-06", 1, 1)):
        tree.record(a, month, top)
        tree.record(b, month, bottom)
    assert values(tree, ratio, "2026-04", "2026-06", "2026-Q2") == [50.0, 100.0, 20.0]


def test_inputs_of_shorter_frequency_are_joined_and_longer_ones_carried():
    tree = scorecard()
    month, year = tree.measure("M", aggregation="sum"), tree.measure("Y", frequency="year")
    quarterly = calculated(tree, "Q", "{M} × 2", frequency="quarter")
    monthly = calculated(tree, "P", "{M} ÷ {Y}")
    for each in ("2026-01", "2026-02", "2026-03", "2026-04"):
        tree.record(month, each, 6)
    tree.record(year, "FY2025", 3)
    assert values(tree, quarterly, "2026-Q1", "2026-04") == [36.0, 36.0]
    assert tree.result(quarterly, "2026-04").is_carried
    assert values(tree, monthly, "2026-01", "2026-03") == [2.0, 2.0]
    assert tree.result(monthly, "2026-01").is_carried
    tree.record(year, "FY2025", 2)
    assert values(tree, monthly, "2026-01", "2026-04") == [3.0, 3.0]
    rebuilt(tree)


def test_a_value_made_of_one_to_date_is_provisional():
    tree = scorecard(today=date(2026, 5, 20))
    a = tree.measure("A", aggregation="sum")
    quarterly = calculated(tree, "Q", "{A} × 2", frequency="quarter", aggregation="sum")
    for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
        tree.record(a, month, 5)
    result = tree.result(quarterly, "2026-Q2")
    assert (result.value, result.parts_present, result.parts_total, result.is_provisional) == (10.0, 1, 3, True)
    year = tree.result(quarterly, "FY2026")
    assert (year.value, year.parts_present, year.parts_total, year.is_provisional) == (40.0, 1, 4, True)
    tick(date(2026, 6, 16))
    tree.today = date(2026, 6, 16)
    assert values(tree, quarterly, "2026-Q2") == ["input_missing"]
    rebuilt(tree)


def test_a_value_that_begins_with_its_period_reaches_longer_periods_by_the_clock():
    tree = scorecard(today=date(2026, 6, 30))
    a = tree.measure("A", starts_on=date(2026, 5, 1))
    before = calculated(tree, "C", "previous({A})", aggregation="mean")
    tree.record(a, "2026-05", 4)
    tree.record(a, "2026-06", 8)
    assert values(tree, before, "2026-06", "FY2026") == [4.0, 4.0]
    tree.today = date(2026, 7, 1)
    tick(tree.today)
    assert values(tree, before, "2026-07", "2026-Q3", "FY2026") == [8.0, 8.0, 6.0]
    rebuilt(tree)


def test_history_begins_where_all_inputs_have_facts():
    tree = scorecard(starts_on=date(2026, 4, 1))
    a, b = inputs(tree)
    made = calculated(tree, "C", "{A} + {B}")
    tree.record(a, "2025-10", 1)
    tree.record(b, "2025-12", 1)
    months = Result.objects.filter(node=tree.node(made), frequency="month").order_by("period_start")
    assert months.first().period_start == date(2025, 12, 1)
    tree.record(b, "2025-11", 1)
    assert months.first().period_start == date(2025, 11, 1)
    rebuilt(tree)


def test_dependants_of_other_scorecards_are_brought_up_to_date_and_their_parents():
    tree, other = scorecard(), scorecard()
    a = tree.measure("A")
    made = calculated(other, "C", f"{a.code} × 2")
    other.target(made, "2026-06", 10)
    tree.record(a, "2026-06", 6)
    assert values(other, made, "2026-06") == [12.0]
    assert other.result(other.strategy, "2026-06").score == pytest.approx(200 / 3)
    tree.record(a, "2026-06", 4)
    assert other.result(other.strategy, "2026-06").score == 0.0
    with transaction.atomic():
        assert hold([tree.node(a).pk], calendars()).cards == {tree.card.pk, other.card.pk}


def test_a_formula_that_changes_changes_all_periods():
    tree = scorecard()
    a, b = inputs(tree)
    made = calculated(tree, "C", "{A} + {B}")
    for month in ("2026-05", "2026-06"):
        tree.record(a, month, 6)
        tree.record(b, month, 2)
    changed = change_measure(
        tree.officer, measure=made, values={"expression": f"{a.code} ÷ {b.code}"}, expected=1, today=TODAY
    )
    assert changed.row_version == 2
    assert values(tree, made, "2026-05", "2026-06") == [3.0, 3.0]
    change_measure(tree.officer, measure=made, values={"expression": ""}, expected=2, today=TODAY)
    assert not FormulaInput.objects.exists()
    assert tree.record(made, "2026-06", 1) == "taken"
    rebuilt(tree)


def test_what_is_calculated_from_a_value_costs_one_statement_more():
    tree = scorecard()
    a = tree.measure("A")
    tree.record(a, "2026-06", 1)
    with CaptureQueriesContext(connection) as without:
        tree.record(a, "2026-06", 2)
    for name in "CDE":
        calculated(tree, name, "{A} × 2")
    tree.record(a, "2026-06", 3)
    with CaptureQueriesContext(connection) as with_formulas:
        tree.record(a, "2026-06", 4)
    assert len(with_formulas) == len(without) + 1
    assert Decimal(str(tree.result(tree.measures["E"], "2026-06").value)) == 8
