"""Calculated measures that are to be computed, with everything they read, however far below (METHOD §4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from django.conf import settings
from django.db import connection

from core.periods import Frequency
from scorecards.queries.trees import MAIN_LINE, MEASURE_COLUMNS, MeasureInfo, Tree, measure_info
from scorecards.rules.formulas import Tree as Formula
from scorecards.rules.formulas import begins, codes, looks_back, parse

BELOW = """
WITH RECURSIVE below(id) AS (
  SELECT input_id FROM scorecards_formulainput WHERE measure_id = ANY(%(measures)s::bigint[])
  UNION SELECT f.input_id FROM below JOIN scorecards_formulainput f ON f.measure_id = below.id
)
"""

_PLACED_ON = "(SELECT min(lower(e.valid)) FROM scorecards_edge e WHERE e.child_id = n.id),"
_INPUTS = (
    BELOW
    + """
SELECT n.id, n.scorecard_id,
"""
    + _PLACED_ON
    + MEASURE_COLUMNS
    + """
FROM below JOIN scorecards_measure m ON m.id = below.id JOIN scorecards_node n ON n.measure_id = m.id
LEFT JOIN organization_orgunit u ON u.id = m.unit_id
"""
    + MAIN_LINE
    + " ORDER BY n.id"
)
_READS = (
    BELOW
    + """
SELECT m.code, i.code
FROM scorecards_formulainput f JOIN scorecards_measure m ON m.id = f.measure_id
JOIN scorecards_measure i ON i.id = f.input_id
WHERE f.measure_id = ANY(%(measures)s::bigint[]) OR f.measure_id IN (TABLE below) ORDER BY 1, 2
"""
)


@lru_cache(maxsize=4096)
def formula_of(expression: str) -> Formula:
    """The tree of an expression that was judged when it was saved."""
    return parse(expression)


@dataclass(frozen=True)
class Formulas:
    """Measures by code: the calculated ones that are asked for, and all that they read."""

    infos: Mapping[str, MeasureInfo]
    asked: frozenset[str]

    @cached_property
    def order(self) -> list[str]:
        """Codes of the calculated measures, each after those it reads."""
        found: dict[str, None] = {}
        waiting = [(code, False) for code in sorted(self.infos, reverse=True)]
        begun: set[str] = set()
        while waiting:
            code, is_ready = waiting.pop()
            if is_ready:
                found[code] = None
            elif code not in begun and self.is_calculated(code):
                begun.add(code)
                waiting += [(code, True), *((read, False) for read in self.reads(code))]
        return list(found)

    def is_calculated(self, code: str) -> bool:
        return code in self.infos and bool(self.infos[code].expression)

    def formula(self, code: str) -> Formula:
        """The tree of a calculated measure."""
        return formula_of(self.infos[code].expression)

    def reads(self, code: str) -> list[str]:
        """Codes that a calculated measure reads."""
        return codes(self.formula(code))

    @cached_property
    def years_back(self) -> int:
        """How many years before a period may still matter to it: one for each formula of a chain that looks back."""
        depth: dict[str, int] = {}
        for code in self.order:
            below = max((depth.get(read, 0) for read in self.reads(code)), default=0)
            depth[code] = below + looks_back(self.formula(code))
        return max(depth.values(), default=0)

    @cached_property
    def frequencies(self) -> set[Frequency]:
        """Of the calculated measures that are asked for."""
        return {self.infos[code].frequency for code in self.asked}

    @cached_property
    def is_within_the_period(self) -> bool:
        """Whether a value is read in its own month alone, by measures that are calculated by the month."""
        return all(
            self.infos[code].frequency is Frequency.MONTH
            and not looks_back(self.formula(code))
            and not any(self.infos[read].frequency.is_longer_than(Frequency.MONTH) for read in self.known(code))
            for code in self.order
        )

    def known(self, code: str) -> list[str]:
        """Codes it reads and that are known here."""
        return [read for read in self.reads(code) if read in self.infos]


def with_formulas(tree: Tree) -> tuple[Tree, Formulas | None]:
    """What its calculated measures need; in the tree they begin, and break, where what they read does.

    One statement where the tree holds calculated measures, none where it does not.
    """
    asked = [info for info in _own(tree) if info.expression]
    if not asked:
        return tree, None
    known = {info.code: info for info in [*_inputs([info.id for info in asked]), *_own(tree)]}
    found = with_beginnings(Formulas(known, frozenset(info.code for info in asked)))
    measures = {node: found.infos.get(info.code, info) for node, info in tree.measures.items()}
    return replace(tree, measures=measures), found


def _own(tree: Tree) -> list[MeasureInfo]:
    return [tree.measures[node.id] for node in tree.nodes.values() if node.kind == "measure"]


def _inputs(measures: Collection[int]) -> Iterable[MeasureInfo]:
    with connection.cursor() as cursor:
        cursor.execute(_INPUTS, {"measures": sorted(measures), "zone": settings.TIME_ZONE})
        return [replace(measure_info(row[0], row[1], row[3:]), placed_on=row[2]) for row in cursor.fetchall()]


def with_beginnings(given: Formulas) -> Formulas:
    """A calculated measure begins when its inputs allow, and what breaks an input breaks it."""
    infos = dict(given.infos)
    for code in given.order:
        reads = [infos[read] for read in given.known(code)]
        first = begins(given.formula(code), {info.code: info.first_fact for info in reads})
        breaks = {*infos[code].breaks, *(day for info in reads for day in info.breaks)}
        infos[code] = replace(infos[code], first_fact=first, breaks=tuple(sorted(breaks)))
    return Formulas(infos, given.asked)


def read_below(measures: Collection[int]) -> dict[str, list[str]]:
    """Codes that each calculated measure among these, and below them, reads; one statement."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_READS, {"measures": sorted(measures)})
        for code, read in cursor.fetchall():
            found.setdefault(code, []).append(read)
    return found
