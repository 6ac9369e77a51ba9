"""Writing measures, targets, weights and values: designed by the strategy office, recorded by who answers for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from core.actions import Outcome, Refusal
from core.periods import Frequency
from scorecards.actions import (
    MeasureRow,
    ObservationRow,
    TargetRow,
    WeightRow,
    add_measures,
    record_observations,
    set_targets,
    set_weights,
)
from scorecards.models import Edge, Measure
from smo.demo.figures import MEASURES, Aim, Figure, aims, figures, restated_from
from smo.demo.load_organization import House
from smo.demo.organization import OWN_FIELD
from smo.demo.shapes import MeasureSpec
from smo.demo.strategies import STRATEGIES, WEIGHTS_BEFORE
from smo.demo.words import NOTES, RESTATED
from strategy.models import Objective

DESIGNER = "ravi.menon"
REASON = "Agreed with the strategy"


@dataclass(frozen=True)
class _Reported:
    """Figures of one measure as they are entered, with the comments on the newest of them."""

    spec: MeasureSpec
    figures: list[Figure]
    notes: Mapping[int, str]


def load_figures(house: House, objectives: Mapping[str, Objective], seed: int) -> dict[str, Measure]:
    """Measures with their values and targets; the weights change once, last year.

    Targets come last: without them no score moves, so that what stands above the measures is written once.
    """
    measures = _add_measures(house, objectives)
    _set_first_weights(house, objectives)
    _record(house, measures, seed)
    _set_targets(house, measures)
    _reweigh(house, objectives, measures)
    return measures


def accepted(outcome: Outcome) -> None:
    """Stop with the first sentences if a row was refused: the demonstration is whole or absent."""
    if outcome.refused:
        raise Refusal(" ".join(f"{row.label}: {row.reason}" for row in outcome.refused[:5]))


def weight_before(code: str, weight: int) -> Decimal:
    """The weight in the strategy's first years."""
    return Decimal(WEIGHTS_BEFORE.get(code, weight))


def _add_measures(house: House, objectives: Mapping[str, Objective]) -> dict[str, Measure]:
    rows = [_row(spec, house, objectives) for spec in MEASURES]
    made = add_measures(house.actor(DESIGNER), rows=rows, today=house.clock.today)
    return {measure.code: measure for measure in made}


def _row(spec: MeasureSpec, house: House, objectives: Mapping[str, Objective]) -> MeasureRow:
    clock = house.clock
    return MeasureRow(
        code=spec.code,
        name=spec.name,
        unit=house.units[spec.unit],
        objective=objectives[spec.objective],
        short_name=spec.short,
        description=spec.counts,
        formula=spec.formula,
        source=spec.source,
        owner=house.person(spec.owner),
        updaters=[house.people[key] for key in spec.updaters],
        kind=spec.kind,
        is_critical=spec.is_critical,
        custom={OWN_FIELD["key"]: OWN_FIELD["choices"][0 if spec.is_critical else 1]} if spec.kind == "lagging" else {},
        frequency=spec.frequency,
        aggregation=spec.aggregation,
        method=spec.method,
        polarity=spec.polarity,
        unit_of_measure=spec.unit_of_measure,
        is_percent=spec.is_percent,
        decimals=spec.decimals,
        tolerance=_number(spec.tolerance),
        baseline=_number(spec.baseline),
        baseline_on=None if spec.baseline is None else clock.starts_on - timedelta(days=1),
        limit=_number(spec.limit),
        interpolates=spec.interpolates,
        scale=dict(spec.scale),
        grace_days=spec.grace_days,
        starts_on=clock.first(spec),
        weight=weight_before(spec.code, spec.weight),
    )


def _number(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


# ---------------------------------------------------------------------------------------------------------- weights
def _set_first_weights(house: House, objectives: Mapping[str, Objective]) -> None:
    weights = {o.code: weight_before(o.code, o.weight) for strategy in STRATEGIES for o in strategy.objectives}
    nodes = {objectives[code].node.pk: weight for code, weight in weights.items()}
    rows = _weight_rows(nodes)
    accepted(set_weights(house.actor(DESIGNER), rows=rows, from_on=house.clock.starts_on, today=house.clock.today))


def _reweigh(house: House, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]) -> None:
    present = {o.code: o.weight for strategy in STRATEGIES for o in strategy.objectives}
    present |= {spec.code: spec.weight for spec in MEASURES}
    nodes = {
        (objectives[code] if code in objectives else measures[code]).node.pk: Decimal(present[code])
        for code in WEIGHTS_BEFORE
    }
    rows = _weight_rows(nodes)
    clock = house.clock
    accepted(set_weights(house.actor(DESIGNER), rows=rows, from_on=clock.reweighted_on, today=clock.today))


def _weight_rows(weights: Mapping[int, Decimal]) -> list[WeightRow]:
    """Rows for the parents that are not themes: in a theme an objective counts as before."""
    edges = Edge.objects.filter(child__in=weights, valid__endswith=None).exclude(parent__kind="theme").order_by("pk")
    return [WeightRow(edge.parent_id, edge.child_id, weights[edge.child_id]) for edge in edges]


# ---------------------------------------------------------------------------------------------------------- targets
def _set_targets(house: House, measures: Mapping[str, Measure]) -> None:
    rows = [_target(aim, measures[spec.code].pk) for spec in MEASURES for aim in _given(spec, house)]
    accepted(set_targets(house.actor(DESIGNER), rows=rows, today=house.clock.today, reason=REASON))


def _given(spec: MeasureSpec, house: House) -> list[Aim]:
    """The aims that are set: of a ladder only its steps, at the ends of quarters, and the first and the last."""
    found = list(aims(spec, house.clock))
    if not spec.interpolates:
        return found
    ends = {found[0].period, found[-1].period}
    return [aim for aim in found if aim.period in ends or aim.period.end == aim.period.parent(Frequency.QUARTER).end]


def _target(aim: Aim, measure_id: int) -> TargetRow:
    return TargetRow(
        measure_id,
        aim.period,
        value=aim.target,
        red_flag=aim.red_flag,
        stretch=aim.stretch,
        low=aim.low,
        high=aim.high,
    )


# ----------------------------------------------------------------------------------------------------------- values
def _record(house: House, measures: Mapping[str, Measure], seed: int) -> None:
    """Each reporter enters what is theirs; what was wrong at first is corrected afterwards."""
    words = house.clock.words()
    by_reporter: dict[str, list[ObservationRow]] = defaultdict(list)
    corrections: dict[str, list[ObservationRow]] = defaultdict(list)
    for spec in MEASURES:
        made = figures(spec, house.clock, seed)
        notes = dict(zip(range(len(made) - 1, -1, -1), reversed(NOTES.get(spec.code, ())), strict=False))
        measure, reporter = measures[spec.code], spec.owner or spec.updaters[0]
        first, corrected = _as_reported(_Reported(spec, made, notes), measure, words)
        by_reporter[reporter] += first
        corrections[reporter] += corrected
    _enter(house, by_reporter)
    _enter(house, {reporter: rows for reporter, rows in corrections.items() if rows})


def _as_reported(
    reported: _Reported, measure: Measure, words: Mapping[str, str]
) -> tuple[list[ObservationRow], list[ObservationRow]]:
    """Rows as they were entered at first, and those that correct them."""
    spec, made = reported.spec, reported.figures
    restated = {len(made) - 1 - one.back: one for one in RESTATED if one.measure == spec.code}
    first, corrected = [], []
    for place, figure in enumerate(made):
        note = reported.notes.get(place, "").format(**words)
        wrong = restated.get(place)
        if wrong is None:
            first.append(_observation(figure, measure, note))
            continue
        first.append(_observation(restated_from(spec, figure, wrong.first_level), measure, note))
        corrected.append(_observation(figure, measure, f"{note} {wrong.comment}".strip()))
    return first, corrected


def _observation(figure: Figure, measure: Measure, comment: str) -> ObservationRow:
    return ObservationRow(
        measure.pk,
        figure.period,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        comment=comment,
        source=measure.source,
    )


def _enter(house: House, rows: Mapping[str, Iterable[ObservationRow]]) -> None:
    for reporter, mine in rows.items():
        accepted(record_observations(house.actor(reporter), rows=list(mine), today=house.clock.today))
