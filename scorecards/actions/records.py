"""Results as columns, what they were computed from, and how they are stored: only what really changed is written."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg2.extras import execute_values

from core.columns import Column, Layout, Rows
from scorecards.actions.timelines import Axis, Periods
from scorecards.queries.trees import FREQUENCY_WORDS
from scorecards.rules.arrays import Bools, Days, Floats, Ints, Words
from scorecards.rules.scoring import Trend
from scorecards.rules.status import Reason, Status

Hashes: TypeAlias = npt.NDArray[np.bytes_]
"""32 hexadecimal digits for each of r results."""

STATUSES = (Status.NO_DATA, Status.ON_TRACK, Status.WATCH, Status.OFF_TRACK, Status.EXCEEDS)
REASONS = (None, *Reason)
TRENDS = (Trend.STEADY, Trend.BETTER, Trend.WORSE, Trend.NONE)
NUMBERS = ("score", "coverage", "leading", "lagging", "value", "target", "red_flag", "previous")
RESULTS = Layout(
    Column("node_id", "i8"),
    Column("frequency", "i2", words=FREQUENCY_WORDS),
    Column("period_start", "M8[D]"),
    *(Column(name, "f8") for name in NUMBERS),
    Column("status", "i2", words=tuple(map(str, STATUSES))),
    Column("reason", "i2", words=("", *map(str, Reason))),
    Column("trend", "i2", words=tuple("" if each is Trend.NONE else str(each) for each in TRENDS)),
    Column("red_inside", "i4"),
    Column("parts_present", "i2"),
    Column("parts_total", "i2"),
    Column("is_provisional", "?"),
    Column("is_carried", "?"),
    Column("next_change_on", "M8[D]"),
    Column("inputs_hash", "S32"),
)
"""The table of results; the first three columns are its key."""
COLUMNS = tuple(each.name for each in RESULTS.columns)
BY_COPY_FROM = 2_000
"""From so many rows on, a copy into a temporary table is faster than a statement with values."""

Key = tuple[int, str, date]


@dataclass(frozen=True)
class Records:
    """r results as columns; `column` is the period's place on the axis, NaN and −1 stand for none."""

    node: Ints
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
    inputs_hash: Hashes

    @classmethod
    def joined(cls, many: Sequence[Records]) -> Records:
        """All results of many."""
        return cls(*(np.concatenate([getattr(each, part.name) for each in many]) for part in fields(cls)))

    def rows(self, axis: Axis) -> Rows:
        """As they are stored."""
        rows = np.empty(len(self.node), RESULTS.dtype)
        rows["node_id"], rows["frequency"] = self.node, axis.frequency[self.column]
        rows["period_start"] = axis.start[self.column]
        for name in NUMBERS:
            given = getattr(self, name)
            rows[name] = np.where(np.isnan(given), np.nan, given)
        rows["status"], rows["reason"] = _numbered(self.status, STATUSES), _numbered(self.reason, REASONS)
        rows["trend"] = _numbered(self.trend, TRENDS)
        rows["parts_present"], rows["parts_total"] = self.parts, self.of
        for name in ("red_inside", "is_provisional", "is_carried", "next_change_on", "inputs_hash"):
            rows[name] = getattr(self, name)
        return rows


def _numbered(said: Words, known: Sequence[object]) -> Ints:
    """Words as numbers, the most frequent first: after one or two rounds hardly any are left."""
    found = np.zeros(len(said), dtype=np.int64)
    left = np.arange(len(said))
    for number, word in enumerate(known):
        is_it = np.asarray(said[left] == word, dtype=np.bool_)
        found[left[is_it]] = number
        left = left[~is_it]
        if len(left) == 0:
            break
    return found


_MIX = tuple(np.uint64(number) for number in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15))
_SHIFTS = tuple(np.uint64(number) for number in (30, 27, 31, 29))


def digests(own: Floats, children: Floats | None = None, group: Ints | None = None) -> Hashes:
    """Of each of r results, a digest of what it was computed from: its own numbers and, in order, those of its children.

    Every number is mixed with its place (the mixer of SplitMix64), and what comes out is summed in two ways: 128 bits, all
    rows at once. It tells change from sameness; it is no protection against who would forge it.
    """
    found = _summed(_mixed(own, np.zeros(len(own), dtype=np.int64)))
    if children is not None and group is not None and len(group):
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        place = np.arange(len(group)) - np.repeat(first, np.diff(np.r_[first, len(group)]))
        found[group[first]] += np.add.reduceat(_summed(_mixed(children, place + 1)), first, axis=0)
    return np.frombuffer(found.astype(">u8").tobytes().hex().encode(), dtype="S32")


def _mixed(table: Floats, place: Ints) -> npt.NDArray[np.uint64]:
    """Each number as 64 bits, of which every one depends on the number, its column and its place."""
    bits = np.where(np.isnan(table), np.nan, table) + 0.0
    mixed = bits.view(np.uint64) + (place[:, None] * 64 + np.arange(1, table.shape[1] + 1)).astype(np.uint64) * _MIX[2]
    mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _MIX[0]
    mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _MIX[1]
    return np.asarray(mixed ^ (mixed >> _SHIFTS[2]), dtype=np.uint64)


def _summed(mixed: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Both sums of each row."""
    return np.stack([mixed.sum(axis=1), ((mixed ^ (mixed >> _SHIFTS[3])) * _MIX[0]).sum(axis=1)], axis=1)


# -------------------------------------------------------------------------------------------------------- storing
_SETS = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS[3:])
_OLD = ", ".join(f'r."{name}"' for name in COLUMNS[3:])
_NEW = ", ".join(f'excluded."{name}"' for name in COLUMNS[3:])
_MERGE = (
    f" ON CONFLICT (node_id, frequency, period_start) DO UPDATE SET {_SETS} WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})"
)


def store(rows: Rows) -> int:
    """Insert or change results; how many really changed. The scorecards are held (DATAMODEL A6)."""
    if len(rows) == 0:
        return 0
    names = RESULTS.names
    with connection.cursor() as cursor:
        if len(rows) < BY_COPY_FROM:
            sql = f"INSERT INTO scorecards_result AS r ({names}) VALUES %s{_MERGE}"  # noqa: S608 - constants
            execute_values(cursor, sql, RESULTS.listed(rows), page_size=BY_COPY_FROM)
            return int(cursor.rowcount)
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS fresh_results (LIKE scorecards_result) ON COMMIT DROP;"
            " TRUNCATE fresh_results"
        )
        RESULTS.write("fresh_results", rows)
        cursor.execute(
            f"INSERT INTO scorecards_result AS r ({names}) SELECT {names} FROM fresh_results{_MERGE}"  # noqa: S608
        )
        return int(cursor.rowcount)


def store_differences(rows: Rows, nodes: Collection[int], periods: Periods | None) -> tuple[int, int]:
    """The same for many rows: new ones go straight in, equal ones not at all, and what is stored of these nodes besides in
    these periods (None: in all) is deleted. How many changed, and how many are gone."""
    stored = _stored(nodes, periods)
    at, is_stored = _found_in(stored, rows)
    is_other = is_stored.copy()
    is_other[is_stored] = _differ(rows[is_stored], stored[at[is_stored]])
    new = rows[~is_stored]
    if len(new):
        RESULTS.write("scorecards_result", new)
    kept = np.zeros(len(stored), dtype=np.bool_)
    kept[at[is_stored]] = True
    gone = forget(map(tuple, RESULTS.listed(stored[~kept][list(COLUMNS[:3])])))
    return len(new) + store(rows[is_other]), gone


def _stored(nodes: Iterable[int], periods: Periods | None) -> Rows:
    """What is stored of these nodes in periods or (None) in all."""
    query = f"SELECT {RESULTS.selected} FROM scorecards_result WHERE node_id = ANY(%s)"  # noqa: S608 - constants
    given: list[list[Any]] = [sorted(nodes)]
    if periods is not None:
        query += " AND (frequency, period_start) IN (SELECT * FROM unnest(%s::text[], %s::date[]))"
        pairs = [(frequency.value, start) for frequency, starts in periods.items() for start in starts]
        given += [[name for name, _ in pairs], [start for _, start in pairs]]
    return RESULTS.read(query, given)


def _found_in(stored: Rows, rows: Rows) -> tuple[Ints, Bools]:
    """Where each row's key is stored, and whether it is."""
    if len(stored) == 0:
        return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    nodes = np.unique(np.concatenate([stored["node_id"], rows["node_id"]]))
    given, asked = _keys(stored, nodes), _keys(rows, nodes)
    order = np.argsort(given)
    at = order[np.minimum(np.searchsorted(given[order], asked), len(given) - 1)]
    return at, given[at] == asked


def _keys(rows: Rows, nodes: Ints) -> Ints:
    """The key as one number."""
    day = rows["period_start"].astype(np.int64) + 10**6
    found: Ints = (np.searchsorted(nodes, rows["node_id"]) * 8 + rows["frequency"]) * 10**7 + day
    return found


def _differ(rows: Rows, stored: Rows) -> Bools:
    """Which rows say another thing than what is stored; −0 is 0, as it is to the database."""
    found = np.zeros(len(rows), dtype=np.bool_)
    for name in COLUMNS[3:]:
        given, before = rows[name], stored[name]
        is_other = given != before
        if given.dtype.kind in "fM":
            is_other &= ~(np.isnan(given) & np.isnan(before))
        found |= is_other
    return found


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
