"""The strategy on trial (METHOD §14): do the figures bear out what we believe drives what?

`try_links` takes all links of a strategy at once, because they are one family: prepare (`series`), test against
surrogates (`surrogates`), name (`verdicts`), size (`slopes`), and say what would have been missed (`power`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from planning.rules.trial.power import is_interval_honest, setting, smallest_seen
from planning.rules.trial.series import (
    FEWEST_PAIRS,
    Candidate,
    Case,
    Pair,
    Prepared,
    Reason,
    Track,
    data_hash,
    lags_in_periods,
    prepare,
    seed,
    stands_for,
)
from planning.rules.trial.slopes import Slope, slope
from planning.rules.trial.surrogates import Answer, against_surrogates, surrogates_for
from planning.rules.trial.verdicts import Outcome, Verdict, outcomes, shown, significant, strictest, verdict

__all__ = [
    "Candidate",
    "Case",
    "Outcome",
    "Pair",
    "Reason",
    "Result",
    "Slope",
    "Track",
    "Verdict",
    "data_hash",
    "is_due",
    "lags_in_periods",
    "outcomes",
    "shown",
    "stands_for",
    "try_links",
]


@dataclass(frozen=True)
class Result:
    """What the figures say of one link, and on what ground.

    `reason` is why it is too early, else None. `pairs` are counted at the longest lag over all `units` (1: the strategy's
    own); `first` and `last` are the positions of the target's changes that were used. `p` is None for what is not testable.
    `lag`, in periods, is where the significant direction is strongest. `slope` is None where it is not stated, `missed` is
    the effect sd(βx) ÷ sd(e) under which nothing would have been seen, None where it is not known or not asked.
    """

    link: int
    verdict: Verdict
    reason: Reason | None
    data: str
    pairs: int = 0
    units: int = 0
    first: int = 0
    last: int = 0
    is_deseasoned: bool = False
    p: float | None = None
    p_each: tuple[float, float] | None = None
    surrogates: int = 0
    lag: int | None = None
    slope: Slope | None = None
    missed: float | None = None


def is_due(tested_to: int | None, newest: int) -> bool:
    """Whether a link is tested: only when a new period has come. Both are the last position used, on one time axis."""
    return tested_to is None or newest > tested_to


def try_links(cases: Sequence[Case]) -> list[Result]:
    """Test the links of a strategy as one family, in the order given. The same cases give the same results."""
    hashes = [data_hash(case) for case in cases]
    prepared = [prepare(case) for case in cases]
    testable = {
        place: one for place, one in enumerate(prepared) if isinstance(one, Prepared) and one.pairs >= FEWEST_PAIRS
    }
    most, level = surrogates_for(len(testable)), strictest(len(testable))
    answers = {
        place: against_surrogates(one, cases[place].sign, most=most, seed=seed(cases[place].link, hashes[place]))
        for place, one in testable.items()
    }
    stands_out = significant(np.array([answer.p for answer in answers.values()]))
    is_found = dict(zip(answers, stands_out.tolist(), strict=True))
    return [
        _result(case, prepared[place], hashes[place], answers.get(place), is_found.get(place, False), level)
        for place, case in enumerate(cases)
    ]


def _result(
    case: Case, one: Prepared | Reason, data: str, answer: Answer | None, is_significant: bool, level: float
) -> Result:
    if isinstance(one, Reason):
        return Result(case.link, Verdict.TOO_EARLY, one, data)
    used = (one.pairs, len(one.matched), one.first, one.last, any(unit.season for unit in one.matched))
    if answer is None:
        return Result(case.link, Verdict.TOO_EARLY, Reason.FEW_PAIRS, data, *used)
    word = verdict(one.pairs, is_significant=is_significant, is_with_sign=answer.is_with_sign)
    return Result(
        case.link,
        word,
        Reason.UNCLEAR if word is Verdict.TOO_EARLY else None,
        data,
        *used,
        p=answer.p,
        p_each=answer.p_each,
        surrogates=answer.drawn,
        lag=answer.lag if is_significant else None,
        slope=_slope(case, one, answer, data) if is_significant else None,
        missed=smallest_seen(setting(one), level) if word is Verdict.NOT_SEEN else None,
    )


def _slope(case: Case, one: Prepared, answer: Answer, data: str) -> Slope | None:
    """The slope with its interval, where simulation covers well enough to state it."""
    direction = case.sign if answer.is_with_sign else -case.sign
    found = slope(one, direction, seed=seed(case.link, data), lag=answer.lag)
    known = setting(one, found.value, answer.lag)
    return found if is_interval_honest(known, _effect(one, found)) else None


def _effect(one: Prepared, found: Slope) -> float:
    """sd(βx) ÷ sd(e), from the slope that was found."""
    moved = found.value**2 * fmean(float(unit.x.var()) for unit in one.matched)
    whole = fmean(float(unit.y.var()) for unit in one.matched)
    return float(np.sqrt(moved / max(whole - moved, 1e-3 * whole)))
