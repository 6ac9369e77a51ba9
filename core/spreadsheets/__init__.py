"""Tables in files: CSV of every dialect and Excel workbooks, read and written row by row in constant memory.

Reading: `open_table(path, layout, limits)` answers a `Table` with `columns` and `SourceRow`s. Whatever is wrong with a
file is a `SpreadsheetError`, a sentence with file, row and column; nothing else is ever raised for what a file holds.
Writing: `csv_chunks`, `workbook_chunks`; text that could be run as a formula stays text (TRUST I3).
"""

from core.spreadsheets.cells import Cell, SourceRow, cell_text, header_name, plain_number
from core.spreadsheets.errors import SpreadsheetError, located
from core.spreadsheets.folder import Folder, FolderTable
from core.spreadsheets.layout import COMMAND, DETECT, WEB_UPLOAD, Layout, Limits
from core.spreadsheets.table import Table, open_table
from core.spreadsheets.workbooks import Sheet, workbook_chunks
from core.spreadsheets.writers import csv_chunks

__all__ = [
    "COMMAND",
    "DETECT",
    "WEB_UPLOAD",
    "Cell",
    "Folder",
    "FolderTable",
    "Layout",
    "Limits",
    "Sheet",
    "SourceRow",
    "SpreadsheetError",
    "Table",
    "cell_text",
    "csv_chunks",
    "header_name",
    "located",
    "open_table",
    "plain_number",
    "workbook_chunks",
]
