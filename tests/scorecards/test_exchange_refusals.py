"""Files that cannot be measures, through the command that people type: a sentence with its place, and nothing written."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from organization.roles import Role
from scorecards.models import Measure
from tests import factories

pytestmark = pytest.mark.django_db
MAPPING = """
version = 1
kind = "measures"
source = "A stranger's table"
[fields]
code = "Code"
name = "Name"
unit = "Ward"
polarity = { constant = "down" }
frequency = { constant = "month" }
[periods]
column = "Month"
format = "month"
[[values]]
series = "actual"
column = "Value"
"""
HEADER = b"Code,Name,Ward,Month,Value\n"
FINE = b"Z1,Falls,Ward 7,2026-01,4\n"
TABLE = HEADER + FINE

REFUSED = {
    "an encoding nobody knows": (
        TABLE,
        MAPPING + '[file]\nencoding = "klingon"\n',
        "ward.toml: [file] encoding: 'klingon' is not an encoding this program knows.",
    ),
    "an encoding nobody can guess": (
        TABLE + bytes(range(128, 256)) * 4 + b"\x01\x02\n",
        MAPPING,
        "ward.csv: the encoding of the file could not be recognised. Name it in the mapping: [file] encoding",
    ),
    "bytes of another encoding": (
        TABLE + "Z2,Stürze,Ward 8,2026-01,4\n".encode("latin-1"),
        MAPPING + '[file]\nencoding = "utf-8"\n',
        "ward.csv, line 3: the byte 0xFC is not utf-8 text.",
    ),
    "a ragged row": (
        TABLE + b"Z2,Falls\n",
        MAPPING,
        "ward.csv, row 3, column 'Ward': the number of cells, 2, is not the number of columns in the header, 5.",
    ),
    "a header that names a column twice": (
        HEADER.replace(b"Ward", b"Code") + FINE,
        MAPPING,
        "ward.csv, row 1, column 'Code': the header names this column twice, as column 1 and column 3.",
    ),
    "a file of NULs": (b"\0" * 5000, MAPPING, "ward.csv, row 1: the row holds a NUL byte"),
    "an endless line": (
        TABLE + b"x" * 3_000_000,
        MAPPING,
        "ward.csv, row 3: the row is longer than 1,000,000 characters",
    ),
    "a period that is none": (
        TABLE + b"Z1,Falls,Ward 7,sometime,4\n",
        MAPPING,
        "ward.csv, row 3, column 'Month': 'sometime' is not a period (month).",
    ),
    "text in a number": (
        TABLE + b"Z1,Falls,Ward 7,2026-02,four\n",
        MAPPING,
        "ward.csv, row 3, column 'Value': 'four' is not a number.",
    ),
    "a column that is not there": (
        TABLE,
        MAPPING.replace('"Value"', '"Vallue"'),
        "[[values]] 1: the file 'ward.csv' has no column 'Vallue'. Did you mean 'Value'?",
    ),
}


@pytest.fixture(autouse=True)
def officer():
    return factories.member(Role.SMO_OFFICER, factories.unit("Hospital"))


def rows() -> dict[str, int]:
    """How many rows every table holds."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def take(folder: Path, content: bytes, mapping: str) -> str:
    """What the command said, an error at the end."""
    (folder / "ward.csv").write_bytes(content)
    (folder / "ward.toml").write_text(mapping)
    out = StringIO()
    try:
        call_command(
            "import_table",
            str(folder / "ward.csv"),
            mapping=folder / "ward.toml",
            kind="measures",
            commit=True,
            stdout=out,
        )
    except CommandError as error:
        return f"{out.getvalue()}! {error}"
    return out.getvalue()


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_one_sentence_and_nothing_is_written(tmp_path, name):
    content, mapping, sentence = REFUSED[name]
    before = rows()
    said = take(tmp_path, content, mapping)
    assert sentence in said and "! " in said
    assert rows() == before


def test_the_table_they_are_made_from_is_taken(tmp_path):
    before = rows()
    assert "Rows: taken 1, changed 0, unchanged 0, skipped 0, refused 0." in take(tmp_path, TABLE, MAPPING)
    assert {label for label, count in rows().items() if count > before[label]} >= {
        "scorecards.Measure",
        "scorecards.Observation",
        "jobs.ImportRun",
    }


def test_an_import_that_does_not_speak_of_the_unit_of_measure_leaves_a_percentage_one(tmp_path):
    take(tmp_path, TABLE, MAPPING + '[fields.unit_of_measure]\nconstant = "%"\n')
    assert Measure.objects.get().is_percent
    assert "changed 1, unchanged 0" in take(tmp_path, TABLE.replace(b"Falls", b"Falls on wards"), MAPPING)
    assert (Measure.objects.get().name, Measure.objects.get().is_percent) == ("Falls on wards", True)
