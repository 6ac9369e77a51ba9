"""Score and trend of a measure: one door over the methods of METHOD §3, for one value in a form or n in a rebuild.

One scale for every method: 0 worst, 33⅓ red begins, 66⅔ the wanted value just reached, 100 stretch or better. A row
without a score is NaN and says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np

from scorecards.rules.arrays import (
    MISSING,
    TOLERANCE,
    Bools,
    Floats,
    FloatsLike,
    Words,
    floats,
    near,
    quiet,
    rounded,
    words,
)
from scorecards.rules.methods import (
    band_slope,
    grows,
    is_limit,
    met,
    outside,
    planned_value,
    progress_slope,
    range_slope,
    score_band,
    score_cagr,
    score_meets,
    score_progress,
    score_range,
    score_scale,
    score_yes_no,
)
from scorecards.rules.refusals import Method, Polarity, Refusal
from scorecards.rules.status import Reason

__all__ = [
    "Method",
    "Note",
    "Polarity",
    "Refusal",
    "Scored",
    "ScoringInputs",
    "Trend",
    "effective_red_flag",
    "met",
    "outside",
    "planned_value",
    "red_flag_from_tolerance",
    "score",
    "score_band",
    "score_cagr",
    "score_change",
    "score_meets",
    "score_progress",
    "score_range",
    "score_scale",
    "score_yes_no",
    "trend",
]

DEFAULT_TOLERANCE = 0.1
DEFAULT_TOLERANCE_POINTS = 10.0
LARGEST_CHANGE = 100.0
STEADY_WITHIN = 2.0


class Note(StrEnum):
    """What the screen adds to a score, or to the reason why there is none."""

    SCORED_AS_PROGRESS = "scored_as_progress"
    TARGET_IS_LIMIT = "target_is_limit"
    VALUE_UNUSABLE = "value_unusable"
    RED_FLAG_NEEDED = "red_flag_needed"
    RED_FLAG_DISAGREES = "red_flag_disagrees"
    BASELINE_MISSING = "baseline_missing"
    TARGET_IS_BASELINE = "target_is_baseline"
    PLAN_DISAGREES = "plan_disagrees"
    RANGE_UNUSABLE = "range_unusable"


class Trend(StrEnum):
    """Direction in goodness, not in value; none without a previous value or a slope."""

    BETTER = "better"
    STEADY = "steady"
    WORSE = "worse"
    NONE = "none"


_NUMBERS = (
    "value",
    "target",
    "red_flag",
    "stretch",
    "baseline",
    "planned",
    "lo",
    "hi",
    "tolerance",
    "years_elapsed",
    "years_allowed",
)


def _missing() -> Floats:
    return floats(MISSING)


@dataclass(frozen=True)
class ScoringInputs:
    """Rows of one method and polarity, as arrays of equal length n; NaN where a row has no such number.

    `planned` is the value planned for the row's period (`planned_value`), `tolerance` is relative (0.1 for 10 %), in
    points for percent measures, in the measure's unit for `range`. `default_tolerance` is the organisation's. `scale`
    holds the scores of a scale's words. With polarity inside, `lo` and `hi` are the range; target, red flag, planned
    and stretch are distances outside it (a missing target: 0).
    """

    method: Method
    polarity: Polarity
    value: Floats
    target: Floats = field(default_factory=_missing)
    red_flag: Floats = field(default_factory=_missing)
    stretch: Floats = field(default_factory=_missing)
    baseline: Floats = field(default_factory=_missing)
    planned: Floats = field(default_factory=_missing)
    lo: Floats = field(default_factory=_missing)
    hi: Floats = field(default_factory=_missing)
    tolerance: Floats = field(default_factory=_missing)
    years_elapsed: Floats = field(default_factory=_missing)
    years_allowed: Floats = field(default_factory=_missing)
    is_percent: bool = False
    default_tolerance: float | None = None
    scale: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        given = [floats(getattr(self, name)) for name in _NUMBERS]
        for name, array in zip(_NUMBERS, np.broadcast_arrays(*given), strict=True):
            object.__setattr__(self, name, array)

    @classmethod
    def of(
        cls,
        method: Method,
        polarity: Polarity,
        value: FloatsLike,
        *,
        is_percent: bool = False,
        default_tolerance: float | None = None,
        scale: Sequence[float] = (),
        **numbers: FloatsLike,
    ) -> Self:
        """The same from plain numbers or sequences; None is missing, one number stands for n equal ones."""
        arrays = {name: floats(given) for name, given in numbers.items()}
        return cls(
            method,
            polarity,
            floats(value),
            is_percent=is_percent,
            default_tolerance=default_tolerance,
            scale=tuple(scale),
            **arrays,
        )

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Scored:
    """Scores of n rows, rounded to 9 decimals, NaN for none; per row why there is none and a note, or None."""

    score: Floats
    reason: Words
    note: Words
    has_default_red_flag: Bools


@dataclass(frozen=True)
class _Raw:
    """What a method answers: scores before rounding, and which rows deserve which words (later pairs win)."""

    score: Floats
    reasons: tuple[tuple[Bools, Reason], ...] = ()
    notes: tuple[tuple[Bools, Note], ...] = ()


@quiet
def score(inputs: ScoringInputs) -> Scored:
    """Score n rows (METHOD §3).

    A row without a value answers "not reported"; who knows the dates says "not due yet" or "stale" instead (`absence`).
    """
    ready = _measured_from_range(inputs)
    raw = _SCORERS[inputs.method](ready)
    is_unusable = np.isinf(inputs.value)
    points = rounded(np.where(is_unusable, MISSING, raw.score))
    missing = np.isnan(points)
    reason, note = words(len(inputs)), words(len(inputs))
    reason[missing] = Reason.CALCULATION_FAILED
    for rows, why in raw.reasons:
        reason[rows & missing] = why
    for rows, remark in raw.notes:
        note[rows] = remark
    reason[is_unusable] = Reason.CALCULATION_FAILED
    note[is_unusable] = Note.VALUE_UNUSABLE
    no_value = np.isnan(inputs.value)
    reason[no_value], note[no_value] = Reason.NOT_REPORTED, None
    if inputs.method is Method.UNSCORED:
        reason[:] = Reason.UNSCORED
    has_default = (
        effective_red_flag(ready)[1] if inputs.method is Method.BAND else np.zeros(len(inputs), dtype=np.bool_)
    )
    return Scored(points, reason, note, has_default)


@quiet
def red_flag_from_tolerance(
    target: FloatsLike, tolerance: FloatsLike, polarity: Polarity, *, is_percent: bool
) -> Floats:
    """Value where red begins: the target less (up) or plus (down, inside) the tolerance, n → n.

    The tolerance is relative (0.1 for 10 %), for percent measures in points. NaN where `check_tolerance` refuses it.
    """
    target, tolerance = floats(target), floats(tolerance)
    width = np.where(tolerance > 0, tolerance if is_percent else tolerance * np.abs(target), MISSING)
    return floats(target - polarity.goodness * np.where(width > 0, width, MISSING))


def effective_red_flag(inputs: ScoringInputs) -> tuple[Floats, Bools]:
    """The red flags that count, and where they are the organisation's default, to be printed as "default red flag".

    Given ones first, then by the measure's tolerance, then by the organisation's (10 %, for percent measures 10).
    """
    usual = inputs.default_tolerance
    if usual is None:
        usual = DEFAULT_TOLERANCE_POINTS if inputs.is_percent else DEFAULT_TOLERANCE
    is_default = np.isnan(inputs.red_flag) & np.isnan(inputs.tolerance) & ~np.isnan(inputs.target)
    tolerance = np.where(np.isnan(inputs.tolerance), usual, inputs.tolerance)
    made = red_flag_from_tolerance(inputs.target, tolerance, inputs.polarity, is_percent=inputs.is_percent)
    found = np.where(np.isnan(inputs.red_flag), made, inputs.red_flag)
    return found, is_default & ~np.isnan(found)


@quiet
def score_change(inputs: ScoringInputs, previous: FloatsLike) -> Floats:
    """Change of the unclamped score from the previous value to the present one, clamped to ±100; n → n.

    The present target, red flag, baseline and planned value apply to both. NaN without a previous value: give NaN, too,
    across a redefinition or a change of method.
    """
    before = _slope(replace(inputs, value=np.broadcast_to(floats(previous), inputs.value.shape)))
    change = _slope(inputs) - before
    return rounded(np.clip(change, -LARGEST_CHANGE, LARGEST_CHANGE))


def trend(inputs: ScoringInputs, previous: FloatsLike) -> Words:
    """Better from a change above +2 points, worse below −2, else steady; none without a previous value; n → n."""
    change = score_change(inputs, previous)
    found = words(len(change), Trend.NONE)
    found[~np.isnan(change)] = Trend.STEADY
    found[change > STEADY_WITHIN + TOLERANCE] = Trend.BETTER
    found[change < -STEADY_WITHIN - TOLERANCE] = Trend.WORSE
    return found


def _measured_from_range(inputs: ScoringInputs) -> ScoringInputs:
    """For polarity inside, turn values into distances outside the range; `range` does so by itself."""
    if inputs.polarity is not Polarity.INSIDE or inputs.method is Method.RANGE:
        return inputs
    has_range = ~(np.isnan(inputs.lo) & np.isnan(inputs.hi))
    return replace(
        inputs,
        value=outside(inputs.value, inputs.lo, inputs.hi),
        baseline=outside(inputs.baseline, inputs.lo, inputs.hi),
        target=np.where(np.isnan(inputs.target) & has_range, 0.0, inputs.target),
    )


def _slope(inputs: ScoringInputs) -> Floats:
    """Unclamped scores; for methods without a slope the score itself; infinite and missing values: NaN."""
    ready = _measured_from_range(replace(inputs, value=np.where(np.isinf(inputs.value), MISSING, inputs.value)))
    if ready.method is Method.BAND:
        return band_slope(ready.value, ready.target, effective_red_flag(ready)[0], ready.stretch, ready.polarity)
    if ready.method in (Method.PROGRESS, Method.CAGR):
        return progress_slope(ready.value, ready.baseline, ready.planned, ready.stretch, ready.polarity)
    if ready.method is Method.RANGE:
        return range_slope(ready.value, ready.lo, ready.hi, ready.tolerance)
    return _SCORERS[ready.method](ready).score


def _band(rows: ScoringInputs) -> _Raw:
    red_flag, _ = effective_red_flag(rows)
    points = score_band(rows.value, rows.target, red_flag, rows.stretch, rows.polarity)
    no_target, no_red_flag = np.isnan(rows.target), np.isnan(red_flag)
    failed = np.isnan(points) & ~no_target
    return _Raw(
        points,
        reasons=((no_target, Reason.NO_TARGET),),
        notes=(
            (~np.isnan(points) & is_limit(rows.target, rows.stretch, rows.polarity), Note.TARGET_IS_LIMIT),
            (failed & ~no_red_flag, Note.RED_FLAG_DISAGREES),
            (failed & no_red_flag, Note.RED_FLAG_NEEDED),
        ),
    )


def _meets(rows: ScoringInputs) -> _Raw:
    points = score_meets(rows.value, rows.target, rows.polarity)
    return _Raw(points, reasons=((np.isnan(rows.target), Reason.NO_TARGET),))


def _progress(rows: ScoringInputs) -> _Raw:
    points = score_progress(rows.value, rows.baseline, rows.planned, rows.stretch, rows.polarity)
    no_baseline, no_plan = np.isnan(rows.baseline), np.isnan(rows.planned)
    not_begun = np.abs(rows.planned - rows.baseline) <= near(rows.planned)
    no_way = np.abs(rows.target - rows.baseline) <= near(rows.target)
    return _Raw(
        points,
        reasons=(
            (no_baseline, Reason.INPUT_MISSING),
            (not_begun, Reason.NOT_DUE_YET),
            (no_plan | no_way, Reason.NO_TARGET),
        ),
        notes=(
            (no_baseline & ~no_plan, Note.BASELINE_MISSING),
            (np.isnan(points) & ~(no_baseline | not_begun | no_plan), Note.PLAN_DISAGREES),
            (np.isnan(points) & no_way, Note.TARGET_IS_BASELINE),
        ),
    )


def _range(rows: ScoringInputs) -> _Raw:
    points = score_range(rows.value, rows.lo, rows.hi, rows.tolerance)
    no_range = np.isnan(rows.lo) & np.isnan(rows.hi)
    return _Raw(
        points,
        reasons=((no_range, Reason.NO_TARGET),),
        notes=((np.isnan(points) & ~no_range, Note.RANGE_UNUSABLE),),
    )


def _cagr(rows: ScoringInputs) -> _Raw:
    numbers = (rows.value, rows.baseline, rows.target, rows.years_elapsed, rows.years_allowed)
    applies = grows(*numbers)
    as_progress = _progress(rows)
    points = np.where(applies, score_cagr(*numbers, rows.polarity), as_progress.score)
    is_fallback = ~applies & ~np.isnan(points)
    return _Raw(
        points,
        reasons=(*((where & ~applies, why) for where, why in as_progress.reasons),),
        notes=(
            *((where & ~applies, remark) for where, remark in as_progress.notes),
            (is_fallback, Note.SCORED_AS_PROGRESS),
            (applies & np.isnan(points), Note.PLAN_DISAGREES),
        ),
    )


def _yes_no(rows: ScoringInputs) -> _Raw:
    points = score_yes_no(rows.value, rows.polarity)
    return _Raw(points, notes=((np.isnan(points), Note.VALUE_UNUSABLE),))


def _scale(rows: ScoringInputs) -> _Raw:
    points = score_scale(rows.value, rows.scale)
    return _Raw(points, notes=((np.isnan(points), Note.VALUE_UNUSABLE),))


def _unscored(rows: ScoringInputs) -> _Raw:
    return _Raw(np.full(len(rows), MISSING))


_SCORERS: dict[Method, Callable[[ScoringInputs], _Raw]] = {
    Method.BAND: _band,
    Method.MEETS: _meets,
    Method.PROGRESS: _progress,
    Method.RANGE: _range,
    Method.CAGR: _cagr,
    Method.YES_NO: _yes_no,
    Method.SCALE: _scale,
    Method.UNSCORED: _unscored,
}
