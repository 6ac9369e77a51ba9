"""Rows and columns, declared once; rendered as grid, CSV, workbook or JSON, all streaming.

A dataset is rows from `queries.py` and columns from `tables.py`. Apps contribute named ones to exports and packs with
`@dataset(key, title, slot=…)` in `contributions.py`; `datasets(slot)` lists them (DATAMODEL B3).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from itertools import islice
from typing import Any, Generic, Literal, TypeVar

from django.utils.functional import Promise

from core.access import Actor
from core.periods import At
from core.spreadsheets import Sheet, csv_chunks, plain_number, workbook_chunks

R = TypeVar("R")
Format = Literal["text", "number", "percent", "money", "date", "moment", "boolean", "status", "link"]
May = Callable[[str], bool]
NUMERIC: frozenset[str] = frozenset({"number", "percent", "money"})
JSON_ROWS = 500


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: a key for programs, a label for people, and how a row gives its value.

    `format` says how a grid shows it. `verb`: only readers who may do this see the column at all; a row that says
    `may_<verb> = False`, as `access.permitted` annotates it, keeps its cell blank.
    """

    key: str
    label: str | Promise
    value: Callable[[R], Any]
    format: Format = "text"
    verb: str = ""

    @property
    def is_numeric(self) -> bool:
        """True where a grid aligns the cells to the right."""
        return self.format in NUMERIC

    def cell(self, row: R) -> Any:
        """The value of a row, or None where this row's is not for the reader."""
        if self.verb and not getattr(row, f"may_{self.verb}", True):
            return None
        return self.value(row)


@dataclass(frozen=True)
class Dataset(Generic[R]):
    """Columns and rows. `may` answers whether the reader may do a verb; without it, columns that ask one are hidden."""

    columns: Sequence[Column[R]]
    rows: Iterable[R]
    may: May | None = None

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise RuntimeError(f"a dataset names a column twice: {', '.join(twice)}")

    def for_reader(self, may: May) -> "Dataset[R]":
        """The same rows for a reader of whom `may(verb)` is asked."""
        return replace(self, may=may)

    @property
    def shown(self) -> list[Column[R]]:
        """The columns this reader sees."""
        return [
            column for column in self.columns if not column.verb or (self.may is not None and self.may(column.verb))
        ]

    @property
    def headings(self) -> list[str]:
        """The labels of the columns shown."""
        return [str(column.label) for column in self.shown]

    def cells(self) -> Iterator[list[Any]]:
        """The rows as values in the order of the columns shown."""
        shown = self.shown
        for row in self.rows:
            yield [column.cell(row) for column in shown]

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows as values by key, for serializers."""
        shown = self.shown
        for row in self.rows:
            yield {column.key: column.cell(row) for column in shown}

    def csv(self, *, delimiter: str = ",", marked: bool = True) -> Iterator[bytes]:
        """A CSV file, piece by piece; formulas made harmless."""
        return csv_chunks(self.headings, self.cells(), delimiter=delimiter, marked=marked)

    def xlsx(self, title: str = "Sheet") -> Iterator[bytes]:
        """A workbook of one sheet, piece by piece."""
        return workbook_chunks([self.sheet(title)])

    def sheet(self, title: str) -> Sheet:
        """This dataset as one sheet of a workbook of several: `workbook_chunks(sheets)`."""
        return Sheet(title, self.headings, self.cells())

    def json(self) -> Iterator[bytes]:
        """A JSON array of objects, piece by piece; decimals keep all their digits."""
        keys = [json.dumps(column.key) for column in self.shown]
        rows = self.cells()
        opening = "["
        while part := list(islice(rows, JSON_ROWS)):
            objects = ",\n".join(_json_object(keys, cells) for cells in part)
            yield f"{opening}{objects}".encode()
            opening = ",\n"
        yield b"[]" if opening == "[" else b"]"


Build = Callable[[Any, Actor, At], "Dataset[Any] | None"]


@dataclass(frozen=True)
class NamedDataset:
    """A dataset an app contributes: `build(subject, viewer, at)` answers it, or None to stay silent."""

    slot: str
    key: str
    title: str | Promise
    build: Build
    order: int = 100


_datasets: dict[tuple[str, str], NamedDataset] = {}


def dataset(key: str, title: str | Promise, *, slot: str, order: int = 100) -> Callable[[Build], Build]:
    """Contribute a named sheet to a slot, such as "pack" or "export"; the key is unique within the slot."""

    def register(build: Build) -> Build:
        if (slot, key) in _datasets:
            raise RuntimeError(f"dataset {slot}/{key} is registered twice")
        _datasets[slot, key] = NamedDataset(slot, key, title, build, order)
        return build

    return register


def datasets(slot: str) -> list[NamedDataset]:
    """What apps contribute to a slot, in order."""
    found = (named for named in _datasets.values() if named.slot == slot)
    return sorted(found, key=lambda named: (named.order, named.key))


def dataset_named(slot: str, key: str) -> NamedDataset | None:
    """One contributed dataset, or None."""
    return _datasets.get((slot, key))


def _json_object(keys: Sequence[str], cells: Sequence[Any]) -> str:
    return "{" + ", ".join(f"{key}: {_json_value(cell)}" for key, cell in zip(keys, cells, strict=True)) + "}"


def _json_value(value: Any) -> str:
    """JSON of one value. Decimals are written in full; what is no number in JSON (NaN, infinity) is null."""
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, float | Decimal):
        digits = plain_number(value)
        return digits if digits[-1].isdigit() else "null"
    if isinstance(value, date | time):
        return json.dumps(value.isoformat())
    if isinstance(value, list | tuple):
        return f"[{', '.join(_json_value(item) for item in value)}]"
    if isinstance(value, dict):
        return _json_object([json.dumps(str(key)) for key in value], list(value.values()))
    return json.dumps(str(value))
