"""The one path by which results come to be (DATAMODEL A6): a write, the clock and a rebuild differ only in what they ask.

Who writes facts or structure first holds the scorecards of everything the change reaches (`hold`: rows of
scorecards_scorecard by id, then nodes of measures without a scorecard), then writes its facts with the moment taken
under the lock, then calls `recompute`, which reads in new statements what is committed. Facts are never contended,
because every writer of them holds the same locks; locks are always taken in the same order, so there is no deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

import numpy as np
from django.db import transaction

from core.columns import Rows
from core.periods import Calendar, Frequency, Period
from organization.queries import calendars
from scorecards.actions.boards import Board
from scorecards.actions.calculating import calculate
from scorecards.actions.figures import figures
from scorecards.actions.keeping import keep_targets
from scorecards.actions.recalling import Ground, Past, past_of
from scorecards.actions.records import BY_COPY_FROM, RESULTS, Records, forget, store, store_differences
from scorecards.actions.rolling import roll_up_tree
from scorecards.actions.scores import score_measures
from scorecards.actions.sheets import Life, Settings, Sheet, sheets
from scorecards.actions.timelines import ABOVE_MEASURES, Axis, Lines, Periods, Timeline, all_since, begun, since, united
from scorecards.models import Node
from scorecards.queries.factarrays import current_facts
from scorecards.queries.formulas import Formulas, with_formulas
from scorecards.queries.results import (
    due_results,
    known_results,
    nodes_beyond_closing,
    nodes_without_results,
    result_keys,
)
from scorecards.queries.trees import CardState, MeasureInfo, Tree, card_state, lock_holders, tree_above

T = TypeVar("T")
ATTEMPTS = 5
NODES_AT_ONCE = 500
"""About so many nodes are rebuilt together: whole scorecards, or measures without one."""


class TreeMoved(Exception):  # noqa: N818 - it is an answer: begin again
    """Between asking what to lock and locking it, the tree grew by a scorecard that is not held."""


@dataclass(frozen=True)
class Held:
    """Scorecards that this transaction has locked, and their state read after that; nodes it asked for or locked alone."""

    cards: frozenset[int]
    nodes: frozenset[int]
    state: CardState
    calendar: Calendar


@dataclass(frozen=True)
class Recomputed:
    """How many results were looked at, how many of them really changed, and how many are no more."""

    looked_at: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: Recomputed) -> Recomputed:
        return Recomputed(self.looked_at + other.looked_at, self.changed + other.changed, self.gone + other.gone)


def again(write: Callable[[], T]) -> T:
    """Do it; if the tree moved away meanwhile, from the start again, at most ATTEMPTS times."""
    for _attempt in range(ATTEMPTS - 1):
        with suppress(TreeMoved):
            return write()
    return write()


def hold(nodes: Collection[int], calendar: Calendar, *, cards: Iterable[int] = ()) -> Held:
    """Lock the scorecards of the nodes and of all above them, and the ones named, by id; in a transaction."""
    held, loose = lock_holders(nodes, [*cards])
    return Held(frozenset(held), frozenset({*nodes, *loose}), card_state(held, calendar), calendar)


def _is_held(tree: Tree, held: Held) -> bool:
    """Whether everything that is to be written is: a formula may have come to read a measure meanwhile."""
    loose = {node.id for node in tree.nodes.values() if node.card is None and node.kind == "measure"}
    return tree.cards <= held.cards and loose <= held.nodes


def recompute(nodes: Collection[int], periods: Periods | None, today: date, held: Held) -> Recomputed:
    """Bring the results of these nodes and of all above them up to date, in these periods or (None) in all.

    Calculated measures that read one of them count as above it, in every later period that may read these.
    """
    tree, formulas = with_formulas(tree_above(nodes))
    if not _is_held(tree, held):
        raise TreeMoved
    wanted = None if periods is None else begun(_reached(periods, formulas, today, held.calendar), today)
    lines = lines_of(tree, formulas, wanted, today, held.calendar)
    if lines is None:
        return Recomputed(gone=forget(result_keys(tree.nodes, wanted)))
    axis = Axis.of(lines)
    found = list(_compute(tree, formulas, axis, wanted, today, held))
    rows = Records.joined(found).rows(axis) if found else np.empty(0, RESULTS.dtype)
    if wanted is None or len(rows) >= BY_COPY_FROM:
        return Recomputed(len(rows), *store_differences(rows, tree.nodes, wanted))
    changed = store(rows)
    return Recomputed(len(rows), changed, _forget_others(tree, rows, wanted))


def _reached(periods: Periods, formulas: Formulas | None, today: date, calendar: Calendar) -> Periods:
    """The periods, and where formulas look beyond their own all that follow."""
    starts = [start for each in periods.values() for start in each]
    if formulas is None or formulas.is_within_the_period or not starts:
        return periods
    return united([periods, all_since(formulas.frequencies, min(starts), today, calendar)])


def rebuild(today: date) -> Recomputed:
    """Everything anew, a few scorecards at a time; nothing changes where the results were right."""
    calendar, done = calendars(), Recomputed()
    for nodes in _lots(Node.objects.order_by("scorecard_id", "pk").values_list("scorecard_id", "pk")):
        done += _recompute_held(nodes, None, today, calendar)
    return done


def tick(today: date) -> Recomputed:
    """What time has changed: values fall due, carried ones get stale, periods and strategies begin, units are closed."""
    calendar, done = calendars(), Recomputed()
    due = due_results(today)
    for _, lot in groupby(due, key=lambda each: each.card):
        each_due = list(lot)
        periods = united({d.frequency: since(d.frequency, d.start, today, calendar)} for d in _distinct(each_due))
        done += _recompute_held({each.node for each in each_due}, periods, today, calendar)
    for nodes in (*_lots(nodes_beyond_closing()), *_lots(nodes_without_results())):
        done += _recompute_held(nodes, None, today, calendar)
    return done


def _distinct(due: Iterable[T]) -> list[T]:
    return list({(each.frequency, each.start): each for each in due}.values())  # type: ignore[attr-defined]


def _lots(rows: Iterable[tuple[int | None, int]]) -> Iterator[list[int]]:
    """Nodes of whole scorecards together, as few as make a lot; those without one apart from them."""
    lot: list[int] = []
    for card, group in groupby(rows, key=lambda row: row[0]):
        nodes = [node for _, node in group]
        if lot and (card is None or len(lot) + len(nodes) > NODES_AT_ONCE):
            yield lot
            lot = []
        if card is not None:
            lot += nodes
            continue
        for begin in range(0, len(nodes), NODES_AT_ONCE):
            yield nodes[begin : begin + NODES_AT_ONCE]
    if lot:
        yield lot


def _recompute_held(nodes: Collection[int], periods: Periods | None, today: date, calendar: Calendar) -> Recomputed:
    def work() -> Recomputed:
        with transaction.atomic():
            return recompute(nodes, periods, today, hold(nodes, calendar))

    return again(work)


def _compute(
    tree: Tree, formulas: Formulas | None, axis: Axis, wanted: Periods | None, today: date, held: Held
) -> Iterator[Records]:
    infos = _measures(tree)
    settings = Settings(held.state.bands)
    board = _board(tree, axis, wanted)
    if infos:
        made, _besides, _past = sheets_of(infos, tree, formulas, axis.lines, settings, today, held)
        found = figures(made, axis, wanted, today)
        if found is not None:
            yield score_measures(found, infos, board, settings)
    yield from roll_up_tree(tree, board, settings, wanted, today)


def _measures(tree: Tree) -> list[MeasureInfo]:
    return [tree.measures[node.id] for node in tree.nodes.values() if node.kind == "measure"]


def sheets_of(
    infos: list[MeasureInfo],
    tree: Tree,
    formulas: Formulas | None,
    lines: Lines,
    settings: Settings,
    today: date,
    held: Held | None = None,
) -> tuple[list[Sheet], list[Sheet], Past | None]:
    """The measures' sheets from their facts, calculated ones from the facts of what they read; and the sheets of these.

    Closed periods of the scorecards held keep the targets of their time; calculated values that are closed, their values.
    """
    read = _read_besides(infos, formulas)
    months = lines[Frequency.MONTH]
    first = months.periods[0].start - timedelta(days=7)
    facts = current_facts([*infos, *read], first, months.periods[-1].end)
    placed = _placed_on(tree, read)
    made = sheets(infos, Life.of(infos, placed, today), facts, lines, settings)
    if held is not None:
        keep_targets(made, facts, held.state.locked, lines, settings)
    besides = sheets(read, Life.of(read, placed, today), facts.since(len(infos)), lines, settings)
    past = None
    if formulas is not None:
        ground = Ground(formulas, [*infos, *read], facts, placed, lines, settings, today)
        past = past_of(ground, held.state.closings if held else {}, held.cards if held else ())
        calculate(formulas, [*made, *besides], lines, today, past.keep if past else None)
    return made, besides, past


def _read_besides(infos: Iterable[MeasureInfo], formulas: Formulas | None) -> list[MeasureInfo]:
    """Measures that are read and not recomputed themselves."""
    own = {info.node for info in infos}
    return [] if formulas is None else [info for info in formulas.infos.values() if info.node not in own]


def _board(tree: Tree, axis: Axis, wanted: Periods | None) -> Board:
    """With what is stored of children that are not recomputed, and of the periods before those that are."""
    children = {edge.child for edge in tree.edges} - tree.nodes.keys()
    board = Board.of({*children, *tree.nodes}, axis)
    if wanted is None:
        known = known_results(children, {f: [p.start for p in line.periods] for f, line in axis.lines.items()})
    else:
        known = known_results({*children, *tree.nodes}, united([wanted, _before(wanted, axis.lines)]))
    column = axis.places(known["frequency"], known["start"])
    is_asked = (column >= 0) & axis.columns(wanted)[column]
    kept = (column >= 0) & (~is_asked | np.isin(known["node"], list(children)))
    board.put(known[kept], column[kept])
    return board


def _before(wanted: Periods, lines: Lines) -> dict[Frequency, set[date]]:
    """The periods just before."""
    return {
        frequency: {lines[frequency].periods[lines[frequency].at[start] - 1].start for start in starts}
        for frequency, starts in wanted.items()
    }


def _placed_on(tree: Tree, read: Iterable[MeasureInfo]) -> dict[int, date]:
    """The first day on which each child, and each measure that formulas read besides, got a weight."""
    found: dict[int, date] = {}
    for edge in tree.edges:
        if edge.lower is not None:
            found[edge.child] = min(edge.lower, found.get(edge.child, edge.lower))
    return found | {info.node: info.placed_on for info in read if info.placed_on is not None}


def lines_of(
    tree: Tree, formulas: Formulas | None, wanted: Periods | None, today: date, calendar: Calendar
) -> Lines | None:
    """Timelines from the year of the first period that is asked for to the year of today; None where nothing is asked.

    Where formulas look back, from so many years before; where their values are carried, from the first one.
    """
    infos = _measures(tree)
    besides = _read_besides(infos, formulas)
    read, placed = [*infos, *besides], _placed_on(tree, besides)
    lives = {frequency: _first_days(read, placed, frequency) for frequency in {i.frequency for i in read}}
    if wanted is None:
        starts = [day for frequency in lives for day in _first_days(infos, placed, frequency)]
        starts += [edge.lower for edge in tree.edges if edge.lower is not None]
        starts += [node.starts_on for node in tree.nodes.values() if node.kind == "strategy" and node.starts_on]
    else:
        starts = [start for each in wanted.values() for start in each]
    first = min((start for start in starts if start <= today), default=None)
    if first is None:
        return None
    back = 0
    if formulas is not None:
        first, back = min([first, *_calculated_carriers(read, placed)]), formulas.years_back
    begins = Period.of(Frequency.YEAR, first, calendar).shift(-back).start - timedelta(days=7)
    ends = Period.of(Frequency.YEAR, today, calendar).end
    frequencies = {*ABOVE_MEASURES, *lives, *(wanted or ())}
    return {
        frequency: Timeline.between(frequency, min([begins, *_carriers(lives, frequency)]), ends, calendar)
        for frequency in frequencies
    }


def _calculated_carriers(infos: Iterable[MeasureInfo], placed: dict[int, date]) -> list[date]:
    """The same of calculated ones: what they read has to be there from then on, too."""
    made = [info for info in infos if info.expression and info.frequency.is_longer_than(Frequency.MONTH)]
    return [day for frequency in {info.frequency for info in made} for day in _first_days(made, placed, frequency)]


def _carriers(lives: dict[Frequency, list[date]], frequency: Frequency) -> list[date]:
    """First days of measures whose values shorter periods carry: those are read from their beginning."""
    return lives.get(frequency, []) if frequency.is_longer_than(Frequency.MONTH) else []


def _first_days(infos: Iterable[MeasureInfo], placed: dict[int, date], frequency: Frequency) -> list[date]:
    given = (
        day
        for info in infos
        if info.frequency is frequency
        for day in (info.first_fact, info.starts_on, placed.get(info.node))
    )
    return [day for day in given if day is not None]


def _forget_others(tree: Tree, rows: Rows, wanted: Periods) -> int:
    """Delete stored results that are not to be any more."""
    if len(rows) == _expected(tree, wanted):
        return 0
    return forget(result_keys(tree.nodes, wanted) - {row[:3] for row in RESULTS.listed(rows)})


def _expected(tree: Tree, wanted: Periods) -> int:
    """How many results there are at most."""
    above = sum(len(wanted.get(frequency, ())) for frequency in ABOVE_MEASURES)
    own = {frequency: len(starts) for frequency, starts in wanted.items() if frequency not in ABOVE_MEASURES}
    return sum(
        above + (own.get(tree.measures[node.id].frequency, 0) if node.kind == "measure" else 0)
        for node in tree.nodes.values()
    )
