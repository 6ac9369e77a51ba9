"""Ways to settle an issue, scored by criteria, and what would change the choice (METHOD §3a)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scorecards.rules.arrays import TOLERANCE, Floats

HIGHEST = 10.0
TIE_WITHIN = 0.05


@dataclass(frozen=True)
class Hinge:
    """The choice holds unless the weight of a criterion passes `limit`: then `rival` wins. Both are places.

    `is_up`: it is passed upwards. At a limit that is the very weight, nothing else tells.
    """

    criterion: int
    weight: float
    limit: float
    rival: int
    is_up: bool = field(default=False, compare=False)

    @property
    def change(self) -> float:
        """By how much the weight may change."""
        return abs(self.limit - self.weight)


@dataclass(frozen=True)
class Choice:
    """Scores of the options, 0 to 10, and who wins; of equals the first. `tied` are all within 5 % of the best, or empty.

    `hinges` are the nearest for every criterion, downwards and upwards, the smallest change first.
    """

    scores: tuple[float, ...]
    winner: int
    tied: tuple[int, ...]
    hinges: tuple[Hinge, ...]

    @property
    def weakest(self) -> Hinge | None:
        """The smallest change of one weight that changes the winner; None where none does."""
        return self.hinges[0] if self.hinges else None


def choose(scores: Floats, weights: Floats) -> Choice:
    """Weigh options: scores (options, criteria) of 0 to 10, weights (criteria,) that sum to 1. ValueError for others."""
    if scores.ndim != 2 or 0 in scores.shape or scores.shape[1:] != weights.shape:
        raise ValueError("scores are options × criteria, weights are one for each criterion")
    if not ((scores >= 0) & (scores <= HIGHEST)).all():
        raise ValueError("scores are 0 to 10")
    if not (weights >= 0).all() or abs(float(weights.sum()) - 1) > 1e-6:
        raise ValueError("weights are not negative and sum to 100 %")
    found = scores @ weights
    best = float(found.max())
    winner = int(np.flatnonzero(found >= best - TOLERANCE)[0])
    near = np.flatnonzero(found >= best * (1 - TIE_WITHIN) - TOLERANCE)
    hinges = [hinge for criterion in range(len(weights)) for hinge in _hinges(scores, weights, winner, criterion)]
    return Choice(
        tuple(found.tolist()),
        winner,
        tuple(near.tolist()) if len(near) > 1 else (),
        tuple(sorted(hinges, key=lambda one: (round(one.change, 9), one.criterion, one.limit))),
    )


def reweighted(weights: Floats, criterion: int, weight: float) -> Floats:
    """One weight set to another share, the others scaled so that all sum to 1 again."""
    others = 1 - weights[criterion]
    scaled = weights * ((1 - weight) / others)
    scaled[criterion] = weight
    return np.asarray(scaled)


def _hinges(scores: Floats, weights: Floats, winner: int, criterion: int) -> list[Hinge]:
    """Where a rival first overtakes when the weight falls, and when it rises.

    The lead over a rival is a straight line in the weight: `without` at 0, `alone` at 1.
    """
    weight = float(weights[criterion])
    if 1 - weight <= TOLERANCE:
        return []  # nothing else has a weight that could be scaled
    lead = scores[winner] - scores
    alone = lead[:, criterion]
    without = lead @ reweighted(weights, criterion, 0.0)
    falls, rises = [], []
    for rival in range(len(scores)):
        slant = float(alone[rival] - without[rival])
        if rival == winner or abs(slant) <= TOLERANCE:
            continue
        limit = -float(without[rival]) / slant
        if -TOLERANCE < limit - weight < TOLERANCE:
            limit = weight
        if TOLERANCE < limit <= weight and slant > 0:
            falls.append(Hinge(criterion, weight, limit, rival))
        if weight <= limit < 1 - TOLERANCE and slant < 0:
            rises.append(Hinge(criterion, weight, limit, rival, is_up=True))
    return [min(side, key=lambda one: (one.change, one.rival)) for side in (falls, rises) if side]
