"""Calculated values of closed periods are those known when they were closed (METHOD §4, §5).

A formula may read a measure of another unit, whose scorecard is open. What is recorded there later counts there; the
closed period that reads it stays. As calculated values are never stored as facts, they are computed once more from the
facts of that moment: closings in force then hold then too, so a chain over several scorecards is right as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property

import numpy as np

from scorecards.actions.calculating import calculate
from scorecards.actions.keeping import closed_columns
from scorecards.actions.sheets import VALUES, Life, Settings, Sheet, sheets
from scorecards.actions.timelines import Lines
from scorecards.queries.factarrays import Facts
from scorecards.queries.formulas import Formulas, with_beginnings
from scorecards.queries.kept import (
    Beginning,
    Change,
    Closing,
    FactRow,
    beginnings_of,
    changed_since,
    changed_values,
    closings_of,
    facts_at,
    facts_of,
    rows_of,
)
from scorecards.queries.trees import MeasureInfo
from scorecards.rules.arrays import Ints


@dataclass(frozen=True)
class Ground:
    """What calculated values are laid out from: formulas, measures with their facts known now, first days of places, the
    periods."""

    formulas: Formulas
    infos: Sequence[MeasureInfo]
    facts: Facts
    placed: Mapping[int, date]
    lines: Lines
    settings: Settings
    today: date

    @cached_property
    def rows(self) -> list[FactRow]:
        """The facts of what the formulas name, one by one."""
        return rows_of(self.facts, self.infos, {info.node for info in self.formulas.infos.values()})


class Past:
    """What was known at the moments at which periods were closed; each is laid out once, when it is asked for."""

    def __init__(
        self,
        ground: Ground,
        closings: Mapping[int, list[Closing]],
        changes: Sequence[Change],
        beginnings: Sequence[Beginning],
    ) -> None:
        self._ground, self._closings, self._changes, self._beginnings = ground, closings, changes, beginnings
        self._made: dict[datetime, list[Sheet]] = {}

    def keep(self, code: str, sheet: Sheet, row: int, at: datetime | None = None) -> None:
        """Put back the calculated values of a measure that were closed at a moment (None: now)."""
        for moment, columns in self._closed(code, sheet, at):
            for there in self.sheets_at(moment):
                for number, info in enumerate(there.infos):
                    if info.code == code:
                        _copy(there, number, sheet, row, columns)

    def sheets_for(self, code: str, sheet: Sheet, column: int) -> list[Sheet] | None:
        """The sheets from which a calculated value that is closed now was read; None where the present ones count."""
        for moment, columns in self._closed(code, sheet, None):
            if column in columns:
                return self.sheets_at(moment)
        return None

    def sheets_at(self, moment: datetime) -> list[Sheet]:
        """All measures of the formulas as they were known at a moment."""
        if moment not in self._made:
            ground = self._ground
            formulas = self._formulas_at(moment)
            infos = list(formulas.infos.values())
            facts = facts_of(facts_at(ground.rows, self._changes, moment), infos)
            life = Life.of(infos, dict(ground.placed), ground.today)
            self._made[moment] = sheets(infos, life, facts, ground.lines, ground.settings)
            calculate(
                formulas, self._made[moment], ground.lines, ground.today,
                lambda code, sheet, row: self.keep(code, sheet, row, moment),
            )  # fmt: skip
        return self._made[moment]

    def _closed(self, code: str, sheet: Sheet, at: datetime | None) -> list[tuple[datetime, Ints]]:
        """Columns of a measure that were closed at a moment, where something they may read has changed since."""
        card = self._ground.formulas.infos[code].card or 0
        closed = {each.period: each.locked_at for each in self._closings.get(card, ()) if each.holds_at(at)}
        found = closed_columns(sheet.line, closed)
        return [(moment, columns) for moment, columns in found.items() if self._has_changed(moment)]

    def _has_changed(self, moment: datetime) -> bool:
        """Whether values came after a moment, or closed ones of a chain were opened."""
        opened = (each.opened_at for many in self._closings.values() for each in many)
        return bool(changed_since(self._changes, moment)) or any(day is not None and day > moment for day in opened)

    def _formulas_at(self, moment: datetime) -> Formulas:
        """The formulas over measures that began with what was known at a moment."""
        first: dict[tuple[int, str], date] = {}
        for each in self._beginnings:
            key = (each.node, each.frequency.value)
            if each.first_at <= moment:
                first[key] = min(each.start, first.get(key, each.start))
        infos = {
            code: info if info.expression else replace(info, first_fact=first.get((info.node, info.frequency.value)))
            for code, info in self._ground.formulas.infos.items()
        }
        return with_beginnings(Formulas(infos, self._ground.formulas.asked))


def _copy(there: Sheet, number: int, sheet: Sheet, row: int, columns: Ints) -> None:
    for name in VALUES:
        sheet.numbers[name][row, columns] = there.numbers[name][number, columns]
    sheet.has_failed[row, columns] = there.has_failed[number, columns]
    if sheet.derived is not None and there.derived is not None:
        for each in fields(sheet.derived):
            table: np.ndarray = getattr(sheet.derived, each.name)
            table[row, columns] = getattr(there.derived, each.name)[number, columns]


def past_of(ground: Ground, known: Mapping[int, list[Closing]], cards: Collection[int]) -> Past | None:
    """The past of the scorecards that hold these formulas; None where none of it can matter.

    `known` are the closings of `cards`; others are asked for. One more query where periods are closed, and another where
    something was recorded since.
    """
    infos = ground.formulas.infos
    others = {card for code in ground.formulas.order if (card := infos[code].card) is not None} - set(cards)
    closings = {**known, **closings_of(others, next(iter(ground.lines.values())).periods[0].calendar)}
    ever = [closing for many in closings.values() for closing in many]
    if not any(closing.holds_at(None) for closing in ever):
        return None
    read = [info for info in infos.values() if not info.expression]
    changes = changed_values(read, ever)
    return Past(ground, closings, changes, beginnings_of(read)) if changes else None
