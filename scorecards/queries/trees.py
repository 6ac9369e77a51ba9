"""The part of the tree that a change reaches, and the facts its results are computed from (DATAMODEL A6).

Every question here is one statement for one measure or for all; numbers come as binary64, as they are computed with.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from core.periods import Calendar, Frequency, Period
from core.prepared import Prepared
from scorecards.rules.rollup import DEFAULT_MINIMUM_COVERAGE, Rule
from scorecards.rules.scoring import DEFAULT_TOLERANCE, Method, Polarity
from scorecards.rules.status import DEFAULT_BANDS, Bands

FREQUENCY = {frequency.value: frequency for frequency in Frequency}
"""By its stored word; for a hundred thousand rows faster than asking the enumeration."""
FREQUENCY_WORDS = tuple(FREQUENCY)
"""In the order in which arrays number them."""

ABOVE = """
WITH RECURSIVE above(id) AS (
  SELECT unnest(%(nodes)s::bigint[])
  UNION SELECT up.id FROM above CROSS JOIN LATERAL (
    SELECT e.parent_id AS id FROM scorecards_edge e WHERE e.child_id = above.id
    UNION ALL SELECT d.id FROM scorecards_node n JOIN scorecards_formulainput f ON f.input_id = n.measure_id
      JOIN scorecards_node d ON d.measure_id = f.measure_id WHERE n.id = above.id
  ) up
)
"""
"""The nodes, all above them, and calculated measures that read them, with all above these."""


class RuleInfo(NamedTuple):
    """A node's roll-up from `lower` (None: ever) until before `upper` (None: still)."""

    rule: Rule
    lower: date | None
    upper: date | None


@dataclass(frozen=True)
class NodeInfo:
    """A node that is to be recomputed; the days are those of its objective or strategy.

    `rules` are its roll-ups; at other times it is the weighted mean.
    """

    id: int
    kind: str
    card: int | None
    rules: tuple[RuleInfo, ...]
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class EdgeInfo:
    """A child's weight in its parent from `lower` (None: ever) until before `upper` (None: still)."""

    parent: int
    child: int
    weight: float
    lower: date | None
    upper: date | None
    child_kind: str
    child_starts_on: date | None
    child_ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the weight is valid on a day."""
        return (self.lower is None or self.lower <= day) and (self.upper is None or day < self.upper)


@dataclass(frozen=True)
class MeasureInfo:
    """What a measure's results depend on besides its facts; `ends_on` is its last day, retired or its unit closed.

    `placed_on`, the day of its first weight, is asked of inputs of formulas only: a tree has the weights of its own.
    """

    node: int
    id: int
    card: int | None
    frequency: Frequency
    aggregation: str
    method: Method
    polarity: Polarity
    is_percent: bool
    tolerance: float | None
    baseline: float | None
    baseline_on: date | None
    scale: tuple[float, ...]
    grace_days: int
    starts_on: date | None
    ends_on: date | None
    is_critical: bool
    is_leading: bool
    first_fact: date | None
    series: int
    interpolates: bool = False
    breaks: tuple[date, ...] = ()
    code: str = ""
    expression: str = ""
    placed_on: date | None = None

    @property
    def has_plan(self) -> bool:
        """Whether it is held against a plan from its baseline."""
        return self.method in (Method.PROGRESS, Method.CAGR)

    @property
    def has_ladder(self) -> bool:
        """Whether its periods without a target take one from those around them."""
        return self.interpolates and not self.has_plan


@dataclass(frozen=True)
class Tree:
    """Nodes to recompute, and the edges down from those above measures; measures by their nodes, siblings too."""

    nodes: dict[int, NodeInfo]
    edges: list[EdgeInfo]
    measures: dict[int, MeasureInfo]

    @property
    def cards(self) -> set[int]:
        return {node.card for node in self.nodes.values() if node.card is not None}


_HOLD = Prepared("scorecards_hold", f"""{ABOVE}
, reached AS (SELECT id, scorecard_id AS card FROM scorecards_node WHERE id = ANY(ARRAY(TABLE above))),
cards AS (SELECT id FROM scorecards_scorecard
  WHERE id = ANY(%(cards)s::bigint[] || ARRAY(SELECT card FROM reached WHERE card IS NOT NULL))
  ORDER BY id FOR NO KEY UPDATE),
loose AS (SELECT id FROM scorecards_node WHERE id = ANY(ARRAY(SELECT id FROM reached WHERE card IS NULL))
  ORDER BY id FOR NO KEY UPDATE)
SELECT true, id FROM cards UNION ALL SELECT false, id FROM loose
""", nodes="bigint[]", cards="bigint[]")  # fmt: skip # noqa: S608 - constants


def lock_holders(nodes: Collection[int], cards: Collection[int]) -> tuple[list[int], list[int]]:
    """Lock what must be held while these nodes change, scorecards first: those named, those of the nodes and of all above
    them, by id; then nodes without one. In a transaction."""
    with _HOLD.run(len(nodes) + len(cards), nodes=sorted(nodes), cards=sorted(cards)) as cursor:
        rows = cursor.fetchall()
    return [row for is_card, row in rows if is_card], [row for is_card, row in rows if not is_card]


MEASURE_COLUMNS = """
  m.id, m.frequency, m.aggregation, m.method, m.polarity, m.is_percent, m.tolerance::float8, m.baseline::float8,
  m.baseline_on, m.scale::text, m.grace_days, m.starts_on,
  least((m.retired_at AT TIME ZONE %(zone)s)::date, u.closed_on), m.is_critical, m.kind,
  (SELECT min(o.period_start) FROM scorecards_observation o WHERE o.series_id = l.id AND o.frequency = m.frequency),
  l.id, m.interpolates, (SELECT array_agg(a."on" ORDER BY a."on") FROM scorecards_annotation a
   WHERE a.measure_id = m.id AND a.is_break), m.code, m.expression
"""
"""Of measures m with their units u and the lines l that are scored."""
MAIN_LINE = "LEFT JOIN scorecards_series l ON l.measure_id = m.id AND l.kind = 'actual' AND l.name = ''"

_ROLL_UPS = """(SELECT json_agg(json_build_array(r.rule, lower(r.valid), upper(r.valid)) ORDER BY lower(r.valid))
      FROM scorecards_noderule r WHERE r.node_id = n.id)::text"""
_TREE = Prepared("scorecards_tree", f"""{ABOVE}
SELECT x.*, {MEASURE_COLUMNS} FROM (
  SELECT n.id, n.kind, n.scorecard_id, n.rules, n.starts_on, n.ends_on,
    e.child_id, e.weight::float8, lower(e.valid), upper(e.valid), c.kind, o.starts_on, o.ends_on,
    CASE WHEN e.child_id IS NULL THEN n.scorecard_id ELSE c.scorecard_id END, coalesce(c.measure_id, n.measure_id)
  FROM (
    SELECT n.*, {_ROLL_UPS} AS rules, coalesce(s.starts_on, o.starts_on) AS starts_on,
      coalesce(least(s.ends_on, (s.retired_at AT TIME ZONE %(zone)s)::date), o.ends_on) AS ends_on
    FROM scorecards_node n LEFT JOIN strategy_theme t ON t.id = n.theme_id
    LEFT JOIN strategy_strategy s ON s.id = coalesce(n.strategy_id, t.strategy_id)
    LEFT JOIN strategy_objective o ON o.id = n.objective_id
    WHERE n.id = ANY(ARRAY(TABLE above)) OFFSET 0
  ) n
  LEFT JOIN scorecards_edge e ON e.parent_id = n.id LEFT JOIN scorecards_node c ON c.id = e.child_id
  LEFT JOIN strategy_objective o ON o.id = c.objective_id OFFSET 0
) x(id, kind, card, rules, starts_on, ends_on, child, weight, lower, upper, child_kind, child_starts, child_ends,
  measure_card, measure_id)
LEFT JOIN scorecards_measure m ON m.id = x.measure_id LEFT JOIN organization_orgunit u ON u.id = m.unit_id
{MAIN_LINE} AND x.kind = 'measure' ORDER BY x.id, x.child, x.lower
""", nodes="bigint[]", zone="text")  # fmt: skip # noqa: S608 - constants
"""In steps (OFFSET 0) and from an array: joined at once, planning took longer than running, and tables were read whole.
Of a measure that is only a child here, nothing of its facts is asked."""
_EDGE, _CARD, _MEASURE = 6, 13, 15
"""Where an edge, the scorecard of a measure and the measure begin in a row of the tree."""


def tree_above(nodes: Collection[int]) -> Tree:
    """These nodes, everything above them, and all that is needed of the children of those; one statement."""
    found: dict[int, NodeInfo] = {}
    edges: list[EdgeInfo] = []
    measures: dict[int, MeasureInfo] = {}
    with _TREE.run(len(nodes), nodes=sorted(nodes), zone=settings.TIME_ZONE) as cursor:
        for row in cursor:
            if row[0] not in found:
                found[row[0]] = NodeInfo(row[0], row[1], row[2], _rules(row[3]), row[4], row[5])
            if row[_EDGE] is not None:
                edges.append(EdgeInfo(row[0], *row[_EDGE:_CARD]))
            node = row[0] if row[_EDGE] is None else row[_EDGE]
            if row[_MEASURE] is not None and (row[_EDGE] is None or node not in measures):
                measures[node] = measure_info(node, row[_CARD], row[_MEASURE:])
    return Tree(found, edges, measures)


def _rules(found: str | None) -> tuple[RuleInfo, ...]:
    rows = json.loads(found) if found else []
    return tuple(RuleInfo(Rule(rule), _day(lower), _day(upper)) for rule, lower, upper in rows)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def measure_info(node: int, card: int | None, row: Sequence[Any]) -> MeasureInfo:
    """From the columns of MEASURE_COLUMNS."""
    return MeasureInfo(
        node=node,
        id=row[0],
        card=card,
        frequency=FREQUENCY[row[1]],
        aggregation=row[2],
        method=Method(row[3]),
        polarity=Polarity(row[4]),
        is_percent=row[5],
        tolerance=row[6],
        baseline=row[7],
        baseline_on=row[8],
        scale=scale_scores(json.loads(row[9])),
        grace_days=row[10],
        starts_on=row[11],
        ends_on=row[12],
        is_critical=row[13],
        is_leading=row[14] == "leading",
        first_fact=row[15],
        series=row[16] or 0,
        interpolates=row[17],
        breaks=tuple(row[18] or ()),
        code=row[19],
        expression=row[20],
    )


def scale_scores(scale: dict[str, Any]) -> tuple[float, ...]:
    """Scores of a scale's words from the worst to the best; a value is a word's place in this order, from 1."""
    return tuple(sorted(float(score) for score in scale.values()))


@dataclass(frozen=True)
class BandsRow:
    """The settings of a scorecard for a time; without a scorecard or a row the defaults hold."""

    card: int | None
    lower: date | None
    upper: date | None
    bands: Bands = DEFAULT_BANDS
    minimum_coverage: float = DEFAULT_MINIMUM_COVERAGE
    tolerance: float = DEFAULT_TOLERANCE


DEFAULTS = BandsRow(None, None, None)


@dataclass(frozen=True)
class Closing:
    """A period of a scorecard closed at a moment; opened again at another, or still closed (None)."""

    period: Period
    locked_at: datetime
    opened_at: datetime | None

    def holds_at(self, moment: datetime | None) -> bool:
        """Whether it was closed before a moment and still was then; None is now."""
        if moment is None:
            return self.opened_at is None
        return self.locked_at < moment and (self.opened_at is None or self.opened_at > moment)


@dataclass(frozen=True)
class CardState:
    """Read after the lock was taken: the moment, the settings and the closed periods of the scorecards that are held.

    `closings` are all there ever were; `locked` says of each that is closed now since when.
    """

    moment: datetime
    bands: list[BandsRow]
    closings: dict[int, list[Closing]]

    @cached_property
    def locked(self) -> dict[int, dict[Period, datetime]]:
        """Without scorecards on which nothing is closed."""
        found = {
            card: {each.period: each.locked_at for each in many if each.holds_at(None)}
            for card, many in self.closings.items()
        }
        return {card: closed for card, closed in found.items() if closed}


_STATE = """
SELECT 0, clock_timestamp(), NULL::bigint, NULL, NULL::date, NULL::date, NULL::float8, NULL::float8, NULL::float8,
  NULL::float8, NULL::float8, NULL::timestamptz
UNION ALL
SELECT 1, NULL, scorecard_id, NULL, lower(valid), upper(valid), green, amber, exceeds, minimum_coverage, tolerance, NULL
FROM scorecards_scorecardbands WHERE scorecard_id = ANY(%(cards)s)
UNION ALL
SELECT 2, locked_at, scorecard_id, frequency, period_start, NULL, NULL, NULL, NULL, NULL, NULL, opened_at
FROM scorecards_periodlock WHERE scorecard_id = ANY(%(cards)s)
"""


def card_state(cards: Collection[int], calendar: Calendar) -> CardState:
    """The state of scorecards; one statement, to be asked after their rows are locked."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"cards": sorted(cards)})
        rows = cursor.fetchall()
    moment: datetime = next(row[1] for row in rows if row[0] == 0)
    bands = [
        BandsRow(row[2], row[4], row[5], Bands(row[6], row[7], row[8]), row[9], row[10]) for row in rows if row[0] == 1
    ]
    closings: dict[int, list[Closing]] = {}
    for row in rows:
        if row[0] == 2:
            period = Period(Frequency(row[3]), row[4], calendar)
            closings.setdefault(row[2], []).append(Closing(period, row[1], row[11]))
    return CardState(moment, sorted(bands, key=lambda row: (row.card or 0, row.lower or date.min)), closings)


def is_locked(period: Period, locked: Iterable[Period]) -> Period | None:
    """The closed period that holds this one, if any."""
    for lock in locked:
        if not period.frequency.is_longer_than(lock.frequency) and period.parent(lock.frequency).start == lock.start:
            return lock
    return None
