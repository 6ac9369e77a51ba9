"""Money: exact sums, one currency at a time, and how amounts are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, MoneyError

amounts = st.decimals(-(10**12), 10**12, places=3, allow_nan=False)


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def test_sums_are_exact():
    assert pounds("0.1") + pounds("0.2") == pounds("0.3")
    assert pounds("1") - pounds("0.9") == pounds("0.10")
    assert -pounds("5") == pounds("-5")
    assert pounds("0.1") * 3 == pounds("0.3")
    assert pounds("200") * Decimal("0.175") == pounds("35")
    assert Money.total([pounds("1.5"), pounds("2.5")], "GBP") == Money(4, "GBP")
    assert Money.total([], "GBP") == Money(0, "GBP")


def test_different_currencies_are_never_put_together():
    sentence = r"^GBP and EUR cannot be put together; convert one with a dated rate first\.$"
    for together in (
        lambda: pounds("1") + Money(1, "EUR"),
        lambda: pounds("1") - Money(1, "EUR"),
        lambda: pounds("1") < Money(1, "EUR"),
        lambda: Money.total([Money(1, "EUR")], "GBP"),
    ):
        with pytest.raises(MoneyError, match=sentence):
            together()
    assert pounds("1") != Money(1, "EUR")


def test_amounts_of_one_currency_are_ordered():
    assert sorted([pounds("2"), pounds("-1")]) == [pounds("-1"), pounds("2")]
    assert pounds("2") >= pounds("2.00")


def test_floats_are_refused():
    with pytest.raises(TypeError, match=r"^An amount of money is a Decimal or a whole number, not float\.$"):
        Money(0.1, "GBP")
    with pytest.raises(TypeError, match=r"^Money is multiplied by a Decimal or a whole number, not by a float\.$"):
        pounds("1") * 0.1


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e18"])
def test_what_is_no_amount_is_refused(amount: str):
    with pytest.raises(MoneyError, match=r"is not an amount of money: give a number below"):
        pounds(amount)


@pytest.mark.parametrize("currency", ["", "gbp", "POUND", "£££", "GB1"])
def test_what_is_no_currency_is_refused(currency: str):
    with pytest.raises(MoneyError, match=r"is not a currency: give its three letters, such as GBP or EUR\.$"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("0.125", "GBP", "0.12"), ("0.135", "GBP", "0.14"), ("2.5", "JPY", "2"), ("0.0005", "KWD", "0.000")],
)
def test_rounding_goes_to_the_smallest_unit_half_to_even(amount: str, currency: str, rounded: str):
    assert Money(Decimal(amount), currency).rounded() == Money(Decimal(rounded), currency)


def test_conversion_takes_a_rate_and_rounds():
    assert pounds("10").converted(Decimal("1.17345"), "EUR") == Money(Decimal("11.73"), "EUR")
    assert pounds("10").converted(Decimal("190.35"), "JPY") == Money(1904, "JPY")


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_above_nothing(rate: str):
    with pytest.raises(MoneyError, match=r"^A rate of exchange is above 0, not"):
        pounds("10").converted(Decimal(rate), "EUR")


def test_a_currency_is_worth_itself():
    assert pounds("10").converted(Decimal(1), "GBP") == pounds("10")
    with pytest.raises(MoneyError, match=r"^From GBP to GBP the rate is 1, not 1\.1\.$"):
        pounds("10").converted(Decimal("1.1"), "GBP")


@pytest.mark.parametrize(
    ("amount", "short"),
    [
        ("12900000", "£12.9m"),
        ("-12900000", "−£12.9m"),
        ("1234", "£1.23k"),
        ("123456", "£123k"),
        ("999600", "£1.00m"),
        ("999.7", "£1.00k"),
        ("1200000000", "£1.20bn"),
        ("50000000", "£50.0m"),
        ("1234567890123456", "£1,230tn"),
        ("950.4", "£950"),
        ("99.996", "£100"),
        ("12.9", "£12.90"),
        ("5", "£5"),
        ("0", "£0"),
        ("-0.001", "£0"),
    ],
)
def test_short_amounts_have_three_figures(amount: str, short: str):
    assert pounds(amount).short() == short


def test_full_amounts_have_every_unit():
    assert str(pounds("-1234567.5")) == "−£1,234,567.50"
    assert Money(Decimal("1234.5"), "JPY").full() == "¥1,234"
    assert Money(1234, "CHF").full() == "CHF\u00a01,234.00"
    assert Money(12_900_000, "CHF").short() == "CHF\u00a012.9m"


@given(st.lists(amounts, max_size=20), st.randoms())
def test_a_total_does_not_depend_on_the_order(parts: list[Decimal], random):
    moneys = [Money(part, "EUR") for part in parts]
    shuffled = [*moneys]
    random.shuffle(shuffled)
    assert Money.total(moneys, "EUR") == Money.total(shuffled, "EUR") == Money(sum(parts, Decimal(0)), "EUR")


@given(amounts, amounts)
def test_taking_away_what_was_added_leaves_the_same(one: Decimal, other: Decimal):
    assert Money(one, "USD") + Money(other, "USD") - Money(other, "USD") == Money(one, "USD")
