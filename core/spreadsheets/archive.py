"""What an .xlsx file must pass before a parser sees it (TRUST I1).

A workbook is a ZIP archive of XML. Its directory may lie, so every part is unpacked once, in pieces and within a
budget, and looked at: no document types or entities, no second alphabet that would hide them, and no sheet so sparse
that laying it out as a grid fills the memory (one cell in a far corner costs a parser more than a gigabyte).
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from core.spreadsheets.errors import SpreadsheetError
from core.spreadsheets.layout import MEGABYTE, Limits
from core.spreadsheets.sheetscan import CarefulScan, QuickScan

PIECE = MEGABYTE
SMALL_PART = 10 * MEGABYTE
MOST_DENSE = 1_000_000
FEWEST_FILLED = 1 / 20
LOCAL_HEADER = struct.Struct("<4s22xHH")


Scan = QuickScan | CarefulScan


def check_archive(path: Path, limits: Limits) -> dict[str, Scan]:
    """Refuse a workbook that is a bomb or no workbook; what was seen in its sheets, by the name of the part."""
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            _check_directory(parts, limits)
            with path.open("rb") as file:
                return _check_parts(file, parts, limits)
    except SpreadsheetError:
        raise
    except (BadZipFile, zlib.error, OSError, struct.error, NotImplementedError, ValueError):
        raise SpreadsheetError(
            _("the workbook is damaged. Open it in a spreadsheet program and save it again.")
        ) from None


def _check_directory(parts: list[ZipInfo], limits: Limits) -> None:
    """Limits that the archive's own directory already breaks."""
    names = {part.filename for part in parts}
    if "mimetype" in names or not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise SpreadsheetError(_("the file is not an Excel workbook (.xlsx). Save it as .xlsx or CSV and try again."))
    if len(parts) > limits.entries:
        raise _too_large(_("it has %(count)s parts") % {"count": f"{len(parts):,}"})
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        raise _too_large(_("it unpacks to %(size)s MB") % {"size": f"{unpacked // MEGABYTE:,}"})
    for part in parts:
        if part.flag_bits & 0x1:
            raise SpreadsheetError(_("the workbook is locked by a password. Save it without one."))
        if part.file_size > SMALL_PART and part.file_size > limits.ratio * part.compress_size:
            raise _too_large(_("a part of it unpacks to more than %(ratio)s times its size") % {"ratio": limits.ratio})


def _check_parts(file: BinaryIO, parts: list[ZipInfo], limits: Limits) -> dict[str, Scan]:
    """Unpack every part once and look into it; a sheet written in an unusual way is looked at again, with care."""
    left = limits.unpacked_bytes
    seen: dict[str, Scan] = {}
    for part in parts:
        quick = QuickScan(part.filename)
        for piece in _unpacked(file, part, left):
            left -= len(piece)
            quick.feed(piece)
        quick.close()
        scan: Scan = quick
        if quick.is_unusual:
            scan = CarefulScan()
            for piece in _unpacked(file, part, part.file_size):
                scan.feed(piece)
        if quick.is_sheet:
            _check_density(scan, limits)
            seen[part.filename] = scan
    return seen


def _unpacked(file: BinaryIO, part: ZipInfo, most: int) -> Iterator[bytes]:
    """The true content of a part in pieces, refused where it is longer than the directory or the budget says."""
    size = 0
    for piece in _inflated(file, part):
        size += len(piece)
        if size > min(part.file_size, most):
            raise _too_large(_("a part of it is larger than the workbook says"))
        yield piece


def _inflated(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    file.seek(part.header_offset)
    signature, name_length, extra_length = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    if signature != b"PK\x03\x04" or part.compress_type not in (ZIP_DEFLATED, ZIP_STORED):
        raise BadZipFile
    file.seek(name_length + extra_length, 1)
    left = part.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == ZIP_DEFLATED else None
    while left > 0:
        packed = file.read(min(left, PIECE // 4))
        if not packed:
            raise BadZipFile
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, PIECE)
            packed = inflate.unconsumed_tail
        if inflate.eof:
            return


def _check_density(scan: Scan, limits: Limits) -> None:
    """A grid of the sheet must not hold many times the cells that are filled."""
    dense = scan.rows * scan.columns
    if scan.columns > limits.columns:
        raise _too_large(_("a sheet has %(count)s columns") % {"count": f"{scan.columns:,}"})
    if limits.rows is not None and scan.rows > limits.rows + 1_000:
        raise _too_large(_("a sheet has %(count)s rows") % {"count": f"{scan.rows:,}"})
    if dense > limits.cells:
        raise _too_large(_("a sheet spans %(count)s cells") % {"count": f"{dense:,}"})
    if dense > MOST_DENSE and scan.cells < dense * FEWEST_FILLED:
        raise SpreadsheetError(
            _(
                "a sheet spans %(rows)s rows and %(columns)s columns but fills only %(cells)s cells: something stands"
                " far from the table. Delete it, or save the table alone as CSV."
            )
            % {"rows": f"{scan.rows:,}", "columns": f"{scan.columns:,}", "cells": f"{scan.cells:,}"}
        )


def _too_large(what: str) -> SpreadsheetError:
    return SpreadsheetError(
        _("the workbook is too large to read safely: %(what)s. Save the table alone as CSV.") % {"what": what}
    )
