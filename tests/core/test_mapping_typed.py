"""Numbers as people type and paste them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mapping.problems import CellProblem
from core.mapping.typed import COMMA, POINT, Convention, Unit, convention, read_typed

PERCENT = Unit("%", is_percent=True)
NUMBERS = st.decimals(
    min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=2, allow_nan=False, allow_infinity=False
)


def written(number: Decimal, decimal: str, thousands: str) -> str:
    """As a spreadsheet shows it: "1.234.567,80"."""
    text = f"{number:,.2f}"
    return text.replace(",", "t").replace(".", decimal).replace("t", thousands)


# ------------------------------------------------------------------------------------------------------ properties
@given(
    NUMBERS, st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u00a0"), (".", ""), (",", "")])
)
def test_what_is_written_is_read(number, signs):
    assert read_typed(written(number, *signs)) == number


@given(NUMBERS, st.sampled_from(["£%s", "%s €", "$ %s", "−%s" if False else "%s", "  %s  "]), st.booleans())
def test_currency_and_blanks_around_change_nothing(number, shape, is_comma):
    text = written(abs(number), *((",", ".") if is_comma else (".", ",")))
    assert read_typed(shape % text) == abs(number)


@given(NUMBERS)
def test_a_percent_sign_of_a_percentage_changes_nothing(number):
    assert read_typed(f"{number:,.2f}%", PERCENT) == read_typed(f"{number:,.2f} %", PERCENT) == number


@given(st.text(max_size=60))
def test_any_text_is_a_number_blank_or_refused_in_a_sentence(text):
    try:
        found = read_typed(text, PERCENT)
    except CellProblem as problem:
        assert str(problem)
    else:
        assert found is None or found.is_finite()


@given(st.lists(NUMBERS, min_size=1), st.booleans())
def test_a_table_of_one_hand_is_read_as_it_was_written(numbers, is_comma):
    signs = (",", ".") if is_comma else (".", ",")
    texts = [written(number, *signs) for number in numbers]
    assert [read_typed(text, Unit(), convention(texts)) for text in texts] == numbers


# --------------------------------------------------------------------------------------------------------- vectors
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None), ("   ", None), ("\u00a0", None),
        ("72,4", "72.4"), ("72.4", "72.4"), ("0,125", "0.125"), ("1234,567", "1234.567"), (".5", "0.5"),
        ("1,234", "1234"), ("1.234", "1.234"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1.234.567", "1234567"),
        ("(5)", "-5"), ("−5.6", "-5.6"), ("+3", "3"), ("£12.50", "12.50"), ("12,50 €", "12.50"), ("1 234 567,5", "1234567.5"),
    ],
)  # fmt: skip
def test_vectors(text, number):
    assert read_typed(text) == (None if number is None else Decimal(number))


def test_words_of_the_unit_are_taken_away_and_no_others():
    assert read_typed("214 patients", Unit("patients")) == 214
    assert read_typed("£12.9m", Unit("£m")) == Decimal("12.9")
    with pytest.raises(CellProblem, match="'214 beds' is not a number"):
        read_typed("214 beds", Unit("patients"))


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("abc", Unit(), "'abc' is not a number. Write it with digits, for example 1234.5."),
        ("#N/A", Unit(), "is not a number"),
        ("1,23,456", Unit(), "is not a number"),
        ("nan", Unit(), "is not a number"),
        ("1e400", Unit(), "more digits than can be stored"),
        ("9" * 60, Unit(), "more digits than can be stored"),
        ("9" * 200, Unit(), "too long for a number"),
        ("72%", Unit(), "has a percent sign, but this is not a percentage"),
        ("€5", Unit("£m"), "is in another currency than this, which is in £m"),
        ("=1+1", Unit(), "is not a number"),
    ],
)
def test_refusals(text, unit, words):
    with pytest.raises(CellProblem) as caught:
        read_typed(text, unit)
    assert words in str(caught.value)


def test_a_number_that_could_be_two_is_read_as_the_others_are_written():
    assert convention(["72,4", "1,234"]) == Convention(COMMA)
    assert convention(["72.4", "1,234"]) == Convention(POINT)
    assert convention(["1,234", "", 5]) == Convention(POINT)
    assert read_typed("1,234", Unit(), Convention(COMMA)) == Decimal("1.234")
    assert read_typed("1.234", Unit(), Convention(COMMA)) == 1234


def test_where_the_others_disagree_it_is_refused_and_both_readings_are_named():
    mixed = convention(["72,4", "72.4"])
    assert mixed == Convention(None)
    assert read_typed("72,4", Unit(), mixed) == Decimal("72.4")
    with pytest.raises(CellProblem, match=r"could be 1234 or 1\.234"):
        read_typed("1,234", Unit(), mixed)


def test_numbers_of_a_workbook_are_taken_as_they_are():
    assert read_typed(1.234) == Decimal("1.234")
    with pytest.raises(CellProblem):
        read_typed(True)
