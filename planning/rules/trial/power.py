"""What a test of this length and noise can see, by simulation (METHOD §14: s, and where an interval is stated).

Effects are sd(βx) ÷ sd(e), y = βx a few periods ago + e, with x and e first-order autoregressive. Inputs are rounded so
that links that are much alike share one simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from planning.rules.trial.series import Matched, Prepared, without_season
from planning.rules.trial.slopes import slope
from planning.rules.trial.surrogates import combined
from scorecards.rules.arrays import Floats

POWER = 0.8
LARGEST = 4.0
"""An effect beyond this says nothing to anybody: the size is then called not known."""
STEPS = 12
SEEN_RUNS, NULL_RUNS, BLOCK = 1_000, 20_000, 2_000
COVER_AT_LEAST = 0.9
COVER_RUNS, COVER_DRAWS = 400, 199
WARM_UP = 30


@dataclass(frozen=True)
class Setting:
    """How many units, pairs of each at the longest lag, the lags, and the autocorrelation of x and of e in tenths.

    `season` is the periods of a year where the mean of each is taken out, which costs sight; else 1, the mean of all.
    """

    units: int
    n: int
    lags: tuple[int, ...]
    x_tenths: int
    e_tenths: int
    season: int = 1


def setting(prepared: Prepared, rest: float = 0.0, lag: int | None = None) -> Setting:
    """The setting of what was tested; `rest` is the slope whose effect at `lag` is taken out of y before its noise is judged."""
    noise = [_left_over(one, rest, lag) for one in prepared.matched]
    count = len(prepared.matched)
    return Setting(
        count,
        round(prepared.pairs / count),
        prepared.lags,
        _tenths([one.x for one in prepared.matched]),
        _tenths(noise),
        max(1, *(one.season for one in prepared.matched)),
    )


def _left_over(one: Matched, rest: float, lag: int | None) -> Floats:
    if lag is None:
        return one.y
    at = np.arange(max(0, lag - one.shift), min(len(one.y), len(one.x) + lag - one.shift))
    return one.y[at] - rest * one.x[at + one.shift - lag]


def _tenths(series: list[Floats]) -> int:
    """Autocorrelation from one period to the next, over all units, −0.5 to 0.9, in tenths."""
    off = [values - values.mean() for values in series]
    whole = sum(float(values @ values) for values in off)
    return round(10 * min(0.9, max(-0.5, sum(float(v[1:] @ v[:-1]) for v in off) / whole))) if whole > 0 else 0


@lru_cache(maxsize=1024)
def smallest_seen(known: Setting, level: float) -> float | None:
    """The effect that is found in 80 % of simulations at a level of p, or None beyond 4."""
    chance = np.random.default_rng([known.units, known.n, len(known.lags)])
    apart = [_parts(chance, known, BLOCK, is_apart=True) for _ in range(NULL_RUNS // BLOCK)]
    seen = _parts(chance, known, SEEN_RUNS, is_apart=False)
    if _power(known, seen, apart, LARGEST, level) < POWER:
        return None
    low, high = 0.0, LARGEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        is_seen = _power(known, seen, apart, middle, level) >= POWER
        low, high = (low, middle) if is_seen else (middle, high)
    return round(high, 2)


def _power(known: Setting, seen: _Parts, apart: list[_Parts], effect: float, level: float) -> float:
    """Share of runs in which x stands out among series that are like it and have nothing to do with y."""
    null = np.concatenate([part.strongest(known, effect) for part in apart])
    return float((seen.strongest(known, effect) > np.quantile(null, 1 - level / 2)).mean())


@dataclass(frozen=True)
class _Parts:
    """The sums of products from which r follows for every effect. (runs, units, lags), those without x: one lag."""

    with_e: Floats
    with_x: Floats
    squares: Floats
    e_squares: Floats
    e_with_x: Floats
    x_squares: Floats

    def strongest(self, known: Setting, effect: float) -> Floats:
        """M in the hypothesised sign, (runs,)."""
        y_squares = self.e_squares + 2 * effect * self.e_with_x + effect**2 * self.x_squares
        r = (self.with_e + effect * self.with_x) / np.sqrt(self.squares * y_squares)
        if known.units == 1:
            return np.asarray(r[:, 0].max(axis=-1))
        counts = [np.full(len(known.lags), float(known.n))] * known.units
        return np.asarray(combined([r[:, unit] for unit in range(known.units)], counts).max(axis=-1))


def _parts(chance: np.random.Generator, known: Setting, runs: int, *, is_apart: bool) -> _Parts:
    """Draw x and e; the series that is held against y is x itself, or another one."""
    x, e = _draw(chance, known, runs)
    held = _draw(chance, known, runs)[0] if is_apart else x
    moving = _lagged(known, x, true_lag(known))
    noise = _lagged(known, e, 0)
    mine = np.stack([_lagged(known, held, lag) for lag in known.lags], axis=2)
    return _Parts(
        np.einsum("rult,rut->rul", mine, noise),
        np.einsum("rult,rut->rul", mine, moving),
        np.einsum("rult,rult->rul", mine, mine),
        (noise * noise).sum(axis=-1)[..., None],
        (noise * moving).sum(axis=-1)[..., None],
        (moving * moving).sum(axis=-1)[..., None],
    )


def _lagged(known: Setting, series: Floats, lag: int) -> Floats:
    """What stands beside y at a lag, without its means: (runs, units, n)."""
    start = series.shape[-1] - known.n - lag
    return without_season(series[..., start : start + known.n], known.season)


def _draw(chance: np.random.Generator, known: Setting, runs: int) -> tuple[Floats, Floats]:
    """x and e: (runs, units, longest lag + n) each; of several units, what they share is taken out."""
    shape = (runs, known.units, known.n + known.lags[-1])
    x, e = (_series(chance, shape, tenths / 10) for tenths in (known.x_tenths, known.e_tenths))
    return (x, e) if known.units == 1 else (x - x.mean(axis=1, keepdims=True), e - e.mean(axis=1, keepdims=True))


def _series(chance: np.random.Generator, shape: tuple[int, int, int], keeps: float) -> Floats:
    """First-order autoregressive, variance 1."""
    made = chance.standard_normal((*shape[:2], shape[2] + WARM_UP))
    for step in range(1, made.shape[2]):
        made[..., step] += keeps * made[..., step - 1]
    return made[..., WARM_UP:] * np.sqrt(1 - keeps**2)


def true_lag(known: Setting) -> int:
    """Where simulations put the effect: in the middle of the window."""
    return known.lags[len(known.lags) // 2]


def is_interval_honest(known: Setting, effect: float) -> bool:
    """Whether at least 90 % of simulated intervals hold the true slope; effects are rounded to quarters."""
    return coverage(known, max(0.25, round(min(effect, LARGEST) * 4) / 4)) >= COVER_AT_LEAST


@lru_cache(maxsize=1024)
def coverage(known: Setting, effect: float) -> float:
    """Share of simulated intervals that hold the true slope."""
    chance = np.random.default_rng([known.units, known.n, len(known.lags), round(100 * effect)])
    x, e = _draw(chance, known, COVER_RUNS)
    start, lag, held = known.lags[-1], true_lag(known), 0
    y = e[..., start:] + effect * x[..., start - lag : x.shape[-1] - lag]
    for run in range(COVER_RUNS):
        pairs = tuple(
            Matched(without_season(a, known.season), without_season(b, known.season), start)
            for a, b in zip(x[run], y[run], strict=True)
        )
        found = slope(Prepared(pairs, known.lags, 0, 0, 0), 1, seed=run, draws=COVER_DRAWS)
        held += found.low <= effect <= found.high
    return held / COVER_RUNS
