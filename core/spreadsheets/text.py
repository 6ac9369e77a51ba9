"""Records of a text table: CSV with any delimiter, read in constant memory and refused where it is not one."""

import csv
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from core.spreadsheets.cells import SourceRow
from core.spreadsheets.encodings import encoding_of, first_undecodable
from core.spreadsheets.errors import SpreadsheetError
from core.spreadsheets.layout import DETECT, Layout, Limits

DELIMITERS = (",", ";", "\t", "|")
PIECE = 256 * 1024
SAMPLED_LINES = 400
SAMPLED_CHARACTERS = 256 * 1024


class BadLine(SpreadsheetError):
    """A line that cannot belong to a table; whoever reads records adds the number of the row."""


class TextRecords:
    """The records of a text file, header and all, with what was found out about it.

    `encoding`, `delimiter`: as read; `is_guessed` is true where the encoding is a guess.
    """

    def __init__(self, path: Path, layout: Layout, limits: Limits) -> None:
        self.path = path
        self.encoding, self.is_guessed = encoding_of(path, layout.encoding)
        self.quote = layout.quote
        self.delimiter = layout.delimiter
        self._longest = limits.line
        self._is_wide = self.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))
        if not self._is_wide:
            check_lines(path, limits.line)
        self._announced = self._announced_delimiter()
        if self.delimiter == DETECT:
            self.delimiter = self._announced or self._detect(layout)

    def __iter__(self) -> Generator[SourceRow, None, None]:
        with self._open() as file:
            lines = self._lines(file) if self._is_wide else file
            if self._announced:
                next(lines)
            before = 1 if self._announced else 0
            reader = _reader(lines, self.delimiter, self.quote)
            number = line = before + 1
            try:
                for cells in reader:
                    yield SourceRow(number, line, cells)
                    number += 1
                    line = reader.line_num + before + 1
            except csv.Error as error:
                raise SpreadsheetError(_in_words(str(error)), row=number, line=line) from None
            except BadLine as error:
                raise SpreadsheetError(error.sentence, row=number, line=error.line) from None
            except UnicodeError:
                raise self._undecodable() from None

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, errors="strict", newline="")

    def _lines(self, file: TextIO) -> Iterator[str]:
        """Lines of a text with several bytes per character, where bytes do not tell what `check_lines` looks for."""
        number = 0
        while text := file.readline(self._longest):
            number += 1
            if len(text) == self._longest and text[-1] not in "\r\n":
                raise _too_long(self._longest, number)
            if "\0" in text:
                raise BadLine(
                    _("the row holds a NUL character, so the file is not a table in text."), row=number, line=number
                )
            yield text

    def _undecodable(self) -> SpreadsheetError:
        line, byte = first_undecodable(self.path, self.encoding) or (1, "?")
        return SpreadsheetError(
            _("the byte %(byte)s is not %(encoding)s text. Say the file's encoding in the mapping: [file] encoding.")
            % {"byte": byte, "encoding": self.encoding},
            line=line,
        )

    def _sample(self) -> list[str]:
        size = 0
        sample: list[str] = []
        try:
            with self._open() as file:
                for text in islice(self._lines(file), SAMPLED_LINES):
                    sample.append(text)
                    size += len(text)
                    if size > SAMPLED_CHARACTERS:
                        break
        except UnicodeError:
            raise self._undecodable() from None
        return sample

    def _announced_delimiter(self) -> str:
        """What a first line "sep=;" says, as some programs write it; that line is no row."""
        first = self._sample()[:1]
        text = first[0].strip("\r\n") if first else ""
        return text[4] if len(text) == 5 and text.lower().startswith("sep=") else ""

    def _detect(self, layout: Layout) -> str:
        """The delimiter under which most rows are as wide as the header, the widest of them; a comma if none."""
        sample = self._sample()
        best, best_score = DELIMITERS[0], (0.0, 0)
        for delimiter in DELIMITERS:
            score = _agreement(_records(sample, delimiter, self.quote, layout))
            if score > best_score:
                best, best_score = delimiter, score
        return best


def check_lines(path: Path, longest: int) -> None:
    """Refuse a NUL byte, and a line so long that reading it would fill the memory; reads the file in pieces."""
    number, since = 1, 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if b"\0" in piece:
                number += piece.count(b"\n", 0, piece.index(b"\0"))
                raise SpreadsheetError(
                    _("the row holds a NUL byte, so the file is not a table in text. Export it again as CSV or XLSX."),
                    row=number,
                )
            first = min((at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0), default=len(piece))
            if since + first > longest:
                raise _too_long(longest, number)
            last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            number += piece.count(b"\n")
            since = since + len(piece) if last < 0 else len(piece) - last - 1


def _too_long(longest: int, line: int) -> BadLine:
    return BadLine(
        _("the row is longer than %(most)s characters, so the file is not a table of rows.") % {"most": f"{longest:,}"},
        row=line,
        line=line,
    )


def _reader(lines: Iterable[str], delimiter: str, quote: str, *, strict: bool = True) -> Any:
    if quote:
        return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=strict)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, quotechar=None, strict=strict)


def _records(sample: Sequence[str], delimiter: str, quote: str, layout: Layout) -> list[list[str]]:
    """The sample as rows from the header on, as far as the delimiter makes sense."""
    rows: list[list[str]] = []
    first = max(layout.skip_rows, (layout.header_row or 1) - 1)
    try:
        for cells in islice(_reader(iter(sample), delimiter, quote, strict=False), first, None):
            is_comment = bool(layout.comment and cells and cells[0].startswith(layout.comment))
            if any(cells) and not is_comment:
                rows.append(cells)
    except csv.Error:
        return rows
    return rows


def _agreement(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """(share of rows as wide as the first, that width); (0, 0) where the first has one column."""
    if not rows or len(rows[0]) < 2:
        return 0.0, 0
    width = len(rows[0])
    return round(sum(len(row) == width for row in rows) / len(rows), 1), width


def _in_words(error: str) -> str:
    """What the csv module means, for people."""
    if "field limit" in error:
        return _("a cell is longer than 131,072 characters; a closing quotation mark may be missing.")
    if "unexpected end" in error:
        return _("a quotation mark is opened in this row and never closed.")
    if "expected after" in error:
        return _(
            "a quoted cell goes on after its closing quotation mark. Write a quotation mark inside a cell twice, or"
            ' say quote = "" in [file] if the file quotes nothing.'
        )
    return _("the row cannot be read: %(error)s.") % {"error": error}
