"""The strategy on trial, and what a plan should be asked."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import can
from core.guards import PortalRequest, guarded
from core.submitting import refuse_quietly
from planning.actions.trials import order_trial
from planning.queries.plan_checks import plan_advice
from planning.queries.topics import trial_of
from strategy.models import Strategy


@guarded("view", Strategy)
@require_safe
def trial(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Every link with its verdict, what it stands on, and what to look at first."""
    context = {
        "strategy": row,
        "page": trial_of(request.actor, row, request.at),
        "may_order": can(request.actor, "change_structure", row),
    }
    return render(request, "planning/trial.html", context)


@guarded("view", Strategy)
@require_POST
def trial_order(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Test the links now; a worker does it."""
    return refuse_quietly(
        request,
        lambda: order_trial(request.actor, strategy=row),
        back=reverse("planning:trial", args=[row.pk]),
        done=lambda job: reverse("jobs:job", args=[job.pk]),
    )


@guarded("view", Strategy)
@require_safe
def plan_check(request: PortalRequest, row: Strategy) -> HttpResponse:
    """What the plan should be asked, in sentences, with what to mend."""
    context = {"strategy": row, "advice": plan_advice(request.actor, row, request.at)}
    return render(request, "planning/plan_check.html", context)
