"""How much is left of a belief nobody looked at again, and what then stands on doubtful ground (METHOD §3a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, log2

import numpy as np

from scorecards.rules.arrays import TOLERANCE, Bools, Floats

HALF_LIFE = 12.0
"""Months in which confidence halves."""
DOUBTFUL_UNDER = 0.4
DAYS_IN_A_MONTH = 365.2425 / 12


@dataclass(frozen=True)
class Belief:
    """An assumption: confidence when it was last validated, 0 to 1, how many months ago that was, and what it carries."""

    key: int
    confidence: float
    months: float
    carries: tuple[int, ...] = ()
    half_life: float = HALF_LIFE
    is_falsified: bool = False


def months_between(validated: date, today: date) -> float:
    """Months of equal length since a day; 0 for a day to come."""
    return max(0, (today - validated).days) / DAYS_IN_A_MONTH


def confidence(at_first: Floats, months: Floats, half_life: Floats | float = HALF_LIFE) -> Floats:
    """c₀·½^(months since validated ÷ half-life), elementwise; NaN stays NaN."""
    return np.asarray(at_first * 0.5 ** (np.maximum(months, 0.0) / half_life))


def is_doubtful(now: Floats, is_falsified: Bools) -> Bools:
    """Under 0.4, or falsified."""
    return np.asarray((now < DOUBTFUL_UNDER - TOLERANCE) | is_falsified)


def months_until_doubtful(at_first: float, half_life: float = HALF_LIFE) -> float:
    """After how many months without validation confidence comes to 0.4; 0 where it never was above."""
    return half_life * log2(at_first / DOUBTFUL_UNDER) if at_first > DOUBTFUL_UNDER else 0.0


def doubtful_on(validated: date, at_first: float, half_life: float = HALF_LIFE) -> date:
    """The first day on which confidence stands under 0.4, if nobody validates it before: the day itself at the earliest."""
    days = months_until_doubtful(at_first, half_life) * DAYS_IN_A_MONTH
    return validated + timedelta(days=min(ceil(days), (date.max - validated).days))


def course(
    found: Sequence[tuple[date, float | None]], days: Sequence[date], half_life: float = HALF_LIFE
) -> tuple[float | None, ...]:
    """Confidence on each of the days, from what was found when, oldest first; of one day the last counts.

    None before the first finding, and from a day on which it was found to be wrong (None) until it is validated again.
    """
    line: list[float | None] = []
    for day in days:
        before = [one for one in found if one[0] <= day]
        last = before[-1] if before else None
        if last is None or last[1] is None:
            line.append(None)
        else:
            line.append(float(confidence(np.array(last[1]), np.array(months_between(last[0], day)), half_life)))
    return tuple(line)


def flagged(beliefs: Sequence[Belief]) -> dict[int, tuple[int, ...]]:
    """What stands on doubtful assumptions → their keys, in the order given."""
    now = confidence(
        np.array([one.confidence for one in beliefs]),
        np.array([one.months for one in beliefs]),
        np.array([one.half_life for one in beliefs]),
    )
    doubts = is_doubtful(now, np.array([one.is_falsified for one in beliefs], dtype=np.bool_))
    found: dict[int, list[int]] = {}
    for belief, has_doubt in zip(beliefs, doubts, strict=True):
        for subject in belief.carries if has_doubt else ():
            found.setdefault(subject, []).append(belief.key)
    return {subject: tuple(keys) for subject, keys in found.items()}
