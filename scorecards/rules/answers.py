"""What an answer to a figure begins with: the fact in plain words, its natural range, and the day it is due (METHOD §1, §3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import fsum, isfinite

from core.marking import gettext_noop
from scorecards.rules.arrays import TOLERANCE

ANSWER_DAYS = 10
"""Days after a red value was recorded until its answer is due."""
FEWEST_VALUES, MOST_VALUES = 12, 24
SPREAD = 2.66


@dataclass(frozen=True)
class Sentence:
    """A template of words and the figures that belong into it: numbers in the measure's unit, or words."""

    template: str
    figures: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    """How a measure stands in one of its periods. `goodness` +1 or −1; `low` and `high` only for a range.

    `run` counts the unbroken periods with this status, this one included; `was` and `before` are the status word and
    the value of the period before, `trend` better, worse, steady or empty; `natural` the ends of the natural range.
    """

    value: float
    goodness: int
    target: float | None = None
    low: float | None = None
    high: float | None = None
    run: int = 1
    was: str = ""
    before: float | None = None
    trend: str = ""
    natural: tuple[float, float] | None = None


def answer_due(recorded: date) -> date:
    """The day by which a red value that was recorded on a day is answered."""
    return recorded + timedelta(days=ANSWER_DAYS)


def days_red(first_end: date, today: date) -> int:
    """Calendar days since the last day of the first red period of an unbroken run; 0 while it still runs."""
    return max(0, (today - first_end).days)


def natural_range(values: Sequence[float]) -> tuple[float, float] | None:
    """Mean ± 2.66 · mean moving range of the last 12 to 24 values, oldest first; None for fewer or for what is no number."""
    last = values[-MOST_VALUES:]
    if len(last) < FEWEST_VALUES or not all(map(isfinite, last)):
        return None
    mean = fsum(last) / len(last)
    moving = fsum(abs(now - before) for before, now in pairwise(last)) / (len(last) - 1)
    return mean - SPREAD * moving, mean + SPREAD * moving


def fact(given: Situation) -> list[Sentence]:
    """The fact in sentences: value and target, since when, trend, and whether the value lies in its natural range."""
    found = [_against(given), _since(given), _trend(given), _natural(given)]
    return [sentence for sentence in found if sentence is not None]


def _against(given: Situation) -> Sentence:
    if given.low is not None or given.high is not None:
        return _against_range(given)
    if given.target is None:
        return Sentence(gettext_noop("%(value)s in %(period)s."), {"value": given.value})
    difference = (given.value - given.target) * given.goodness
    figures = {"value": given.value, "target": given.target, "gap": abs(difference)}
    if abs(difference) <= TOLERANCE * max(1.0, abs(given.target)):
        return Sentence(gettext_noop("%(value)s in %(period)s, exactly the target."), figures)
    if difference < 0:
        return Sentence(gettext_noop("%(value)s in %(period)s against a target of %(target)s: %(gap)s worse."), figures)
    return Sentence(gettext_noop("%(value)s in %(period)s against a target of %(target)s: %(gap)s better."), figures)


def _against_range(given: Situation) -> Sentence:
    if given.low is not None and given.value < given.low:
        figures = {"value": given.value, "low": given.low, "gap": given.low - given.value}
        return Sentence(
            gettext_noop("%(value)s in %(period)s, %(gap)s below the range, which begins at %(low)s."), figures
        )
    if given.high is not None and given.value > given.high:
        figures = {"value": given.value, "high": given.high, "gap": given.value - given.high}
        return Sentence(
            gettext_noop("%(value)s in %(period)s, %(gap)s above the range, which ends at %(high)s."), figures
        )
    return Sentence(gettext_noop("%(value)s in %(period)s, inside the range."), {"value": given.value})


def _since(given: Situation) -> Sentence | None:
    if given.run > 1:
        return Sentence(gettext_noop("%(status)s since %(since)s, %(run)s periods in a row."), {"run": str(given.run)})
    return Sentence(gettext_noop("The status before was %(was)s."), {"was": given.was}) if given.was else None


_TRENDS = {
    "better": gettext_noop("Getting better: it was %(before)s in %(period_before)s."),
    "worse": gettext_noop("Getting worse: it was %(before)s in %(period_before)s."),
    "steady": gettext_noop("Steady: it was %(before)s in %(period_before)s."),
}


def _trend(given: Situation) -> Sentence | None:
    if given.before is None or given.trend not in _TRENDS:
        return None
    return Sentence(_TRENDS[given.trend], {"before": given.before})


def _natural(given: Situation) -> Sentence | None:
    if given.natural is None:
        return None
    low, high = given.natural
    figures = {"natural_low": low, "natural_high": high}
    if low <= given.value <= high:
        return Sentence(
            gettext_noop("Inside its natural range, %(natural_low)s to %(natural_high)s: nothing unusual."), figures
        )
    return Sentence(
        gettext_noop("Outside its natural range, %(natural_low)s to %(natural_high)s: something has changed."), figures
    )
