"""How numbers, money and dates are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import formats
from core.formats import NumberFormat
from core.statuses import movement

TODAY = dt.date(2026, 7, 9)


@pytest.mark.parametrize(
    ("value", "written"),
    [(9412, "9,412"), (72.4, "72.4"), (72.456, "72.46"), (-5.6, "−5.6"), (-0.001, "0"), (Decimal("2.50"), "2.5")],
)
def test_numbers_show_the_decimals_they_need(value, written):
    assert formats.plain(value) == written


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf"), Decimal("NaN")])
def test_a_missing_value_is_named_and_never_zero(missing):
    written = {formats.plain(missing), formats.percent(missing), formats.points(missing), formats.signed(missing)}
    written |= {formats.money(missing), formats.money_full(missing), formats.compact(missing)}
    assert written | {NumberFormat("yes_no").text(missing)} == {"No value"}


def test_halves_round_away_from_zero():
    assert [formats.percent(value) for value in (72.45, -72.45, 2.25)] == ["72.5%", "−72.5%", "2.3%"]


@pytest.mark.parametrize(
    ("value", "written"), [(5.62, "+5.6 pts"), (-5.62, "−5.6 pts"), (0, "0.0 pts"), (-0.04, "0.0 pts")]
)
def test_differences_of_percentages_are_signed_points(value, written):
    assert formats.points(value) == written


def test_one_point_is_one_point():
    assert [formats.points(value, 0) for value in (1, -1, 2)] == ["+1 pt", "−1 pt", "+2 pts"]


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "£0"),
        (12.5, "£12.50"),
        (950, "£950"),
        (9_999.4, "£9,999"),
        (9_999.5, "£10.0k"),
        (12_900, "£12.9k"),
        (999_499, "£999k"),
        (999_600, "£1.00m"),
        (12_900_000, "£12.9m"),
        (-5_700_000, "−£5.70m"),
        (1_234_567_890, "£1.23bn"),
    ],
)
def test_money_has_three_figures(amount, written):
    assert formats.money(amount) == written


def test_other_currencies_are_named():
    assert (formats.money(12_900_000, "EUR"), formats.money(-950, "CHF")) == ("€12.9m", "−CHF\u00a0950")


def test_the_full_amount_has_every_digit():
    assert [formats.money_full(a) for a in (12_900_000, Decimal("12.5"))] == ["£12,900,000", "£12.50"]


@given(st.decimals(-(10**15), 10**15, allow_nan=False))
def test_money_never_shows_a_thousand_of_a_unit_or_more_than_three_figures(amount):
    digits = formats.money(amount).strip("£−kmbnt")
    assert "," not in digits or abs(amount) < 10_000 or abs(amount) >= 10**15 - 10**12
    if abs(amount) >= Decimal("9999.5") and abs(amount) < 10**14:
        assert len(digits.replace(".", "")) == 3


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        (NumberFormat("percent"), ("72.4%", "72.4%", "+72.4 pts", "+72.4", "72.4%")),
        (NumberFormat("money"), ("£72.40", "£72.40", "+£72.40", "+£72.40", "£72.40")),
        (NumberFormat(unit="days"), ("72.4 days", "72.4", "+72.4", "+72.4", "72.4")),
        (NumberFormat(decimals=0), ("72", "72", "+72", "+72", "72")),
        (NumberFormat(unit="£m"), ("£72.4m", "£72.4m", "+£72.4m", "+£72.4m", "£72.4m")),
        (
            NumberFormat(unit="£ a head"),
            ("£72.4 a head", "£72.4 a head", "+£72.4 a head", "+£72.4 a head", "£72.4 a head"),
        ),
    ],
)
def test_a_measure_is_written_alike_everywhere(numbers, texts):
    value = 72.4
    assert texts == (
        numbers.text(value),
        numbers.figure(value),
        numbers.difference(value),
        numbers.gap(value),
        numbers.short(value),
    )


def test_yes_and_no_are_words():
    numbers = NumberFormat("yes_no")
    assert [numbers.text(value) for value in (1, 0)] == ["Yes", "No"]
    assert [numbers.axis(value) for value in (0, 0.5, 1)] == ["No", "", "Yes"]


def test_ticks_and_line_ends_drop_needless_zeros():
    numbers = NumberFormat("percent")
    assert [numbers.axis(75), numbers.axis(72.5), numbers.short(80.0), numbers.short(75.44)] == [
        "75%",
        "72.5%",
        "80%",
        "75.4%",
    ]


def test_ticks_of_large_numbers_are_compact():
    assert [NumberFormat().axis(v) for v in (9_999, 12_400, 2_000_000)] == ["9,999", "12.4k", "2m"]


def test_values_in_a_row_share_their_decimals():
    assert [formats.decimals_of(values) for values in ([1, 2], [1, 2.5, None], [1.234, 2], [])] == [0, 1, 2, 0]


def test_dates_name_the_month():
    assert [formats.date_long(TODAY), formats.date_short(TODAY)] == ["9 July 2026", "9 Jul 2026"]
    assert [formats.date_brief(day, TODAY) for day in (TODAY, dt.date(2025, 7, 9))] == ["9 Jul", "9 Jul 2025"]


def test_moments_are_in_the_readers_zone(settings):
    when = dt.datetime(2026, 7, 9, 8, 24, tzinfo=dt.UTC)
    with formats.timezone.override("Europe/Paris"):
        assert (formats.moment(when), formats.clock_time(when)) == ("9 Jul 2026, 10:24", "10:24")


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (0, "due today"),
        (-1, "1 day overdue"),
        (-13, "13 days overdue"),
        (-14, "25 Jun"),
        (1, "1 day left"),
        (14, "23 Jul"),
    ],
)
def test_ages_are_relative_only_under_fourteen_days(days, written):
    assert formats.due(TODAY + dt.timedelta(days), TODAY) == written


def test_status_moves_are_better_or_worse_or_nothing():
    moves = [
        ("watch", "off_track"),
        ("off_track", "exceeds"),
        ("watch", "watch"),
        ("no_data", "watch"),
        ("watch", "no_data"),
    ]
    assert [movement(before, now) for before, now in moves] == ["worse", "better", "", "", ""]
