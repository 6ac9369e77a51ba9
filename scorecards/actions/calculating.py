"""Values of calculated measures, put into the sheets from the facts of what they read (METHOD §4).

They are never stored as facts: like scores they follow from facts, and are computed with them. An input of another
frequency is read as it is shown in the formula's period: joined by its own aggregation, or carried (METHOD §2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.periods import Frequency
from scorecards.actions.derived import NONE, Derived, begins_on, earliest
from scorecards.actions.figures import longer, shorter
from scorecards.actions.sheets import Sheet, factor_of
from scorecards.actions.timelines import Lines, Timeline
from scorecards.queries.formulas import Formulas
from scorecards.rules.aggregation import Aggregation, Parts, Thresholds, aggregate
from scorecards.rules.arrays import MISSING, Bools, Days, Floats, Ints
from scorecards.rules.formulas import Evaluated, Reading, Tree, When, evaluate, quotient, readings
from scorecards.rules.status import NO_DAY


@dataclass(frozen=True)
class Read:
    """What one reading of a formula finds in k periods: value (NaN: none), first day it turns, how complete it is."""

    value: Floats
    turns_on: Days
    parts: Ints
    of: Ints
    is_carried: Bools

    @classmethod
    def nothing(cls, columns: int) -> Read:
        """No value anywhere."""
        none = np.full(columns, NONE, dtype=np.int64)
        is_carried = np.zeros(columns, dtype=np.bool_)
        return cls(np.full(columns, MISSING), np.full(columns, NO_DAY), none, none.copy(), is_carried)


def calculate(
    formulas: Formulas,
    made: Iterable[Sheet],
    lines: Lines,
    today: date,
    keep: Callable[[str, Sheet, int], None] | None = None,
) -> None:
    """Fill the rows of calculated measures, each after those it reads. `keep` then puts back what closed periods keep."""
    places = {info.code: (sheet, row) for sheet in made for row, info in enumerate(sheet.infos)}
    for code in formulas.order:
        sheet, row = places[code]
        read = _readings(formulas.formula(code), places, sheet.line, lines, today)
        _fill(sheet, row, formulas.formula(code), read, sheet.line.start <= np.datetime64(today, "D"))
        if keep is not None:
            keep(code, sheet, row)


def found_by(formulas: Formulas, code: str, made: Iterable[Sheet], lines: Lines, today: date) -> dict[Reading, Read]:
    """What the formula of one measure reads in the periods of its line, after `calculate`."""
    places = {info.code: (sheet, row) for sheet in made for row, info in enumerate(sheet.infos)}
    return _readings(formulas.formula(code), places, places[code][0].line, lines, today)


Places = Mapping[str, tuple[Sheet, int]]


def _readings(formula: Tree, places: Places, line: Timeline, lines: Lines, today: date) -> dict[Reading, Read]:
    return {each: _read(each, places, line, lines, today) for each in readings(formula)}


def _fill(sheet: Sheet, row: int, formula: Tree, read: Mapping[Reading, Read], has_begun: Bools) -> None:
    """Values of the periods that have begun: what comes before them may be known already, they are not."""
    columns = len(sheet.line)
    values = {reading: found.value for reading, found in read.items()}
    found = evaluate(formula, values, columns)
    sheet.numbers["value"][row] = np.where(has_begun, found.value, MISSING)
    sheet.has_failed[row] = has_failed(found) & has_begun
    if sheet.infos[row].aggregation == Aggregation.RATIO:
        top, bottom = (evaluate(part, values, columns).value for part in quotient(formula))
        is_whole = ~np.isnan(top) & ~np.isnan(bottom) & has_begun
        sheet.numbers["numerator"][row] = np.where(is_whole, top, MISSING)
        sheet.numbers["denominator"][row] = np.where(is_whole, bottom, MISSING)
    if sheet.derived is not None:
        _mark(sheet.derived, row, found, list(read.values()))


def has_failed(found: Evaluated) -> Bools:
    """Where all is there and still no value comes out."""
    return np.array([failure is not None for failure in found.failed], dtype=np.bool_)


def _mark(derived: Derived, row: int, found: Evaluated, read: Sequence[Read]) -> None:
    derived.is_missing[row] = [bool(gone) for gone in found.missing]
    share = np.full(len(found.value), np.inf)
    for each in read:
        derived.turns_on[row] = np.fmin(derived.turns_on[row], each.turns_on)
        derived.is_carried[row] |= each.is_carried
        here = np.where(each.of > each.parts, each.parts / np.maximum(each.of, 1), np.inf)
        is_less = here < share
        share = np.where(is_less, here, share)
        derived.parts[row] = np.where(is_less, each.parts, derived.parts[row])
        derived.of[row] = np.where(is_less, each.of, derived.of[row])
    has_value = ~np.isnan(found.value)
    derived.is_carried[row] &= has_value
    for table in (derived.parts, derived.of):
        table[row] = np.where(has_value, table[row], NONE)


def _read(reading: Reading, places: Places, line: Timeline, lines: Lines, today: date) -> Read:
    """What a formula reads in all periods of its line."""
    if reading.code not in places:
        return Read.nothing(len(line))
    sheet, row = places[reading.code]
    one = sheet.one(row)
    if reading.when is When.TO_DATE:
        return _to_date(one, line, lines, today)
    found = _shown(one, line, today)
    return _moved(found) if reading.when is When.PREVIOUS else found


def _moved(found: Read) -> Read:
    """Each period says what the one before it does; the first knows nothing."""
    none = Read.nothing(1)
    return Read(
        *(
            np.concatenate([getattr(none, name), getattr(found, name)[:-1]])
            for name in ("value", "turns_on", "parts", "of", "is_carried")
        )
    )


def _shown(one: Sheet, line: Timeline, today: date) -> Read:
    """A measure in the periods of a line: its own, joined, or carried."""
    if one.line.frequency is line.frequency:
        return _own(one, today)
    made = Read.nothing(len(line))
    bring = longer if line.frequency.is_longer_than(one.line.frequency) else shorter
    for cells in bring(one, line, None, today):
        at = cells.column
        made.value[at], made.turns_on[at] = cells.value, cells.next_change_on
        if cells.parts is not None and cells.of is not None:
            made.parts[at], made.of[at] = cells.parts, cells.of
        if cells.is_carried is not None:
            made.is_carried[at] = cells.is_carried
    return made


def _own(one: Sheet, today: date) -> Read:
    lives = one.life.holds(one.line.end)[0] & (one.line.start <= np.datetime64(today, "D"))
    made = Read.nothing(len(one.line))
    made.value[lives] = one.numbers["value"][0, lives]
    if one.derived is not None:
        made.turns_on[:], made.is_carried[:] = one.derived.turns_on[0], one.derived.is_carried[0]
        made.parts[:], made.of[:] = one.derived.parts[0], one.derived.of[0]
    return made


def _to_date(one: Sheet, line: Timeline, lines: Lines, today: date) -> Read:
    """From the fiscal year's start to each period's end, by the measure's aggregation; a gap is no value (METHOD §2, §4)."""
    made = Read.nothing(len(line))
    part, group = _parts_to_date(one, line, lines)
    if len(part) == 0:
        return made
    info = one.infos[0]
    numbers = {name: one.numbers[name][0, part] for name in ("value", "numerator", "denominator")}
    parts = Parts(
        one.line.end[part], numbers["value"], Thresholds.of(len(part)), numbers["numerator"], numbers["denominator"]
    )
    found = aggregate(
        Aggregation(info.aggregation), parts, today, group=group, groups=len(line), grace_days=info.grace_days,
        factor=factor_of(info),
    )  # fmt: skip
    has_begun = one.line.start[part] <= np.datetime64(today, "D")
    is_whole = (found.n == found.m) & (found.m > 0) & (np.bincount(group[~has_begun], minlength=len(line)) == 0)
    made.value[:] = np.where(is_whole, found.value, MISSING)
    if one.derived is not None:
        begins = begins_on(one.line.start[part], group, len(line), today)
        made.turns_on[:] = np.fmin(begins, earliest(one.derived.turns_on[0, part], group, len(line)))
        last = np.full(len(line), NONE, dtype=np.int64)
        np.maximum.at(last, group, part)
        has_last = last >= 0
        made.parts[has_last] = one.derived.parts[0, last[has_last]]
        made.of[has_last] = one.derived.of[0, last[has_last]]
    return made


def _parts_to_date(one: Sheet, line: Timeline, lines: Lines) -> tuple[Ints, Ints]:
    """Columns of the measure's own periods, and the formula's period whose year to date each is part of; rising."""
    own = one.line
    is_own = own.frequency is line.frequency
    holder = np.arange(len(own)) if is_own else own.parents(line)
    year = line.parents(lines[Frequency.YEAR])
    usable = one.life.holds(own.end)[0] & (holder >= 0)
    usable[0] = False
    column = np.flatnonzero(usable)
    group = [
        (column[(holder[column] <= at) & (year[holder[column]] == year[at])], at)
        for at in range(1, len(line))
        if year[at] >= 0
    ]
    parts = [found for found, _ in group]
    groups = [np.full(len(found), at, dtype=np.int64) for found, at in group]
    empty = np.empty(0, dtype=np.int64)
    return np.concatenate([empty, *parts]), np.concatenate([empty, *groups])
