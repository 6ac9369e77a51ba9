"""The test of a link against surrogates of its source (METHOD §14, Test)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.rules.trial.series import FEWEST_PER_UNIT, Matched, Prepared, season_means
from scorecards.rules.arrays import Floats, Ints

LEAST_SURROGATES = 9_999
PER_LINK = 20
STOP_AT = 20
"""Exceedances at which a direction stops."""
CLIPPED = 0.999999
SAME = 1e-12
FIRST_BATCH, LAST_BATCH = 128, 2_048


@dataclass(frozen=True)
class Answer:
    """Both directions of a test: [in the hypothesised sign, in the other]. `lags` are where each is strongest."""

    p: float
    p_each: tuple[float, float]
    lags: tuple[int, int]
    drawn: int

    @property
    def is_with_sign(self) -> bool:
        """Whether the hypothesised sign gave p."""
        return self.p_each[0] <= self.p_each[1]

    @property
    def lag(self) -> int:
        """The lag of the direction that gave p."""
        return self.lags[0] if self.is_with_sign else self.lags[1]


def surrogates_for(links: int) -> int:
    """How many surrogates a family of so many links asks for."""
    return max(LEAST_SURROGATES, PER_LINK * links)


def against_surrogates(prepared: Prepared, sign: int, *, most: int, seed: int) -> Answer:
    """Phase-randomised surrogates of x against y, until both directions stop or `most` are drawn."""
    units = [_Unit(one, prepared.lags) for one in prepared.matched]
    seen = _directions(units, [unit.x[None] for unit in units], sign, prepared)
    found = seen.max(axis=2)[0]
    chance = np.random.default_rng(seed)
    count, drawn, size = np.zeros(2, dtype=np.int64), 0, FIRST_BATCH
    p = np.full(2, np.nan)
    phases = max(len(unit.spectrum) for unit in units)
    while drawn < most and np.isnan(p).any():
        rows = min(size, most - drawn)
        turn = chance.random((rows, phases))
        strongest = _directions(units, [unit.surrogates(turn) for unit in units], sign, prepared).max(axis=2)
        exceeded = count + np.cumsum(strongest >= found - SAME, axis=0)
        p = np.where(np.isnan(p), _stopped(exceeded, drawn), p)
        count, drawn, size = exceeded[-1], drawn + rows, min(2 * size, LAST_BATCH)
    p = np.where(np.isnan(p), (1 + count) / (drawn + 1), p)
    with_sign, other = (int(prepared.lags[place]) for place in seen[0].argmax(axis=1))
    return Answer(float(min(1.0, 2 * p.min())), (float(p[0]), float(p[1])), (with_sign, other), drawn)


def _stopped(exceeded: Ints, before: int) -> Floats:
    """Besag and Clifford's p of each direction that came to 20 exceedances in this batch, else NaN."""
    is_over = exceeded >= STOP_AT
    return np.where(is_over.any(axis=0), STOP_AT / (before + 1.0 + is_over.argmax(axis=0)), np.nan)


def _directions(units: list[_Unit], xs: list[Floats], sign: int, prepared: Prepared) -> Floats:
    """The statistic of every lag, (draws, directions, lags): in the hypothesised sign, and in the other."""
    together = combined([unit.correlations(x) for unit, x in zip(units, xs, strict=True)], [u.n for u in units])
    strength = sign * (together if prepared.is_pooled else units[0].correlations(xs[0]))
    return np.stack([strength, -strength], axis=1)


def combined(correlations: list[Floats], counts: list[Floats]) -> Floats:
    """z of each lag over the units with 8 pairs or more: lists of (draws, lags) and of (lags,)."""
    weights = [np.where(n >= FEWEST_PER_UNIT, n - 3, 0.0) for n in counts]
    total = sum(weights[1:], weights[0])
    turned = [w * np.arctanh(np.clip(r, -CLIPPED, CLIPPED)) for w, r in zip(weights, correlations, strict=True)]
    return sum(turned[1:], turned[0]) / np.sqrt(np.maximum(total, 1.0))


class _Unit:
    """One unit's spectrum of x, and y laid out so that all lags' correlations are three products of matrices."""

    def __init__(self, one: Matched, lags: tuple[int, ...]) -> None:
        self.x = (one.x - one.x.mean()) / one.x.std()
        self.spectrum = np.fft.rfft(self.x)
        self._season = season_means(len(self.x), one.season) if one.season else None
        self._wanted, self._used = _laid_out(one, lags)
        self.n: Floats = self._used.sum(axis=0)

    def surrogates(self, turn: Floats) -> Floats:
        """Series with x's spectrum and other phases, (draws, n); `turn` are shares of a full turn, alike for all units."""
        mine = turn[:, : len(self.spectrum)]
        turned = np.exp(2j * np.pi * mine)
        if len(self.x) % 2 == 0:
            turned[:, -1] = np.where(mine[:, -1] < 0.5, -1.0, 1.0)
        drawn = np.fft.irfft(self.spectrum * turned, len(self.x), axis=1)
        return drawn if self._season is None else drawn - drawn @ self._season

    def correlations(self, xs: Floats) -> Floats:
        """r of each lag, (draws, lags); 0 where x does not vary over the pairs."""
        n = np.maximum(self.n, 1.0)
        spread = (xs * xs) @ self._used - (xs @ self._used) ** 2 / n
        varies = spread > SAME * n
        return np.where(varies, (xs @ self._wanted) / np.sqrt(np.where(varies, spread, 1.0)), 0.0)


def _laid_out(one: Matched, lags: tuple[int, ...]) -> tuple[Floats, Floats]:
    """y beside the x of each lag, centred and of length 1, and 1 where there is a pair: both (len(x), lags)."""
    wanted, used = np.zeros((len(one.x), len(lags))), np.zeros((len(one.x), len(lags)))
    for column, lag in enumerate(lags):
        at = np.arange(len(one.x)) + lag - one.shift
        paired = (at >= 0) & (at < len(one.y))
        if paired.any():
            y = one.y[at[paired]] - one.y[at[paired]].mean()
            length = np.sqrt((y * y).sum())
            wanted[paired, column] = y / length if length > SAME else 0.0
            used[paired, column] = 1.0
    return wanted, used
