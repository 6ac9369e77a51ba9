"""Records of an .xlsx workbook, read by calamine after `archive` has looked into it."""

import posixpath
from collections.abc import Generator
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.spreadsheets.archive import Scan, check_archive
from core.spreadsheets.cells import Cell, SourceRow
from core.spreadsheets.errors import SpreadsheetError
from core.spreadsheets.layout import Layout, Limits

LARGEST_DIRECTORY_PART = 1024 * 1024


class WorkbookRecords:
    """The rows of one sheet, from the first row of the grid; `sheet` is its name."""

    encoding = ""
    delimiter = ""
    is_guessed = False

    def __init__(self, path: Path, layout: Layout, limits: Limits) -> None:
        scans = check_archive(path, limits)
        self._workbook = _parsed(lambda: CalamineWorkbook.from_path(path))
        self.sheet = _sheet_named(self._workbook, layout.sheet)
        _check_values(scans.get(_part_of(path, self.sheet)), layout, self.sheet)

    def __iter__(self) -> Generator[SourceRow, None, None]:
        sheet: CalamineSheet = _parsed(lambda: self._workbook.get_sheet_by_name(self.sheet))
        left = sheet.start[1] if sheet.start else 0
        rows = _parsed(sheet.iter_rows)
        margin: list[Cell] = [None] * left
        for number, row in enumerate(rows, start=1):
            cells: list[Cell] = [None if cell == "" else cell for cell in row]
            yield SourceRow(number, number, margin + cells if left else cells)

    def close(self) -> None:
        """Give the file back."""
        self._workbook.close()


def _parsed(call: Any) -> Any:
    """What calamine answers. Its errors, and the panics of the language it is written in, become a sentence."""
    try:
        return call()
    except (CalamineError, OSError, ValueError, OverflowError):
        raise _damaged() from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _damaged() from None
        raise


def _damaged() -> SpreadsheetError:
    return SpreadsheetError(_("the workbook is damaged. Open it in a spreadsheet program and save it again."))


def _sheet_named(workbook: CalamineWorkbook, wanted: str | int | None) -> str:
    """The sheet a mapping names or counts from 1; without either, the first visible one."""
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    if wanted is None:
        visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible] or names
        if not visible:
            raise SpreadsheetError(_("the workbook has no sheet with cells."))
        return visible[0]
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(names):
            raise SpreadsheetError(
                _("the workbook has %(count)s sheets, so there is no sheet %(number)s.")
                % {"count": len(names), "number": wanted}
            )
        return names[wanted - 1]
    if wanted not in names:
        near = get_close_matches(wanted, names, n=1)
        hint = " " + _("Did you mean '%(near)s'?") % {"near": near[0]} if near else ""
        raise SpreadsheetError(
            _("the workbook has no sheet '%(sheet)s'.%(hint)s Its sheets are: %(names)s.")
            % {"sheet": wanted, "hint": hint, "names": ", ".join(f"'{name}'" for name in names[:20])}
        )
    return wanted


def _check_values(scan: Scan | None, layout: Layout, sheet: str) -> None:
    """Cells that show an error, or were never calculated, would read as blank: refuse them unless told otherwise."""
    if scan is None or layout.error_cells == "missing":
        return
    if scan.faulty:
        raise SpreadsheetError(
            _(
                "cell %(cell)s of sheet '%(sheet)s' shows an error such as #DIV/0! or #N/A. Correct it, or say"
                ' error_cells = "missing" in [file].'
            )
            % {"cell": scan.faulty, "sheet": sheet}
        )
    if scan.uncalculated:
        raise SpreadsheetError(
            _(
                "cell %(cell)s of sheet '%(sheet)s' is a formula that was never calculated. Open the workbook in a"
                " spreadsheet program and save it again."
            )
            % {"cell": scan.uncalculated, "sheet": sheet}
        )


def _part_of(path: Path, sheet: str) -> str:
    """The name of the part that holds a sheet; "" where the workbook's own directory does not say."""
    try:
        with ZipFile(path) as archive:
            workbook = _directory(archive, "xl/workbook.xml")
            relations = _directory(archive, "xl/_rels/workbook.xml.rels")
    except (KeyError, BadZipFile, ParseError, OSError, ValueError, DefusedXmlException):
        return ""
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations.iter()}
    for element in workbook.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            return posixpath.normpath(posixpath.join("/xl", targets.get(key, ""))).lstrip("/")
    return ""


def _directory(archive: ZipFile, name: str) -> Any:
    with archive.open(name) as part:
        return fromstring(part.read(LARGEST_DIRECTORY_PART), forbid_dtd=True)
