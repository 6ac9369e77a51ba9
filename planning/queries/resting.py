"""What a strategy rests on: its assumptions, and the scenarios that are watched beside it."""

from __future__ import annotations

from dataclasses import dataclass

from core.access import Actor
from core.periods import At
from planning.queries.assumptions import Standing, ground_of
from planning.queries.scenarios import ScenarioLine, scenarios_of
from strategy.models import Strategy


@dataclass(frozen=True)
class Rest:
    """Assumptions as they stand, the doubtful ones first, and watched scenarios, what is coming first."""

    rows: tuple[Standing, ...]
    scenarios: tuple[ScenarioLine, ...]

    @property
    def doubtful(self) -> tuple[Standing, ...]:
        """Those under 0.4 or found to be wrong."""
        return tuple(one for one in self.rows if one.is_doubtful)

    @property
    def coming(self) -> tuple[ScenarioLine, ...]:
        """Scenarios of which a sign is there."""
        return tuple(one for one in self.scenarios if one.is_coming)


def rest_of(viewer: Actor, strategy: Strategy, at: At) -> Rest:
    """Of a strategy that was loaded through its policy."""
    return Rest(tuple(ground_of(viewer, strategy, at)), tuple(scenarios_of(viewer, strategy, at)))
