"""Catchball with numbers: what units commit themselves to, the gap to what was offered, and when it is agreed (METHOD §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, inf, isfinite

from core.marking import gettext_noop
from scorecards.rules.refusals import Refusal

DEFAULT_TOLERANCE = 0.02


@dataclass(frozen=True)
class Commitment:
    """What one unit says it will reach. `size` weighs a mean: denominator or headcount; a ratio has both its halves."""

    value: float
    size: float = 1.0
    numerator: float = 0.0
    denominator: float = 0.0


def _mean(given: Sequence[Commitment]) -> float:
    sizes = fsum(one.size for one in given)
    if not sizes:
        return fsum(one.value for one in given) / len(given)
    return fsum(one.size * one.value for one in given) / sizes


def _ratio(given: Sequence[Commitment]) -> float:
    below = fsum(one.denominator for one in given)
    if not below:
        raise Refusal(gettext_noop("The denominators of the commitments add up to nothing. Give each unit's own."))
    return fsum(one.numerator for one in given) / below


_JOINED: dict[str, Callable[[Sequence[Commitment]], float]] = {
    "sum": lambda given: fsum(one.value for one in given),
    "count": lambda given: fsum(one.value for one in given),
    "mean": _mean,
    "ratio": _ratio,
    "min": lambda given: min(one.value for one in given),
    "max": lambda given: max(one.value for one in given),
}
"""How commitments join, by the aggregation of the measure."""


def joined(aggregation: str, commitments: Sequence[Commitment]) -> float | None:
    """All commitments as one figure of the parent's measure; None without any. `Refusal` for `last` and numbers beyond bounds."""
    if aggregation not in _JOINED:
        raise Refusal(
            gettext_noop("A measure of which the last value counts cannot be split over units. Choose another measure.")
        )
    if not commitments:
        return None
    try:
        found = _JOINED[aggregation](commitments)
    except OverflowError:  # of sums beyond all numbers
        found = inf
    if not isfinite(found):
        raise Refusal(gettext_noop("The commitments add up to no number. Correct the largest of them."))
    return found


@dataclass(frozen=True)
class Offer:
    """What the parent asks: target, goodness (+1 up, −1 down), and what the tolerance is measured by, where it is known."""

    target: float
    goodness: int
    baseline: float | None = None
    red_flag: float | None = None
    tolerance: float = DEFAULT_TOLERANCE

    def gap(self, committed: float) -> float:
        """goodness·(T − committed): what is missing; under 0 it is a reserve."""
        return self.goodness * (self.target - committed)

    @property
    def span(self) -> float | None:
        """max(|T − baseline|, |T − R|), a missing one left out; None without both."""
        known = [abs(self.target - one) for one in (self.baseline, self.red_flag) if one is not None]
        return max(known, default=None)

    def is_converged(self, committed: float) -> bool:
        """Whether the gap is small enough. Without baseline and red flag nothing may be missing."""
        return self.gap(committed) <= self.tolerance * (self.span or 0.0)


@dataclass(frozen=True)
class Round:
    """After one round: the joined commitments, the gap, whether it is agreed, and which units moved towards the target."""

    committed: float | None
    gap: float | None
    is_converged: bool
    moved: tuple[int, ...]


def rounds(offer: Offer, aggregation: str, answers: Sequence[dict[int, Commitment]]) -> list[Round]:
    """Round by round: each holds the answers that were given in it by unit; an answer stands until the unit gives another."""
    standing: dict[int, Commitment] = {}
    found = []
    for given in answers:
        moved = tuple(
            unit
            for unit, one in sorted(given.items())
            if unit in standing and offer.goodness * (one.value - standing[unit].value) > 0
        )
        standing.update(given)
        committed = joined(aggregation, list(standing.values()))
        gap = None if committed is None else offer.gap(committed)
        found.append(Round(committed, gap, committed is not None and offer.is_converged(committed), moved))
    return found
