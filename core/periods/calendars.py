"""Calendars: how an organisation cuts its years, and the day arithmetic periods need (METHOD §2).

Short years: where an organisation changes its calendar (`FiscalCalendars`), the last year of the old one may be cut
short. Its quarters, halves and the year itself say so in key (`FY2026-short`) and label ("FY2026 (short year)").
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

EARLIEST_YEAR, LATEST_YEAR = 1800, 2999
MONTHS_OF_A_YEAR = 12
FEWEST_DAYS_OF_A_YEAR = 365
ONE_DAY = timedelta(days=1)

_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class PeriodError(ValueError):
    """A period that does not exist, or a question a period cannot answer; the message is a sentence for people."""


def month_name(month: int) -> str:
    """Short name of a month, 1 to 12. The one place to localise the labels of periods."""
    return _MONTH_NAMES[month - 1]


def check_year(year: int, *, slack: int = 0) -> None:
    """Refuse days that no period may begin on; `slack` years more for ends and neighbours."""
    if not EARLIEST_YEAR - slack <= year <= LATEST_YEAR + slack:
        raise PeriodError(f"A period must lie between the years {EARLIEST_YEAR} and {LATEST_YEAR}, not in {year}.")


def add_months(first_day: date, months: int) -> date:
    """The first day of a month, moved by whole months; `PeriodError` far beyond the years a period may lie in."""
    year, month = divmod(months_between(date(1, 1, 1), first_day) + months, MONTHS_OF_A_YEAR)
    check_year(year + 1, slack=2)
    return date(year + 1, month + 1, 1)


def months_between(first: date, last: date) -> int:
    """Whole calendar months from the month of one day to the month of another; negative if reversed."""
    return (last.year - first.year) * MONTHS_OF_A_YEAR + last.month - first.month


def add_years(day: date, years: int) -> date:
    """The same day so many years on; the year after 29 February is 28 February."""
    year = day.year + years
    check_year(year, slack=2)
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) - ONE_DAY
    return day.replace(year=year)


def years_between(first: date, last: date) -> float:
    """Whole years from one day to a later one, and the part of the running year by its days. Negative if reversed."""
    if last < first:
        return -years_between(last, first)
    whole = last.year - first.year
    if add_years(first, whole) > last:
        whole -= 1
    reached, following = add_years(first, whole), add_years(first, whole + 1)
    return whole + (last - reached).days / (following - reached).days


@dataclass(frozen=True)
class FiscalYear:
    """One fiscal year as a calendar cuts it: its days, the number it is named by, and whether it is short."""

    start: date
    end: date
    name: int
    is_calendar_year: bool
    is_short: bool = False


@dataclass(frozen=True)
class FiscalCalendar:
    """How years are cut: the first month, 1 to 12, and whether a year is named by its start or its end."""

    first_month: int = 1
    named_by: Literal["start", "end"] = "start"

    def __post_init__(self) -> None:
        if not 1 <= self.first_month <= MONTHS_OF_A_YEAR:
            raise PeriodError(f"The first month of a fiscal year is a number from 1 to 12, not {self.first_month}.")
        if self.named_by not in ("start", "end"):
            raise PeriodError(f"A fiscal year is named by its start or its end, not by “{self.named_by}”.")

    def on(self, day: date) -> "FiscalCalendar":
        """The calendar in force on a day: itself, on every day."""
        return self

    def year_of(self, day: date) -> FiscalYear:
        """The fiscal year that holds a day."""
        start = date(day.year - (day.month < self.first_month), self.first_month, 1)
        end = add_months(start, MONTHS_OF_A_YEAR) - ONE_DAY
        name = start.year if self.named_by == "start" else end.year
        return FiscalYear(start, end, name, is_calendar_year=self.first_month == 1)

    def year_named(self, name: int, *, is_short: bool = False) -> FiscalYear:
        """The fiscal year of that number; `PeriodError` if there is none."""
        check_year(name)
        if is_short:
            raise PeriodError(f"There is no short fiscal year {name}: the calendar never changed.")
        moved = self.named_by == "end" and self.first_month > 1
        return self.year_of(add_months(date(name, self.first_month, 1), -MONTHS_OF_A_YEAR if moved else 0))


@dataclass(frozen=True)
class FiscalCalendars:
    """The dated calendars of one organisation, usable wherever a `FiscalCalendar` is.

    `dated` holds (valid from, calendar), oldest first; the first one also holds for all days before it. A change takes
    effect at the start of a year of the new calendar, and no earlier than a year after the change before.
    """

    dated: tuple[tuple[date, FiscalCalendar], ...]

    def __post_init__(self) -> None:
        if not self.dated:
            raise PeriodError("An organisation needs at least one fiscal calendar.")
        for valid_from, calendar in self.dated[1:]:
            if calendar.year_of(valid_from).start != valid_from:
                raise PeriodError(
                    f"A fiscal calendar takes effect on the first day of one of its years: {valid_from:%Y-%m-%d} is"
                    f" not the first day of {month_name(calendar.first_month)}."
                )
        for (before, _), (after, _) in pairwise(self.dated):
            if (after - before).days < FEWEST_DAYS_OF_A_YEAR:
                raise PeriodError("Fiscal calendars must be in order of date, at least one year apart.")
        for valid_from, _ in self.dated[1:]:
            self._check_names(valid_from)

    def _check_names(self, valid_from: date) -> None:
        """Two whole years must never carry the same number, or "FY2026" would mean either."""
        last = self.year_of(valid_from - ONE_DAY)
        if last.is_short:
            last = self.year_of(last.start - ONE_DAY)
        following = self.year_of(valid_from)
        if following.name <= last.name:
            raise PeriodError(
                f"With this change two fiscal years would be called FY{following.name}: name the years by their end,"
                " or let the change take effect a year later."
            )

    def on(self, day: date) -> FiscalCalendar:
        """The calendar in force on a day."""
        found = self.dated[0][1]
        for valid_from, calendar in self.dated[1:]:
            if valid_from > day:
                break
            found = calendar
        return found

    def year_of(self, day: date) -> FiscalYear:
        """The fiscal year that holds a day, cut where the next calendar begins."""
        year = self.on(day).year_of(day)
        cut = next((valid_from for valid_from, _ in self.dated[1:] if year.start < valid_from <= year.end), None)
        if cut is None:
            return year
        end = cut - ONE_DAY
        name = year.start.year if self.on(day).named_by == "start" else end.year
        return FiscalYear(year.start, end, name, year.is_calendar_year, is_short=True)

    def year_named(self, name: int, *, is_short: bool = False) -> FiscalYear:
        """The whole or the short fiscal year of that number; `PeriodError` if there is none."""
        check_year(name)
        first = date(max(name - 1, EARLIEST_YEAR), 1, 1)
        for months in range(2 * MONTHS_OF_A_YEAR):
            year = self.year_of(add_months(first, months))
            if (year.name, year.is_short) == (name, is_short):
                return year
        raise PeriodError(f"There is no {'short ' if is_short else ''}fiscal year {name} in this calendar.")


Calendar = FiscalCalendar | FiscalCalendars
CALENDAR_YEARS = FiscalCalendar()
