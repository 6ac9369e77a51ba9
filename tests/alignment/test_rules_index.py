"""The alignment index: METHOD's vectors, its properties, and what each gap would lift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.rules.index import Share, Whole, aligned, counts_across, lifts, organisation, share

NAN = float("nan")
ONE = np.zeros(3, dtype=np.int64)


def a_of(up: float, down: float, across: float, *, has_plan: bool = True) -> float:
    parts = (np.array([part]) for part in (up, down, across))
    return float(aligned(*parts, np.array([has_plan]))[0])


def part(counted: list[float], whole: list[float]) -> float:
    return float(Share(np.array(counted), np.array(whole)).part[0])


def test_the_vector_of_the_method():
    up = share(ONE, np.array([True, True, False]), 1, np.array([50.0, 30.0, 20.0])).part[0]
    down = share(ONE, np.array([True, True, False]), 1).part[0]
    across = share(ONE[:2], np.array([True, False]), 1).part[0]
    assert (round(up, 9), round(down, 9), across) == (0.8, round(2 / 3, 9), 0.5)
    assert a_of(up, down, across) == pytest.approx(70.0)
    assert a_of(up, down, NAN) == pytest.approx(75.0)


@pytest.mark.parametrize(
    ("up", "down", "across", "has_plan", "found"),
    [
        (1, 1, 1, True, 100),
        (0, 0, 0, True, 0),
        (1, NAN, NAN, True, 100),
        (NAN, 0.5, 1, True, 70),
        (1, 1, 1, False, 0),
        (NAN, NAN, NAN, False, 0),
    ],
)
def test_parts_with_nothing_to_count_are_left_out_and_no_plan_is_nothing(up, down, across, has_plan, found):
    assert a_of(up, down, across, has_plan=has_plan) == pytest.approx(found)


def test_with_nothing_to_count_at_all_a_unit_is_grey():
    assert np.isnan(a_of(NAN, NAN, NAN))
    assert np.isnan(part([0.0], [0.0]))


def test_a_dependency_counts_once_confirmed_or_after_fourteen_days():
    days, confirmed = np.array([0, 13, 14, 40, 3]), np.array([False, False, False, False, True])
    assert counts_across(days, confirmed).tolist() == [False, False, True, True, True]


@pytest.mark.parametrize("weight", [-1.0, NAN, float("inf")])
def test_a_weight_that_is_none_is_refused(weight):
    with pytest.raises(ValueError, match="weights are numbers"):
        share(ONE, np.ones(3, dtype=bool), 1, np.array([1.0, weight, 1.0]))


def test_the_whole_weighs_units_by_heads_and_leaves_out_those_without_a_figure():
    a = np.array([NAN, 80.0, 20.0, 0.0, NAN])
    assert organisation(a, np.array([5.0, 30.0, 10.0, 0.0, 99.0])) == Whole(65.0, is_plain=False)
    assert organisation(a, np.zeros(5)) == Whole(pytest.approx(100 / 3), is_plain=True)
    assert np.isnan(organisation(np.array([NAN, NAN]), np.ones(2)).value)


UNIT = st.tuples(
    st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=6),
    st.lists(st.booleans(), max_size=5),
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=5),
    st.booleans(),
    st.integers(0, 500),
)


def figures(units):
    """Shares, parts, index and heads of drawn units."""
    rows = [(u, weight, yes) for u, (own, *_) in enumerate(units) for weight, yes in own]
    up = share(_of(rows, 0, int), _of(rows, 2, bool), len(units), _of(rows, 1, float))
    below = [(u, yes) for u, (_, asked, *_rest) in enumerate(units) for yes in asked]
    down = share(_of(below, 0, int), _of(below, 1, bool), len(units))
    ties = [(u, days, yes) for u, (_, _, deps, *_rest) in enumerate(units) for days, yes in deps]
    counted = counts_across(_of(ties, 1, int), _of(ties, 2, bool))
    across = share(_of(ties, 0, int)[counted], _of(ties, 2, bool)[counted], len(units))
    shares = (up, down, across)
    parts = np.stack([one.part for one in shares])
    has_plan = np.array([one[3] for one in units], dtype=bool)
    return shares, parts, aligned(*parts, has_plan), np.array([float(one[4]) for one in units])


def _of(rows, place, kind):
    return np.array([row[place] for row in rows], dtype={int: np.int64, bool: bool, float: np.float64}[kind])


@given(st.lists(UNIT, min_size=1, max_size=5))
def test_the_index_lies_between_0_and_100(units):
    _shares, _parts, a, heads = figures(units)
    assert ((np.isnan(a)) | ((a >= 0) & (a <= 100))).all()
    whole = organisation(a, heads).value
    assert np.isnan(whole) or 0 <= whole <= 100
    assert [value for value, unit in zip(a, units, strict=True) if not unit[3]] == [0.0] * sum(not u[3] for u in units)


@given(st.lists(UNIT, min_size=1, max_size=4), st.data())
def test_accepting_a_contribution_never_lowers_and_lifts_what_was_said(units, data):
    open_rows = [(u, i) for u, unit in enumerate(units) for i, (_w, yes) in enumerate(unit[0]) if not yes and unit[3]]
    if not open_rows:
        return
    u, i = data.draw(st.sampled_from(open_rows))
    shares, parts, a, heads = figures(units)
    own = [*units[u][0]]
    weight = own[i][0]
    own[i] = (weight, True)
    _s, _p, after, _h = figures([(own, *units[u][1:]) if at == u else unit for at, unit in enumerate(units)])
    assert np.isnan(a[u]) == np.isnan(after[u])
    if not np.isnan(a[u]):
        assert after[u] >= a[u] - 1e-9
        said = lifts(a, heads, parts, shares)[0, u] * weight
        risen = organisation(after, heads).value - organisation(a, heads).value
        assert risen == pytest.approx(said, abs=1e-6)
