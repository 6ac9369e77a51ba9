"""Many rows between PostgreSQL and numpy at once, by COPY in its binary form: no Python object per row or number.

Every column has a fixed width here, so that thousands of rows are one array of a structured type: a word is its number in
a list, and what is null in the database is NaN, NaT or −1.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from django.db import connection

Rows: TypeAlias = npt.NDArray[np.void]
"""Rows of a Layout's `dtype`."""

HEAD, TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
EPOCH = 10_957
"""1 January 2000, from which PostgreSQL counts days, as numpy counts them."""
NO_DAY = np.iinfo(np.int32).min
AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Column:
    """A column, or an expression when it is only read. `dtype` is numpy's: i2, i4, i8, f8, ?, M8[D], S and a width.

    With `words` it is a text that is always one of them, held as its number; put the most frequent one first.
    """

    name: str
    dtype: str
    sql: str = ""
    words: tuple[str, ...] = ()

    @property
    def wire(self) -> str:
        """Its type as it travels: high bytes first."""
        if self.words:
            return ">i2"
        return self.dtype if self.dtype[0] in "?S" else ">i4" if self.dtype == "M8[D]" else f">{self.dtype}"

    @property
    def selected(self) -> str:
        """An expression for it that is never null and always of one width."""
        given = self.sql or f'"{self.name}"'
        if self.words:
            cases = " ".join(f"WHEN '{word}' THEN {number}" for number, word in enumerate(self.words))
            return f"(CASE {given} {cases} ELSE -1 END)::int2"
        if self.dtype[0] == "S":
            width = self.dtype[1:]
            return f"(CASE WHEN octet_length({given}) = {width} THEN {given} ELSE rpad({given}, {width}) END)::text"
        if self.dtype == "f8":
            return f"coalesce(({given})::float8, 'NaN')"
        if self.dtype == "M8[D]":
            return f"coalesce({given}, '-infinity')"
        return given if self.dtype == "?" else f"coalesce({given}, -1)::int{self.dtype[1]}"

    def read(self, given: Any) -> Any:
        """As it is held here."""
        if self.dtype != "M8[D]":
            return given
        return np.where(given == NO_DAY, np.int64(np.iinfo(np.int64).min), given.astype("i8") + EPOCH).view("M8[D]")

    def written(self, given: Any) -> Any:
        """As it travels."""
        return given.astype("i8") - EPOCH if self.dtype == "M8[D]" else given

    def plain(self, given: Any) -> list[Any]:
        """As Python values, None for null."""
        listed = given.tolist()
        if self.words:
            return [self.words[number] for number in listed]
        if self.dtype == "f8":
            return [None if number != number else number for number in listed]  # noqa: PLR0124 - NaN is not itself
        if self.dtype[0] == "S":
            return [text.decode() for text in listed]
        return [None if number == -1 else number for number in listed] if self.dtype[0] == "i" else listed

    def kinds(self, given: Any) -> tuple[Any, int]:
        """What decides how wide a value of it travels, as a number for each row, and how many such numbers there are."""
        if self.words:
            return given, len(self.words)
        if self.dtype == "M8[D]":
            return np.isnat(given), 2
        if self.dtype[0] in "fi":
            return np.isnan(given) if self.dtype == "f8" else given == -1, 2
        return None, 1


class Layout:
    """The columns of rows that are read or written together."""

    def __init__(self, *columns: Column) -> None:
        self.columns = columns
        self.names = ", ".join(f'"{each.name}"' for each in columns)
        self.selected = ", ".join(each.selected for each in columns)

    @cached_property
    def dtype(self) -> np.dtype[np.void]:
        """The type of a row."""
        return np.dtype([(each.name, "i2" if each.words else each.dtype) for each in self.columns])

    @cached_property
    def _wire(self) -> np.dtype[np.void]:
        return _wire(tuple((each.name, each.wire) for each in self.columns))

    def read(self, query: str, given: Sequence[Any] = ()) -> Rows:
        """All rows of a query that selects these columns as `selected` writes them."""
        found = io.BytesIO()
        with connection.cursor() as cursor:
            asked = cursor.mogrify(query, given).decode()
            cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT binary)", found)
        count = (found.tell() - len(HEAD) - len(TAIL)) // self._wire.itemsize
        raw = np.frombuffer(found.getbuffer(), self._wire, count, len(HEAD))
        rows = np.empty(count, self.dtype)
        for each in self.columns:
            rows[each.name] = each.read(raw[each.name])
        return rows

    def listed(self, rows: Rows) -> list[tuple[Any, ...]]:
        """As Python values, of the columns that the rows have: for few of them."""
        columns = [each.plain(rows[each.name]) for each in self.columns if each.name in (rows.dtype.names or ())]
        return list(zip(*columns, strict=True))

    def write(self, table: str, rows: Rows) -> None:
        """Append rows to a table."""
        data = io.BytesIO(b"".join([HEAD, *self._packed(rows), TAIL]))
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {table} ({self.names}) FROM STDIN (FORMAT binary)", data, AT_ONCE)

    def _packed(self, rows: Rows) -> Iterator[bytes]:
        """Rows that travel in one shape together: the same columns null, the same words."""
        shape, radix = np.zeros(len(rows), dtype=np.int64), []
        for each in self.columns:
            kinds, many = each.kinds(rows[each.name])
            radix.append(many)
            if kinds is not None:
                shape = shape * many + kinds
        shapes, place = np.unique(shape, return_inverse=True)
        kinds_of = [kinds.tolist() for kinds in np.unravel_index(shapes, radix)]
        for number, kinds in enumerate(zip(*kinds_of, strict=True)):
            yield self._alike(rows[place == number], kinds)

    def _alike(self, rows: Rows, kinds: Sequence[int]) -> bytes:
        parts, words = [], {}
        for each, kind in zip(self.columns, kinds, strict=True):
            if each.words:
                words[each.name] = each.words[kind].encode()
                parts.append((each.name, f"S{len(words[each.name])}"))
            else:
                parts.append((each.name, "" if kind else each.wire))
        packed = np.zeros(len(rows), _wire(tuple(parts)))
        packed["count"] = len(self.columns)
        for each, (name, wire) in zip(self.columns, parts, strict=True):
            width = np.dtype(wire).itemsize if wire not in {"", "S0"} else 0
            packed[f"{name} width"] = width if wire else -1
            if width:
                packed[name] = words.get(name) or each.written(rows[name])
        return packed.tobytes()


@lru_cache(maxsize=4096)
def _wire(parts: tuple[tuple[str, str], ...]) -> np.dtype[np.void]:
    """A row as it travels: the count of its columns, then of each its width and, where it has any, its bytes."""
    fields = [("count", ">i2")]
    for name, wire in parts:
        fields.append((f"{name} width", ">i4"))
        if wire not in {"", "S0"}:
            fields.append((name, wire))
    return np.dtype(fields)
