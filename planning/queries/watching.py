"""The values behind triggers of scenarios, for many at once: how far each is from firing, and what has fired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.periods import Calendar, Frequency, Period
from planning.models import ScenarioTrigger, TriggerFiring
from planning.rules.scenarios import Trigger, fires, in_a_row
from scorecards.models import Result
from scorecards.rules.arrays import MISSING

SHOWN = 13
"""How many periods of a measure a page shows."""
WAITED_FOR = 2
"""So many of the newest periods may still wait for their values without breaking a row."""


@dataclass(frozen=True)
class Watched:
    """A trigger with its measure's newest values, how many periods the row beyond the limit is long, and its firings.

    `since` is the first period of that row, `fired` the one in which it fired, None where it has not.
    """

    trigger: ScenarioTrigger
    periods: tuple[Period, ...]
    values: tuple[float | None, ...]
    row: int
    since: Period | None
    fired: Period | None
    firings: tuple[TriggerFiring, ...]

    @property
    def value(self) -> float | None:
        """The newest value."""
        return self.values[-1] if self.values else None

    @property
    def missing(self) -> int:
        """How many more periods beyond the limit it takes."""
        return max(0, self.trigger.periods - self.row)

    @property
    def is_new(self) -> bool:
        """Whether the row has fired, and nobody recorded it yet: wherever in the row, after restated values too."""
        if self.fired is None or self.since is None:
            return False
        return not any(one.period_start >= self.since.start for one in self.firings)


def watched(triggers: Sequence[ScenarioTrigger], today: date, calendar: Calendar) -> list[Watched]:
    """Triggers with their values; two queries for any number of them."""
    values = _values(triggers, today)
    firings: dict[int, list[TriggerFiring]] = defaultdict(list)
    for one in TriggerFiring.objects.filter(trigger__in=triggers).order_by("period_start"):
        firings[one.trigger_id].append(one)
    return [_watched(one, values.get(one.measure_id, {}), firings[one.pk], today, calendar) for one in triggers]


def _values(triggers: Sequence[ScenarioTrigger], today: date) -> Mapping[int, Mapping[date, float]]:
    """Measure → start → value, in the measure's own periods, without carried and provisional ones."""
    own = {one.measure_id: one.measure.frequency for one in triggers}
    rows = Result.objects.filter(
        node__measure__in=own, is_provisional=False, is_carried=False, value__isnull=False, period_start__lte=today
    )
    found: dict[int, dict[date, float]] = defaultdict(dict)
    for measure, frequency, start, value in rows.values_list("node__measure_id", "frequency", "period_start", "value"):
        if measure is not None and frequency == own[measure] and value is not None:
            found[measure][start] = value
    return found


def _watched(
    trigger: ScenarioTrigger,
    values: Mapping[date, float],
    firings: Sequence[TriggerFiring],
    today: date,
    calendar: Calendar,
) -> Watched:
    periods = _axis(Frequency(trigger.measure.frequency), values, today, calendar)
    line = np.array([values.get(period.start, MISSING) for period in periods])
    asked = Trigger(float(trigger.limit), trigger.is_above, trigger.periods)
    row = int(in_a_row(line, asked)[-1])
    places = np.flatnonzero(fires(line, asked))
    shown = periods[-SHOWN:]
    return Watched(
        trigger=trigger,
        periods=shown,
        values=tuple(values.get(period.start) for period in shown),
        row=row,
        since=periods[-row] if row else None,
        fired=periods[int(places[-1])] if row >= trigger.periods else None,
        firings=tuple(firings),
    )


def _axis(frequency: Frequency, values: Mapping[date, float], today: date, calendar: Calendar) -> tuple[Period, ...]:
    """Every period from the first value to the newest one, or to the last that should have one by now."""
    end = Period.of(frequency, today, calendar).previous()
    for _wait in range(WAITED_FOR):
        end = end if end.start in values else end.previous()
    first = min(values, default=end.start)
    periods = [end]
    while len(periods) < SHOWN or periods[-1].start > first:
        periods.append(periods[-1].previous())
    return tuple(reversed(periods))
