"""Formulas that come with a file of measures: in any order, all or nothing, refused at their row."""

from __future__ import annotations

from pathlib import Path

import pytest

from organization.roles import Role
from scorecards.models import FormulaInput, Measure
from tests import factories
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.test_exchange_refusals import take as command

pytestmark = pytest.mark.django_db
MAPPING = """
version = 1
kind = "measures"
source = "A table of formulas"
[fields]
code = "Code"
name = "Name"
unit = "Ward"
expression = "Formula"
frequency = { constant = "month" }
[periods]
column = "Month"
format = "month"
[[values]]
series = "actual"
column = "Value"
"""
HEADER = "Code,Name,Ward,Formula,Month,Value\n"


@pytest.fixture(autouse=True)
def officer():
    return factories.member(Role.SMO_OFFICER, factories.unit("Hospital"))


def take(folder: Path, *rows: str) -> str:
    return command(folder, (HEADER + "".join(f"{row}\n" for row in rows)).encode(), MAPPING)


def formulas() -> dict[str, str]:
    return dict(Measure.objects.exclude(expression="").values_list("code", "expression"))


def reads() -> set[tuple[str, str]]:
    return set(FormulaInput.objects.values_list("measure__code", "input__code"))


FALLS = "Z1,Falls,Ward 7,,2026-01,4"
DAYS = "Z2,Bed days,Ward 7,,2026-01,800"


def test_a_formula_may_name_measures_further_down_and_other_formulas(tmp_path):
    twice = "R2,Twice,Ward 7,2 * R1,,"
    said = take(tmp_path, twice, "R1,Rate,Ward 7,1000 × Z1 ÷ Z2,,", FALLS, DAYS)
    assert "taken 4, changed 0, unchanged 0, skipped 0, refused 0." in said
    assert formulas() == {"R1": "1000 × Z1 ÷ Z2", "R2": "2 * R1"}
    assert reads() == {("R1", "Z1"), ("R1", "Z2"), ("R2", "R1")}
    assert Measure.objects.get(code="R2").node.results.filter(value=10).exists()
    assert "changed 0, unchanged 1" in take(tmp_path, twice)


def test_formulas_that_stand_may_be_turned_round_in_one_file(tmp_path):
    take(tmp_path, "R2,Twice,Ward 7,2 * R1,,", "R1,Rate,Ward 7,1000 × Z1 ÷ Z2,,", FALLS, DAYS)
    said = take(tmp_path, "R1,Rate,Ward 7,R2 ÷ 2,,", "R2,Twice,Ward 7,Z1 ÷ Z2,,")
    assert "changed 2" in said
    assert reads() == {("R1", "R2"), ("R2", "Z1"), ("R2", "Z2")}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("R1,Rate,Ward 7,Z1 ÷,,", "The formula ends where a number or a measure is awaited."),
        ("R1,Rate,Ward 7,Z1 ÷ Z9,,", "there is no measure “Z9” that you may see."),
        ("R1,Rate,Ward 7,Z1 + R1,,", "the formula would read itself: R1 → R1."),
        ("Z1,Falls,Ward 7,2 * Z2,,", "has recorded values."),
        ("R1,Rate,Ward 7,Z1 ÷ Z2,2026-01,3", "has recorded values."),
    ],
)
def test_a_formula_that_may_not_be_is_refused_at_its_row_and_nothing_is_taken(tmp_path, row, sentence):
    take(tmp_path, FALLS, DAYS)
    with nothing_changes():
        said = take(tmp_path, "Z3,Beds,Ward 7,,2026-01,30", row)
    assert "row 3" in said and sentence in said


def test_formulas_that_read_one_another_in_the_file_are_refused(tmp_path):
    with nothing_changes():
        said = take(tmp_path, FALLS, "R1,Rate,Ward 7,R2 + Z1,,", "R2,Twice,Ward 7,2 * R1,,")
    assert "row 3" in said and "would read itself: R1 → R2 → R1." in said
    assert "row 4" in said and "would read itself: R2 → R1 → R2." in said


def test_a_formula_that_reads_itself_by_measures_that_stand_is_refused(tmp_path):
    take(tmp_path, FALLS, "R1,Rate,Ward 7,2 * Z1,,", "R2,Twice,Ward 7,2 * R1,,")
    with nothing_changes():
        said = take(tmp_path, "R1,Rate,Ward 7,Z1 + R2,,")
    assert "row 2" in said and "would read itself: R1 → R2 → R1." in said
    assert formulas()["R1"] == "2 * Z1"
