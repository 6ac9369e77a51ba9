"""From p to words: a family of links together, one link over time, and hypothesis beside execution (METHOD §14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np

from planning.rules.trial.series import FEWEST_PAIRS
from scorecards.rules.arrays import Bools, Floats

FALSE_SHARE = 0.10
"""q: about so many of those called significant are chance."""
CLEAR_PAIRS = 36


class Verdict(StrEnum):
    """What the figures say of a link."""

    SUPPORTED = "supported"
    NOT_SEEN = "not_seen"
    CONTRADICTED = "contradicted"
    TOO_EARLY = "too_early"


class Outcome(StrEnum):
    """Execution and hypothesis of an objective: what was done, and whether the measure moved."""

    WORKS = "works"
    """Delivered, and the measure moved."""
    HYPOTHESIS_FAILS = "hypothesis_fails"
    """Delivered, and the measure did not move."""
    EXECUTION_FAILS = "execution_fails"
    """Not delivered, and the measure did not move."""
    MOVED_WITHOUT = "moved_without"
    """Not delivered, and the measure moved all the same."""
    UNKNOWN = "unknown"


def significant(p: Floats, share: float = FALSE_SHARE) -> Bools:
    """Benjamini and Hochberg: which of a family's p stand out. `p` (links,), of the testable ones only."""
    order = np.argsort(p, kind="stable")
    passes = p[order] <= share * np.arange(1, len(p) + 1) / max(1, len(p)) + 1e-15
    found = np.zeros(len(p), dtype=np.bool_)
    found[order[: 1 + np.flatnonzero(passes).max(initial=-1)]] = True
    return found


def strictest(links: int, share: float = FALSE_SHARE) -> float:
    """The level of p that suffices whatever the other links say."""
    return share / max(1, links)


def verdict(pairs: int, *, is_significant: bool, is_with_sign: bool) -> Verdict:
    """The word for a link by its pairs at the longest lag and the direction that gave p."""
    if pairs < FEWEST_PAIRS:
        return Verdict.TOO_EARLY
    if is_significant:
        return Verdict.SUPPORTED if is_with_sign else Verdict.CONTRADICTED
    return Verdict.NOT_SEEN if pairs >= CLEAR_PAIRS else Verdict.TOO_EARLY


def shown(results: Iterable[Verdict]) -> Verdict:
    """What the screen says after these results, oldest first: it changes after two equal ones in a row."""
    on_screen, before = Verdict.TOO_EARLY, None
    for result in results:
        if result is before:
            on_screen = result
        before = result
    return on_screen


def outcomes(delivered: Sequence[bool | None], moved: Sequence[bool | None]) -> list[Outcome]:
    """The cell of each objective; unknown where either is not known."""
    return [_outcome(done, has) for done, has in zip(delivered, moved, strict=True)]


def _outcome(is_delivered: bool | None, has_moved: bool | None) -> Outcome:
    if is_delivered is None or has_moved is None:
        return Outcome.UNKNOWN
    if is_delivered:
        return Outcome.WORKS if has_moved else Outcome.HYPOTHESIS_FAILS
    return Outcome.MOVED_WITHOUT if has_moved else Outcome.EXECUTION_FAILS
