"""What process 4 adds to other screens: the map and the files on a strategy's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.announcements import announcement_kind
from core.panels import panel
from core.periods import At
from planning.queries.maps import StrategyMap, strategy_map
from planning.queries.starting import Exchange, exchange
from strategy.models import Strategy

announcement_kind("strategy_adopted", _("Strategies that are adopted or amended"))


@panel("strategy", "map", _("Strategy map"), "planning/panels/map.html", order=10)
def map_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> StrategyMap | None:
    """The picture of the map; silent while nothing stands on it."""
    found = strategy_map(viewer, strategy, at)
    return found if found.layout else None


@panel("strategy", "exchange", _("Files of this strategy"), "planning/panels/exchange.html", order=90)
def files_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> Exchange:
    """The strategy as StratML and as a workbook; where it came from; the library for a draft."""
    return exchange(viewer, strategy)
