"""How far a unit's plan is joined to the strategy: its three parts, the index of units and of the whole (METHOD §7).

Rows belong to units: `unit` numbers each row's unit from 0. A part with nothing to count is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scorecards.rules.arrays import MISSING, Bools, Floats, Ints, rounded

UP, DOWN, ACROSS = 0, 1, 2
WEIGHTS = np.array([0.5, 0.3, 0.2])
"""Of up, down and across, in this order."""
DAYS_UNCONFIRMED = 14
"""After so many days a dependency counts although it is not confirmed."""


@dataclass(frozen=True)
class Share:
    """For each of n units: the weight of what counts and of all there is. Not negative, counted ≤ all."""

    counted: Floats
    all: Floats

    @property
    def part(self) -> Floats:
        """The share, 0 to 1; NaN where there is nothing to count."""
        has_any = self.all > 0
        return np.where(has_any, self.counted / np.where(has_any, self.all, 1.0), MISSING)


def share(unit: Ints, counts: Bools, units: int, weight: Floats | None = None) -> Share:
    """What counts of each unit's rows, by weight (without: by number). Unit, counts, weight (rows,) → (units,).

    up: own objectives, with an accepted contribution; down: assigned parent objectives, with an own objective under
    them; across: dependencies that count, confirmed by both. ValueError for a weight that is negative or no number.
    """
    each = np.ones(len(unit)) if weight is None else weight
    if not (np.isfinite(each) & (each >= 0)).all():
        raise ValueError("weights are numbers and not negative")
    return Share(
        np.bincount(unit, weights=np.where(counts, each, 0.0), minlength=units).astype(np.float64),
        np.bincount(unit, weights=each, minlength=units).astype(np.float64),
    )


def counts_across(days: Ints, is_confirmed: Bools) -> Bools:
    """Whether a dependency is counted: once confirmed by both, or when it stood unconfirmed for 14 days. (rows,)."""
    return np.asarray(is_confirmed | (days >= DAYS_UNCONFIRMED))


def aligned(up: Floats, down: Floats, across: Floats, has_plan: Bools) -> Floats:
    """A of each unit, 0 to 100: parts (units,) of 0 to 1. 0 without an agreed plan, NaN (grey) with nothing to count."""
    parts = np.stack([up, down, across])
    there = np.isfinite(parts)
    weights = there * WEIGHTS[:, None]
    whole = weights.sum(axis=0)
    found = (weights * np.where(there, parts, 0.0)).sum(axis=0) / np.where(whole > 0, whole, 1.0)
    return rounded(np.where(has_plan, np.where(whole > 0, 100 * found, MISSING), 0.0))


@dataclass(frozen=True)
class Whole:
    """A of the organisation, NaN where no unit has one; `is_plain`: no unit has a head, so that all weigh the same."""

    value: float
    is_plain: bool


def organisation(a: Floats, heads: Floats) -> Whole:
    """Σ size·A ÷ Σ size over the units that have an A; the root's is NaN. Heads (units,), not negative."""
    there = np.isfinite(a)
    if not there.any():
        return Whole(MISSING, is_plain=False)
    sizes = _sizes(a, heads)
    return Whole(float(rounded(np.array([np.sum(sizes[there] * a[there])]))[0]), not heads[there].sum())


def _sizes(a: Floats, heads: Floats) -> Floats:
    """The share of each unit in the whole; 0 for one without an A."""
    there = np.isfinite(a)
    sizes = np.where(there, heads, 0.0)
    if not sizes.sum():
        sizes = there.astype(np.float64)
    total = sizes.sum()
    return np.asarray(sizes / total) if total else sizes


def lifts(a: Floats, heads: Floats, parts: Floats, shares: tuple[Share, Share, Share]) -> Floats:
    """By how many points the organisation's A rises when one more unit of weight counts: (3, units), for up, down, across.

    `parts` (3, units) as given to `aligned`. What a gap lifts is this times its weight; lifts add up as long as nothing
    new is counted. 0 where a part has nothing to count, or the unit has no A.
    """
    there = np.isfinite(parts)
    weights = there * WEIGHTS[:, None]
    whole = weights.sum(axis=0)
    every = np.stack([one.all for one in shares])
    each = weights / np.where(whole > 0, whole, 1.0) / np.where(every > 0, every, 1.0)
    return np.asarray(100 * each * np.where(there & np.isfinite(a), 1.0, 0.0) * _sizes(a, heads))
