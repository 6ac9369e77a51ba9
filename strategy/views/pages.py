"""Strategies, a strategy, a version, a theme, an objective."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.keeping import kept
from core.panels import get, panels
from strategy.forms import CommentForm
from strategy.models import Objective, Strategy, StrategyVersion, Theme
from strategy.queries import pages
from strategy.queries.strategies import objectives
from strategy.queries.strategies import strategies as all_strategies
from strategy.tables import objectives_dataset, strategies_dataset

FILLED = 1
"""How many panels of an objective come with the page; the others are fetched."""


@listing("view", Strategy)
@require_safe
def strategies(request: PortalRequest, rows: QuerySet[Strategy]) -> HttpResponse:
    """Every strategy the person may see."""
    return render(request, "strategy/strategies.html", {"strategies": all_strategies(request.actor)})


@listing("view", Strategy)
@require_safe
def strategies_file(request: PortalRequest, rows: QuerySet[Strategy], form: str) -> HttpResponseBase:
    """The same list as a file."""
    return download(strategies_dataset(all_strategies(request.actor)), "strategies", form)


@guarded("view", Strategy)
@require_safe
def objectives_file(request: PortalRequest, row: Strategy, form: str) -> HttpResponseBase:
    """The objectives of a strategy with their status, as a file."""
    lines = pages.lines(request.actor, request.at, objectives(request.actor, row))
    return download(objectives_dataset(lines), f"{row.name} objectives", form)


@guarded("view", Strategy)
@require_safe
def strategy(request: PortalRequest, row: Strategy) -> HttpResponse:
    """What we want, with everything on the map in words, and its versions."""
    page = pages.strategy_page(request.actor, row, request.at)
    boxes = [panel.render(row, request.actor, request.at) for panel in panels("strategy")]
    context = {"page": page, "strategy": row, "panels": boxes, "attached": page.attached, "comment_form": CommentForm()}
    return render(request, "strategy/strategy.html", context)


@guarded("view", StrategyVersion)
@require_safe
def version(request: PortalRequest, row: StrategyVersion) -> HttpResponse:
    """A frozen version, and what changed since the one before."""
    return render(request, "strategy/version.html", {"page": pages.version_page(row), "version": row})


@guarded("view", Theme)
@require_safe
def theme(request: PortalRequest, row: Theme) -> HttpResponse:
    """A theme with its objectives."""
    page = pages.theme_page(request.actor, row, request.at)
    context = {"page": page, "theme": row, "attached": page.attached, "comment_form": CommentForm()}
    return render(request, "strategy/theme.html", context)


@guarded("view", Objective)
@kept
@require_safe
def objective(request: PortalRequest, row: Objective) -> HttpResponse:
    """An objective: a frame of panels around its own words, links and discussion."""
    frames = panels("objective")
    context = {
        "page": (page := pages.objective_page(request.actor, row, request.at)),
        "objective": row,
        "filled": [panel.render(row, request.actor, request.at) for panel in frames[:FILLED]],
        "fetched": frames[FILLED:],
        "attached": page.attached,
        "comment_form": CommentForm(),
    }
    return render(request, "strategy/objective.html", context)


@guarded("view", Objective)
@require_safe
def objective_panel(request: PortalRequest, row: Objective, key: str) -> HttpResponse:
    """One panel of an objective: the box alone for htmx, else a page of its own."""
    panel = get("objective", key)
    if panel is None:
        raise Http404
    box = panel.render(row, request.actor, request.at)
    if request.htmx:
        return HttpResponse(box)
    return render(request, "strategy/objective_panel.html", {"objective": row, "panel": panel, "box": box})
