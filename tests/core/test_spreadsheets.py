"""Reading CSV of every dialect, and what each refusal says."""

import tracemalloc
from pathlib import Path

import pytest

from core.spreadsheets import COMMAND, WEB_UPLOAD, Layout, Limits, SpreadsheetError, open_table


@pytest.fixture
def file(tmp_path):
    def write(content: bytes | str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


def read(path, limits=COMMAND, **layout):
    with open_table(path, Layout(**layout), limits) as table:
        return table.columns, [row.cells for row in table]


def refusal(path, limits=COMMAND, **layout):
    with pytest.raises(SpreadsheetError) as caught, open_table(path, Layout(**layout), limits) as table:
        list(table)
    return str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(file, delimiter):
    path = file(f"name{delimiter}value\nOne{delimiter}1.5\nTwo{delimiter}2.5\n")
    assert read(path) == (["name", "value"], [["One", "1.5"], ["Two", "2.5"]])


def test_commas_in_the_texts_of_a_semicolon_file_do_not_deceive(file):
    path = file('name;note\nA;"one, two, three"\nB;"x, y"\nC;a, b, c, d\n')
    assert read(path) == (["name", "note"], [["A", "one, two, three"], ["B", "x, y"], ["C", "a, b, c, d"]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_encoding_is_found_out(file, encoding):
    text = "Straße;Größe\nMünchen – “Mitte”;1,5\nKöln;2,5 €\n"
    assert read(file(text, encoding=encoding)) == (
        ["Straße", "Größe"],
        [["München – “Mitte”", "1,5"], ["Köln", "2,5 €"]],
    )


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "name;cost\nA;£5\n"),
        ("cp1252", "name;v\nCafé;1\n"),
        ("mac_roman", "Année;Région\n2020;Île-de-France\nDépenses réalisées;1\n"),
        ("cp850", "Straße;Größe\nMünchen;1\n"),
        ("cp1250", "Název;Hodnota\nPříbram;1\nČeské Budějovice;2\n"),
        ("iso8859_2", "Województwo;Wartość\nŁódzkie;1\nŚląskie;2\n"),
        ("cp1254", "Yıl;Gösterge\nMüşteri memnuniyeti;1\nÇalışan bağlılığı;2\n"),
        ("cp1257", "Pavadinimas;Reikšmė\nŠiauliai;1\nKlaipėdos;3\n"),
        ("cp1251", "Год;Показатель\n2020;Удовлетворённость клиентов\n2021;Доля рынка\n"),
        ("koi8_r", "Год;Показатель\n2020;Удовлетворённость клиентов\n2021;Доля рынка\n"),
        ("shift_jis", "年度;指標\n2020;顧客満足度\n2021;市場占有率\n"),
    ],
)
def test_old_code_pages_are_guessed_and_the_guess_is_named(file, encoding, text):
    with open_table(file(text, encoding=encoding)) as table:
        assert [table.columns, *(row.cells for row in table)] == [line.split(";") for line in text.splitlines()]
        assert table.is_guessed is True


def test_plain_utf_8_is_no_guess(file):
    with open_table(file("a,ä\n1,2\n")) as table:
        assert (table.encoding, table.is_guessed, table.delimiter) == ("utf-8", False, ",")


def test_rows_are_counted_as_a_spreadsheet_program_shows_them(file):
    path = file('a,b\n1,"two\nlines"\n\n# note,\n3,4\n')
    with open_table(path, Layout(comment="#")) as table:
        assert [(row.number, row.line, row.cells) for row in table] == [
            (2, 2, ["1", "two\nlines"]),
            (5, 6, ["3", "4"]),
        ]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_all_line_ends(file, ends):
    assert read(file(f"a,b{ends}1,2{ends}3,4")) == (["a", "b"], [["1", "2"], ["3", "4"]])


def test_the_header_may_stand_lower_and_in_two_rows(file):
    path = file("A title\n,2016,,2017,\nname,Plan,Actual,Plan,Actual\nx,1,2,3,4\n\nSource: us\nNote\n")
    columns, rows = read(path, skip_rows=1, header_rows=2, footer_rows=2)
    assert columns == ["name", "2016 Plan", "2016 Actual", "2017 Plan", "2017 Actual"]
    assert rows == [["x", "1", "2", "3", "4"]]


def test_a_header_row_is_named_by_its_number(file):
    assert read(file("t\n\nx,y\n1,2\n"), header_row=3) == (["x", "y"], [["1", "2"]])


def test_a_table_without_a_header(file):
    assert read(file("1,2\n3,4\n"), header_row=0) == (["", ""], [["1", "2"], ["3", "4"]])


def test_names_of_columns_lose_line_breaks_and_the_byte_order_mark(file):
    assert read(file('\ufeff"MPA rating\n (five  steps)",b\n1,2\n'))[0] == ["MPA rating (five steps)", "b"]


def test_trailing_empty_columns_and_blank_rows_are_passed_over(file):
    path = file("a,b,,\n1,2,,\n,,,\n  \n3,4\n5,6,,,,\n")
    assert read(path) == (["a", "b", "", ""], [["1", "2", "", ""], ["3", "4", None, None], ["5", "6", "", ""]])


def test_a_table_can_be_turned(file):
    path = file("Project,One,Two\nDepartment,X,Y\nCost,1,\n")
    assert read(path, transposed=True) == (["Project", "Department", "Cost"], [["One", "X", "1"], ["Two", "Y", ""]])


def test_a_first_line_may_announce_the_delimiter(file):
    with open_table(file("sep=;\na;b\n1;2\n")) as table:
        assert table.columns == ["a", "b"]
        assert [(row.number, row.cells) for row in table] == [(3, ["1", "2"])]


def test_a_file_may_quote_nothing(file):
    assert read(file('a|b\n5" pipe|"x\n'), quote="") == (["a", "b"], [['5" pipe', '"x']])


def test_short_rows_may_be_filled(file):
    assert read(file("a,b,c\n1,2\n"), short_rows="fill") == (["a", "b", "c"], [["1", "2", None]])


def test_columns_of_one_name_may_be_numbered_apart(file):
    assert read(file("v,v,w\n1,2,3\n"), duplicate_headers="number")[0] == ["v", "v (2)", "w"]


REFUSALS = {
    "short row": (
        b"a,b,c\n1,2,3\n1,2\n",
        {},
        (
            "data.csv, row 3, column 'c': the number of cells, 2, is not the number of columns in the header, 3."
            " Cells were taken to be separated by ','."
        ),
    ),
    "long row": (
        b"a\tb\n1\t2\n1\t2\t3\n",
        {},
        (
            "data.csv, row 3, column '3': the number of cells, 3, is not the number of columns in the header, 2."
            " Cells were taken to be separated by 'tab'."
        ),
    ),
    "short row after a cell of two lines": (
        b'a,b\n1,"2\n3"\n4\n',
        {},
        (
            "data.csv, row 3 (line 4), column 'b': the number of cells, 1, is not the number of columns in the header, 2."
            " Cells were taken to be separated by ','."
        ),
    ),
    "duplicate header": (
        b"a,b,a\n",
        {},
        (
            "data.csv, row 1, column 'a': the header names this column twice, as column 1 and column 3. Rename one, or say"
            ' duplicate_headers = "number" in [file].'
        ),
    ),
    "NULs": (
        b"\0" * 5000,
        {},
        (
            "data.csv, row 1: the row holds a NUL byte, so the file is not a table in text. Export it again as CSV or"
            " XLSX."
        ),
    ),
    "a late NUL": (
        b"a,b\n" + b"1,2\n" * 200_000 + b"3,\0\n",
        {},
        (
            "data.csv, row 200002: the row holds a NUL byte, so the file is not a table in text. Export it again as CSV or"
            " XLSX."
        ),
    ),
    "a NUL in UTF-16": (
        "a,b\n1,\0\n".encode("utf-16"),
        {},
        "data.csv, row 2: the row holds a NUL character, so the file is not a table in text.",
    ),
    "an open quotation mark": (
        b'a,b\n1,2\n1,"2\n3,4\n',
        {},
        "data.csv, row 3: a quotation mark is opened in this row and never closed.",
    ),
    "a quotation mark within": (
        b'a,b\n1,"2"x\n',
        {},
        (
            "data.csv, row 2: a quoted cell goes on after its closing quotation mark. Write a quotation mark inside a cell"
            ' twice, or say quote = "" in [file] if the file quotes nothing.'
        ),
    ),
    "an endless cell": (
        b'a,b\n1,"' + b"x\n" * 100_000,
        {},
        "data.csv, row 2: a cell is longer than 131,072 characters; a closing quotation mark may be missing.",
    ),
    "bytes of another encoding": (
        b"a,b\n1,2\n3,caf\xe9\n",
        {"encoding": "utf-8"},
        "data.csv, line 3: the byte 0xE9 is not utf-8 text. Say the file's encoding in the mapping: [file] encoding.",
    ),
    "an unknown encoding": (
        b"a,b\n",
        {"encoding": "klingon"},
        (
            "data.csv: 'klingon' is not an encoding this program knows. Write utf-8, windows-1252, latin-1, utf-16 or"
            " detect."
        ),
    ),
    "a codec that is none of text": (
        b"a,b\n",
        {"encoding": "rot13"},
        (
            "data.csv: 'rot13' is not an encoding this program knows. Write utf-8, windows-1252, latin-1, utf-16 or"
            " detect."
        ),
    ),
    "an encoding that the mark contradicts": (
        "\ufeffa,b\n".encode(),
        {"encoding": "latin-1"},
        "data.csv: the file begins with the mark of UTF-8, but the mapping says encoding 'latin-1'.",
    ),
    "bytes of no encoding": (
        b"a,b\n" + bytes(range(128, 256)) * 4 + b"\x01\x02\n",
        {},
        'data.csv: the encoding of the file could not be recognised. Name it in the mapping: [file] encoding = "…".',
    ),
    "nothing": (b"", {}, "data.csv: the file is empty."),
    "blank lines": (b"\n\n", {}, "data.csv: the file is empty: it has no header row."),
    "a header beyond the end": (
        b"a\n1\n",
        {"header_row": 9},
        "data.csv: the mapping says that row 9 is the header, but the file ends at row 2.",
    ),
    "a blank header": (
        b"a\n,\n1,2\n",
        {"header_row": 2},
        "data.csv, row 2: the row is blank, so it cannot be the header.",
    ),
    "a PDF": (b"%PDF-1.7\n", {}, "data.csv: the file is a PDF. Save the table as .xlsx or CSV."),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        {},
        (
            "data.csv: the file is a workbook of the old kind (.xls) or locked by a password. Save the table as .xlsx or"
            " CSV."
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_is_a_sentence_with_its_place(file, name):
    content, layout, sentence = REFUSALS[name]
    assert refusal(file(content), **layout) == sentence


def test_a_file_that_is_not_there(tmp_path):
    assert refusal(tmp_path / "gone.csv") == "gone.csv: the file cannot be opened: No such file or directory."
    assert refusal(tmp_path).endswith("the file cannot be opened: Is a directory.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_of_200_mb_is_refused_quickly_in_little_memory(tmp_path, encoding):
    path = tmp_path / "endless.csv"
    with path.open("wb") as out:
        out.write("a,b\n1,2\n".encode(encoding))
        piece = ("x" * 1024 * 1024).encode("utf-16-le" if encoding == "utf-16" else encoding)
        for _megabyte in range(200 // (2 if encoding == "utf-16" else 1)):
            out.write(piece)
    tracemalloc.start()
    said = refusal(path, encoding=encoding)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (
        said == "endless.csv, row 3: the row is longer than 1,000,000 characters, so the file is not a table of rows."
    )
    assert most < 30_000_000


def test_the_limits_of_an_upload(file):
    assert refusal(file(b"x" * 100), Limits(file_bytes=50)) == "data.csv: the file has 0 MB; the most is 0 MB."
    few = Limits(rows=2, columns=3)
    assert read(file("a,b\n1,2\n3,4\n"), few) == (["a", "b"], [["1", "2"], ["3", "4"]])
    assert refusal(file("a,b\n1,2\n3,4\n5,6\n"), few) == (
        "data.csv, row 4: the table has more than 2 rows. Import it by the command, or in parts."
    )
    assert refusal(file("a,b,c,d\n"), few) == "data.csv, row 1: the header names 4 columns; the most is 3."
    assert (WEB_UPLOAD.rows, WEB_UPLOAD.columns) == (200_000, 200)


def test_a_table_to_be_turned_must_be_small(file, monkeypatch):
    monkeypatch.setattr("core.spreadsheets.table.MOST_TURNED_CELLS", 3)
    assert refusal(file("a,b\n1,2\n"), transposed=True) == (
        "data.csv (turned): a table to be turned may hold 3 cells at most."
    )
