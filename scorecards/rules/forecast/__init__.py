"""The system's forecast of a measure to the end of its year (METHOD §6): choose a model, simulate, combine."""

from dataclasses import dataclass

import numpy as np

from scorecards.rules.arrays import Bools, Floats, Ints, Words, quiet
from scorecards.rules.forecast.choosing import candidates, choose
from scorecards.rules.forecast.models import FITS, Model
from scorecards.rules.forecast.simulating import YearEnd, quantiles, share_met, simulate

__all__ = ["FEWEST", "LONGEST", "Forecasts", "Model", "Wanted", "YearEnd", "forecast", "is_sandbagged", "longest"]

FEWEST = 8
"""Observations below which nothing is forecast."""
LONGEST = 60
BLOCK = 64
SANDBAG_ABOVE = 0.9


@dataclass(frozen=True)
class Wanted:
    """What k year ends are held against and kept within, NaN for none: at least, at most; possible values."""

    lowest: Floats
    highest: Floats
    floor: Floats
    ceiling: Floats


@dataclass(frozen=True)
class Forecasts:
    """k forecasts of h steps. `low`, `middle`, `high` (k, h); `year_…` and `p_met` (k,); NaN and no model under 8 values."""

    model: Words
    n: Ints
    low: Floats
    middle: Floats
    high: Floats
    year_low: Floats
    year_middle: Floats
    year_high: Floats
    p_met: Floats


def longest(season: int) -> int:
    """How much of the past is used: the last 60 periods, or the two years and one period that a season needs."""
    return max(LONGEST, 2 * season + 1)


@quiet
def forecast(history: Floats, *, season: int, horizon: int, year: YearEnd, wanted: Wanted) -> Forecasts:
    """Forecast k measures with histories of equal length: (k, n), oldest first, NaN for a gap; ends with a value.

    `season` is the number of periods in a year (1: none), `horizon` that of steps to the year end, at least 1.
    """
    rows = len(history)
    seen = ~np.isnan(history)
    weight, values = seen.astype(np.float64), bridged(history)
    found = _none(rows, horizon, seen.sum(axis=1))
    enough = np.flatnonzero(found.n >= FEWEST)
    if len(enough) == 0:
        return found
    models = candidates(values.shape[1], season)
    chosen = np.full(rows, -1)
    for begin in range(0, len(enough), BLOCK):
        block = enough[begin : begin + BLOCK]
        chosen[block] = choose(values[block], weight[block], season, horizon)
    for place, model in enumerate(models):
        mine = np.flatnonzero(chosen == place)
        found.model[mine] = model
        for begin in range(0, len(mine), BLOCK):
            _fill(found, mine[begin : begin + BLOCK], model, (values, weight, season, horizon), year, wanted)
    return found


def _fill(
    found: Forecasts,
    block: Ints,
    model: Model,
    inputs: tuple[Floats, Floats, int, int],
    year: YearEnd,
    wanted: Wanted,
) -> None:
    values, weight, season, horizon = inputs
    fit = FITS[model](values[block], weight[block], season, horizon)
    for degrees in np.unique(fit.degrees):
        alike = fit.degrees == degrees
        rows = block[alike]
        floor, ceiling = _bound(wanted.floor[rows], -np.inf), _bound(wanted.ceiling[rows], np.inf)
        paths = np.clip(simulate(fit.rows(alike), int(degrees)), floor[:, None, None], ceiling[:, None, None])
        found.low[rows], found.middle[rows], found.high[rows] = quantiles(paths)
        ends = year.rows(rows).of(paths)
        found.year_low[rows], found.year_middle[rows], found.year_high[rows] = quantiles(ends)
        found.p_met[rows] = share_met(ends, wanted.lowest[rows], wanted.highest[rows])


def _bound(given: Floats, endless: float) -> Floats:
    return np.where(np.isnan(given), endless, given)


def _none(rows: int, horizon: int, n: Ints) -> Forecasts:
    model = np.empty(rows, dtype=np.object_)
    steps = [np.full((rows, horizon), np.nan) for _ in range(3)]
    ends = [np.full(rows, np.nan) for _ in range(4)]
    return Forecasts(model, n, *steps, *ends)


def bridged(history: Floats) -> Floats:
    """Gaps filled by the straight line between their neighbours; a gap at an end by the nearest value."""
    values, columns = history.copy(), np.arange(history.shape[1])
    for row in np.flatnonzero(np.isnan(history).any(axis=1)):
        seen = ~np.isnan(history[row])
        if seen.any():
            values[row] = np.interp(columns, columns[seen], history[row, seen])
    return values


def is_sandbagged(p_met: Floats) -> Bools:
    """True where the forecast beats a target that is being set with more than 9 chances in 10."""
    return np.nan_to_num(p_met, nan=0.0) > SANDBAG_ABOVE
