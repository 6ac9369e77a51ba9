"""The facts of measures laid out as arrays: one row per measure, one column per period of its own frequency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np

from core.periods import Calendar, Frequency, Period
from scorecards.actions.derived import Derived
from scorecards.actions.timelines import FREQUENCIES, Lines, Timeline
from scorecards.queries.factarrays import Facts, TargetFact
from scorecards.queries.trees import DEFAULTS, BandsRow, MeasureInfo
from scorecards.rules.arrays import MISSING, Bools, Days, Floats, Ints, days, floats, quiet
from scorecards.rules.ladders import interpolated
from scorecards.rules.scoring import Method, Polarity, planned_value, red_flag_from_tolerance

PERCENT = 100.0
PLANNED = ("target", "goal", "goal_on")
VALUES = ("value", "numerator", "denominator")
THRESHOLDS = ("target", "red_flag", "stretch", "lo", "hi")
GOAL = ("goal", "goal_on", "baseline", "baseline_on")
FAR_PAST, FAR_FUTURE = np.datetime64("1000-01-01", "D"), np.datetime64("9000-01-01", "D")


@dataclass(frozen=True)
class Life:
    """First and last day of each of n measures; one that has not begun has its first day far ahead."""

    first: Days
    last: Days

    @classmethod
    def of(cls, infos: Sequence[MeasureInfo], placed_on: dict[int, date], today: date) -> Life:
        """From the first value, or the day it is measured from, else the day it got its place in a scorecard."""
        first = _filled(days([_first_day(info, placed_on.get(info.node)) for info in infos]), FAR_FUTURE)
        first[first > np.datetime64(today, "D")] = FAR_FUTURE
        return cls(first, _filled(days([info.ends_on for info in infos]), FAR_FUTURE))

    def holds(self, end: Days) -> Bools:
        """n × k: whether the last days of k periods lie in it."""
        found: Bools = (end[None, :] >= self.first[:, None]) & (end[None, :] <= self.last[:, None])
        return found


def _first_day(info: MeasureInfo, placed_on: date | None) -> date | None:
    begins = info.starts_on or placed_on
    return min((day for day in (info.first_fact, begins) if day is not None), default=None)


def _filled(given: Days, otherwise: np.datetime64) -> Days:
    return np.where(np.isnat(given), otherwise, given)


class Settings:
    """Which bands hold for a scorecard on a day, by number; number 0 are the defaults."""

    def __init__(self, rows: Sequence[BandsRow]) -> None:
        self.rows = (DEFAULTS, *rows)

    def numbers(self, cards: Ints, end: Days) -> Ints:
        """The number for each of n pairs of scorecard (0: none) and last day of a period."""
        found = np.zeros(len(cards), dtype=np.int64)
        for number, row in enumerate(self.rows[1:], start=1):
            lower = FAR_PAST if row.lower is None else np.datetime64(row.lower, "D")
            upper = FAR_FUTURE if row.upper is None else np.datetime64(row.upper, "D")
            found[(cards == row.card) & (end >= lower) & (end < upper)] = number
        return found

    @cached_property
    def alike(self) -> Ints:
        """By number, the first one with the same bands and coverage: most scorecards share them, and are computed together."""
        kinds = [(row.bands, row.minimum_coverage) for row in self.rows]
        return np.array([kinds.index(kind) for kind in kinds], dtype=np.int64)

    def tolerance(self, numbers: Ints, is_percent: Bools) -> Floats:
        """Default tolerances: a part of the target, for percent measures in points."""
        table = floats([row.tolerance for row in self.rows])
        return table[numbers] * np.where(is_percent, PERCENT, 1.0)


@dataclass(frozen=True)
class Sheet:
    """n measures of one own frequency over its k periods. `row` is each one's place among all measures.

    `numbers` holds n × k arrays by name, `longer` the targets given for longer periods, by frequency. `goal` is the
    value a plan leads to, `goal_on` its day; the target is then the value planned. `has_failed`: a ratio whose denominator
    is 0, or a formula that cannot be computed. `derived` is there where some of the measures are calculated. `kept`: by
    row and shorter frequency, columns of closed periods with the row's numbers as they were known then.
    """

    infos: list[MeasureInfo]
    row: Ints
    line: Timeline
    life: Life
    numbers: dict[str, Floats]
    longer: dict[Frequency, dict[str, Floats]]
    has_failed: Bools
    derived: Derived | None = None
    kept: dict[tuple[int, Frequency], list[tuple[Ints, dict[str, Floats]]]] = field(default_factory=dict)

    def grace(self) -> Ints:
        return np.array([info.grace_days for info in self.infos], dtype=np.int64)

    def calculated(self) -> Bools:
        """Which of the measures are."""
        return np.array([bool(info.expression) for info in self.infos], dtype=np.bool_)

    def one(self, row: int) -> Sheet:
        """One measure's rows, shared with this sheet."""
        return replace(
            self,
            infos=[self.infos[row]],
            row=np.zeros(1, dtype=np.int64),
            life=Life(self.life.first[row : row + 1], self.life.last[row : row + 1]),
            numbers={name: table[row : row + 1] for name, table in self.numbers.items()},
            longer={
                frequency: {name: table[row : row + 1] for name, table in tables.items()}
                for frequency, tables in self.longer.items()
            },
            has_failed=self.has_failed[row : row + 1],
            derived=self.derived.row(row) if self.derived and self.infos[row].expression else None,
            kept={},
        )


def sheets(infos: Sequence[MeasureInfo], life: Life, facts: Facts, lines: Lines, settings: Settings) -> list[Sheet]:
    """One sheet per own frequency. The facts number their measures as the infos stand."""
    made = []
    for frequency in dict.fromkeys(info.frequency for info in infos):
        rows = np.array([row for row, info in enumerate(infos) if info.frequency is frequency], dtype=np.int64)
        group = [infos[row] for row in rows]
        made.append(_sheet(group, rows, Life(life.first[rows], life.last[rows]), facts, lines, settings))
    return made


def _sheet(infos: list[MeasureInfo], rows: Ints, life: Life, facts: Facts, lines: Lines, settings: Settings) -> Sheet:
    line = lines[infos[0].frequency]
    numbers = _blank((*VALUES, *THRESHOLDS, *GOAL), len(infos), len(line))
    longer = {
        each: _blank(THRESHOLDS, len(infos), len(other))
        for each, other in lines.items()
        if each.is_longer_than(line.frequency)
    }
    place = np.full(max(facts.measure.max(initial=-1), rows.max()) + 1, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    _fill(VALUES, facts, facts.is_value, place, line, numbers)
    _fill(THRESHOLDS, facts, ~facts.is_value, place, line, numbers)
    for frequency, table in longer.items():
        _fill(THRESHOLDS, facts, ~facts.is_value, place, lines[frequency], table)
    for row, info in enumerate(infos):
        if info.has_ladder:
            _climb(row, facts.targets_of(int(rows[row])), line, numbers)
    has_failed = _divide(infos, numbers)
    _default_red_flags(infos, line, numbers, settings)
    _set_plans(infos, rows, facts, line, numbers)
    derived = Derived.blank(len(infos), len(line)) if any(info.expression for info in infos) else None
    return Sheet(infos, rows, line, life, numbers, longer, has_failed, derived)


def _set_plans(infos: list[MeasureInfo], rows: Ints, facts: Facts, line: Timeline, numbers: dict[str, Floats]) -> None:
    """Where a plan begins, and what it wants at the end of each period."""
    for row, info in enumerate(infos):
        if info.baseline is not None:
            numbers["baseline"][row] = info.baseline
        if info.baseline_on is not None:
            numbers["baseline_on"][row] = info.baseline_on.toordinal()
        if info.has_plan:
            planned = plan(info, facts.targets_of(int(rows[row])), line)
            for name, column in zip(PLANNED, planned, strict=True):
                numbers[name][row] = column


def _blank(names: Iterable[str], rows: int, columns: int) -> dict[str, Floats]:
    return {name: np.full((rows, columns), MISSING) for name in names}


def _fill(
    names: Sequence[str], facts: Facts, asked: Bools, place: Ints, line: Timeline, numbers: dict[str, Floats]
) -> None:
    """Write the facts of a line's periods into the rows of their measures."""
    found = np.flatnonzero(asked & (facts.frequency == FREQUENCIES.index(line.frequency)) & (place[facts.measure] >= 0))
    column = line.places(facts.start[found])
    found, column = found[column >= 0], column[column >= 0]
    for name, given in zip(names, facts.numbers[found].T, strict=False):
        numbers[name][place[facts.measure[found]], column] = given


def _climb(row: int, targets: Iterable[TargetFact], line: Timeline, numbers: dict[str, Floats]) -> None:
    """Between its own periods' given targets, straight lines by the periods' last days (METHOD §3)."""
    calendar = line.periods[0].calendar
    steps = sorted(
        (Period(frequency, start, calendar).end, given)
        for frequency, start, given in targets
        if frequency is line.frequency and any(number is not None for number in given)
    )
    given_on = days([on for on, _ in steps])
    for place, name in enumerate(THRESHOLDS):
        numbers[name][row] = interpolated(floats([given[place] for _, given in steps]), given_on, line.end)


@quiet
def _divide(infos: Sequence[MeasureInfo], numbers: dict[str, Floats]) -> Bools:
    """The value of a ratio is its numerator by its denominator, times 100 for a percentage, where both are given."""
    is_ratio = np.array([info.aggregation == "ratio" for info in infos], dtype=np.bool_)[:, None]
    top, bottom = numbers["numerator"], numbers["denominator"]
    is_given = is_ratio & ~np.isnan(top) & ~np.isnan(bottom)
    factor = np.array([factor_of(info) for info in infos])[:, None]
    made = factor * np.divide(top, bottom, out=np.full(top.shape, MISSING), where=is_given & (bottom != 0))
    numbers["value"] = np.where(is_given, made, numbers["value"])
    found: Bools = is_given & (bottom == 0)
    return found


def factor_of(info: MeasureInfo) -> float:
    """What a ratio is multiplied by; a formula says so itself."""
    return PERCENT if info.is_percent and not info.expression else 1.0


def _default_red_flags(
    infos: Sequence[MeasureInfo], line: Timeline, numbers: dict[str, Floats], settings: Settings
) -> None:
    """Where a target has no red flag, the one its tolerance makes, so that longer periods can join them."""
    columns = len(line)
    cards = np.repeat(np.array([info.card or 0 for info in infos], dtype=np.int64), columns)
    is_percent = np.array([info.is_percent for info in infos], dtype=np.bool_)
    usual = settings.tolerance(settings.numbers(cards, np.tile(line.end, len(infos))), np.repeat(is_percent, columns))
    own = np.repeat(floats([info.tolerance for info in infos]), columns)
    tolerance = np.where(np.isnan(own), usual, own).reshape(len(infos), columns)
    kinds = {(info.polarity, info.is_percent) for info in infos if info.method is Method.BAND}
    for polarity, percent in kinds:
        rows = np.array([_is_band(info, polarity, percent) for info in infos], dtype=np.bool_)
        target = numbers["target"][rows]
        made = red_flag_from_tolerance(target.ravel(), tolerance[rows].ravel(), polarity, is_percent=percent)
        given = numbers["red_flag"][rows]
        numbers["red_flag"][rows] = np.where(np.isnan(given), made.reshape(target.shape), given)


def _is_band(info: MeasureInfo, polarity: Polarity, percent: bool) -> bool:
    return info.method is Method.BAND and info.polarity is polarity and info.is_percent == percent


def plan(info: MeasureInfo, targets: Iterable[TargetFact], line: Timeline) -> tuple[Floats, Floats, Floats]:
    """Planned value, goal and its day (an ordinal) for the last day of each period: from the baseline linear to the
    next target, from there to the one after it; the last target for good (METHOD §3, progress)."""
    steps = _steps(targets, line.periods[0].calendar)
    planned, goal, goal_on = (np.full(len(line), MISSING) for _ in range(3))
    if not steps:
        return planned, goal, goal_on
    begins = info.baseline_on or info.starts_on
    start = None if begins is None or info.baseline is None else (begins, info.baseline)
    for column, period in enumerate(line.periods):
        planned[column] = _planned(period.end, start, steps)
        day, goal[column] = next((step for step in steps if step[0] >= period.end), steps[-1])
        goal_on[column] = day.toordinal()
    return planned, goal, goal_on


def _steps(targets: Iterable[TargetFact], calendar: Calendar) -> list[tuple[date, float]]:
    """Targets by the last day of their period, in order; of two that end on one day the shorter period's counts."""
    ladder: dict[date, tuple[int, float]] = {}
    for frequency, start, (value, *_) in targets:
        if value is None:
            continue
        end = Period(frequency, start, calendar).end
        length = frequency.months
        if end not in ladder or length < ladder[end][0]:
            ladder[end] = (length, value)
    return [(end, value) for end, (_, value) in sorted(ladder.items())]


def _planned(day: date, start: tuple[date, float] | None, steps: Sequence[tuple[date, float]]) -> float:
    before = start
    for step in steps:
        if step[0] >= day:
            return _between(day, before, step)
        before = step
    return steps[-1][1]


def _between(day: date, before: tuple[date, float] | None, after: tuple[date, float]) -> float:
    if day == after[0] or (before is not None and before[1] == after[1]):
        return after[1]
    if before is None:
        return MISSING
    (begins, value), (until, target) = before, after
    return float(planned_value(value, begins.toordinal(), target, until.toordinal(), day.toordinal())[0])
