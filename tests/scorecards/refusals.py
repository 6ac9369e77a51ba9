"""One way to prove that a refusal changed nothing: every row of scorecards and of the log is as before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from core.actions import Outcome, Refusal


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of scorecards, and of the log, as the database prints it."""
    tables = [m._meta.db_table for m in apps.get_app_config("scorecards").get_models(include_auto_created=True)]
    found = {}
    with connection.cursor() as cursor:
        for table in [*tables, "audit_event", "audit_change", "organization_subject"]:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Whatever happens inside, no row is other than before."""
    before = everything()
    yield
    assert everything() == before


@contextmanager
def refused(sentence: str, by: type[Exception] = Refusal) -> Iterator[None]:
    """The block is refused with these very words, and changes nothing."""
    with nothing_changes(), pytest.raises(by) as caught, transaction.atomic():
        yield
    assert str(caught.value) == sentence


def told(outcome: Outcome) -> list[tuple[int, str, str]]:
    """Row, result and reason."""
    return [(row.row, row.result, row.reason) for row in outcome.rows]
