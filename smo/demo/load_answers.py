"""Writing answers to reds, and statuses that owners declare."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.actions import Refusal
from core.periods import At
from scorecards.actions import AnswerRow, ItemRow, answer_measure, close_answer, declare_status
from scorecards.models import Measure
from scorecards.queries.answers import fact_words, standing_result
from scorecards.queries.declaring import declared_period
from smo.demo.answers import ANSWERS, DECLARED, AnswerSpec, DeclaredSpec, TaskSpec
from smo.demo.load_organization import House
from strategy.actions import complete_action_item
from strategy.models import ActionItem, Objective

CURRENCY = "GBP"


def load_answers(house: House, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]) -> None:
    """Everything that people answered to their figures."""
    for answer in ANSWERS:
        _answer(answer, house, measures[answer.measure])
    for one in DECLARED:
        _declare(one, house, objectives.get(one.about) or measures[one.about])


def _at(house: House) -> At:
    return At(house.clock.newest, None, house.clock.today)


def _answer(spec: AnswerSpec, house: House, measure: Measure) -> None:
    """A task that is late was given before it was due."""
    clock, at = house.clock, _at(house)
    result = standing_result(measure, at)
    if result is None:
        raise Refusal(f"{measure.code} stands too well to be answered.")
    made = answer_measure(
        house.actor(spec.author),
        measure=measure,
        period=clock.newest,
        answer=AnswerRow(
            fact=fact_words(measure, result, at),
            cause=spec.cause.format(**clock.words()),
            cost=None if spec.cost is None else Decimal(spec.cost),
            currency="" if spec.cost is None else CURRENCY,
        ),
        items=[ItemRow(task.title, house.people[task.assignee], clock.days(task.due)) for task in spec.tasks],
        today=clock.days(spec.written),
    )
    items = {item.title: item for item in made.items.all()}
    for task in spec.tasks:
        _complete(task, items[task.title], house)
    if spec.effect:
        close_answer(house.actor(spec.author), row=made, effect=spec.effect)


def _complete(task: TaskSpec, item: ActionItem, house: House) -> None:
    if task.done is not None:
        complete_action_item(house.actor(task.assignee), item=item, today=house.clock.days(task.done))


def _declare(spec: DeclaredSpec, house: House, record: Measure | Objective) -> None:
    declare_status(
        house.actor(spec.author),
        node=record.node,
        period=declared_period(record, _at(house)),
        status=spec.status,
        reason=spec.reason,
        expires_on=house.clock.days(spec.expires),
        today=house.clock.days(spec.declared),
    )
