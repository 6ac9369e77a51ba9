"""Further lines of a measure, notes on its chart and first targets: what is laid over its page, and a year of one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet

from core.access import Actor, can
from core.charts import Annotation as ChartNote
from core.charts import FurtherLine
from core.periods import Frequency, Period
from scorecards.models import Annotation, Measure, Observation, Series, Target
from scorecards.queries.cards import number_format
from scorecards.queries.kept import closed_on_card
from scorecards.queries.measures import MeasureReport
from scorecards.queries.targets import periods_in
from scorecards.queries.trees import is_locked

MOST_SHOWN = 4
"""Lines drawn beside the actual one; more cannot be told apart."""
FIRST = ("benchmark", "forecast", "actual", "other")


def further_series(measure: Measure) -> QuerySet[Series]:
    """Every line of a measure but the main one, with how many values each has and the newest period."""
    main = Q(kind=Series.Kind.ACTUAL, name="")
    current = Q(observations__superseded_at=None, observations__value__isnull=False)
    rows = Series.objects.filter(measure=measure).exclude(main)
    return rows.annotate(
        values_count=Count("observations", filter=current), newest=Max("observations__period_start", filter=current)
    ).order_by("kind", "name")


def furnish(report: MeasureReport) -> MeasureReport:
    """The report of a measure's page with its further lines, notes and first targets; three queries."""
    lines = _lines(report.measure, report.charted)
    numbers = number_format(report.measure)
    first = _first_targets(report)
    rows = tuple(
        replace(
            row,
            further=tuple(
                "" if (value := values.get(row.period.start)) is None else numbers.figure(value)
                for values in lines.values()
            ),
            first_target="" if (was := first.get(row.period.start)) is None else numbers.figure(was),
        )
        for row in report.lines
    )
    drawn = replace(
        report.series,
        annotations=chart_notes(report.measure, report.charted),
        further=[
            FurtherLine(name, [_plain(values.get(one.start)) for one in report.charted])
            for name, values in lines.items()
        ],
    )
    return replace(report, series=drawn, lines=rows, further=tuple(lines))


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _lines(measure: Measure, periods: Sequence[Period]) -> dict[str, dict[date, Decimal]]:
    """Names of the lines that have values in these periods, with them; benchmarks first, at most MOST_SHOWN."""
    rows = Observation.objects.filter(
        series__measure=measure, frequency=measure.frequency, superseded_at=None, value__isnull=False,
        period_start__in=[one.start for one in periods],
    ).exclude(series__kind=Series.Kind.ACTUAL, series__name="")  # fmt: skip
    found: dict[Series, dict[date, Decimal]] = defaultdict(dict)
    for row in rows.select_related("series"):
        if row.value is not None:
            found[row.series][row.period_start] = row.value
    ordered = sorted(found, key=lambda one: (FIRST.index(one.kind), one.name))[:MOST_SHOWN]
    return {str(one): found[one] for one in ordered}


def _first_targets(report: MeasureReport) -> dict[date, Decimal]:
    """The first target of each period whose target was changed."""
    starts = [row.period.start for row in report.lines]
    rows = Target.objects.filter(
        measure=report.measure, frequency=report.measure.frequency, period_start__in=starts, value__isnull=False
    )
    given: dict[date, list[Decimal]] = defaultdict(list)
    for start, value in rows.order_by("revision").values_list("period_start", "value"):
        given[start].append(value or Decimal())
    return {start: values[0] for start, values in given.items() if values[0] != values[-1]}


def notes_of(measure: Measure) -> QuerySet[Annotation]:
    """Notes on a measure's chart, newest first."""
    return Annotation.objects.filter(measure=measure).order_by("-on", "-pk")


def chart_notes(measure: Measure, periods: Sequence[Period]) -> list[ChartNote]:
    """The notes of these periods, at the place of theirs; one query."""
    if not periods:
        return []
    rows = Annotation.objects.filter(measure=measure, on__range=(periods[0].start, periods[-1].end)).order_by("on")
    found = []
    for row in rows:
        place = next((place for place, one in enumerate(periods) if one.start <= row.on <= one.end), None)
        if place is not None:
            found.append(ChartNote(place, row.text, row.is_break))
    return found


# ---------------------------------------------------------------------------------------------- one line's year
@dataclass(frozen=True)
class LineCell:
    """A value of a line in one period; `closed` names the closed period it lies in."""

    period: Period
    value: Decimal | None
    text: str
    closed: str


@dataclass(frozen=True)
class LineYear:
    """A further line of a measure in a fiscal year."""

    series: Series
    measure: Measure
    year: Period
    cells: tuple[LineCell, ...]
    may_record: bool


def year_of_line(viewer: Actor, series: Series, year: Period) -> LineYear:
    """The values of a further line in a year; three queries."""
    measure = series.measure
    periods = periods_in(Frequency(measure.frequency), year)
    rows = Observation.objects.filter(
        series=series, frequency=measure.frequency, superseded_at=None, period_start__in=[one.start for one in periods]
    )
    values = dict(rows.values_list("period_start", "value"))
    locks = closed_on_card(measure, year.calendar)
    numbers = number_format(measure)
    cells = []
    for one in periods:
        lock, value = is_locked(one, locks), values.get(one.start)
        cells.append(LineCell(one, value, "" if value is None else numbers.text(value), lock.label if lock else ""))
    return LineYear(series, measure, year, tuple(cells), can(viewer, "record", measure))
