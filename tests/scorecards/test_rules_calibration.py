"""Calibration of owners, and greens that were red (METHOD §6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.calibration import Calibration, calibration, closed_of, watermelons

# forecast, chance, actual, target, baseline, red flag, goodness
HIT = (110.0, 0.8, 105.0, 100.0, 50.0, 90.0, 1.0)
MISS = (110.0, 0.8, 95.0, 100.0, 50.0, 90.0, 1.0)


def of(*rows: tuple[float | None, ...]) -> Calibration:
    return calibration(closed_of(rows))


def test_under_eight_is_too_few():
    assert of(*[HIT] * 7).is_too_few
    assert of(*[HIT] * 7).brier is None
    assert not of(*[HIT] * 8).is_too_few
    assert of() == Calibration(0)


def test_a_year_that_is_not_over_does_not_count():
    open_year = (*HIT[:2], None, *HIT[3:])
    assert of(*[HIT] * 7, open_year).n == 7


def test_bias_brier_and_skill_of_six_hits_and_two_misses():
    found = of(*[HIT] * 6, *[MISS] * 2)
    assert found.bias == pytest.approx((6 * 5 + 2 * 15) / 50 / 8)
    assert found.brier == pytest.approx((6 * 0.2**2 + 2 * 0.8**2) / 8)
    assert found.base_rate == 0.75
    assert found.skill == pytest.approx(1 - found.brier / (0.75 * 0.25))


@pytest.mark.parametrize("row", [HIT, MISS])
def test_a_base_rate_of_zero_or_one_shows_no_skill(row):
    found = of(*[row] * 8)
    assert found.base_rate in {0.0, 1.0}
    assert found.skill is None
    assert found.brier is not None


def test_where_less_is_better_hope_is_a_low_forecast():
    row = (8.0, 0.5, 10.0, 9.0, 19.0, 12.0, -1.0)
    assert of(*[row] * 8).bias == pytest.approx(0.2)


def test_without_a_baseline_the_red_flag_is_the_yardstick_and_without_both_a_term_is_left_out():
    no_baseline = (*HIT[:4], None, 90.0, 1.0)
    at_target = (*HIT[:4], 100.0, 90.0, 1.0)
    neither = (*HIT[:4], None, None, 1.0)
    assert of(*[no_baseline] * 8).bias == pytest.approx(0.5)
    assert of(*[at_target] * 8).bias == pytest.approx(0.5)
    found = of(*[HIT] * 7, neither)
    assert (found.n, found.n_bias, found.left_out, found.n_chances) == (8, 7, 1, 8)
    assert of(*[neither] * 8).bias is None


def test_a_forecast_without_a_target_is_left_out_of_both():
    no_target = (110.0, None, 105.0, None, 50.0, None, 1.0)
    found = of(*[HIT] * 8, no_target)
    assert (found.n, found.n_chances, found.left_out) == (9, 8, 1)


@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=8, max_size=40))
def test_brier_lies_between_0_and_1_and_the_base_rate_has_no_skill(said):
    rows = [(100.0, tenths / 10, 105.0 if hit else 95.0, 100.0, 50.0, None, 1.0) for tenths, hit in said]
    found = of(*rows)
    assert 0 <= found.brier <= 1
    share = sum(hit for _, hit in said) / len(said)
    usual = of(*[(row[0], share, *row[2:]) for row in rows])
    assert usual.skill is None or usual.skill == pytest.approx(0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8), st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8))
def test_a_mirrored_measure_has_the_same_bias(forecasts, actuals):
    up = of(*[(f, None, a, 100.0, 50.0, None, 1.0) for f, a in zip(forecasts, actuals, strict=True)])
    down = of(*[(-f, None, -a, -100.0, -50.0, None, -1.0) for f, a in zip(forecasts, actuals, strict=True)])
    assert up.bias == pytest.approx(down.bias)


def test_watermelons_need_five_greens():
    green, red, amber = ("on_track", "on_track"), ("on_track", "off_track"), ("watch", "off_track")
    assert watermelons([green, red, red, red, amber]).rate is None
    found = watermelons([green, red, red, red, amber, ("on_track", "watch")])
    assert (found.green, found.red, found.rate) == (5, 3, 0.6)
