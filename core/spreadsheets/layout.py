"""How a table lies in its file, and how large a file may be (TRUST I1)."""

from dataclasses import dataclass

DETECT = "detect"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes beyond which a file is refused before it is parsed; None means no limit."""

    file_bytes: int | None = None
    unpacked_bytes: int = 2048 * MEGABYTE
    ratio: int = 100
    entries: int = 2_000
    rows: int | None = None
    columns: int = 2_000
    cells: int = 100_000_000
    line: int = 1_000_000


COMMAND = Limits()
WEB_UPLOAD = Limits(
    file_bytes=50 * MEGABYTE, unpacked_bytes=500 * MEGABYTE, rows=200_000, columns=200, cells=20_000_000
)


@dataclass(frozen=True)
class Layout:
    """How to read a table: the `[file]` section of a mapping. The defaults read what most programs write.

    Rows are counted from 1 as the file has them. `header_row` 0 means that there is no header: columns are then
    known by their number. None: the first row that is neither blank nor a comment.
    """

    encoding: str = DETECT
    delimiter: str = DETECT
    quote: str = '"'
    sheet: str | int | None = None
    skip_rows: int = 0
    header_row: int | None = None
    header_rows: int = 1
    footer_rows: int = 0
    comment: str = ""
    short_rows: str = "refuse"
    duplicate_headers: str = "refuse"
    error_cells: str = "refuse"
    transposed: bool = False
    escaped_formulas: bool = False
