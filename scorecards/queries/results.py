"""Stored results: what computing reads of them, what the clock has made old, and how one is explained (METHOD §5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db import connection

from core.columns import Column, Layout, Rows
from core.periods import Frequency
from scorecards.queries.trees import FREQUENCY_WORDS

KNOWN = Layout(
    Column("node", "i8", "r.node_id"),
    Column("frequency", "i2", "r.frequency", FREQUENCY_WORDS),
    Column("start", "M8[D]", "r.period_start"),
    Column("score", "f8", "r.score"),
    Column("value", "f8", "r.value"),
    Column("coverage", "f8", "r.coverage"),
    Column("is_red", "?", "r.status = 'off_track'"),
    Column("is_provisional", "?", "r.is_provisional"),
    Column("red_inside", "i4", "r.red_inside"),
)
"""What other results read of a stored one."""


def known_results(nodes: Collection[int], periods: Mapping[Frequency, Collection[date]]) -> Rows:
    """Stored results of nodes in periods."""
    pairs = [(frequency.value, start) for frequency, starts in periods.items() for start in sorted(starts)]
    if not nodes or not pairs:
        return np.empty(0, KNOWN.dtype)
    query = f"""
SELECT {KNOWN.selected} FROM scorecards_result r WHERE r.node_id = ANY(%s) AND (r.frequency, r.period_start) IN
  (SELECT p.frequency, p.start FROM unnest(%s::text[], %s::date[]) AS p(frequency, start))
"""  # noqa: S608 - constants
    return KNOWN.read(query, [sorted(nodes), [name for name, _ in pairs], [start for _, start in pairs]])


class Shown(NamedTuple):
    """What a scorecard draws of a stored result."""

    node: int
    start: date
    status: str
    reason: str
    score: float | None
    value: float | None
    target: float | None
    trend: str
    coverage: float
    red_inside: int
    is_carried: bool
    is_provisional: bool
    parts_present: int | None
    parts_total: int | None


_SHOWN = """
SELECT node_id, period_start, status, reason, score, value, target, trend, coverage, red_inside, is_carried,
  is_provisional, parts_present, parts_total
FROM scorecards_result WHERE node_id = ANY(%s) AND frequency = %s AND period_start = ANY(%s)
"""


def shown_results(
    nodes: Collection[int], frequency: Frequency, starts: Collection[date]
) -> dict[tuple[int, date], Shown]:
    """By node and first day; rows and not models, of which a scorecard with its sparklines would make hundreds."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [list(nodes), frequency.value, list(starts)])
        return {row[:2]: Shown._make(row) for row in cursor.fetchall()}


def result_keys(
    nodes: Collection[int], periods: Mapping[Frequency, Collection[date]] | None
) -> set[tuple[int, str, date]]:
    """Which results are stored for nodes, in periods or (None) in all."""
    sql, given = (
        "SELECT node_id, frequency, period_start FROM scorecards_result WHERE node_id = ANY(%s)",
        [sorted(nodes)],
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows = cursor.fetchall()
    return {row for row in rows if periods is None or row[2] in periods.get(Frequency(row[1]), ())}


@dataclass(frozen=True)
class Due:
    """A result that the clock has made old."""

    node: int
    card: int | None
    frequency: Frequency
    start: date


def due_results(today: date) -> list[Due]:
    """Results to be looked at anew today, by scorecard."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.node_id, n.scorecard_id, r.frequency, r.period_start FROM scorecards_result r"
            " JOIN scorecards_node n ON n.id = r.node_id WHERE r.next_change_on <= %s"
            " ORDER BY n.scorecard_id NULLS LAST, r.node_id",
            [today],
        )
        return [Due(row[0], row[1], Frequency(row[2]), row[3]) for row in cursor.fetchall()]


_BEYOND = """
WITH lengths(frequency, months, length) AS (VALUES ('week', 0, interval '7 days'), ('month', 1, interval '1 month'),
  ('quarter', 3, interval '3 months'), ('half_year', 6, interval '6 months'), ('year', 12, interval '1 year'))
SELECT DISTINCT n.scorecard_id, n.id FROM organization_orgunit u JOIN scorecards_measure m ON m.unit_id = u.id
JOIN scorecards_node n ON n.measure_id = m.id JOIN scorecards_result r ON r.node_id = n.id
JOIN lengths own ON own.frequency = m.frequency JOIN lengths shown ON shown.frequency = r.frequency
WHERE u.closed_on IS NOT NULL AND (u.closed_on < r.period_start
  OR (shown.months <= own.months AND u.closed_on < r.period_start + shown.length - interval '1 day'))
ORDER BY 1 NULLS LAST, 2
"""


def nodes_beyond_closing() -> list[tuple[int | None, int]]:
    """(scorecard, node) of measures with results in periods that end after their unit was closed."""
    with connection.cursor() as cursor:
        cursor.execute(_BEYOND)
        return [(card, node) for card, node in cursor.fetchall()]


def nodes_without_results() -> list[tuple[int | None, int]]:
    """(scorecard, node) for nodes that have none yet: their first day may have come."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.scorecard_id, n.id FROM scorecards_node n"
            " WHERE NOT EXISTS (SELECT 1 FROM scorecards_result r WHERE r.node_id = n.id) ORDER BY 1 NULLS LAST, 2"
        )
        return [(card, node) for card, node in cursor.fetchall()]
