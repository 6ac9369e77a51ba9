"""Measures that nobody records: a ratio of two, a mean that does without what is late, and one that reads the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.periods import Frequency
from scorecards.actions import MeasureRow, TargetRow, add_measures, set_targets
from scorecards.models import Measure
from smo.demo.load_figures import DESIGNER, REASON, accepted
from smo.demo.load_organization import House


@dataclass(frozen=True)
class CalculatedSpec:
    """A calculated measure of the trust, beside its scorecard: formula, and target with red flag where it has one."""

    code: str
    name: str
    short: str
    counts: str
    expression: str
    owner: str
    aggregation: str
    unit_of_measure: str
    is_percent: bool = False
    decimals: int = 1
    target: tuple[int, int] | None = None


CALCULATED = (
    CalculatedSpec(
        code="S-01",
        name="Incidents reported for each serious one",
        short="Reports per serious incident",
        counts="How much is reported before harm is done: many reports for each serious incident are a sign of safety.",
        expression="C6-03 ÷ P3-01",
        owner="marcus.hale",
        aggregation="ratio",
        unit_of_measure="reports",
        decimals=0,
        target=(250, 150),
    ),
    CalculatedSpec(
        code="S-02",
        name="Timely access, mean of emergency, planned and ambulance",
        short="Timely access",
        counts="Mean of the three standards of time; one that is late is left out until it comes.",
        expression="mean_of_present(P1-01, P1-02, P1-04)",
        owner="james.adeyemi",
        aggregation="mean",
        unit_of_measure="%",
        is_percent=True,
        target=(76, 70),
    ),
    CalculatedSpec(
        code="S-03",
        name="Timely access, change on the month before",
        short="Change in timely access",
        counts="Points by which timely access rose or fell against the month before.",
        expression="S-02 − previous(S-02)",
        owner="james.adeyemi",
        aggregation="mean",
        unit_of_measure="points",
        decimals=1,
    ),
)


def load_calculated(house: House) -> Mapping[str, Measure]:
    """The calculated measures by code, with their targets for this year and the last."""
    made = add_measures(house.actor(DESIGNER), rows=[_row(spec, house) for spec in CALCULATED], today=house.clock.today)
    measures = {measure.code: measure for measure in made}
    rows = [row for spec in CALCULATED for row in _targets(spec, measures[spec.code].pk, house)]
    accepted(set_targets(house.actor(DESIGNER), rows=rows, today=house.clock.today, reason=REASON))
    return measures


def _row(spec: CalculatedSpec, house: House) -> MeasureRow:
    return MeasureRow(
        code=spec.code,
        name=spec.name,
        unit=house.units["NMH"],
        short_name=spec.short,
        description=spec.counts,
        expression=spec.expression,
        owner=house.person(spec.owner),
        aggregation=spec.aggregation,
        method=Measure.Method.UNSCORED if spec.target is None else Measure.Method.BAND,
        unit_of_measure=spec.unit_of_measure,
        is_percent=spec.is_percent,
        decimals=spec.decimals,
    )


def _targets(spec: CalculatedSpec, measure_id: int, house: House) -> list[TargetRow]:
    if spec.target is None:
        return []
    months = [*house.clock.finished(Frequency.MONTH)[-24:], *house.clock.ahead(Frequency.MONTH)]
    wanted, red = (Decimal(number) for number in spec.target)
    return [TargetRow(measure_id, month, value=wanted, red_flag=red) for month in months]
