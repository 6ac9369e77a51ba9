"""Strategies with scorecards, measures, values and targets, made by the verbs that the portal uses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from audit.actions import recording
from core.access import Actor
from core.periods import Period
from organization import subjects
from organization.actors import system_actor
from organization.models import OrgUnit
from organization.roles import Role
from scorecards.actions import (
    MeasureRow,
    ObservationRow,
    TargetRow,
    add_measures,
    open_scorecard,
    record_observations,
    regrow,
    set_targets,
)
from scorecards.models import Measure, Node, Result, Scorecard
from strategy.models import Objective, Perspective, Strategy, Theme
from tests.factories.organization import TODAY, member, unit

STARTS_ON = date(2024, 1, 1)
_numbers = itertools.count(1)


@dataclass
class Tree:
    """A scorecard under construction, with the officer who keeps it."""

    unit: OrgUnit
    officer: Actor
    strategy: Strategy
    card: Scorecard
    objectives: list[Objective]
    today: date = TODAY
    measures: dict[str, Measure] = field(default_factory=dict)

    def measure(self, name: str, *, objective: int | None = 0, **values: Any) -> Measure:
        """A measure of one of the objectives; monthly, `band`, up, counted from the strategy's first day."""
        given = {"valid_from": self.strategy.starts_on, **values}
        row = MeasureRow(
            code=f"{name}-{next(_numbers)}",
            name=name,
            unit=self.unit,
            objective=None if objective is None else self.objectives[objective],
            **given,
        )
        (made,) = add_measures(self.officer, rows=[row], today=self.today)
        self.measures[name] = made
        return made

    def record(self, measure: Measure, period: str, value: float | str | None, **values: Any) -> str:
        """Record one value for a period such as "2026-06"; what became of it."""
        row = ObservationRow(measure.pk, Period.parse(period), number(value), **values)
        return record_observations(self.officer, rows=[row], today=self.today).rows[0].result

    def target(self, measure: Measure, period: str, value: float | str | None, **values: Any) -> str:
        """Set one target; what became of it."""
        given = {name: number(each) for name, each in values.items()}
        row = TargetRow(measure.pk, Period.parse(period), number(value), **given)
        return set_targets(self.officer, rows=[row], today=self.today, reason="Test").rows[0].result

    def regrow(self, from_on: date | None = None) -> None:
        """Let the scorecard follow the strategy."""
        regrow(self.officer, self.strategy, from_on or self.strategy.starts_on, self.today)

    def node(self, thing: Any) -> Node:
        """The node of a measure, objective, perspective, strategy or unit."""
        return Node.objects.get(**{thing._meta.model_name.replace("orgunit", "unit"): thing})

    def result(self, thing: Any, period: str) -> Result:
        """The stored result of a thing's node in a period."""
        at = Period.parse(period)
        return Result.objects.get(node=self.node(thing), frequency=at.frequency, period_start=at.start)


def number(value: float | str | None) -> Decimal | None:
    """A decimal of what a test writes."""
    return None if value is None else Decimal(str(value))


def strategy(
    at: OrgUnit,
    *,
    perspectives: int = 1,
    objectives: int = 1,
    starts_on: date = STARTS_ON,
    ends_on: date = date(2028, 12, 31),
) -> Strategy:
    """An active strategy; `objectives` are made in each perspective."""
    with recording(system_actor("tests"), "add_strategy"):
        values = {"unit": at, "name": f"Strategy of {at.name}", "starts_on": starts_on, "ends_on": ends_on}
        (made,) = subjects.create(Strategy, [{**values, "state": "active"}])
        layers = Perspective.objects.bulk_create(
            Perspective(strategy=made, name=f"Perspective {order}", order=order) for order in range(perspectives)
        )
        rows = [
            {"strategy": made, "perspective": layer, "code": f"O{next(_numbers)}", "name": f"Objective {order}"}
            for layer in layers
            for order in range(objectives)
        ]
        if rows:
            subjects.create(Objective, rows)
    return made


def theme(of: Strategy, objectives: Sequence[Objective]) -> Theme:
    """A theme that holds these objectives; the scorecard knows it after `regrow`."""
    with recording(system_actor("tests"), "add_theme"):
        (made,) = subjects.create(Theme, [{"strategy": of, "name": f"Theme {next(_numbers)}"}])
        made.objectives.set(objectives)
    return made


def scorecard(at: OrgUnit | None = None, *, today: date = TODAY, **shape: Any) -> Tree:
    """A unit with an active strategy, its open scorecard and an officer of the strategy office."""
    home = at or unit()
    officer = member(Role.SMO_OFFICER, home)
    made = strategy(home, **shape)
    card = open_scorecard(officer, strategy=made, today=today)
    return Tree(home, officer, made, card, list(Objective.objects.filter(strategy=made).order_by("pk")), today)
