"""What may not be saved is answered by a sentence (METHOD §3, §5)."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.refusals import (
    Refusal,
    check_band,
    check_cagr,
    check_number,
    check_polarity,
    check_progress,
    check_range,
    check_scale,
    check_tolerance,
    check_weight,
)
from scorecards.rules.scoring import Method, Polarity, ScoringInputs, score

UP, DOWN, INSIDE = Polarity
INFINITE, NO_NUMBER = float("inf"), float("nan")

REFUSED = {
    "red flag above a target to exceed": (
        lambda: check_band(100, 110.5, UP),
        (
            "Higher is better here, so the red flag must lie below the target: red flag 110.5, target 100."
            " Correct one of them, or the polarity."
        ),
    ),
    "red flag below a target to undercut": (
        lambda: check_band(-5, -10, DOWN),
        (
            "Lower is better here, so the red flag must lie above the target: red flag −10, target −5."
            " Correct one of them, or the polarity."
        ),
    ),
    "red flag nearer to the range than the target": (
        lambda: check_band(2, 1, INSIDE),
        (
            "A smaller distance from the range is better here, so the red flag must lie above the target: red flag 1,"
            " target 2. Correct one of them, or the polarity."
        ),
    ),
    "red flag at the target": (
        lambda: check_band(1e9, 1e9 + 0.5, DOWN),
        "Target and red flag are both 1000000000; the red flag must be a worse value than the target.",
    ),
    "stretch worse than the target": (
        lambda: check_band(100, 90, UP, 95),
        "Higher is better here, so the stretch 95 must not be worse than the target 100.",
    ),
    "target that is no number": (
        lambda: check_band(NO_NUMBER, 90, UP),
        "nan cannot be computed with; give a number of at most 1e15.",
    ),
    "number beyond all use": (
        lambda: check_number(-INFINITE),
        "−inf cannot be computed with; give a number of at most 1e15.",
    ),
    "tolerance of nothing": (
        lambda: check_tolerance(100, 0, is_percent=False),
        "A tolerance must be above 0, not 0.",
    ),
    "relative tolerance at a target of 0": (
        lambda: check_tolerance(0, 0.1, is_percent=False),
        "With a target of 0 a relative tolerance says nothing; give the value where red begins instead.",
    ),
    "no way from baseline to target": (
        lambda: check_progress(100, 100, UP),
        "Baseline and target are both 100, so there is no progress to make; choose another method.",
    ),
    "target worse than the baseline": (
        lambda: check_progress(100, 80, UP),
        (
            "Higher is better here, but the target 80 is worse than the baseline 100. Correct one of them, or the"
            " polarity."
        ),
    ),
    "range without an end": (
        lambda: check_range(None, None, 1),
        "A range needs a lower or an upper end, or both.",
    ),
    "range turned round": (
        lambda: check_range(20, 10, 1),
        "The lower end 20 must be below the upper end 10.",
    ),
    "range with an endless tolerance": (
        lambda: check_range(10, 20, INFINITE),
        "A tolerance must be above 0, not inf.",
    ),
    "growth from nothing": (
        lambda: check_cagr(0, 100, 3, UP),
        "Yearly growth needs a baseline and a target above 0: baseline 0, target 100. Score this measure by progress.",
    ),
    "growth in no time": (
        lambda: check_cagr(50, 100, 0, UP),
        "The years allowed must be above 0, not 0.",
    ),
    "scale of one word": (
        lambda: check_scale([50]),
        "A scale needs at least two words, each with its score.",
    ),
    "scale beyond the scale": (
        lambda: check_scale([0, 120]),
        "A word's score lies between 0 and 100, not at 120.",
    ),
    "range that is better up": (
        lambda: check_polarity(Method.RANGE, UP),
        "A range is better inside; choose the polarity “inside” or another method.",
    ),
    "yes or no with an inside": (
        lambda: check_polarity(Method.YES_NO, INSIDE),
        "Yes or no has no inside; choose “up” where yes is wanted and “down” where no is.",
    ),
    **{
        f"weight of {weight}": (
            lambda weight=weight: check_weight(weight),
            f"A weight is 0 or a number from 0.000001 to 1,000,000,000, not {said}; only their proportions count.",
        )
        for weight, said in [(-1, "−1"), (NO_NUMBER, "nan"), (INFINITE, "inf"), (1e-9, "1e−09"), (2e9, "2000000000")]
    },
}


@pytest.mark.parametrize(("check", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(check: Callable[[], None], sentence: str):
    with pytest.raises(Refusal) as refused:
        check()
    assert str(refused.value) == sentence
    assert refused.value.template % refused.value.figures == sentence


@pytest.mark.parametrize(
    "check",
    [
        lambda: check_band(700, 500, UP),
        lambda: check_band(5, 10, DOWN, 0),
        lambda: check_band(100, 90, UP, 100),
        lambda: check_band(0, 4, INSIDE),
        lambda: check_progress(100, 200, UP, 250),
        lambda: check_progress(100, 50, DOWN),
        lambda: check_range(10, None, 1),
        lambda: check_range(None, 20, 1),
        lambda: check_tolerance(0, 5, is_percent=True),
        lambda: check_cagr(100, 81, 2, DOWN),
        lambda: check_scale([0, 50, 100]),
        lambda: check_polarity(Method.RANGE, INSIDE),
        lambda: check_polarity(Method.BAND, INSIDE),
        lambda: check_weight(0),
        lambda: check_weight(30),
    ],
)
def test_taken(check: Callable[[], None]):
    check()


figures = st.floats(-1e9, 1e9)


@given(figures, figures, figures, st.sampled_from([UP, DOWN]), figures)
def test_a_band_is_refused_exactly_where_it_could_not_be_scored(target, red_flag, value, polarity, stretch):
    scored = score(ScoringInputs.of(Method.BAND, polarity, value, target=target, red_flag=red_flag))
    try:
        check_band(target, red_flag, polarity)
    except Refusal:
        assert np.isnan(scored.score[0])
    else:
        assert not np.isnan(scored.score[0])
