"""Writing the strategies: drawn by the strategy office, adopted by who answers for them, each with its scorecard."""

from __future__ import annotations

from datetime import date, timedelta

from planning.actions import adopt
from scorecards.actions.bands import BandsRow, set_bands
from scorecards.models import Scorecard
from smo.demo.load_organization import House
from smo.demo.next_strategy import NEXT
from smo.demo.strategies import STRATEGIES, StrategySpec
from strategy import structure
from strategy.actions import approve_strategy, create_strategy, submit_strategy
from strategy.models import Objective, Strategy
from strategy.structure import LinkRow, ObjectiveRow, PerspectiveRow, ThemeRow

REASON = "The board has agreed"
APPROVER = "helena.marsh"
BLUE_FROM = 95.0
YEARS = 3
"""How long the next strategy runs."""


def load_strategies(house: House) -> dict[str, Objective]:
    """All strategies, adopted from their first day on; their objectives by code."""
    for spec in STRATEGIES:
        draft = _start(spec, house, house.clock.starts_on, house.clock.ends_on)
        _draw(spec, house, draft)
        clock = house.clock
        submit_strategy(house.actor(spec.designer), strategy=draft, today=clock.today)
        approve_strategy(house.actor(APPROVER), strategy=draft)
        adopt(
            house.actor(spec.designer),
            strategy=draft,
            effective_from=clock.starts_on,
            today=clock.today,
            reason=REASON,
        )
        set_bands(
            house.actor(spec.designer),
            scorecard=Scorecard.objects.get(strategy=draft),
            bands=BandsRow(exceeds=BLUE_FROM),
            from_on=clock.starts_on,
            today=clock.today,
        )
    codes = [objective.code for spec in STRATEGIES for objective in spec.objectives]
    return {row.code: row for row in Objective.objects.filter(code__in=codes).select_related("node")}


def load_next(house: House) -> Strategy:
    """The organisation's next strategy, written and sent to review while the present one is in force."""
    clock = house.clock
    first = clock.ends_on + timedelta(days=1)
    draft = _start(NEXT, house, first, date(first.year + YEARS - 1, 12, 31))
    _draw(NEXT, house, draft)
    return submit_strategy(house.actor(NEXT.designer), strategy=draft, today=clock.today)


def _start(spec: StrategySpec, house: House, first: date, last: date) -> Strategy:
    words = {"first_year": first.year, "last_year": last.year}
    return create_strategy(
        house.actor(spec.designer),
        unit=house.units[spec.unit],
        name=spec.name.format(**words),
        starts_on=first,
        ends_on=last,
        owner=house.people[spec.owner],
        mission=spec.mission,
        vision=spec.vision.format(**words),
        vision_by=last,
        core_values=spec.core_values,
    )


def _draw(spec: StrategySpec, house: House, draft: Strategy) -> None:
    actor = house.actor(spec.designer)
    structure.add_perspectives(
        actor, strategy=draft, rows=[PerspectiveRow(p.name, p.question) for p in spec.perspectives]
    )
    structure.add_themes(
        actor, strategy=draft, rows=[ThemeRow(t.name, t.description, house.people[t.owner]) for t in spec.themes]
    )
    structure.add_objectives(
        actor,
        strategy=draft,
        rows=[
            ObjectiveRow(o.code, o.name, o.perspective, (o.theme,), house.people.get(o.owner), o.short, o.description)
            for o in spec.objectives
        ],
    )
    structure.add_links(
        actor,
        strategy=draft,
        rows=[
            LinkRow(link.source, link.target, link.sign, *link.lags, link.rationale, link.is_necessary)
            for link in spec.links
        ],
    )
