"""Figures of measures to scores, status and trend (METHOD §3), all rows of one method at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.periods import years_between
from scorecards.actions.boards import Board
from scorecards.actions.figures import Figures
from scorecards.actions.records import Records, digests
from scorecards.actions.sheets import Settings
from scorecards.queries.trees import MeasureInfo
from scorecards.rules.arrays import MISSING, Bools, Floats, Ints, Words, days, floats, has_no_word, words
from scorecards.rules.ladders import is_broken
from scorecards.rules.scoring import Method, ScoringInputs, Trend, effective_red_flag, score, trend
from scorecards.rules.status import Status, status

SUMS = frozenset({"sum", "count"})
"""Aggregations whose unfinished period is not to be compared with a finished one."""


@dataclass(frozen=True)
class _Numbers:
    """Per row of the figures, what its measure brings, and the settings that hold for it."""

    tolerance: Floats
    baseline: Floats
    elapsed: Floats
    allowed: Floats
    settings: Ints


def score_measures(figures: Figures, infos: Sequence[MeasureInfo], board: Board, settings: Settings) -> Records:
    """Records of all rows; scores are put on the boards, for trends and for the roll-up."""
    numbers = _numbers(figures, infos, settings)
    groups = list(_groups(figures, infos, numbers))
    points, reason, red_flag = _scored(figures, groups)
    named = _statuses(points, numbers.settings, settings)
    nodes = board.rows([info.node for info in infos])[figures.measure]
    is_provisional = (figures.of > figures.parts) & has_no_word(figures.reason)
    _pin(figures, nodes, points, named == Status.OFF_TRACK, is_provisional, board)
    previous_value, previous = _previous(figures, nodes, infos, is_provisional, board)
    previous_value[_across_breaks(figures, infos, board)] = MISSING
    moved = words(len(figures), Trend.NONE)
    for rows, inputs in groups:
        moved[rows] = trend(inputs, previous_value[rows])
    return Records(
        node=np.array([info.node for info in infos], dtype=np.int64)[figures.measure],
        column=figures.column,
        score=points,
        status=named,
        reason=reason,
        coverage=np.where(np.isnan(points), 0.0, 1.0),
        leading=np.full(len(figures), MISSING),
        lagging=np.full(len(figures), MISSING),
        value=figures.value,
        target=figures.target,
        red_flag=red_flag,
        previous=previous,
        trend=moved,
        red_inside=np.zeros(len(figures), dtype=np.int64),
        parts=figures.parts,
        of=figures.of,
        is_provisional=is_provisional,
        is_carried=figures.is_carried,
        next_change_on=figures.next_change_on,
        inputs_hash=digests(_inputs(figures, numbers, previous_value, previous, settings)),
    )


def _scored(figures: Figures, groups: Sequence[tuple[Ints, ScoringInputs]]) -> tuple[Floats, Words, Floats]:
    """Score of each row, why there is none, and the red flag it was held against."""
    points, reason, red_flag = np.full(len(figures), MISSING), words(len(figures)), figures.red_flag.copy()
    for rows, inputs in groups:
        found = score(inputs)
        points[rows], reason[rows] = found.score, found.reason
        if inputs.method is Method.BAND:
            red_flag[rows] = effective_red_flag(inputs)[0]
    return points, np.where(has_no_word(figures.reason), reason, figures.reason), red_flag


def _numbers(figures: Figures, infos: Sequence[MeasureInfo], settings: Settings) -> _Numbers:
    cards = np.array([info.card or 0 for info in infos], dtype=np.int64)[figures.measure]
    is_percent = np.array([info.is_percent for info in infos], dtype=np.bool_)[figures.measure]
    valid = settings.numbers(cards, figures.end)
    own = floats([info.tolerance for info in infos])[figures.measure]
    is_range = np.array([info.method == "range" for info in infos], dtype=np.bool_)[figures.measure]
    usual = np.where(is_range, MISSING, settings.tolerance(valid, is_percent))
    elapsed, allowed = _years(figures, infos)
    return _Numbers(
        tolerance=np.where(np.isnan(own), usual, own),
        baseline=figures.baseline,
        elapsed=elapsed,
        allowed=allowed,
        settings=valid,
    )


def _years(figures: Figures, infos: Sequence[MeasureInfo]) -> tuple[Floats, Floats]:
    """Years since the baseline, and from it to the goal, for growth by the year; NaN for other methods."""
    elapsed, allowed = np.full(len(figures), MISSING), np.full(len(figures), MISSING)
    grows = [row for row, info in enumerate(infos) if info.method == "cagr"]
    for row in np.flatnonzero(np.isin(figures.measure, grows) & ~np.isnan(figures.baseline_on)):
        begins = date.fromordinal(int(figures.baseline_on[row]))
        elapsed[row] = years_between(begins, figures.end[row].item())
        if not np.isnan(figures.goal_on[row]):
            allowed[row] = years_between(begins, date.fromordinal(int(figures.goal_on[row])))
    return elapsed, allowed


def _groups(figures: Figures, infos: Sequence[MeasureInfo], numbers: _Numbers) -> Iterator[tuple[Ints, ScoringInputs]]:
    """Rows of one method, polarity and scale, with what scores them."""
    kinds = [(info.method, info.polarity, info.is_percent, info.scale) for info in infos]
    order = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    kind_of = np.array([order[kind] for kind in kinds], dtype=np.int64)[figures.measure]
    has_plan = np.array([info.has_plan for info in infos], dtype=np.bool_)[figures.measure]
    for (method, polarity, is_percent, scale), number in order.items():
        rows = np.flatnonzero(kind_of == number)
        if len(rows) == 0:
            continue
        inputs = ScoringInputs(
            method=method,
            polarity=polarity,
            value=figures.value[rows],
            target=np.where(has_plan, figures.goal, figures.target)[rows],
            red_flag=figures.red_flag[rows],
            stretch=figures.stretch[rows],
            baseline=numbers.baseline[rows],
            planned=figures.target[rows],
            lo=figures.lo[rows],
            hi=figures.hi[rows],
            tolerance=numbers.tolerance[rows],
            years_elapsed=numbers.elapsed[rows],
            years_allowed=numbers.allowed[rows],
            is_percent=is_percent,
            scale=scale,
        )
        yield rows, inputs


def _statuses(points: Floats, valid: Ints, settings: Settings) -> Words:
    found = words(len(points), Status.NO_DATA)
    alike = settings.alike[valid]
    for number in np.unique(alike):
        rows = alike == number
        found[rows] = status(points[rows], settings.rows[number].bands)
    return found


def _pin(figures: Figures, nodes: Ints, points: Floats, is_red: Bools, is_provisional: Bools, board: Board) -> None:
    at = (nodes, figures.column)
    board.numbers["score"][at], board.numbers["value"][at] = points, figures.value
    board.numbers["coverage"][at] = np.where(np.isnan(points), 0.0, 1.0)
    board.flags["is_red"][at], board.flags["is_provisional"][at] = is_red, is_provisional


def _previous(
    figures: Figures, nodes: Ints, infos: Sequence[MeasureInfo], is_provisional: Bools, board: Board
) -> tuple[Floats, Floats]:
    """Value and score of the period before. A sum to date and a finished one are not held against each other."""
    is_sum = np.array([info.aggregation in SUMS for info in infos], dtype=np.bool_)[figures.measure]
    before = (nodes, figures.column - 1)
    is_unlike = is_sum & (is_provisional | board.flags["is_provisional"][before])
    return np.where(is_unlike, MISSING, board.numbers["value"][before]), board.numbers["score"][before]


def _across_breaks(figures: Figures, infos: Sequence[MeasureInfo], board: Board) -> Bools:
    """Rows whose period before does not compare, because a break lies between (METHOD §3)."""
    found = np.zeros(len(figures), dtype=np.bool_)
    for number, info in enumerate(infos):
        if info.breaks:
            mine = np.flatnonzero(figures.measure == number)
            before_from = board.axis.start[figures.column[mine] - 1]
            found[mine] = is_broken(before_from, figures.end[mine], days(info.breaks))
    return found


def _inputs(
    figures: Figures, numbers: _Numbers, previous_value: Floats, previous: Floats, settings: Settings
) -> Floats:
    """What each row was computed from."""
    rules = np.array(
        [(each.bands.green, each.bands.amber, each.bands.exceeds or MISSING) for each in settings.rows]
    ).reshape(-1, 3)
    return np.column_stack(
        [
            figures.value,
            figures.target,
            figures.red_flag,
            figures.stretch,
            figures.lo,
            figures.hi,
            figures.goal,
            numbers.baseline,
            numbers.tolerance,
            numbers.elapsed,
            numbers.allowed,
            figures.parts,
            figures.of,
            previous_value,
            previous,
            rules[numbers.settings],
        ]
    )
