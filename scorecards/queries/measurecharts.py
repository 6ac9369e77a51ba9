"""The chart of a measure: its periods with those ahead, and the forecast going on where the last value stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.charts import MeasureSeries
from core.periods import Frequency, Period
from scorecards.models import Measure, Target
from scorecards.queries.cards import number_format
from scorecards.queries.forecasts import Outlook

if TYPE_CHECKING:
    from scorecards.queries.measures import PeriodLine

PERIODS_AHEAD = 3
MOST_AHEAD = 13


def periods_ahead(outlook: Outlook, period: Period) -> int:
    """How many periods after the one asked for are drawn: the targets of the next ones, a forecast to its year's end."""
    return max(PERIODS_AHEAD, min(MOST_AHEAD, sum(point.key > period.key for point in outlook.points)))


def charted_periods(
    lines: tuple[PeriodLine, ...], shown: list[Period], targets: Mapping[date, Target], outlook: Outlook
) -> tuple[Period, ...]:
    """The periods of the chart, oldest first, with those ahead that have a target or a forecast."""
    past = sorted(line.period for line in lines)
    points = {point.key for point in outlook.points}
    ahead = sorted(one for one in shown if past and one > past[-1] and (one.start in targets or one.key in points))
    return (*past, *ahead)


def chart_series(
    measure: Measure,
    lines: tuple[PeriodLine, ...],
    periods: tuple[Period, ...],
    targets: Mapping[date, Target],
    outlook: Outlook,
) -> MeasureSeries:
    """Oldest first. The periods ahead show their targets; the forecast goes on where the last value stands."""
    ordered = sorted(lines, key=lambda line: line.period)
    points = {point.key: point for point in outlook.points}
    ahead = periods[len(ordered) :]
    closed = _closed(ordered, points.keys())
    steps = [points.get(one.key) for one in periods[closed:]]
    return MeasureSeries(
        labels=[short_label(one) for one in periods],
        groups=[str(one.fiscal_year.name) if one.frequency != Frequency.YEAR else "" for one in periods],
        actual=[line.value for line in ordered[:closed]],
        target=[line.target for line in ordered] + [_wanted_ahead(targets, one, "value") for one in ahead],
        red_flag=[line.red_flag for line in ordered] + [_wanted_ahead(targets, one, "red_flag") for one in ahead],
        previous=[line.year_ago for line in ordered],
        previous_name=_("Year ago"),
        forecast=[step.middle if step else None for step in steps],
        forecast_low=[step.low if step else None for step in steps],
        forecast_high=[step.high if step else None for step in steps],
        statuses=[line.status for line in ordered],
        polarity=measure.polarity,  # type: ignore[arg-type]
        numbers=number_format(measure),
    )


def _closed(ordered: list[PeriodLine], forecast: Collection[str]) -> int:
    """How many of the periods are past for the chart: newest ones without a value that are forecast are not."""
    closed = len(ordered)
    while closed and ordered[closed - 1].value is None and ordered[closed - 1].period.key in forecast:
        closed -= 1
    return closed


def _wanted_ahead(targets: Mapping[date, Target], period: Period, name: str) -> float | None:
    target = targets.get(period.start)
    return None if target is None else _number(getattr(target, name))


def short_label(period: Period) -> str:
    """The short name under an axis: "Jun" for June 2026, "Q2" for a quarter, the year for a year."""
    return period.label.split(" ")[0].rstrip(",") if period.frequency != Frequency.WEEK else period.key[-3:]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
