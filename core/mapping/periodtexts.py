"""Periods as tables write them: "2019-20", "FY23", "Q3 2024", "Jan-24", "2024M01", or a pattern of the writer's own."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from core.mapping.dates import DateStyle, full_year
from core.mapping.patterns import PatternError, SafePattern
from core.mapping.problems import CellProblem
from core.periods import CALENDAR_YEARS, Calendar, FiscalCalendar, Frequency, Period, PeriodError
from core.spreadsheets import Cell, cell_text

SHOWN = 40
LONGEST_TEXT = 80
MOST_REMEMBERED = 10_000
MONTHS_OF_A_YEAR = 12

_FISCAL = r"(?:(?:F\.?Y\.?|fiscal year|financial year|year)\s*)"
_YEAR = rf"(?:{_FISCAL}?(?P<year>\d{{4}})|{_FISCAL}(?P<short>\d{{2}}))"
_TWO_YEARS = rf"{_FISCAL}?(?P<year>\d{{4}}|\d{{2}})\s*[-/]\s*(?P<end>\d{{4}}|\d{{2}})"
_ANY_YEAR = rf"{_FISCAL}?(?P<year>\d{{4}}|\d{{2}})(?:\s*[-/]\s*(?P<end>\d{{4}}|\d{{2}}))?"
_GAP = r"[\s,/-]*(?:of\s+)?"
_QUARTER = r"(?:(?:Q|qtr\.?|quarter)\s*(?P<quarter>[1-4])|(?P<nth>[1-4])\s*(?:Q|(?:st|nd|rd|th)\s+quarter))"
_HALF = r"(?:H|half(?:-year)?|half year)\s*(?P<half>[12])"
_WEEK = r"(?:W|wk\.?|week)\s*(?P<week>\d{1,2})"
_NAME = r"(?P<name>[^\W0-9_]{3,20})\.?"

# The order matters under "any": what names a part of a year before what names a year.
FORMATS: dict[str, tuple[str, ...]] = {
    "quarter": (rf"{_QUARTER}{_GAP}{_ANY_YEAR}", rf"{_ANY_YEAR}{_GAP}{_QUARTER}"),
    "half_year": (rf"{_HALF}{_GAP}{_ANY_YEAR}", rf"{_ANY_YEAR}{_GAP}{_HALF}", rf"(?P<half>[12])\s*H{_GAP}{_ANY_YEAR}"),
    "week": (rf"(?P<year>\d{{4}})[\s-]*{_WEEK}", rf"{_WEEK}[\s,/-]*(?P<year>\d{{4}})"),
    "month": (
        r"(?P<year>\d{4})\s*[-/.M ]\s*(?P<month>\d{1,2})",
        r"(?P<month>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<month>0[1-9]|1[0-2])",
        rf"{_NAME}[\s,./'-]*(?P<year>\d{{4}}|\d{{2}})",
        rf"(?P<year>\d{{4}})[\s,./-]*{_NAME}",
    ),
    "year": (r"(?P<year>\d{4})",),
    "fiscal_year": (_YEAR, _TWO_YEARS),
}
ANY, KEY, DAY = "any", "key", "date"
NAMED_FORMATS = (ANY, *FORMATS, DAY, KEY)
GROUPS = frozenset({"year", "end", "quarter", "half", "month", "name", "week", "day"})

_COMPILED = {
    name: tuple(re.compile(pattern.replace(r"\d", "[0-9]"), re.IGNORECASE) for pattern in patterns)
    for name, patterns in FORMATS.items()
}
_MONTH_OR_YEARS = re.compile(r"(\d{4})[-/](\d{2})", re.ASCII)


@dataclass(frozen=True)
class PeriodStyle:
    """How periods are written: the `[periods]` section of a mapping.

    `formats` are tried in turn. `frequency` is that of the period a date stands for. `first_month` and `named_by` say
    how the file cuts and names its fiscal years where the organisation does otherwise. `custom`: patterns by name,
    whose groups are called year, end, quarter, half, month, name (of a month), week and day.
    """

    formats: tuple[str, ...] = (ANY,)
    frequency: Frequency | None = None
    first_month: int | None = None
    named_by: Literal["", "start", "end"] = ""
    footnotes: tuple[str, ...] = ()
    custom: dict[str, SafePattern] = field(default_factory=dict)
    dates: DateStyle = field(default_factory=DateStyle)


class PeriodReader:
    """Reads period texts into periods of the organisation's calendar, remembering what it has read."""

    def __init__(self, style: PeriodStyle, calendar: Calendar = CALENDAR_YEARS) -> None:
        self._style = style
        self._calendar = calendar
        self._read: dict[str, Period] = {}

    def parse(self, cell: Cell) -> Period:
        """The period a cell names; `CellProblem` says why it names none."""
        text = cell_text(cell)
        if not text.strip():
            raise CellProblem(_("the cell is empty, so the values of the row have no period."))
        found = self._read.get(text)
        if found is None:
            try:
                found = self._parse(cell, " ".join(text.replace("–", "-").replace("—", "-").split()))
            except (PeriodError, PatternError) as error:
                raise CellProblem(str(error)) from None
            if len(self._read) < MOST_REMEMBERED:
                self._read[text] = found
        return found

    def _parse(self, cell: Cell, text: str) -> Period:
        if isinstance(cell, date):
            return self._of_day(cell, text)
        for mark in self._style.footnotes:
            text = text.removesuffix(mark).rstrip()
        if len(text) <= LONGEST_TEXT:
            for name in self._style.formats:
                found = self._try(name, text)
                if found is not None:
                    return found
        raise CellProblem(
            _("'%(text)s' is not a period (%(formats)s).")
            % {"text": text[:SHOWN], "formats": ", ".join(self._style.formats)}
        )

    def _try(self, name: str, text: str) -> Period | None:
        if name in self._style.custom:
            found = self._style.custom[name].fullmatch(text)
            return self._built(found, text) if found else None
        if name == KEY:
            return self._of_key(text)
        if name == DAY:
            return self._of_written_day(text)
        if name == ANY:
            self._check_unambiguous(text)
        for pattern in self._patterns(name):
            found = pattern.fullmatch(text)
            if found and (period := self._built(found, text)) is not None:
                return period
        return None

    def _patterns(self, name: str) -> tuple[re.Pattern[str], ...]:
        if name == ANY:
            return tuple(pattern for patterns in _COMPILED.values() for pattern in patterns)
        return _COMPILED[name]

    def _of_key(self, text: str) -> Period | None:
        try:
            return Period.parse(text, self._calendar)
        except PeriodError:
            return None

    def _of_written_day(self, text: str) -> Period | None:
        try:
            return self._of_day(self._style.dates.parse(text), text)
        except CellProblem:
            return None

    def _of_day(self, day: date, text: str) -> Period:
        if self._style.frequency is None:
            raise CellProblem(
                _('%(text)s is a day; say frequency = "month" (or another) in [periods].') % {"text": text[:SHOWN]}
            )
        return Period.of(self._style.frequency, day, self._calendar)

    def _check_unambiguous(self, text: str) -> None:
        """ "2010-11" is November to some and two years to others: the mapping has to say."""
        found = _MONTH_OR_YEARS.fullmatch(text)
        if found and int(found[2]) == (int(found[1]) + 1) % 100 and 1 <= int(found[2]) <= 12:
            raise CellProblem(
                _('%(text)s can be a month or two years; say format = "month" or "fiscal_year" in [periods].')
                % {"text": text}
            )

    def _built(self, found: re.Match[str], text: str) -> Period | None:
        """The period of a match; None where its parts do not belong together, such as the years 2019 and 2023."""
        parts = {name: value for name, value in found.groupdict().items() if value}
        if not all(name == "name" or (value.isascii() and value.isdigit()) for name, value in parts.items()):
            return None
        year = self._year(parts)
        if not year:
            return None
        if "day" in parts:
            month = self._month(parts)
            return None if month is None else self._of_day(_day(year, month, int(parts["day"]), text), text)
        if "week" in parts:
            return self._starting(Frequency.WEEK, _monday(year, int(parts["week"]), text), text)
        if "month" in parts or "name" in parts:
            month = self._month(parts)
            return None if month is None else self._starting(Frequency.MONTH, _day(year, month, 1, text), text)
        return self._part_of_year(parts, year, text)

    def _part_of_year(self, parts: dict[str, str], year: int, text: str) -> Period | None:
        calendar = self._file_calendar(year)
        first = calendar.year_of(date(year, 12, 31)) if "end" in parts else calendar.year_named(year)
        quarter = parts.get("quarter") or parts.get("nth")
        if quarter:
            return self._nth(Frequency.QUARTER, int(quarter), first.start, text)
        if half := parts.get("half"):
            return self._nth(Frequency.HALF_YEAR, int(half), first.start, text)
        return self._starting(Frequency.YEAR, first.start, text)

    def _nth(self, frequency: Frequency, number: int, year_start: date, text: str) -> Period | None:
        """The first, second … period of its kind in a year that begins on a day."""
        if not 1 <= number <= MONTHS_OF_A_YEAR // frequency.months:
            return None
        years, month = divmod(year_start.month - 1 + (number - 1) * frequency.months, MONTHS_OF_A_YEAR)
        return self._starting(frequency, date(year_start.year + years, month + 1, 1), text)

    def _starting(self, frequency: Frequency, start: date, text: str) -> Period:
        """The organisation's period that begins on a day; refused where its years are cut on another day."""
        period = Period.of(frequency, start, self._calendar)
        if period.start != start:
            raise CellProblem(
                _("'%(text)s' begins on %(start)s, but the organisation's %(frequency)s begins on %(own)s.")
                % {"text": text[:SHOWN], "start": start, "frequency": frequency.words, "own": period.start}
            )
        return period

    def _file_calendar(self, year: int) -> Calendar:
        """How the file cuts and names years: as the mapping says, else as the organisation does."""
        if self._style.first_month is None and not self._style.named_by:
            return self._calendar
        own = self._calendar.on(date(year, 1, 1))
        return FiscalCalendar(self._style.first_month or own.first_month, self._style.named_by or own.named_by)

    @staticmethod
    def _year(parts: dict[str, str]) -> int | None:
        """The year a match names, by the first of two; None where the second is not the next."""
        year = full_year(parts.get("year") or parts.get("short") or "0")
        end = parts.get("end")
        if end is not None and int(end) != (year + 1) % 10 ** len(end):
            return None
        return year

    def _month(self, parts: dict[str, str]) -> int | None:
        if "name" in parts:
            return self._style.dates.month(parts["name"])
        number = int(parts.get("month", "0"))
        return number if 1 <= number <= 12 else None


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellProblem(_("there is no day '%(text)s'.") % {"text": text[:SHOWN]}) from None


def _monday(year: int, week: int, text: str) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        raise CellProblem(_("there is no week '%(text)s'.") % {"text": text[:SHOWN]}) from None
