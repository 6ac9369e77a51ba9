"""Closed periods keep the targets and baselines that were known when they were closed (METHOD §3, Targets changed).

The step a plan or a ladder leads to lies in another period, often an open one. Where it moved after a period was
closed, the measure's row is laid out once more from what was known then, and the closed columns are taken from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from core.periods import Frequency, Period
from scorecards.actions.sheets import GOAL, THRESHOLDS, Life, Settings, Sheet, sheets
from scorecards.actions.timelines import ABOVE_MEASURES, Lines, Timeline
from scorecards.queries.factarrays import Facts
from scorecards.queries.kept import (
    BaselineChange,
    Change,
    FactRow,
    changed_since,
    changed_targets,
    closed_since,
    facts_at,
    facts_of,
    rows_of,
)
from scorecards.queries.trees import MeasureInfo
from scorecards.rules.arrays import Ints

Closed = Mapping[Period, datetime]
"""Closed periods of one scorecard, and since when."""


def closed_columns(line: Timeline, closed: Closed) -> dict[datetime, Ints]:
    """Columns of closed periods by the moment from which they have been closed: the first of the locks that hold them."""
    since = {column: closed_since(period, closed) for column, period in enumerate(line.periods)}
    return {
        moment: np.array([column for column, each in since.items() if each == moment], dtype=np.int64)
        for moment in sorted({each for each in since.values() if each is not None})
    }


def leads_on(info: MeasureInfo) -> bool:
    """Whether what a period of it is held against stands in another: on a plan, on a ladder, or in what is carried."""
    return info.has_plan or info.has_ladder or info.frequency.is_longer_than(Frequency.MONTH)


@dataclass(frozen=True)
class _Measure:
    """A measure with what changed of its targets and baseline."""

    info: MeasureInfo
    facts: list[FactRow]
    targets: list[Change]
    baselines: list[BaselineChange]

    def has_changed_since(self, moment: datetime) -> bool:
        return bool(changed_since(self.targets, moment) or changed_since(self.baselines, moment))

    def info_at(self, moment: datetime) -> MeasureInfo:
        """With the baseline known then; the present one where it has not changed since."""
        since = changed_since(self.baselines, moment)
        if not since:
            return self.info
        held = next((each for each in since if each.recorded_at <= moment), None)
        return replace(self.info, baseline=held.value if held else None, baseline_on=held.on if held else None)


def keep_targets(
    made: Sequence[Sheet],
    facts: Facts,
    closed: Mapping[int, Closed],
    lines: Lines,
    settings: Settings,
) -> None:
    """Put back what closed periods are held against; `closed` by scorecard. One statement where it can matter."""
    infos = [info for sheet in made for info in sheet.infos if leads_on(info) and closed.get(info.card or 0)]
    if not infos:
        return
    first = min(moment for info in infos for moment in closed[info.card or 0].values())
    targets, baselines = changed_targets(infos, first)
    changed = {each.row.node for each in targets} | {each.node for each in baselines}
    placed = {int(place): info for sheet in made for place, info in zip(sheet.row, sheet.infos, strict=True)}
    rows = rows_of(facts, [placed[place] for place in sorted(placed)], changed) if changed else []
    for sheet in made:
        for row, info in enumerate(sheet.infos):
            if info.node in changed:
                measure = _Measure(
                    info,
                    [fact for fact in rows if fact.node == info.node],
                    [each for each in targets if each.row.node == info.node],
                    [each for each in baselines if each.node == info.node],
                )
                _keep(sheet, row, measure, closed[info.card or 0], lines, settings)


def _keep(sheet: Sheet, row: int, measure: _Measure, closed: Closed, lines: Lines, settings: Settings) -> None:
    known: dict[datetime, Sheet] = {}
    for line in (sheet.line, *_shorter(sheet, lines)):
        for moment, columns in closed_columns(line, closed).items():
            if not measure.has_changed_since(moment):
                continue
            if moment not in known:
                known[moment] = _laid_out(sheet, row, measure, moment, lines, settings)
            if line is sheet.line:
                for name in (*THRESHOLDS, *GOAL):
                    sheet.numbers[name][row, columns] = known[moment].numbers[name][0, columns]
            else:
                sheet.kept.setdefault((row, line.frequency), []).append((columns, known[moment].numbers))


def _shorter(sheet: Sheet, lines: Lines) -> Iterable[Timeline]:
    """The lines of periods in which the measures are carried."""
    return (lines[each] for each in ABOVE_MEASURES if sheet.line.frequency.is_longer_than(each))


def _laid_out(sheet: Sheet, row: int, measure: _Measure, moment: datetime, lines: Lines, settings: Settings) -> Sheet:
    """A sheet of the one measure, from what was known at a moment."""
    facts = facts_at(measure.facts, measure.targets, moment)
    life = Life(sheet.life.first[row : row + 1], sheet.life.last[row : row + 1])
    info = measure.info_at(moment)
    (one,) = sheets([info], life, facts_of(facts, [info]), lines, settings)
    return one
