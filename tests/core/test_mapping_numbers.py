"""Numbers and days as tables write them: exact where they are read, a sentence where they are not."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mapping import CellProblem, NumberStyle
from core.mapping.batches import numbers_of
from core.mapping.dates import DateStyle

GERMAN = NumberStyle(decimal=",", thousands=".")
FRENCH = NumberStyle(decimal=",", thousands=" ")
SWISS = NumberStyle(thousands="'")
BRITISH = NumberStyle(thousands=",", currency=("£", "€", "EUR"), parentheses=True)
STATISTICAL = NumberStyle(footnotes=("*", "p", "[a]"), percent="keep")


@pytest.mark.parametrize(
    ("style", "text", "number"),
    [
        (NumberStyle(), "12", "12"),
        (NumberStyle(), " -12.50 ", "-12.50"),
        (NumberStyle(), "−3", "-3"),
        (NumberStyle(), "+.5", "0.5"),
        (NumberStyle(), "1e+05", "1E+5"),
        (NumberStyle(), "4700841766.526818590430607", "4700841766.526818590430607"),
        (GERMAN, "1.234.567,89", "1234567.89"),
        (GERMAN, "1234,5", "1234.5"),
        (FRENCH, "1 234,5", "1234.5"),
        (FRENCH, "1\u202f234\u00a0567,5", "1234567.5"),
        (SWISS, "1’234'567.5", "1234567.5"),
        (BRITISH, "£1,139.18", "1139.18"),
        (BRITISH, "-£5", "-5"),
        (BRITISH, "5 EUR", "5"),
        (BRITISH, "(1,234)", "-1234"),
        (BRITISH, "(£2.50)", "-2.50"),
        (STATISTICAL, "12.5 % *", "12.5"),
        (STATISTICAL, "7p", "7"),
        (STATISTICAL, "7 [a]*", "7"),
        (NumberStyle(percent="divide"), "12.5%", "0.125"),
        (NumberStyle(scale=Decimal(1000)), "1.5", "1500.0"),
        (NumberStyle(scale=Decimal("0.01")), "12345678901234567890.12", "123456789012345678.9012"),
    ],
)
def test_numbers_are_read_exactly(style, text, number):
    read = style.parse(text)
    assert (read, read.as_tuple()) == (Decimal(number), Decimal(number).as_tuple())
    assert numbers_of([text, "NA"], style, frozenset({"NA", "", None})) == [Decimal(number), None]


@pytest.mark.parametrize(
    ("style", "text", "sentence"),
    [
        (NumberStyle(), "abc", "'abc' is not a number."),
        (NumberStyle(), "", "'' is not a number."),
        (NumberStyle(), "NaN", "'NaN' is not a number."),
        (NumberStyle(), "sNaN", "'sNaN' is not a number."),
        (NumberStyle(), "Infinity", "'Infinity' is not a number."),
        (NumberStyle(), "-inf", "'-inf' is not a number."),
        (NumberStyle(), "1e999", "'1e999' has more digits than can be stored (34)."),
        (NumberStyle(), "1e-999", "'1e-999' has more digits than can be stored (34)."),
        (NumberStyle(), "1e99999999", "'1e99999999' is not a number."),
        (NumberStyle(), "1" * 35, f"'{'1' * 35}' has more digits than can be stored (34)."),
        (NumberStyle(), "9" * 10_000, f"'{'9' * 40}' is not a number."),
        (NumberStyle(), "١٢", "'١٢' is not a number."),
        (NumberStyle(), "１２", "'１２' is not a number."),
        (NumberStyle(), "1_000", "'1_000' is not a number."),
        (NumberStyle(), "0x1F", "'0x1F' is not a number."),
        (NumberStyle(), "1 2", "'1 2' is not a number. If it is one, say thousands = \" \" in [numbers]."),
        (NumberStyle(), "1,234", "'1,234' is not a number. If it is one, say thousands = \",\" in [numbers]."),
        (NumberStyle(decimal=","), "1.5", "'1.5' is not a number. If it is one, say thousands = \".\" in [numbers]."),
        (NumberStyle(), "5%", "'5%' is not a number. If it is one, say percent = \"keep\" in [numbers]."),
        (NumberStyle(), "£5", "'£5' is not a number. If it is one, say currency = [\"£\"] in [numbers]."),
        (NumberStyle(), "(5)", "'(5)' is not a number. If it is one, say parentheses = true in [numbers]."),
        (NumberStyle(), "5*", "'5*' is not a number. If it is one, say footnotes = [\"*\"] in [numbers]."),
        (BRITISH, "12,34", "'12,34' is not a number."),
        (BRITISH, "(-5)", "'(-5)' is not a number."),
        (NumberStyle(), True, "'TRUE' is not a number."),
        (NumberStyle(), date(2024, 1, 1), "'2024-01-01' is not a number."),
        (NumberStyle(), float("nan"), "'NaN' is not a number."),
        (NumberStyle(), float("inf"), "'Infinity' is not a number."),
        (NumberStyle(), 1e300, f"'1{'0' * 39}' has more digits than can be stored (34)."),
    ],
)
def test_what_is_no_number_is_refused_with_a_hint(style, text, sentence):
    with pytest.raises(CellProblem) as caught:
        style.parse(text)
    assert str(caught.value) == sentence
    [problem] = numbers_of([text], style, frozenset({None}))
    assert str(problem) == sentence


@given(
    st.decimals(-(10**15), 10**15, places=4, allow_nan=False),
    st.sampled_from([(".", ""), (".", ","), (",", "."), (",", " "), (".", "'")]),
)
def test_numbers_survive_being_written_in_any_locale(number, marks):
    decimal, thousands = marks
    text = format(number, ",f").translate(str.maketrans({",": thousands, ".": decimal}))
    assert NumberStyle(decimal=decimal, thousands=thousands).parse(text) == number


@given(st.floats(-1e25, 1e25, allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or abs(x) > 1e-25))
def test_numbers_of_workbooks_keep_the_digits_a_person_saw(number):
    expected = Decimal(repr(number))
    assert NumberStyle().parse(number) == expected
    assert numbers_of([number, None], NumberStyle(), frozenset({None})) == [expected, None]


@given(st.text(max_size=20))
def test_no_text_raises_anything_but_a_sentence(text):
    for style in (NumberStyle(), GERMAN, BRITISH, STATISTICAL):
        try:
            assert style.parse(text).is_finite()
        except CellProblem as problem:
            assert str(problem)
        try:
            assert isinstance(DateStyle("day_first").parse(text), date)
        except CellProblem as problem:
            assert str(problem)


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("iso", "2024-01-31", date(2024, 1, 31)),
        ("iso", "2016-05-25 17:00:00", date(2016, 5, 25)),
        ("iso", "2016-05-25T17:00:00.5+02:00", date(2016, 5, 25)),
        ("iso", "20240131", date(2024, 1, 31)),
        ("iso", "31 January 2024", date(2024, 1, 31)),
        ("iso", "Jan. 31st, 2024", date(2024, 1, 31)),
        ("iso", "31-Jan-24", date(2024, 1, 31)),
        ("iso", datetime(2024, 1, 31, 5), date(2024, 1, 31)),
        ("day_first", "5/02/2016 5:00:00 PM", date(2016, 2, 5)),
        ("day_first", "30.06.21", date(2021, 6, 30)),
        ("month_first", "5/02/2016", date(2016, 5, 2)),
        ("day_first", "2016-05-02", date(2016, 5, 2)),
    ],
)
def test_days_are_read(order, text, day):
    assert DateStyle(order).parse(text) == day


@pytest.mark.parametrize(
    ("order", "text", "sentence"),
    [
        ("iso", "5/02/2016", '\'5/02/2016\' is not a date. Say order = "day_first" or "month_first" in [dates].'),
        ("day_first", "31/02/2016", "there is no day '31/02/2016'."),
        ("iso", "No end date", "'No end date' is not a date."),
        ("iso", "45292", "'45292' is not a date."),
        ("iso", 45292.0, "'45292' is not a date."),
        ("iso", "31 Janvier 2024", "'31 Janvier 2024' is not a date."),
    ],
)
def test_what_is_no_day_is_refused(order, text, sentence):
    with pytest.raises(CellProblem) as caught:
        DateStyle(order).parse(text)
    assert str(caught.value) == sentence


def test_months_of_other_languages_are_taught():
    assert DateStyle(months={"janvier": 1}).parse("31 Janvier 2024") == date(2024, 1, 31)
