"""The strategy on trial (METHOD §14): what enters a test, its p, its word, and what must not change an answer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.rules.trial import (
    Candidate,
    Case,
    Outcome,
    Pair,
    Reason,
    Result,
    Track,
    Verdict,
    data_hash,
    is_due,
    lags_in_periods,
    outcomes,
    shown,
    stands_for,
    try_links,
)
from planning.rules.trial.power import Setting, smallest_seen
from planning.rules.trial.series import Matched, Prepared, changes, pair_count, prepare
from planning.rules.trial.surrogates import _Unit, against_surrogates, combined, surrogates_for
from planning.rules.trial.verdicts import significant, strictest, verdict

NONE = float("nan")
LAGS = (1, 6)


def pair(seed: int, n: int = 48, effect: float = 0.0, lag: int = 3) -> Pair:
    """A random walk, and another that moves by `effect` for a move of the first by one, some periods before."""
    chance = np.random.default_rng(seed)
    x, y = chance.standard_normal((2, n + lag))
    y[lag:] += effect * x[:-lag]
    return Pair(Track(x[lag:].cumsum()), Track(y[lag:].cumsum()))


def case(link: int, *, effect: float = 0.0, n: int = 48, sign: int = 1, season: int = 1, units: int = 0) -> Case:
    many = tuple(pair(1000 * link + unit, n, effect) for unit in range(1, units + 1))
    return Case(link, sign, LAGS, season, own=pair(1000 * link, n, effect), units=many)


def one(given_case: Case) -> Result:
    return try_links([given_case])[0]


# ---------------------------------------------------------------------------------------------- what enters
def test_changes_stand_at_the_later_period_and_never_reach_over_a_break():
    found = changes(Track(np.array([1.0, 3, 6, 20, 21]), breaks=(3,)))
    assert found == pytest.approx([NONE, 2, 3, NONE, 1], nan_ok=True)


def test_single_gaps_are_interpolated_up_to_one_in_twenty():
    values = np.arange(40.0)
    values[10] = NONE
    assert np.nansum(np.isnan(changes(Track(values)))) == 1
    values[[20, 30]] = NONE
    found = changes(Track(values))
    assert list(np.flatnonzero(np.isnan(found))) == [0, 20, 21, 30, 31]
    values[[24, 25]] = NONE
    assert {24, 25, 26} < set(np.flatnonzero(np.isnan(changes(Track(values)))))


@given(st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=1, max_size=60), st.sets(st.integers(0, 60)))
def test_what_is_made_up_is_never_more_than_one_in_twenty_of_a_run(values, breaks):
    numbers = np.array([NONE if value is None else value for value in values], dtype=np.float64)
    known = np.isfinite(changes(Track(numbers, tuple(breaks))))
    run: list[int] = []
    for at in [*range(len(numbers)), None]:
        if at is not None and known[at] and at not in breaks:
            run = [*run, at] if run else [at - 1, at]
            continue
        assert sum(np.isnan(numbers[run])) <= 0.05 * len(run)
        run = []


def test_the_longest_run_without_a_gap_is_used():
    values = np.random.default_rng(1).standard_normal(60).cumsum()
    values[20:22] = NONE
    found = prepare(Case(1, 1, LAGS, 1, own=Pair(Track(values), Track(values + 0.0))))
    assert isinstance(found, Prepared)
    assert (found.first, found.last, found.pairs) == (23, 59, 60 - 23 - 6)


def test_source_and_target_may_be_known_from_different_days():
    x, y = np.random.default_rng(2).standard_normal((2, 50)).cumsum(axis=1)
    y[:8] = NONE
    found = prepare(Case(1, 1, LAGS, 1, own=Pair(Track(x), Track(y))))
    assert isinstance(found, Prepared)
    assert found.matched[0].shift == 8
    assert found.pairs == 50 - 9


def test_the_mean_of_each_period_of_the_year_is_taken_out_from_three_full_years():
    chance = np.random.default_rng(3)
    season = 50 * chance.standard_normal(12)
    for n, is_out in ((36, True), (35, False)):
        values = season[np.arange(n) % 12] + chance.standard_normal(n)
        found = prepare(Case(1, 1, LAGS, 12, own=Pair(Track(values), Track(values + chance.standard_normal(n)))))
        assert isinstance(found, Prepared)
        assert (found.matched[0].season == 12) is is_out
        assert (np.abs(found.matched[0].x).max() < 10) == is_out


def test_what_all_units_share_is_taken_out():
    shared = 100 * np.random.default_rng(4).standard_normal(40).cumsum()
    pairs = tuple(Pair(Track(p.x.values + shared), Track(p.y.values + shared)) for p in (pair(n, 40) for n in range(4)))
    found = prepare(Case(1, 1, LAGS, 1, units=pairs))
    assert isinstance(found, Prepared)
    assert sum(unit.x for unit in found.matched) == pytest.approx(np.zeros(39), abs=1e-9)
    assert max(np.abs(unit.y).max() for unit in found.matched) < 10


def test_under_three_units_the_own_measure_is_tested_and_without_one_it_is_too_early():
    several = case(1, units=3)
    assert prepare(several).pairs == 3 * (47 - 6)
    short = replace(several, units=(*several.units[:2], pair(9, 14)))
    assert len(prepare(short).matched) == 1
    assert prepare(replace(short, own=None)) is Reason.NO_DATA
    assert one(replace(short, own=None)).verdict is Verdict.TOO_EARLY


@pytest.mark.parametrize("flat", [np.full(48, 7.1), 0.1 * np.arange(48.0) + 1e6])
def test_without_variation_it_is_too_early(flat):
    result = one(Case(1, 1, LAGS, 12, own=Pair(Track(flat), pair(1).y)))
    assert (result.verdict, result.reason, result.p) == (Verdict.TOO_EARLY, Reason.NO_VARIATION, None)


def test_without_a_value_it_is_too_early():
    gone = Track(np.full(48, NONE))
    assert one(Case(1, 1, LAGS, 12, own=Pair(gone, pair(1).y))).reason is Reason.NO_DATA
    assert one(Case(1, 1, LAGS, 12)).reason is Reason.NO_DATA


# ------------------------------------------------------------------------------------------------- the test
matched = st.builds(
    lambda seed, x, y, shift: Matched(*np.split(np.random.default_rng(seed).standard_normal(x + y), [x]), shift),
    st.integers(0, 9999),
    st.integers(20, 40),
    st.integers(20, 40),
    st.integers(-6, 9),
)


@given(matched, st.integers(0, 3), st.integers(0, 5))
def test_every_lags_correlation_is_that_of_its_pairs(drawn, low, more):
    lags = tuple(range(low, low + more + 1))
    unit = _Unit(drawn, lags)
    found = unit.correlations(unit.x[None])[0]
    for place, lag in enumerate(lags):
        both = [
            (drawn.x[t + drawn.shift - lag], y)
            for t, y in enumerate(drawn.y)
            if 0 <= t + drawn.shift - lag < len(drawn.x)
        ]
        assert unit.n[place] == len(both) == pair_count(drawn, lag)
        assert found[place] == pytest.approx(np.corrcoef(np.array(both).T)[0, 1])


@given(matched)
def test_surrogates_have_the_spectrum_of_the_source_and_its_season_out(drawn):
    turn = np.random.default_rng(1).random((5, 40))
    unit = _Unit(drawn, (1, 2))
    assert np.abs(np.fft.rfft(unit.surrogates(turn))) == pytest.approx(np.tile(np.abs(unit.spectrum), (5, 1)), abs=1e-9)
    seasonal = _Unit(replace(drawn, season=4), (1, 2)).surrogates(turn)
    for place in range(4):
        assert seasonal[:, place::4].mean(axis=1) == pytest.approx(np.zeros(5), abs=1e-9)


def test_several_units_turn_by_the_same_phases():
    chance = np.random.default_rng(5)
    whole = chance.standard_normal((3, 30))
    whole -= whole.mean(axis=0)
    units = [_Unit(Matched(x, x, 0), (1,)) for x in whole]
    turn = chance.random((4, 16))
    drawn = sum(unit.surrogates(turn) * x.std() for unit, x in zip(units, whole, strict=True))
    assert drawn == pytest.approx(np.zeros((4, 30)), abs=1e-9)


def test_units_are_combined_by_their_pairs_and_those_under_eight_left_out():
    r = [np.array([[0.5]]), np.array([[-0.2]]), np.array([[1.0]])]
    n = [np.array([20.0]), np.array([11.0]), np.array([7.0])]
    assert combined(r, n)[0, 0] == pytest.approx((17 * np.arctanh(0.5) + 8 * np.arctanh(-0.2)) / np.sqrt(25))
    assert combined([np.array([[1.0]])], [np.array([7.0])])[0, 0] == 0
    assert combined([np.array([[1.0]])], [np.array([12.0])])[0, 0] == pytest.approx(9 * np.arctanh(0.999999) / 3)


@given(st.integers(0, 99), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=25, deadline=None)
def test_p_counts_surrogates_and_stops_at_twenty(seed, effect):
    prepared = prepare(case(seed, effect=effect))
    answer = against_surrogates(prepared, 1, most=999, seed=seed)
    for p in answer.p_each:
        stopped = [20 / drawn for drawn in range(20, answer.drawn + 1)]
        counted = [(1 + seen) / 1000 for seen in range(20)]
        assert min(abs(p - possible) for possible in stopped + counted) < 1e-12
    assert answer.p == min(1, 2 * min(answer.p_each))
    assert answer.drawn == 999 or max(answer.p_each) >= min(answer.p_each) >= 20 / answer.drawn - 1e-12


@given(st.integers(0, 99), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
@settings(max_examples=25, deadline=None)
def test_p_does_not_depend_on_units_of_measure(seed, factor, more):
    before = case(seed, effect=0.4)
    after = replace(before, own=Pair(Track(before.own.x.values * factor + more), before.own.y))
    answers = [against_surrogates(prepare(each), 1, most=499, seed=1) for each in (before, after)]
    assert answers[0] == answers[1]


@given(st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_the_other_sign_swaps_the_directions(seed):
    prepared = prepare(case(seed, effect=0.4))
    raises, lowers = (against_surrogates(prepared, sign, most=499, seed=1) for sign in (1, -1))
    assert raises.p == lowers.p
    assert raises.p_each == lowers.p_each[::-1]
    assert raises.lags == lowers.lags[::-1]


def test_more_links_ask_for_more_surrogates():
    assert (surrogates_for(120), surrogates_for(500), surrogates_for(600)) == (9_999, 10_000, 12_000)


# ----------------------------------------------------------------------------------------------- the verdict
def test_a_true_link_is_supported_with_its_lag_and_slope():
    result = one(case(6, effect=1.0, n=90))
    assert (result.verdict, result.reason, result.lag) == (Verdict.SUPPORTED, None, 3)
    assert result.slope is not None
    assert result.slope.low < 1 < result.slope.high
    assert result.slope.low < result.slope.value < result.slope.high


def test_a_link_of_the_other_sign_is_contradicted():
    result = one(case(1, effect=1.0, n=90, sign=-1))
    assert (result.verdict, result.lag) == (Verdict.CONTRADICTED, 3)
    assert result.slope is None or result.slope.value > 0


def test_a_link_of_several_units_is_supported_by_all_of_them():
    result = one(case(1, effect=0.8, n=30, units=5))
    assert (result.verdict, result.units, result.pairs) == (Verdict.SUPPORTED, 5, 5 * (29 - 6))


def test_what_is_not_seen_says_what_would_have_been_missed_and_no_slope():
    result = one(case(2))
    assert (result.verdict, result.slope, result.lag) == (Verdict.NOT_SEEN, None, None)
    assert result.missed is not None
    assert 0.2 < result.missed < 1.5


def test_what_takes_the_season_out_sees_less():
    plain = Setting(1, 36, (1, 2, 3, 4, 5, 6), 0, 0)
    seen, seasonal = (smallest_seen(each, 0.01) for each in (plain, replace(plain, season=12)))
    assert seen is not None
    assert seasonal is not None
    assert seen + 0.1 < seasonal


def test_few_pairs_are_too_early_even_for_a_clear_link():
    few = one(case(3, effect=5.0, n=24))
    assert (few.pairs, few.verdict, few.reason, few.p) == (17, Verdict.TOO_EARLY, Reason.FEW_PAIRS, None)
    some = one(case(2, n=30))
    assert (some.pairs, some.verdict, some.reason, some.slope) == (23, Verdict.TOO_EARLY, Reason.UNCLEAR, None)


@pytest.mark.parametrize(
    ("pairs", "is_significant", "is_with_sign", "word"),
    [
        (17, True, True, Verdict.TOO_EARLY),
        (18, True, True, Verdict.SUPPORTED),
        (18, True, False, Verdict.CONTRADICTED),
        (35, False, True, Verdict.TOO_EARLY),
        (36, False, True, Verdict.NOT_SEEN),
        (36, False, False, Verdict.NOT_SEEN),
    ],
)
def test_the_words(pairs, is_significant, is_with_sign, word):
    assert verdict(pairs, is_significant=is_significant, is_with_sign=is_with_sign) is word


@given(st.lists(st.floats(0, 1), max_size=30))
def test_a_family_is_judged_as_benjamini_and_hochberg_say(p):
    found = significant(np.array(p))
    passing = [k for k, value in enumerate(sorted(p), 1) if value <= 0.1 * k / len(p)]
    assert found.sum() == max(passing, default=0)
    assert not p or max(np.array(p)[found], default=0) <= min(np.array(p)[~found], default=1)
    assert all(found[np.array(p) <= strictest(len(p))]) if p else True


def test_the_same_data_give_the_same_results_in_any_order():
    cases = [case(n, effect=n % 3 / 2, n=24) for n in range(6)]
    results = try_links(cases)
    assert try_links(cases) == results
    assert try_links(cases[::-1]) == results[::-1]


def test_the_hash_is_of_the_data():
    first = case(1)
    assert data_hash(first) == data_hash(case(1))
    again = replace(first.own.x, values=first.own.x.values + 1)
    others = [replace(first, sign=-1), replace(first, lags=(1, 5)), replace(first, own=replace(first.own, x=again))]
    others.append(replace(first, own=replace(first.own, x=replace(first.own.x, breaks=(9,)))))
    assert len({data_hash(each) for each in [first, *others]}) == 5


S, N, C, E = Verdict.SUPPORTED, Verdict.NOT_SEEN, Verdict.CONTRADICTED, Verdict.TOO_EARLY


@pytest.mark.parametrize(
    ("results", "word"),
    [([], E), ([S], E), ([S, S], S), ([S, N, S, N], E), ([S, S, N], S), ([S, S, N, C, C], C), ([S, S, E, E], E)],
)
def test_the_screen_follows_two_equal_results_in_a_row(results, word):
    assert shown(results) is word


def test_a_link_is_tested_when_a_new_period_has_come():
    assert is_due(None, 5)
    assert is_due(4, 5)
    assert not is_due(5, 5)


def test_a_failing_hypothesis_is_not_a_failing_execution():
    done, moved = [True, True, False, False, None, True], [True, False, False, True, True, None]
    assert outcomes(done, moved) == [
        Outcome.WORKS,
        Outcome.HYPOTHESIS_FAILS,
        Outcome.EXECUTION_FAILS,
        Outcome.MOVED_WITHOUT,
        Outcome.UNKNOWN,
        Outcome.UNKNOWN,
    ]


def test_the_measure_that_stands_for_an_objective():
    measures = [Candidate(1, 50, False), Candidate(2, 20, True), Candidate(3, 30, True)]
    assert stands_for(measures, leading=True) == 3
    assert stands_for(measures, leading=False) == 1
    assert stands_for(measures[:1], leading=True) == 1
    assert stands_for([Candidate(7, 1, True), Candidate(4, 1, True)], leading=True) == 4
    assert stands_for([], leading=True) is None


def test_lags_are_rounded_to_the_periods():
    assert lags_in_periods((1, 6), "month") == (1, 6)
    assert lags_in_periods((1, 6), "quarter") == (0, 2)
    assert lags_in_periods((2, 5), "quarter") == (1, 2)
    assert lags_in_periods((1, 3), "week") == (4, 13)
    assert lags_in_periods((0, 18), "year") == (0, 2)
