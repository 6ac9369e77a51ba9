"""Roll-up of scores over the tree (METHOD §5): one parent for a page, all for a rebuild, by the same arithmetic.

A parent's score is the weighted mean of its children that have one; its coverage reaches down to measures. Sums are
`math.fsum` over children in order of id, with one final rounding to 9 decimals, so that a rebuild is bit-identical.
Leading and lagging measures roll up apart by calling this on each kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, isnan

import numpy as np

from scorecards.rules.arrays import (
    MISSING,
    TOLERANCE,
    Bools,
    Floats,
    FloatsLike,
    Ints,
    Words,
    floats,
    group_bounds,
    group_sums,
    rounded,
    words,
)
from scorecards.rules.refusals import check_weight
from scorecards.rules.status import DEFAULT_BANDS, WORST_FIRST, Bands, Reason, Status, status

DEFAULT_MINIMUM_COVERAGE = 0.5
HIGHEST_WITH_CRITICAL_RED = 66.0


class Rule(StrEnum):
    """How a node's score is made of its children's."""

    WEIGHTED = "weighted"
    WORST = "worst"
    MOST_FREQUENT = "most_frequent"


@dataclass(frozen=True)
class Child:
    """One child of a node for one period. `Refusal` if the weight may not be saved either.

    `score` is None where it is grey; `coverage` is 1 or 0 for a measure; `critical_red`: a critical measure that is
    red; `red_inside`: red measures in it, 1 for a red measure itself. Not counted are unscored measures and children
    that are retired or not yet started: they stay outside numerator and denominator.
    """

    id: int
    weight: float
    score: float | None
    coverage: float = 1.0
    critical_red: bool = False
    counted: bool = True
    red_inside: int = 0

    def __post_init__(self) -> None:
        check_weight(self.weight)


@dataclass(frozen=True)
class Share:
    """What one child brings: its share of the weight that made the score (0 to 1) and its contribution in points."""

    child: int
    weight: float
    share: float
    score: float | None
    contribution: float
    missing: bool
    counted: bool


@dataclass(frozen=True)
class Rollup:
    """A node's result. `score` is None where it is grey, and `reason` says why; `kept_score` is the number even then.

    `is_capped`: a critical measure is red, and only that keeps the score at 66. `coverage` is a share, 0 to 1.
    """

    score: float | None
    status: Status
    reason: Reason | None
    coverage: float
    kept_score: float | None
    is_capped: bool
    red_inside: int
    explanation: tuple[Share, ...]


@dataclass(frozen=True)
class Rollups:
    """Results of p parents as arrays, NaN for no score; `selected` marks the children that made the score."""

    score: Floats
    status: Words
    reason: Words
    coverage: Floats
    kept_score: Floats
    is_capped: Bools
    red_inside: Ints
    selected: Bools


def roll_up(
    children: Sequence[Child],
    rule: Rule = Rule.WEIGHTED,
    minimum_coverage: float = DEFAULT_MINIMUM_COVERAGE,
    bands: Bands = DEFAULT_BANDS,
) -> Rollup:
    """Roll up the children of one node, and explain the result child by child, in order of id."""
    ordered = sorted(children, key=lambda child: child.id)
    weights = floats([child.weight for child in ordered])
    scores = floats([child.score for child in ordered])
    found = roll_up_many(
        np.zeros(len(ordered), dtype=np.int64),
        weights,
        scores,
        [child.coverage for child in ordered],
        parents=1,
        critical_red=np.array([child.critical_red for child in ordered], dtype=np.bool_),
        counted=np.array([child.counted for child in ordered], dtype=np.bool_),
        red_inside=np.array([child.red_inside for child in ordered], dtype=np.int64),
        rule=rule,
        minimum_coverage=minimum_coverage,
        bands=bands,
    )
    return Rollup(
        score=_or_none(found.score[0]),
        status=found.status[0],
        reason=found.reason[0],
        coverage=float(found.coverage[0]),
        kept_score=_or_none(found.kept_score[0]),
        is_capped=bool(found.is_capped[0]),
        red_inside=int(found.red_inside[0]),
        explanation=_explain(ordered, found.selected.tolist()),
    )


def roll_up_many(
    parent_index: Ints,
    weights: FloatsLike,
    scores: FloatsLike,
    coverages: FloatsLike,
    *,
    parents: int,
    critical_red: Bools | None = None,
    counted: Bools | None = None,
    red_inside: Ints | None = None,
    rule: Rule = Rule.WEIGHTED,
    minimum_coverage: float = DEFAULT_MINIMUM_COVERAGE,
    bands: Bands = DEFAULT_BANDS,
) -> Rollups:
    """Roll up c children into p parents at once; each row is what `roll_up` gives for that parent.

    A parent is one node in one period. `parent_index` (0 to p − 1) must rise, with the children of a parent in order of
    id; ValueError otherwise. Parents of different rules, bands or minimum coverage need calls of their own.
    """
    bounds = group_bounds(parent_index, parents)
    score, weight = _among(counted, floats(scores), MISSING), _among(counted, floats(weights), 0.0)
    selected = _SELECTIONS[rule](score, weight, parent_index, bounds, bands)
    chosen = np.where(selected, weight, 0.0)
    total = group_sums(weight, bounds)
    mean = _weighted_mean(score, chosen, group_sums(chosen, bounds), bounds)
    coverage = _weighted_mean(np.where(np.isnan(score), 0.0, floats(coverages)), weight, total, bounds)
    no_weight = total == 0
    too_little = ~no_weight & (np.isnan(mean) | (coverage < minimum_coverage - TOLERANCE))
    reason = words(parents)
    reason[no_weight], reason[too_little] = Reason.NO_WEIGHT, Reason.TOO_LITTLE_COVERAGE
    has_critical_red = _counts(critical_red, counted, parent_index, parents) > 0
    kept, is_capped = _capped(mean, has_critical_red, bands)
    final = np.where(no_weight | too_little, MISSING, kept)
    reds = _counts(red_inside, counted, parent_index, parents)
    covered = np.where(no_weight, 0.0, coverage)
    return Rollups(final, status(final, bands), reason, covered, kept, is_capped, reds, selected)


def _among(counted: Bools | None, numbers: Floats, otherwise: float) -> Floats:
    return numbers if counted is None else np.where(counted, numbers, otherwise)


def _weighted_mean(numbers: Floats, weights: Floats, total: Floats, bounds: list[int]) -> Floats:
    """Σ w·x ÷ Σ w per parent, rounded; rows of weight 0 may hold NaN; NaN where all weights are 0."""
    points = group_sums(np.where(weights > 0, weights * numbers, 0.0), bounds)
    return rounded(np.divide(points, total, out=np.full(len(total), MISSING), where=total > 0))


def _all_with_score(score: Floats, weight: Floats, parent: Ints, bounds: list[int], bands: Bands) -> Bools:
    return ~np.isnan(score)


def _lowest(score: Floats, weight: Floats, parent: Ints, bounds: list[int], bands: Bands) -> Bools:
    """The first of the lowest children that have weight."""
    candidate = np.where(weight > 0, score, MISSING)
    lowest = np.full(len(bounds) - 1, np.inf)
    np.fmin.at(lowest, parent, candidate)
    is_lowest = candidate == lowest[parent]
    first = np.full(len(bounds) - 1, len(score))
    np.minimum.at(first, parent[is_lowest], np.flatnonzero(is_lowest))
    return np.asarray(np.arange(len(score)) == first[parent])


def _most_frequent(score: Floats, weight: Floats, parent: Ints, bounds: list[int], bands: Bands) -> Bools:
    """The children of the status with most weight, ties to the worse."""
    kinds = status(score, bands)
    most = np.zeros(len(bounds) - 1)
    winner = words(len(bounds) - 1)
    for kind in WORST_FIRST:
        held = group_sums(np.where(kinds == kind, weight, 0.0), bounds)
        is_more = held > most + TOLERANCE * most
        most[is_more], winner[is_more] = held[is_more], kind
    return np.asarray(kinds == winner[parent], dtype=np.bool_)


_SELECTIONS = {Rule.WEIGHTED: _all_with_score, Rule.WORST: _lowest, Rule.MOST_FREQUENT: _most_frequent}


def _counts(numbers: Ints | Bools | None, counted: Bools | None, parent_index: Ints, parents: int) -> Ints:
    """Sum of whole numbers, or of True, over each parent's counted children."""
    counts = np.zeros(parents, dtype=np.int64)
    if numbers is not None:
        rows = np.ones(len(parent_index), dtype=np.bool_) if counted is None else counted
        np.add.at(counts, parent_index[rows], numbers[rows].astype(np.int64))
    return counts


def _capped(mean: Floats, has_critical_red: Bools, bands: Bands) -> tuple[Floats, Bools]:
    """A critical red keeps the score at 66 or, where green begins lower, as far below green, but not below amber."""
    highest = max(bands.amber, min(HIGHEST_WITH_CRITICAL_RED, bands.green - (DEFAULT_BANDS.green - 66)))
    is_capped = has_critical_red & (mean > highest)
    return np.where(is_capped, highest, mean), is_capped


def _explain(children: Sequence[Child], selected: list[bool]) -> tuple[Share, ...]:
    total = fsum(child.weight for child, is_in in zip(children, selected, strict=True) if is_in)
    shares = []
    for child, is_in in zip(children, selected, strict=True):
        share = child.weight / total if is_in and total > 0 else 0.0
        points = share * child.score if is_in and child.score is not None else 0.0
        missing = child.counted and child.score is None
        shares.append(
            Share(child.id, child.weight, round(share, 9), child.score, round(points, 9), missing, child.counted)
        )
    return tuple(shares)


def _or_none(number: float) -> float | None:
    return None if isnan(number) else float(number)
