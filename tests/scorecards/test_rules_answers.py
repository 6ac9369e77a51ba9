"""The fact in plain words, the natural range, and when an answer is due (METHOD §1, §3)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.answers import Situation, answer_due, days_red, fact, natural_range


def said(**values) -> list[str]:
    """The sentences with their figures as they are."""
    words = {"period": "Jun", "period_before": "May", "status": "Off track", "since": "Apr"}
    return [one.template % {**words, **one.figures} for one in fact(Situation(**values))]


@pytest.mark.parametrize(("values", "sentence"), [
    ({"value": 72.0, "target": 78.0, "goodness": 1}, "72.0 in Jun against a target of 78.0: 6.0 worse."),
    ({"value": 9.0, "target": 8.0, "goodness": -1}, "9.0 in Jun against a target of 8.0: 1.0 worse."),
    ({"value": 7.0, "target": 8.0, "goodness": -1}, "7.0 in Jun against a target of 8.0: 1.0 better."),
    ({"value": 8.0, "target": 8.0, "goodness": -1}, "8.0 in Jun, exactly the target."),
    ({"value": 8.0, "goodness": 1}, "8.0 in Jun."),
    ({"value": 95.0, "low": 85.0, "high": 92.0, "goodness": -1},
        "95.0 in Jun, 3.0 above the range, which ends at 92.0."),
    ({"value": 80.0, "low": 85.0, "high": 92.0, "goodness": -1},
        "80.0 in Jun, 5.0 below the range, which begins at 85.0."),
    ({"value": 90.0, "low": 85.0, "goodness": -1}, "90.0 in Jun, inside the range."),
])  # fmt: skip
def test_the_difference_is_signed_by_goodness(values, sentence):
    assert said(**values) == [sentence]


def test_since_when_trend_and_natural_range_are_said_where_they_are_known():
    told = said(value=72.0, goodness=1, target=78.0, run=3, before=74.0, trend="worse", natural=(73.0, 76.0))
    assert told[1:] == [
        "Off track since Apr, 3 periods in a row.",
        "Getting worse: it was 74.0 in May.",
        "Outside its natural range, 73.0 to 76.0: something has changed.",
    ]
    told = said(value=74.0, goodness=1, target=78.0, was="Watch", before=74.0, trend="steady", natural=(73.0, 76.0))
    assert told[1:] == [
        "The status before was Watch.",
        "Steady: it was 74.0 in May.",
        "Inside its natural range, 73.0 to 76.0: nothing unusual.",
    ]
    assert len(said(value=74.0, goodness=1, before=70.0)) == 1


def test_the_natural_range_is_mean_and_moving_range_of_12_to_24_values():
    assert natural_range([1.0] * 11) is None
    assert natural_range([10.0, 12.0] * 6) == pytest.approx((11 - 2.66 * 2, 11 + 2.66 * 2))
    assert natural_range([1000.0, *[5.0] * 24]) == (5.0, 5.0)
    assert natural_range([float("nan"), *[5.0] * 11]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=40))
def test_the_mean_of_the_newest_values_lies_in_the_natural_range(values):
    low, high = natural_range(values)
    last = values[-24:]
    assert low - 1e-6 <= sum(last) / len(last) <= high + 1e-6


def test_an_answer_is_due_ten_days_after_the_value_and_days_are_counted_from_the_periods_end():
    assert answer_due(date(2026, 7, 9)) == date(2026, 7, 19)
    assert days_red(date(2026, 6, 30), date(2026, 7, 9)) == 9
    assert days_red(date(2026, 7, 31), date(2026, 7, 9)) == 0
