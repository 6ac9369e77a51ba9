"""A table in a file: its columns, and its rows below the header, checked as they stream by."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.spreadsheets.cells import Cell, SourceRow, cell_text, header_name
from core.spreadsheets.errors import SpreadsheetError
from core.spreadsheets.escapes import unescaped
from core.spreadsheets.layout import COMMAND, MEGABYTE, Layout, Limits
from core.spreadsheets.text import TextRecords
from core.spreadsheets.workbook import WorkbookRecords

MOST_TURNED_CELLS = 2_000_000
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", gettext_lazy("is a workbook of the old kind (.xls) or locked by a password")),
    (b"%PDF", gettext_lazy("is a PDF")),
    (b"\x1f\x8b", gettext_lazy("is a compressed file")),
    (b"\x89PNG", gettext_lazy("is a picture")),
    (b"\xff\xd8\xff", gettext_lazy("is a picture")),
)


class Table:
    """The columns and rows of one table. The rows can be read once, in order; close it, or use it in a `with`.

    `columns`: names from the header, "" for a column without one. `name`: the file's name, for sentences.
    `encoding`, `delimiter`, `sheet`: how it was read; `is_guessed`: the encoding is a guess.
    """

    def __init__(self, path: Path, layout: Layout, limits: Limits) -> None:
        self.name = f"{path.name} ({_('turned')})" if layout.transposed else path.name
        self._layout = layout
        self._limits = limits
        self._records = _records_of(path, layout, limits)
        self.encoding = self._records.encoding
        self.delimiter = self._records.delimiter
        self.is_guessed = self._records.is_guessed
        self.sheet = self._records.sheet if isinstance(self._records, WorkbookRecords) else ""
        self._reading = iter(self._records)
        stream = self._wanted(self._reading)
        self._stream: Iterator[SourceRow] = _turned(stream) if layout.transposed else stream
        self.columns = self._header()
        self._named = max((at for at, name in enumerate(self.columns, start=1) if name), default=len(self.columns))

    notes: Sequence[str] = ()

    def where(self, number: int) -> tuple[str, int]:
        """The file and the row in it."""
        return self.name, number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._reading.close()
        if isinstance(self._records, WorkbookRecords):
            self._records.close()

    def __iter__(self) -> Iterator[SourceRow]:
        """Rows below the header, as wide as it is, without blank ones, comments and footer."""
        try:
            rows = self._without_footer() if self._layout.footer_rows else self._stream
            yield from self._fitted_rows(rows)
        except SpreadsheetError as error:
            raise error.at(file=self.name) from None

    def _wanted(self, records: Iterator[SourceRow]) -> Iterator[SourceRow]:
        """All records but those the layout skips."""
        if not self._layout.skip_rows and not self._layout.comment:
            return records
        return (row for row in records if row.number > self._layout.skip_rows and not self._is_comment(row))

    def _without_footer(self) -> Iterator[SourceRow]:
        """All rows but the last ones that are not blank, before anyone asks how wide they are."""
        rows = (row for row in self._stream if not is_blank(row.cells))
        kept: deque[SourceRow] = deque(islice(rows, self._layout.footer_rows))
        for row in rows:
            kept.append(row)
            yield kept.popleft()

    def _fitted_rows(self, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
        """The rows that are not blank, as wide as the header."""
        width = len(self.columns)
        is_escaped = self._layout.escaped_formulas
        left = -1 if self._limits.rows is None else self._limits.rows
        for row in rows:
            cells = row.cells
            if not cells or (_is_blank(cells[0]) and is_blank(cells)):
                continue
            if left == 0:
                raise SpreadsheetError(
                    _("the table has more than %(most)s rows. Import it by the command, or in parts.")
                    % {"most": f"{self._limits.rows:,}"},
                    row=row.number,
                )
            left -= 1
            fitted = row if len(cells) == width else self._fitted(row)
            yield self._unescaped(fitted) if is_escaped else fitted

    def _unescaped(self, row: SourceRow) -> SourceRow:
        cells = [unescaped(cell, self.delimiter) if isinstance(cell, str) else cell for cell in row.cells]
        return SourceRow(row.number, row.line, cells)

    def _fitted(self, row: SourceRow) -> SourceRow:
        """A row of another width: blanks beyond the header are cut, a row too short is refused or filled."""
        width, cells = len(self.columns), row.cells
        if len(cells) > width:
            extra = next((at for at in range(width, len(cells)) if cell_text(cells[at]).strip()), None)
            if extra is None:
                return SourceRow(row.number, row.line, cells[:width])
            raise self._ragged(row, column=str(extra + 1))
        if len(cells) >= self._named or self._layout.short_rows == "fill":
            return SourceRow(row.number, row.line, cells + [None] * (width - len(cells)))
        raise self._ragged(row, column=self.columns[len(cells)] or str(len(cells) + 1))

    def _ragged(self, row: SourceRow, column: str) -> SpreadsheetError:
        sentence = _("the number of cells, %(cells)s, is not the number of columns in the header, %(columns)s.") % {
            "cells": len(row.cells),
            "columns": self._named,
        }
        if self.delimiter:
            sentence += " " + _("Cells were taken to be separated by '%(delimiter)s'.") % {
                "delimiter": self.delimiter.replace("\t", _("tab"))
            }
        return SpreadsheetError(sentence, row=row.number, line=row.line, column=column)

    def _is_comment(self, row: SourceRow) -> bool:
        if not self._layout.comment or not row.cells:
            return False
        return cell_text(row.cells[0]).lstrip().startswith(self._layout.comment)

    def _header(self) -> list[str]:
        """The names of the columns; `SpreadsheetError` where there is no header, or a name stands in it twice."""
        try:
            if self._layout.header_row == 0:
                return self._numbered()
            rows = self._header_rows()
            names = _names(rows)
            self._check_names(names, rows[0])
            if self._layout.duplicate_headers == "number":
                return _numbered_apart(names)
            _check_unique(names, rows[0])
        except SpreadsheetError as error:
            raise error.at(file=self.name) from None
        return names

    def _check_names(self, names: Sequence[str], row: SourceRow) -> None:
        if not any(names):
            raise SpreadsheetError(_("the row is blank, so it cannot be the header."), row=row.number)
        if len(names) > self._limits.columns:
            raise SpreadsheetError(
                _("the header names %(count)s columns; the most is %(most)s.")
                % {"count": f"{len(names):,}", "most": f"{self._limits.columns:,}"},
                row=row.number,
            )

    def _numbered(self) -> list[str]:
        """A table without a header: as many columns as its first row has cells, all without a name."""
        first = next((row for row in self._stream if not is_blank(row.cells)), None)
        if first is None:
            raise SpreadsheetError(_("the file is empty."))
        self._stream = chain([first], self._stream)
        return [""] * len(first.cells)

    def _header_rows(self) -> list[SourceRow]:
        wanted = self._layout.header_row
        last = 0
        for row in self._stream:
            last = row.number
            if row.number == wanted or (wanted is None and not is_blank(row.cells)):
                return [row, *islice(self._stream, self._layout.header_rows - 1)]
        if wanted is None:
            raise SpreadsheetError(_("the file is empty: it has no header row."))
        raise SpreadsheetError(
            _("the mapping says that row %(wanted)s is the header, but the file ends at row %(last)s.")
            % {"wanted": wanted, "last": last}
        )


def open_table(path: Path | str, layout: Layout | None = None, limits: Limits = COMMAND) -> Table:
    """Open a CSV or XLSX file and read its header; `SpreadsheetError` says in a sentence why it cannot be read."""
    path = Path(path)
    try:
        return Table(path, layout or Layout(), limits)
    except SpreadsheetError as error:
        raise (error if error.file else error.at(file=path.name)) from None
    except OSError as error:
        sentence = _("the file cannot be opened: %(error)s.") % {"error": error.strerror or error}
        raise SpreadsheetError(sentence, file=path.name) from None


def is_blank(cells: Sequence[Cell]) -> bool:
    """True for a row without a single visible character."""
    return all(_is_blank(cell) for cell in cells)


def _is_blank(cell: Cell) -> bool:
    return cell is None or (cell.__class__ is str and (not cell or cell.isspace()))  # type: ignore[union-attr]


def _records_of(path: Path, layout: Layout, limits: Limits) -> TextRecords | WorkbookRecords:
    """The reader that fits what the file is, whatever its name says."""
    size = path.stat().st_size
    if not size:
        raise SpreadsheetError(_("the file is empty."))
    if limits.file_bytes is not None and size > limits.file_bytes:
        raise SpreadsheetError(
            _("the file has %(size)s MB; the most is %(most)s MB.")
            % {"size": f"{size / MEGABYTE:,.0f}", "most": f"{limits.file_bytes // MEGABYTE:,}"}
        )
    with path.open("rb") as file:
        head = file.read(8)
    for mark, kind in OTHER_KINDS:
        if head.startswith(mark):
            raise SpreadsheetError(_("the file %(kind)s. Save the table as .xlsx or CSV.") % {"kind": kind})
    if head.startswith(ARCHIVES):
        return WorkbookRecords(path, layout, limits)
    return TextRecords(path, layout, limits)


def _names(rows: Sequence[SourceRow]) -> list[str]:
    """Names from one or more header rows; an upper name holds for the blanks to its right ("2016" over two columns)."""
    *upper, lowest = rows
    names = [header_name(cell) for cell in lowest.cells]
    for row in reversed(upper):
        above = ""
        spread: list[str] = []
        for cell in islice(chain(row.cells, [None] * len(names)), len(names)):
            above = header_name(cell) or above
            spread.append(above)
        names = [f"{over} {name}".strip() for over, name in zip(spread, names, strict=True)]
    return names


def _check_unique(names: Sequence[str], row: SourceRow) -> None:
    first: dict[str, int] = {}
    for at, name in enumerate(names, start=1):
        if name and name in first:
            raise SpreadsheetError(
                _(
                    "the header names this column twice, as column %(first)s and column %(second)s. Rename one, or say"
                    ' duplicate_headers = "number" in [file].'
                )
                % {"first": first[name], "second": at},
                row=row.number,
                line=row.line,
                column=name,
            )
        first[name] = at


def _numbered_apart(names: Sequence[str]) -> list[str]:
    """The second "Value" becomes "Value (2)"."""
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return apart


def _turned(rows: Iterable[SourceRow]) -> Iterator[SourceRow]:
    """Columns as rows. The whole table is held in memory, so it must be a small one."""
    held: list[list[Cell]] = []
    size = 0
    for row in rows:
        held.append(row.cells)
        size += len(row.cells)
        if size > MOST_TURNED_CELLS:
            raise SpreadsheetError(
                _("a table to be turned may hold %(most)s cells at most.") % {"most": f"{MOST_TURNED_CELLS:,}"}
            )
    for number, cells in enumerate(zip_longest(*held), start=1):
        yield SourceRow(number, number, list(cells))
