"""The shapes that all rules share: one-dimensional arrays of equal length, NaN for a missing number, NaT for no day."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import fsum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Days: TypeAlias = npt.NDArray[np.datetime64]
Words: TypeAlias = npt.NDArray[np.object_]
"""One member of an enumeration per row, or None."""

FloatsLike: TypeAlias = float | Sequence[float | None] | npt.NDArray[np.float64]
"""A number, or a sequence of numbers; None and NaN are missing."""

quiet = np.errstate(all="ignore")
"""Decorates what computes: numbers beyond all bounds come out as infinite or missing, and are answered by a reason."""

MISSING = float("nan")
TOLERANCE = 1e-9
MANY, LONGEST = 300, 64
"""From so many numbers on, groups of up to so many are summed at once; the others one by one."""
DECIMALS = 9
"""Scores and coverages are rounded once, at the end, to so many decimals (METHOD §5)."""


def floats(numbers: FloatsLike) -> Floats:
    """Numbers as a one-dimensional array of binary64; None becomes NaN."""
    return np.atleast_1d(np.asarray(numbers, dtype=np.float64))


def days(dates: Iterable[date | None] | Days | date) -> Days:
    """Dates as a one-dimensional array of days; None becomes NaT."""
    return np.atleast_1d(np.asarray(dates, dtype="datetime64[D]"))


def words(length: int, word: object = None) -> Words:
    """An array that says the same word in every row."""
    filled = np.empty(length, dtype=np.object_)
    filled[:] = word
    return filled


def has_no_word(said: Words) -> Bools:
    """True where a row of words is None."""
    return np.array([word is None for word in said], dtype=np.bool_)


def near(number: FloatsLike) -> Floats:
    """How far from a number still counts as equal to it: 1e-9·max(1, |number|) (METHOD §3). NaN stays NaN."""
    return TOLERANCE * np.maximum(1.0, np.abs(floats(number)))


def rounded(numbers: Floats) -> Floats:
    """Rounded to 9 decimals, without negative zeros."""
    return floats(np.round(numbers, DECIMALS)) + 0.0


def group_bounds(group: Ints, groups: int) -> list[int]:
    """Where each group's rows begin, and where the last one's end: groups + 1 positions.

    `group` numbers each row's group from 0 and must rise; ValueError otherwise.
    """
    is_rising = bool(np.all(group[1:] >= group[:-1]))
    if len(group) and not (is_rising and group[0] >= 0 and group[-1] < groups):
        raise ValueError(f"Rows must come in order of their group, and groups be numbered from 0 to {groups - 1}.")
    return [int(position) for position in np.searchsorted(group, np.arange(groups + 1))]


def group_sums(numbers: Floats, bounds: list[int]) -> Floats:
    """Exactly rounded sum of each group's numbers, NaN beyond all numbers; a sum by blocks would depend on length."""
    edges: Ints = np.array(bounds, dtype=np.int64)
    first, size = edges[:-1], edges[1:] - edges[:-1]
    if len(numbers) < MANY:
        found, is_exact = np.zeros(len(size)), np.zeros(len(size), dtype=np.bool_)
    else:
        found, is_exact = _sums(numbers, first, size)
    listed = numbers.tolist() if len(numbers) < MANY or not is_exact.all() else []
    for group in np.flatnonzero(~is_exact).tolist():
        found[group] = _exact_sum(listed[bounds[group] : bounds[group + 1]])
    return found


@quiet
def _sums(numbers: Floats, first: Ints, size: Ints) -> tuple[Floats, Bools]:
    """Sums of all groups at once, number by number, with what each addition loses summed beside; and which are exact:
    where that second sum lost nothing, both together are the true sum, and adding them rounds it once."""
    total, rest, is_exact = np.zeros(len(size)), np.zeros(len(size)), size <= LONGEST
    for step in range(int(size[is_exact].max(initial=0))):
        rows = np.flatnonzero((size > step) & is_exact)
        total[rows], lost = _two_sum(total[rows], numbers[first[rows] + step])
        rest[rows], lost = _two_sum(rest[rows], lost)
        is_exact[rows] = lost == 0
    return total + rest, is_exact


def _two_sum(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """The sum as binary64 gives it, and exactly what it lacks (Knuth, The Art of Computer Programming 2, §4.2.2)."""
    found = one + other
    back = found - one
    return found, (one - (found - back)) + (other - back)


def _exact_sum(numbers: list[float]) -> float:
    try:
        return fsum(numbers)
    except (OverflowError, ValueError):  # beyond binary64, or endless numbers of both signs
        return MISSING
