"""The year to date against the original targets beside the present ones (METHOD §3, "Targets changed")."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import At, Period
from scorecards.actions.originals import original_target
from scorecards.models import Result
from scorecards.rules.aggregation import Aggregation, Parts, aggregate
from scorecards.rules.arrays import days
from scorecards.rules.originals import differ, first_given
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.showing import browser, text

NONE = float("nan")
JUNE, YEAR = Period.parse("2026-06"), Period.parse("FY2026")
MONTHS = [f"2026-0{month}" for month in range(1, 7)]
numbers = st.floats(-1e9, 1e9)


# -------------------------------------------------------------------------------------------------------- the rules
def test_the_lowest_revision_with_a_number_counts_in_whatever_order():
    place, revision = np.array([1, 0, 0, 1, 2]), np.array([2, 1, 2, 1, 1])
    value = np.array([7.0, NONE, 5.0, 6.0, NONE])
    assert np.array_equal(first_given(place, revision, value, 4), [5.0, 6.0, NONE, NONE], equal_nan=True)


@given(st.lists(numbers, min_size=1, max_size=12), st.randoms())
def test_the_first_number_is_found_whatever_came_later(values, random):
    rows = [
        (place, revision, value if revision == 1 else float(revision))
        for place, value in enumerate(values)
        for revision in (1, 2, 3)
    ]
    random.shuffle(rows)
    place, revision, value = (np.array(column) for column in zip(*rows, strict=True))
    assert list(first_given(place, revision, value.astype(float), len(values))) == values


def test_targets_differ_beyond_the_tolerance_and_where_the_present_one_is_gone():
    present = np.array([100.0, 100.0, NONE, 100.0, 1e12])
    original = np.array([100.0, 110.0, 100.0, NONE, 1e12 + 1])
    assert list(differ(present, original)) == [False, True, True, False, False]


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12), st.sampled_from(list(Aggregation)))
def test_original_targets_that_are_the_present_ones_join_to_the_same(rows, aggregation):
    ends = days([date(2026, 1, 1 + place) for place in range(len(rows))])
    values, targets = (np.array(column) for column in zip(*rows, strict=True))
    first = first_given(np.arange(len(rows)), np.ones(len(rows), dtype=np.int64), targets, len(rows))
    parts = [Parts.of(ends, values, numerator=values, denominator=1.0, target=each) for each in (targets, first)]
    one, two = (aggregate(aggregation, each, date(2027, 1, 1)).thresholds.target for each in parts)
    assert np.array_equal(one, two, equal_nan=True) and not differ(one, two).any()


# ------------------------------------------------------------------------------------------------- from the database
@pytest.fixture
def tree(db):
    with showing.today():
        yield scorecard(objectives=1)


AT = At(JUNE, None, TODAY)


def fill(tree, measure, values=90, targets=100, **given):
    for month in MONTHS:
        tree.record(measure, month, values, **given)
        tree.target(measure, month, targets)


def original(tree, measure, at=AT):
    result = Result.objects.filter(node__measure=measure, frequency="year", period_start=YEAR.start).first()
    return original_target(measure, at, result)


def test_a_sum_eased_twice_is_held_against_what_was_first_asked(tree):
    """6 × 100 = 600 at first; March 80 and then 70: 570. Values 6 × 90 = 540: −30 to it, −60 to the first."""
    measure = tree.measure("A", aggregation="sum")
    fill(tree, measure)
    assert original(tree, measure) is None
    tree.target(measure, "2026-03", 80)
    tree.target(measure, "2026-03", 70)
    found = original(tree, measure)
    assert (found.value, found.present, found.original) == (540, 570, 600)
    assert (found.text, found.gap_text, found.present_gap_text) == ("600.0", "−60.0", "−30.0")
    tree.target(measure, "2026-03", 100)
    assert original(tree, measure) is None, "back where it was"


def test_each_aggregation_joins_first_targets_as_it_joins_the_present_ones(tree):
    """Targets 10, 20, 30 … 60; June eased from 60 to 45 at the end: mean 35 → 32.5, last 60 → 45, max 60 → 50."""
    for name, first, present in (("mean", 35, 32.5), ("last", 60, 45), ("max", 60, 50)):
        measure = tree.measure(name, aggregation=name)
        for place, month in enumerate(MONTHS, start=1):
            tree.record(measure, month, 5)
            tree.target(measure, month, 10 * place)
        tree.target(measure, "2026-06", 45)
        found = original(tree, measure)
        assert (found.original, found.present) == (first, present), name


def test_a_ratio_weighs_first_targets_by_denominator(tree):
    """Targets 50 with denominators 10 and 30; the second eased to 40: (500 + 1200) ÷ 40 = 42.5, at first 50."""
    measure = tree.measure("R", aggregation="ratio", is_percent=True)
    for month, bottom in (("2026-01", 10), ("2026-02", 30)):
        tree.record(measure, month, None, numerator=5, denominator=bottom)
        tree.target(measure, month, 50)
    tree.target(measure, "2026-02", 40)
    found = original(tree, measure)
    assert (found.original, found.present) == (50, 42.5)


def test_a_year_with_its_own_target_keeps_its_first_one_when_complete(tree):
    measure = tree.measure("Y", frequency="year")
    tree.record(measure, "FY2025", 80)
    tree.target(measure, "FY2025", 100)
    tree.target(measure, "FY2025", 75)
    result = tree.result(measure, "FY2025")
    found = original_target(measure, AT, result)
    assert (found.original, found.present, found.gap_text, found.present_gap_text) == (100, 75, "−20.0", "+5.0")


def test_a_withdrawn_target_leaves_the_first_one_to_compare_with(tree):
    measure = tree.measure("W", aggregation="last")
    fill(tree, measure)
    tree.target(measure, "2026-06", None)
    found = original(tree, measure)
    assert (found.original, found.present, found.gap_text, found.present_gap_text) == (100, None, "−10.0", "")


def test_between_first_targets_the_line_is_the_first_one_too(tree):
    """Given for March (30) and June (60), the line says 40 and 50 between; June raised to 90: mean of January…June."""
    measure = tree.measure("L", aggregation="last", interpolates=True)
    for month in MONTHS:
        tree.record(measure, month, 5)
    tree.target(measure, "2026-03", 30)
    tree.target(measure, "2026-06", 60)
    tree.target(measure, "2026-06", 90)
    assert (original(tree, measure).original, original(tree, measure).present) == (60, 90)


# -------------------------------------------------------------------------------------------------------- the pages
def test_page_explanation_and_api_show_both_targets_with_both_differences(tree):
    measure = tree.measure("A", aggregation="sum")
    fill(tree, measure)
    tree.target(measure, "2026-03", 70)
    reader = browser(factories.member("employee", tree.unit))
    page = text(reader.get(f"/scorecards/measures/{measure.pk}/?p=2026-06"))
    assert "at first 600.0" in page and "−60.0 to the first" in page and "−30.0" in page
    node = tree.node(measure).pk
    why = text(reader.get(f"/scorecards/nodes/{node}/?p=FY2026"))
    assert "Original target" in why and "−60.0 to it, −30.0 to the present target" in why
    figures = reader.get(f"/api/v1/scores/{node}/?p=FY2026").json()["figures"]
    assert [one["label"] for one in figures[:3]] == ["Value", "Target", "Original target"]
    assert figures[2]["remark"] == "−60.0 to it, −30.0 to the present target"
    assert "Original target" not in text(reader.get(f"/scorecards/nodes/{node}/?p=2026-06"))


def test_a_page_of_a_measure_whose_targets_stand_says_nothing_of_it(tree, django_assert_num_queries):
    measure = tree.measure("A", aggregation="sum")
    fill(tree, measure)
    assert "at first" not in text(browser(tree.officer).get(f"/scorecards/measures/{measure.pk}/?p=2026-06"))
    result = tree.result(measure, "FY2026")
    with django_assert_num_queries(1):
        assert original_target(measure, AT, result) is None
