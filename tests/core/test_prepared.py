"""Prepared statements: the same rows as the plain statement, planned once for a connection, and again for the next one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.prepared import FEW, Prepared

pytestmark = pytest.mark.django_db(transaction=True)

TWICE = Prepared(
    "twice",
    "SELECT n * 2, %(word)s FROM unnest(%(numbers)s::bigint[]) AS n ORDER BY 1",
    numbers="bigint[]",
    word="text",
)


def rows(count: int) -> list[tuple[int, str]]:
    with TWICE.run(count, numbers=list(range(count)), word="50% 'of' it") as cursor:
        return cursor.fetchall()


def planned() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'twice'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1])
def test_few_and_many_give_the_rows_of_the_statement(count):
    for _time in range(2):
        assert rows(count) == [(2 * number, "50% 'of' it") for number in range(count)]


def test_it_is_one_statement_and_planned_once_for_each_connection():
    for _connection in range(2):
        connection.close()
        assert (connection.ensure_connection(), planned()) == (None, 0)
        with CaptureQueriesContext(connection) as asked:
            assert [rows(1), rows(2)] == [[(0, "50% 'of' it")], [(0, "50% 'of' it"), (2, "50% 'of' it")]]
        assert (len(asked), planned()) == (2, 1)


def test_what_was_planned_outlives_a_transaction_that_was_rolled_back():
    connection.close()
    connection.set_autocommit(False)
    try:
        rows(1)
        connection.rollback()
    finally:
        connection.set_autocommit(True)
    assert rows(1) == [(0, "50% 'of' it")]
