"""A folder of tables as one table: parts of names and texts beside the rows, breakdowns, and what cannot be read."""

from __future__ import annotations

import pytest

from core.mapping import Field, MappedRow, Mapping, MappingError, Problem, apply
from core.spreadsheets import FolderTable, SpreadsheetError
from core.spreadsheets.frontmatter import front_matter
from core.spreadsheets.layout import COMMAND

MAPPING = """
version = 1
kind = "measures"
[folder]
files = 'data/(?P<code>[a-z]+)\\.csv'
about = { en = "meta/{code}.md" }
apart = ["Year", "Value", "Series"]
breakdown = "Breakdown"
[periods]
column = "Year"
format = "year"
[fields]
code = { parts = ["code", "Series"], slug = 20, prefix = "X-" }
name = { parts = ["en.title", "Series"], join = ": ", plain = true }
line = "Breakdown"
[[values]]
series = "actual"
column = "Value"
[[values]]
series = "target"
column = "en.aims.1.value"
period_column = "en.aims.1.year"
"""
FIELDS = (Field("code", required=True), Field("name"), Field("line"))
TEXT = "---\ntitle: <b>Waits</b> &amp; delays\naims:\n- value: 4\n  year: 2030\n---\nA longer text: [not YAML\n"


ALIASES = "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]\n---"


@pytest.fixture
def folder(tmp_path):
    for name in ("data", "meta"):
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "a.csv").write_text("Year,Sex,Age,Value\n2024,,,5\n2024,Female,16-24,6\n2024,,16-24,\n")
    (tmp_path / "data" / "b.csv").write_text("\nYear,Series,Value\n2024,One of very long name indeed,x\n2025,Two,8\n")
    (tmp_path / "data" / "notes.txt").write_text("no table")
    (tmp_path / "meta" / "a.md").write_text(TEXT)
    (tmp_path / "meta" / "c.md").write_text("---\ntitle: Alone\naims: [{value: 9, year: 2031}]\n---\n")
    return tmp_path


def read(folder, text=MAPPING):
    mapping = Mapping.parse(text)
    with FolderTable(folder, mapping.folder, mapping.layout, COMMAND) as table:
        return list(apply(mapping, table, FIELDS, series=("actual", "target"))), table


def test_rows_of_all_files_stand_in_one_table(folder):
    found, table = read(folder)
    rows = [row for row in found if isinstance(row, MappedRow)]
    assert [(row.values["code"], row.values["name"], row.values["line"]) for row in rows] == [
        ("X-a", "Waits & delays", None),
        ("X-a", "Waits & delays", "Sex: Female; Age: 16-24"),
        ("X-a", "Waits & delays", "Age: 16-24"),
        ("X-b-two", "Two", None),
        ("X-c", "Alone", None),
    ]
    assert [[(v.period.key, v.series, v.value) for v in row.periods] for row in rows] == [
        [("FY2024", "actual", 5), ("FY2030", "target", 4)], [("FY2024", "actual", 6), ("FY2030", "target", 4)],
        [("FY2030", "target", 4)], [("FY2025", "actual", 8)], [("FY2031", "target", 9)],
    ]  # fmt: skip
    assert table.notes == ["meta/b.md is not there; what it would say is missing."]


def test_a_cell_that_does_not_fit_is_named_by_its_own_file_and_row(folder):
    found, _table = read(folder)
    (problem,) = [str(one) for one in found if isinstance(one, Problem)]
    assert problem.startswith("data/b.csv, row 3, column 'Value': 'x' is not a number.")


def test_long_texts_stay_apart_as_codes(folder):
    (folder / "data" / "b.csv").write_text(
        "Year,Series,Value\n2024,One of very long name indeed,1\n2024,One of very long name in truth,2\n"
    )
    codes = {row.values["code"] for row in read(folder)[0] if row.values["code"].startswith("X-b")}
    assert (len(codes), {len(code) <= 22 and code.startswith("X-b-one-of-ve") for code in codes}) == (2, {True})


@pytest.mark.parametrize(("text", "said"), [
    ("---\na: [\n---", "is not YAML near row"),
    ("---\na: " + "[" * 400 + "\n---", "so what it says is missing."),
    ("---\n" + "".join(f"k{n}: 1\n" for n in range(2001)) + "---", "says more than can be read"),
    (ALIASES, "says more than can be read"),
    ("---\na: &a [*a]\n---", "so what it says is missing."),
    ("x" * (1024 * 1024 + 1), "is larger than 1 MB"),
])  # fmt: skip
def test_a_text_that_cannot_be_read_is_noted_and_the_rest_loads(folder, text, said):
    (folder / "meta" / "a.md").write_text(text)
    found, table = read(folder)
    assert (table.notes[0].startswith("meta/a.md"), said in table.notes[0]) == (True, True)
    assert len([row for row in found if isinstance(row, MappedRow)]) == 5


def test_a_text_runs_no_code(folder):
    (folder / "meta" / "a.md").write_text("---\na: !!python/object/apply:os.system ['touch /tmp/never']\n---\n")
    with pytest.raises(SpreadsheetError, match="is not YAML"):
        front_matter(folder / "meta" / "a.md")


def test_a_link_out_of_the_folder_is_no_file_of_it(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("Year,Value\n2024,1\n")
    (folder / "data" / "z.csv").symlink_to(outside)
    assert not any(row.values["code"] == "X-z" for row in read(folder)[0] if isinstance(row, MappedRow))


def test_a_folder_without_such_files_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(SpreadsheetError, match="no file in the folder has a name as the mapping says"):
        read(tmp_path)


@pytest.mark.parametrize(("change", "sentence"), [
    (("files = 'data/(?P<code>[a-z]+)\\.csv'", ""), "[folder] files: say which files"),
    (("{code}.md", "{kind}.md"), "[folder.about] en: in braces stand names of groups of files, such as 'code'."),
    (("slug = 20", "slug = 3"), "[fields] code slug: must be a whole number from 8 to 40, not 3."),
    (("breakdown =", "brakedown ="), "[folder]: 'brakedown' is not known here. Did you mean 'breakdown'?"),
])  # fmt: skip
def test_a_mapping_of_a_folder_is_checked(change, sentence):
    with pytest.raises(MappingError) as caught:
        Mapping.parse(MAPPING.replace(*change))
    assert any(sentence in said for said in caught.value.sentences), caught.value.sentences
