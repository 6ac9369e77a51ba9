"""Text tables out: CSV as a stream of bytes, in constant memory, the first of them at once."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.functional import Promise

from core.spreadsheets.cells import cell_text, plain_number
from core.spreadsheets.escapes import escaped

CHUNK_ROWS = 500
BYTE_ORDER_MARK = "\ufeff"


def csv_chunks(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], *, delimiter: str = ",", marked: bool = True
) -> Iterator[bytes]:
    """A CSV file in UTF-8, piece by piece; `marked` puts the byte order mark by which Excel knows UTF-8.

    Text that could start a formula gets a ' before it (TRUST I3); numbers are written as numbers, negative ones too.
    """
    buffer = io.StringIO(BYTE_ORDER_MARK if marked else "")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow([escaped(str(heading), delimiter) for heading in headings])
    waiting = iter(rows)
    while True:
        yield buffer.getvalue().encode(errors="replace")
        buffer.seek(0)
        buffer.truncate()
        part = [[written(cell, delimiter) for cell in row] for row in islice(waiting, CHUNK_ROWS)]
        if not part:
            return
        writer.writerows(part)


def written(cell: Any, delimiter: str = ",") -> str:
    """A value as it stands in a text table: text made harmless, numbers in digits, days in ISO form."""
    if isinstance(cell, str):
        return escaped(str(cell), delimiter)
    if isinstance(cell, Decimal):
        return plain_number(cell)
    if isinstance(cell, Promise):
        return escaped(str(cell), delimiter)
    return cell_text(cell)
