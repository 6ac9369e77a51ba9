"""Opening the slots of schedules: each due moment starts one job, however many clocks say so."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from jobs.actions.ordering import enqueue
from jobs.models import Job, Schedule, Slot
from jobs.queries import first_month_of_year, rhythm_of
from jobs.rules.slots import latest_due
from organization.actors import Actor, system_actor


def open_slots(now: datetime) -> list[Job]:
    """Start what is due and was not started. After a standstill only the latest missed moment is caught up."""
    jobs: list[Job] = []
    year_begins = first_month_of_year(now)
    for schedule in Schedule.objects.filter(is_active=True).select_related("owner").order_by("pk"):
        due_at = latest_due(rhythm_of(schedule, year_begins), now)
        if due_at >= schedule.since and not schedule.slots.filter(due_at__gte=due_at).exists():
            job = _open(schedule, due_at)
            jobs += [job] if job else []
    return jobs


def _open(schedule: Schedule, due_at: datetime) -> Job | None:
    """One transaction for the slot and its job; None if another clock was faster."""
    owner = schedule.owner
    actor = Actor(owner.pk, owner.name) if owner else system_actor()
    try:
        with transaction.atomic():
            slot = Slot.objects.create(schedule=schedule, due_at=due_at)
            slot.job = enqueue(
                actor,
                schedule.task,
                title=schedule.name,
                arguments={**schedule.arguments, "due_at": due_at.isoformat()},
                key=f"slot:{schedule.pk}:{due_at.isoformat()}",
                queue=schedule.queue,
            )
            slot.save(update_fields=["job"])
    except IntegrityError:
        return None
    return slot.job
