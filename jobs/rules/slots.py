"""When a schedule was due last, and when it is due next (TRUST Q4): by the clock on the wall, across summer time and
short months."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

ROUNDS_BACK = 2
MONTHS = {"month": 1, "quarter": 3}
LONGEST_ROUND_DAYS = 100
WORKING_DAYS_OF_A_WEEK = 5


@dataclass(frozen=True)
class Rhythm:
    """How often, and when in each round.

    `every` is "hour", "day", "week" (`on_day` 1 is Monday; above 7 is Sunday), "month" or "quarter" (`on_day` of its
    first month; beyond the month's end is its last day). With `on_working_day`, `on_day` counts the days from Monday to
    Friday since the month or quarter before has ended; public holidays count as working days. Quarters begin with
    `year_begins`, the first month of the fiscal year. `at_hour` and `at_minute` are of the clock in `zone`.
    """

    every: str
    on_day: int
    at_hour: int
    at_minute: int
    zone: tzinfo
    on_working_day: bool = False
    year_begins: int = 1


def latest_due(rhythm: Rhythm, now: datetime) -> datetime:
    """The last due moment at or before `now`, in UTC.

    An hour that summer time skips is taken an hour later, one that comes twice counts the first time. `now` has a zone.
    """
    if rhythm.every == "hour":
        return _latest_minute(rhythm.at_minute, now, rhythm.zone)
    today = now.astimezone(rhythm.zone).date()
    for day in _days(rhythm, today):
        # Through UTC and back: a time the clock skips becomes the one an hour later.
        due = datetime.combine(day, time(rhythm.at_hour, rhythm.at_minute), rhythm.zone).astimezone(UTC)
        if due <= now:
            return due
    raise ValueError(f"not a rhythm: {rhythm.every}")


def next_due(rhythm: Rhythm, now: datetime) -> datetime:
    """The first due moment after `now`, in UTC."""
    if rhythm.every == "hour":
        return _latest_minute(rhythm.at_minute, now, rhythm.zone) + timedelta(hours=1)
    for days in range(1, LONGEST_ROUND_DAYS):
        due = latest_due(rhythm, now + timedelta(days=days))
        if due > now:
            return due
    raise ValueError(f"not a rhythm: {rhythm.every}")


def _latest_minute(minute: int, now: datetime, zone: tzinfo) -> datetime:
    back = (now.astimezone(zone).minute - minute) % 60
    return now.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(minutes=back)


def _days(rhythm: Rhythm, today: date) -> list[date]:
    """Candidates, newest first: the one of this round, and the one before in case it is later today."""
    if rhythm.every == "day":
        return [today - timedelta(days=back) for back in range(3)]
    if rhythm.every == "week":
        since = (today.isoweekday() - min(rhythm.on_day, 7)) % 7
        return [today - timedelta(days=since + 7 * back) for back in range(2)]
    if rhythm.every in MONTHS:
        return [_day_of_round(rhythm, today, back) for back in range(ROUNDS_BACK)]
    return []


def _day_of_round(rhythm: Rhythm, today: date, back: int) -> date:
    """The day in the month or quarter of today, or so many before it."""
    length = MONTHS[rhythm.every]
    since_begin = (today.month - rhythm.year_begins) % length
    month = today.year * 12 + today.month - 1 - since_begin - back * length
    year, index = divmod(month, 12)
    if rhythm.on_working_day:
        return _working_day(date(year, index + 1, 1), rhythm.on_day)
    return date(year, index + 1, min(rhythm.on_day, monthrange(year, index + 1)[1]))


def _working_day(first: date, number: int) -> date:
    """The n-th day from Monday to Friday, counted from `first` on."""
    weeks, rest = divmod(max(number, 1) - 1, WORKING_DAYS_OF_A_WEEK)
    day = first
    while day.isoweekday() > WORKING_DAYS_OF_A_WEEK:
        day += timedelta(days=1)
    day += timedelta(weeks=weeks)
    for _step in range(rest):
        day += timedelta(days=3 if day.isoweekday() == WORKING_DAYS_OF_A_WEEK else 1)
    return day
