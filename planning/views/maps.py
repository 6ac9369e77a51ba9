"""The strategy map."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.guards import PortalRequest, guarded, signed_in
from core.keeping import kept
from organization.queries import organization
from planning.queries.maps import default_strategy
from planning.queries.maps import strategy_map as map_of
from planning.queries.starting import may_start
from strategy.models import Strategy
from strategy.queries.strategies import strategies

VIEWS = {"map": "planning/map.html", "table": "planning/map.html", "print": "planning/print/map.html"}


@signed_in("Leads to the strategy nearest to the person, which is looked for among those they may see.")
@kept
@require_safe
def map(request: PortalRequest) -> HttpResponse:  # noqa: A001 - views are named like their URL
    """The map of the person's own unit, or of the nearest above; without any, what to do first."""
    found = default_strategy(request.actor, request.at)
    if found is None:
        return render(
            request,
            "planning/map_empty.html",
            {"strategies": strategies(request.actor), "may_start": may_start(request.actor)},
        )
    return _page(request, found)


@guarded("view", Strategy)
@require_safe
def strategy_map(request: PortalRequest, row: Strategy) -> HttpResponse:
    """The map of one strategy: as a picture, as a table, or for print."""
    return _page(request, row)


def _page(request: PortalRequest, row: Strategy) -> HttpResponse:
    shown = request.GET.get("view", "map")
    page = map_of(request.actor, row, request.at)
    theme = next((one for one in page.slices if one.key == request.GET.get("theme")), None)
    named = organization()
    context = {
        "map": page,
        "strategy": row,
        "shown": shown if shown in VIEWS else "map",
        "slice": theme or next(iter(page.slices), None),
        "base_url": f"{reverse('planning:strategy_map', args=[row.pk])}?p={request.at.period.key}",
        "organization_name": named.name if named else "",
        "may_start": may_start(request.actor),
    }
    return render(request, VIEWS.get(shown, VIEWS["map"]), context)
