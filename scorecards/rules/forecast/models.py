"""Three models of a measure's own past (METHOD §6): seasonal-naive, drift and Theta, for k histories of n periods at once.

A history is a row of n values, oldest first, without gaps; `weight` is 1 where a value was observed and 0 where a gap
was bridged. A fit says how the series goes on: a middle path, and what shakes it, in the unit of the values.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

import numpy as np

from scorecards.rules.arrays import Bools, Floats, Ints

GRID = np.linspace(0.05, 1.0, 20)
"""Shares of an error that Theta's level keeps; the best on the measure's own past is taken."""
FEWEST_DEGREES = 3
SEASONAL_LIMIT = 1.645
"""A season counts once the changes of a year repeat in the next with one-sided 95 % confidence."""


class Model(StrEnum):
    """How the past is carried on. Where two err alike, the first is taken."""

    SEASONAL_NAIVE = "seasonal_naive"
    DRIFT = "drift"
    THETA = "theta"


@dataclass(frozen=True)
class Fit:
    """k fitted models. `middle` (k, h) is the expected path, `sd` the one-step residual sd on `degrees` of freedom.

    `kept`: share of an innovation that stays in the level. `together`: correlation of one innovation with the next.
    `level_sd`, `slope_sd`, `season_sd`: what is not known of level, slope per period and season, in units of `sd`.
    """

    middle: Floats
    sd: Floats
    degrees: Ints
    kept: Floats
    together: Floats
    level_sd: Floats
    slope_sd: Floats
    season_sd: Floats

    def rows(self, which: Ints | Bools) -> Self:
        """The fits of some of the histories."""
        return type(self)(*(getattr(self, each.name)[which] for each in fields(self)))


@dataclass(frozen=True)
class Season:
    """What each period of the year adds (k, m), 0 where no season is seen, and for which histories one is."""

    adds: Floats
    is_seen: Bools

    def over(self, begin: int, count: int) -> Floats:
        """Its additions in `count` periods, from the one with index `begin` on: (k, count)."""
        found: Floats = self.adds[:, np.arange(begin, begin + count) % self.adds.shape[1]]
        return found


def season_of(history: Floats, season: int) -> Season:
    """The season of each history from two full years on; the trend is taken from year to year, so none is mistaken."""
    rows, n = history.shape
    if season < 2 or n < 2 * season:
        return Season(np.zeros((rows, max(season, 1))), np.zeros(rows, dtype=np.bool_))
    slope = (history[:, season:] - history[:, :-season]).mean(axis=1) / season
    rest = history - slope[:, None] * np.arange(n)
    adds = np.stack([rest[:, start::season].mean(axis=1) for start in range(season)], axis=1)
    change = np.diff(history, axis=1)
    is_seen = _correlation(change[:, season:], change[:, :-season]) > SEASONAL_LIMIT / np.sqrt(n - 1 - season)
    centred = adds - adds.mean(axis=1, keepdims=True)
    return Season(np.where(is_seen[:, None], centred, 0.0), is_seen)


def _correlation(first: Floats, second: Floats) -> Floats:
    first = first - first.mean(axis=1, keepdims=True)
    second = second - second.mean(axis=1, keepdims=True)
    size = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return np.divide((first * second).sum(axis=1), size, out=np.zeros(len(size)), where=size > 0)


def _spread(error: Floats, weight: Floats, given: Ints | int) -> tuple[Floats, Ints]:
    """Residual sd and degrees of freedom: observed errors less the numbers that were fitted."""
    degrees = np.maximum(weight.sum(axis=1).astype(np.int64) - given, FEWEST_DEGREES)
    return np.sqrt((weight * error**2).sum(axis=1) / degrees), degrees


def fit_seasonal_naive(history: Floats, weight: Floats, season: int, horizon: int) -> Fit:
    """Each period as the same one a year before; errors close to each other belong together."""
    rows = len(history)
    error = history[:, season:] - history[:, :-season]
    both = weight[:, season:] * weight[:, :-season]
    sd, degrees = _spread(error, both, 0)
    squares = (error**2).sum(axis=1)
    product = (error[:, 1:] * error[:, :-1]).sum(axis=1)
    together = np.divide(product, squares, out=np.zeros(rows), where=squares > 0)
    none = np.zeros(rows)
    middle = history[:, -season:][:, np.arange(horizon) % season]
    return Fit(middle, sd, degrees, none, np.clip(together, 0.0, 0.9), none, none, none)


def fit_drift(history: Floats, weight: Floats, season: int, horizon: int) -> Fit:
    """The last value, and on by the mean change per period."""
    rows, n = history.shape
    slope = (history[:, -1] - history[:, 0]) / (n - 1)
    sd, degrees = _spread(np.diff(history, axis=1) - slope[:, None], weight[:, 1:], 1)
    none = np.zeros(rows)
    middle = history[:, -1:] + slope[:, None] * np.arange(1, horizon + 1)
    return Fit(middle, sd, degrees, none + 1, none, none, none + 1 / np.sqrt(n - 1), none)


def fit_theta(history: Floats, weight: Floats, season: int, horizon: int) -> Fit:
    """Exponential smoothing that rises by half the trend, on what is left without the season."""
    rows, n = history.shape
    found = season_of(history, season)
    smooth = Smoothing.of(history - found.over(0, n), weight)
    level, slope, row = smooth.level[:, -1], smooth.slope[:, -1], np.arange(rows)
    best = smooth.best[:, -1]
    error = smooth.error[row, :, best] - slope[:, None] * smooth.reach[:, best].T
    given = 1 + np.where(found.is_seen, found.adds.shape[1] - 1, 0)
    sd, degrees = _spread(error[:, 1:], weight[:, 1:], given)
    none = np.zeros(rows)
    return Fit(
        middle=level[:, None] + slope[:, None] * np.arange(1, horizon + 1) + found.over(n, horizon),
        sd=sd,
        degrees=degrees,
        kept=GRID[best],
        together=none,
        level_sd=none + 1 / np.sqrt(n),
        slope_sd=none + 0.5 / np.sqrt(n - 1),
        season_sd=np.where(found.is_seen, np.sqrt(season / n), 0.0),
    )


FITS: dict[Model, Callable[[Floats, Floats, int, int], Fit]] = {
    Model.SEASONAL_NAIVE: fit_seasonal_naive,
    Model.DRIFT: fit_drift,
    Model.THETA: fit_theta,
}


@dataclass(frozen=True)
class Smoothing:
    """Theta fitted to the first t values of each history, for every t at once: column t − 1 belongs to t values.

    `level` and `slope` (k, n) are those of the best share of the grid, `best` (k, n) its place. `error` (k, n, a) is
    the one-step error without a slope, and a slope of 1 takes `reach` (n, a) off it.
    """

    level: Floats
    slope: Floats
    best: Ints
    error: Floats
    reach: Floats

    @classmethod
    def of(cls, values: Floats, weight: Floats) -> Self:
        """One pass: with a slope c the error is e − c·reach, so that squared errors of any c follow from three sums."""
        (rows, n), shares = values.shape, len(GRID)
        level, error = np.empty((rows, n, shares)), np.zeros((rows, n, shares))
        reach, lag = np.zeros((n, shares)), np.zeros((n, shares))
        level[:, 0] = values[:, :1]
        for t in range(1, n):
            error[:, t] = values[:, t, None] - level[:, t - 1]
            level[:, t] = level[:, t - 1] + GRID * error[:, t]
            reach[t] = lag[t - 1] + 1
            lag[t] = (1 - GRID) * reach[t]
        slope, counted = _half_slopes(values), weight[:, :, None]
        squares = np.cumsum(counted * error**2, axis=1)
        cross = np.cumsum(counted * error * reach, axis=1)
        own = np.cumsum(counted * reach**2, axis=1)
        best = (squares - 2 * slope[:, :, None] * cross + slope[:, :, None] ** 2 * own).argmin(axis=2)
        row, column = np.arange(rows)[:, None], np.arange(n)[None, :]
        return cls(level[row, column, best] + slope * lag[column, best], slope, best, error, reach)


def _half_slopes(values: Floats) -> Floats:
    """Half the slope of the straight line through the first t values, for every t: (k, n)."""
    from_first = values - values[:, :1]
    t = np.arange(values.shape[1], dtype=np.float64)
    count = t + 1
    moment = np.cumsum(from_first * t, axis=1) - t / 2 * np.cumsum(from_first, axis=1)
    spread = count * (count**2 - 1) / 12
    return np.divide(moment, 2 * spread, out=np.zeros_like(moment), where=spread > 0)
