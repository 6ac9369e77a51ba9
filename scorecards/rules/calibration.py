"""How good an owner's forecasts and declarations were (METHOD §6): bias, Brier, skill, and the watermelon rate.

All arrays have one row per closed forecast (or declaration); NaN where something is not known.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scorecards.rules.arrays import Bools, Floats, floats, near, quiet
from scorecards.rules.status import Status

FEWEST_FORECASTS = 8
FEWEST_DECLARATIONS = 5


@dataclass(frozen=True)
class Closed:
    """n closed forecasts: what was said of the year end and its target, and what came.

    `chance` 0 to 1; `target`, `baseline`, `red_flag` as known when it was said; `goodness` +1 or −1.
    """

    forecast: Floats
    chance: Floats
    actual: Floats
    target: Floats
    baseline: Floats
    red_flag: Floats
    goodness: Floats


@dataclass(frozen=True)
class Calibration:
    """`n` closed forecasts. Under 8 nothing is said; a figure is None where it cannot be.

    `bias`: above 0 is too hopeful, 1 is the whole way from baseline to target; over `n_bias` forecasts, while
    `left_out` had nothing to be measured against. `brier` 0 is perfect, over `n_chances`; `skill` 1 is perfect, 0 no
    better than always saying `base_rate`; of a base rate of 0 or 1 there is none.
    """

    n: int
    bias: float | None = None
    n_bias: int = 0
    left_out: int = 0
    brier: float | None = None
    n_chances: int = 0
    base_rate: float | None = None
    skill: float | None = None

    @property
    def is_too_few(self) -> bool:
        return self.n < FEWEST_FORECASTS


def met(value: Floats, target: Floats, goodness: Floats) -> Bools:
    """At the target or better by direction (METHOD §3); False where one of them is missing."""
    found: Bools = goodness * (value - target) >= -near(target)
    return found


@quiet
def calibration(closed: Closed) -> Calibration:
    """The figures of one owner. Forecasts whose year has no value yet are not closed and do not count."""
    is_closed = ~np.isnan(closed.actual) & (~np.isnan(closed.forecast) | ~np.isnan(closed.chance))
    n = int(is_closed.sum())
    if n < FEWEST_FORECASTS:
        return Calibration(n)
    distance = _distance(closed)
    is_said = is_closed & ~np.isnan(closed.forecast)
    is_measured = is_said & ~np.isnan(distance)
    terms = (closed.forecast - closed.actual) * closed.goodness / distance
    is_chance = is_closed & ~np.isnan(closed.chance) & ~np.isnan(closed.target)
    hit = met(closed.actual, closed.target, closed.goodness)[is_chance]
    brier, base_rate, skill = _brier(closed.chance[is_chance], hit)
    return Calibration(
        n=n,
        bias=float(terms[is_measured].mean()) if is_measured.any() else None,
        n_bias=int(is_measured.sum()),
        left_out=int((is_said & ~is_measured).sum()),
        brier=brier,
        n_chances=int(is_chance.sum()),
        base_rate=base_rate,
        skill=skill,
    )


def _distance(closed: Closed) -> Floats:
    """|target − baseline|, else |target − red flag|; NaN where both say nothing."""
    found = np.abs(closed.target - closed.baseline)
    useless = np.isnan(found) | (found <= near(closed.target))
    other = np.abs(closed.target - closed.red_flag)
    found = np.where(useless, other, found)
    return np.where(found <= near(closed.target), np.nan, found)


def _brier(chance: Floats, hit: Bools) -> tuple[float | None, float | None, float | None]:
    if len(hit) == 0:
        return None, None, None
    brier, base_rate = float(((chance - hit) ** 2).mean()), float(hit.mean())
    usual = base_rate * (1 - base_rate)
    return brier, base_rate, None if usual == 0 else 1 - brier / usual


@dataclass(frozen=True)
class Watermelons:
    """Green outside, red inside: `red` of `green` declarations; no rate under 5 of them."""

    green: int
    red: int

    @property
    def rate(self) -> float | None:
        return self.red / self.green if self.green >= FEWEST_DECLARATIONS else None


def watermelons(declarations: Iterable[tuple[str, str]]) -> Watermelons:
    """From pairs of declared and computed status on the same day."""
    computed = [found for said, found in declarations if said == Status.ON_TRACK]
    return Watermelons(len(computed), sum(found == Status.OFF_TRACK for found in computed))


def closed_of(rows: Iterable[tuple[float | None, ...]]) -> Closed:
    """From rows in the order of the fields of `Closed`; None is missing."""
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64).reshape(-1, 7)
    return Closed(*(floats(table[:, column]) for column in range(7)))
