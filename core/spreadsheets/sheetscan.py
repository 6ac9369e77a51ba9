"""How far the cells of a sheet reach, and which of them hold no value, seen before the sheet is laid out as a grid.

Nearly every program writes cells as `<c r="AB12" …>`: `QuickScan` counts those with array arithmetic, at the speed of
unpacking. What is written otherwise is read by `CarefulScan`, an XML parser that only counts: slower, equally safe.
"""

import re
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _

from core.spreadsheets.errors import SpreadsheetError

LONGEST_CARRY = 64 * 1024
REFERENCE = 11  # three letters, seven digits, the quotation mark
FAR_AWAY = 10**9

_AFTER_NAME = np.frombuffer(b" >/\t\n\r", np.uint8)
_FAULTY = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*\st="e"')
_NOT_CALCULATED = re.compile(rb'<c r="([A-Z]+[0-9]+)"(?: s="\d+")?><f[^>]*>[^<]*</f>(?:<v></v>|<v ?/>)?</c>')
_PARTS = re.compile(r"([A-Za-z]{0,7})([0-9]{0,10})")


class QuickScan:
    """Counts the cells of one part of a workbook as it is unpacked; `is_unusual` asks for a `CarefulScan`.

    `rows`, `columns`: the farthest cell. `faulty`, `uncalculated`: the first cell that shows an error such as #DIV/0!,
    and the first formula whose value was never stored; "" if there is none.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_xml = name.endswith((".xml", ".rels"))
        self.is_sheet = self.is_unusual = False
        self.rows = self.columns = self.cells = 0
        self.faulty = self.uncalculated = ""
        self._carry = b""
        self._is_first = True

    def feed(self, piece: bytes) -> None:
        """Look at the next piece; `SpreadsheetError` for what no workbook needs."""
        data = self._carry + piece
        if self._is_first and len(data) >= 4:
            self._is_first = False
            _check_alphabet(data)
        self._look_at(data, self._whole(data))

    def close(self) -> None:
        """Look at what was kept back as perhaps unfinished."""
        self._look_at(self._carry, len(self._carry))

    def _whole(self, data: bytes) -> int:
        """Where the last, perhaps unfinished cell or tag begins."""
        for opening in (b"<c ", b"<"):
            cut = data.rfind(opening)
            if cut >= max(0, len(data) - LONGEST_CARRY):
                return cut
        return len(data)

    def _look_at(self, data: bytes, cut: int) -> None:
        self._carry = data[cut:]
        data = data[:cut]
        if not self.is_sheet:
            if self.is_xml and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
                raise _forbidden()
            self.is_sheet = b"sheetData" in data
        if not self.is_sheet:
            return
        if b"_x0000_" in data:
            raise SpreadsheetError(_("a cell of the workbook holds a NUL character."))
        self._count(data)
        if not self.faulty and b't="e"' in data:
            self.faulty = _first(_FAULTY, data)
        if not self.uncalculated and b"<f" in data:
            self.uncalculated = _first(_NOT_CALCULATED, data)

    def _count(self, data: bytes) -> None:
        signs = np.frombuffer(data + bytes(REFERENCE + 6), np.uint8)
        openings = _names_of_cells(signs, "<")
        columns, rows = _references(signs, openings)
        self.is_unusual = self.is_unusual or not (columns.all() and rows.all()) or len(_names_of_cells(signs, ":")) > 0
        if len(rows):
            self.cells += len(rows)
            self.columns = max(self.columns, int(columns.max()))
            self.rows = max(self.rows, int(rows.max()))


class CarefulScan(ContentHandler):
    """The same counts from a real parser, for sheets that are written in an unusual way."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = self.columns = self.cells = 0
        self.faulty = self.uncalculated = ""
        self._row = self._column = 0
        self._parser = DefusedExpatParser(forbid_dtd=True)
        self._parser.setContentHandler(self)

    def feed(self, piece: bytes) -> None:
        """Parse the next piece; `SpreadsheetError` where it is no XML or not of the harmless kind."""
        try:
            self._parser.feed(piece)
        except DefusedXmlException:
            raise _forbidden() from None
        except (SAXException, ValueError):
            raise SpreadsheetError(_("a sheet of the workbook is damaged. Open it and save it again.")) from None

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the parser calls it by this name
        """Follow rows and cells; all other elements are passed by."""
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = _number(attrs.get("r", "")) or self._row + 1
            self._column = 0
        elif local == "c":
            letters, digits = _split(attrs.get("r", ""))
            self._column = _column(letters) or self._column + 1
            self._row = _number(digits) or self._row
            self.cells += 1
            self.columns = max(self.columns, self._column)
            self.rows = max(self.rows, self._row)
            if attrs.get("t") == "e" and not self.faulty:
                self.faulty = attrs.get("r", "") or f"{self._row}"


Signs = np.ndarray[Any, np.dtype[np.uint8]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]


def _names_of_cells(signs: Signs, before: str) -> Numbers:
    """Where an element `c` begins: the places of the sign before its name."""
    at = np.flatnonzero(signs[: -REFERENCE - 6] == ord(before))
    at = at[signs[at + 1] == ord("c")]
    return at[np.isin(signs[at + 2], _AFTER_NAME)]


def _references(signs: Signs, at: Numbers) -> tuple[Numbers, Numbers]:
    """(columns, rows) from 1 of the cells that begin at these places; 0 where one is not written `<c r="AB12"`."""
    is_usual = np.ones(len(at), bool)
    for offset, wanted in enumerate(b' r="', start=2):
        is_usual &= signs[at + offset] == wanted
    columns: Numbers = np.zeros(len(at), np.int64)
    rows: Numbers = np.zeros(len(at), np.int64)
    in_letters, is_open = is_usual, is_usual
    for place in range(6, 6 + REFERENCE):
        mark = signs[at + place].astype(np.int64)
        in_letters = in_letters & (mark >= ord("A")) & (mark <= ord("Z"))
        in_digits = is_open & ~in_letters & (mark >= ord("0")) & (mark <= ord("9"))
        columns = np.where(in_letters, columns * 26 + mark - 64, columns)
        rows = np.where(in_digits, rows * 10 + mark - 48, rows)
        is_closed = is_open & (mark == ord('"'))
        rows = np.where(is_open & ~in_letters & ~in_digits & ~is_closed, 0, rows)
        is_open = is_open & (in_letters | in_digits)
        if not is_open.any():
            break
    return columns, np.where(is_open, 0, rows)


def _first(pattern: re.Pattern[bytes], data: bytes) -> str:
    found = pattern.search(data)
    return found[1].decode() if found else ""


def _split(reference: str) -> tuple[str, str]:
    found = _PARTS.match(reference)
    return (found[1], found[2]) if found else ("", "")


def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def _number(digits: str) -> int:
    return min(int(digits), FAR_AWAY) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0


def _check_alphabet(data: bytes) -> None:
    """XML in UTF-16 would pass unseen by a search for names in ASCII; no program writes workbooks so."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"<" in data[:4] and b"\0" in data[:4]):
        raise _forbidden()


def _forbidden() -> SpreadsheetError:
    return SpreadsheetError(
        _("the workbook holds document types, entities or alphabets that no table needs. Save the table alone as CSV.")
    )
