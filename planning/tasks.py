"""Tasks of planning: what beat sends, and the work of jobs that people order."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.access import require
from jobs.models import Job
from jobs.worker import job_task
from organization.actors import Actor, system_actor
from planning.actions import scenarios, trials
from planning.actions.comparing import print_comparison as make_comparison
from strategy.models import Strategy


@shared_task(name="planning.try_strategies")
def try_strategies() -> None:
    """Test the links for which a new period has come. Derived from results alone; reads no one's data."""
    trials.try_strategies(timezone.localdate())


@shared_task(name="planning.watch_scenarios")
def watch_scenarios() -> None:
    """Look whether signs of scenarios are there, and tell those who keep them once."""
    scenarios.watch_scenarios(system_actor(), timezone.localdate())


@job_task("planning.try_strategy")
def try_strategy(actor: Actor, job: Job) -> dict[str, Any]:
    """The test of one strategy's links that somebody ordered."""
    strategy = Strategy.objects.get(pk=job.arguments["strategy"])
    require(actor, "change_structure", strategy)
    return {"tests": trials.try_strategy(strategy, timezone.localdate())}


@job_task("planning.print_comparison", in_one_transaction=False)
def print_comparison(actor: Actor, job: Job) -> dict[str, Any]:
    """The PDF of two versions side by side."""
    return make_comparison(actor, job=job, now=timezone.now(), today=timezone.localdate())
