"""Scores up the tree, level by level, all parents and periods of a level at once (METHOD §5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from scorecards.actions.boards import Board
from scorecards.actions.figures import NONE
from scorecards.actions.records import Hashes, Records, digests
from scorecards.actions.sheets import FAR_FUTURE, FAR_PAST, Settings
from scorecards.actions.timelines import Axis, Periods
from scorecards.queries.trees import EdgeInfo, NodeInfo, Tree
from scorecards.rules.arrays import MISSING, TOLERANCE, Bools, Days, Floats, Ints, Words, days, floats, words
from scorecards.rules.rollup import Rollups, Rule, roll_up_many
from scorecards.rules.scoring import LARGEST_CHANGE, STEADY_WITHIN, Method, Trend
from scorecards.rules.status import NO_DAY, ONE_DAY

RULES = (Rule.WEIGHTED, Rule.WORST, Rule.MOST_FREQUENT)
LEVELS = (("objective",), ("perspective", "theme"), ("strategy",), ("unit",))


@dataclass(frozen=True)
class _Level:
    """Parents of one level, and the edges down from them in order of parent and child, as arrays."""

    nodes: list[NodeInfo]
    first: Days
    until: Days
    cards: Ints
    parent: Ints
    child: Ints
    child_id: Ints
    weight: Floats
    lower: Days
    upper: Days
    counts_from: Days
    counts_to: Days
    is_scored: Bools
    is_measure: Bools
    is_critical: Bools
    is_leading: Bools


def roll_up_tree(
    tree: Tree, board: Board, settings: Settings, wanted: Periods | None, today: date
) -> Iterator[Records]:
    """Records of every node above measures, lower levels first; each is put on the board for the next."""
    axis = board.axis
    columns = np.flatnonzero(axis.columns(wanted) & axis.is_above_measures & (axis.start <= np.datetime64(today, "D")))
    for kinds in LEVELS:
        nodes = [node for _, node in sorted(tree.nodes.items()) if node.kind in kinds]
        if not nodes:
            continue
        level = _level(nodes, tree, board)
        cells = _cells(level, axis, columns, today)
        if len(cells.parent):
            yield _roll_up(level, cells, board, settings, today)


def _level(nodes: list[NodeInfo], tree: Tree, board: Board) -> _Level:
    place = {node.id: number for number, node in enumerate(nodes)}
    edges = sorted(
        (edge for edge in tree.edges if edge.parent in place),
        key=lambda edge: (place[edge.parent], edge.child, edge.lower or date.min),
    )
    lives = [_life(node, tree) for node in nodes]
    infos = [tree.measures.get(edge.child) for edge in edges]
    counts = [_counts(edge, tree) for edge in edges]
    return _Level(
        nodes=nodes,
        first=_days([first for first, _ in lives], FAR_PAST),
        until=_days([until for _, until in lives], FAR_FUTURE),
        cards=np.array([node.card or 0 for node in nodes], dtype=np.int64),
        parent=np.array([place[edge.parent] for edge in edges], dtype=np.int64),
        child=board.rows([edge.child for edge in edges]),
        child_id=np.array([edge.child for edge in edges], dtype=np.int64),
        weight=floats([edge.weight for edge in edges]) if edges else np.empty(0),
        lower=_days([edge.lower for edge in edges], FAR_PAST),
        upper=_days([edge.upper for edge in edges], FAR_FUTURE),
        counts_from=_days([first for first, _ in counts], FAR_PAST),
        counts_to=_days([last for _, last in counts], FAR_FUTURE),
        is_scored=_flags([info is None or info.method is not Method.UNSCORED for info in infos]),
        is_measure=_flags([info is not None for info in infos]),
        is_critical=_flags([info is not None and info.is_critical for info in infos]),
        is_leading=_flags([info is not None and info.is_leading for info in infos]),
    )


def _days(given: Sequence[date | None], otherwise: np.datetime64) -> Days:
    found = days(given) if given else np.empty(0, dtype="datetime64[D]")
    return np.where(np.isnat(found), otherwise, found)


def _flags(given: Sequence[bool]) -> Bools:
    return np.array(given, dtype=np.bool_)


def _counts(edge: EdgeInfo, tree: Tree) -> tuple[date | None, date | None]:
    """Between which days a child counts: one not yet started, retired or closed is left out (METHOD §5)."""
    info = tree.measures.get(edge.child)
    return (info.starts_on, info.ends_on) if info is not None else (edge.child_starts_on, edge.child_ends_on)


def _life(node: NodeInfo, tree: Tree) -> tuple[date | None, date | None]:
    """First day and the day after the last on which a node has a place: by its own days, else by its edges."""
    if node.kind in ("strategy", "theme"):
        after = None if node.ends_on is None else date.fromordinal(node.ends_on.toordinal() + 1)
        return node.starts_on, after
    if node.kind == "unit":
        edges = [edge for edge in tree.edges if edge.parent == node.id]
    else:
        edges = [edge for edge in tree.edges if edge.child == node.id]
    if not edges:
        return FAR_FUTURE.item(), FAR_FUTURE.item()
    uppers = [edge.upper for edge in edges]
    last = None if None in uppers else max(upper for upper in uppers if upper is not None)
    lowers = [edge.lower for edge in edges]
    return (None if None in lowers else min(lower for lower in lowers if lower is not None)), last


@dataclass(frozen=True)
class _Cells:
    """Parent and period of g results, and of c children the result each belongs to, its edge and period."""

    parent: Ints
    column: Ints
    group: Ints
    edge: Ints
    child_column: Ints


def _cells(level: _Level, axis: Axis, columns: Ints, today: date) -> _Cells:
    end = axis.end[columns]
    has_begun = (level.first <= np.datetime64(today, "D"))[:, None] & (end[None, :] >= level.first[:, None])
    is_alive = has_begun & _before(level, axis, columns)
    parent, at = np.nonzero(is_alive)
    group_of = np.full(is_alive.shape, NONE, dtype=np.int64)
    group_of[parent, at] = np.arange(len(parent))
    is_valid = (level.lower[:, None] <= end[None, :]) & (end[None, :] < level.upper[:, None])
    group = np.where(is_valid, group_of[level.parent], NONE)
    edge, child_at = np.nonzero(group >= 0)
    number = group[edge, child_at]
    order = np.lexsort((level.child_id[edge], number))
    return _Cells(parent, columns[at], number[order], edge[order], columns[child_at][order])


def _before(level: _Level, axis: Axis, columns: Ints) -> Bools:
    """p × k: whether periods lie before the end of a node's place. The last, running one is left out, but for a strategy:
    it keeps the year in which it ends."""
    is_part = level.nodes[0].kind in ("objective", "perspective")
    day = axis.end[columns] if is_part else axis.start[columns]
    found: Bools = day[None, :] < level.until[:, None]
    return found


def _roll_up(level: _Level, cells: _Cells, board: Board, settings: Settings, today: date) -> Records:
    end = board.axis.end[cells.column]
    valid = settings.numbers(level.cards[cells.parent], end)
    children = _Children.of(level, cells, board)
    found = _Found.of(level, cells, children, valid, settings, _rules(level, cells, end))
    rows = board.rows([node.id for node in level.nodes])[cells.parent]
    is_provisional = _pin(board, cells, children, found, rows)
    previous = board.numbers["score"][rows, cells.column - 1]
    nothing, none = np.full(len(rows), MISSING), np.full(len(rows), NONE, dtype=np.int64)
    return Records(
        node=np.array([node.id for node in level.nodes], dtype=np.int64)[cells.parent],
        column=cells.column,
        score=found.score,
        status=found.status,
        reason=found.reason,
        coverage=found.coverage,
        leading=found.leading,
        lagging=found.lagging,
        value=nothing,
        target=nothing,
        red_flag=nothing,
        previous=previous,
        trend=_trend(found.score, previous),
        red_inside=found.red_inside,
        parts=none,
        of=none,
        is_provisional=is_provisional,
        is_carried=np.zeros(len(rows), dtype=np.bool_),
        next_change_on=np.where(end >= np.datetime64(today, "D"), end + ONE_DAY, NO_DAY),
        inputs_hash=_digests(cells, children, previous, valid, settings),
    )


def _rules(level: _Level, cells: _Cells, end: Days) -> Ints:
    """Of each result, the place in RULES of the roll-up that holds on the period's last day."""
    found = np.zeros(len(cells.parent), dtype=np.int64)
    for place, node in enumerate(level.nodes):
        for rule, lower, upper in node.rules:
            holds = (cells.parent == place) & (end >= _day(lower, FAR_PAST)) & (end < _day(upper, FAR_FUTURE))
            found[holds] = RULES.index(rule)
    return found


def _day(given: date | None, otherwise: np.datetime64) -> np.datetime64:
    return otherwise if given is None else np.datetime64(given, "D")


def _pin(board: Board, cells: _Cells, children: _Children, found: _Found, rows: Ints) -> Bools:
    """Put the results on the board; which of them hold a scored child that is provisional."""
    at = (rows, cells.column)
    board.numbers["score"][at], board.numbers["coverage"][at] = found.score, found.coverage
    board.numbers["value"][at], board.red_inside[at] = MISSING, found.red_inside
    is_provisional = np.zeros(len(rows), dtype=np.bool_)
    is_provisional[cells.group[children.counted & children.is_provisional & ~np.isnan(children.score)]] = True
    board.flags["is_provisional"][at] = is_provisional
    return is_provisional


def _trend(points: Floats, previous: Floats) -> Words:
    change = np.clip(points - previous, -LARGEST_CHANGE, LARGEST_CHANGE)
    found = words(len(points), Trend.NONE)
    found[~np.isnan(change)] = Trend.STEADY
    found[change > STEADY_WITHIN + TOLERANCE] = Trend.BETTER
    found[change < -STEADY_WITHIN - TOLERANCE] = Trend.WORSE
    return found


@dataclass(frozen=True)
class _Children:
    """What c children bring to the results they belong to."""

    id: Ints
    weight: Floats
    score: Floats
    coverage: Floats
    counted: Bools
    red_inside: Ints
    critical_red: Bools
    is_provisional: Bools
    is_leading: Bools

    @classmethod
    def of(cls, level: _Level, cells: _Cells, board: Board) -> _Children:
        edge, at = cells.edge, (level.child[cells.edge], cells.child_column)
        end = board.axis.end[cells.child_column]
        is_red = board.flags["is_red"][at] & level.is_measure[edge]
        return cls(
            id=level.child_id[edge],
            weight=level.weight[edge],
            score=board.numbers["score"][at],
            coverage=np.nan_to_num(board.numbers["coverage"][at]),
            counted=level.is_scored[edge] & (level.counts_from[edge] <= end) & (end <= level.counts_to[edge]),
            red_inside=np.where(level.is_measure[edge], is_red, board.red_inside[at]).astype(np.int64),
            critical_red=is_red & level.is_critical[edge],
            is_provisional=board.flags["is_provisional"][at],
            is_leading=level.is_leading[edge],
        )


@dataclass(frozen=True)
class _Found:
    """What g results came to."""

    score: Floats
    status: Words
    reason: Words
    coverage: Floats
    red_inside: Ints
    leading: Floats
    lagging: Floats

    @classmethod
    def of(
        cls, level: _Level, cells: _Cells, children: _Children, valid: Ints, settings: Settings, rule_of: Ints
    ) -> _Found:
        """One call of the rule for all results under the same rule and settings."""
        size = len(cells.parent)
        made = cls(
            *(np.full(size, MISSING), words(size), words(size), np.zeros(size), np.zeros(size, dtype=np.int64)),
            *(np.full(size, MISSING), np.full(size, MISSING)),
        )
        alike = settings.alike[valid]
        for number in np.unique(alike):
            for which, rule in enumerate(RULES):
                groups = np.flatnonzero((alike == number) & (rule_of == which))
                made._fill(groups, cells, children, _Asked(rule, settings, int(number), level.nodes[0].kind))
        return made

    def _fill(self, groups: Ints, cells: _Cells, children: _Children, asked: _Asked) -> None:
        """Of an objective the same three times in one call: of all children, of the leading ones and of the lagging ones."""
        size = len(groups)
        if size == 0:
            return
        renumbered = np.full(len(self.score), NONE, dtype=np.int64)
        renumbered[groups] = np.arange(size)
        rows = np.flatnonzero(renumbered[cells.group] >= 0)
        group, counted = renumbered[cells.group[rows]], children.counted[rows]
        is_objective = asked.kind == "objective"
        if is_objective:
            is_leading = children.is_leading[rows]
            group = np.concatenate([group, group + size, group + 2 * size])
            counted = np.concatenate([counted, counted & is_leading, counted & ~is_leading])
            rows = np.tile(rows, 3)
        found = asked.rolled(group, size * (3 if is_objective else 1), children, rows, counted)
        self.score[groups], self.status[groups] = found.score[:size], found.status[:size]
        self.reason[groups], self.coverage[groups] = found.reason[:size], found.coverage[:size]
        self.red_inside[groups] = found.red_inside[:size]
        if is_objective:
            self.leading[groups], self.lagging[groups] = found.score[size : 2 * size], found.score[2 * size :]


@dataclass(frozen=True)
class _Asked:
    """A rule, the settings it is asked under, and the kind of node."""

    rule: Rule
    settings: Settings
    number: int
    kind: str

    def rolled(self, group: Ints, groups: int, children: _Children, rows: Ints, counted: Bools) -> Rollups:
        """The rule's answer for results 0 to groups − 1, `group` saying whose each child is."""
        row = self.settings.rows[self.number]
        return roll_up_many(
            group,
            children.weight[rows],
            children.score[rows],
            children.coverage[rows],
            parents=groups,
            critical_red=children.critical_red[rows] if self.kind == "objective" else None,
            counted=counted,
            red_inside=children.red_inside[rows],
            rule=self.rule,
            minimum_coverage=row.minimum_coverage,
            bands=row.bands,
        )


def _digests(cells: _Cells, children: _Children, previous: Floats, valid: Ints, settings: Settings) -> Hashes:
    """Of each result: its own numbers, and those of every child."""
    table = np.column_stack(
        [
            children.id,
            children.weight,
            children.score,
            children.coverage,
            children.counted,
            children.red_inside,
            children.critical_red,
            children.is_leading,
        ]
    )
    rules = np.array(
        [
            (each.bands.green, each.bands.amber, each.bands.exceeds or MISSING, each.minimum_coverage)
            for each in settings.rows
        ]
    ).reshape(-1, 4)
    return digests(np.column_stack([previous, rules[valid]]), table, cells.group)
