"""Tasks of planning: the work of jobs that people order."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from jobs.models import Job
from jobs.worker import job_task
from organization.actors import Actor
from planning.actions.comparing import print_comparison as make_comparison


@job_task("planning.print_comparison", in_one_transaction=False)
def print_comparison(actor: Actor, job: Job) -> dict[str, Any]:
    """The PDF of two versions side by side."""
    return make_comparison(actor, job=job, now=timezone.now(), today=timezone.localdate())
