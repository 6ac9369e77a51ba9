"""Formulas that may not be saved: each with a sentence and its place, and nothing changes (METHOD §4)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.actions import Refusal
from core.periods import Period
from scorecards.actions import (
    MeasureRow,
    ObservationRow,
    add_measures,
    change_measure,
    record_observations,
    retire_measure,
)
from scorecards.actions.formulas import FormulaRefused
from scorecards.models import FormulaInput, Measure
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    found = scorecard()
    for code, values in (
        ("USD", {"unit_of_measure": "USD"}), ("EUR", {"unit_of_measure": "EUR"}), ("N", {}), ("[odd]", {}),
        ("YEARLY", {"frequency": "year"}),
    ):  # fmt: skip
        row = MeasureRow(code=code, name=f"Measure {code}", unit=found.unit, objective=found.objectives[0], **values)
        (found.measures[code],) = add_measures(found.officer, rows=[row], today=TODAY)
    return found


def new(tree: Tree, expression: str, code: str = "C", **values: Any) -> Measure:
    row = MeasureRow(
        code=code, name="Made", unit=tree.unit, objective=tree.objectives[0], expression=expression, **values
    )
    return add_measures(tree.officer, rows=[row], today=TODAY)[0]


def change(tree: Tree, measure: Measure, **values: Any) -> Measure:
    return change_measure(tree.officer, measure=measure, values=values, expected=None, today=TODAY)


@pytest.mark.parametrize(
    ("expression", "position", "words"),
    [
        ("N + ", 5, "ends where"), ("N + NONE", 5, "there is no measure “NONE”"), ("N-USD", 1, "spaces around the minus"),
        ("__import__('os')", 1, "no function “__import__”"), ("__import__", 1, "there is no measure “__import__”"),
        ("(" * 10_000 + "N" + ")" * 10_000, 2_001, "at most 2,000"), ("N + C", 5, "would read itself: C → C"),
        ("USD + EUR", 7, "unlike things"), ("3 + 4", 0, "names no measure"), ("ytd(YEARLY)", 5, "longer periods"),
    ],
)  # fmt: skip
def test_a_formula_that_may_not_be_saved_says_where_and_nothing_changes(tree, expression, position, words):
    with nothing_changes(), pytest.raises(FormulaRefused) as caught:
        new(tree, expression)
    assert (caught.value.position, caught.value.field, caught.value.code) == (position, "expression", "formula")
    assert words in caught.value.sentence
    assert caught.value.sentence.startswith("C: ")
    made = new(tree, "N × 2")
    with nothing_changes(), pytest.raises(FormulaRefused) as caught:
        change(tree, made, expression=expression)
    assert caught.value.position == position


def test_codes_in_brackets_and_measures_of_one_batch_are_found(tree):
    rows = [
        MeasureRow(code="SECOND", name="B", unit=tree.unit, expression="FIRST × 2"),
        MeasureRow(code="FIRST", name="A", unit=tree.unit, expression="[[odd]]] + N"),
    ]
    made = add_measures(tree.officer, rows=rows, today=TODAY)
    links = FormulaInput.objects.order_by("measure__code", "input__code").values_list("measure__code", "input__code")
    assert list(links) == [("FIRST", "N"), ("FIRST", "[odd]"), ("SECOND", "FIRST")]
    assert [measure.is_calculated for measure in made] == [True, True]


def test_a_loop_names_its_way_and_its_place(tree):
    first = new(tree, "N + 1", "C1")
    second = new(tree, "C1 + 1", "C2")
    new(tree, "C2 + 1", "C3")
    for expression, position, way in (("N + C3", 5, "C1 → C3 → C2 → C1"), ("C2", 1, "C1 → C2 → C1")):
        with nothing_changes(), pytest.raises(FormulaRefused) as caught:
            change(tree, first, expression=expression)
        assert (caught.value.position, way in caught.value.sentence) == (position, True)
    change(tree, second, expression="N")
    change(tree, first, expression="C2")
    rows = [MeasureRow(code=code, name="X", unit=tree.unit, expression=read) for code, read in (("X", "Y"), ("Y", "X"))]
    with nothing_changes(), pytest.raises(FormulaRefused, match="X → Y → X"):
        add_measures(tree.officer, rows=rows, today=TODAY)


def test_a_measure_one_may_not_see_is_no_measure(tree):
    other = scorecard(factories.unit())
    limited = replace(other.officer, token_units=frozenset({other.unit.pk}))
    row = MeasureRow(code="C", name="Made", unit=other.unit, expression="1 + N")
    with nothing_changes(), pytest.raises(FormulaRefused, match="there is no measure “N” that you may see"):
        add_measures(limited, rows=[row], today=TODAY)


def test_a_calculated_measure_takes_no_recorded_values_but_other_lines(tree):
    made = new(tree, "N + 1")
    row = ObservationRow(made.pk, Period.parse("2026-06"), Decimal(3))
    with nothing_changes():
        outcome = record_observations(tree.officer, rows=[row], today=TODAY)
    assert outcome.rows[0].reason == "Made is calculated: N + 1. Record the values of the measures it reads."
    line = ObservationRow(made.pk, Period.parse("2026-06"), Decimal(3), series_kind="benchmark", series_name="Peers")
    assert record_observations(tree.officer, rows=[line], today=TODAY).rows[0].result == "taken"
    assert change(tree, made, expression="N + 2").expression == "N + 2"


def test_a_measure_with_recorded_values_does_not_become_a_calculated_one(tree):
    measure = tree.measures["USD"]
    tree.record(measure, "2026-06", 1)
    with nothing_changes(), pytest.raises(FormulaRefused, match="has recorded values"):
        change(tree, measure, expression="EUR")
    tree.record(measure, "2026-06", None)
    assert change(tree, measure, expression="EUR").is_calculated


def test_an_input_keeps_what_its_readers_need(tree):
    made = new(tree, "USD + ytd(USD)", aggregation="sum")
    usd = tree.measures["USD"]
    for values in ({"unit_of_measure": "EUR", "is_percent": False}, {"frequency": "year"}):
        ok = values.get("unit_of_measure") == "EUR"
        if ok:
            change(tree, usd, **values)
            continue
        with nothing_changes(), pytest.raises(Refusal, match="It is read by the formula of C Made"):
            change(tree, usd, **values)
    mixed = new(tree, "USD + EUR", "D")
    with nothing_changes(), pytest.raises(Refusal, match="It is read by the formula of D Made"):
        change(tree, usd, unit_of_measure="USD")
    with nothing_changes(), pytest.raises(Refusal, match="It is read by the formulas of C Made, D Made"):
        retire_measure(tree.officer, measure=usd, today=TODAY)
    for each in (made, mixed):
        retire_measure(tree.officer, measure=each, today=TODAY)
    retire_measure(tree.officer, measure=usd, today=TODAY)
    with nothing_changes(), pytest.raises(FormulaRefused, match="is retired"):
        new(tree, "USD", "E")


def test_a_ratio_over_time_needs_a_formula_that_divides(tree):
    with nothing_changes(), pytest.raises(FormulaRefused, match="divides"):
        new(tree, "N + 1", aggregation="ratio")
    made = new(tree, "N ÷ USD", aggregation="ratio")
    with nothing_changes(), pytest.raises(FormulaRefused, match="divides"):
        change(tree, made, expression="N + 1")
    assert change(tree, made, expression="N + 1", aggregation="last").aggregation == "last"
    with nothing_changes(), pytest.raises(FormulaRefused, match="divides"):
        change(tree, made, aggregation="ratio")
