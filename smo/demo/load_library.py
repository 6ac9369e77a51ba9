"""Writing the library and what else the strategy office designs: approvers, borrowed measures, benchmarks, notes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.periods import Frequency
from scorecards.actions import (
    AnnotationRow,
    DefinitionRow,
    ObservationRow,
    Revision,
    add_annotation,
    add_definitions,
    change_measure,
    follow_definition,
    record_observations,
    revise_definition,
    use_measure,
)
from scorecards.actions.lines import add_series
from scorecards.models import Measure, MeasureDefinition, Series
from smo.demo.library import (
    APPROVERS,
    BENCHMARK,
    DEFINITIONS,
    NOTES_ON_CHARTS,
    REVISED,
    REVISED_REASON,
    REVISED_TEXT,
    USES,
    DefinitionSpec,
)
from smo.demo.load_figures import DESIGNER, accepted
from smo.demo.load_organization import House
from strategy.models import Objective

FIRST_REASON = "One text for all units"


def load_library(house: House, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]) -> None:
    """Definitions with the measures that follow them, one of them revised; then what stands beside the measures."""
    _define(house, measures)
    _approve(house, measures)
    _borrow(house, objectives, measures)
    _compare(house, measures)
    _note(house, measures)


def _define(house: House, measures: Mapping[str, Measure]) -> None:
    actor, today = house.actor(DESIGNER), house.clock.today
    rows = [_row(spec, house, measures[spec.followers[0]]) for spec in DEFINITIONS]
    made = add_definitions(actor, rows=rows, today=today, reason=FIRST_REASON, effective_from=house.clock.starts_on)
    definitions: dict[str, MeasureDefinition] = {row.code: row for row in made}
    for spec in DEFINITIONS:
        for code in spec.followers:
            follow_definition(
                actor, measure=measures[code], definition=definitions[spec.code], expected=None, today=today
            )
    revision = Revision({"description": REVISED_TEXT}, house.clock.reweighted_on, REVISED_REASON)
    revise_definition(actor, definition=definitions[REVISED], revision=revision, expected=None, today=today)


def _row(spec: DefinitionSpec, house: House, like: Measure) -> DefinitionRow:
    return DefinitionRow(
        code=spec.code,
        name=spec.name,
        unit=house.units["NMH"],
        description=like.description,
        formula=like.formula,
        source=like.source,
        owner=house.people[spec.owner],
        unit_of_measure=like.unit_of_measure,
        is_percent=like.is_percent,
        decimals=like.decimals,
        frequency=like.frequency,
        aggregation=like.aggregation,
        method=like.method,
        polarity=like.polarity,
    )


def _approve(house: House, measures: Mapping[str, Measure]) -> None:
    for code, approver in APPROVERS.items():
        values = {"approver": house.people[approver], "needs_approval": True}
        change_measure(
            house.actor(DESIGNER), measure=measures[code], values=values, expected=None, today=house.clock.today
        )


def _borrow(house: House, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]) -> None:
    for use in USES:
        use_measure(
            house.actor(DESIGNER),
            measure=measures[use.measure],
            objective=objectives[use.objective],
            weight=Decimal(use.weight),
            from_on=house.clock.reweighted_on,
            today=house.clock.today,
        )


def _compare(house: House, measures: Mapping[str, Measure]) -> None:
    code, name, first, step = BENCHMARK
    measure = measures[code]
    add_series(house.actor(DESIGNER), measure=measure, kind=Series.Kind.BENCHMARK, name=name)
    rows = [
        ObservationRow(
            measure.pk,
            period,
            value=Decimal(str(round(first + step * place, 1))),
            source="Regional report",
            series_kind=Series.Kind.BENCHMARK,
            series_name=name,
        )
        for place, period in enumerate(house.clock.finished(Frequency.MONTH))
    ]
    owner = next(key for key, person in house.people.items() if person.pk == measure.owner_id)
    accepted(record_observations(house.actor(owner), rows=rows, today=house.clock.today))


def _note(house: House, measures: Mapping[str, Measure]) -> None:
    for note in NOTES_ON_CHARTS:
        on = house.clock.newest.shift(-note.back).start
        row = AnnotationRow(on, note.text, is_break=note.is_break)
        add_annotation(house.actor(DESIGNER), measure=measures[note.measure], row=row, today=house.clock.today)
