"""Calculated measures: the language, its limits, its arithmetic, units and loops (METHOD §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import inf, isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from scorecards.rules.formulas import (
    Failure,
    FormulaRefusal,
    InputUnit,
    Reading,
    Tree,
    When,
    begins,
    check_units,
    codes,
    evaluate,
    find_loop,
    looks_back,
    parse,
    quotient,
    readings,
    steps,
    written,
)
from scorecards.rules.formulas.trees import Call, Constant, Function, Negative, Product, Sum, children
from scorecards.rules.refusals import Refusal
from scorecards.rules.status import Reason

names = st.one_of(
    st.sampled_from(["A", "B", "FIN-01", "x.y_2", "min", "ytd", "2024 plan", "a]b", "[", "-", "Zürich", "A-"]),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8),
)
constants = st.decimals(0, 10**15, allow_nan=False, allow_infinity=False, places=4).map(lambda d: Constant(abs(d)))


def trees(leaves: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def above(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        many = st.lists(st.tuples(st.booleans(), parts), min_size=2, max_size=4)
        return st.one_of(
            parts.map(Negative),
            many.map(lambda found: Sum(((False, found[0][1]), *found[1:]))),
            many.map(lambda found: Product(((False, found[0][1]), *found[1:]))),
            st.tuples(st.sampled_from(Function), st.lists(parts, min_size=1, max_size=3)).map(
                lambda found: Call(found[0], tuple(found[1][:1] if found[0] is Function.ABS else found[1]))
            ),
        )

    return st.recursive(leaves, above, max_leaves=12)


readable = st.tuples(names, st.sampled_from(When)).map(lambda found: Reading(*found))


def value(text: str, **numbers: float) -> Any:
    """The value for one period, or the words for why there is none; inputs by code."""
    tree = parse(text)
    found = evaluate(tree, {each: np.array([numbers.get(each.code, nan)]) for each in readings(tree)}, 1)
    return float(found.value[0]) if found.reason[0] is None else (str(found.reason[0]), found.failed[0])


def refused(text: str) -> FormulaRefusal:
    with pytest.raises(FormulaRefusal) as caught:
        parse(text)
    return caught.value


# ------------------------------------------------------------------------------------------------ the language
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 + 3 * 4", 14.0), ("(2 + 3) × 4", 20.0), ("10 - 4 − 3", 3.0), ("24 / 4 ÷ 2", 3.0), ("-2 * -3", 6.0),
        ("+7", 7.0), (".5 + 1.25", 1.75), ("min(3, 1; 2)", 1.0), ("MAX(3, 1, 2)", 3.0), ("mean(1, 2, 6)", 3.0),
        ("abs(1 - 4)", 3.0), ("2 × (1 + (3 − 1)) ÷ 3", 2.0), ("0.1 + 0.2", 0.3), ("1 ÷ 3 × 3", 1.0),
    ],
)  # fmt: skip
def test_signs_precedence_and_functions(text, wanted):
    assert value(text) == wanted


def test_decimal_arithmetic_has_34_digits():
    assert value("1 ÷ 3 × 3 − 1") == pytest.approx(-1e-34, rel=1e-9)
    assert value("A + B - A", A=1e15, B=1e-15) == 1e-15


def test_a_code_is_bare_where_that_is_clear_and_in_brackets_where_it_is_not():
    tree = parse("FIN-01 - [2024 plan] + [a]]b] × x.y_2")
    assert codes(tree) == ["FIN-01", "2024 plan", "a]b", "x.y_2"]
    assert written(tree) == "FIN-01 − [2024 plan] + [a]]b] × x.y_2"
    assert codes(parse("A-B")) == ["A-B"]
    assert codes(parse("A−B")) == codes(parse("A - B")) == ["A", "B"]
    assert value("min + ytd", min=1, ytd=2) == 3.0


def test_what_is_read_and_when():
    tree = parse("A + previous(A) − ytd([b c]) + A")
    assert [str(each) for each in readings(tree)] == ["A", "previous(A)", "ytd([b c])"]
    assert looks_back(tree)
    assert not looks_back(parse("A + B"))
    assert [each.at for each in readings(tree)] == [1, 14, 23]


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "empty"), ("  ", 1, "empty"), ("A +", 4, "ends"), ("A B", 3, "sign is missing"),
        ("(A", 1, "not closed"), ("A)", 2, "closes none"), ("1,5 + A", 2, "written with a point"),
        ("(1,5)", 3, "written with a point"), ("A × × B", 5, "awaited"), ("A + -+B", 6, "Two signs"), ("× A", 1, "awaited"),
        ("12A", 1, "in brackets"), ("1.2.3", 1, "neither"), ("A % B", 3, "means nothing"), ("[FIN", 1, "not closed"),
        ("[ ]", 1, "hold no code"), ("[a\x00b]", 1, "hold no code"), ("sqrt(A)", 1, "no function “sqrt”"),
        ("__import__('os')", 1, "no function “__import__”"), ("A.__class__", 0, ""), ("min()", 5, "something"),
        ("abs(A, B)", 6, "takes one part"), ("previous(A + B)", 10, "one measure"), ("ytd(3)", 5, "one measure"),
        ("1" + "0" * 16, 1, "1e15"), ("A ** 2", 4, "awaited"), ("lambda: 0", 7, "means nothing"), ("A == B", 3, "means"),
        ("A\x00B", 2, "U+0000"), ("\ud800", 1, "U+D800"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_at_its_character(text, position, words):
    if not position:
        assert codes(parse(text)) == [text]
        return
    refusal = refused(text)
    assert refusal.position == position
    assert words in str(refusal)
    assert f"Character {position}: " in str(refusal)
    sentence = refusal.template % refusal.figures
    assert str(refusal) == (refusal.place % {**refusal.figures, "sentence": sentence} if position else sentence)


# -------------------------------------------------------------------------------------------------- its limits
def nested(depth: int) -> str:
    return "(" * depth + "A" + ")" * depth


def test_parentheses_lie_at_most_32_deep():
    assert parse(nested(32)) == Reading("A")
    assert refused(nested(33)).position == 33
    assert refused("abs(" * 33 + "A" + ")" * 33).position == 4 * 33


def test_ten_thousand_parentheses_are_refused_by_length_before_anything_else():
    refusal = refused(nested(10_000))
    assert (refusal.position, "20,001" in str(refusal)) == (2_001, True)
    assert refused("(" * 2_000).position == 33


def test_a_formula_has_at_most_2000_characters():
    text = "A" + " + A" * 499
    assert len(text) == 1_997
    assert isinstance(parse(text), Sum)
    assert refused(text + "    ").position == 2_001


def test_a_formula_takes_at_most_10000_steps():
    text = " + ".join(["ytd(A)"] * 188)
    assert steps(parse(text)) == 188 * 53 + 1
    refusal = refused(text + "+ytd(A)")
    assert (refusal.position, "10,018 steps" in str(refusal)) == (0, True)


# ------------------------------------------------------------------------------------- missing and impossible
@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("A + B", ["B"]), ("B + previous(C) + B", ["B", "previous(C)"]), ("min(A, B)", ["B"]), ("max(A, B)", ["B"]),
        ("mean(A, B)", ["B"]), ("ytd(B)", ["ytd(B)"]), ("mean_of_present(A, B)", []), ("mean_of_present(B, C)", ["B", "C"]),
        ("A ÷ 0 + B", ["B"]), ("0 × B", ["B"]), ("mean_of_present(A, B + C) + D", ["D"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_only_mean_of_present_does_without(text, gone):
    tree = parse(text)
    found = evaluate(tree, {each: np.array([5.0 if each == Reading("A") else nan]) for each in readings(tree)}, 1)
    assert [str(each) for each in found.missing[0]] == gone
    assert found.reason[0] is (Reason.INPUT_MISSING if gone else None)
    assert found.failed[0] is None


@pytest.mark.parametrize(
    ("text", "numbers", "why"),
    [
        ("A ÷ B", {"A": 1, "B": 0}, Failure.DIVISION_BY_ZERO), ("A ÷ B", {"A": 0, "B": 0}, Failure.DIVISION_BY_ZERO),
        ("1 ÷ (A − A)", {"A": 3}, Failure.DIVISION_BY_ZERO), ("A", {"A": inf}, Failure.NOT_A_NUMBER),
        ("A − B", {"A": inf, "B": inf}, Failure.NOT_A_NUMBER), ("A × 10", {"A": 1e15}, Failure.TOO_LARGE),
        ("−A − 1", {"A": 1e15}, Failure.TOO_LARGE), ("mean_of_present(A, 1 ÷ 0)", {"A": 1}, Failure.DIVISION_BY_ZERO),
        (" * ".join(["A"] * 400), {"A": 1e300}, Failure.TOO_LARGE),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_says_why(text, numbers, why):
    assert value(text, **numbers) == (Reason.CALCULATION_FAILED, why)


def test_exactly_1e15_is_still_computed():
    assert value("A", A=1e15) == 1e15
    assert value("A × 10 ÷ 10", A=1e15) == 1e15


def test_one_period_and_many_are_the_same_code():
    tree = parse("100 × A ÷ mean_of_present(B, previous(B))")
    read = {
        Reading("A"): np.array([1, 2, nan, 4, 5]), Reading("B"): np.array([2, nan, 3, 0, nan]),
        Reading("B", When.PREVIOUS): np.array([nan, 2, nan, 0, nan]),
    }  # fmt: skip
    many = evaluate(tree, read, 5)
    assert many.value.tolist()[:2] == [50.0, 100.0]
    assert [str(reason) if reason else None for reason in many.reason] == [
        None, None, "input_missing", "calculation_failed", "input_missing",
    ]  # fmt: skip
    for row in range(5):
        one = evaluate(tree, {reading: column[row : row + 1] for reading, column in read.items()}, 1)
        np.testing.assert_array_equal(one.value, many.value[row : row + 1])
        assert (one.missing, one.failed[0]) == (many.missing[row : row + 1], many.failed[row])
    assert len(evaluate(tree, {reading: np.empty(0) for reading in read}, 0).value) == 0


# ---------------------------------------------------------------------------------------------------- properties
@given(trees(st.one_of(constants, readable)))
def test_what_is_written_is_parsed_to_the_same_tree(tree):
    text = written(tree)
    assume(len(text) <= 2_000)
    assert parse(text) == tree
    assert written(parse(text)) == text


@given(st.one_of(st.text(max_size=60), st.text("AB1.,;()[]+-−*/× _minytdprevious", max_size=60)))
@example("(" * 2_000)
@example("[" * 2_000)
@example("-" * 2_000)
@example("min(" * 500)
def test_garbage_is_a_formula_or_is_refused_and_nothing_else_happens(text):
    try:
        tree = parse(text)
    except FormulaRefusal as refusal:
        assert 0 <= refusal.position <= len(text) + 1  # noqa: PT017
        assert str(refusal).endswith(".")  # noqa: PT017
    else:
        assert parse(written(tree)) == tree


small = st.integers(-50, 50)


def exactly(tree: Tree, numbers: dict[str, Fraction]) -> Fraction:
    parts = [exactly(child, numbers) for child in children(tree)]
    match tree:
        case Constant(value):
            return Fraction(value)
        case Reading(code):
            return numbers[code]
        case Negative():
            return -parts[0]
        case Sum(terms):
            return sum((-p if minus else p for (minus, _), p in zip(terms, parts, strict=True)), Fraction(0))
        case Product(factors):
            found = Fraction(1)
            for (is_divisor, _), part in zip(factors, parts, strict=True):
                found = found / part if is_divisor else found * part
            return found
        case Call(function):
            makes = {Function.MIN: min, Function.MAX: max, Function.ABS: lambda found: abs(found[0])}
            return makes.get(function, lambda found: sum(found, Fraction(0)) / len(found))(parts)  # type: ignore[operator]
    raise AssertionError


@given(
    trees(st.one_of(st.integers(0, 20).map(lambda n: Constant(Decimal(n))), st.sampled_from("ABC").map(Reading))),
    st.fixed_dictionaries({"A": small, "B": small, "C": small}),
)
def test_values_agree_with_exact_fractions(tree, numbers):
    found = evaluate(tree, {each: np.array([numbers[each.code]], dtype=float) for each in readings(tree)}, 1)
    try:
        exact = exactly(tree, {code: Fraction(number) for code, number in numbers.items()})
    except ZeroDivisionError:
        # 1 ÷ 3 × 3 − 1 is 0 exactly and 1e-34 with 34 digits: then what is divided is enormous, or the rest hides it.
        assert found.failed[0] is not None or _is_nearly_divided_by_zero(tree, numbers)
        return
    if abs(exact) > 10**15:
        assert found.failed[0] in (Failure.TOO_LARGE, Failure.DIVISION_BY_ZERO)
        return
    assume(found.failed[0] is None)
    assert found.value[0] == pytest.approx(float(exact), rel=1e-9, abs=1e-9)


def _is_nearly_divided_by_zero(tree: Tree, numbers: dict[str, int]) -> bool:
    exact = {code: Fraction(number) for code, number in numbers.items()}

    def is_zero(part: Tree) -> bool:
        try:
            return exactly(part, exact) == 0
        except ZeroDivisionError:
            return True

    inner = isinstance(tree, Product) and any(is_divisor and is_zero(part) for is_divisor, part in tree.factors)
    return inner or any(_is_nearly_divided_by_zero(child, numbers) for child in children(tree))


# ---------------------------------------------------------------------------------------- ratios, units, days, loops
def test_a_ratio_over_time_is_taken_apart_at_its_division():
    top, bottom = quotient(parse("100 × A ÷ B × C ÷ D"))
    assert (written(top), written(bottom)) == ("100 × A × C", "B × D")
    assert [written(each) for each in quotient(parse("(A + B) ÷ (C + D)"))] == ["A + B", "C + D"]
    for text in ("A", "A × B", "A ÷ B + 1", "−(A ÷ B)"):
        with pytest.raises(FormulaRefusal, match="divides"):
            quotient(parse(text))


UNITS = {
    "USD": InputUnit("USD"), "USD2": InputUnit(" usd "), "EUR": InputUnit("EUR"), "DAYS": InputUnit("days"),
    "N": InputUnit(""), "P": InputUnit("", is_percent=True), "P2": InputUnit("%"),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "USD + USD2", "USD + 5", "USD × 2 + USD2", "USD ÷ DAYS + USD2 ÷ DAYS", "USD ÷ USD2 + P", "N + P + P2", "USD × P + USD",
        "min(USD, 100)", "USD × DAYS ÷ DAYS + USD", "100 × USD ÷ EUR", "abs(USD) + previous(USD) − ytd(USD)",
        "USD × USD ÷ USD2 + USD",
    ],
)  # fmt: skip
def test_like_things_are_added(text):
    check_units(parse(text), UNITS)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("USD + EUR", 7, "EUR is measured in EUR, but USD before it in USD"), ("USD − DAYS", 7, "days"),
        ("min(USD, DAYS)", 10, "days"), ("mean_of_present(3, USD, N)", 25, "pure numbers"),
        ("USD ÷ DAYS + USD", 14, "USD per days"), ("USD × USD + USD", 13, "USD^2"), ("N + USD", 5, "pure numbers"),
        ("2 × (DAYS + 1 ÷ DAYS)", 13, "1 per days"),
    ],
)  # fmt: skip
def test_unlike_things_are_not(text, position, words):
    with pytest.raises(FormulaRefusal) as caught:
        check_units(parse(text), UNITS)
    assert caught.value.position == position
    assert words in str(caught.value)
    assert isinstance(caught.value, Refusal)


def test_the_first_day_on_which_a_formula_can_have_a_value():
    first = {"A": date(2024, 1, 1), "B": date(2025, 1, 1), "C": None}
    wanted = {
        "A + B": date(2025, 1, 1),
        "A + C": None,
        "mean_of_present(A, B, C)": date(2024, 1, 1),
        "A × 2": date(2024, 1, 1),
    }
    assert {text: begins(parse(text), first) for text in wanted} == wanted


def test_a_loop_is_named_by_its_shortest_way():
    inputs = {"A": ["B", "X"], "B": ["C"], "C": ["A"], "X": ["Y"]}
    assert find_loop("A", inputs) == ["A", "B", "C", "A"]
    assert find_loop("A", {"A": ["A"]}) == ["A", "A"]
    assert find_loop("X", inputs) == []
    assert find_loop("Q", {"Q": ["A"], **inputs}) == []
    long = {str(n): [str(n + 1)] for n in range(20_000)}
    assert find_loop("0", long) == []
    assert len(find_loop("0", {**long, "20000": ["0"]})) == 20_002


def test_missing_numbers_stay_missing():
    assert isnan(evaluate(parse("A"), {Reading("A"): np.array([nan])}, 1).value[0])
