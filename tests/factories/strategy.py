"""Strategies with maps, made by the verbs of the portal."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date

from organization.actors import Actor
from organization.models import OrgUnit, Person
from organization.roles import Role
from planning.actions import adopt
from strategy import structure
from strategy.actions import approve_strategy, create_strategy, submit_strategy
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from tests.factories.organization import TODAY, member, person, unit

STARTS, ENDS = date(2026, 1, 1), date(2028, 12, 31)
LAYERS = ("Results", "Means")
_numbers = itertools.count(1)


@dataclass
class Map:
    """A strategy and everything on its map, as the verbs made it."""

    strategy: Strategy
    perspectives: list[Perspective]
    themes: list[Theme]
    objectives: list[Objective]
    links: list[ObjectiveLink]
    office: Actor


def strategy(
    at: OrgUnit | None = None, *, name: str = "", office: Actor | None = None, owner: Person | None = None
) -> Map:
    """A draft without a map."""
    at = at or unit()
    office = office or member(Role.SMO_OFFICER, at)
    made = create_strategy(
        office,
        unit=at,
        name=name or f"Strategy {next(_numbers)}",
        starts_on=STARTS,
        ends_on=ENDS,
        owner=owner,
        mission="We keep people well.",
        vision="Nobody waits.",
        core_values=["Patients first"],
    )
    return Map(made, [], [], [], [], office)


def strategy_map(
    at: OrgUnit | None = None,
    *,
    objectives: int = 3,
    adopted: bool = True,
    office: Actor | None = None,
    owner: Person | None = None,
    name: str = "",
) -> Map:
    """A strategy with two layers, two themes and a chain of objectives: each but the first drives the one before it.

    Objectives have an owner, who is the strategy's if it has one. The first objective stands in the upper layer; all
    stand under the first theme and the last under both.
    """
    made = strategy(at, office=office, owner=owner, name=name)
    who, plan = made.office, made.strategy
    made.perspectives = structure.add_perspectives(
        who, strategy=plan, rows=[structure.PerspectiveRow(layer, f"What are {layer.lower()}?") for layer in LAYERS]
    )
    answers = owner or person()
    made.themes = structure.add_themes(
        who, strategy=plan, rows=[structure.ThemeRow("Sooner", "Timely"), structure.ThemeRow("Safer", "Every time")]
    )
    made.objectives = structure.add_objectives(
        who,
        strategy=plan,
        rows=[
            structure.ObjectiveRow(
                code=f"O{number}",
                name=f"Reach objective {number}",
                perspective=LAYERS[min(number - 1, 1)],
                themes=("Sooner", "Safer") if number == objectives else ("Sooner",),
                owner=answers,
                description=f"What objective {number} means.",
            )
            for number in range(1, objectives + 1)
        ],
    )
    made.links = structure.add_links(
        who,
        strategy=plan,
        rows=[
            structure.LinkRow(f"O{number + 1}", f"O{number}", lag_min=1, lag_max=3, rationale=f"Reason {number}")
            for number in range(1, objectives)
        ],
    )
    if adopted:
        approved(made)
        adopt(who, strategy=plan, effective_from=STARTS, today=TODAY)
        for row in (plan, *made.perspectives, *made.themes, *made.objectives, *made.links):
            row.refresh_from_db()
    return made


def approved(made: Map) -> Strategy:
    """The draft, reviewed and approved by an executive of its unit; who may adopt it then does."""
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    approve_strategy(member(Role.EXECUTIVE, made.strategy.unit), strategy=made.strategy)
    made.strategy.refresh_from_db()
    return made.strategy
