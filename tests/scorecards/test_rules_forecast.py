"""The system's forecast (METHOD §6): choice, interval, chance, and what must not change an answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.rules.aggregation import Aggregation
from scorecards.rules.forecast import Forecasts, Model, Wanted, YearEnd, bridged, forecast, is_sandbagged, longest
from scorecards.rules.forecast.choosing import candidates

MONTHS = 12
NONE = float("nan")
COVERAGE = (0.74, 0.88)


def run(
    history: np.ndarray,
    horizon: int = 3,
    *,
    aggregation: Aggregation = Aggregation.LAST,
    season: int = MONTHS,
    done: int = 0,
    skip: int = 0,
    weight: np.ndarray | None = None,
    lowest: float = NONE,
    highest: float = NONE,
    floor: float = NONE,
    ceiling: float = NONE,
) -> Forecasts:
    history = np.atleast_2d(np.asarray(history, dtype=np.float64))
    rows, n = history.shape
    so_far = bridged(history)[:, n - done :]
    wanted = Wanted(*(np.full(rows, each) for each in (lowest, highest, floor, ceiling)))
    year = YearEnd(aggregation, so_far, skip, weight)
    return forecast(history, season=season, horizon=horizon, year=year, wanted=wanted)


def series(kind: str, rows: int, length: int) -> np.ndarray:
    """Random walk, AR(1) 0.5, or a fixed season of a size of 2 with noise of 1."""
    chance = np.random.default_rng(3)
    noise = chance.standard_normal((rows, length + 100))
    if kind == "walk":
        return np.cumsum(noise, axis=1)[:, :length]
    if kind == "season":
        return 2 * chance.standard_normal((rows, MONTHS))[:, np.arange(length) % MONTHS] + noise[:, :length]
    for step in range(1, length + 100):
        noise[:, step] += 0.5 * noise[:, step - 1]
    return noise[:, -length:]


def covered(kind: str, n: int, horizon: int, aggregation: Aggregation, rows: int) -> float:
    """Share of year ends inside the interval."""
    made = series(kind, rows, n + horizon)
    found = run(made[:, :n], horizon, aggregation=aggregation)
    coming = made[:, n:]
    ends = coming.sum(axis=1) if aggregation is Aggregation.SUM else coming[:, -1]
    return float(((found.year_low <= ends) & (ends <= found.year_high)).mean())


@pytest.mark.parametrize("n", [24, 36])
@pytest.mark.parametrize("kind", ["walk", "ar1", "season"])
def test_four_of_five_year_ends_lie_inside_the_interval(kind: str, n: int):
    low, high = COVERAGE
    for horizon in range(1, 7):
        assert low <= covered(kind, n, horizon, Aggregation.LAST, 1000) <= high, horizon


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("aggregation", [Aggregation.LAST, Aggregation.SUM])
@pytest.mark.parametrize("n", [24, 36])
@pytest.mark.parametrize("kind", ["walk", "ar1", "season"])
def test_coverage_over_all_horizons_with_many_series(kind: str, n: int, aggregation: Aggregation):
    low, high = COVERAGE
    mean = np.mean([covered(kind, n, horizon, aggregation, 4000) for horizon in range(1, 7)])
    assert low <= mean <= high


def test_none_under_eight_observations():
    seven, eight = np.arange(7.0), np.arange(8.0)
    assert run(seven).model[0] is None
    assert np.isnan(run(seven).year_middle[0])
    assert run(eight).model[0] is not None
    with_gap = np.array([1, 2, 3, NONE, 5, 6, 7, 8.0])
    assert run(with_gap).n[0] == 7
    assert run(with_gap).model[0] is None


def test_seasonal_naive_from_two_full_years_and_one():
    assert Model.SEASONAL_NAIVE not in candidates(24, MONTHS)
    assert Model.SEASONAL_NAIVE in candidates(25, MONTHS)
    assert Model.SEASONAL_NAIVE not in candidates(25, 1)


def test_a_straight_line_goes_on():
    found = run(np.arange(12.0), 4)
    assert found.middle[0] == pytest.approx([12, 13, 14, 15])
    assert found.year_low[0] == pytest.approx(15)


def test_a_season_comes_back():
    year = np.array([5, 1, 1, 2, 3, 5, 8, 9, 8, 7, 6, 5.0])
    found = run(np.tile(year, 3), 6)
    assert found.model[0] is Model.SEASONAL_NAIVE
    assert found.middle[0] == pytest.approx(year[:6])


def test_a_drift_is_chosen_for_a_walk_and_theta_for_noise_around_a_level():
    walks, noise = series("walk", 200, 36), np.random.default_rng(1).standard_normal((200, 36))
    assert np.mean(run(walks, 1).model == Model.DRIFT) > 0.4
    assert np.mean(run(noise, 6).model == Model.THETA) > 0.6


@pytest.mark.parametrize(
    ("aggregation", "end"),
    [("sum", 40), ("count", 40), ("mean", 10), ("last", 10), ("min", 10), ("max", 10)],
)
def test_the_year_end_joins_what_is_done_and_what_comes(aggregation: str, end: float):
    found = run(np.full(20, 10.0), 2, aggregation=Aggregation(aggregation), done=2)
    assert found.year_middle[0] == pytest.approx(end)


def test_steps_before_the_year_do_not_count():
    history = np.arange(20.0)
    assert run(history, 3, aggregation=Aggregation.SUM, skip=1).year_middle[0] == pytest.approx(21 + 22)


def test_a_ratio_is_weighted_by_last_years_denominators():
    history = np.concatenate([np.full(10, 50.0), [20.0, 50.0]])
    weight = np.array([[3.0, 1.0, 0.0]])
    plain = run(history, 1, aggregation=Aggregation.RATIO, done=2)
    found = run(history, 1, aggregation=Aggregation.RATIO, done=2, weight=weight)
    assert found.year_middle[0] == pytest.approx((3 * 20 + 50) / 4)
    unknown = run(history, 1, aggregation=Aggregation.RATIO, done=2, weight=np.full((1, 3), NONE))
    assert unknown.year_middle[0] == plain.year_middle[0]


def test_no_target_no_chance():
    assert np.isnan(run(np.arange(20.0)).p_met[0])
    assert run(np.arange(20.0), lowest=0.0).p_met[0] == 1.0
    assert run(np.full(20, 5.0), lowest=5.0).p_met[0] == 1.0
    assert run(np.full(20, 5.0), lowest=6.0, highest=7.0).p_met[0] == 0.0


def test_paths_stay_within_what_is_possible():
    history = np.clip(98 + np.random.default_rng(2).standard_normal(24), 0, 100)
    found = run(history, 6, ceiling=100.0, floor=97.5)
    assert found.high.max() <= 100
    assert found.low.min() >= 97.5


def test_gaps_are_bridged_and_no_observation():
    assert bridged(np.array([[1, NONE, 3, NONE, NONE, 6.0]]))[0] == pytest.approx([1, 2, 3, 4, 5, 6])
    history = series("walk", 1, 30)
    history[0, 10] = NONE
    assert run(history).n[0] == 29


def test_a_constant_past_says_the_same_again():
    found = run(np.full(30, 7.0), 5)
    assert found.low[0] == pytest.approx(np.full(5, 7.0))
    assert found.high[0] == pytest.approx(np.full(5, 7.0))


def test_the_sandbag_flag_needs_more_than_nine_chances_in_ten():
    assert list(is_sandbagged(np.array([0.9, 0.91, NONE]))) == [False, True, False]


def test_enough_of_the_past_for_a_season_of_weeks():
    assert longest(MONTHS) == 60
    assert longest(52) == 105


# ------------------------------------------------------------------------------------------------ properties
histories = st.lists(st.integers(-1000, 1000), min_size=8, max_size=40).map(lambda v: np.array(v, dtype=np.float64))
few = settings(max_examples=40, deadline=None)


@few
@given(histories, st.integers(1, 6), st.sampled_from(list(Aggregation)), st.integers(-1000, 1000))
def test_the_interval_holds_the_median_and_a_chance_is_a_chance(history, horizon, aggregation, target):
    found = run(history, horizon, aggregation=aggregation, done=2, lowest=float(target))
    assert (found.low <= found.middle).all()
    assert (found.middle <= found.high).all()
    assert found.year_low[0] <= found.year_middle[0] <= found.year_high[0]
    assert 0 <= found.p_met[0] <= 1


@few
@given(histories, st.integers(1, 6))
def test_the_same_past_gives_the_same_answer_alone_or_among_others(history, horizon):
    alone, again = run(history, horizon, lowest=0.0), run(history, horizon, lowest=0.0)
    among = run(np.stack([history, history[::-1], history]), horizon, lowest=0.0)
    assert np.array_equal(alone.middle, again.middle)
    for row in (0, 2):
        assert among.model[row] == alone.model[0]
        assert among.low[row] == pytest.approx(alone.low[0])
        assert among.p_met[row] == pytest.approx(alone.p_met[0], abs=0.001)


@few
@given(histories, st.sampled_from([0.25, 2.0, 8.0]), st.integers(-500, 500))
def test_another_unit_or_zero_point_changes_nothing_else(history, factor, offset):
    found, moved = run(history, 4), run(factor * history + offset, 4)
    if found.model[0] == moved.model[0]:  # a tie of models may fall the other way
        size = 1e-6 * factor * (np.abs(history).max() + abs(offset) + 1)
        assert moved.low[0] == pytest.approx(factor * found.low[0] + offset, abs=size)
        assert moved.year_high[0] == pytest.approx(factor * found.year_high[0] + offset, abs=size)


@few
@given(histories, st.integers(-1000, 1000))
def test_a_mirrored_past_with_the_other_direction_has_the_same_chance(history, target):
    up, down = run(history, 4, lowest=target + 0.5), run(-history, 4, highest=-target - 0.5)
    if up.model[0] == down.model[0]:
        assert down.p_met[0] == pytest.approx(up.p_met[0], abs=0.002)
        assert down.high[0] == pytest.approx(-up.low[0], abs=1e-6 * (1 + np.abs(history).max()))
