"""Paths of a fitted model to the year end, and what they say: 2,000 of them, seeded, each beside its mirror image.

All measures share the same draws: a measure's answer depends on its own past alone, not on which others are computed
with it, and stays the same from night to night. A path and its mirror image make the median the middle path.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scorecards.rules.aggregation import Aggregation
from scorecards.rules.arrays import Bools, Floats, near
from scorecards.rules.forecast.models import Fit

PATHS = 2_000
SEED = 20_260_101
LOW, HIGH = 0.1, 0.9
"""Ends of the 80 % interval."""


@dataclass(frozen=True)
class YearEnd:
    """How a path becomes the value of the year, for k measures of one aggregation.

    `done` (k, d): values of the year so far; `skip`: steps of the path before the year begins. `weight` (k, d + steps):
    denominators of a ratio, those of last year for periods to come; rows without any are joined by plain mean.
    """

    aggregation: Aggregation
    done: Floats
    skip: int = 0
    weight: Floats | None = None

    def of(self, paths: Floats) -> Floats:
        """The year's value of each path: (k, paths) from (k, paths, h)."""
        coming = paths[:, :, self.skip :]
        done = np.broadcast_to(self.done[:, None, :], (*paths.shape[:2], self.done.shape[1]))
        parts = np.concatenate([done, coming], axis=2)
        joins = {
            Aggregation.SUM: lambda: parts.sum(axis=2),
            Aggregation.COUNT: lambda: parts.sum(axis=2),
            Aggregation.MEAN: lambda: parts.mean(axis=2),
            Aggregation.LAST: lambda: parts[:, :, -1],
            Aggregation.MIN: lambda: parts.min(axis=2),
            Aggregation.MAX: lambda: parts.max(axis=2),
            Aggregation.RATIO: lambda: self._weighted(parts),
        }
        joined: Floats = joins[self.aggregation]()
        return joined

    def _weighted(self, parts: Floats) -> Floats:
        if self.weight is None:
            weight = np.ones((len(parts), parts.shape[2]))
        else:
            is_usable = (np.nan_to_num(self.weight, nan=-1.0) >= 0).all(axis=1) & (self.weight.sum(axis=1) > 0)
            weight = np.where(is_usable[:, None], self.weight, 1.0)
        total: Floats = (parts * weight[:, None, :]).sum(axis=2) / weight.sum(axis=1)[:, None]
        return total

    def rows(self, which: slice | Bools) -> "YearEnd":
        """The same of some of the measures."""
        weight = None if self.weight is None else self.weight[which]
        return YearEnd(self.aggregation, self.done[which], self.skip, weight)


@lru_cache(maxsize=64)
def _draws(steps: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Normal draws for shocks (paths, steps), level and slope (paths,), season (paths, steps).

    The columns are made uncorrelated and of variance 1 exactly, so that 2,000 paths say what endlessly many would.
    """
    raw = np.random.default_rng(SEED).standard_normal((PATHS // 2, 2 * steps + 2))
    columns, triangle = np.linalg.qr(raw)
    half = columns * np.sign(np.diag(triangle)) * np.sqrt(PATHS // 2)
    both = np.concatenate([half, -half])
    return both[:, :steps], both[:, steps], both[:, steps + 1], both[:, steps + 2 :]


@lru_cache(maxsize=256)
def _stretch(degrees: int) -> Floats:
    """What makes a normal path one of Student's t: one factor per path, as one sd was estimated for all its steps."""
    half = np.sqrt(degrees / np.random.default_rng([SEED, degrees]).chisquare(degrees, PATHS // 2))
    return np.concatenate([half, half])


def simulate(fit: Fit, degrees: int) -> Floats:
    """2,000 paths of each of k fits with the same degrees of freedom: (k, 2000, h)."""
    rows, steps = fit.middle.shape
    shock, level, slope, season = _draws(steps)
    shock = _stretch(degrees)[:, None] * shock
    fresh = np.sqrt(1 - fit.together**2)[:, None]
    paths = np.empty((rows, PATHS, steps))
    carried = fit.level_sd[:, None] * level
    noise = np.zeros((rows, PATHS))
    for step in range(steps):
        noise = shock[:, step] if step == 0 else fit.together[:, None] * noise + fresh * shock[:, step]
        unsure = (step + 1) * fit.slope_sd[:, None] * slope + fit.season_sd[:, None] * season[:, step]
        paths[:, :, step] = fit.middle[:, step, None] + fit.sd[:, None] * (carried + noise + unsure)
        carried = carried + fit.kept[:, None] * shock[:, step]
    return paths


def quantiles(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower end, median and upper end of the interval over the second axis."""
    low, middle, high = np.quantile(values, [LOW, 0.5, HIGH], axis=1)
    return low, middle, high


def share_met(values: Floats, lowest: Floats, highest: Floats) -> Floats:
    """Share of the year ends (k, paths) from `lowest` to `highest`, NaN on both sides: no target, no share.

    Up is from the target on, down is to the target, inside has both ends (METHOD §3, "met").
    """
    above = np.where(np.isnan(lowest), -np.inf, lowest - near(lowest))[:, None]
    below = np.where(np.isnan(highest), np.inf, highest + near(highest))[:, None]
    share: Floats = ((values >= above) & (values <= below)).mean(axis=1)
    return np.where(np.isnan(lowest) & np.isnan(highest), np.nan, share)
