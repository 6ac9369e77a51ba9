"""Fiscal time: calendars, periods and the moment a question is asked (METHOD §2).

A `Period` is a value: a frequency, its first day and the calendar that cuts its year. It knows its last day, its key
(`2026-Q2`), its label ("Q2 FY2026"), its neighbours, its parents and its parts. Months are calendar months and weeks
are ISO weeks, whatever the calendar; quarters, halves and years are fiscal. A week belongs to the month, quarter and
year of its Thursday. Nothing here reads the clock or knows Django.
"""

from core.periods.calendars import (
    CALENDAR_YEARS,
    Calendar,
    FiscalCalendar,
    FiscalCalendars,
    FiscalYear,
    PeriodError,
    add_years,
    years_between,
)
from core.periods.period import At, Frequency, Period, year_to_date

__all__ = [
    "CALENDAR_YEARS",
    "At",
    "Calendar",
    "FiscalCalendar",
    "FiscalCalendars",
    "FiscalYear",
    "Frequency",
    "Period",
    "PeriodError",
    "add_years",
    "year_to_date",
    "years_between",
]
