"""What process 4 adds to other screens: the map on a strategy's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.announcements import announcement_kind
from core.panels import panel
from core.periods import At
from planning.queries.editing import Standing, standing
from planning.queries.maps import StrategyMap, strategy_map
from strategy.models import Strategy

announcement_kind("strategy_adopted", _("Strategies that are adopted or amended"))


@panel("strategy", "map", _("Strategy map"), "planning/panels/map.html", order=10)
def map_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> StrategyMap | None:
    """The picture of the map; silent while nothing stands on it."""
    found = strategy_map(viewer, strategy, at)
    return found if found.layout else None


@panel("strategy", "standing", _("How far it has come"), "planning/panels/standing.html", order=5)
def standing_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> Standing | None:
    """The state and the next steps, for those who take them."""
    found = standing(viewer, strategy)
    return found if found.steps or found.may_edit else None
