"""Between given targets, and across a break (METHOD §3)."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.arrays import days, floats
from scorecards.rules.ladders import interpolated, is_broken


def ladder(steps: dict[str, float | None], *on: str) -> list[float | None]:
    days_given = days([date.fromisoformat(day) for day in steps])
    found = interpolated(floats(list(steps.values())), days_given, days([date.fromisoformat(day) for day in on]))
    return [None if np.isnan(each) else float(each) for each in found]


def test_a_step_counts_on_its_day_and_a_straight_line_by_days_between():
    steps = {"2026-03-31": 100.0, "2026-06-30": 191.0}
    assert ladder(steps, "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30") == [100.0, 130.0, 161.0, 191.0]


def test_there_is_nothing_before_the_first_step_and_after_the_last():
    steps = {"2026-03-31": 5.0, "2026-06-30": 5.0}
    assert ladder(steps, "2026-02-28", "2026-05-31", "2026-07-31") == [None, 5.0, None]
    assert ladder({}, "2026-02-28") == [None]
    assert ladder({"2026-03-31": 5.0}, "2026-02-28", "2026-03-31", "2026-04-30") == [None, 5.0, None]


def test_between_two_steps_of_which_one_has_no_such_number_there_is_none():
    steps = {"2026-03-31": 5.0, "2026-06-30": None, "2026-09-30": 7.0}
    assert ladder(steps, "2026-03-31", "2026-04-30", "2026-06-30", "2026-07-31", "2026-09-30") == [
        5.0, None, None, None, 7.0,
    ]  # fmt: skip


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8), st.integers(0, 400))
def test_a_ladder_lies_between_its_steps(values, offset):
    given_on = days([date(2026, 1, 1)]) + np.arange(len(values)) * 50
    (found,) = interpolated(floats(values), given_on, days([date(2026, 1, 1)]) + offset)
    inside = offset <= 50 * (len(values) - 1)
    assert np.isnan(found) != inside
    if inside:
        around = values[offset // 50 : offset // 50 + 2]
        assert min(around) - 1e-6 <= found <= max(around) + 1e-6


def broken(day: str, before_from: str = "2026-05-01", until: str = "2026-06-30") -> bool:
    """June held against May, with a break on a day."""
    given = (days([date.fromisoformat(each)]) for each in (before_from, until, day))
    return bool(is_broken(*given)[0])


def test_a_break_in_either_period_parts_them_but_not_one_on_the_first_day_of_both_or_after():
    assert [broken(day) for day in ("2026-04-30", "2026-05-01", "2026-05-02", "2026-06-01", "2026-06-30")] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert not broken("2026-07-01")
    assert not is_broken(days([date(2026, 5, 1)]), days([date(2026, 6, 30)]), days([])).any()
