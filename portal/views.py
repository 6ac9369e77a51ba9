"""Home and My work."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.guards import PortalRequest, signed_in
from core.keeping import kept
from core.obligations import kinds, obligations
from core.panels import panels
from portal.queries import home as home_of
from portal.queries import home_scorecard


@signed_in("Everyone has a home; what it shows is read through the policies of each row.")
@kept
@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """Strategy health, exceptions and what changed; for a portal without a strategy, what to do first."""
    scorecard = home_scorecard(request.actor, request.at)
    if scorecard is None:
        return render(request, "portal/home_empty.html")
    report = home_of(request.actor, scorecard, request.at)
    boxes = [panel.render(scorecard, request.actor, request.at) for panel in panels("executive")]
    return render(request, "portal/home.html", {"home": report, "report": report.report, "panels": boxes})


@signed_in("What a person owes is asked for that person alone.")
@require_safe
def work(request: PortalRequest) -> HttpResponse:
    """Everything the person owes, by kind, what is due first at the top."""
    owed = obligations(request.actor, request.at)
    titles = kinds()
    groups = [(titles[kind], [item for item in owed if item.kind == kind]) for kind in titles]
    return render(request, "portal/work.html", {"groups": [g for g in groups if g[1]], "today": request.at.today})
