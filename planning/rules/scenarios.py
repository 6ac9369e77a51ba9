"""When a possible future begins to come: a measure beyond a limit, some periods in a row (METHOD §3a)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scorecards.rules.arrays import Bools, Floats, Ints, near


@dataclass(frozen=True)
class Trigger:
    """Fires when values stand above (or below) a limit so many periods in a row. Exactly the limit is not beyond it."""

    limit: float
    is_above: bool
    periods: int = 1

    def __post_init__(self) -> None:
        if self.periods < 1:
            raise ValueError("a trigger asks for one period or more")


def in_a_row(values: Floats, trigger: Trigger) -> Ints:
    """How many periods up to each one stand beyond the limit without a break: (…, periods). A gap is a break."""
    beyond = (values - trigger.limit) * (1 if trigger.is_above else -1) > near(trigger.limit)
    count = np.cumsum(beyond, axis=-1)
    at_break = np.maximum.accumulate(np.where(beyond, 0, count), axis=-1)
    return np.asarray(count - at_break)


def fires(values: Floats, trigger: Trigger) -> Bools:
    """True in the period in which the trigger fires: once for each unbroken row."""
    return np.asarray(in_a_row(values, trigger) == trigger.periods)


def has_fired(values: Floats, trigger: Trigger) -> Bools:
    """Whether the newest period still belongs to a row that has fired: (…)."""
    return np.asarray((in_a_row(values, trigger)[..., -1:] >= trigger.periods).any(axis=-1))
