"""What process 4 adds to other screens: the map and the files on a strategy's page."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.announcements import announcement_kind
from core.panels import panel
from core.periods import At
from planning.queries.maps import StrategyMap, strategy_map
from planning.queries.starting import Exchange, exchange
from planning.queries.trials import Line, tried_links
from strategy.models import Objective, ObjectiveLink, Strategy
from strategy.models.structure import NodeState

announcement_kind("strategy_adopted", _("Strategies that are adopted or amended"))


@panel("strategy", "map", _("Strategy map"), "planning/panels/map.html", order=10)
def map_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> StrategyMap | None:
    """The picture of the map; silent while nothing stands on it."""
    found = strategy_map(viewer, strategy, at)
    return found if found.layout else None


@panel("objective", "trial", _("What the figures say of its links"), "planning/panels/trial.html", order=60)
def trial_of_objective(objective: Objective, viewer: Actor, at: At) -> Sequence[Line] | None:
    """The verdicts on the links that begin or end here; silent for one without links."""
    ends = Q(source=objective) | Q(target=objective)
    rows = scoped(viewer, "view", ObjectiveLink.objects.filter(ends, state=NodeState.LIVE))
    links = list(rows.select_related("source", "target").order_by("source__code", "target__code"))
    return tried_links(viewer, links) if links else None


@panel("strategy", "exchange", _("Files of this strategy"), "planning/panels/exchange.html", order=90)
def files_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> Exchange:
    """The strategy as StratML and as a workbook; where it came from; the library for a draft."""
    return exchange(viewer, strategy)
