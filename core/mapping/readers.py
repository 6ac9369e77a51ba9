"""From the cells of a row to one value: the steps of a source, bound to the columns of a table."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from core.mapping.converters import Convert, Value, converter
from core.mapping.fields import Field
from core.mapping.patterns import PatternError
from core.mapping.problems import CellProblem
from core.mapping.section import did_you_mean, quoted
from core.mapping.sources import KEEP, MISSING, ColumnName, Scalar, Source, folded
from core.spreadsheets import Cell, Table, cell_text, header_name

Cells = Sequence[Cell]
Step = Callable[[Any], Any]
SHOWN = 40


class Columns:
    """The columns of a table by name; what a mapping asks for and is not there is collected as sentences."""

    def __init__(self, table: Table) -> None:
        self.names = table.columns
        self._file = table.name
        self._places = {name: at for at, name in reversed(list(enumerate(table.columns))) if name}
        self.problems: list[str] = []
        self.used: set[int] = set()

    def place(self, column: ColumnName, where: str) -> int:
        """The place of a column from 0; 0 and a sentence where there is none."""
        place = self._find(column, where)
        self.used.add(place)
        return place

    def _find(self, column: ColumnName, where: str) -> int:
        if isinstance(column, int):
            if 1 <= column <= len(self.names):
                return column - 1
            self.problems.append(
                _("%(where)s: the file '%(file)s' has %(count)s columns, so there is no column %(column)s.")
                % {"where": where, "file": self._file, "count": len(self.names), "column": column}
            )
            return 0
        place = self._places.get(header_name(column))
        if place is None:
            named = [name for name in self.names if name]
            self.problems.append(
                _("%(where)s: the file '%(file)s' has no column '%(column)s'.%(hint)s Its columns are %(names)s.")
                % {
                    "where": where,
                    "file": self._file,
                    "column": column,
                    "hint": did_you_mean(column, named),
                    "names": quoted(named) or _("without names: write their numbers"),
                }
            )
            return 0
        return place

    def title(self, place: int) -> str:
        """The name of a column for sentences, its number where it has none."""
        return self.names[place] or str(place + 1) if place < len(self.names) else ""


class FieldReader:
    """Reads one field from the cells of a row. `constant` is its value in every row if it needs no column."""

    def __init__(
        self,
        field: Field,
        source: Source,
        lookups: dict[str, dict[str, Scalar]],
        columns: Columns,
        where: str = "",
    ) -> None:
        self.name = field.name
        where = where or f"[fields] {field.name}"
        self._places = [columns.place(column, where) for column in source.columns]
        self.title = " + ".join(columns.title(place) for place in self._places)
        self._missing = source.styles.missing
        self._join = source.join
        self._is_required = field.required
        self._steps = _steps(source, lookups)
        self._convert = converter(field, source.styles)
        self.default = _fixed(source.default, converter(field, _as_typed(source)), f"{where} default", columns)
        self.constant = _fixed(source.constant, converter(field, _as_typed(source)), f"{where} constant", columns)
        self.is_constant = not source.columns

    def read(self, cells: Cells) -> Value:
        """The value, or None where the cells say nothing; `CellProblem` where they say something wrong."""
        places = self._places
        cell = cells[places[0]] if len(places) == 1 else self._joined(cells)
        if cell.__class__ is str:
            cell = cell.strip()  # type: ignore[union-attr]
            if cell in self._missing:
                return None
        elif cell is None or cell_text(cell) in self._missing:
            return None
        for step in self._steps:
            cell = step(cell)
            if cell is None:
                return None
        return self._convert(cell)

    def check_present(self) -> None:
        """Refuse that a required field says nothing."""
        if self._is_required:
            raise CellProblem(_("the cell is empty, but the field '%(field)s' is required.") % {"field": self.name})

    def _joined(self, cells: Cells) -> str:
        texts = (cell_text(cells[place]).strip() for place in self._places)
        return self._join.join(text for text in texts if text not in self._missing)


def _steps(source: Source, lookups: dict[str, dict[str, Scalar]]) -> list[Step]:
    """What happens to a cell between its column and its type; a step answers None for missing."""
    steps: list[Step] = []
    if source.pattern is not None:
        steps.append(_cut_out(source))
    if source.lookup:
        steps.append(_looked_up(source, lookups.get(source.lookup, {})))
    if source.prefix:
        steps.append(lambda cell: source.prefix + cell_text(cell))
    return steps


def _cut_out(source: Source) -> Step:
    def step(cell: Cell) -> str | None:
        text = cell_text(cell)
        try:
            found = source.pattern.search(text) if source.pattern else None
        except PatternError as error:
            raise CellProblem(str(error)) from None
        part = found[source.group] if found else None
        if part is not None:
            return part.strip() or None
        return _unmatched(source, text, _("'%(text)s' does not fit the pattern.") % {"text": text[:SHOWN]})

    return step


def _looked_up(source: Source, table: dict[str, Scalar]) -> Step:
    def step(cell: Cell) -> Any:
        text = cell_text(cell)
        small = folded(text)
        if small in table:
            found = table[small]
            return None if found == "" else found
        return _unmatched(
            source,
            text,
            _("'%(text)s' is not in the lookup '%(lookup)s'.%(hint)s")
            % {"text": text[:SHOWN], "lookup": source.lookup, "hint": did_you_mean(small[:SHOWN], table)},
        )

    return step


def _unmatched(source: Source, text: str, sentence: str) -> str | None:
    if source.unmatched == KEEP:
        return text
    if source.unmatched == MISSING:
        return None
    raise CellProblem(sentence)


def _fixed(value: Scalar, convert: Convert, where: str, columns: Columns) -> Value:
    """A constant or default of the mapping as a value of the field's type."""
    if value is None:
        return None
    try:
        return convert(value)
    except CellProblem as problem:
        columns.problems.append(f"{where}: {problem}")
        return None


def _as_typed(source: Source) -> Any:
    """The styles for what the mapping itself says: numbers in digits, days in ISO form, nothing scaled."""
    from_mapping = type(source.styles.numbers)()
    return replace(source.styles, numbers=from_mapping)
