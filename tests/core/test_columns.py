"""Rows as arrays: what is written by COPY is what the database holds, and what is read is what was written."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.db import connection

from core.columns import Column, Layout

pytestmark = pytest.mark.django_db
LAYOUT = Layout(
    Column("id", "i8"),
    Column("word", "i2", words=("month", "", "year")),
    Column("day", "M8[D]"),
    Column("number", "f8"),
    Column("small", "i2"),
    Column("flag", "?"),
    Column("digest", "S4"),
)
ROWS = [
    (1, "month", date(1969, 12, 31), 0.1, 5, True, "abcd"),
    (2, "", None, None, None, False, "0000"),
    (2**40, "year", date(2999, 1, 1), -1e300, 0, True, "ffff"),
    (4, "year", date(2000, 1, 1), -0.0, 32767, False, "1a2b"),
]
QUERY = f"SELECT {LAYOUT.selected} FROM kept WHERE id > %s ORDER BY id"


@pytest.fixture(autouse=True)
def kept():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE kept (id bigint, word text, day date, number double precision, small smallint,"
            " flag boolean, digest varchar(32)) ON COMMIT DROP"
        )
        cursor.executemany("INSERT INTO kept VALUES (%s, %s, %s, %s, %s, %s, %s)", ROWS)
        yield cursor


def test_rows_are_read_with_what_is_null_as_nan_nat_and_minus_one():
    rows = LAYOUT.read(QUERY, [0])
    assert rows["id"].tolist() == [1, 2, 4, 2**40]
    assert rows["word"].tolist() == [0, 1, 2, 2]
    assert rows["day"].tolist() == [date(1969, 12, 31), None, date(2000, 1, 1), date(2999, 1, 1)]
    assert np.isnan(rows["number"]).tolist() == [False, True, False, False]
    assert rows["small"].tolist() == [5, -1, 32767, 0]
    assert rows["digest"].tolist() == [b"abcd", b"0000", b"1a2b", b"ffff"]


def test_as_python_values_they_are_what_the_database_gives():
    assert sorted(LAYOUT.listed(LAYOUT.read(QUERY, [0]))) == sorted(ROWS)
    assert LAYOUT.listed(LAYOUT.read(QUERY, [2])[["id", "word"]]) == [(4, "year"), (2**40, "year")]


def test_what_is_written_is_what_was_read(kept):
    rows = LAYOUT.read(QUERY, [0])
    kept.execute("TRUNCATE kept")
    LAYOUT.write("kept", rows)
    LAYOUT.write("kept", rows[:0])
    kept.execute("SELECT * FROM kept ORDER BY id")
    assert kept.fetchall() == sorted(ROWS)
    assert LAYOUT.read(QUERY, [0]).tobytes() == rows.tobytes()


def test_a_word_that_is_not_in_the_list_and_a_digest_of_another_length_are_told_from_all_others(kept):
    kept.execute("INSERT INTO kept VALUES (9, 'decade', NULL, NULL, NULL, true, 'ab')")
    row = LAYOUT.read(QUERY, [4])[0]
    assert (row["id"], row["word"], row["digest"]) == (9, -1, b"ab  ")


def test_no_rows_are_no_rows():
    assert len(LAYOUT.read(QUERY, [2**50])) == 0
