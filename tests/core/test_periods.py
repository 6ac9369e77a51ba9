"""Fiscal calendars and periods: keys, labels, neighbours, parents, parts and changes of calendar (METHOD §2)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import (
    At,
    FiscalCalendar,
    FiscalCalendars,
    Frequency,
    Period,
    PeriodError,
    add_years,
    year_to_date,
    years_between,
)

WEEK, MONTH, QUARTER = Frequency.WEEK, Frequency.MONTH, Frequency.QUARTER
HALF_YEAR, YEAR = Frequency.HALF_YEAR, Frequency.YEAR
JULY_BY_END = FiscalCalendar(7, "end")
JULY_BY_START = FiscalCalendar(7, "start")
CHANGED = FiscalCalendars(((date(2000, 1, 1), FiscalCalendar()), (date(2026, 7, 1), JULY_BY_START)))
"""Calendar years until June 2026; then years from July, so that 2026 is cut short after six months."""

days_of_use = st.dates(date(1950, 1, 1), date(2150, 12, 31))
frequencies = st.sampled_from(Frequency)


@st.composite
def calendars(draw: st.DrawFn) -> FiscalCalendar | FiscalCalendars:
    plain = st.builds(FiscalCalendar, st.integers(1, 12), st.sampled_from(["start", "end"]))
    first, second = draw(plain), draw(plain)
    valid_from = date(draw(st.integers(1990, 2100)), second.first_month, 1)
    if draw(st.booleans()):
        return first
    try:
        return FiscalCalendars(((date(1900, 1, 1), first), (valid_from, second)))
    except PeriodError:
        return second


@st.composite
def periods(draw: st.DrawFn) -> Period:
    return Period.of(draw(frequencies), draw(days_of_use), draw(calendars()))


def test_each_frequency_has_its_key_and_label():
    said = [
        (period.key, period.label, str(period))
        for period in (Period.of(frequency, date(2026, 11, 5), JULY_BY_END) for frequency in Frequency)
    ]
    assert said == [
        ("2026-W45", "Week 45, 2026", "Week 45, 2026"),
        ("2026-11", "Nov 2026", "Nov 2026"),
        ("2027-Q2", "Q2 FY2027", "Q2 FY2027"),
        ("2027-H1", "H1 FY2027", "H1 FY2027"),
        ("FY2027", "FY2027", "FY2027"),
    ]


def test_calendar_years_are_said_without_fy():
    labels = [Period.of(frequency, date(2026, 6, 30)).label for frequency in (QUARTER, HALF_YEAR, YEAR)]
    assert labels == ["Q2 2026", "H1 2026", "2026"]


def test_a_year_is_named_by_its_start_or_its_end():
    assert Period.of(YEAR, date(2026, 3, 1), JULY_BY_START).key == "FY2025"
    assert Period.of(YEAR, date(2026, 3, 1), JULY_BY_END).key == "FY2026"


def test_both_ends_belong_to_a_period():
    june = Period(MONTH, date(2026, 6, 1))
    assert (june.start, june.end) == (date(2026, 6, 1), date(2026, 6, 30))
    assert [june.contains(date(2026, 6, day)) for day in (1, 30)] == [True, True]
    assert [june.contains(day) for day in (date(2026, 5, 31), date(2026, 7, 1))] == [False, False]


def test_a_period_is_over_the_day_after_its_last():
    june = Period(MONTH, date(2026, 6, 1))
    assert [june.is_over(today) for today in (date(2026, 6, 30), date(2026, 7, 1))] == [False, True]


def test_a_week_belongs_to_the_month_quarter_and_year_of_its_thursday():
    turn_of_the_year = Period(WEEK, date(2026, 12, 28))  # Thursday is 31 December
    assert turn_of_the_year.key == "2026-W53"
    assert [turn_of_the_year.parent(each).key for each in (MONTH, QUARTER, YEAR)] == ["2026-12", "2026-Q4", "FY2026"]
    next_one = turn_of_the_year.next()
    assert (next_one.key, next_one.parent(MONTH).key) == ("2027-W01", "2027-01")


def test_a_month_holds_the_weeks_whose_thursday_it_holds():
    weeks = Period.parse("2026-12").parts(WEEK)
    assert [week.key for week in weeks] == ["2026-W49", "2026-W50", "2026-W51", "2026-W52", "2026-W53"]


@pytest.mark.parametrize(("key", "compared_with"), [("2026-W53", "2025-W52"), ("2026-W10", "2025-W10")])
def test_week_53_compares_with_week_52(key: str, compared_with: str):
    assert Period.parse(key).year_ago().key == compared_with


def test_a_year_has_its_parts_in_order():
    year = Period.parse("FY2027", JULY_BY_END)
    assert [part.key for part in year.parts(HALF_YEAR)] == ["2027-H1", "2027-H2"]
    assert [part.key for part in year.parts(QUARTER)] == ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
    assert [part.key for part in year.parts(MONTH)][::11] == ["2026-07", "2027-06"]
    assert year.parts(YEAR) == [year]


def test_year_to_date_runs_from_the_start_of_the_fiscal_year():
    so_far = year_to_date(Period.parse("2026-09", JULY_BY_END))
    assert [part.key for part in so_far] == ["2026-07", "2026-08", "2026-09"]
    assert [part.key for part in year_to_date(Period.parse("2027-Q2", JULY_BY_END))] == ["2027-Q1", "2027-Q2"]


def test_asking_for_the_wrong_direction_is_refused_with_the_right_one():
    with pytest.raises(PeriodError, match=r"^2026 is longer than a half-year; ask for its parts\.$"):
        Period.parse("FY2026").parent(HALF_YEAR)
    with pytest.raises(PeriodError, match=r"^Jun 2026 is shorter than a quarter; ask for its parent\.$"):
        Period.parse("2026-06").parts(QUARTER)


def test_a_period_begins_on_a_true_start():
    with pytest.raises(PeriodError, match=r"^A quarter does not begin on 2026-02-01; .* begins on 2026-01-01\.$"):
        Period(QUARTER, date(2026, 2, 1))
    with pytest.raises(PeriodError, match=r"^A week does not begin on 2026-01-01; .* begins on 2025-12-29\.$"):
        Period(WEEK, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("June", "“June” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."),
        ("", "“” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."),
        ("2026-Q5", "“2026-Q5” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."),
        ("２０２６-06", "“２０２６-06” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."),
        ("2026-13", "“2026-13” is not a period: a month is a number from 01 to 12."),
        ("2026-00", "“2026-00” is not a period: a month is a number from 01 to 12."),
        ("2025-W53", "2025 has no week 53."),
        ("2026-W00", "2026 has no week 0."),
        ("FY0000", "A period must lie between the years 1800 and 2999, not in 0."),
        ("9999-12", "A period must lie between the years 1800 and 2999, not in 9999."),
        ("FY2026-short", "There is no short fiscal year 2026: the calendar never changed."),
    ],
)
def test_a_text_that_is_no_period_is_answered_by_a_sentence(text: str, sentence: str):
    with pytest.raises(PeriodError) as refused:
        Period.parse(text)
    assert str(refused.value) == sentence


def test_keys_are_read_in_either_case_and_with_space_around():
    assert Period.parse(" fy2026 ") == Period(YEAR, date(2026, 1, 1))
    assert Period.parse("2026-w05\n") == Period(WEEK, date(2026, 1, 26))


def test_moving_beyond_all_years_is_refused():
    for period in (Period.parse("FY2026"), Period.parse("2026-W01"), Period.parse("2026-01")):
        with pytest.raises(PeriodError, match="between the years 1800 and 2999"):
            period.shift(10**12)


def test_periods_are_ordered_by_their_start():
    keys = ["2026-11", "2025-12", "2026-02"]
    assert [period.key for period in sorted(map(Period.parse, keys))] == ["2025-12", "2026-02", "2026-11"]
    assert Period.parse("2026-01") <= Period.parse("2026-01")
    with pytest.raises(TypeError):
        assert Period.parse("2026-01") < "2026-02"


@pytest.mark.parametrize("month", [0, 13])
def test_a_calendar_begins_in_a_month(month: int):
    with pytest.raises(PeriodError, match=r"^The first month of a fiscal year is a number from 1 to 12, not"):
        FiscalCalendar(month)


def test_a_change_of_calendar_cuts_the_last_year_short_and_says_so():
    years = [Period.of(YEAR, date(2025, 1, 1), CHANGED).shift(steps) for steps in range(4)]
    assert [(year.key, year.label, year.start, year.end) for year in years] == [
        ("FY2025", "2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("FY2026-short", "2026 (short year)", date(2026, 1, 1), date(2026, 6, 30)),
        ("FY2026", "FY2026", date(2026, 7, 1), date(2027, 6, 30)),
        ("FY2027", "FY2027", date(2027, 7, 1), date(2028, 6, 30)),
    ]
    quarters = [quarter.key for quarter in years[1].parts(QUARTER)]
    assert quarters == ["2026-Q1-short", "2026-Q2-short"]
    assert [month.key for month in years[1].parts(MONTH)][-1] == "2026-06"


def test_a_short_year_is_never_compared_year_on_year():
    years = {key: Period.parse(key, CHANGED).year_ago() for key in ("FY2025", "FY2026-short", "FY2026", "FY2027")}
    assert {key: before and before.key for key, before in years.items()} == {
        "FY2025": "FY2024",
        "FY2026-short": None,
        "FY2026": None,
        "FY2027": "FY2026",
    }


def test_months_and_quarters_of_the_same_months_are_compared_across_a_change():
    assert Period.parse("2026-08", CHANGED).year_ago().key == "2025-08"
    assert Period.parse("2026-Q1", CHANGED).year_ago().key == "2025-Q3"
    to_february = FiscalCalendars(((date(2000, 1, 1), FiscalCalendar()), (date(2026, 2, 1), FiscalCalendar(2))))
    assert Period.parse("2026-Q1", to_february).year_ago() is None


def test_a_quarter_that_a_short_year_does_not_reach_is_refused():
    with pytest.raises(PeriodError, match=r"^The short fiscal year 2026 ends before “2026-Q3-short” begins\.$"):
        Period.parse("2026-Q3-short", CHANGED)


def test_a_change_of_calendar_takes_effect_at_the_start_of_a_year():
    with pytest.raises(PeriodError, match="2026-06-01 is not the first day of Jul"):
        FiscalCalendars(((date(2000, 1, 1), FiscalCalendar()), (date(2026, 6, 1), JULY_BY_START)))


def test_calendars_change_at_most_once_a_year_and_in_order():
    later, sooner = (date(2026, 7, 1), JULY_BY_START), (date(2026, 2, 1), FiscalCalendar(2))
    for dated in (((date(2000, 1, 1), FiscalCalendar()), sooner, later), (later, sooner)):
        with pytest.raises(
            PeriodError, match=r"^Fiscal calendars must be in order of date, at least one year apart\.$"
        ):
            FiscalCalendars(dated)
    with pytest.raises(PeriodError, match=r"^An organisation needs at least one fiscal calendar\.$"):
        FiscalCalendars(())


def test_two_whole_years_never_carry_the_same_number():
    with pytest.raises(PeriodError, match="two fiscal years would be called FY2026"):
        FiscalCalendars(((date(2000, 1, 1), JULY_BY_END), (date(2026, 7, 1), JULY_BY_START)))


def test_the_calendar_in_force_is_the_newest_begun():
    assert CHANGED.on(date(1990, 1, 1)) == CHANGED.on(date(2026, 6, 30)) == FiscalCalendar()
    assert CHANGED.on(date(2026, 7, 1)) == JULY_BY_START


def test_the_year_after_29_february_is_28_february():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_years_between_counts_whole_years_and_the_days_of_the_running_one():
    assert years_between(date(2024, 1, 1), date(2026, 1, 1)) == 2.0
    assert years_between(date(2024, 2, 29), date(2025, 2, 28)) == 1.0
    assert years_between(date(2025, 1, 1), date(2026, 7, 2)) == 1 + 182 / 365
    assert years_between(date(2026, 7, 2), date(2025, 1, 1)) == -(1 + 182 / 365)


def test_at_is_a_value():
    june = Period.parse("2026-06")
    assert At(june, None, date(2026, 6, 3)) == At(june, None, date(2026, 6, 3))


@given(periods())
def test_a_key_is_read_back_as_the_same_period(period: Period):
    assert Period.parse(period.key, period.calendar) == period


@given(periods())
def test_neighbours_touch_and_lead_back(period: Period):
    assert period.next().start == period.end + timedelta(days=1)
    assert period.next().previous() == period
    assert period.previous().next() == period


@given(periods(), st.integers(-40, 40))
def test_a_shift_is_so_many_steps_and_leads_back(period: Period, steps: int):
    walked = period
    for _ in range(abs(steps)):
        walked = walked.next() if steps > 0 else walked.previous()
    assert period.shift(steps) == walked
    assert walked.shift(-steps) == period


@given(periods(), frequencies)
def test_parts_partition_their_parent(period: Period, frequency: Frequency):
    if frequency.is_longer_than(period.frequency):
        return
    parts = period.parts(frequency)
    assert all(part.parent(period.frequency) == period for part in parts)
    assert all(before.next() == after for before, after in pairwise(parts))
    assert parts[-1].next().parent(period.frequency) == period.next()
    if frequency is not WEEK:
        assert (parts[0].start, parts[-1].end) == (period.start, period.end)


@given(days_of_use, frequencies, calendars())
def test_every_day_lies_in_exactly_one_period(day: date, frequency: Frequency, calendar: FiscalCalendar):
    period = Period.of(frequency, day, calendar)
    assert period.contains(day)
    assert not period.next().contains(day)
    assert not period.previous().contains(day)


@given(periods())
def test_the_period_a_year_ago_covers_the_same_months(period: Period):
    before = period.year_ago()
    if before is None:
        assert isinstance(period.calendar, FiscalCalendars)
        assert period.frequency.months > 1
    elif period.frequency is WEEK:
        assert before.number == min(period.number, 52) or (before.number, period.number) == (53, 53)
    else:
        assert (before.start.year, before.start.month) == (period.start.year - 1, period.start.month)
        assert (before.end.year, before.end.month) == (period.end.year - 1, period.end.month)


@given(periods())
def test_year_to_date_begins_with_the_year_and_ends_with_the_period(period: Period):
    so_far = year_to_date(period)
    assert so_far[-1] == period
    assert so_far == period.parent(YEAR).parts(period.frequency)[: len(so_far)]
