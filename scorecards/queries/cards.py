"""A scorecard in one period as a tree of rows: the page, its twins in files, and what a report freezes.

A row is plain text and numbers, so the same row is drawn on screen, kept as JSON and drawn from it in print.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.access import Actor, scoped
from core.formats import NumberFormat, percent
from core.periods import At, Period
from core.statuses import ORDER, movement, reason_words
from scorecards.models import Edge, Measure, Node, Result, Scorecard
from scorecards.queries.declared import Declaration, declarations, of_row
from scorecards.queries.excuses import excused_in
from scorecards.queries.ranges import range_of, with_range
from scorecards.queries.restated import by_measure, marked, recorded_after_closing
from scorecards.queries.results import Shown, shown_results
from strategy.models import Objective, Theme

SPARK_PERIODS = 13
LEVELS = {"strategy": 0, "perspective": 1, "theme": 1, "objective": 2, "measure": 3}


@dataclass(frozen=True)
class Row:
    """One node in one period. `score` 0 to 100 or None; `share` of the parent's weight and `coverage` 0 to 1."""

    kind: str
    key: int
    node: int
    depth: int
    name: str
    code: str = ""
    short: str = ""
    owner: str = ""
    status: str = "no_data"
    reason: str = ""
    was: str = ""
    moved: str = ""
    score: float | None = None
    trend: str = ""
    coverage: float = 0.0
    share: float | None = None
    value: str = ""
    figure: str = ""
    target: str = ""
    gap: str = ""
    unit_of_measure: str = ""
    frequency: str = ""
    spark: tuple[float | None, ...] = ()
    spark_target: float | None = None
    red_inside: int = 0
    is_critical: bool = False
    is_leading: bool = False
    is_carried: bool = False
    parts: str = ""
    perspective: int | None = None
    themes: tuple[int, ...] = ()
    from_unit: str = ""
    declared: str = ""
    declared_by: str = ""
    declared_until: str = ""
    excused: str = ""
    restated: str = ""  # the day it was recorded, if that was after its period had been closed

    @property
    def share_percent(self) -> str:
        """The share of the parent's weight in whole per cent."""
        return "" if self.share is None else percent(100 * self.share, 0)

    @property
    def owner_brief(self) -> str:
        """J. Adeyemi: the owner where there is little room."""
        first, _blank, last = self.owner.rpartition(" ")
        return f"{first[:1]}. {last}" if first else self.owner

    @property
    def coverage_percent(self) -> str:
        """The coverage in whole per cent."""
        return percent(100 * self.coverage, 0)

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)

    @property
    def chart_id(self) -> str:
        """An id no other chart of the page has."""
        return f"node-{self.node}"


@dataclass(frozen=True)
class ScorecardReport:
    """A scorecard in one period; `rows` in tree order, parents before children; `theme_rows` the same cut by themes."""

    scorecard: int
    strategy: int
    name: str
    strategy_name: str
    vision: str
    unit: str
    owner: str
    period_key: str
    period_label: str
    previous_label: str
    rows: tuple[Row, ...]
    theme_rows: tuple[Row, ...] = ()
    themes: tuple[tuple[int, str], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    counts_before: Mapping[str, int] = field(default_factory=dict)
    reported: int = 0
    expected: int = 0

    @property
    def top(self) -> Row | None:
        """The strategy's own row."""
        return next((row for row in self.rows if row.kind == "strategy"), None)

    @property
    def has_restated(self) -> bool:
        """Whether a value was recorded after its period had been closed."""
        return any(row.restated for row in self.rows)

    def of_kind(self, kind: str) -> list[Row]:
        """Rows of one kind in tree order."""
        return [row for row in self.rows if row.kind == kind]

    def document(self) -> dict[str, Any]:
        """The report as JSON: what is frozen and hashed."""
        return asdict(self)


@dataclass(frozen=True)
class Count:
    """How many objectives have a status, now and in the period before."""

    status: str
    now: int
    before: int


def health(counts: Mapping[str, int], before: Mapping[str, int]) -> list[Count]:
    """The statuses in their order; blue only where it occurs."""
    shown = [Count(status, counts.get(status, 0), before.get(status, 0)) for status in ORDER]
    return [one for one in shown if one.status != "exceeds" or one.now or one.before]


def number_format(measure: Measure) -> NumberFormat:
    """How a measure's values are written."""
    if measure.method == Measure.Method.YES_NO:
        return NumberFormat(kind="yes_no")
    if measure.is_percent:
        return NumberFormat(kind="percent", decimals=measure.decimals)
    return NumberFormat(decimals=measure.decimals, unit=measure.unit_of_measure)


def scorecards(viewer: Actor) -> QuerySet[Scorecard]:
    """Scorecards the viewer may see, with what a list shows."""
    rows = scoped(viewer, "view", Scorecard.objects.all())
    return rows.select_related("strategy__unit", "strategy__owner").order_by("strategy__unit__name", "name")


def scorecard_of_unit(viewer: Actor, unit_ids: Iterable[int]) -> Scorecard | None:
    """The scorecard of the active strategy of the first of these units that has one."""
    near = list(unit_ids)
    rows = scorecards(viewer).filter(strategy__state="active", strategy__unit__in=near)
    found = {card.strategy.unit_id: card for card in rows}
    return next((found[unit] for unit in near if unit in found), None)


@dataclass(frozen=True)
class _Facts:
    """What one period of one scorecard is drawn from; nodes by id, with those of measures used from other units."""

    card: int
    nodes: Mapping[int, Node]
    children: Mapping[int, list[tuple[int, Decimal]]]
    results: Mapping[tuple[int, date], Shown]
    measures: Mapping[int, Measure]
    objectives: Mapping[int, Objective]
    declared: Mapping[int, Declaration]
    excused: Mapping[int, str]
    period: Period
    before: date
    sparks: tuple[date, ...]


def scorecard_report(viewer: Actor, scorecard: Scorecard, at: At) -> ScorecardReport:
    """The scorecard in the period of `at`; queries do not grow with its size."""
    facts = _facts(viewer, scorecard, at)
    root = next((node for node in facts.nodes.values() if node.kind == "strategy"), None)
    after = by_measure(recorded_after_closing(facts.measures, at.period.calendar, within=at.period))
    rows = tuple(marked(_walk(facts, root, None, 0), after)) if root else ()
    live = [node for node in facts.nodes.values() if node.theme is not None and node.theme.state == "live"]
    themes = sorted(live, key=_by_order)
    strategy = scorecard.strategy
    objectives = [row for row in rows if row.kind == "objective"]
    measures = [row for row in rows if row.kind == "measure" and not row.from_unit]
    return ScorecardReport(
        scorecard=scorecard.pk,
        strategy=strategy.pk,
        name=scorecard.name,
        strategy_name=strategy.name,
        vision=strategy.vision,
        unit=strategy.unit.name,
        owner=strategy.owner.name if strategy.owner else "",
        period_key=at.period.key,
        period_label=at.period.label,
        previous_label=at.period.previous().label,
        rows=rows,
        theme_rows=tuple(marked((row for node in themes for row in _walk(facts, node, None, 1)), after)),
        themes=tuple((node.theme.pk, node.theme.name) for node in themes if node.theme),
        counts=_count(row.status for row in objectives),
        counts_before=_count(row.was or "no_data" for row in objectives),
        reported=sum(1 for row in measures if row.value and row.reason not in {"not_reported", "stale"}),
        expected=sum(1 for row in measures if row.reason != "not_due_yet"),
    )


def _by_order(node: Node) -> tuple[int, int]:
    return (node.theme.order, node.theme.pk) if node.theme else (0, 0)


def _count(statuses: Iterable[str]) -> dict[str, int]:
    counted = dict.fromkeys(ORDER, 0)
    for status in statuses:
        counted[status] += 1
    return counted


def _facts(viewer: Actor, scorecard: Scorecard, at: At) -> _Facts:
    period, before, steps = at.period, at.period.previous().start, range(1 - SPARK_PERIODS, 1)
    sparks = tuple(period.shift(step).start for step in steps)
    children: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    edges = Edge.objects.filter(parent__scorecard=scorecard, valid__contains=period.end)
    for parent, child, weight in edges.values_list("parent_id", "child_id", "weight"):
        children[parent].append((child, weight))
    used = Q(kind="measure", pk__in={child for below in children.values() for child, _ in below})
    nodes = {
        node.pk: node
        for node in Node.objects.filter(used | Q(scorecard=scorecard)).select_related(
            "perspective", "theme", "strategy__owner"
        )
    }
    themes = Prefetch("themes", Theme.objects.only("pk"))
    visible = scoped(viewer, "view", Measure.objects.filter(node__in=nodes)).select_related("owner", "unit")
    visible = with_range(visible, period)
    objectives = scoped(viewer, "view", Objective.objects.filter(node__scorecard=scorecard))
    measures = {measure.pk: measure for measure in visible}
    return _Facts(
        card=scorecard.pk,
        nodes=nodes,
        children=children,
        results=shown_results(nodes, period.frequency, {before, *sparks}),
        measures=measures,
        objectives={
            objective.pk: objective for objective in objectives.select_related("owner").prefetch_related(themes)
        },
        declared=declarations(list(nodes), at),
        excused=excused_in(measures, at),
        period=period,
        before=before,
        sparks=sparks,
    )


def _walk(facts: _Facts, node: Node, share: float | None, depth: int) -> Iterable[Row]:
    row = _row(facts, node, share, depth)
    if row is None:
        return
    yield row
    below = [(facts.nodes[child], weight) for child, weight in facts.children.get(node.pk, ()) if child in facts.nodes]
    whole = float(sum(weight for _, weight in below))
    for child, weight in sorted(below, key=lambda one: _order(facts, one[0])):
        part = float(weight) / whole if whole else None
        yield from _walk(facts, child, part, depth + 1)


def _order(facts: _Facts, node: Node) -> tuple[Any, ...]:
    if node.perspective is not None:
        return (node.perspective.order, node.perspective.pk)
    if node.objective_id is not None and node.objective_id in facts.objectives:
        objective = facts.objectives[node.objective_id]
        return (objective.order, objective.code)
    if node.measure_id is not None and node.measure_id in facts.measures:
        return (0, facts.measures[node.measure_id].code)
    return (9, node.pk)


def _row(facts: _Facts, node: Node, share: float | None, depth: int) -> Row | None:
    """The row of a node; None where the viewer may not see it."""
    common = _scored(facts, node, share, depth)
    if node.measure_id is not None:
        measure = facts.measures.get(node.measure_id)
        return _measure_row(facts, node, measure, common) if measure else None
    if node.objective_id is not None:
        objective = facts.objectives.get(node.objective_id)
        return _objective_row(objective, common) if objective else None
    if node.perspective is not None:
        return (
            Row(**common, key=node.perspective.pk, name=node.perspective.name)
            if node.perspective.state != "retired"
            else None
        )
    if node.theme is not None:
        return Row(**common, key=node.theme.pk, name=node.theme.name)
    if node.strategy is not None:
        owner = node.strategy.owner.name if node.strategy.owner else ""
        return Row(**common, key=node.strategy.pk, name=node.strategy.name, owner=owner)
    return None


def _scored(facts: _Facts, node: Node, share: float | None, depth: int) -> dict[str, Any]:
    now, before = facts.results.get((node.pk, facts.period.start)), facts.results.get((node.pk, facts.before))
    status, was = now.status if now else "no_data", before.status if before else ""
    return {
        "kind": node.kind,
        "node": node.pk,
        "depth": depth,
        "share": share,
        "status": status,
        "reason": now.reason if now else "not_reported",
        "was": was,
        "moved": movement(was, status) if was else "",
        "score": now.score if now else None,
        "trend": now.trend if now else "",
        "coverage": now.coverage if now else 0.0,
        "red_inside": now.red_inside if now else 0,
        "is_carried": bool(now and now.is_carried),
        **of_row(facts.declared.get(node.pk)),
        "parts": f"{now.parts_present}/{now.parts_total}" if now and now.is_provisional and now.parts_total else "",
    }


def _objective_row(objective: Objective, common: dict[str, Any]) -> Row:
    return Row(
        **common,
        key=objective.pk,
        name=objective.name,
        short=objective.short,
        code=objective.code,
        owner=objective.owner.name if objective.owner else "",
        perspective=objective.perspective_id,
        themes=tuple(theme.pk for theme in objective.themes.all()),
    )


def _measure_row(facts: _Facts, node: Node, measure: Measure, common: dict[str, Any]) -> Row:
    now = facts.results.get((node.pk, facts.period.start))
    numbers = number_format(measure)
    value, target = (now.value, now.target) if now else (None, None)
    return Row(
        **common,
        key=measure.pk,
        name=measure.name,
        short=measure.short,
        code=measure.code,
        owner=measure.owner.name if measure.owner else "",
        value="" if value is None else numbers.text(value),
        figure="" if value is None else numbers.figure(value),
        target=range_of(measure, numbers) if target is None else numbers.figure(target),
        gap="" if value is None or target is None else numbers.gap(value - target),
        unit_of_measure=measure.unit_of_measure,
        frequency=measure.get_frequency_display(),
        spark=tuple(_value(facts.results.get((node.pk, start))) for start in facts.sparks),
        spark_target=target,
        is_critical=measure.is_critical,
        is_leading=measure.kind == Measure.Kind.LEADING,
        from_unit="" if node.scorecard_id == facts.card else measure.unit.name,
        excused=facts.excused.get(measure.pk, "") if value is None else "",
    )


def _value(result: Shown | None) -> float | None:
    return result.value if result else None


def statuses(node_ids: Iterable[int], period: Period) -> dict[int, Result]:
    """The results of nodes in a period, by node id."""
    rows = Result.objects.filter(node_id__in=list(node_ids), frequency=period.frequency, period_start=period.start)
    return {result.node_id: result for result in rows}
