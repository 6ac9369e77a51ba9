"""The original target beside the present one (METHOD §3, "Targets changed"): the first that each period was given."""

from __future__ import annotations

import numpy as np

from scorecards.rules.arrays import MISSING, Bools, Floats, Ints, quiet

CLOSE = 1e-9
"""Targets that differ by less than this part of themselves are the same (METHOD §3, tolerance of "met")."""


def first_given(place: Ints, revision: Ints, value: Floats, places: int) -> Floats:
    """The number of the lowest revision that has one, for each of `places` periods; NaN where none has.

    n revisions in any order: `place` is whose period (0 to places − 1), `value` NaN for a withdrawal.
    """
    found = np.full(places, MISSING)
    given = np.flatnonzero(~np.isnan(value))
    backwards = given[np.lexsort((revision[given], place[given]))][::-1]
    found[place[backwards]] = value[backwards]
    return found


@quiet
def differ(present: Floats, original: Floats) -> Bools:
    """Whether an original target is another than the present one; where there was none, nothing differs."""
    allowed = CLOSE * np.maximum(1.0, np.abs(original))
    return np.asarray(~np.isnan(original) & ~(np.abs(present - original) <= allowed))
