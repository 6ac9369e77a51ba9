"""Rows of the table of results as columns, and how they are stored: only what really changed is written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from django.db import connection
from psycopg2.extras import execute_values

from scorecards.actions.figures import FREQUENCIES, NONE
from scorecards.actions.timelines import Lines, Periods
from scorecards.rules.arrays import Bools, Days, Floats, Ints, Words

COLUMNS = (
    "node_id", "frequency", "period_start", "score", "status", "reason", "coverage", "leading", "lagging", "value",
    "target", "red_flag", "previous", "trend", "red_inside", "parts_present", "parts_total", "is_provisional",
    "is_carried", "next_change_on", "inputs_hash",
)  # fmt: skip
KEY = COLUMNS[:3]
BY_COPY_FROM = 2_000
"""From so many rows on, a copy into a temporary table is faster than a statement with values."""

Key = tuple[int, str, date]


@dataclass(frozen=True)
class Records:
    """r results as columns; `frequency` and `column` name the period, NaN and −1 stand for none."""

    node: Ints
    frequency: Ints
    column: Ints
    score: Floats
    status: Words
    reason: Words
    coverage: Floats
    leading: Floats
    lagging: Floats
    value: Floats
    target: Floats
    red_flag: Floats
    previous: Floats
    trend: Words
    red_inside: Ints
    parts: Ints
    of: Ints
    is_provisional: Bools
    is_carried: Bools
    next_change_on: Days
    inputs_hash: list[str]

    def rows(self, lines: Lines) -> list[tuple[Any, ...]]:
        """As tuples in the order of COLUMNS."""
        named = {
            (number, column): (frequency.value, period.start)
            for number, frequency in enumerate(FREQUENCIES)
            if frequency in lines
            for column, period in enumerate(lines[frequency].periods)
        }
        keys = [named[key] for key in zip(self.frequency.tolist(), self.column.tolist(), strict=True)]
        columns: list[list[Any]] = [self.node.tolist(), [name for name, _ in keys], [start for _, start in keys]]
        columns += [_plain(getattr(self, part.name)) for part in fields(self)[3:]]
        return list(zip(*columns, strict=True))


def _plain(column: Any) -> list[Any]:
    """A column as Python values: None for no number, "" for no word."""
    if isinstance(column, list):
        return column
    listed = column.tolist()
    if column.dtype.kind == "f":
        return [None if number != number else number for number in listed]  # noqa: PLR0124 - NaN is not itself
    if column.dtype.kind == "i":
        return [None if number == NONE else number for number in listed]
    if column.dtype.kind == "O":
        return ["" if word is None or word == "none" else str(word) for word in listed]
    return list(listed)


def digests(table: Floats, bounds: Sequence[int] | Ints) -> list[str]:
    """A digest of each stretch of rows, from one bound to the next, of what a result was computed from."""
    canonical = np.ascontiguousarray(np.where(np.isnan(table), np.nan, table) + 0.0, dtype="<f8")
    data, width = canonical.tobytes(), canonical.shape[1] * 8
    edges = [int(bound) * width for bound in bounds]
    return [hashlib.blake2b(data[begin:end], digest_size=16).hexdigest() for begin, end in pairwise(edges)]


_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_SETS = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS[3:])
_OLD = ", ".join(f'r."{name}"' for name in COLUMNS[3:])
_NEW = ", ".join(f'excluded."{name}"' for name in COLUMNS[3:])
_MERGE = (
    f" ON CONFLICT (node_id, frequency, period_start) DO UPDATE SET {_SETS} WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})"
)


def store(rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert or change results; how many really changed. The scorecards are held (DATAMODEL A6)."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        if len(rows) < BY_COPY_FROM:
            sql = f"INSERT INTO scorecards_result AS r ({_NAMES}) VALUES %s{_MERGE}"  # noqa: S608 - constants
            execute_values(cursor, sql, rows, page_size=BY_COPY_FROM)
            return int(cursor.rowcount)
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS fresh_results (LIKE scorecards_result) ON COMMIT DROP;"
            " TRUNCATE fresh_results"
        )
        copy_rows("fresh_results", COLUMNS, rows)
        cursor.execute(
            f"INSERT INTO scorecards_result AS r ({_NAMES}) SELECT {_NAMES} FROM fresh_results{_MERGE}"  # noqa: S608
        )
        return int(cursor.rowcount)


def store_differences(rows: Sequence[tuple[Any, ...]], stored: Mapping[Key, tuple[Any, ...]]) -> int:
    """The same for many rows where it is known what is stored of them: new ones go straight in, equal ones not at all."""
    new = [row for row in rows if row[:3] not in stored]
    if new:
        copy_rows("scorecards_result", COLUMNS, new)
    return len(new) + store([row for row in rows if row[:3] in stored and stored[row[:3]] != row])


def stored_rows(nodes: Iterable[int], periods: Periods | None) -> dict[Key, tuple[Any, ...]]:
    """What is stored of these nodes in periods or (None) in all, in the order of COLUMNS, by key."""
    sql = f"SELECT {_NAMES} FROM scorecards_result WHERE node_id = ANY(%s)"  # noqa: S608 - constants
    given: list[list[Any]] = [sorted(nodes)]
    if periods is not None:
        sql += " AND (frequency, period_start) IN (SELECT * FROM unnest(%s::text[], %s::date[]))"
        pairs = [(frequency.value, start) for frequency, starts in periods.items() for start in starts]
        given += [[name for name, _ in pairs], [start for _, start in pairs]]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {row[:3]: row for row in cursor.fetchall()}


def forget(keys: Iterable[Key]) -> int:
    """Delete results that are no longer to be: of a retired node, or beyond a strategy's end."""
    gone = sorted(keys)
    if gone:
        with connection.cursor() as cursor:
            execute_values(
                cursor,
                "DELETE FROM scorecards_result r USING (VALUES %s) AS gone(node_id, frequency, period_start)"
                " WHERE r.node_id = gone.node_id AND r.frequency = gone.frequency"
                " AND r.period_start = gone.period_start::date",
                gone,
                page_size=max(len(gone), 1),
            )
    return len(gone)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to a table by COPY: the fastest way in, in one statement for one row or a hundred thousand."""
    names = ", ".join(f'"{name}"' for name in columns)
    written = zip(*(_written(column) for column in zip(*rows, strict=True)), strict=True)
    text = "".join(line + "\n" for line in map("\t".join, written))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO(text))


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"


def _written(column: Sequence[Any]) -> list[str]:
    """A column as COPY reads it. Mostly all of one type, so it is not asked value by value."""
    types = set(map(type, column))
    write: Callable[[Any], str] = _text
    if types <= {float, type(None)}:
        write = repr
    elif types <= {int, date, Decimal, type(None)}:
        write = str
    if type(None) in types:
        return [_NULL if value is None else write(value) for value in column]
    return list(map(write, column))


def _text(value: Any) -> str:
    """Words, flags and moments, and what a mixed column holds."""
    text = value if type(value) is str else str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)
