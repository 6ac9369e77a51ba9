"""A failing hypothesis and a failing execution are different things: delivered or not × moved or not (METHOD §14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from scorecards.rules.answers import FEWEST_VALUES, natural_range


class Reading(StrEnum):
    """What follows for an objective from what was delivered and what its measure did."""

    BORNE_OUT = "borne_out"
    HYPOTHESIS = "hypothesis"
    EXECUTION = "execution"
    UNEXPLAINED = "unexplained"
    UNKNOWN = "unknown"


_READINGS = {
    (True, True): Reading.BORNE_OUT,
    (True, False): Reading.HYPOTHESIS,
    (False, False): Reading.EXECUTION,
    (False, True): Reading.UNEXPLAINED,
}


@dataclass(frozen=True)
class Movement:
    """What a measure did since a day, oriented so that up is better. `has_range`: held against its natural range."""

    before: float
    now: float
    is_moved: bool
    has_range: bool


def movement(before: Sequence[float], since: Sequence[float]) -> Movement | None:
    """Values up to the day the strategy began, and after it, oldest first; None where one side has no value.

    Moved = the newest value is better than the natural range of those before (12 to 24 of them), or, with fewer, better
    than the last one before. A measure without values before the strategy is held against its own first ones.
    """
    past = [value for value in before if isfinite(value)]
    later = [value for value in since if isfinite(value)]
    if not past:
        first = FEWEST_VALUES if len(later) > FEWEST_VALUES else 1
        past, later = later[:first], later[first:]
    if not past or not later:
        return None
    usual = natural_range(past)
    return Movement(past[-1], later[-1], later[-1] > (usual[1] if usual else past[-1]), usual is not None)


def reading(*, is_delivered: bool | None, is_moved: bool | None) -> Reading:
    """One of the four fields; unknown where either is not known."""
    if is_delivered is None or is_moved is None:
        return Reading.UNKNOWN
    return _READINGS[is_delivered, is_moved]
