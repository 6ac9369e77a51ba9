"""The formulas of METHOD §3, one per method, each as clamped score and, where it has a slope, unclamped for the trend.

Every argument is a number or an array; arrays of length 1 or n give n scores from 0 to 100. NaN comes out where a
number that the formula needs is missing, or where the numbers contradict each other or the polarity. For polarity
inside the values are distances outside the range (`outside`) and so are targets, red flags and stretches; smaller is
better.
"""

from collections.abc import Sequence

import numpy as np

from scorecards.rules.arrays import MISSING, Bools, Floats, FloatsLike, floats, near, quiet
from scorecards.rules.refusals import Polarity

THIRD = 100 / 3
TWO_THIRDS = 200 / 3
BEST = 100.0


@quiet
def met(value: FloatsLike, target: FloatsLike, polarity: Polarity) -> Bools:
    """At or better than the target by polarity, tolerance 1e-9·max(1, |target|); False where one is missing."""
    value, target = floats(value), floats(target)
    return np.asarray(polarity.goodness * (value - target) >= -near(target))


@quiet
def outside(value: FloatsLike, low: FloatsLike = MISSING, high: FloatsLike = MISSING) -> Floats:
    """Distance outside [low, high], 0 inside; an end that is missing is open, both missing: NaN."""
    value, low, high = floats(value), floats(low), floats(high)
    beyond = np.fmax(low - value, value - high)
    return np.where(np.isnan(value), MISSING, np.maximum(0.0, beyond))


@quiet
def band_slope(
    value: FloatsLike,
    target: FloatsLike,
    red_flag: FloatsLike,
    stretch: FloatsLike = MISSING,
    polarity: Polarity = Polarity.UP,
) -> Floats:
    """`score_band` before it is clamped to 0 to 100."""
    value, target, red_flag, stretch = floats(value), floats(target), floats(red_flag), floats(stretch)
    good = polarity.goodness
    step = np.where(good * (target - red_flag) > near(target), target - red_flag, MISSING)
    up_to_target = THIRD + THIRD * ((value - red_flag) / step)
    to_stretch = _from_target_to_stretch(value, target, stretch, polarity)
    return np.where(np.isnan(to_stretch) | np.isnan(up_to_target), up_to_target, to_stretch)


@quiet
def score_band(
    value: FloatsLike,
    target: FloatsLike,
    red_flag: FloatsLike,
    stretch: FloatsLike = MISSING,
    polarity: Polarity = Polarity.UP,
) -> Floats:
    """Red begins at 33⅓ on the red flag, 66⅔ on the target, 100 on the stretch; without one the slope goes on.

    A stretch at the target means that the target is the measure's limit: 66⅔ is then the highest.
    """
    slope = band_slope(value, target, red_flag, stretch, polarity)
    highest = np.where(is_limit(target, stretch, polarity), TWO_THIRDS, BEST)
    return np.clip(slope, 0.0, highest)


@quiet
def is_limit(target: FloatsLike, stretch: FloatsLike, polarity: Polarity) -> Bools:
    """True where a stretch is given and nothing lies between it and the target."""
    target, stretch = floats(target), floats(stretch)
    return np.asarray(polarity.goodness * (stretch - target) <= near(target))


@quiet
def score_meets(value: FloatsLike, target: FloatsLike, polarity: Polarity = Polarity.UP) -> Floats:
    """66⅔ if the value is at the target or better by polarity, else 0."""
    value, target = floats(value), floats(target)
    score = np.where(met(value, target, polarity), TWO_THIRDS, 0.0)
    return np.where(np.isnan(value) | np.isnan(target), MISSING, score)


@quiet
def progress_slope(
    value: FloatsLike,
    baseline: FloatsLike,
    planned: FloatsLike,
    stretch: FloatsLike = MISSING,
    polarity: Polarity = Polarity.UP,
) -> Floats:
    """`score_progress` before it is clamped; beyond the planned value the slope goes on, or turns to the stretch."""
    value, baseline, planned, stretch = floats(value), floats(baseline), floats(planned), floats(stretch)
    step = np.where(polarity.goodness * (planned - baseline) > near(planned), planned - baseline, MISSING)
    up_to_plan = TWO_THIRDS * ((value - baseline) / step)
    to_stretch = _from_target_to_stretch(value, planned, stretch, polarity)
    return np.where(np.isnan(to_stretch) | np.isnan(up_to_plan), up_to_plan, to_stretch)


@quiet
def score_progress(
    value: FloatsLike,
    baseline: FloatsLike,
    planned: FloatsLike,
    stretch: FloatsLike = MISSING,
    polarity: Polarity = Polarity.UP,
) -> Floats:
    """0 at the baseline, 66⅔ at the value planned for the day, then linear to 100 at a stretch beyond it."""
    slope = progress_slope(value, baseline, planned, stretch, polarity)
    has_stretch = polarity.goodness * (floats(stretch) - floats(planned)) > near(planned)
    return np.clip(slope, 0.0, np.where(has_stretch, BEST, TWO_THIRDS))


@quiet
def planned_value(
    baseline: FloatsLike,
    baseline_on: FloatsLike,
    target: FloatsLike,
    target_on: FloatsLike,
    on: FloatsLike,
    ladder: FloatsLike = MISSING,
) -> Floats:
    """The value planned for a day: the ladder's where it has one, else linear from baseline date to target date.

    Days are ordinals (`date.toordinal()`). Before its date the baseline, after its own the target; NaN if both equal.
    """
    baseline, target, ladder = floats(baseline), floats(target), floats(ladder)
    begin, until, day = floats(baseline_on), floats(target_on), floats(on)
    share = np.where(day >= until, 1.0, np.clip((day - begin) / (until - begin), 0.0, 1.0))
    linear = np.where(share == 1.0, target, baseline + share * (target - baseline))
    linear = np.where(np.abs(target - baseline) > near(target), linear, MISSING)
    return np.where(np.isnan(ladder), linear, ladder)


@quiet
def range_slope(value: FloatsLike, low: FloatsLike, high: FloatsLike, tolerance: FloatsLike) -> Floats:
    """`score_range` before it is clamped; flat inside the range."""
    low, high, tolerance = floats(low), floats(high), floats(tolerance)
    width = np.where((tolerance > 0) & ~(low >= high), tolerance, MISSING)
    return TWO_THIRDS - THIRD * (outside(value, low, high) / width)


@quiet
def score_range(value: FloatsLike, low: FloatsLike, high: FloatsLike, tolerance: FloatsLike) -> Floats:
    """66⅔ inside [low, high], falling by 33⅓ per tolerance outside, 0 from two on. A missing end is open."""
    return np.clip(range_slope(value, low, high, tolerance), 0.0, TWO_THIRDS)


@quiet
def grows(
    value: FloatsLike, baseline: FloatsLike, target: FloatsLike, elapsed: FloatsLike, allowed: FloatsLike
) -> Bools:
    """True where `score_cagr` applies: all above 0, a year elapsed, growth needed; else as progress."""
    value, baseline, target = floats(value), floats(baseline), floats(target)
    is_positive = (value > 0) & (baseline > 0) & (target > 0) & (floats(allowed) > 0)
    return np.asarray(is_positive & (floats(elapsed) >= 1) & (np.abs(target - baseline) > near(target)))


@quiet
def score_cagr(
    value: FloatsLike,
    baseline: FloatsLike,
    target: FloatsLike,
    elapsed: FloatsLike,
    allowed: FloatsLike,
    polarity: Polarity = Polarity.UP,
) -> Floats:
    """66⅔ times yearly growth reached ÷ yearly growth needed; target reached: 66⅔. NaN where `grows` is False.

    `elapsed` and `allowed` are years. Powers are taken one by one: a vectorised power may differ in its last bit.
    """
    rows = np.broadcast_arrays(*(floats(each) for each in (value, baseline, target, elapsed, allowed)))
    value, baseline, target, elapsed, allowed = rows
    applies = grows(*rows)
    reached = _yearly_growth(value / baseline, elapsed, applies)
    needed = _yearly_growth(target / baseline, allowed, applies)
    agrees = polarity.goodness * needed > 0
    score = np.clip(TWO_THIRDS * (reached / np.where(agrees, needed, MISSING)), 0.0, TWO_THIRDS)
    return np.where(applies & agrees & met(value, target, polarity), TWO_THIRDS, score)


@quiet
def score_yes_no(value: FloatsLike, polarity: Polarity = Polarity.UP) -> Floats:
    """66⅔ for the wanted answer, else 0: yes, 1, is wanted if up, no, 0, if down. NaN for another number."""
    value = floats(value)
    wanted, unwanted = (1.0, 0.0) if polarity is Polarity.UP else (0.0, 1.0)
    return np.where(value == wanted, TWO_THIRDS, np.where(value == unwanted, 0.0, MISSING))


@quiet
def score_scale(value: FloatsLike, scores: Sequence[float]) -> Floats:
    """The score of a word: `value` is the word's place on the measure's scale, counted from 1. NaN off the scale."""
    value, table = floats(value), floats([MISSING, *scores])
    is_place = (value >= 1) & (value <= len(scores)) & (value == np.floor(value))
    return table[np.where(is_place, value, 0.0).astype(np.int64)]


def _from_target_to_stretch(value: Floats, target: Floats, stretch: Floats, polarity: Polarity) -> Floats:
    """Linear from 66⅔ at the target to 100 at a stretch beyond it; NaN up to the target and without such a stretch."""
    good = polarity.goodness
    applies = (good * (stretch - target) > near(target)) & (good * (value - target) > 0)
    return TWO_THIRDS + THIRD * ((value - target) / np.where(applies, stretch - target, MISSING))


def _yearly_growth(ratio: Floats, years: Floats, applies: Bools) -> Floats:
    triples = zip(ratio.tolist(), years.tolist(), applies.tolist(), strict=True)
    return floats([_power(base, 1 / count) - 1 if usable else MISSING for base, count, usable in triples])


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return float("inf")
