"""Sums of groups are exactly rounded, however many numbers there are and however they are summed."""

from __future__ import annotations

from math import fsum, inf, isnan, nan

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorecards.rules.arrays import LONGEST, MANY, floats, group_sums

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e3, 1e3),
    st.sampled_from([0.1, -0.1, 1e16, -1e16, 1.0, 1e-320, 2.0**-1074, 0.0, -0.0]),
)


def exactly(numbers: list[float]) -> float:
    try:
        return fsum(numbers)
    except (OverflowError, ValueError):
        return nan


def same(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(NUMBERS, max_size=6), min_size=1, max_size=8), st.booleans())
def test_every_group_has_the_exactly_rounded_sum_of_its_numbers(groups, is_many):
    if is_many:
        groups = [*groups, [0.1] * LONGEST, [0.7] * (LONGEST + 1), [1 / 3] * MANY]
    bounds = [0, *np.cumsum([len(group) for group in groups]).tolist()]
    found = group_sums(floats([number for group in groups for number in group]).reshape(-1), bounds)
    assert all(same(one, exactly(group)) for one, group in zip(found.tolist(), groups, strict=True))


def test_missing_and_endless_numbers_spoil_only_their_own_group():
    groups = [[1.0, 2.0], [nan, 1.0], [inf, -inf], [inf, 1.0], [1e308, 1e308], [], [0.25] * MANY]
    bounds = [0, *np.cumsum([len(group) for group in groups]).tolist()]
    found = group_sums(floats([number for group in groups for number in group]), bounds).tolist()
    assert [found[0], found[3], found[5], found[6]] == [3.0, inf, 0.0, MANY / 4]
    assert all(isnan(found[place]) for place in (1, 2, 4))
