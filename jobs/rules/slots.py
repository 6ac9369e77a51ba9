"""When a schedule was due last (TRUST Q4): by the clock on the wall, across summer time and short months."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

LONGEST_MONTH_BACK = 2


def latest_due(every: str, *, on_day: int, at_hour: int, at_minute: int, now: datetime, zone: tzinfo) -> datetime:
    """The last due moment at or before `now`, in UTC.

    `every` is "hour", "day", "week" (`on_day` 1 is Monday; above 7 is Sunday) or "month" (`on_day` beyond the month's
    end is its last day). `at_hour` and `at_minute` are of the clock in `zone`; an hour that summer time skips is taken
    an hour later, one that comes twice counts the first time. `now` has a zone.
    """
    if every == "hour":
        return _latest_minute(at_minute, now, zone)
    today = now.astimezone(zone).date()
    for day in _days(every, on_day, today):
        # Through UTC and back: a time the clock skips becomes the one an hour later.
        due = datetime.combine(day, time(at_hour, at_minute), zone).astimezone(UTC)
        if due <= now:
            return due
    raise ValueError(f"not a rhythm: {every}")


def _latest_minute(minute: int, now: datetime, zone: tzinfo) -> datetime:
    back = (now.astimezone(zone).minute - minute) % 60
    return now.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(minutes=back)


def _days(every: str, on_day: int, today: date) -> list[date]:
    """Candidates, newest first: the one of this round, and the one before in case it is later today."""
    if every == "day":
        return [today - timedelta(days=back) for back in range(3)]
    if every == "week":
        since = (today.isoweekday() - min(on_day, 7)) % 7
        return [today - timedelta(days=since + 7 * back) for back in range(2)]
    if every == "month":
        return [_month_day(today, back, on_day) for back in range(LONGEST_MONTH_BACK)]
    return []


def _month_day(today: date, back: int, on_day: int) -> date:
    month = today.year * 12 + today.month - 1 - back
    year, index = divmod(month, 12)
    return date(year, index + 1, min(on_day, monthrange(year, index + 1)[1]))
