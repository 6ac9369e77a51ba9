"""Numbers in forms: read as the grid reads them; one form is written by one hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.forms import NumberField, PlainForm, WholeField
from core.mapping.typed import Unit


class Example(PlainForm):
    one = NumberField(label="One")
    two = NumberField(label="Two", unit=Unit("£m"))
    share = NumberField(label="Share", unit=Unit(is_percent=True), min_value=0, max_value=100)
    rate = NumberField(label="Rate", digits=(6, 2))
    count = WholeField(label="Count", min_value=0)


def read(**given: str) -> dict[str, object]:
    form = Example(given)
    assert form.is_valid(), form.errors
    return {name: form.cleaned_data[name] for name in given}


def refused(**given: str) -> str:
    form = Example(given)
    assert not form.is_valid()
    (name,) = form.errors
    assert form[name].value() == given[name]
    return str(form.errors[name][0])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None), ("  ", None), ("12,5", "12.5"), ("12.5", "12.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"),
        ("1 234 567,5", "1234567.5"), ("1'234.5", "1234.5"), ("−3", "-3"), ("1,234", "1234"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text, number):
    assert read(one=text) == {"one": None if number is None else Decimal(number)}


def test_the_unit_of_a_field_may_stand_beside_its_number():
    assert read(two="£12,9m", share="60 %") == {"two": Decimal("12.9"), "share": Decimal(60)}


def test_a_number_that_could_be_two_is_read_as_the_others_of_the_form():
    assert read(one="1,234", two="72,4") == {"one": Decimal("1.234"), "two": Decimal("72.4")}
    assert read(one="1.234", two="72,4") == {"one": Decimal(1234), "two": Decimal("72.4")}
    assert "could be 1234 or 1.234" in refused(one="1,234", two="72,4", share="0.5")


def test_what_nobody_touched_stays_whatever_is_typed_beside_it():
    form = Example({"one": "1.234", "two": "72,4"}, initial={"one": Decimal("1.2340"), "two": Decimal(5)})
    assert form.is_valid() and form.cleaned_data["one"] == Decimal("1.234")
    form = Example({"one": "1.5", "two": "1,234", "share": "0,5"}, initial={"one": Decimal("1.5")})
    assert form.is_valid() and form.cleaned_data["two"] == Decimal("1.234")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"one": "lots"}, "'lots' is not a number. Write it with digits, for example 1234.5."),
        ({"one": "NaN"}, "'NaN' is not a number."),
        ({"one": "60%"}, "has a percent sign, but this is not a percentage"),
        ({"two": "€5"}, "is in another currency than this, which is in £m."),
        ({"share": "100,5"}, "less than or equal to 100"),
        ({"rate": "1,2345"}, "no more than 2 decimal places"),
        ({"count": "2,5"}, "“2,5” is not a whole number. Write it with digits, for example 12."),
        ({"count": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_read_is_refused_and_kept(given, sentence):
    assert sentence in refused(**given)


def test_a_whole_number_may_be_written_with_thousands_and_a_needless_fraction():
    found = read(count="1,234,000.0")
    assert found == {"count": 1234000} and isinstance(found["count"], int)
