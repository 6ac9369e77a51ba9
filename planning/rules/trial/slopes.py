"""How much y moves when x moves by one, and how sure that is (METHOD §14, Slope and interval)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from planning.rules.trial.series import Matched, Prepared
from planning.rules.trial.surrogates import combined
from scorecards.rules.arrays import Floats, Ints

DRAWS = 999
OUTSIDE = 2.5
"""Per cent left out at either end of the interval."""


@dataclass(frozen=True)
class Slope:
    """Change of y, in its unit, for a change of x by one; nominal 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Rows:
    """One unit's pairs: x of each lag, (n, lags), and y, (n,); of the y that have an x at every lag."""

    x: Floats
    y: Floats


def slope(prepared: Prepared, direction: int, *, seed: int, lag: int | None = None, draws: int = DRAWS) -> Slope:
    """The slope at a lag, or where r (or z) is strongest in a direction, +1 or −1, and its moving-block bootstrap.

    Each draw takes blocks of pairs, the same for all units of equal length, and chooses the lag again.
    """
    units = [_rows(one, prepared.lags) for one in prepared.matched]
    lags = None if lag is None else np.array([prepared.lags.index(lag)])
    whole = _slopes([(unit.x[None], unit.y[None]) for unit in units], direction, lags)
    chance = np.random.default_rng(seed)
    start = chance.random((draws, max(len(unit.y) for unit in units)))
    drawn = _slopes([_resampled(unit, start) for unit in units], direction)
    low, high = np.percentile(drawn, [OUTSIDE, 100 - OUTSIDE])
    return Slope(float(whole[0]), float(low), float(high))


def _rows(one: Matched, lags: tuple[int, ...]) -> _Rows:
    first = max(0, lags[-1] - one.shift)
    last = min(len(one.y), len(one.x) + lags[0] - one.shift)
    at = np.arange(first, last)
    return _Rows(one.x[at[:, None] + one.shift - np.array(lags)], one.y[at])


def _resampled(unit: _Rows, start: Floats) -> tuple[Floats, Floats]:
    """Blocks of n^⅓ pairs, rounded up: (draws, n, lags) and (draws, n)."""
    n = len(unit.y)
    block = ceil(n ** (1 / 3) - 1e-9)
    first = (start[:, : ceil(n / block)] * (n - block + 1)).astype(np.int64)
    at = (first[:, :, None] + np.arange(block)).reshape(len(start), -1)[:, :n]
    return unit.x[at], unit.y[at]


def _slopes(samples: list[tuple[Floats, Floats]], direction: int, place: Ints | None = None) -> Floats:
    """The slope over all units at the strongest lag, or at those given by their places: (draws,)."""
    over, under, counts, correlations = [], [], [], []
    for x, y in samples:
        x_off, y_off = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
        together = np.einsum("dnl,dn->dl", x_off, y_off)
        squares = np.einsum("dnl,dnl->dl", x_off, x_off)
        correlations.append(_shares(together, np.sqrt(squares * (y_off * y_off).sum(axis=1, keepdims=True))))
        counts.append(np.full(x.shape[2], float(x.shape[1])))
        over.append(together)
        under.append(squares)
    if place is None:
        strength = combined(correlations, counts) if len(samples) > 1 else correlations[0]
        place = (direction * strength).argmax(axis=1)
    rows = np.arange(len(place))
    return _shares(sum(over[1:], over[0])[rows, place], sum(under[1:], under[0])[rows, place])


def _shares(part: Floats, whole: Floats) -> Floats:
    """part ÷ whole, 0 where there is no whole."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)
