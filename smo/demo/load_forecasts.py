"""Writing what owners expect of a year, through the verb they use; past forecasts on a day of their year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from core.periods import Frequency, Period
from scorecards.actions import TargetRow, forecast_year_end, refresh_forecasts, set_targets
from scorecards.models import Measure, Result
from smo.demo.figures import MEASURES
from smo.demo.forecasts import PAST, SANDBAGGED, THIS, PastForecast
from smo.demo.load_figures import DESIGNER, accepted
from smo.demo.load_organization import House

OWNERS = {spec.code: spec.owner for spec in MEASURES}
RANGE_STEP = 1.0


def load_forecasts(house: House, measures: Mapping[str, Measure]) -> None:
    """Owners' forecasts, next year's target of one measure, and the system's forecasts of all."""
    for past in PAST:
        _expected(past, house, measures[past.measure])
    for one in THIS:
        forecast_year_end(
            house.actor(OWNERS[one.measure]),
            measure=measures[one.measure],
            year=Period.of(Frequency.YEAR, house.clock.today),
            value=Decimal(str(one.value)),
            probability=one.chance,
            today=house.clock.today,
            reason=one.reason,
        )
    _set_low_target(house, measures)
    refresh_forecasts(house.clock.today)


def _expected(past: PastForecast, house: House, measure: Measure) -> None:
    """Around the value that came; where the year has no target the chance is not said."""
    year = Period.of(Frequency.YEAR, house.clock.years(-past.years_back))
    came = Result.objects.get(node=measure.node, frequency=Frequency.YEAR, period_start=year.start)
    if came.value is None:
        return
    has_target = came.target is not None
    step = abs(came.target - came.value) if came.target is not None else RANGE_STEP
    value = came.value + past.hope * measure.goodness * step
    forecast_year_end(
        house.actor(OWNERS[past.measure]),
        measure=measure,
        year=year,
        value=Decimal(str(round(value, measure.decimals))),
        probability=past.chance if has_target else None,
        today=date(year.start.year, 6, 20),
    )


def _set_low_target(house: House, measures: Mapping[str, Measure]) -> None:
    code, target, red_flag, reason = SANDBAGGED
    year = Period.of(Frequency.YEAR, house.clock.today).next()
    row = TargetRow(measures[code].pk, year, value=Decimal(str(target)), red_flag=Decimal(str(red_flag)))
    accepted(set_targets(house.actor(DESIGNER), rows=[row], today=house.clock.today, reason=reason))
