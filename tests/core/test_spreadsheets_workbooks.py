"""Excel workbooks in and out: what is read, what is refused before it is parsed, and that no text becomes a formula."""

import io
import struct
import time as clock
import zipfile
import zlib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import openpyxl
import pytest
from django.utils.translation import gettext_lazy

from core.spreadsheets import Layout, Limits, Sheet, SpreadsheetError, open_table, workbook_chunks
from core.spreadsheets.layout import COMMAND
from core.spreadsheets.workbooks import ROOT_RELATIONS, STYLES, _directory

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.fixture
def workbook(tmp_path):
    """Write a workbook of one sheet from the XML of its rows, and other parts as given."""

    def write(rows: str | bytes, name="book.xlsx", **parts: str | bytes):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("_rels/.rels", ROOT_RELATIONS)
            archive.writestr("xl/styles.xml", STYLES)
            archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows) if isinstance(rows, str) else rows)
            for part, text in [*_directory(["Data"]), *parts.items()]:
                archive.writestr(part, text)
        return path

    return write


@pytest.fixture
def saved(tmp_path):
    """Save rows by openpyxl, as a stranger's program would."""

    def save(*rows, sheets=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for title in sheets:
            book.create_sheet(title).append([title])
        path = tmp_path / "saved.xlsx"
        book.save(path)
        return path

    return save


def read(path, limits=COMMAND, **layout):
    with open_table(path, Layout(**layout), limits) as table:
        return table.columns, [row.cells for row in table]


def refusal(path, limits=COMMAND, **layout):
    with pytest.raises(SpreadsheetError) as caught:
        read(path, limits, **layout)
    return str(caught.value)


def written(*sheets):
    return b"".join(workbook_chunks(sheets))


def test_cells_keep_their_kinds(saved):
    path = saved(
        ["text", 2016, date(2024, 1, 31)], ["ä\nö", 1.5, date(2024, 2, 29)], [True, None, datetime(2024, 1, 1, 5)]
    )
    assert read(path) == (
        ["text", "2016", "2024-01-31"],
        [["ä\nö", 1.5, date(2024, 2, 29)], [True, None, datetime(2024, 1, 1, 5)]],
    )


def test_a_table_that_begins_lower_and_further_right(workbook):
    rows = '<row r="3"><c r="C3" t="str"><v>a</v></c></row><row r="4"><c r="C4"><v>7</v></c></row>'
    with open_table(workbook(rows)) as table:
        assert (table.columns, table.sheet) == (["", "", "a"], "Data")
        assert [(row.number, row.cells) for row in table] == [(4, [None, None, 7.0])]


def test_a_sheet_is_named_or_counted(saved):
    path = saved(["a"], sheets=["Notes", "Data 2024"])
    assert [read(path, sheet=sheet)[0] for sheet in (None, 2, "Data 2024")] == [["a"], ["Notes"], ["Data 2024"]]
    assert refusal(path, sheet="Data 2042") == (
        "saved.xlsx: the workbook has no sheet 'Data 2042'. Did you mean 'Data 2024'? Its sheets are: 'Sheet', 'Notes',"
        " 'Data 2024'."
    )
    assert refusal(path, sheet=4) == "saved.xlsx: the workbook has 3 sheets, so there is no sheet 4."


def test_cells_that_show_an_error_are_refused_unless_the_mapping_takes_them_as_missing(workbook):
    path = workbook(
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c></row>'
    )
    assert refusal(path) == (
        "book.xlsx: cell A2 of sheet 'Data' shows an error such as #DIV/0! or #N/A. Correct it, or say"
        ' error_cells = "missing" in [file].'
    )
    assert read(path, error_cells="missing") == (["a"], [])


def test_formulas_that_were_never_calculated_are_refused(saved):
    assert refusal(saved(["a", "b"], [1, "=A2*2"])) == (
        "saved.xlsx: cell B2 of sheet 'Sheet' is a formula that was never calculated. Open the workbook in a"
        " spreadsheet program and save it again."
    )


# ---------------------------------------------------------------- refused before parsing
CELL_A1 = '<row r="1"><c r="A1"><v>1</v></c></row>'


def test_a_bomb_is_refused_at_once(workbook):
    path = workbook(CELL_A1, **{"xl/bomb.xml": b"<a>" + b" " * 60_000_000})
    started = clock.perf_counter()
    assert refusal(path) == (
        "book.xlsx: the workbook is too large to read safely: a part of it unpacks to more than 100 times its size."
        " Save the table alone as CSV."
    )
    assert clock.perf_counter() - started < 1


def test_the_limits_of_what_is_unpacked_and_of_parts(workbook):
    path = workbook(CELL_A1, **{f"xl/{number}.xml": b"<a/>" for number in range(20)})
    assert "it has 26 parts" in refusal(path, Limits(entries=25))
    assert "it unpacks to 0 MB" in refusal(path, Limits(unpacked_bytes=2_000))


def test_a_directory_that_lies_about_sizes_is_found_out(workbook):
    path = workbook(CELL_A1, **{"xl/lies.xml": b"<a>" + b"x" * 5_000_000})
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.start_dir
    entry = content.index(b"xl/lies.xml", place) - 46
    content[entry + 24 : entry + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    assert refusal(path) == (
        "book.xlsx: the workbook is too large to read safely: a part of it is larger than the workbook says. Save the"
        " table alone as CSV."
    )


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        "<c  r='XFD1048576'><v>1</v></c>",
        '<x:c r="XFD1048576"/>',
        '<c r="xfd1048576"/>',
    ],
    ids=["usual", "quoted otherwise", "with a prefix", "in small letters"],
)
def test_one_cell_in_a_far_corner_does_not_fill_the_memory(workbook, cell):
    content = SHEET.replace(
        "<worksheet ", '<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    )
    path = workbook(content.format(f'{CELL_A1}<row r="1048576">{cell}</row>').encode())
    assert "a sheet has 16,384 columns" in refusal(path)
    assert "a sheet spans 17,179,869,184 cells" in refusal(path, Limits(columns=20_000))
    far = path.read_bytes()
    assert far
    near = workbook(content.format(f'{CELL_A1}<row r="1048576"><c r="J1048576"/></row>').encode())
    assert refusal(near) == (
        "book.xlsx: a sheet spans 1,048,576 rows and 10 columns but fills only 2 cells: something stands far from the"
        " table. Delete it, or save the table alone as CSV."
    )


def test_a_sheet_of_an_upload_has_no_more_rows_than_allowed(workbook):
    assert "a sheet has 5,000 rows" in refusal(workbook('<row r="5000"><c r="A5000"/></row>'), Limits(rows=100))


FORBIDDEN = (
    "book.xlsx: the workbook holds document types, entities or alphabets that no table needs. Save the table alone as"
    " CSV."
)
LAUGHS = '<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


def test_document_types_entities_and_hidden_alphabets_are_refused(workbook):
    sheet = SHEET.format(CELL_A1)
    assert refusal(workbook((LAUGHS + sheet).encode())) == FORBIDDEN
    assert refusal(workbook(sheet.encode("utf-16"))) == FORBIDDEN
    assert refusal(workbook(sheet.encode("utf-16-le"))) == FORBIDDEN
    external = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">'
    assert refusal(workbook(CELL_A1, **{"xl/sharedStrings.xml": external + "<sst/>"})) == FORBIDDEN


def test_a_nul_in_a_cell_is_refused(workbook):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_</t></is></c></row>'
    assert refusal(workbook(rows)) == "book.xlsx: a cell of the workbook holds a NUL character."


def test_what_is_no_workbook_is_said_so(tmp_path, workbook):
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(path) == (
        "other.xlsx: the file is not an Excel workbook (.xlsx). Save it as .xlsx or CSV and try again."
    )
    good = workbook(CELL_A1).read_bytes()
    for damaged in (good[:200], good[:-30], good.replace(b"PK\x01\x02", b"PK\x01\x03"), b"PK\x03\x04"):
        path.write_bytes(damaged)
        assert refusal(path) == (
            "other.xlsx: the workbook is damaged. Open it in a spreadsheet program and save it again."
        )


def test_flipped_bytes_raise_nothing_but_sentences(tmp_path, workbook):
    good = workbook('<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1"><v>1</v></c></row>').read_bytes()
    path = tmp_path / "flipped.xlsx"
    for at in range(0, len(good), 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])
        try:
            read(path)
        except SpreadsheetError as error:
            assert str(error).startswith("flipped.xlsx")


# ---------------------------------------------------------------- written
def test_what_is_written_is_read_back(tmp_path):
    headings = ["Text", "Number", "Exact", "Day", "Moment", "Truth", "Nothing", "Lazy", "Other"]
    identity = UUID(int=7)
    row = [
        " ä <&> \t\n\r\x07 _x0041_ ",
        -1.5,
        Decimal("0.10"),
        date(2024, 2, 29),
        datetime(2024, 1, 31, 23, 59, 58, tzinfo=UTC),
        True,
        None,
        gettext_lazy("lazy"),
        identity,
    ]
    path = tmp_path / "out.xlsx"
    path.write_bytes(written(Sheet("Data", headings, [row, [""] * 9, [7] * 9])))
    columns, rows = read(path)
    assert columns == headings
    assert rows[0] == [
        row[0], -1.5, 0.1, date(2024, 2, 29), datetime(2024, 1, 31, 23, 59, 58), True, None, "lazy", str(identity),
    ]  # fmt: skip
    assert rows[1:] == [[7.0] * 9]


DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "'=1",
    '=HYPERLINK("http://x")',
    "#N/A",
    "1e5",
]


def test_no_text_becomes_a_formula_or_an_error(tmp_path):
    path = tmp_path / "out.xlsx"
    path.write_bytes(written(Sheet("Data", ["=HEAD", "n"], [[text, -5] for text in DANGEROUS])))
    cells = list(openpyxl.load_workbook(path).active.iter_rows())
    assert {cell.data_type for cell, _number in cells} == {"s"}
    assert [number.data_type for _text, number in cells[1:]] == ["n"] * len(DANGEROUS)
    assert [cell.quotePrefix for cell, _number in cells[1:]] == [text not in ("#N/A", "1e5") for text in DANGEROUS]
    assert [row[0] for row in read(path)[1]] == DANGEROUS


def test_numbers_that_are_none_and_days_before_excels_time_are_texts(tmp_path):
    path = tmp_path / "out.xlsx"
    values = [float("nan"), float("inf"), Decimal("NaN"), date(1066, 10, 14), time(9, 30), 1e-7, 10**20]
    path.write_bytes(written(Sheet("Data", list("abcdefg"), [values])))
    assert read(path)[1] == [["NaN", "Infinity", "NaN", "1066-10-14", "09:30:00", 1e-7, 1e20]]


def test_a_text_too_long_for_a_cell_is_cut_visibly(tmp_path):
    path = tmp_path / "out.xlsx"
    path.write_bytes(written(Sheet("Data", ["a"], [["x" * 40_000], ["\ud800"]])))
    assert read(path)[1] == [["x" * 32_766 + "…"], ["\ufffd"]]


def test_sheets_get_names_excel_accepts(tmp_path):
    path = tmp_path / "out.xlsx"
    names = ["Plan/Actual: 2024?", "plan actual  2024", "A" * 40, "a" * 40, "", "'"]
    path.write_bytes(written(*(Sheet(name, [name or "x"], []) for name in names)))
    got = openpyxl.load_workbook(path).sheetnames
    assert got == ["Plan Actual  2024", "plan actual  2024 (2)", "A" * 31, "a" * 27 + " (2)", "Sheet", "Sheet (2)"]


def test_a_workbook_of_no_sheets_opens():
    assert openpyxl.load_workbook(io.BytesIO(written())).sheetnames == ["Sheet"]


def test_a_sheet_longer_than_excel_allows_goes_on_in_a_second(tmp_path, monkeypatch):
    monkeypatch.setattr("core.spreadsheets.workbooks.MOST_ROWS", 3)
    path = tmp_path / "out.xlsx"
    path.write_bytes(written(Sheet("Data", ["n"], [[1], [2], [3], [4], [5]])))
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in openpyxl.load_workbook(path)] == [
        ["n", 1, 2],
        ["n", 3, 4],
        ["n", 5],
    ]


def test_the_first_bytes_come_before_the_first_row_is_asked_for():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    chunks = workbook_chunks([Sheet("Data", ["n"], rows())])
    assert next(chunks).startswith(b"PK\x03\x04")
    assert asked == []
    assert zlib.crc32(b"".join(chunks))
    assert asked == [0, 1, 2]
