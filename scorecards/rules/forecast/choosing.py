"""Which model would have forecast a measure's own past best: errors from rolling origins, all steps to the year end."""

from dataclasses import dataclass

import numpy as np

from scorecards.rules.arrays import TOLERANCE, Floats, Ints
from scorecards.rules.forecast.models import Model, Smoothing, season_of

MOST_ORIGINS = 24
FEWEST_BEFORE = 4


@dataclass(frozen=True)
class _Origins:
    """`first` to n − 1 values are known, and up to `horizon` steps beyond are forecast."""

    history: Floats
    weight: Floats
    first: int
    horizon: int

    def error(self, forecast: Floats, truth: Floats, step: int) -> Floats:
        """Sum of absolute errors of one step: `forecast` (k, n) holds in column t − 1 what t values say."""
        n = self.history.shape[1]
        aimed = slice(self.first - 1 + step, n)
        error = np.abs(forecast[:, self.first - 1 : n - step] - truth[:, aimed])
        summed: Floats = (self.weight[:, aimed] * error).sum(axis=1)
        return summed


def candidates(n: int, season: int) -> list[Model]:
    """The models that n values allow: seasonal-naive from 2 full years + 1."""
    return [model for model in Model if model is not Model.SEASONAL_NAIVE or (season > 1 and n >= 2 * season + 1)]


def choose(history: Floats, weight: Floats, season: int, horizon: int) -> Ints:
    """For each history the place in `candidates` of the model with the smallest error on its own past."""
    n = history.shape[1]
    models = candidates(n, season)
    begin = season + 1 if Model.SEASONAL_NAIVE in models else max(FEWEST_BEFORE, n // 2)
    origins = _Origins(history, weight, max(begin, n - MOST_ORIGINS), horizon)
    sums = {
        Model.SEASONAL_NAIVE: _seasonal_naive_error,
        Model.DRIFT: _drift_error,
        Model.THETA: _theta_error,
    }
    error = np.stack([sums[model](origins, season) for model in models], axis=1)
    scale = np.abs(history).max(axis=1, keepdims=True) * history.shape[1]
    least = error.min(axis=1, keepdims=True)
    first: Ints = (error <= least * (1 + TOLERANCE) + scale * 1e-13).argmax(axis=1)
    return first


def _steps(origins: _Origins) -> range:
    return range(1, min(origins.horizon, origins.history.shape[1] - origins.first) + 1)


def _seasonal_naive_error(origins: _Origins, season: int) -> Floats:
    total = np.zeros(len(origins.history))
    for step in _steps(origins):
        back = season - 1 - (step - 1) % season
        before = np.roll(origins.history, back, axis=1)
        total += origins.error(before, origins.history, step)
    return total


def _drift_error(origins: _Origins, season: int) -> Floats:
    history, known = origins.history, np.arange(origins.history.shape[1], dtype=np.float64)
    slope = (history - history[:, :1]) / np.maximum(known, 1.0)
    return np.asarray(sum(origins.error(history + step * slope, history, step) for step in _steps(origins)))


def _theta_error(origins: _Origins, season: int) -> Floats:
    """The season is that of the whole past; where one is seen, its errors are enlarged by what it has seen already."""
    history, n = origins.history, origins.history.shape[1]
    found = season_of(history, season)
    rest = history - found.over(0, n)
    smooth = Smoothing.of(rest, origins.weight)
    total = sum(origins.error(smooth.level + step * smooth.slope, rest, step) for step in _steps(origins))
    share = season / n if n >= 2 * season else 0.0
    return np.asarray(total) * np.where(found.is_seen, np.sqrt((1 + share) / (1 - share)), 1.0)
