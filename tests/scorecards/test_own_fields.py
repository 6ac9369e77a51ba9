"""The organisation's own fields of measures and objectives: judged wherever they are written, shown where they are read."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.actions import Refusal
from organization.actions.customfields import add_field
from scorecards.actions import MeasureRow, add_measures, change_measure
from scorecards.models import Measure
from strategy.models import Objective
from strategy.structure import ObjectiveRow, add_objectives
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import browser

pytestmark = pytest.mark.django_db
MAPPING = """
kind = "measures"
[fields]
code = "Code"
name = "Name"
"custom.beds" = "Beds"
"custom.checked" = "Checked"
"custom.tier" = "Tier"
"""


@pytest.fixture
def tree() -> Tree:
    """A scorecard in an organisation with a number, a day and a choice of its own."""
    tree = scorecard()
    for kind in ("measure", "objective"):
        add_field(tree.officer, kind=kind, key="beds", label="Beds", type="number", order=1)
        add_field(tree.officer, kind=kind, key="checked", label="Checked on", type="date", order=2)
        add_field(tree.officer, kind=kind, key="tier", label="Tier", type="choice", choices=["A", "B"], order=3)
    return tree


def add(tree: Tree, **custom: object) -> Measure:
    row = MeasureRow(code="Z1", name="Falls", unit=tree.unit, objective=tree.objectives[0], custom=custom)
    return add_measures(tree.officer, rows=[row], today=TODAY)[0]


def change(tree: Tree, measure: Measure, **custom: object) -> dict[str, object]:
    change_measure(tree.officer, measure=measure, values={"custom": custom}, expected=None, today=TODAY)
    return Measure.objects.get(pk=measure.pk).custom


def test_values_are_stored_by_type_and_what_is_not_named_stays(tree):
    measure = add(tree, beds="12", tier="A")
    assert Measure.objects.get(pk=measure.pk).custom == {"beds": 12, "tier": "A"}
    assert change(tree, measure, tier="", checked="2026-07-01") == {"beds": 12, "checked": "2026-07-01"}


@pytest.mark.parametrize(("custom", "sentence"), [
    ({"beds": "many"}, "Beds is a number; 'many' is none."), ({"king": 1}, "There is no field 'king' here."),
    ({"tier": "C"}, "Tier is one of: A, B."),
])  # fmt: skip
def test_a_value_that_cannot_be_is_refused_and_nothing_changes(tree, custom, sentence):
    with refused(f"Z1: {sentence}"):
        add(tree, **custom)
    measure = add(tree, beds=3)
    with refused(sentence):
        change(tree, measure, **custom)


def test_an_objective_takes_them_too(tree):
    def write(custom: dict[str, object]) -> None:
        row = ObjectiveRow(code="N1", name="New", perspective=tree.objectives[0].perspective.name, custom=custom)
        add_objectives(tree.officer, strategy=tree.strategy, rows=[row])

    with nothing_changes(), pytest.raises(Refusal, match="Beds is a number"):
        write({"beds": "many"})
    write({"beds": 4})
    made = Objective.objects.get(code="N1")
    assert made.custom == {"beds": 4}
    assert "<dt>Beds</dt><dd>4</dd>" in browser(tree.officer).get(f"/strategy/objectives/{made.pk}/").content.decode()


def test_the_page_of_a_measure_shows_them_among_its_definition(tree):
    measure = add(tree, beds=3, tier="B")
    page = browser(tree.officer).get(f"/scorecards/measures/{measure.pk}/").content.decode()
    assert "<dt>Beds</dt><dd>3</dd><dt>Tier</dt><dd>B</dd>" in page
    assert "Checked on" not in page


def take(folder, row: str) -> str:
    (folder / "m.toml").write_text(MAPPING)
    (folder / "m.csv").write_text(f"Code,Name,Beds,Checked,Tier\n{row}\n")
    out = StringIO()
    try:
        call_command("import_table", str(folder / "m.csv"), mapping=folder / "m.toml", commit=True, stdout=out)
    except CommandError:
        assert "Nothing was written." in out.getvalue()
    return out.getvalue()


def test_a_file_is_read_as_the_type_of_the_field_says(tree, tmp_path):
    assert "taken 1" in take(tmp_path, "Z9,Falls,12.5,2026-07-01,A")
    assert Measure.objects.get(code="Z9").custom == {"beds": 12.5, "checked": "2026-07-01", "tier": "A"}
    assert "unchanged 1" in take(tmp_path, "Z9,Falls,12.5,2026-07-01,A")
    assert "changed 1" in take(tmp_path, "Z9,Falls,13,,")
    assert Measure.objects.get(code="Z9").custom == {"beds": 13, "checked": "2026-07-01", "tier": "A"}


@pytest.mark.parametrize(("row", "sentence"), [
    ("Z9,Falls,many,2026-07-01,A", "m.csv, row 2, column 'Beds': 'many' is not a number."),
    ("Z9,Falls,1,1 July,A", "m.csv, row 2, column 'Checked': '1 July' is not a date."),
    ("Z9,Falls,1,2026-07-01,C", "m.csv, row 2, column 'Tier': 'C' is not one of 'A', 'B'."),
])  # fmt: skip
def test_a_cell_that_cannot_be_is_told_with_its_place(tree, tmp_path, row, sentence):
    with nothing_changes():
        assert sentence in take(tmp_path, row)
