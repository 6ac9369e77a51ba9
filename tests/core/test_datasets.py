"""Rows and columns declared once: the same facts as grid, CSV, workbook and JSON, and never a column too many."""

import csv
import io
import json
import tracemalloc
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.utils.translation import gettext_lazy

from core import datasets as registry
from core.datasets import Column, Dataset, dataset, dataset_named, datasets
from core.spreadsheets import workbook_chunks


@dataclass
class Pay:
    name: str
    amount: Decimal
    may_view_pay: bool = True


COLUMNS = [
    Column("name", gettext_lazy("Name"), lambda pay: pay.name),
    Column("amount", "Amount", lambda pay: pay.amount, "money", verb="view_pay"),
]
PEOPLE = [Pay("Ann =1", Decimal("-1.50")), Pay("=Bob", Decimal(2), may_view_pay=False)]


def text(chunks):
    return b"".join(chunks).decode("utf-8-sig")


def test_one_declaration_gives_four_outputs():
    seen = Dataset(COLUMNS, PEOPLE, may=lambda verb: verb == "view_pay")
    assert list(seen.cells()) == [["Ann =1", Decimal("-1.50")], ["=Bob", None]]
    assert list(seen.records()) == [{"name": "Ann =1", "amount": Decimal("-1.50")}, {"name": "=Bob", "amount": None}]
    assert list(csv.reader(io.StringIO(text(seen.csv())))) == [["Name", "Amount"], ["Ann =1", "-1.50"], ["'=Bob", ""]]
    assert json.loads(text(seen.json()), parse_float=Decimal) == [
        {"name": "Ann =1", "amount": Decimal("-1.50")},
        {"name": "=Bob", "amount": None},
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(seen.xlsx("Pay"))))["Pay"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "Amount"],
        ["Ann =1", -1.5],
        ["=Bob", None],
    ]
    assert sheet["A3"].data_type == "s"


def test_a_column_that_needs_a_verb_is_hidden_unless_the_reader_may():
    everyone = Dataset(COLUMNS, PEOPLE)
    assert everyone.headings == ["Name"]
    assert list(everyone.cells()) == [["Ann =1"], ["=Bob"]]
    assert everyone.for_reader(lambda _verb: False).headings == ["Name"]
    assert everyone.for_reader(lambda verb: verb == "view_pay").headings == ["Name", "Amount"]
    assert [column.is_numeric for column in COLUMNS] == [False, True]


def test_json_of_every_kind_of_value():
    values = [
        None, True, 7, Decimal("1E+3"), Decimal("NaN"), float("inf"), 0.1, 'ä"\n', date(2024, 1, 31),
        datetime(2024, 1, 31, 5, tzinfo=UTC), gettext_lazy("lazy"), [Decimal("1.10"), None], {"k": Decimal(1)},
    ]  # fmt: skip
    column = Column("v", "V", lambda value: value)
    out = text(Dataset([column], values).json())
    assert [row["v"] for row in json.loads(out)] == [
        None, True, 7, 1000, None, None, 0.1, 'ä"\n', "2024-01-31", "2024-01-31T05:00:00+00:00", "lazy", [1.1, None],
        {"k": 1},
    ]  # fmt: skip
    assert "1.10" in out
    assert text(Dataset([column], []).json()) == "[]"
    many = json.loads(text(Dataset([column], range(1_234)).json()))
    assert [row["v"] for row in many] == list(range(1_234))


def test_a_column_may_not_be_named_twice():
    with pytest.raises(RuntimeError, match=r"^a dataset names a column twice: name$"):
        Dataset([COLUMNS[0], COLUMNS[0]], [])


def test_several_datasets_make_one_workbook():
    whole = workbook_chunks([Dataset(COLUMNS, PEOPLE).sheet("One"), Dataset(COLUMNS, []).sheet("Two")])
    assert openpyxl.load_workbook(io.BytesIO(b"".join(whole))).sheetnames == ["One", "Two"]


@pytest.mark.parametrize("output", ["csv", "xlsx", "json"])
def test_outputs_stream(output):
    asked = []

    def rows():
        for number in range(20_000):
            asked.append(number)
            yield number

    columns = [Column(f"c{place}", f"C{place}", lambda number: f"text of row {number}") for place in range(5)]
    tracemalloc.start()
    chunks = getattr(Dataset(columns, rows()), output)()
    first = next(chunks)
    asked_at_first = len(asked)
    size = sum(len(chunk) for chunk in chunks)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert first
    assert asked_at_first <= 500
    assert len(asked) == 20_000
    assert size > 100_000
    assert most < 4_000_000


@pytest.fixture
def empty_registry(monkeypatch):
    monkeypatch.setattr(registry, "_datasets", {})


@pytest.mark.usefixtures("empty_registry")
def test_apps_contribute_datasets_by_slot_in_order():
    def build(subject, viewer, at):
        return Dataset(COLUMNS, [subject]) if viewer else None

    for key, slot, order in (("b", "pack", 10), ("a", "pack", 10), ("first", "pack", 1), ("a", "export", 1)):
        dataset(key, key.title(), slot=slot, order=order)(build)
    assert [named.key for named in datasets("pack")] == ["first", "a", "b"]
    assert datasets("none") == []
    assert dataset_named("export", "a").title == "A"
    assert dataset_named("export", "b") is None
    at = SimpleNamespace()
    assert list(datasets("pack")[0].build(PEOPLE[0], "Ann", at).cells()) == [["Ann =1"]]
    assert datasets("pack")[0].build(PEOPLE[0], None, at) is None
    with pytest.raises(RuntimeError, match=r"^dataset pack/a is registered twice$"):
        dataset("a", "Again", slot="pack")(build)
