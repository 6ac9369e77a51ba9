"""The workbook of data entry: a line for each number of a measure, a column for each period; out, and in again.

Its last column holds the moment it was made: what it says is held against what was known then, so that a workbook
filled for days overwrites no correction that somebody else made meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core.periods import At, Calendar, Frequency, Period, PeriodError
from core.spreadsheets import (
    WEB_UPLOAD,
    Cell,
    Layout,
    Sheet,
    SourceRow,
    SpreadsheetError,
    cell_text,
    open_table,
    workbook_chunks,
)
from scorecards.actions.entries import DENOMINATOR, NUMERATOR, VALUE, Entry, Typed
from scorecards.models import Measure
from scorecards.queries.entry import known_values
from scorecards.queries.grids import PERIODS_IN_WORKBOOK, periods_until

CODE, MEASURE, NUMBER, UNIT, AS_OF = "Code", "Measure", "Number", "Unit of measure", "As of"
FIXED = (CODE, MEASURE, NUMBER, UNIT, AS_OF)
"""Headings stay in English, so that a file made in one language comes in in another."""
WORDS = {VALUE: "Value", NUMERATOR: "Counted", DENOMINATOR: "Out of"}
PARTS = {word.casefold(): part for part, word in WORDS.items()}
LAYOUT = Layout(short_rows="fill")
_DAY = re.compile(r"(\d{4}-\d{2})-01")


# ------------------------------------------------------------------------------------------------------------ out
def entry_workbook(measures: Sequence[Measure], at: At, made_at: datetime) -> Iterator[bytes]:
    """The last twelve periods of every frequency these measures have, with what stands there; one query."""
    used = {measure.frequency for measure in measures}
    periods: dict[str, list[Period]] = {}
    for frequency in Frequency:
        if frequency.value in used:
            periods[frequency.value] = periods_until(frequency, at, PERIODS_IN_WORKBOOK)
    columns = [period for each in periods.values() for period in each]
    headings = [CODE, MEASURE, NUMBER, UNIT, *(period.key for period in columns), AS_OF]
    return workbook_chunks([Sheet("Values", headings, _lines(measures, columns, periods, made_at))])


def _lines(
    measures: Sequence[Measure], columns: Sequence[Period], periods: Mapping[str, Sequence[Period]], made_at: datetime
) -> Iterator[list[Any]]:
    places = [(measure.pk, period) for measure in measures for period in periods[measure.frequency]]
    known = {place: history[-1] for place, history in known_values(places, only_current=True).items()}
    for measure in measures:
        parts = (NUMERATOR, DENOMINATOR) if measure.aggregation == Measure.Aggregation.RATIO else (VALUE,)
        for part in parts:
            cells = [known.get((measure.pk, period)) for period in columns]
            unit = measure.unit_of_measure if part == VALUE else ""
            values = [getattr(one, part) if one else None for one in cells]
            plain = [None if value is None else value.normalize() for value in values]
            yield [measure.code, measure.name, WORDS[part], unit, *plain, made_at.isoformat(timespec="microseconds")]


# ------------------------------------------------------------------------------------------------------------- in
@dataclass
class Read:
    """What a file says: cells by the codes of measures, and what could not be read of it, by row."""

    cells: list[tuple[int, str, str, Period, Cell]] = field(default_factory=list)
    as_of: datetime | None = None
    problems: dict[str, str] = field(default_factory=dict)


def read_entry_file(path: Path, calendar: Calendar) -> Read:
    """A workbook or CSV with the columns of the template. `SpreadsheetError` says why the file is none."""
    found = Read()
    with open_table(path, LAYOUT, WEB_UPLOAD) as table:
        periods = _columns(table.columns, calendar)
        fixed = {name.casefold(): at for at, name in enumerate(table.columns)}
        for row in table:
            _read_row(row, fixed, periods, found)
    return found


def _columns(names: Sequence[str], calendar: Calendar) -> dict[int, Period]:
    """Which columns hold which period; a heading that is neither is refused."""
    known = {name.casefold() for name in FIXED}
    if CODE.casefold() not in {name.casefold() for name in names}:
        raise SpreadsheetError(
            _("There is no column “%(code)s”. Fill in the workbook that My updates gives you.") % {"code": CODE}
        )
    periods = {}
    for at, name in enumerate(names):
        if not name or name.casefold() in known:
            continue
        day = _DAY.fullmatch(name)
        try:
            periods[at] = Period.parse(day[1] if day else name, calendar)
        except PeriodError as error:
            raise SpreadsheetError(str(error), column=name) from None
    return periods


def _read_row(row: SourceRow, fixed: Mapping[str, int], periods: Mapping[int, Period], found: Read) -> None:
    def said(name: str) -> str:
        at = fixed.get(name.casefold())
        return cell_text(row.cells[at]).strip() if at is not None else ""

    code, word = said(CODE), said(NUMBER).casefold() or WORDS[VALUE].casefold()
    filled = {at: row.cells[at] for at in periods if cell_text(row.cells[at]).strip()}
    if not filled:
        return
    if word not in PARTS:
        words = {"word": said(NUMBER)[:40], "known": ", ".join(WORDS.values())}
        found.problems[_place(row, NUMBER)] = _("“%(word)s” is none of %(known)s.") % words
        return
    moment = _moment(said(AS_OF))
    if moment is not None:
        found.as_of = min(moment, found.as_of or moment)
    found.cells += [(row.number, code, PARTS[word], periods[at], cell) for at, cell in filled.items()]


def _moment(text: str) -> datetime | None:
    """When the workbook was made; None where that was taken out."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _place(row: SourceRow, column: str) -> str:
    return cell_key(row.number, column)


def cell_key(row: int, column: str) -> str:
    """How a sentence calls a cell of the file."""
    return _("Row %(row)s, %(column)s") % {"row": row, "column": column}


def typed_of_file(read: Read, measures: Iterable[Measure]) -> Typed:
    """The cells as entries; those of a code nobody knows become problems of the file."""
    by_code = {measure.code.casefold(): measure for measure in measures}
    entries = []
    for row, code, part, period, cell in read.cells:
        measure = by_code.get(code.casefold())
        key = cell_key(row, period.key)
        if measure is None:
            words = {"code": code[:60]}
            read.problems[key] = _("There is no measure “%(code)s” that you may record values for.") % words
            continue
        entries.append(Entry(key, (measure.pk, period), part, cell))
    return Typed(entries, as_of=read.as_of)
