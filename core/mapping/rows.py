"""A mapping applied to a table: typed rows out, and a sentence for every cell that does not fit, as it streams by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.mapping.cellvalues import CellValues, PeriodValue
from core.mapping.converters import Value
from core.mapping.document import Mapping
from core.mapping.fields import Field
from core.mapping.problems import CellProblem, MappingError, Problem, RowSkipped, Skipped
from core.mapping.readers import Cells, Columns, FieldReader
from core.periods import CALENDAR_YEARS, Calendar
from core.spreadsheets import SourceRow, Table, cell_text

SHOWN = 40


@dataclass(slots=True)
class MappedRow:
    """One row of the file in an importer's terms.

    `number`, `line`: where it stands. `values`: every field of the mapping by name, None where the row says nothing.
    `periods`: its values by period and series. `defaulted`: the fields for which the mapping's default stands.
    """

    number: int
    line: int
    values: dict[str, Value]
    periods: list[PeriodValue]
    defaulted: tuple[str, ...]
    cells: Cells
    bound: "BoundMapping"

    @classmethod
    def of(cls, row: "MappedRow") -> "MappedRow":
        """The row itself: for importers that ask for no row type of their own."""
        return row

    @property
    def raw(self) -> dict[str, str]:
        """The row as it stands in the file, by the names of the columns."""
        return {name: cell_text(cell) for name, cell in zip(self.bound.columns, self.cells, strict=True) if name}

    def problem(self, sentence: str, field: str = "", *, column: str = "") -> Problem:
        """A sentence about this row, about one of its fields, or about a column such as that of a `PeriodValue`."""
        title = column or self.bound.titles.get(field, "")
        return Problem(sentence, self.bound.file, self.number, self.line, title)


Outcome = MappedRow | Problem | Skipped


class BoundMapping:
    """A mapping whose columns were found in a table. Iterating reads the table once."""

    def __init__(
        self, mapping: Mapping, table: Table, fields: Sequence[Field], series: Sequence[str], calendar: Calendar
    ) -> None:
        columns = Columns(table)
        by_name = {field.name: field for field in fields}
        self._table = table
        self.file = table.name
        self.columns = table.columns
        readers = [
            FieldReader(by_name[name], source, mapping.lookups, columns)
            for name, source in mapping.fields.items()
            if name in by_name
        ]
        self._constants: dict[str, Value] = {reader.name: reader.constant for reader in readers if reader.is_constant}
        self._readers = [reader for reader in readers if not reader.is_constant]
        self._cell_values = CellValues(mapping, columns, series, calendar)
        self._include = _filters(mapping.include, columns, "[rows.include]")
        self._exclude = _filters(mapping.exclude, columns, "[rows.exclude]")
        self._keys = mapping.keys
        self._duplicates = mapping.duplicates if mapping.keys else "allow"
        self._seen: dict[int, int] = {}
        self.titles = {reader.name: reader.title for reader in readers}
        self.unused_columns = [name for at, name in enumerate(table.columns) if name and at not in columns.used]
        if columns.problems:
            raise MappingError(columns.problems)

    def __iter__(self) -> Iterator[Outcome]:
        for source in self._table:
            why = self._left_out(source.cells)
            if why:
                yield Skipped(source.number, source.line, why)
            else:
                yield from self._mapped(source)

    def _left_out(self, cells: Cells) -> str:
        """Why the filters of the mapping leave a row out; "" if they do not."""
        for place, title, texts in self._include:
            if cell_text(cells[place]).strip() not in texts:
                return _("'%(column)s' is '%(text)s'.") % {"column": title, "text": cell_text(cells[place])[:SHOWN]}
        for place, title, texts in self._exclude:
            if cell_text(cells[place]).strip() in texts:
                return _("'%(column)s' is '%(text)s'.") % {"column": title, "text": cell_text(cells[place])[:SHOWN]}
        return ""

    def _mapped(self, source: SourceRow) -> Iterator[Outcome]:
        problems: list[Problem] = []

        def refuse(sentence: str, column: str) -> None:
            problems.append(Problem(sentence, self.file, source.number, source.line, column))

        cells = source.cells
        values = dict(self._constants)
        defaulted: list[str] = []
        for reader in self._readers:
            try:
                value = reader.read(cells)
                if value is None and reader.default is not None:
                    value = reader.default
                    defaulted.append(reader.name)
                if value is None:
                    reader.check_present()
                values[reader.name] = value
            except CellProblem as problem:
                refuse(str(problem), reader.title)
        try:
            periods = self._cell_values.read(cells, refuse)
        except RowSkipped as skipped:
            yield Skipped(source.number, source.line, str(skipped))
            return
        if problems:
            yield from problems
            return
        row = MappedRow(source.number, source.line, values, periods, tuple(defaulted), cells, self)
        yield from self._apart(row)

    def _apart(self, row: MappedRow) -> Iterator[Outcome]:
        """The row, unless one before it has the same keys (in a long table: and a value of the same period)."""
        first = None if self._duplicates == "allow" else self._first_like(row)
        if first is None:
            yield row
            return
        names = ", ".join(f"{name} '{row.values.get(name)}'" for name in self._keys)
        sentence = _("repeats row %(first)s: %(names)s.") % {"first": first, "names": names}
        if self._duplicates == "skip":
            yield Skipped(row.number, row.line, sentence)
        else:
            yield row.problem(sentence, self._keys[0])

    def _first_like(self, row: MappedRow) -> int | None:
        """The number of the row before that has the same keys. Only hashes are kept, so memory stays small."""
        keys = tuple(row.values.get(name) for name in self._keys)
        marks = [hash(keys)]
        if self._cell_values.is_long:
            marks = [hash((keys, value.period.key, value.series)) for value in row.periods]
        first = next((self._seen[mark] for mark in marks if mark in self._seen), None)
        for mark in marks:
            self._seen.setdefault(mark, row.number)
        return first


def apply(
    mapping: Mapping,
    table: Table,
    fields: Sequence[Field],
    *,
    series: Sequence[str] = (),
    calendar: Calendar = CALENDAR_YEARS,
) -> BoundMapping:
    """Bind a mapping to a table; iterate over the answer for rows, problems and skipped rows in the file's order.

    `MappingError` names every column that is not there, every unknown field and every wrong constant.
    """
    sentences = mapping.check_against(fields, series)
    if sentences:
        raise MappingError(sentences)
    return BoundMapping(mapping, table, fields, series, calendar)


def _filters(wanted: dict[str, tuple[str, ...]], columns: Columns, where: str) -> list[tuple[int, str, frozenset[str]]]:
    places = [(columns.place(column, where), frozenset(texts)) for column, texts in wanted.items()]
    return [(place, columns.title(place), texts) for place, texts in places]
