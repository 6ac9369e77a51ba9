"""The strategy map, read and edited."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.guards import PortalRequest, guarded, signed_in
from core.keeping import kept
from organization.queries import organization
from planning.queries.editing import outline, standing
from planning.queries.mapmonths import stops
from planning.queries.mapparts import Wanted
from planning.queries.maps import default_strategy
from planning.queries.maps import strategy_map as map_of
from planning.queries.starting import may_start
from strategy.models import Strategy
from strategy.queries.strategies import strategies

VIEWS = {"map": "planning/map.html", "table": "planning/map.html", "print": "planning/print/map.html"}
PAPERS = ("a3", "a4")
EDITOR = "planning/parts/editor.html"


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
@kept
@require_safe
def strategy_map(request: PortalRequest, row: Strategy) -> HttpResponse:
    """The map of one strategy: as a picture, as a table, for print, or to be edited."""
    return editor(request, row) if "edit" in request.GET else _page(request, row)


def map_url(strategy: Strategy) -> str:
    """The page of a strategy's map."""
    return reverse("planning:strategy_map", args=[strategy.pk])


def editor_url(strategy: Strategy, focus: int | None = None) -> str:
    """The map with its edit layer; the card named has the focus."""
    return f"{map_url(strategy)}?edit=1" + (f"&focus={focus}" if focus else "")


def _page(request: PortalRequest, row: Strategy) -> HttpResponse:
    shown = request.GET.get("view", "map")
    wanted = Wanted(**{name: request.GET.get(name, "") for name in ("theme", "owner", "status")})
    page = map_of(request.actor, row, request.at, wanted=wanted)
    theme = next((one for one in page.slices if one.key == wanted.theme), None)
    context = {
        **_around(request, row),
        "map": page,
        "shown": shown if shown in VIEWS else "map",
        "slice": theme or next(iter(page.slices), None),
        "may_start": may_start(request.actor),
        "paper": request.GET.get("paper", "") if request.GET.get("paper") in PAPERS else "",
        "stops": stops([card.objective for card in page.cards], request.at) if page.cards else (),
        "before": request.at.period.previous(),
        "after": request.at.period.next() if request.at.period.next().start <= request.at.today else None,
    }
    return render(request, VIEWS.get(shown, VIEWS["map"]), context)


def _around(request: PortalRequest, row: Strategy) -> dict[str, Any]:
    named = organization()
    return {
        "strategy": row,
        "standing": standing(request.actor, row),
        "base_url": f"{map_url(row)}?p={request.at.period.key}",
        "organization_name": named.name if named else "",
    }


def editor(request: PortalRequest, row: Strategy, *, status: int = 200, **more: Any) -> HttpResponse:
    """The map with its edit layer, the whole page or the layer alone; `more` says what became of a change."""
    around = _around(request, row)
    if not around["standing"].may_edit:
        return _page(request, row)
    found = outline(request.actor, row)
    context = {
        **around,
        "shown": "edit",
        "outline": found,
        "ways": [
            ("left", _("left")),
            ("right", _("right")),
            ("up", _("to the band above")),
            ("down", _("to the band below")),
        ],
        "reason": request.POST.get("reason", request.GET.get("reason", "")),
        "map": map_of(request.actor, row, request.at, editing=found),
        "focus": more.pop("focus", request.GET.get("focus", "")),
        **more,
    }
    return render(request, EDITOR if request.htmx else "planning/map_edit.html", context, status=status)
