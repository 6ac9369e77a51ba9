"""Rows in batches: a column at a time is converted many times faster than a cell at a time."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from core.mapping.numbers import NumberStyle, digits_of
from core.mapping.problems import CellProblem
from core.spreadsheets import Cell, FolderTable, SourceRow, SpreadsheetError, Table, cell_text

ROWS = 1_000
MOST_REMEMBERED = 20_000

Missing = frozenset[str | None]


class Batch:
    """Some rows of a table, also by column, and what was found wrong with them so far.

    `problems`, `skipped`, `defaulted`: by the place of a row in the batch.
    """

    def __init__(self, rows: Sequence[SourceRow]) -> None:
        self.rows = rows
        self.columns: list[tuple[Cell, ...]] = list(zip(*(row.cells for row in rows), strict=True))
        self.problems: dict[int, list[tuple[str, str]]] = {}
        self.skipped: dict[int, str] = {}
        self.defaulted: dict[int, tuple[str, ...]] = {}

    def refuse(self, at: int, sentence: str, column: str) -> None:
        """A sentence about one row and one column of it."""
        self.problems.setdefault(at, []).append((sentence, column))

    def settle(self, values: list[Any], column: str) -> set[int]:
        """Note the problems among the values and put None in their place; the places they stood at."""
        if not any(value.__class__ is CellProblem for value in values):
            return set()
        places = {at for at, value in enumerate(values) if value.__class__ is CellProblem}
        for at in sorted(places):
            self.refuse(at, str(values[at]), column)
            values[at] = None
        return places


def batches(table: Table | FolderTable) -> Iterator[list[SourceRow]]:
    """The rows of a table, some at a time; those before a row that cannot be read come before its refusal."""
    rows: list[SourceRow] = []
    try:
        for row in table:
            rows.append(row)
            if len(rows) == ROWS:
                yield rows
                rows = []
    except SpreadsheetError:
        if rows:
            yield rows
        raise
    if rows:
        yield rows


class Remembering(dict[Cell, Any]):
    """Answers by cell, each worked out once: most columns hold the same few texts again and again."""

    def __init__(self, work_out: Callable[[Cell], Any]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, cell: Cell) -> Any:
        try:
            value = self._work_out(cell)
        except CellProblem as problem:
            return problem
        if len(self) < MOST_REMEMBERED:
            self[cell] = value
        return value

    def all(self, column: Sequence[Cell]) -> list[Any]:
        """The value of each cell, or its `CellProblem`. Only texts are remembered: True, 1 and 1.0 are one key."""
        return [self[cell] if cell.__class__ is str else _unremembered(self._work_out, cell) for cell in column]


def numbers_of(column: Sequence[Cell], style: NumberStyle, missing: Missing) -> list[Any]:
    """The number of each cell, None where it is missing, or its `CellProblem`."""
    if style.is_plain:
        texts = [digits_of(cell) if cell.__class__ is float else cell for cell in column]  # type: ignore[arg-type]
        if style.are_plain([text for text in texts if text not in missing]):
            return [None if text in missing else Decimal(text) for text in texts]  # type: ignore[arg-type]
    return [_number_of(cell, style, missing) for cell in column]


def is_missing(cell: Cell, missing: Missing) -> bool:
    """True for nothing, blanks, and the words that mean missing."""
    return cell is None or cell_text(cell).strip() in missing


def _number_of(cell: Cell, style: NumberStyle, missing: Missing) -> Any:
    if is_missing(cell, missing):
        return None
    try:
        return style.parse(cell)
    except CellProblem as problem:
        return problem


def _unremembered(work_out: Callable[[Cell], Any], cell: Cell) -> Any:
    try:
        return work_out(cell)
    except CellProblem as problem:
        return problem
