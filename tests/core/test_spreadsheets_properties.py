"""What holds for every text and every file: round trips lose nothing, and nothing but a sentence is ever raised."""

import csv
import io
import os
import tempfile
from pathlib import Path

import openpyxl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.spreadsheets import Layout, Limits, Sheet, SpreadsheetError, csv_chunks, open_table, workbook_chunks
from core.spreadsheets.escapes import escaped, is_formula_like, unescaped

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
spicy = st.text(st.sampled_from("'=+-@\t\r\n;,|\"＝ a1_x0041_\ufeff"), max_size=12)
cells = texts | spicy
delimiters = st.sampled_from([",", ";", "\t", "|"])
HEADINGS = ["id", "one", "two"]


def file(content: bytes, name: str = "data.csv") -> Path:
    """One file for all examples of a test: a folder each would be slow."""
    path = Path(tempfile.gettempdir()) / f"smo-{__name__}-{os.getpid()}-{name}"
    path.write_bytes(content)
    return path


def read(content: bytes, layout: Layout = Layout(), limits: Limits = Limits(), name="data.csv"):  # noqa: B008
    path = file(content, name)
    try:
        with open_table(path, layout, limits) as table:
            return table.columns, [row.cells for row in table]
    finally:
        path.unlink()


@given(cells)
@example("'=1")
@example("\t=1")
@example("a;=1;'=2;''+3")
def test_escaping_loses_nothing(text):
    for delimiter in (",", ";", "\t", "|"):
        assert unescaped(escaped(text, delimiter), delimiter) == text
        assert not escaped(text, delimiter).startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert is_formula_like(text) == (
        escaped(text) != text and escaped(text)[:1] == "'" and escaped(text)[1:2] == text[:1]
    )


@given(st.lists(st.tuples(cells, cells), max_size=5), delimiters)
@settings(max_examples=60)
def test_csv_is_read_back_as_it_was_written(rows, delimiter):
    numbered = [[str(number), *row] for number, row in enumerate(rows)]
    content = b"".join(csv_chunks(HEADINGS, numbered, delimiter=delimiter))
    layout = Layout(delimiter=delimiter, escaped_formulas=True)
    assert read(content, layout) == (HEADINGS, numbered)


@given(st.lists(st.tuples(cells, cells), max_size=5))
@settings(max_examples=60)
def test_written_csv_holds_no_cell_that_starts_a_formula(rows):
    content = b"".join(csv_chunks(HEADINGS, [[-1, *row] for row in rows])).decode("utf-8-sig")
    for row in list(csv.reader(io.StringIO(content, newline="")))[1:]:
        assert row[0] == "-1"
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row[1:])


@given(st.lists(st.tuples(cells, cells), max_size=5))
@settings(max_examples=40, deadline=None)
def test_workbooks_are_read_back_as_they_were_written(rows):
    numbered = [[f"n{number}", *row] for number, row in enumerate(rows)]
    content = b"".join(workbook_chunks([Sheet("Data", HEADINGS, numbered)]))
    expected = [[cell or None for cell in row] for row in numbered]
    width = max([3 if row[2] else 2 if row[1] else 1 for row in expected], default=3)
    columns, got = read(content, name="data.xlsx")
    assert (columns, [row[: max(width, 3)] for row in got]) == (HEADINGS, expected)
    kinds = {cell.data_type for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}


layouts = st.builds(
    Layout,
    encoding=st.sampled_from(["detect", "utf-8", "latin-1", "utf-16", "cp1252", "shift_jis", "utf-32", "nonsense"]),
    delimiter=st.sampled_from(["detect", ",", ";"]),
    quote=st.sampled_from(['"', "", "'"]),
    skip_rows=st.integers(0, 3),
    header_row=st.none() | st.integers(0, 3),
    header_rows=st.integers(1, 3),
    footer_rows=st.integers(0, 2),
    comment=st.sampled_from(["", "#"]),
    short_rows=st.sampled_from(["refuse", "fill"]),
    duplicate_headers=st.sampled_from(["refuse", "number"]),
    transposed=st.booleans(),
    escaped_formulas=st.booleans(),
)
tables = st.lists(st.lists(cells, max_size=4), max_size=6).map(
    lambda rows: "\n".join(",".join(row) for row in rows)
)  # unquoted on purpose
contents = (
    st.binary(max_size=200)
    | tables.map(str.encode)
    | tables.map(lambda text: text.encode("utf-16"))
    | st.tuples(
        st.sampled_from([b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"sep=;\n"]),
        st.binary(max_size=80),
    ).map(b"".join)
)


@given(contents, layouts, st.sampled_from([Limits(), Limits(rows=1, columns=2, line=20)]))
@settings(max_examples=400, deadline=None)
@example(b"\xff\xfe\0", Layout(), Limits())
@example(b"sep=;", Layout(), Limits())
@example(b"\xef\xbb\xbf", Layout(), Limits())
def test_no_bytes_raise_anything_but_a_sentence(content, layout, limits):
    try:
        columns, rows = read(content, layout, limits)
    except SpreadsheetError as error:
        assert str(error).startswith("smo-")
        assert str(error).endswith(".")
    else:
        assert all(len(row) == len(columns) for row in rows)
