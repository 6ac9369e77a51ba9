"""A strategy as a file, and what came with one that was imported."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from core.downloads import streamed
from core.guards import PortalRequest, guarded
from planning.exchange.stratml import stratml_of
from planning.exchange.workbook import owners_of, plan_workbook
from planning.queries.sources import export_facts, source_of
from planning.queries.starting import exchange, kept
from strategy.models import Strategy
from strategy.queries.content import content_of
from strategy.queries.strategies import objectives


@guarded("view", Strategy)
@require_safe
def strategy_stratml(request: PortalRequest, row: Strategy, part: int) -> HttpResponse:
    """The strategy as StratML of a part in which it can go out."""
    if part not in exchange(request.actor, row).parts:
        raise Http404
    document = stratml_of(row, export_facts(request.actor, row), part, settings.SITE_URL)
    name = f"{slugify(row.name) or 'strategy'}-part-{part}.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(document, content_type="application/xml", headers=headers)


@guarded("view", Strategy)
@require_safe
def strategy_workbook(request: PortalRequest, row: Strategy) -> HttpResponseBase:
    """The strategy as a workbook in the columns in which one is imported."""
    owners = owners_of(objectives(request.actor, row))
    return streamed(plan_workbook(content_of(row), owners), row.name, "xlsx")


@guarded("view", Strategy)
@require_safe
def plan_source(request: PortalRequest, row: Strategy) -> HttpResponse:
    """What came with the published plan and is kept as it is."""
    found = source_of(request.actor, row)
    if found is None:
        raise Http404
    return render(request, "planning/plan_source.html", {"strategy": row, "kept": kept(found)})
