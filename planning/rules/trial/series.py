"""From two measures' values to what enters the test of a link (METHOD §14, Series).

All tracks of a case share one time axis: position 0 is the same period for every unit, at the coarser frequency of the
two measures. A change stands at the later of its two periods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product
from typing import TypeAlias

import numpy as np

from scorecards.rules.arrays import Bools, Floats, Ints

FILLED_AT_MOST = 0.05
"""Share of a run's values that may be interpolated."""
YEARS_FOR_SEASON = 3
FEWEST_PAIRS = 18
FEWEST_UNITS = 3
FEWEST_PER_UNIT = 8
FLAT, NOISE = 1e-9, 1e-12
"""What varies by no more than this share of the changes, or of the values, does not vary."""
PER_MONTH = {"week": 52.1775 / 12, "month": 1.0, "quarter": 1 / 3, "half_year": 1 / 6, "year": 1 / 12}
"""Periods in a month; a week is 7 of 365.2425 days."""

Run: TypeAlias = tuple[int, int]
"""Where it begins, and where it has ended."""


class Reason(StrEnum):
    """Why it is too early to say anything."""

    NO_DATA = "no_data"
    NO_VARIATION = "no_variation"
    FEW_PAIRS = "few_pairs"
    UNCLEAR = "unclear"
    """Under 36 pairs, and nothing significant."""


@dataclass(frozen=True)
class Track:
    """One measure of one unit: values of consecutive periods, up is better, NaN for a gap.

    `breaks` are the positions whose value begins a new series: a redefinition, a restated method, a marked event.
    """

    values: Floats
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Source and target in one unit, on one time axis."""

    x: Track
    y: Track


@dataclass(frozen=True)
class Case:
    """A link with what is known: its sign, its lags in periods from shortest to longest, and how many periods a year has.

    `own` is the pair of the strategy's own unit, `units` are those of the units that share both measures.
    """

    link: int
    sign: int
    lags: tuple[int, int]
    season: int
    own: Pair | None = None
    units: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Matched:
    """One unit's changes as they enter the test; `shift` is where y begins, seen from where x begins.

    `season` is the periods of a year where the mean of each was taken out, else 0.
    """

    x: Floats
    y: Floats
    shift: int
    season: int = 0


@dataclass(frozen=True)
class Prepared:
    """What enters the test: pairs at the longest lag over all units, from the first to the last change of a target."""

    matched: tuple[Matched, ...]
    lags: tuple[int, ...]
    pairs: int
    first: int
    last: int

    @property
    def is_pooled(self) -> bool:
        """Whether several units are tested together."""
        return len(self.matched) > 1


@dataclass(frozen=True)
class Candidate:
    """A measure that may stand for its objective in a test."""

    key: int
    weight: float
    is_leading: bool


def stands_for(measures: Sequence[Candidate], *, leading: bool) -> int | None:
    """The leading (or lagging) measure with most weight, else the heaviest of all; ties to the lowest key."""
    wanted = [one for one in measures if one.is_leading is leading] or list(measures)
    return min(wanted, key=lambda one: (-one.weight, one.key)).key if wanted else None


def lags_in_periods(months: tuple[int, int], frequency: str) -> tuple[int, int]:
    """A lag window in months as one in periods, each end rounded to the nearest, halves up."""
    low, high = (int(np.floor(end * PER_MONTH[frequency] + 0.5)) for end in months)
    return low, high


def data_hash(case: Case) -> str:
    """What a test's answer depends on besides the link's identity; equal data give equal hashes."""
    digest = hashlib.sha256(repr((case.sign, case.lags, case.season, case.own is None)).encode())
    for pair in ([case.own] if case.own else []) + list(case.units):
        for track in (pair.x, pair.y):
            values = np.where(np.isfinite(track.values), track.values, np.nan) + 0.0
            digest.update(repr((len(values), sorted(track.breaks))).encode() + values.tobytes())
    return digest.hexdigest()


def seed(link: int, data: str) -> int:
    """The seed of a link's surrogates: the same data give the same p."""
    return int.from_bytes(hashlib.sha256(f"{link}:{data}".encode()).digest()[:8], "big")


def prepare(case: Case) -> Prepared | Reason:
    """What enters the test: of the units where at least three can be used, else of the strategy's own unit."""
    pooled = _prepared(case, case.units)
    if isinstance(pooled, Prepared) and len(pooled.matched) >= FEWEST_UNITS:
        return pooled
    return Reason.NO_DATA if case.own is None else _prepared(case, (case.own,))


def _prepared(case: Case, pairs: Sequence[Pair]) -> Prepared | Reason:
    if not pairs:
        return Reason.NO_DATA
    lags = tuple(range(case.lags[0], case.lags[1] + 1))
    xs, ys = _without_common([pair.x for pair in pairs]), _without_common([pair.y for pair in pairs])
    found = [
        (_matched(x[slice(*runs[0])], y[slice(*runs[1])], runs, case.season), pair, runs[1])
        for pair, x, y in zip(pairs, xs, ys, strict=True)
        if (runs := _matching(x, y, lags[-1]))
    ]
    varying = [(one, run) for one, pair, run in found if _varies(one.x, pair.x) and _varies(one.y, pair.y)]
    fewest = FEWEST_PER_UNIT if len(pairs) > 1 else 1
    usable = [(one, run) for one, run in varying if pair_count(one, lags[-1]) >= fewest]
    if not usable:
        return Reason.NO_VARIATION if found and not varying else Reason.NO_DATA
    return Prepared(
        tuple(one for one, _ in usable),
        lags,
        sum(pair_count(one, lags[-1]) for one, _ in usable),
        min(start for _, (start, _) in usable),
        max(stop for _, (_, stop) in usable) - 1,
    )


def _matched(x: Floats, y: Floats, runs: tuple[Run, Run], season: int) -> Matched:
    """The mean of each period of the year is taken out where the values behind x and y reach over three full years."""
    has_years = season > 1 and min(len(x), len(y)) + 1 >= YEARS_FOR_SEASON * season
    kept = season if has_years else 0
    return Matched(without_season(x, kept), without_season(y, kept), runs[1][0] - runs[0][0], kept)


def pair_count(one: Matched, lag: int) -> int:
    """How many y have an x so many periods before."""
    return max(0, min(len(one.y), len(one.x) + lag - one.shift) - max(0, lag - one.shift))


def _varies(prepared: Floats, track: Track) -> bool:
    values = track.values[np.isfinite(track.values)]
    return bool(np.ptp(prepared) > FLAT * np.ptp(values) / len(values) + NOISE * np.abs(values).max())


def _without_common(tracks: Sequence[Track]) -> Floats:
    """The changes of each unit, (units, periods); of several, the mean over units of each period is taken out."""
    length = max(len(track.values) for track in tracks)
    found = np.full((len(tracks), length), np.nan)
    for row, track in zip(found, tracks, strict=True):
        row[: len(track.values)] = changes(track)
    if len(tracks) > 1:
        seen = ~np.isnan(found)
        found -= np.where(seen, found, 0.0).sum(axis=0) / np.maximum(1, seen.sum(axis=0))
    return found


def changes(track: Track) -> Floats:
    """First differences, NaN at a break and where a value is missing; few single gaps are interpolated before."""
    values = np.where(np.isfinite(track.values), track.values, np.nan)
    bounds = [0, *sorted({b for b in track.breaks if 0 < b < len(values)}), len(values)]
    found = np.full(len(values), np.nan)
    for start, stop in pairwise(bounds):
        found[start + 1 : stop] = np.diff(_bridged(values[start:stop]))
    return found


def _bridged(values: Floats) -> Floats:
    """Single gaps filled by the straight line, inside the longest stretch in which they are at most 5 %."""
    gaps = np.isnan(values)
    single = gaps & ~_beside(gaps)
    single[:1] = single[-1:] = False
    bridged = values.copy()
    for start, stop in _stretches(~gaps | single):
        low, high = _longest_allowed(gaps[start:stop])
        places = start + low + np.flatnonzero(single[start + low : start + high])
        bridged[places] = (values[places - 1] + values[places + 1]) / 2
    return bridged


def _beside(gaps: Bools) -> Bools:
    """True where a neighbour is a gap."""
    beside = np.zeros(len(gaps), dtype=np.bool_)
    beside[1:] |= gaps[:-1]
    beside[:-1] |= gaps[1:]
    return beside


def _longest_allowed(gaps: Bools) -> Run:
    """From where to where at most 5 % are gaps, none of them at an end; the latest of the longest."""
    before = np.concatenate([[0], np.cumsum(gaps)])
    length = np.arange(1, len(gaps) + 1)[None, :] - np.arange(len(gaps))[:, None]
    filled = before[None, 1:] - before[:-1, None]
    allowed = (length > 0) & (filled <= FILLED_AT_MOST * length) & ~gaps[:, None] & ~gaps[None, :]
    if not allowed.any():
        return 0, 0
    longest = np.where(allowed, length, 0)
    start, stop = np.argwhere(longest == longest.max())[-1]
    return int(start), int(stop) + 1


def _stretches(present: Bools) -> list[Run]:
    """From where to where all are present."""
    edges: Ints = np.flatnonzero(np.diff(np.concatenate([[False], present, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _matching(x: Floats, y: Floats, lag: int) -> tuple[Run, Run] | None:
    """The runs without a gap that make most pairs at the longest lag; the latest of equals."""
    best: tuple[int, Run, Run] | None = None
    for x_run, y_run in product(_stretches(~np.isnan(x)), _stretches(~np.isnan(y))):
        count = min(y_run[1], x_run[1] + lag) - max(y_run[0], x_run[0] + lag)
        if count > 0 and (best is None or (count, y_run) >= (best[0], best[2])):
            best = count, x_run, y_run
    return best and best[1:]


def without_season(values: Floats, season: int) -> Floats:
    """Without the mean of each period of the year, or as it is for a season of 0; along the last axis."""
    return values - values @ season_means(values.shape[-1], season) if season else values


def season_means(length: int, season: int) -> Floats:
    """The matrix (length, length) that puts the mean of its period of the year in every place."""
    place = np.arange(length) % season
    alike = place[:, None] == place[None, :]
    return alike / alike.sum(axis=0)
