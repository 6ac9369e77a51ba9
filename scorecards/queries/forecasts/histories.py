"""What is known of measures: their values by period, and a fingerprint by which a stored forecast is seen to be outdated."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from core.periods import Calendar, Frequency, Period
from scorecards.models import Annotation, Measure, MeasureForecast, Observation, Result, Series, Target
from scorecards.rules.forecast import longest

VERSION = 1
"""Raised when the rules change what they answer, so that every stored forecast is made anew."""
NOT_FORECAST = (Measure.Method.YES_NO, Measure.Method.SCALE)
"""Words and yes or no are no quantities that go on."""


class Value(NamedTuple):
    """A value with what a ratio is made of."""

    value: float
    numerator: float | None
    denominator: float | None


@dataclass(frozen=True)
class History:
    """The values of a measure by the first day of their periods, none from before its last break."""

    measure: Measure
    frequency: Frequency
    values: Mapping[date, Value]
    all_values: Mapping[date, Value] = field(default_factory=dict)

    @property
    def last(self) -> date | None:
        return max(self.values, default=None)


def season_of(frequency: Frequency) -> int:
    """How many periods a year has; a year of years has no season."""
    return {Frequency.WEEK: 52, Frequency.MONTH: 12, Frequency.QUARTER: 4, Frequency.HALF_YEAR: 2}.get(frequency, 1)


def known(as_of: datetime | None) -> Q:
    """Facts that held at a moment; None: that hold now."""
    if as_of is None:
        return Q(superseded_at=None)
    return Q(recorded_at__lte=as_of) & (Q(superseded_at=None) | Q(superseded_at__gt=as_of))


def histories(measures: Sequence[Measure], today: date, as_of: datetime | None = None) -> list[History]:
    """The values of each measure, as far back as a forecast reads; two statements, three with calculated measures."""
    values: dict[int, dict[date, Value]] = defaultdict(dict)
    own = {m.pk: m.frequency for m in measures}
    for key, frequency, start, *numbers in _values(measures, today, as_of):
        if own[key] == frequency and start <= today:
            values[key][start] = Value(*(None if n is None else float(n) for n in numbers))  # type: ignore[arg-type]
    breaks = _breaks(measures, today)
    return [_history(measure, values[measure.pk], breaks.get(measure.pk)) for measure in measures]


def _breaks(measures: Sequence[Measure], today: date) -> dict[int, date]:
    """The last break of each measure, as `with_state` read it, else asked for."""
    if all(hasattr(measure, "breaks") for measure in measures):
        found = {measure.pk: [day for day in measure.breaks if day <= today] for measure in measures}  # type: ignore[attr-defined]
        return {key: max(days) for key, days in found.items() if days}
    rows = Annotation.objects.filter(measure__in=[m.pk for m in measures], is_break=True, on__lte=today)
    return dict(rows.order_by().values("measure").annotate(last=Max("on")).values_list("measure", "last"))


def _history(measure: Measure, values: Mapping[date, Value], broken_on: date | None) -> History:
    kept = {start: value for start, value in values.items() if broken_on is None or start >= broken_on}
    return History(measure, Frequency(measure.frequency), kept, values)


def _values(measures: Sequence[Measure], today: date, as_of: datetime | None) -> Iterator[tuple[Any, ...]]:
    recorded = [m.pk for m in measures if not m.is_calculated]
    calculated = [m.pk for m in measures if m.is_calculated]
    first = today - timedelta(days=max((_days_back(Frequency(m.frequency)) for m in measures), default=0))
    rows = Observation.objects.filter(
        known(as_of),
        series__measure__in=recorded,
        series__kind=Series.Kind.ACTUAL,
        series__name="",
        period_start__gte=first,
        value__isnull=False,
    )
    names = ("frequency", "period_start", "value", "numerator", "denominator")
    yield from rows.values_list("series__measure", *names).iterator(chunk_size=10_000)
    if calculated:
        made = Result.objects.filter(node__measure__in=calculated, value__isnull=False, is_provisional=False)
        for row in made.values_list("node__measure", "frequency", "period_start", "value"):
            yield (*row, None, None)


def _days_back(frequency: Frequency) -> int:
    """A year more than the past that is used: for last year's denominators and for values that are late."""
    season = season_of(frequency)
    return (longest(season) // season + 2) * 366


# ------------------------------------------------------------------------------------------------- fingerprints
def with_state(rows: QuerySet[Measure]) -> QuerySet[Measure]:
    """Measures with the newest of their facts and their breaks: facts are only added, so these say whether one was."""
    values = Observation.objects.filter(
        series__measure=OuterRef("pk"), series__kind=Series.Kind.ACTUAL, series__name=""
    ).order_by()
    targets = Target.objects.filter(measure=OuterRef("pk")).order_by()
    breaks = Annotation.objects.filter(measure=OuterRef("pk"), is_break=True).order_by("on")
    return rows.annotate(
        newest_value=Subquery(values.values("series__measure").annotate(n=Max("pk")).values("n")),
        newest_target=Subquery(targets.values("measure").annotate(n=Max("pk")).values("n")),
        breaks=ArraySubquery(breaks.values("on")),
    )


def fingerprint(measure: Measure, today: date, calendar: Calendar) -> str:
    """Of everything a forecast depends on, for a measure from `with_state`; empty where that cannot be told cheaply."""
    if measure.is_calculated:
        return ""
    year = Period.of(Frequency.YEAR, today - timedelta(days=measure.grace_days), calendar)
    parts = [VERSION, year.start, year.end, measure.row_version, measure.newest_value, measure.newest_target]  # type: ignore[attr-defined]
    text = "|".join(str(part) for part in (*parts, *measure.breaks))  # type: ignore[attr-defined]
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def changed_measures(ids: Collection[int], today: date, calendar: Calendar) -> list[tuple[Measure, str]]:
    """Live measures whose stored forecast is missing or outdated, with the fingerprint of the new one; one statement."""
    rows = with_state(Measure.objects.filter(pk__in=ids, retired_at=None)).select_related("forecast").order_by("pk")
    found = [(row, fingerprint(row, today, calendar)) for row in rows]
    return [(row, print_) for row, print_ in found if not print_ or _stored(row, print_) is None]


def stored_forecast(measure: Measure, today: date, calendar: Calendar) -> tuple[Measure, MeasureForecast | None]:
    """The measure with its state, and its stored forecast if that is still right; one statement."""
    row = with_state(Measure.objects.filter(pk=measure.pk)).select_related("forecast").get()
    return row, _stored(row, fingerprint(row, today, calendar))


def _stored(measure: Measure, print_: str) -> MeasureForecast | None:
    found: MeasureForecast | None = getattr(measure, "forecast", None)
    return found if found is not None and print_ and found.inputs_hash == print_ else None
