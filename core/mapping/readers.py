"""From the cells of a row to one value: the steps of a source, bound to the columns of a table."""

import hashlib
import html
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.mapping.batches import Batch, Missing, Remembering, is_missing, numbers_of
from core.mapping.converters import Convert, Value, converter
from core.mapping.fields import Field
from core.mapping.numbers import PLAIN_NUMBERS
from core.mapping.patterns import PatternError
from core.mapping.problems import CellProblem
from core.mapping.section import did_you_mean, quoted
from core.mapping.sources import KEEP, MISSING, ColumnName, Scalar, Source, Styles, folded
from core.spreadsheets import Cell, FolderTable, Table, cell_text, header_name

Step = Callable[[Any], Any]
SHOWN = 40
DIGEST = 6
LONGEST_PART = 32_767


class Columns:
    """The columns of a table by name; what a mapping asks for and is not there is collected as sentences."""

    def __init__(self, table: Table | FolderTable) -> None:
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
    """Reads one field from the columns of a batch. `is_constant`: it is `constant` in every row."""

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
        self._parts = [
            FieldReader(Field(field.name, max_length=LONGEST_PART), part, lookups, columns, f"{where} parts {number}")
            for number, part in enumerate(source.parts, start=1)
        ]
        titles = [columns.title(place) for place in self._places] or [part.title for part in self._parts]
        self.title: str = " + ".join(title for title in titles if title)
        self._source = source
        self._missing: Missing = source.styles.missing | {None}
        self._is_required = field.required
        self._steps = _steps(source, lookups)
        self._convert = converter(field, source.styles)
        self._is_plain_number = field.type == "number" and not self._steps and len(self._places) == 1
        self._remembered = Remembering(self._value)
        self.is_constant = not source.columns and not source.parts
        fixed = converter(field, _as_in_mapping(source))
        self.constant = _fixed(source.constant, fixed, f"{where} constant", columns)
        self.default = _fixed(source.default, fixed, f"{where} default", columns)

    def read(self, batch: Batch) -> list[Value]:
        """The value of each row; None where a row says nothing. What is wrong is noted in the batch."""
        if self.is_constant:
            return [self.constant] * len(batch.rows)
        column: Sequence[Cell] = batch.columns[self._places[0]] if len(self._places) == 1 else self._joined(batch)
        values = self._numbers(column) if self._is_plain_number else self._remembered.all(column)
        wrong = batch.settle(values, self.title)
        if None in values and (self._is_required or self.default is not None):
            self._fill([at for at, value in enumerate(values) if value is None and at not in wrong], values, batch)
        return values

    def _numbers(self, column: Sequence[Cell]) -> list[Value]:
        return numbers_of(column, self._source.styles.numbers, self._missing)

    def _fill(self, silent: list[int], values: list[Value], batch: Batch) -> None:
        """Put the default where a row says nothing; without one, refuse the row."""
        for at in silent:
            if self.default is not None:
                values[at] = self.default
                batch.defaulted[at] = (*batch.defaulted.get(at, ()), self.name)
            else:
                sentence = _("the cell is empty, but the field '%(field)s' is required.") % {"field": self.name}
                batch.refuse(at, sentence, self.title)

    def _value(self, cell: Cell) -> Value:
        """The value of one cell; `CellProblem` where it says something wrong."""
        if is_missing(cell, self._missing):
            return None
        value: Any = cell.strip() if isinstance(cell, str) else cell
        for step in self._steps:
            value = step(value)
            if value is None:
                return None
        return self._convert(value)

    def _joined(self, batch: Batch) -> list[str]:
        """The texts of several columns, or of several parts, as one, without those that are missing."""
        if self._parts:
            read = [part.read(batch) for part in self._parts]
            return [
                self._source.join.join(str(text) for text in texts if text is not None)
                for texts in zip(*read, strict=True)
            ]
        columns = [batch.columns[place] for place in self._places]
        return [
            self._source.join.join(cell_text(cell).strip() for cell in cells if not is_missing(cell, self._missing))
            for cells in zip(*columns, strict=True)
        ]


def _steps(source: Source, lookups: dict[str, dict[str, Scalar]]) -> list[Step]:
    """What happens to a cell between its column and its type; a step answers None for missing."""
    steps: list[Step] = []
    if source.plain:
        steps.append(_without_tags)
    if source.pattern is not None:
        steps.append(_cut_out(source))
    if source.lookup:
        steps.append(_looked_up(source, lookups.get(source.lookup, {})))
    if source.slug:
        steps.append(lambda cell: coded(cell_text(cell), source.slug))
    if source.prefix:
        steps.append(lambda cell: source.prefix + cell_text(cell))
    return steps


def coded(text: str, longest: int) -> str | None:
    """The text as a code: letters, digits and hyphens. A longer one is cut and ends in a digest that keeps it apart."""
    code = slugify(text)
    if len(code) <= longest:
        return code or None
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGEST]
    return f"{code[: longest - DIGEST - 1].rstrip('-')}-{digest}"


def _without_tags(cell: Cell) -> str | None:
    text = html.unescape(strip_tags(cell_text(cell).replace("<br>", "\n").replace("</p>", "\n")))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) or None


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


def _as_in_mapping(source: Source) -> Styles:
    """The styles of what the mapping itself says: numbers in digits, days in ISO form, nothing scaled."""
    return Styles(PLAIN_NUMBERS, source.styles.dates, frozenset({""}))
