"""Writing the register of assumptions, an issue with its options, and the scenarios, as people would over two years."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from organization.actors import system_actor
from planning.actions import assumptions, options, scenarios
from planning.actions.issues import IssueRow, raise_issue
from planning.models import Assumption, PlanningCycle, StrategicIssue
from scorecards.models import Measure
from smo.demo import choices as data
from smo.demo.load_organization import House
from strategy.models import Objective, ObjectiveLink

ROOT = "NMH"


def load_choices(
    house: House, cycle: PlanningCycle, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]
) -> None:
    """What is believed, what is weighed and what is watched; one night has looked for signs."""
    for one in data.ASSUMPTIONS:
        _assume(one, house, objectives)
    _weigh(house, cycle)
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
def _weigh(house: House, cycle: PlanningCycle) -> None:
    """An issue with three options and four criteria, scored and not decided yet."""
    office, issue = house.actor(data.OFFICE), _issue(house, cycle)
    rows = [options.CriterionRow(name, Decimal(weight), ten) for name, weight, ten in data.CRITERIA]
    criteria = options.set_criteria(office, issue=issue, rows=rows)
    made = [options.add_option(office, issue=issue, name=one.name, description=one.description) for one in data.OPTIONS]
    cells = [
        options.Cell(option.pk, criterion.pk, Decimal(score), words)
        for option, spec in zip(made, data.OPTIONS, strict=True)
        for criterion, (score, words) in zip(criteria, spec.scores, strict=True)
    ]
    options.score_options(office, issue=issue, cells=cells)


def _issue(house: House, cycle: PlanningCycle) -> StrategicIssue:
    """The question of the cycle that is weighed."""
    row = IssueRow(data.QUESTION, data.WHY, house.people["yusuf.kaya"], house.clock.days(45))
    return raise_issue(house.actor(data.OFFICE), cycle=cycle, row=row, today=house.clock.today)


# -------------------------------------------------------------------------------------------------------- scenarios
def _watch(spec: data.ScenarioSpec, house: House, measures: Mapping[str, Measure]) -> None:
    office = house.actor(data.OFFICE)
    row = scenarios.ScenarioRow(house.units[ROOT], spec.name, spec.story, spec.early_moves, house.people[spec.owner])
    made = scenarios.add_scenario(office, row=row)
    for one in spec.triggers:
        trigger = scenarios.TriggerRow(measures[one.measure], Decimal(one.limit), one.is_above, one.periods)
        scenarios.add_trigger(office, scenario=made, row=trigger)
