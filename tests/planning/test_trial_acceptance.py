"""The acceptance of the test of links by simulation (METHOD §14): each rate is printed and held against its bar.

n counts pairs at the longest lag, as the verdicts do; where nothing is linked, series of n values are held to the same bar.
"""

from __future__ import annotations

import numpy as np
import pytest

from planning.rules.trial import Verdict
from planning.rules.trial.power import coverage, is_interval_honest, setting, smallest_seen
from planning.rules.trial.series import Prepared
from planning.rules.trial.surrogates import against_surrogates, surrogates_for
from planning.rules.trial.verdicts import significant, strictest, verdict
from tests.planning.simulated import autoregressive, entering, linked, share_seen, share_seen_of_levels

pytestmark = [pytest.mark.slow, pytest.mark.simulation]
RUNS = 1_000
NULL, SHARED = 0.08, 0.09


def tell(words: str, rate: float, *, at_most: float | None = None, at_least: float | None = None) -> None:
    """Print a rate beside its bar, and hold it."""
    bar = f"at most {at_most:.1%}" if at_most is not None else f"at least {at_least:.1%}" if at_least else "no bar"
    print(f"{words}: {rate:.1%} ({bar})")
    assert at_most is None or rate <= at_most
    assert at_least is None or rate >= at_least


@pytest.mark.parametrize("n", [24, 36, 60])
@pytest.mark.parametrize("keeps", [0.5, 0.8])
def test_unrelated_series_are_seldom_linked(keeps: float, n: int):
    chance = np.random.default_rng([1, n])
    for more, words in ((0, "values"), (6, "pairs")):
        x = autoregressive(chance, (RUNS, 1, n + more), keeps)
        y = autoregressive(chance, (RUNS, 1, n), keeps)
        tell(f"unrelated, φ {keeps}, n {n} {words}", share_seen(x, y), at_most=NULL)


@pytest.mark.parametrize("n", [24, 36, 60])
def test_walks_and_curves_are_seldom_linked(n: int):
    chance = np.random.default_rng([2, n])
    x, y = chance.standard_normal((2, RUNS, n)).cumsum(axis=-1)
    tell(f"random walks, n {n}", share_seen_of_levels(x, y), at_most=NULL)
    curve = np.sqrt(n) * np.linspace(0, 1, n) ** 2
    for size in (1, 3):
        rate = share_seen_of_levels(x + size * curve, y + size * curve)
        tell(f"both on a curve {size} × as high as the walks spread, n {n}", rate, at_most=NULL)
    tell(f"both on a curve 10 × as high, n {n}", share_seen_of_levels(x + 10 * curve, y + 10 * curve))


@pytest.mark.parametrize("n", [36, 60])
@pytest.mark.parametrize("size", [1, 2])
def test_equal_seasons_are_seldom_linked(size: int, n: int):
    chance = np.random.default_rng([3, n, size])
    season, month = size * chance.standard_normal((RUNS, 12)), np.arange(n)
    noise = chance.standard_normal((2, RUNS, n))
    for words, (x, y) in (("noise", noise), ("walks", noise.cumsum(axis=-1))):
        rate = share_seen_of_levels(x + season[:, month % 12], y + season[:, (month - 3) % 12])
        tell(f"equal seasons of size {size} on {words}, n {n}", rate, at_most=NULL)


def test_what_is_reported_without_a_bar():
    chance = np.random.default_rng(4)
    for n in (24, 36, 60):
        month = np.arange(n)
        x, y = chance.standard_normal((2, RUNS, n)).cumsum(axis=-1)
        step = 5.0 * (month >= n // 2)
        tell(f"a common step in both, n {n}", share_seen_of_levels(x + step, y + np.roll(step, 3) * (month >= 3)))
    season = chance.standard_normal((RUNS, 12))
    x, y = chance.standard_normal((2, RUNS, 30))
    month = np.arange(30)
    rate = share_seen_of_levels(x + season[:, month % 12], y + season[:, (month - 3) % 12])
    tell("equal seasons under three full years, n 30", rate)


@pytest.mark.parametrize("keeps", [0.5, 0.8])
def test_a_shock_that_all_units_share_is_no_link(keeps: float):
    chance = np.random.default_rng([5, int(10 * keeps)])
    for n in (24, 36):
        own = autoregressive(chance, (2, RUNS, 5, n), keeps)
        shock = autoregressive(chance, (2, RUNS, 1, n), keeps)
        apart = np.sqrt(0.5) * (own + shock)
        tell(f"five units, a shock in x and one in y, φ {keeps}, n {n}", share_seen(*apart), at_most=SHARED)
        same = np.sqrt(0.5) * (own + shock[:1])
        tell(f"five units, one shock in x and y, φ {keeps}, n {n}", share_seen(*same), at_most=SHARED)


def test_an_effect_is_seen():
    x, y = linked(np.random.default_rng(6), (RUNS, 1, 36), 1.0)
    tell("lag 3, sd(βx) = sd(e), n 36", share_seen(x, y), at_least=0.90)
    tell("the same, 36 values only", share_seen(x[..., 6:], y))


@pytest.mark.parametrize(("units", "n"), [(5, 24), (8, 16)])
def test_half_an_effect_is_seen_in_several_units(units: int, n: int):
    x, y = linked(np.random.default_rng([7, units]), (RUNS, units, n), 0.5)
    tell(f"lag 3, sd(βx) = ½ sd(e), {units} × {n}", share_seen(x, y), at_least=0.82)
    tell("the same, so many values only", share_seen(x[..., 6:], y))


def test_one_true_link_among_120_is_found_and_few_that_are_not_true():
    families, links = 500, 120
    chance = np.random.default_rng(8)
    found, false = 0, []
    for family in range(families):
        x, y = linked(chance, (links, 1, 36), 0.0)
        y[0] += x[0, :, 3:39]
        answers = [
            against_surrogates(entering(a, b), 1, most=surrogates_for(links), seed=1000 * family + link)
            for link, (a, b) in enumerate(zip(x, y, strict=True))
        ]
        stands_out = significant(np.array([answer.p for answer in answers]))
        words = [
            verdict(36, is_significant=bool(is_out), is_with_sign=answer.is_with_sign)
            for is_out, answer in zip(stands_out, answers, strict=True)
        ]
        supported = [link for link, word in enumerate(words) if word is Verdict.SUPPORTED]
        found += 0 in supported
        false.append(sum(link != 0 for link in supported) / max(1, len(supported)))
    tell("one true link among 120, supported", found / families, at_least=0.50)
    tell("false among supported, mean over 500 families", float(np.mean(false)), at_most=0.12)


@pytest.mark.parametrize(("units", "n", "keeps"), [(1, 36, 0.5), (1, 60, 0.0), (5, 24, 0.5)])
def test_the_effect_that_would_be_missed_is_the_one_that_four_in_five_runs_find(units: int, n: int, keeps: float):
    level = strictest(20)
    sample = entering(*(each[0] for each in linked(np.random.default_rng(9), (1, units, 400), 0.0, keeps=keeps)))
    known = setting(Prepared(sample.matched, sample.lags, units * n, 0, 0))
    effect = smallest_seen(known, level)
    assert effect is not None
    x, y = linked(np.random.default_rng(10), (200, units, n), effect, keeps=keeps, lag=4)
    rate = share_seen(x, y, below=level + 1e-12, most=9_999)
    print(f"effect {effect} at p ≤ {level}, {units} × {n}, φ {keeps}: found in {rate:.1%} (65 % to 90 %)")
    assert 0.65 <= rate <= 0.90


@pytest.mark.parametrize(("units", "n"), [(1, 36), (1, 60), (5, 24)])
def test_an_interval_is_stated_only_where_it_covers(units: int, n: int):
    chance = np.random.default_rng([11, units, n])
    sample = entering(*(each[0] for each in linked(chance, (1, units, n), 1.0)))
    known = setting(sample, 1.0, 3)
    for effect in (0.5, 1.0, 2.0):
        rate = coverage(known, effect)
        assert is_interval_honest(known, effect) is (rate >= 0.9)
        print(f"interval, effect {effect}, {units} × {n}: covers {rate:.1%}")
