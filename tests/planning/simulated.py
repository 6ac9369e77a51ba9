"""Series with a known truth, for the acceptance of the test of links (METHOD §14)."""

from __future__ import annotations

import numpy as np

from planning.rules.trial.series import Case, Matched, Pair, Prepared, Track, prepare
from planning.rules.trial.surrogates import against_surrogates

LAGS = (1, 2, 3, 4, 5, 6)
ENOUGH = 999
"""p < 0.05 or not is settled by so many surrogates: with more, the first are the same, and 20 exceedances came earlier."""


def autoregressive(chance: np.random.Generator, shape: tuple[int, ...], keeps: float) -> np.ndarray:
    """First-order autoregressive along the last axis, variance 1."""
    made = chance.standard_normal((*shape[:-1], shape[-1] + 60))
    for step in range(1, made.shape[-1]):
        made[..., step] += keeps * made[..., step - 1]
    return made[..., 60:] * np.sqrt(1 - keeps**2)


def linked(
    chance: np.random.Generator, shape: tuple[int, int, int], effect: float, *, keeps: float = 0.5, lag: int = 3
):
    """x and y of (runs, units, n): sd(βx) is `effect` times sd(e); x is known six periods longer, so that every lag has n pairs."""
    runs, units, n = shape
    x = autoregressive(chance, (runs, units, n + 6), keeps)
    e = autoregressive(chance, (runs, units, n), keeps)
    return x, effect * x[..., 6 - lag : 6 - lag + n] + e


def entering(x: np.ndarray, y: np.ndarray) -> Prepared:
    """Units' series (units, periods) as they enter the test, that end in the same period."""
    if len(x) > 1:
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    shift = x.shape[1] - y.shape[1]
    pairs = len(y) * (y.shape[1] - (0 if shift else 6))
    return Prepared(tuple(Matched(a, b, shift) for a, b in zip(x, y, strict=True)), LAGS, pairs, 0, y.shape[1] - 1)


def share_seen(xs: np.ndarray, ys: np.ndarray, below: float = 0.05, most: int = ENOUGH) -> float:
    """Share of runs with p under a level; (runs, units, periods)."""
    answers = (
        against_surrogates(entering(x, y), 1, most=most, seed=run).p
        for run, (x, y) in enumerate(zip(xs, ys, strict=True))
    )
    return float(np.mean([p < below for p in answers]))


def share_seen_of_levels(xs: np.ndarray, ys: np.ndarray) -> float:
    """The same through the whole procedure, for values (runs, months) as they are recorded."""
    found = []
    for run, (x, y) in enumerate(zip(xs, ys, strict=True)):
        one = prepare(Case(run, 1, (1, 6), 12, own=Pair(Track(x), Track(y))))
        assert isinstance(one, Prepared)
        found.append(against_surrogates(one, 1, most=ENOUGH, seed=run).p < 0.05)
    return float(np.mean(found))
