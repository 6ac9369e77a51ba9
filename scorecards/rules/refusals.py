"""What may not be saved, each with a sentence that says what is wrong and what to do (METHOD §3, §5).

The array rules never raise on a bad row: they answer "calculation failed" for it. These checks keep such rows out, one
at a time, where a person or a file brings them.
"""

from collections.abc import Sequence
from enum import StrEnum

from core.marking import gettext_noop
from scorecards.rules.arrays import TOLERANCE

SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-6, 1e9
LARGEST_NUMBER = 1e15


class Method(StrEnum):
    """How a measure's value becomes a score."""

    BAND = "band"
    MEETS = "meets"
    PROGRESS = "progress"
    RANGE = "range"
    CAGR = "cagr"
    YES_NO = "yes_no"
    SCALE = "scale"
    UNSCORED = "unscored"


class Polarity(StrEnum):
    """Which way is better: up, down, or inside a range."""

    UP = "up"
    DOWN = "down"
    INSIDE = "inside"

    @property
    def goodness(self) -> int:
        """+1 or −1. For inside the distance outside the range counts, which is better the smaller it is."""
        return 1 if self is Polarity.UP else -1


class Refusal(ValueError):  # noqa: N818 (it is an answer, not a fault)
    """A number that may not be saved. `template` and `figures` let the caller say the sentence in another language.

    `place` is a template for where it is wrong: `sentence` in it is the sentence, `at` the place. Often there is none.
    """

    place = ""

    def __init__(self, template: str, **figures: float) -> None:
        self.template = template
        self.figures = {name: f"{figure:.12g}".replace("-", "−") for name, figure in figures.items()}
        super().__init__(template % self.figures)


def check_number(number: float) -> None:
    """Refuse what is not a number, and numbers too large to compute with."""
    if not abs(number) <= LARGEST_NUMBER:
        raise Refusal(gettext_noop("%(number)s cannot be computed with; give a number of at most 1e15."), number=number)


def check_weight(weight: float) -> None:
    """Refuse negative, endless, vanishing and enormous weights."""
    if weight == 0 or SMALLEST_WEIGHT <= weight <= LARGEST_WEIGHT:
        return
    raise Refusal(
        gettext_noop(
            "A weight is 0 or a number from 0.000001 to 1,000,000,000, not %(weight)s; only their proportions count."
        ),
        weight=weight,
    )


def check_tolerance(target: float, tolerance: float, *, is_percent: bool) -> None:
    """Refuse a tolerance that is not above 0, and a relative one (0.1 for 10 %) where the target is 0."""
    if not 0 < tolerance <= LARGEST_NUMBER:
        raise Refusal(gettext_noop("A tolerance must be above 0, not %(tolerance)s."), tolerance=tolerance)
    if target == 0 and not is_percent:
        raise Refusal(
            gettext_noop(
                "With a target of 0 a relative tolerance says nothing; give the value where red begins instead."
            )
        )


def check_band(target: float, red_flag: float, polarity: Polarity, stretch: float | None = None) -> None:
    """Refuse a red flag that equals the target or lies on its better side, and a stretch on its worse side."""
    for number in (target, red_flag):
        check_number(number)
    if _is_near(target, red_flag):
        raise Refusal(
            gettext_noop(
                "Target and red flag are both %(target)s; the red flag must be a worse value than the target."
            ),
            target=target,
        )
    if polarity.goodness * (target - red_flag) < 0:
        raise Refusal(
            _RED_FLAG_IS_BETTER[polarity],
            red_flag=red_flag,
            target=target,
        )
    _check_stretch(target, stretch, polarity)


def check_progress(baseline: float, target: float, polarity: Polarity, stretch: float | None = None) -> None:
    """Refuse a baseline that equals the target or is better than it."""
    for number in (baseline, target):
        check_number(number)
    if _is_near(target, baseline):
        raise Refusal(
            gettext_noop(
                "Baseline and target are both %(target)s, so there is no progress to make; choose another method."
            ),
            target=target,
        )
    if polarity.goodness * (target - baseline) < 0:
        raise Refusal(
            _TARGET_IS_WORSE[polarity],
            baseline=baseline,
            target=target,
        )
    _check_stretch(target, stretch, polarity)


def check_range(low: float | None, high: float | None, tolerance: float) -> None:
    """Refuse a range without a side or with its sides swapped, and a tolerance that is not above 0."""
    for number in (low, high):
        if number is not None:
            check_number(number)
    if low is None and high is None:
        raise Refusal(gettext_noop("A range needs a lower or an upper end, or both."))
    if low is not None and high is not None and not low < high:
        raise Refusal(gettext_noop("The lower end %(low)s must be below the upper end %(high)s."), low=low, high=high)
    if not 0 < tolerance <= LARGEST_NUMBER:
        raise Refusal(gettext_noop("A tolerance must be above 0, not %(tolerance)s."), tolerance=tolerance)


def check_cagr(baseline: float, target: float, years_allowed: float, polarity: Polarity) -> None:
    """Refuse growth from or to nothing, in no time, or away from the target."""
    if not (baseline > 0 and target > 0):
        raise Refusal(
            gettext_noop(
                "Yearly growth needs a baseline and a target above 0: baseline %(baseline)s, target %(target)s."
                " Score this measure by progress."
            ),
            baseline=baseline,
            target=target,
        )
    if not years_allowed > 0:
        raise Refusal(gettext_noop("The years allowed must be above 0, not %(years)s."), years=years_allowed)
    check_progress(baseline, target, polarity)


def check_scale(scores: Sequence[float]) -> None:
    """Refuse a scale of fewer than two words, or scores outside 0 to 100."""
    if len(scores) < 2:
        raise Refusal(gettext_noop("A scale needs at least two words, each with its score."))
    for score in scores:
        if not 0 <= score <= 100:
            raise Refusal(gettext_noop("A word's score lies between 0 and 100, not at %(score)s."), score=score)


def check_polarity(method: Method, polarity: Polarity) -> None:
    """Refuse a range that is not inside, and yes or no that is."""
    if method is Method.RANGE and polarity is not Polarity.INSIDE:
        raise Refusal(gettext_noop("A range is better inside; choose the polarity “inside” or another method."))
    if method is Method.YES_NO and polarity is Polarity.INSIDE:
        raise Refusal(gettext_noop("Yes or no has no inside; choose “up” where yes is wanted and “down” where no is."))


_RED_FLAG_IS_BETTER = {
    Polarity.UP: gettext_noop(
        "Higher is better here, so the red flag must lie below the target:"
        " red flag %(red_flag)s, target %(target)s. Correct one of them, or the polarity."
    ),
    Polarity.DOWN: gettext_noop(
        "Lower is better here, so the red flag must lie above the target:"
        " red flag %(red_flag)s, target %(target)s. Correct one of them, or the polarity."
    ),
    Polarity.INSIDE: gettext_noop(
        "A smaller distance from the range is better here, so the red flag must lie above the target:"
        " red flag %(red_flag)s, target %(target)s. Correct one of them, or the polarity."
    ),
}
_TARGET_IS_WORSE = {
    Polarity.UP: gettext_noop(
        "Higher is better here, but the target %(target)s is worse than"
        " the baseline %(baseline)s. Correct one of them, or the polarity."
    ),
    Polarity.DOWN: gettext_noop(
        "Lower is better here, but the target %(target)s is worse than"
        " the baseline %(baseline)s. Correct one of them, or the polarity."
    ),
    Polarity.INSIDE: gettext_noop(
        "A smaller distance from the range is better here, but the target %(target)s is worse than"
        " the baseline %(baseline)s. Correct one of them, or the polarity."
    ),
}
_STRETCH_IS_WORSE = {
    Polarity.UP: gettext_noop(
        "Higher is better here, so the stretch %(stretch)s must not be worse than the target %(target)s."
    ),
    Polarity.DOWN: gettext_noop(
        "Lower is better here, so the stretch %(stretch)s must not be worse than the target %(target)s."
    ),
    Polarity.INSIDE: gettext_noop(
        "A smaller distance from the range is better here, so the stretch %(stretch)s must not be"
        " worse than the target %(target)s."
    ),
}
"""Whole sentences by the way that is better: other languages build them otherwise."""


def _is_near(target: float, other: float) -> bool:
    return abs(target - other) <= TOLERANCE * max(1.0, abs(target))


def _check_stretch(target: float, stretch: float | None, polarity: Polarity) -> None:
    if stretch is None:
        return
    check_number(stretch)
    if polarity.goodness * (stretch - target) < 0 and not _is_near(target, stretch):
        raise Refusal(
            _STRETCH_IS_WORSE[polarity],
            stretch=stretch,
            target=target,
        )
