"""Between given targets, and across a break: what one period's numbers may say about another's (METHOD §3).

A ladder of given targets is joined by straight lines where the measure says so. A break parts the periods before it
from those after it, so nothing is compared across it.
"""

from __future__ import annotations

import numpy as np

from scorecards.rules.arrays import MISSING, Bools, Days, Floats, quiet


@quiet
def interpolated(given: Floats, given_on: Days, on: Days) -> Floats:
    """The ladder on k days from s given steps, days in order: the step itself on its day, else linear by days.

    NaN before the first step and after the last, and between two of which one has no such number.
    """
    if len(given) == 0:
        return np.full(len(on), MISSING)
    after = np.searchsorted(given_on, on)
    right = np.minimum(after, len(given) - 1)
    left = np.maximum(right - 1, 0)
    share = (on - given_on[left]).astype(np.float64) / (given_on[right] - given_on[left]).astype(np.float64)
    found = np.where(given_on[right] == on, given[right], given[left] + share * (given[right] - given[left]))
    has_none = (after == len(given)) | ((after == 0) & (given_on[right] != on))
    return np.where(has_none, MISSING, found)


def is_broken(before_from: Days, until: Days, breaks: Days) -> Bools:
    """Whether a break parts n periods from the ones before: it falls after the earlier one's first day, up to `until`.

    `before_from` is the first day of the period before, `until` the last day of the present one; `breaks` are first
    days of what no longer compares with what was.
    """
    if len(breaks) == 0:
        return np.zeros(len(until), dtype=np.bool_)
    lies_between = (breaks[None, :] > before_from[:, None]) & (breaks[None, :] <= until[:, None])
    return np.asarray(np.any(lies_between, axis=1), dtype=np.bool_)
