"""Status by bands, and the words and dates of an absent value (METHOD §3; DATAMODEL A6)."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.arrays import days
from scorecards.rules.status import Bands, Reason, Status, absence, status, status_of

JUNE_ENDS = date(2026, 6, 30)
NEVER = np.datetime64("NaT")


def test_exactly_the_target_is_green_and_exactly_the_red_flag_amber():
    scores = [200 / 3, 66.666666667, 66.66, 100 / 3, 33.333333333, 33.33, 0, 100, None]
    assert list(status(scores)) == [
        *[Status.ON_TRACK, Status.ON_TRACK, Status.WATCH, Status.WATCH, Status.WATCH],
        *[Status.OFF_TRACK, Status.OFF_TRACK, Status.ON_TRACK, Status.NO_DATA],
    ]


def test_blue_is_given_where_it_is_switched_on():
    assert list(status([94.9, 95, 100], Bands(exceeds=95))) == [Status.ON_TRACK, Status.EXCEEDS, Status.EXCEEDS]


def test_bands_are_a_setting():
    assert [status_of(score, Bands(green=80, amber=50)) for score in (80, 79, 50, 49, None)] == [
        *[Status.ON_TRACK, Status.WATCH, Status.WATCH, Status.OFF_TRACK, Status.NO_DATA]
    ]


@pytest.mark.parametrize(
    "numbers", [{"green": 30}, {"amber": 0}, {"green": 101}, {"exceeds": 50}, {"exceeds": 101}, {"amber": float("nan")}]
)
def test_bands_that_do_not_rise_are_refused(numbers: dict[str, float]):
    with pytest.raises(ValueError, match=r"^Bands must rise from amber to green to exceeds and lie between 0 and 100"):
        Bands(**numbers)


@pytest.mark.parametrize(
    ("today", "reason", "next_change_on"),
    [
        (date(2026, 6, 1), Reason.NOT_DUE_YET, np.datetime64("2026-07-16")),
        (date(2026, 7, 15), Reason.NOT_DUE_YET, np.datetime64("2026-07-16")),
        (date(2026, 7, 16), Reason.NOT_REPORTED, NEVER),
    ],
)
def test_a_value_is_due_until_the_grace_days_are_over(today: date, reason: Reason, next_change_on: np.datetime64):
    absent = absence(days([JUNE_ENDS, JUNE_ENDS]), np.array([False, True]), today)
    assert list(absent.reason) == [reason, None]
    np.testing.assert_array_equal(absent.next_change_on, np.array([next_change_on, NEVER], dtype="datetime64[D]"))


@given(
    st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 90), st.booleans()), min_size=1),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_the_answer_changes_on_the_day_it_says_and_not_before(rows: list, today: date):
    ends, grace, has_value = days([row[0] for row in rows]), [row[1] for row in rows], np.array([r[2] for r in rows])
    now = absence(ends, has_value, today, np.array(grace))
    for row, change in enumerate(now.next_change_on.tolist()):
        one = (ends[row : row + 1], has_value[row : row + 1])
        if change is None:
            later = absence(*one, date(2099, 1, 1), grace[row])
            assert later.reason[0] == now.reason[row]
        else:
            assert change > today
            day_before = absence(*one, change - timedelta(days=1), grace[row])
            assert day_before.reason[0] == now.reason[row] == Reason.NOT_DUE_YET
            assert absence(*one, change, grace[row]).reason[0] == Reason.NOT_REPORTED
