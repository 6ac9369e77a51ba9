"""The grid: measures by periods of one frequency, of a unit or of one's own, with what stands in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from core.access import Actor
from core.periods import At, Frequency, Period
from organization.models import OrgUnit
from scorecards.models import FrequencyChoices, Measure, Submission
from scorecards.queries.entry import (
    Place,
    as_value,
    closed_periods,
    entry_measures,
    entry_units,
    known_values,
    waiting_values,
)
from scorecards.queries.trees import is_locked
from scorecards.queries.updates import EntryPart, entry_parts, place_key

PAGE_SIZE = 25
PERIODS_SHOWN = 6
PERIODS_IN_WORKBOOK = 12


@dataclass(frozen=True)
class GridCell:
    """One input of the grid; `seen` is sent back once for each place, `state` says what the reader must know."""

    place: Place
    part: EntryPart
    seen: str
    closed: Period | None
    waits_for: str = ""


@dataclass(frozen=True)
class GridLine:
    """One measure, or one part of a ratio: its number in each period."""

    measure: Measure
    label: str
    cells: tuple[GridCell, ...]
    is_first: bool


@dataclass(frozen=True)
class GridReport:
    """A page of lines under their periods, and what else there is to choose."""

    lines: list[GridLine]
    periods: list[Period]
    page: Page[Measure]
    frequency: str
    frequencies: list[tuple[str, str]]
    units: list[OrgUnit]
    unit: int | None


def grid_report(viewer: Actor, at: At, wanted: Mapping[str, Any], number: str) -> GridReport:
    """The grid up to the period asked for. `wanted`: unit (an id), frequency."""
    unit = wanted.get("unit") or None
    measures = entry_measures(viewer, unit)
    offered = frequencies_of(measures)
    frequency = wanted.get("frequency") or ""
    if frequency not in dict(offered):
        frequency = offered[0][0] if offered else Frequency.MONTH.value
    page: Page[Measure] = Paginator(measures.filter(frequency=frequency), PAGE_SIZE).get_page(number)
    periods = periods_until(frequency, at, PERIODS_SHOWN)
    lines = grid_lines(list(page.object_list), periods)
    return GridReport(lines, periods, page, frequency, offered, list(entry_units(viewer)), unit)


def frequencies_of(measures: QuerySet[Measure]) -> list[tuple[str, str]]:
    """The frequencies of these measures with their words, months first."""
    found = set(measures.order_by().values_list("frequency", flat=True).distinct())
    words = [(value, str(label)) for value, label in FrequencyChoices.choices if value in found]
    return sorted(words, key=lambda one: one[0] != Frequency.MONTH.value)


def periods_until(frequency: str, at: At, count: int) -> list[Period]:
    """So many periods of a frequency, oldest first; the last one has begun and lies in the period asked for."""
    last = Period.of(Frequency(frequency), min(at.period.end, at.today), at.period.calendar)
    return [last.shift(step) for step in range(1 - count, 1)]


def grid_lines(measures: Sequence[Measure], periods: Sequence[Period]) -> list[GridLine]:
    """The lines of these measures, a ratio on two; three queries."""
    places = [(measure.pk, period) for measure in measures for period in periods]
    known = {place: history[-1] for place, history in known_values(places, only_current=True).items()}
    rows = waiting_values(places)
    waiting = {place: row for place, row in rows.items() if row.state == Submission.State.SUBMITTED}
    cards = [measure.node.scorecard_id for measure in measures if measure.node.scorecard_id]
    closed = closed_periods(cards, periods[0].calendar) if periods else {}
    found = []
    for measure in measures:
        locks = closed.get(measure.node.scorecard_id or 0, ())
        columns: list[list[GridCell]] = []
        for period in periods:
            place = (measure.pk, period)
            submitted, stands = waiting.get(place), known.get(place)
            shown = as_value(submitted) if submitted else stands
            seen = f"{stands.revision if stands else 0}.{submitted.pk if submitted else 0}"
            by = submitted.submitted_by.name if submitted else ""
            parts = entry_parts(measure, place, shown)
            columns.append([GridCell(place, part, seen, is_locked(period, locks), by) for part in parts])
        for number, cells in enumerate(zip(*columns, strict=True)):
            label = cells[0].part.label if len(columns[0]) > 1 else ""
            found.append(GridLine(measure, label, cells, number == 0))
    return found


def line_key(line: GridLine) -> str:
    """How a line is called in the form: its first cell's name without the period."""
    letter, _dot, key = line.cells[0].part.name.partition(".")
    return f"{letter}.{key.partition('.')[0]}"


__all__ = ["GridCell", "GridLine", "GridReport", "grid_lines", "grid_report", "line_key", "periods_until", "place_key"]
