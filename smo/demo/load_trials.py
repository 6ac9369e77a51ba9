"""Testing the links of every strategy as two nights would have: a month ago, and now that a period more is known."""

from __future__ import annotations

from core.periods import Frequency, Period
from planning.actions.trials import try_strategies
from smo.demo.load_organization import House


def load_trials(house: House) -> None:
    """Two tests of every link, the second with what came since."""
    month = Period.of(Frequency.MONTH, house.clock.today)
    try_strategies(month.shift(-2).end)
    try_strategies(house.clock.today)
