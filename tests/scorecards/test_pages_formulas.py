"""Formulas in the browser and for programs: written, refused at their place, shown with their chain."""

from __future__ import annotations

import json
import re

import pytest

from core.periods import At, Period
from scorecards.models import FormulaInput, Measure
from scorecards.queries.chains import chain_of, readers_of
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, queries, text
from tests.scorecards.test_calculated import calculated

pytestmark = pytest.mark.django_db
AT = At(Period.parse("2026-06"), None, TODAY)
FORM = {
    "name": "Share", "kind": "lagging", "frequency": "month", "aggregation": "last", "decimals": "1", "grace_days": "15",
    "method": "meets", "polarity": "up", "code": "S-1", "weight": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree() -> Tree:
    found = scorecard()
    for name in ("A", "B"):
        found.measure(name)
    return found


def page_of(tree: Tree, measure: Measure, query: str = "?p=2026-06") -> str:
    return text(browser(tree.officer).get(f"/scorecards/measures/{measure.pk}/{query}"))


def test_a_formula_is_written_in_the_form(tree):
    client, url = browser(tree.officer), f"/scorecards/measures/new/{tree.unit.pk}/"
    a, b = tree.measures["A"], tree.measures["B"]
    answer = client.post(url, {**FORM, "expression": f" {a.code} / {b.code} "})
    made = Measure.objects.get(code="S-1")
    assert answer["Location"] == f"/scorecards/measures/{made.pk}/"
    assert made.expression == f"{a.code} / {b.code}"
    assert set(FormulaInput.objects.values_list("input_id", flat=True)) == {a.pk, b.pk}
    page = text(client.get(f"/scorecards/measures/{made.pk}/edit/"))
    assert f"{a.code} / {b.code}</textarea>" in page


@pytest.mark.parametrize(
    ("expression", "sentence", "marked"),
    [
        ("A +", "Character 4: The formula ends", "␣"), ("__import__('os')", "There is no function", "__import__"),
        ("NONE × 2", "Character 1: there is no measure “NONE”", "NONE"), ("1 + <b>", "means nothing in a formula", "&lt;"),
        ("S-1 + 1", "Character 1: the formula would read itself: S-1 → S-1", "S-1"),
        ("(" * 5_000 + ")" * 5_000, "at most 2,000 characters", "("),
    ],
)  # fmt: skip
def test_a_formula_that_is_wrong_comes_back_with_its_place(tree, expression, sentence, marked):
    client, url = browser(tree.officer), f"/scorecards/measures/new/{tree.unit.pk}/"
    with nothing_changes():
        answer = client.post(url, {**FORM, "expression": expression})
    page = text(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert f"<mark>{marked}</mark>" in page


def test_the_page_draws_the_chain_and_its_inputs_name_their_readers(tree):
    a, b = tree.measures["A"], tree.measures["B"]
    ratio = calculated(tree, "Ratio", "{A} ÷ {B}")
    change = calculated(tree, "Change", "{Ratio} − previous({Ratio})")
    for month, value in (("2026-05", 4), ("2026-06", 6)):
        tree.record(a, month, value)
        tree.record(b, month, 2)
    page = page_of(tree, change)
    assert "How it is calculated" in page
    assert f"{ratio.code} − previous({ratio.code})" in page
    assert page.count('class="smo-viz smo-viz-chain"') == 2
    assert "Change from Ratio; Ratio from A, B" in page
    for measure in (a, b, ratio):
        assert f"/scorecards/measures/{measure.pk}/?p=2026-06" in page
    assert "in Jun 2026" in page
    assert "Calculated" in page
    assert "Record a value" not in page
    assert "Missing" not in page
    inputs = page_of(tree, a)
    assert "Read by formulas" in inputs
    assert f"/scorecards/measures/{ratio.pk}/" in inputs
    assert "Read by formulas" not in page


def test_grey_says_which_input_is_missing_and_why_a_calculation_failed(tree):
    a, b = tree.measures["A"], tree.measures["B"]
    ratio = calculated(tree, "Ratio", "{A} ÷ ({B} − 2)")
    tree.record(a, "2026-06", 4)
    assert f"Input missing: {b.code}" in page_of(tree, ratio)
    tree.record(b, "2026-06", 2)
    assert "Calculation failed: it divides by 0" in page_of(tree, ratio)
    assert "Input missing: " in page_of(tree, ratio, "?p=2026-05")
    node = text(browser(tree.officer).get(f"/scorecards/nodes/{ratio.node.pk}/?p=2026-06"))
    assert "It is calculated: " in node


def test_a_form_that_records_a_calculated_value_is_refused(tree):
    made = calculated(tree, "Ratio", "{A} ÷ {B}")
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(
            f"/scorecards/measures/{made.pk}/record/", {"period": "2026-06", "value": "3", "comment": ""}
        )
    assert answer.status_code == 422
    assert "Ratio is calculated" in text(answer)


def test_a_chain_takes_as_many_queries_for_twelve_inputs_as_for_two(tree):
    small = calculated(tree, "Small", "{A} + {B}")
    names = [f"N{number}" for number in range(12)]
    for name in names:
        tree.measure(name)
    large = calculated(tree, "Large", " + ".join(f"{{{name}}}" for name in names))
    client = browser(tree.officer)
    counts = [queries(client, f"/scorecards/measures/{each.pk}/?p=2026-06") for each in (small, large)]
    assert counts[0] == counts[1] <= 49
    assert len(chain_of(tree.officer, large, AT).lines) == 13
    assert [reader.name for reader in readers_of(tree.officer, tree.measures["A"])] == ["Small"]


def test_a_shared_input_stands_before_all_that_is_made_of_it(tree):
    calculated(tree, "Ratio", "{A} ÷ {B}")
    last = calculated(tree, "Last", "{Ratio} + {A}")
    found = chain_of(tree.officer, last, AT)
    layers = {line.name: line.layer for line in found.lines}
    assert layers == {"Last": 0, "Ratio": 1, "A": 2, "B": 2}
    assert all(found.lines[part].layer > found.lines[whole].layer for part, whole in found.links)
    assert len(found.links) == 4


def test_programs_write_and_read_formulas(tree):
    client, a = browser(tree.officer), tree.measures["A"]
    sent = {"code": "S-9", "unit": tree.unit.pk, "name": "Twice", "expression": f"2 × {a.code}", "method": "meets"}
    answer = client.post("/api/v1/measures/", sent, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["expression"] == f"2 × {a.code}"
    with nothing_changes():
        refused = client.post(
            "/api/v1/measures/", {**sent, "code": "S-8", "expression": "2 × NONE"}, content_type="application/json"
        )
    assert refused.status_code in {400, 422}
    assert re.search("Character 5: there is no measure", json.dumps(refused.json(), ensure_ascii=False))
