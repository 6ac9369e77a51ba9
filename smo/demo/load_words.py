"""Writing what people say: updates with their readers, threads, and tasks that are open, late or done."""

from __future__ import annotations

from collections.abc import Mapping

from scorecards.models import Measure
from smo.demo.load_organization import House
from smo.demo.words import ACTIONS, COMMENTS, UPDATES, ActionSpec, CommentSpec, UpdateSpec
from strategy.actions import (
    acknowledge_update,
    add_action_item,
    comment,
    complete_action_item,
    post_update,
    reply,
)
from strategy.models import Objective

DAYS_TO_DO = 14
"""A task is raised so many days before it is due."""

Records = Mapping[str, Objective | Measure]


def load_words(house: House, objectives: Mapping[str, Objective], measures: Mapping[str, Measure]) -> None:
    """Everything attached to objectives and measures."""
    records: Records = {**objectives, **measures}
    for update in UPDATES:
        _post(update, house, records)
    for thread in COMMENTS:
        _talk(thread, house, records)
    for action in ACTIONS:
        _ask(action, house, records)


def _post(spec: UpdateSpec, house: House, records: Records) -> None:
    made = post_update(
        house.actor(spec.author),
        about=records[spec.about],
        text=spec.text.format(**house.clock.words()),
        declared=spec.declared,
        period=house.clock.newest.shift(-spec.back),
    )
    if spec.acknowledged_by:
        acknowledge_update(house.actor(spec.acknowledged_by), update=made)


def _talk(spec: CommentSpec, house: House, records: Records) -> None:
    words = house.clock.words()
    begun = comment(house.actor(spec.author), about=records[spec.about], text=spec.text.format(**words))
    for author, text in spec.replies:
        reply(house.actor(author), to=begun, text=text.format(**words))


def _ask(spec: ActionSpec, house: House, records: Records) -> None:
    """A late task was raised before it was due, and a task that is done on the day it was done."""
    clock = house.clock
    item = add_action_item(
        house.actor(spec.raised_by),
        about=records[spec.about],
        title=spec.title,
        assignee=house.people[spec.assignee],
        due_on=clock.days(spec.due),
        today=min(clock.today, clock.days(spec.due - DAYS_TO_DO)),
    )
    if spec.done is not None:
        complete_action_item(house.actor(spec.assignee), item=item, today=clock.days(spec.done))
