"""Cells: what one may hold, and how it reads as text."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

Cell = str | int | float | bool | date | time | timedelta | None


class SourceRow(NamedTuple):
    """One row below the header: its number as a spreadsheet program shows it, the line it begins on, its cells."""

    number: int
    line: int
    cells: list[Cell]


def plain_number(number: float | Decimal) -> str:
    """Digits, a minus and a point; never an exponent: 2016.0 is "2016", 1e-7 is "0.0000001"."""
    if isinstance(number, int):
        return str(number)
    if isinstance(number, float):
        return format(Decimal(repr(number)), "f").removesuffix(".0")
    return format(number, "f")


def cell_text(cell: Cell) -> str:
    """A cell as a person would type it: 2016.0 is "2016", a day is "2024-01-31", true is "TRUE", nothing is ""."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return plain_number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def header_name(cell: Cell) -> str:
    """A column's name: line breaks and runs of blanks become one blank, a byte order mark is dropped."""
    return " ".join(cell_text(cell).replace("\ufeff", " ").split())
