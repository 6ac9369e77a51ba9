"""Statements that the database plans once for a connection: of many joins over few rows, planning is the dearer part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

FEW = 100
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""Which statements each connection has prepared; a new connection knows none."""


class Prepared:
    """One statement under a name, written with `%(value)s`; the types say what each value is to the database."""

    def __init__(self, name: str, sql: str, **types: str) -> None:
        self.name, self.sql = name, sql
        self.values = tuple(types)
        places = {value: f"${number}" for number, value in enumerate(types, start=1)}
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {sql % places}"
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"

    @contextmanager
    def run(self, count: int, **values: Any) -> Iterator[Any]:
        """A cursor over its rows. Asked of more than `FEW` at once, it is planned for their number."""
        with connection.cursor() as cursor:
            if count > FEW:
                cursor.execute(self.sql, values)
                yield cursor
                return
            known = _known.setdefault(connection.connection, set())
            if self.name not in known:
                with connection.connection.cursor() as plain:
                    plain.execute(self._prepare)
                known.add(self.name)
            cursor.execute(self._execute, [values[value] for value in self.values])
            yield cursor
