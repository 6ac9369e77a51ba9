"""Writing the planning cycles, as the strategy office would have run them."""

from __future__ import annotations

from planning.actions import cycles, steps
from planning.models import CycleStep, PlanningCycle
from smo.demo.cycles import COMING, CYCLES, CycleSpec, StepSpec
from smo.demo.load_organization import House
from strategy.models import Strategy

ROOT, OFFICE = "NMH", "ravi.menon"


def load_cycles(house: House, coming: Strategy) -> PlanningCycle:
    """Both cycles with their steps; the running one, which prepares the coming strategy, is given back."""
    for spec in CYCLES:
        made = _open(spec, house, coming if spec is COMING else None)
        for step in spec.steps:
            _plan(step, house, made)
        if spec.is_closed:
            cycles.close_cycle(house.actor(OFFICE), cycle=made, today=house.clock.days(spec.ends + 5))
    return made


def _open(spec: CycleSpec, house: House, strategy: Strategy | None) -> PlanningCycle:
    row = cycles.CycleRow(
        unit=house.units[ROOT],
        name=spec.name,
        starts_on=house.clock.days(spec.begins),
        ends_on=house.clock.days(spec.ends),
        owner=house.people[spec.owner],
        strategy=strategy,
    )
    return cycles.add_cycle(house.actor(OFFICE), row=row)


def _plan(spec: StepSpec, house: House, cycle: PlanningCycle) -> None:
    office, holder = house.actor(OFFICE), house.actor(spec.owner)
    row = steps.StepRow(
        kind=spec.kind,
        name=spec.name,
        starts_on=house.clock.days(spec.begins),
        ends_on=house.clock.days(spec.ends),
        owner=house.people[spec.owner],
        inputs=spec.inputs,
        outputs=spec.outputs,
    )
    made = steps.add_step(office, cycle=cycle, row=row)
    if spec.done is not None:
        steps.finish_step(holder, step=made, on=house.clock.days(spec.done), today=house.clock.today, note=spec.note)
    elif spec.state == CycleStep.State.UNDER_WAY:
        steps.begin_step(holder, step=made)
    elif spec.state == CycleStep.State.SKIPPED:
        steps.skip_step(office, step=made, reason=spec.note)
