"""When a schedule was due last: on the clock on the wall, across summer time and short months."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.rules.slots import Rhythm, latest_due, next_due

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")


def due(every: str, now: str, *, day: int = 1, at: str = "02:00", zone: ZoneInfo = BERLIN, **more: object) -> str:
    hour, minute = map(int, at.split(":"))
    moment = datetime.fromisoformat(now).replace(tzinfo=zone)
    found = latest_due(Rhythm(every, day, hour, minute, zone, **more), moment)
    assert found.tzinfo is UTC
    return found.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(("every", "now", "options", "expected"), [
    ("day", "2026-07-09 02:00", {}, "2026-07-09 02:00 +0200"),
    ("day", "2026-07-09 01:59", {}, "2026-07-08 02:00 +0200"),
    ("day", "2026-01-01 00:10", {"at": "23:30"}, "2025-12-31 23:30 +0100"),
    ("week", "2026-07-09 12:00", {"day": 4}, "2026-07-09 02:00 +0200"),
    ("week", "2026-07-09 01:00", {"day": 4}, "2026-07-02 02:00 +0200"),
    ("week", "2026-07-09 12:00", {"day": 7}, "2026-07-05 02:00 +0200"),
    ("week", "2026-07-09 12:00", {"day": 31}, "2026-07-05 02:00 +0200"),
    ("month", "2026-07-31 12:00", {"day": 31}, "2026-07-31 02:00 +0200"),
    ("month", "2026-03-01 12:00", {"day": 31}, "2026-02-28 02:00 +0100"),
    ("month", "2028-03-01 12:00", {"day": 30}, "2028-02-29 02:00 +0100"),
    ("month", "2026-01-05 12:00", {"day": 20}, "2025-12-20 02:00 +0100"),
    ("hour", "2026-07-09 12:07", {"at": "00:15"}, "2026-07-09 11:15 +0200"),
    ("hour", "2026-07-09 12:15", {"at": "00:15"}, "2026-07-09 12:15 +0200"),
    ("hour", "2026-07-09 12:07", {"at": "00:15", "zone": KOLKATA}, "2026-07-09 11:15 +0530"),
    ("quarter", "2026-07-09 12:00", {"day": 5}, "2026-07-05 02:00 +0200"),
    ("quarter", "2026-07-04 12:00", {"day": 5}, "2026-04-05 02:00 +0200"),
    ("quarter", "2026-07-09 12:00", {"day": 5, "year_begins": 2}, "2026-05-05 02:00 +0200"),
    ("quarter", "2026-01-01 12:00", {"day": 5, "year_begins": 12}, "2025-12-05 02:00 +0100"),
    # working days: 1 August 2026 is a Saturday, so Monday the 3rd is the first
    ("month", "2026-08-31 12:00", {"day": 1, "on_working_day": True}, "2026-08-03 02:00 +0200"),
    ("month", "2026-08-31 12:00", {"day": 6, "on_working_day": True}, "2026-08-10 02:00 +0200"),
    ("month", "2026-08-03 01:00", {"day": 1, "on_working_day": True}, "2026-07-01 02:00 +0200"),
    ("quarter", "2026-12-31 12:00", {"day": 3, "on_working_day": True}, "2026-10-05 02:00 +0200"),
    # the night the clock goes forward: 02:30 does not exist and is taken at 03:30, once
    ("day", "2026-03-29 03:10", {"at": "02:30"}, "2026-03-28 02:30 +0100"),
    ("day", "2026-03-29 03:40", {"at": "02:30"}, "2026-03-29 03:30 +0200"),
    ("day", "2026-03-30 01:00", {"at": "02:30"}, "2026-03-29 03:30 +0200"),
])  # fmt: skip
def test_the_last_due_moment(every, now, options, expected):
    assert due(every, now, **options) == expected


def test_an_hour_that_comes_twice_counts_the_first_time():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for minutes in (0, 30, 60, 90):
        now = datetime(2026, 10, 25, (30 + minutes) // 60, (30 + minutes) % 60, tzinfo=UTC)
        assert latest_due(Rhythm("day", 1, 2, 30, BERLIN), now) == first


def test_an_unknown_rhythm_is_an_error():
    with pytest.raises(ValueError, match="not a rhythm: year"):
        due("year", "2026-07-09 12:00")


@given(
    st.sampled_from(["hour", "day", "week", "month", "quarter"]), st.integers(1, 31), st.integers(0, 23), st.integers(0, 59),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.sampled_from([BERLIN, KOLKATA, ZoneInfo("America/New_York")]),
    st.booleans(), st.integers(1, 12),
)  # fmt: skip
def test_the_last_moment_is_never_in_the_future_nor_longer_ago_than_one_round(
    every, day, hour, minute, naive, zone, working, first
):
    now = naive.replace(tzinfo=UTC)
    rhythm = Rhythm(every, min(day, 20) if working else day, hour, minute, zone, working, first)
    found = latest_due(rhythm, now)
    longest = {"hour": 1, "day": 25, "week": 169, "month": 35 * 24 + 1, "quarter": 96 * 24 + 1}[every]
    assert 0 <= (now - found).total_seconds() <= longest * 3600
    assert latest_due(rhythm, found) == found
    following = next_due(rhythm, now)
    assert following > now and latest_due(rhythm, following) == following
