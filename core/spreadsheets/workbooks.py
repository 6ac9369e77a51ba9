"""Excel workbooks out, as a stream of bytes in constant memory, the first of them at once.

Written here and not by a library because none at hand streams: the archive is made part by part on an output that
cannot seek. Every text is an inline string, so nothing a user wrote can become a formula (TRUST I3).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from core.spreadsheets.cells import plain_number
from core.spreadsheets.escapes import is_formula_like
from core.spreadsheets.writers import CHUNK_ROWS

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_SHEET_NAME = 31
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no time zones
FIRST_SAFE_DAY = date(1900, 3, 1)  # before it, Excel believes in a 29 February 1900
PLAIN, HEADING, DAY, MOMENT, AS_TEXT = range(5)  # places in STYLES

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

ROOT_RELATIONS = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
SHEET_HEAD = (
    f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
    ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
SHEET_TAIL = "</sheetData></worksheet>"

_CANNOT_STAND = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class Sheet(NamedTuple):
    """One sheet to write: its name, the headings of its columns, its rows of plain values."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


class _Sink:
    """An output that cannot seek: what was written waits until it is taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: `take` empties it."""

    def take(self) -> bytes:
        taken, self._waiting = b"".join(self._waiting), []
        return taken


def workbook_chunks(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """An .xlsx workbook, piece by piece. A sheet longer than a workbook allows goes on in a second one.

    The same sheets give the same bytes: no part carries the time it was written.
    """
    sink = _Sink()
    names: list[str] = []
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr(_part("_rels/.rels"), ROOT_RELATIONS)
        archive.writestr(_part("xl/styles.xml"), STYLES)
        yield sink.take()
        for sheet in _split(sheets):
            names.append(_sheet_name(sheet.name, names))
            with archive.open(_part(f"xl/worksheets/sheet{len(names)}.xml"), "w") as part:
                for _written in _write_sheet(part, sheet):
                    yield sink.take()
        if not names:
            names.append("Sheet")
            archive.writestr(_part("xl/worksheets/sheet1.xml"), SHEET_HEAD + SHEET_TAIL)
        for name, text in _directory(names):
            archive.writestr(_part(name), text)
    yield sink.take()


def _part(name: str) -> ZipInfo:
    """A part of the archive, dated the first day an archive knows."""
    part = ZipInfo(name)
    part.compress_type = ZIP_DEFLATED
    part._compresslevel = 4  # type: ignore[attr-defined]  # public from Python 3.13 on
    return part


def _split(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    for sheet in sheets:
        rows = iter(sheet.rows)
        yield Sheet(sheet.name, sheet.headings, islice(rows, MOST_ROWS - 1))
        while (more := next(rows, None)) is not None:
            yield Sheet(sheet.name, sheet.headings, chain([more], islice(rows, MOST_ROWS - 2)))


def _write_sheet(part: IO[bytes], sheet: Sheet) -> Iterator[None]:
    """Write the sheet's XML; yields whenever something may have reached the output."""
    part.write(SHEET_HEAD.encode())
    part.write(_row_xml(1, [str(heading) for heading in sheet.headings], HEADING).encode())
    yield
    number = 1
    rows = iter(sheet.rows)
    while batch := list(islice(rows, CHUNK_ROWS)):
        part.write("".join(_row_xml(number + at, row) for at, row in enumerate(batch, start=1)).encode())
        number += len(batch)
        yield
    part.write(SHEET_TAIL.encode())


def _row_xml(number: int, cells: Sequence[Any], style: int = PLAIN) -> str:
    xml = "".join(_cell_xml(f"{_letters(at)}{number}", cell, style) for at, cell in enumerate(cells))
    return f'<row r="{number}">{xml}</row>'


def _cell_xml(place: str, value: Any, style: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float | Decimal):
        return _number_xml(place, value)
    if isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= FIRST_SAFE_DAY:
        is_moment = isinstance(value, datetime)
        return f'<c r="{place}" s="{MOMENT if is_moment else DAY}"><v>{_serial(value)}</v></c>'
    return _text_xml(place, str(value), style)


def _number_xml(place: str, number: float | Decimal) -> str:
    digits = plain_number(number)
    if digits[-1].isdigit():
        return f'<c r="{place}"><v>{digits}</v></c>'
    return _text_xml(place, digits, PLAIN)


def _text_xml(place: str, text: str, style: int) -> str:
    if not text:
        return ""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    if is_formula_like(text):
        style = AS_TEXT
    safe = escape(_CANNOT_STAND.sub(lambda found: f"_x{ord(found[0]):04X}_", _SURROGATE.sub("\ufffd", text)))
    mark = f' s="{style}"' if style else ""
    return f'<c r="{place}"{mark} t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _serial(day: date) -> str:
    """Days since the epoch of workbooks; a moment keeps the clock of its own time zone."""
    moment = day.replace(tzinfo=None) if isinstance(day, datetime) else datetime.combine(day, time())
    since = moment - EPOCH
    whole, rest = divmod(since, timedelta(days=1))
    return f"{whole + rest / timedelta(days=1):.10f}".rstrip("0").rstrip(".") if rest else str(whole)


def _letters(at: int) -> str:
    """The name of a column from 0: A, B, … Z, AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """A name Excel accepts: 31 characters, without its seven signs, unlike all others in any case."""
    plain = _NOT_IN_SHEET_NAME.sub(" ", str(wanted)).strip().strip("'")[:LONGEST_SHEET_NAME] or "Sheet"
    name, number = plain, 1
    while name.lower() in {other.lower() for other in taken}:
        number += 1
        suffix = f" ({number})"
        name = plain[: LONGEST_SHEET_NAME - len(suffix)] + suffix
    return name


def _directory(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts that say which sheets there are."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    yield "xl/workbook.xml", f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    relations += f'<Relationship Id="rId{len(names) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
    )
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    types = (
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_TYPE}.styles+xml"/>{parts}</Types>'
    )
    yield "[Content_Types].xml", types
