"""Writing the register of assumptions, an issue with its options, and the scenarios, as people would over two years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from audit.actions import recording
from organization import subjects
from organization.actors import system_actor
from planning.actions import assumptions, options, scenarios
from planning.models import Assumption, PlanningCycle, StrategicIssue
from scorecards.models import Measure
from smo.demo import choices as data
from smo.demo.load_organization import House
from strategy.models import Objective, ObjectiveLink

ROOT = "NMH"


def load_choices(house: House, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]) -> None:
    """What is believed, what is weighed and what is watched; one night has looked for signs."""
    for one in data.ASSUMPTIONS:
        _assume(one, house, objectives)
    _weigh(house)
    for scenario in data.SCENARIOS:
        _watch(scenario, house, measures)
    scenarios.watch_scenarios(system_actor(), house.clock.today)


# ------------------------------------------------------------------------------------------------------ assumptions
def _assume(spec: data.AssumptionSpec, house: House, objectives: Mapping[str, Objective]) -> None:
    """Stated and looked at on the days of long ago; the next look is due so many days from now."""
    office, review_on = house.actor(data.OFFICE), house.clock.days(spec.review_in)
    made = assumptions.add_assumption(
        office,
        row=assumptions.AssumptionRow(
            unit=house.units[ROOT],
            statement=spec.statement,
            because=spec.because,
            owner=house.people[spec.owner],
            confidence=Decimal(spec.confidence) / 100,
            half_life=Decimal(spec.half_life),
            review_on=review_on,
        ),
        today=house.clock.days(-spec.days_ago),
    )
    links = ObjectiveLink.objects.filter(strategy__unit=house.units[ROOT])
    assumptions.carry(
        office,
        assumption=made,
        subjects=[objectives[code].subject for code in spec.objectives],
        links=[links.get(source__code=source, target__code=target) for source, target in spec.links],
    )
    for found in spec.findings:
        _find(found, made, house)


def _find(spec: data.FindingSpec, made: Assumption, house: House) -> None:
    actor, on = house.actor(spec.person), house.clock.days(-spec.days_ago)
    made.refresh_from_db()
    if spec.confidence is None:
        assumptions.falsify_assumption(actor, assumption=made, words=spec.words, on=on, today=house.clock.today)
        return
    found = assumptions.Finding(Decimal(spec.confidence) / 100, on, made.review_on, spec.words)
    assumptions.validate_assumption(actor, assumption=made, found=found, today=house.clock.today)


# ---------------------------------------------------------------------------------------------------------- options
def _weigh(house: House) -> None:
    """An issue with three options and four criteria, scored and not decided yet."""
    office, issue = house.actor(data.OFFICE), _issue(house)
    rows = [options.CriterionRow(name, Decimal(weight), ten) for name, weight, ten in data.CRITERIA]
    criteria = options.set_criteria(office, issue=issue, rows=rows)
    made = [options.add_option(office, issue=issue, name=one.name, description=one.description) for one in data.OPTIONS]
    cells = [
        options.Cell(option.pk, criterion.pk, Decimal(score), words)
        for option, spec in zip(made, data.OPTIONS, strict=True)
        for criterion, (score, words) in zip(criteria, spec.scores, strict=True)
    ]
    options.score_options(office, issue=issue, cells=cells)


def _issue(house: House) -> StrategicIssue:
    """The question, in the cycle of the next strategy; both are made only where nothing else has made them."""
    root, today = house.units[ROOT], house.clock.today
    cycle = PlanningCycle.objects.filter(unit=root, name=data.CYCLE).first() or _made(
        PlanningCycle, "add_cycle", unit=root, name=data.CYCLE, owner=house.people["mei.chow"],
        starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=240),
    )  # fmt: skip
    return StrategicIssue.objects.filter(cycle=cycle, question=data.QUESTION).first() or _made(
        StrategicIssue, "add_issue", cycle=cycle, question=data.QUESTION, why=data.WHY,
        owner=house.people["yusuf.kaya"], due_on=today + timedelta(days=45),
    )  # fmt: skip


def _made(model: type[Any], verb: str, **values: Any) -> Any:
    with recording(system_actor(), verb):
        (row,) = subjects.create(model, [values])
    return row


# -------------------------------------------------------------------------------------------------------- scenarios
def _watch(spec: data.ScenarioSpec, house: House, measures: Mapping[str, Measure]) -> None:
    office = house.actor(data.OFFICE)
    row = scenarios.ScenarioRow(house.units[ROOT], spec.name, spec.story, spec.early_moves, house.people[spec.owner])
    made = scenarios.add_scenario(office, row=row)
    for one in spec.triggers:
        trigger = scenarios.TriggerRow(measures[one.measure], Decimal(one.limit), one.is_above, one.periods)
        scenarios.add_trigger(office, scenario=made, row=trigger)
