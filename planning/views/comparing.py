"""Two versions of a strategy side by side, as a page and as a PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.guards import PortalRequest, guarded
from core.submitting import refuse_quietly
from planning.actions.comparing import order_comparison
from planning.queries.comparing import comparison, sides
from strategy.models import Strategy


@guarded("view", Strategy)
@require_safe
def strategy_compare(request: PortalRequest, row: Strategy) -> HttpResponse:
    """What differs between two versions; without a choice, the last two that can be compared."""
    offered = sides(request.actor, row, request.at.today)
    by_key = {side.key: side for side in offered}
    newest, former = offered[0], offered[1] if len(offered) > 1 else None
    left = by_key.get(request.GET.get("a", ""), former)
    right = by_key.get(request.GET.get("b", ""), newest)
    found = comparison(request.actor, row, left, right) if left and right and left != right else None
    context = {"strategy": row, "sides": offered, "left": left, "right": right, "comparison": found}
    return render(request, "planning/comparison.html", context)


@guarded("view", Strategy)
@require_POST
def strategy_compare_pdf(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Order the same as a PDF."""
    left, right = request.POST.get("a", ""), request.POST.get("b", "")
    return refuse_quietly(
        request,
        lambda: order_comparison(request.actor, strategy=row, left=left, right=right, today=request.at.today),
        back=reverse("planning:strategy_compare", args=[row.pk]),
        done=lambda job: reverse("jobs:job", args=[job.pk]),
    )
