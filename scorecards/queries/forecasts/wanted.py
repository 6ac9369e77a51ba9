"""What a year's value is held against: the year's own target, or what its parts' targets make of it (METHOD §2, §3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from core.periods import Frequency, Period
from scorecards.models import Measure, Target
from scorecards.queries.forecasts.histories import known
from scorecards.rules.aggregation import Aggregation, Parts, Thresholds, aggregate
from scorecards.rules.arrays import Days, Floats, days, floats
from scorecards.rules.ladders import interpolated

PLANS = frozenset({Measure.Method.PROGRESS, Measure.Method.CAGR})


@dataclass(frozen=True)
class YearTarget:
    """What is wanted at a year's end: a target, or a range; and when the last of it was recorded."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    recorded_at: datetime | None = None

    def bounds(self, measure: Measure) -> tuple[float | None, float | None]:
        """The values that meet it lie between these."""
        if measure.polarity == Measure.Polarity.INSIDE:
            return self.low, self.high
        return (self.value, None) if measure.polarity == Measure.Polarity.UP else (None, self.value)


NO_TARGET = YearTarget()


def year_targets(
    wanted: Mapping[int, Period], measures: Sequence[Measure], as_of: datetime | None = None,
    weights: Mapping[int, Sequence[float]] | None = None,
) -> dict[int, YearTarget]:  # fmt: skip
    """The target of each measure for its year in `wanted`; one statement. `weights`: a ratio's denominators by part."""
    facts: dict[int, list[Target]] = defaultdict(list)
    for row in Target.objects.filter(known(as_of), measure__in=wanted.keys()):
        facts[row.measure_id].append(row)
    return {
        measure.pk: _year_target(measure, wanted[measure.pk], facts[measure.pk], (weights or {}).get(measure.pk))
        for measure in measures
        if measure.pk in wanted
    }


def _year_target(measure: Measure, year: Period, facts: list[Target], weight: Sequence[float] | None) -> YearTarget:
    parts = year.parts(Frequency(measure.frequency))
    starts = {part.start for part in parts}
    own = next((f for f in facts if f.frequency == Frequency.YEAR and f.period_start == year.start), None)
    mine = [f for f in facts if f.frequency == measure.frequency and f.period_start in starts]
    if measure.method in PLANS:
        value = _joined(measure, parts, _planned(measure, parts, facts), weight)
        return YearTarget(value, recorded_at=_newest(facts)) if value is not None else NO_TARGET
    found = {name: _own_or_joined(name, measure, parts, own, facts, weight) for name in ("value", "low", "high")}
    is_own = own is not None and any(number is not None for number in (own.value, own.low, own.high))
    return YearTarget(**found, recorded_at=_newest([own] if is_own and own else mine))


def _newest(facts: Sequence[Target]) -> datetime | None:
    return max((fact.recorded_at for fact in facts), default=None)


def _own_or_joined(
    name: str,
    measure: Measure,
    parts: Sequence[Period],
    own: Target | None,
    facts: Sequence[Target],
    weight: Sequence[float] | None,
) -> float | None:
    given = getattr(own, name, None)
    if given is not None:
        return float(given)
    steps = {
        fact.period_start: float(getattr(fact, name))
        for fact in facts
        if fact.frequency == measure.frequency and getattr(fact, name) is not None
    }
    if measure.interpolates:
        ends = [Period(parts[0].frequency, start, parts[0].calendar).end for start in sorted(steps)]
        ladder = interpolated(floats([steps[start] for start in sorted(steps)]), days(ends), _ends(parts))
        return _joined(measure, parts, ladder, weight)
    return _joined(measure, parts, floats([steps.get(part.start, np.nan) for part in parts]), weight)


def _planned(measure: Measure, parts: Sequence[Period], facts: Sequence[Target]) -> Floats:
    """The plan at the end of each part: from the baseline to the next target, the last target for good."""
    calendar = parts[0].calendar
    ladder: dict[date, tuple[int, float]] = {}
    for fact in facts:
        frequency = Frequency(fact.frequency)
        end = Period(frequency, fact.period_start, calendar).end
        if fact.value is not None and (end not in ladder or frequency.months < ladder[end][0]):
            ladder[end] = (frequency.months, float(fact.value))
    steps = [(end, value) for end, (_, value) in sorted(ladder.items())]
    begins = measure.baseline_on or measure.starts_on
    if begins is not None and measure.baseline is not None:
        steps = [(begins, float(measure.baseline)), *(step for step in steps if step[0] > begins)]
    if not ladder:
        return np.full(len(parts), np.nan)
    on = np.minimum(_ends(parts), np.datetime64(steps[-1][0], "D"))
    return interpolated(floats([value for _, value in steps]), days([end for end, _ in steps]), on)


def _ends(parts: Sequence[Period]) -> Days:
    return days([part.end for part in parts])


def _joined(measure: Measure, parts: Sequence[Period], given: Floats, weight: Sequence[float] | None) -> float | None:
    """The targets of all parts as the measure joins its values; None where one of them lacks."""
    count = len(parts)
    bottom = floats(list(weight)) if weight is not None and len(weight) == count else np.ones(count)
    rows = Parts(
        end=_ends(parts),
        value=np.ones(count),
        thresholds=Thresholds.of(count, target=given),
        numerator=bottom,
        denominator=bottom,
    )
    found = aggregate(Aggregation(measure.aggregation), rows, parts[0].start).thresholds.target[0]
    return None if np.isnan(found) else float(found)
