"""Figures of measures: value and thresholds for each measure and period, own, longer or shorter (METHOD §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np

from scorecards.actions.derived import NONE, Derived, begins_on, earliest, joined_reasons, own_reasons, turns_between
from scorecards.actions.sheets import GOAL, THRESHOLDS, Sheet, factor_of
from scorecards.actions.timelines import ABOVE_MEASURES, Axis, Lines, Periods, Timeline
from scorecards.queries.trees import MeasureInfo
from scorecards.rules.aggregation import Aggregation, Parts, Thresholds, aggregate, carried
from scorecards.rules.arrays import MISSING, Bools, Days, Floats, Ints, Words, words
from scorecards.rules.status import NO_DAY, ONE_DAY, Reason, absence


@dataclass(frozen=True)
class Figures:
    """r rows, each one measure in one period; `column` is its place on the axis, `parts` and `of` are −1 for none.

    `reason` says why there is no value, None where there is one.
    """

    measure: Ints
    column: Ints
    end: Days
    value: Floats
    target: Floats
    red_flag: Floats
    stretch: Floats
    lo: Floats
    hi: Floats
    goal: Floats
    goal_on: Floats
    baseline: Floats
    baseline_on: Floats
    reason: Words
    next_change_on: Days
    parts: Ints
    of: Ints
    is_carried: Bools

    def __len__(self) -> int:
        return len(self.measure)

    @classmethod
    def joined(cls, many: Sequence[Figures]) -> Figures:
        """All rows of many."""
        return cls(*(np.concatenate([getattr(each, part.name) for each in many]) for part in fields(cls)))


@dataclass
class _Cells:
    """Which measures of a sheet in which periods of a line, and what was found for them."""

    sheet: Sheet
    line: Timeline
    row: Ints
    column: Ints
    value: Floats
    reason: Words
    next_change_on: Days
    numbers: dict[str, Floats]
    parts: Ints | None = None
    of: Ints | None = None
    is_carried: Bools | None = None
    nothing: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.nothing = np.full(len(self.row), NONE, dtype=np.int64)

    def figures(self, axis: Axis, today: np.datetime64) -> Figures:
        """The rows; while a period runs they change at the latest on the day after it, when the next one begins."""
        end = self.line.end[self.column]
        turns = np.where(end >= today, end + ONE_DAY, NO_DAY)
        return Figures(
            measure=self.sheet.row[self.row],
            column=self.column + axis.begins[self.line.frequency],
            end=end,
            value=self.value,
            **{name: self.numbers[name] for name in (*THRESHOLDS, *GOAL)},
            reason=self.reason,
            next_change_on=np.fmin(self.next_change_on, turns),
            parts=self.nothing if self.parts is None else self.parts,
            of=self.nothing if self.of is None else self.of,
            is_carried=np.zeros(len(self.row), dtype=np.bool_) if self.is_carried is None else self.is_carried,
        )


def figures(sheets: Sequence[Sheet], axis: Axis, wanted: Periods | None, today: date) -> Figures | None:
    """The figures of all measures in the wanted periods (None: all they have); None if there are none."""
    found = [
        cells.figures(axis, np.datetime64(today, "D"))
        for sheet in sheets
        for cells in _cells(sheet, axis.lines, wanted, today)
        if len(cells.row)
    ]
    return Figures.joined(found) if found else None


def _cells(sheet: Sheet, lines: Lines, wanted: Periods | None, today: date) -> Iterator[_Cells]:
    yield _own(sheet, wanted, today)
    for frequency in ABOVE_MEASURES:
        if frequency.is_longer_than(sheet.line.frequency):
            yield from longer(sheet, lines[frequency], wanted, today)
        elif sheet.line.frequency.is_longer_than(frequency):
            yield from shorter(sheet, lines[frequency], wanted, today)


def _alive(sheet: Sheet, line: Timeline, today: date) -> Bools:
    """n × k: periods that have begun and whose last day lies in the measure's life."""
    return sheet.life.holds(line.end) & (line.start <= np.datetime64(today, "D"))[None, :]


def _own(sheet: Sheet, wanted: Periods | None, today: date) -> _Cells:
    line = sheet.line
    row, column = np.nonzero(_alive(sheet, line, today) & line.columns(wanted)[None, :])
    value, has_failed = sheet.numbers["value"][row, column], sheet.has_failed[row, column]
    absent = absence(line.end[column], ~np.isnan(value) | has_failed, today, sheet.grace()[row])
    absent.reason[has_failed] = Reason.CALCULATION_FAILED
    numbers = {name: sheet.numbers[name][row, column] for name in (*THRESHOLDS, *GOAL)}
    cells = _Cells(sheet, line, row, column, value, absent.reason, absent.next_change_on, numbers)
    if sheet.derived is not None:
        _derive(cells, sheet.derived, sheet.calculated()[row])
    return cells


def _derive(cells: _Cells, derived: Derived, is_calculated: Bools) -> None:
    """Of calculated values: why there is none, when the clock turns them, whether they are to date or carried."""
    at = (cells.row, cells.column)
    own_reasons(cells.reason, is_calculated, derived.is_missing[at])
    cells.next_change_on = np.where(is_calculated, derived.turns_on[at], cells.next_change_on)
    cells.parts, cells.of, cells.is_carried = derived.parts[at], derived.of[at], derived.is_carried[at]


def longer(sheet: Sheet, line: Timeline, wanted: Periods | None, today: date) -> Iterator[_Cells]:
    """Its measures in longer periods: one batch for all that join alike."""
    holder = sheet.line.parents(line)
    is_part = sheet.life.holds(sheet.line.end)
    is_part[:, holder < 0] = False
    is_part[:, 0] = False
    chosen = line.columns(wanted)
    begins = _alive_longer(is_part, holder, sheet.line, line, today)
    kinds = [(i.aggregation, i.grace_days, factor_of(i), bool(i.expression)) for i in sheet.infos]
    for kind in dict.fromkeys(kinds):
        is_kind = np.array([each == kind for each in kinds], dtype=np.bool_)
        shown = begins & chosen[None, :] & is_kind[:, None]
        if shown.any():
            yield _joined(sheet, line, holder, is_part, shown, today)


def _alive_longer(is_part: Bools, holder: Ints, own: Timeline, line: Timeline, today: date) -> Bools:
    """n × g: longer periods that have begun, and of which a part has begun in the measure's life."""
    found = np.zeros((len(is_part), len(line)), dtype=np.bool_)
    now = np.datetime64(today, "D")
    row, column = np.nonzero(is_part & (own.start <= now)[None, :])
    found[row, holder[column]] = True
    found[:, line.start > now] = False
    return found


def _joined(sheet: Sheet, line: Timeline, holder: Ints, is_part: Bools, shown: Bools, today: date) -> _Cells:
    row, column = np.nonzero(shown)
    group_of = np.full(shown.shape, NONE, dtype=np.int64)
    group_of[row, column] = np.arange(len(row))
    groups = np.where(is_part, group_of[:, np.maximum(holder, 0)], NONE)
    part_row, part_column = np.nonzero(groups >= 0)
    info = sheet.infos[int(row[0])]
    numbers = {name: table[part_row, part_column] for name, table in sheet.numbers.items()}
    parts = Parts(
        end=sheet.line.end[part_column],
        value=np.where(sheet.has_failed[part_row, part_column], MISSING, numbers["value"]),
        thresholds=Thresholds(*(numbers[name] for name in THRESHOLDS)),
        numerator=numbers["numerator"],
        denominator=numbers["denominator"],
    )
    own = Thresholds(*(sheet.longer[line.frequency][name][row, column] for name in THRESHOLDS))
    found = aggregate(
        Aggregation(info.aggregation),
        parts,
        today,
        group=groups[part_row, part_column],
        groups=len(row),
        grace_days=info.grace_days,
        own=own,
        factor=factor_of(info),
    )
    thresholds = {name: getattr(found.thresholds, name) for name in THRESHOLDS}
    for name in GOAL:
        thresholds[name] = _last(sheet.numbers[name], row, part_row, part_column, groups)
    cells = _Cells(
        sheet, line, row, column, found.value, found.reason, found.next_change_on, thresholds, found.n, found.m
    )
    if sheet.derived is not None and info.expression:
        _derive_joined(cells, sheet.derived, (part_row, part_column), groups[part_row, part_column], today)
    return cells


def _derive_joined(cells: _Cells, derived: Derived, at: tuple[Ints, Ints], group: Ints, today: date) -> None:
    """The same of longer periods: a part that is itself to date makes the whole so."""
    sheet, groups = cells.sheet, len(cells.row)
    begins = begins_on(sheet.line.start[at[1]], group, groups, today)
    joined_reasons(cells.reason, np.bincount(group[sheet.has_failed[at]], minlength=groups) > 0)
    turns = np.fmin(begins, earliest(derived.turns_on[at], group, groups))
    cells.next_change_on = np.fmin(cells.next_change_on, turns)
    has_value = ~np.isnan(sheet.numbers["value"][at])
    to_date = np.bincount(group[derived.is_provisional[at] & has_value], minlength=groups)
    cells.parts = None if cells.parts is None else cells.parts - to_date


def _last(table: Floats, row: Ints, part_row: Ints, part_column: Ints, groups: Ints) -> Floats:
    """The number at the last part of each group."""
    last = np.zeros(len(row), dtype=np.int64)
    np.maximum.at(last, groups[part_row, part_column], part_column)
    return table[row, last]


def shorter(sheet: Sheet, line: Timeline, wanted: Periods | None, today: date) -> Iterator[_Cells]:
    """Its measures in shorter periods, carried."""
    shown = _alive(sheet, line, today) & line.columns(wanted)[None, :]
    own = sheet.life.holds(sheet.line.end)
    own[:, 0] = False
    for row in np.flatnonzero(shown.any(axis=1)):
        yield _carried(sheet, line, int(row), np.flatnonzero(shown[row]), np.flatnonzero(own[row]), today)


def _carried(sheet: Sheet, line: Timeline, row: int, column: Ints, own: Ints, today: date) -> _Cells:
    info: MeasureInfo = sheet.infos[row]
    until = sheet.line.next_end[own] + np.timedelta64(info.grace_days, "D")
    values = sheet.numbers["value"][row, own]
    found = carried(line.end[column], sheet.line.end[own], until, values, today, info.grace_days)
    source, has_source = np.append(own, 0)[found.row], found.row >= 0
    numbers = {name: np.where(has_source, sheet.numbers[name][row, source], MISSING) for name in (*THRESHOLDS, *GOAL)}
    for columns, known in sheet.kept.get((row, line.frequency), ()):
        is_kept = np.isin(column, columns) & has_source
        for name in (*THRESHOLDS, *GOAL):
            numbers[name][is_kept] = known[name][0, source[is_kept]]
    reason = words(len(column))
    reason[:] = found.reason
    next_change_on = found.next_change_on
    if sheet.derived is not None and info.expression:
        joined_reasons(reason, np.zeros(len(column), dtype=np.bool_))
        within = np.searchsorted(sheet.line.end, line.end[column], side="right") - 1
        begin = np.where(has_source, source, 0)
        next_change_on = np.fmin(next_change_on, turns_between(sheet.derived.turns_on[row], begin, within))
    return _Cells(
        sheet,
        line,
        np.full(len(column), row, dtype=np.int64),
        column,
        found.value,
        reason,
        next_change_on,
        numbers,
        is_carried=~np.isnan(found.value),
    )
