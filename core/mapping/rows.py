"""A mapping applied to a table: typed rows out, and a sentence for every cell that does not fit, as it streams by."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.mapping.batches import MOST_REMEMBERED, Batch, batches
from core.mapping.cellvalues import CellValues, PeriodValue
from core.mapping.converters import Value
from core.mapping.document import Mapping
from core.mapping.fields import Field
from core.mapping.problems import MappingError, Problem, Skipped
from core.mapping.readers import Columns, FieldReader
from core.periods import CALENDAR_YEARS, Calendar, Period
from core.spreadsheets import Cell, FolderTable, Table, cell_text

SHOWN = 40


class MappedRow(NamedTuple):
    """One row of the file in an importer's terms.

    `number`, `line`: where it stands. `values`: every field that the mapping fills, None where the row says nothing; a
    field that the mapping does not name is absent, so that an importer can leave it alone.
    `periods`: its values by period and series. `defaulted`: the fields for which the mapping's default stands.
    """

    number: int
    line: int
    values: dict[str, Value]
    periods: list[PeriodValue]
    defaulted: tuple[str, ...]
    cells: Sequence[Cell]
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
        return self.bound.problem(sentence, self.number, self.line, title)


Outcome = MappedRow | Problem | Skipped


class BoundMapping:
    """A mapping whose columns were found in a table. Iterating reads the table once."""

    def __init__(
        self,
        mapping: Mapping,
        table: Table | FolderTable,
        fields: Sequence[Field],
        series: Sequence[str],
        calendar: Calendar,
    ) -> None:
        columns = Columns(table)
        by_name = {field.name: field for field in fields}
        self._table = table
        self.file = table.name
        self.columns = table.columns
        self._readers = [
            FieldReader(by_name[name], source, mapping.lookups, columns)
            for name, source in mapping.fields.items()
            if name in by_name
        ]
        self._cell_values = CellValues(mapping, columns, series, calendar)
        self._include = _filters(mapping.include, columns, "[rows.include]")
        self._exclude = _filters(mapping.exclude, columns, "[rows.exclude]")
        self._keys = mapping.keys
        self._duplicates = mapping.duplicates if mapping.keys else "allow"
        self._seen: dict[int, int] = {}
        self._period_keys: dict[int, tuple[Period, str]] = {}
        self.titles = {reader.name: reader.title for reader in self._readers}
        self.unused_columns = [name for at, name in enumerate(table.columns) if name and at not in columns.used]
        if columns.problems:
            raise MappingError(columns.problems)

    def problem(self, sentence: str, number: int, line: int, column: str) -> Problem:
        """A sentence about a row, with the file it stands in."""
        file, row = self._table.where(number)
        return Problem(sentence, file, number, line, column, None if row == number else row)

    def __iter__(self) -> Iterator[Outcome]:
        for rows in batches(self._table):
            batch = Batch(rows)
            self._leave_out(batch)
            yield from self._outcomes(batch)

    def _leave_out(self, batch: Batch) -> None:
        """Mark the rows that the filters of the mapping keep out."""
        for filters, keeps in ((self._include, True), (self._exclude, False)):
            for place, title, texts in filters:
                for at, cell in enumerate(batch.columns[place]):
                    text = cell_text(cell).strip()
                    if (text in texts) is not keeps:
                        batch.skipped[at] = _("'%(column)s' is '%(text)s'.") % {"column": title, "text": text[:SHOWN]}

    def _outcomes(self, batch: Batch) -> Iterator[Outcome]:
        names = [reader.name for reader in self._readers]
        columns = [reader.read(batch) for reader in self._readers]
        every = zip(batch.rows, zip(*columns, strict=True), self._cell_values.read(batch), strict=True)
        is_smooth = not (batch.skipped or batch.problems)
        for at, ((number, line, cells), values, periods) in enumerate(every):
            if is_smooth or not (at in batch.skipped or at in batch.problems):
                fields = dict(zip(names, values, strict=True))
                row = MappedRow(number, line, fields, periods, batch.defaulted.get(at, ()), cells, self)
                yield row if self._duplicates == "allow" else self._apart(row)
            elif at in batch.skipped:
                yield Skipped(number, line, batch.skipped[at])
            else:
                for sentence, column in batch.problems[at]:
                    yield self.problem(sentence, number, line, column)

    def _apart(self, row: MappedRow) -> Outcome:
        """The row, unless one before it has the same keys (in a long table: and a value of the same period)."""
        first = self._first_like(row)
        if first is None:
            return row
        names = ", ".join(f"{name} '{row.values.get(name)}'" for name in self._keys)
        sentence = _("repeats row %(first)s: %(names)s.") % {"first": first, "names": names}
        if self._duplicates == "skip":
            return Skipped(row.number, row.line, sentence)
        return row.problem(sentence, self._keys[0])

    def _first_like(self, row: MappedRow) -> int | None:
        """The number of the row before that has the same keys. Only hashes are kept, so memory stays small."""
        values = row.values
        keys = tuple([values.get(name) for name in self._keys])
        marks = [hash(keys)]
        if self._cell_values.is_long:
            marks = [hash((keys, self._key_of(value.period), value.series)) for value in row.periods]
        first = None
        for mark in marks:
            known = self._seen.setdefault(mark, row.number)
            if known != row.number and first is None:
                first = known
        return first

    def _key_of(self, period: Period) -> str:
        """The key of a period. Rows of the same period share one object, so it is worked out once."""
        known = self._period_keys.get(id(period))
        if known is not None:
            return known[1]
        if len(self._period_keys) < MOST_REMEMBERED:
            self._period_keys[id(period)] = (period, period.key)
        return period.key


def apply(
    mapping: Mapping,
    table: Table | FolderTable,
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
