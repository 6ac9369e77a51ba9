"""Kinds of import: found by name, run all or nothing, with a line for every row."""

import csv
import io

import pytest
from django.db import connection

from core import importers as registry
from core.importers import ImportReport, Outcome, importer, importer_named, importers, run
from core.mapping import CellProblem, Field, MappedRow, Mapping, MappingError
from core.spreadsheets import Limits

MAPPING = Mapping.parse(
    """
kind = "things"
source = "A test"
[fields]
code = "id"
name = { column = "n", default = "none" }
[[values]]
series = "actual"
column = "v"
period = "FY2024"
[rows]
exclude = { id = "total" }
"""
)
FIELDS = (Field("code", required=True), Field("name", max_length=5))


@pytest.fixture
def kinds(monkeypatch):
    """An importer that takes things: new ones unless called "old", and refuses those called "bad"."""
    monkeypatch.setattr(registry, "_importers", {})
    calls = []

    @importer("things", title="Things", fields=FIELDS, series=("actual",), options=(Field("strategy"),))
    def plan(actor, rows, *, commit, options):
        report = ImportReport()
        for row in rows:
            name = row.values.get("name")
            if name == "bad":
                report.refuse(row.problem("nobody takes this.", "name"), what=row.values["code"])
            else:
                report.add(row.number, Outcome.UNCHANGED if name == "old" else Outcome.TAKEN, row.values["code"])
            report.totals["values"] = report.totals.get("values", 0) + len(row.periods)
        calls.append((actor, commit, options))
        return report

    return calls


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "things.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def lines(report):
    return [tuple(line) for line in report.lines]


def test_a_dry_run_reports_every_row(kinds, file):
    report = run("things", MAPPING, file("id,n,v,w\n1,a,5,\n2,old,,\ntotal,,9,\n3,,7,\n"), actor="Ann")
    assert report.counts == {"taken": 2, "unchanged": 1, "skipped": 1}
    assert report.totals == {"values": 2}
    assert report.defaulted == {"name": 1}
    assert (report.kind, report.source, report.file, report.is_committed, report.is_refused) == (
        "things", "A test", "things.csv", False, False,
    )  # fmt: skip
    assert lines(report) == [
        (2, "taken", "1", ""),
        (3, "unchanged", "2", ""),
        (4, "skipped", "", "'id' is 'total'."),
        (5, "taken", "3", ""),
    ]
    assert report.found == {
        "encoding": "utf-8",
        "encoding_is_guessed": False,
        "delimiter": ",",
        "sheet": "",
        "columns": ["id", "n", "v", "w"],
        "unused_columns": ["w"],
    }
    assert kinds == [("Ann", False, {"strategy": None})]
    assert report.summary() == [
        "Rows: taken 2, changed 0, unchanged 1, skipped 1, refused 0.",
        "values: 2.",
        "Rows without 'name', for which the default stands: 1.",
        "This was a dry run. Nothing was written.",
    ]


def test_all_problems_are_listed_those_of_cells_and_those_of_the_importer(kinds, file):
    report = run("things", MAPPING, file("id,n,v\n1,bad,5\n,too long,x\n3,ok,1\n"), actor=None)
    assert report.problems == [
        "things.csv, row 2, column 'n': nobody takes this.",
        "things.csv, row 3, column 'id': the cell is empty, but the field 'code' is required.",
        "things.csv, row 3, column 'n': the text has 8 characters; the most is 5.",
        "things.csv, row 3, column 'v': 'x' is not a number.",
    ]
    assert (report.problem_count, report.is_refused) == (4, True)
    assert report.counts == {"refused": 2, "taken": 1}
    assert [line[:3] for line in lines(report)] == [
        (2, "refused", "1"),
        (3, "refused", ""),
        (3, "refused", ""),
        (3, "refused", ""),
        (4, "taken", "3"),
    ]
    assert report.summary()[-5:] == ["Problems: 4. Nothing was written.", *report.problems]


def test_many_problems_are_counted_and_the_first_ones_listed(kinds, file):
    report = run("things", MAPPING, file("id,n,v\n" + "1,a,x\n" * 1_000), actor=None)
    assert (len(report.problems), report.problem_count, report.counts) == (200, 1_000, {"refused": 1_000})
    assert report.summary()[-1] == "… and 800 more."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id,n,v\n1,a\n", ("things.csv, row 2, column 'v': the number of cells, 2, is not the number of columns in the"
         " header, 3. Cells were taken to be separated by ','.")),
        ("", "things.csv: the file is empty."),
        ("ID,n,v\n", ("[fields] code: the file 'things.csv' has no column 'id'. Did you mean 'ID'? Its columns are 'ID',"
         " 'n', 'v'.")),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_one_sentence(kinds, file, text, sentence):
    report = run("things", MAPPING, file(text), actor=None, commit=False)
    assert report.problems[0] == sentence
    assert report.is_refused is True


def test_a_kind_or_mapping_that_does_not_fit(kinds, file):
    path = file("id\n")
    assert run("thing", MAPPING, path, actor=None).problems == [
        "there is no kind of import 'thing'. Did you mean 'things'? Known are 'things'."
    ]
    other = Mapping.parse('kind = "people"\n[fields]\ncode = "id"\n')
    assert run("things", other, path, actor=None).problems == ["the mapping is for 'people', not for 'things'."]
    assert run("things", MAPPING, path, actor=None, options={"strategie": "x"}).problems == [
        "option 'strategie' is not known. Did you mean 'strategy'?"
    ]
    assert kinds == []


def test_options_come_from_the_mapping_and_the_caller_wins(kinds, file):
    text = 'kind="things"\n[fields]\ncode="id"\n[options]\nstrategy="From the mapping"\n'
    path = file("id\n1\n")
    run("things", Mapping.parse(text), path, actor=None)
    run("things", Mapping.parse(text), path, actor=None, options={"strategy": "From the caller"})
    assert [options for _actor, _commit, options in kinds] == [
        {"strategy": "From the mapping"},
        {"strategy": "From the caller"},
    ]


def test_limits_are_those_of_the_caller(kinds, file):
    report = run("things", MAPPING, file("id,n,v\n1,a,1\n2,a,1\n"), actor=None, limits=Limits(rows=1))
    assert report.problems == [
        "things.csv, row 3: the table has more than 1 rows. Import it by the command, or in parts."
    ]


def test_progress_is_told_every_thousand_rows(kinds, file):
    told = []
    run("things", MAPPING, file("id,n,v\n" + "1,a,1\n" * 2_500), actor=None, progress=told.append)
    assert told == [1_000, 2_000]


def test_typed_rows_are_made_for_an_importer_that_asks(monkeypatch, file):
    monkeypatch.setattr(registry, "_importers", {})

    class Thing:
        @classmethod
        def of(cls, row: MappedRow):
            if row.values["code"] == "0":
                raise CellProblem("there is no thing 0.")
            return row.values["code"] * 2

    seen = []

    @importer("things", Thing, title="Things", fields=FIELDS, series=("actual",))
    def plan(actor, rows, *, commit, options):
        seen.extend(rows)
        return ImportReport()

    report = run("things", MAPPING, file("id,n,v\n1,a,\n0,a,\n"), actor=None)
    assert seen == ["11"]
    assert report.problems == ["things.csv, row 3: there is no thing 0."]


def test_what_the_importer_does_not_read_is_checked_all_the_same(monkeypatch, file):
    monkeypatch.setattr(registry, "_importers", {})
    importer("things", title="Things", fields=FIELDS, series=("actual",))(lambda *_args, **_named: ImportReport())
    assert run("things", MAPPING, file("id,n,v\n1,a,x\n"), actor=None).problem_count == 1


@pytest.mark.django_db(transaction=True)
def test_one_problem_and_nothing_is_written(monkeypatch, file):
    monkeypatch.setattr(registry, "_importers", {})

    @importer("things", title="Things", fields=FIELDS, series=("actual",))
    def plan(actor, rows, *, commit, options):
        with connection.cursor() as cursor:
            for row in rows:
                if commit:
                    cursor.execute("INSERT INTO import_test VALUES (%s)", [row.values["code"]])
        return ImportReport()

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM import_test")
            return cursor.fetchone()[0]

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE import_test (code text)")
    try:
        refused = run("things", MAPPING, file("id,n,v\n1,a,1\n2,a,x\n"), actor=None, commit=True)
        assert (refused.is_refused, refused.is_committed, count()) == (True, False, 0)
        broken = run("things", MAPPING, file("id,n,v\n1,a,1\n2,a\n"), actor=None, commit=True)
        assert (broken.is_refused, broken.is_committed, count()) == (True, False, 0)
        dry = run("things", MAPPING, file("id,n,v\n1,a,1\n"), actor=None)
        assert (dry.is_refused, dry.is_committed, count()) == (False, False, 0)
        good = run("things", MAPPING, file("id,n,v\n1,a,1\n2,a,2\n"), actor=None, commit=True)
        assert (good.is_refused, good.is_committed, count()) == (False, True, 2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE import_test")


def test_kinds_are_registered_once(kinds):
    assert [known.kind for known in importers()] == ["things"]
    assert importer_named("things").series == ("actual",)
    with pytest.raises(MappingError):
        importer_named("people")
    with pytest.raises(RuntimeError, match=r"^importer things is registered twice$"):
        importer("things", title="Again", fields=())(print)


def test_a_report_is_a_dataset_and_a_document():
    report = ImportReport(kind="things")
    report.add(2, Outcome.TAKEN, "=1", "new")
    report.add(3, Outcome.SKIPPED, why='two\nlines, "quoted"')
    rows = list(csv.reader(io.StringIO(b"".join(report.dataset().csv()).decode("utf-8-sig"), newline="")))
    assert rows == [
        ["Row", "Outcome", "What", "Why"],
        ["2", "taken", "'=1", "new"],
        ["3", "skipped", "", 'two\nlines, "quoted"'],
    ]
    report.add(4, Outcome.CHANGED)
    assert (len(report.lines), [line.row for line in report.lines]) == (3, [2, 3, 4])
    assert report.to_document()["counts"] == {"taken": 1, "skipped": 1, "changed": 1}


def test_many_lines_are_kept_in_a_file():
    report = ImportReport()
    for number in range(30_000):
        report.add(number, Outcome.TAKEN, f"thing number {number}", "because it is new")
    assert [line.row for line in report.lines] == list(range(30_000))
