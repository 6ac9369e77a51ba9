"""Two measures side by side, and the measures of one definition across units: same periods, same way of drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.access import Actor
from core.charts import MeasureSeries
from core.formats import NumberFormat
from core.periods import At, Frequency, Period
from core.statuses import reason_words
from scorecards.models import Measure, MeasureDefinition, Result
from scorecards.queries.cards import number_format
from scorecards.queries.measurecharts import short_label
from scorecards.queries.measures import measures

PERIODS, MOST = 13, 12


@dataclass(frozen=True)
class Cell:
    """A measure in one period: the value written out, and its status."""

    value: float | None
    text: str
    status: str
    reason: str

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)


@dataclass(frozen=True)
class Side:
    """One measure of a comparison; `cells` by period, oldest first; `series` is its chart."""

    measure: Measure
    cells: tuple[Cell, ...]
    series: MeasureSeries

    @property
    def chart_id(self) -> str:
        """An id no other chart of the page has."""
        return f"compare-{self.measure.pk}"

    @property
    def latest(self) -> Cell:
        """The period asked about."""
        return self.cells[-1]


@dataclass(frozen=True)
class Comparison:
    """Measures over the same periods. `rows`: a period's label and a cell for each measure, newest first."""

    sides: tuple[Side, ...]
    periods: tuple[Period, ...]

    @property
    def rows(self) -> list[tuple[str, list[Cell]]]:
        """For the table."""
        cells = [[side.cells[at] for side in self.sides] for at in range(len(self.periods))]
        return [(period.label, row) for period, row in zip(self.periods, cells, strict=True)][::-1]

    @property
    def is_of_one_kind(self) -> bool:
        """Whether all are in one unit of measure, so that heights compare from chart to chart."""
        return len({(side.measure.unit_of_measure, side.measure.is_percent) for side in self.sides}) == 1


def found_measures(viewer: Actor, codes: Sequence[str]) -> list[Measure]:
    """The measures of these codes that the viewer may see, in the order of the codes; one query."""
    rows = {row.code: row for row in measures(viewer).filter(code__in=codes)}
    return [rows[code] for code in dict.fromkeys(codes) if code in rows]


def following(viewer: Actor, definition: MeasureDefinition) -> list[Measure]:
    """The measures that follow a definition, by unit: at most twelve are compared."""
    rows = measures(viewer).filter(definition=definition, retired_at=None)
    return list(rows.order_by("unit__name", "code")[:MOST])


def comparison(compared: Sequence[Measure], at: At) -> Comparison:
    """The last thirteen periods of the longest frequency among them, so that each has a figure; one query.

    The measures are ones the viewer may see: whoever calls has asked.
    """
    frequency = max((Frequency(one.frequency) for one in compared), key=list(Frequency).index)
    frequency = frequency if frequency.is_longer_than(Frequency.MONTH) else Frequency.MONTH
    last = (
        at.period
        if at.period.frequency == frequency
        else Period.of(frequency, min(at.period.end, at.today), at.period.calendar)
    )
    if not last.is_over(at.today) and last.start < at.period.start:
        last = last.previous()
    periods = tuple(last.shift(-step) for step in range(PERIODS - 1, -1, -1))
    starts = [period.start for period in periods]
    results = Result.objects.filter(
        node__measure__in=compared, frequency=frequency, period_start__in=starts
    ).select_related("node")
    found = {(row.node.measure_id, row.period_start): row for row in results}
    sides = [_side(one, periods, found) for one in compared]
    return Comparison(tuple(_of_one_scale(sides)), periods)


def _of_one_scale(sides: Sequence[Side]) -> Sequence[Side]:
    """Where all are in one unit of measure their charts share a scale."""
    if len({(side.measure.unit_of_measure, side.measure.is_percent) for side in sides}) > 1:
        return sides
    drawn = [
        number
        for side in sides
        for row in (side.series.actual, side.series.target)
        for number in row
        if number is not None
    ]
    if not drawn:
        return sides
    return [replace(side, series=replace(side.series, floor=min(drawn), ceiling=max(drawn))) for side in sides]


def _series(
    measure: Measure, periods: Sequence[Period], rows: Sequence[Result | None], numbers: NumberFormat
) -> MeasureSeries:
    return MeasureSeries(
        labels=[short_label(one) for one in periods],
        groups=[str(one.fiscal_year.name) if one.frequency != Frequency.YEAR else "" for one in periods],
        actual=[row.value if row else None for row in rows],
        target=[row.target if row else None for row in rows],
        red_flag=[row.red_flag if row else None for row in rows],
        statuses=[row.status if row else "no_data" for row in rows],
        polarity=measure.polarity,  # type: ignore[arg-type]
        numbers=numbers,
    )


def _side(measure: Measure, periods: Sequence[Period], found: dict[tuple[int | None, date], Result]) -> Side:
    numbers = number_format(measure)
    rows = [found.get((measure.pk, period.start)) for period in periods]
    return Side(measure, tuple(_cell(row, numbers) for row in rows), _series(measure, periods, rows, numbers))


def _cell(row: Result | None, numbers: NumberFormat) -> Cell:
    if row is None:
        return Cell(None, "", "no_data", "not_reported")
    return Cell(row.value, "" if row.value is None else numbers.text(row.value), row.status, row.reason)
