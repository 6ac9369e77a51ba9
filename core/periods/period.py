"""Periods: one interval of a frequency, and the moment a question is asked (METHOD §2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, total_ordering
from typing import Self

from core.periods.calendars import (
    CALENDAR_YEARS,
    MONTHS_OF_A_YEAR,
    ONE_DAY,
    Calendar,
    FiscalCalendar,
    FiscalYear,
    PeriodError,
    add_months,
    check_year,
    month_name,
    months_between,
)

THURSDAY = timedelta(days=3)
ONE_WEEK = timedelta(days=7)
WEEKS_OF_A_YEAR = 52

_KEY = re.compile(
    r"(?P<year>\d{4})-(?:W(?P<week>\d{2})|(?P<month>\d{2})|Q(?P<quarter>[1-4])(?P<short_q>-SHORT)?"
    r"|H(?P<half>[12])(?P<short_h>-SHORT)?)|FY(?P<fiscal>\d{4})(?P<short_y>-SHORT)?",
    re.ASCII,
)


class Frequency(StrEnum):
    """How often: from the shortest to the longest."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def words(self) -> str:
        """As one writes it in a sentence: "half-year"."""
        return self.value.replace("_", "-")

    @property
    def months(self) -> int:
        """Length in months; 0 for a week, which has none."""
        return {"week": 0, "month": 1, "quarter": 3, "half_year": 6, "year": 12}[self.value]

    def is_longer_than(self, other: "Frequency") -> bool:
        """True where one period of this frequency holds several of the other."""
        return self.months > other.months


@total_ordering
@dataclass(frozen=True)
class Period:
    """One interval of a frequency, both ends included. `PeriodError` if `start` does not begin such an interval."""

    frequency: Frequency
    start: date
    calendar: Calendar = CALENDAR_YEARS

    def __post_init__(self) -> None:
        check_year(self.start.year)
        true_start = _start_of(self.frequency, self.start, self.calendar)
        if true_start != self.start:
            raise PeriodError(
                f"A {self.frequency.words} does not begin on {self.start:%Y-%m-%d}; the one that holds"
                f" this day begins on {true_start:%Y-%m-%d}."
            )

    @classmethod
    def of(cls, frequency: Frequency, day: date, calendar: Calendar = CALENDAR_YEARS) -> Self:
        """The period of a frequency that holds a day."""
        return cls(frequency, _start_of(frequency, day, calendar), calendar)

    @classmethod
    def parse(cls, text: str, calendar: Calendar = CALENDAR_YEARS) -> Self:
        """The period a key names; upper or lower case. `PeriodError` with a sentence if it names none."""
        found = _KEY.fullmatch(text.strip().upper())
        if found is None:
            raise PeriodError(
                f"“{text.strip()[:40]}” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."
            )
        if found["week"]:
            return cls(Frequency.WEEK, _monday(int(found["year"]), int(found["week"])), calendar)
        if found["month"]:
            return cls(Frequency.MONTH, _first_of_month(int(found["year"]), int(found["month"])), calendar)
        is_short = bool(found["short_q"] or found["short_h"] or found["short_y"])
        year = calendar.year_named(int(found["fiscal"] or found["year"]), is_short=is_short)
        if found["fiscal"]:
            return cls(Frequency.YEAR, year.start, calendar)
        frequency = Frequency.QUARTER if found["quarter"] else Frequency.HALF_YEAR
        start = add_months(year.start, (int(found["quarter"] or found["half"]) - 1) * frequency.months)
        if start > year.end:
            raise PeriodError(f"The short fiscal year {year.name} ends before “{text.strip()[:40]}” begins.")
        return cls(frequency, start, calendar)

    @cached_property
    def end(self) -> date:
        """The last day."""
        if self.frequency is Frequency.WEEK:
            return self.start + ONE_WEEK - ONE_DAY
        end = add_months(self.start, self.frequency.months) - ONE_DAY
        return end if self.frequency is Frequency.MONTH else min(end, self.calendar.year_of(self.start).end)

    @property
    def anchor(self) -> date:
        """The day that decides which month, quarter and year it belongs to: a week's Thursday, else the first."""
        return self.start + THURSDAY if self.frequency is Frequency.WEEK else self.start

    @property
    def fiscal_year(self) -> FiscalYear:
        """The fiscal year it belongs to."""
        return self.calendar.year_of(self.anchor)

    @property
    def is_short(self) -> bool:
        """True for the quarters, halves and the year itself of a year that a change of calendar cut short."""
        return self.frequency.months > 1 and self.fiscal_year.is_short

    @property
    def number(self) -> int:
        """Its number within its year: ISO week 1 to 53, month 1 to 12, quarter 1 to 4, half 1 or 2, year 1."""
        if self.frequency is Frequency.WEEK:
            return self.start.isocalendar().week
        if self.frequency is Frequency.MONTH:
            return self.start.month
        return months_between(self.fiscal_year.start, self.start) // self.frequency.months + 1

    @cached_property
    def key(self) -> str:
        """Short, sortable within a frequency, and read back by `parse`."""
        if self.frequency is Frequency.WEEK:
            return f"{self.anchor.year:04d}-W{self.number:02d}"
        if self.frequency is Frequency.MONTH:
            return f"{self.start:%Y-%m}"
        short = "-short" if self.is_short else ""
        if self.frequency is Frequency.YEAR:
            return f"FY{self.fiscal_year.name}{short}"
        return f"{self.fiscal_year.name}-{'Q' if self.frequency is Frequency.QUARTER else 'H'}{self.number}{short}"

    @property
    def label(self) -> str:
        """Words for people."""
        if self.frequency is Frequency.WEEK:
            return f"Week {self.number}, {self.anchor.year}"
        if self.frequency is Frequency.MONTH:
            return f"{month_name(self.start.month)} {self.start.year}"
        year = self.fiscal_year
        words = f"{year.name}" if year.is_calendar_year else f"FY{year.name}"
        if self.frequency is not Frequency.YEAR:
            words = f"{'Q' if self.frequency is Frequency.QUARTER else 'H'}{self.number} {words}"
        return f"{words} (short year)" if year.is_short else words

    def __str__(self) -> str:
        return self.label

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return (self.start, self.end) < (other.start, other.end)

    def contains(self, day: date) -> bool:
        """True if the day lies between its first and last day, both included."""
        return self.start <= day <= self.end

    def is_over(self, today: date) -> bool:
        """True once its last day has passed."""
        return today > self.end

    def next(self) -> Self:
        """The period after it."""
        return self.of(self.frequency, self.end + ONE_DAY, self.calendar)

    def previous(self) -> Self:
        """The period before it."""
        return self.of(self.frequency, self.start - ONE_DAY, self.calendar)

    def shift(self, steps: int) -> Self:
        """So many periods on, or back if negative."""
        if self.frequency is Frequency.WEEK:
            check_year(self.start.year + steps // WEEKS_OF_A_YEAR, slack=2)
            return self.of(self.frequency, self.start + steps * ONE_WEEK, self.calendar)
        if self.frequency is Frequency.MONTH or isinstance(self.calendar, FiscalCalendar):
            return self.of(self.frequency, add_months(self.start, steps * self.frequency.months), self.calendar)
        moved = self
        for _ in range(abs(steps)):
            moved = moved.next() if steps > 0 else moved.previous()
        return moved

    def parent(self, frequency: Frequency) -> Self:
        """The longer period it belongs to, or itself. `PeriodError` if the frequency asked for is a shorter one."""
        if self.frequency.is_longer_than(frequency):
            raise PeriodError(f"{self.label} is longer than a {frequency.words}; ask for its parts.")
        return self if frequency is self.frequency else self.of(frequency, self.anchor, self.calendar)

    def parts(self, frequency: Frequency) -> list[Self]:
        """The shorter periods that belong to it, in order. `PeriodError` if the frequency asked for is a longer one."""
        if frequency.is_longer_than(self.frequency):
            raise PeriodError(f"{self.label} is shorter than a {frequency.words}; ask for its parent.")
        if frequency is self.frequency:
            return [self]
        return list(self._parts(frequency))

    def _parts(self, frequency: Frequency) -> Iterator[Self]:
        part = self.of(frequency, self.start, self.calendar)
        if not self.contains(part.anchor):
            part = part.next()
        while self.contains(part.anchor):
            yield part
            part = part.next()

    def year_ago(self) -> Self | None:
        """The period to compare with year on year; week 53 compares with week 52.

        None where a change of calendar left no period of the same months: a short year is never compared.
        """
        if self.frequency is Frequency.WEEK:
            return self.of(self.frequency, _same_week(self.anchor.year - 1, self.number), self.calendar)
        before = self.of(self.frequency, add_months(self.start, -MONTHS_OF_A_YEAR), self.calendar)
        is_same_months = (before.start, before.end + ONE_DAY) == (
            add_months(self.start, -MONTHS_OF_A_YEAR),
            add_months(self.end + ONE_DAY, -MONTHS_OF_A_YEAR),
        )
        return before if is_same_months else None


@dataclass(frozen=True)
class At:
    """The moment of a question: which period, what was known then (None: now), and the day it is asked."""

    period: Period
    as_of: datetime | None
    today: date


def year_to_date(period: Period) -> list[Period]:
    """The periods of its own frequency from the start of its fiscal year up to itself (METHOD §2)."""
    year = period.parent(Frequency.YEAR)
    return [part for part in year.parts(period.frequency) if part <= period]


def _start_of(frequency: Frequency, day: date, calendar: Calendar) -> date:
    check_year(day.year)
    if frequency is Frequency.WEEK:
        return day - timedelta(days=day.weekday())
    if frequency is Frequency.MONTH:
        return day.replace(day=1)
    year_start = calendar.year_of(day).start
    return add_months(year_start, months_between(year_start, day) // frequency.months * frequency.months)


def _monday(year: int, week: int) -> date:
    check_year(year)
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        raise PeriodError(f"{year} has no week {week}.") from None


def _same_week(year: int, week: int) -> date:
    last_week = date(year, 12, 28).isocalendar().week
    return _monday(year, min(week, last_week))


def _first_of_month(year: int, month: int) -> date:
    check_year(year)
    if not 1 <= month <= MONTHS_OF_A_YEAR:
        raise PeriodError(f"“{year:04d}-{month:02d}” is not a period: a month is a number from 01 to 12.")
    return date(year, month, 1)
