"""Reports made by the clock: planned, changed, paused, removed, and run for each distinct reader (TRUST Q4, Z14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actions import recording
from core.access import Actor, can, require
from core.actions import Refusal, check_version
from core.periods import Frequency, Period
from jobs.actions import advance, enqueue
from jobs.models import Job, Schedule
from jobs.queries import is_here
from organization.actors import actor_of
from organization.models import Person
from organization.queries import calendars
from scorecards.models import ReportSchedule, Scorecard

MOST_RECIPIENTS = 200
LAST_DAY = {"week": 7, "month": 31, "quarter": 31}
LAST_WORKING_DAY = 20


@dataclass(frozen=True)
class Plan:
    """When reports are made, and for whom. `on_day` counts as jobs.Schedule says."""

    every: str
    on_day: int
    on_working_day: bool
    at_hour: int
    recipients: Sequence[Person]


def add_schedule(actor: Actor, *, scorecard: Scorecard, plan: Plan, today: date) -> ReportSchedule:
    """Have reports of the scorecard made by the clock from now on, in the actor's name."""
    require(actor, "schedule_report", scorecard)
    if actor.person_id is None:
        raise Refusal(_("A schedule acts in a person's name, so a person must make it."))
    with recording(actor, "add_report_schedule", subject_id=scorecard.strategy.subject_id, details=_details(plan)):
        _check(scorecard, plan, today)
        schedule = Schedule.objects.create(
            name=_name(scorecard),
            task="scorecards.run_schedule",
            queue="heavy",
            owner_id=actor.person_id,
            **_clock(plan),
        )
        made = ReportSchedule.objects.create(scorecard=scorecard, schedule=schedule)
        made.recipients.set(plan.recipients)
        schedule.arguments = {"schedule": made.pk}
        schedule.save(update_fields=["arguments"])
    return made


def change_schedule(
    actor: Actor, row: ReportSchedule, *, plan: Plan, today: date, expected: int | None = None
) -> ReportSchedule:
    """Change when and for whom. What was due before the change is not caught up."""
    require(actor, "change", row)
    with recording(actor, "change_report_schedule", subject_id=_subject(row), details=_details(plan)):
        stored = _locked(row)
        check_version(stored, expected, _details(plan))
        _check(stored.scorecard, plan, today)
        Schedule.objects.filter(pk=stored.schedule_id).update(since=Now(), **_clock(plan))
        stored.recipients.set(plan.recipients)
        stored.store([])
    return stored


def pause_schedule(actor: Actor, row: ReportSchedule) -> None:
    """Make nothing until it is taken up again."""
    require(actor, "change", row)
    with recording(actor, "pause_report_schedule", subject_id=_subject(row)):
        Schedule.objects.filter(pk=_locked(row).schedule_id).update(is_active=False)


def resume_schedule(actor: Actor, row: ReportSchedule) -> None:
    """Go on with the next moment; what was due meanwhile is not caught up."""
    require(actor, "change", row)
    with recording(actor, "resume_report_schedule", subject_id=_subject(row)):
        Schedule.objects.filter(pk=_locked(row).schedule_id).update(is_active=True, since=Now())


def remove_schedule(actor: Actor, row: ReportSchedule) -> None:
    """End the schedule; the reports it made stay."""
    require(actor, "change", row)
    with recording(actor, "remove_report_schedule", subject_id=_subject(row)):
        stored = _locked(row)
        Schedule.objects.filter(pk=stored.schedule_id).update(is_active=False)
        stored.retired_at = timezone.now()
        stored.store(["retired_at"])


def run_now(actor: Actor, row: ReportSchedule, *, now: datetime) -> Job:
    """Make the reports at once, in the owner's name as the clock would. Asking again while they are made is one run."""
    require(actor, "change", row)
    schedule = row.schedule
    owner = schedule.owner
    with recording(actor, "run_report_schedule", subject_id=_subject(row)):
        return enqueue(
            actor_of(owner, timezone.localdate(now)) if owner else actor,
            "scorecards.run_schedule",
            title=schedule.name,
            arguments={"schedule": row.pk, "due_at": now.isoformat()},
            subject=row.scorecard.strategy.subject,
            key=f"schedule:{row.pk}:now",
            queue="heavy",
        )


def stored_plan(row: ReportSchedule) -> dict[str, Any]:
    """What the schedule says now, by the names of its form."""
    schedule = Schedule.objects.get(pk=row.schedule_id)
    return {
        "every": schedule.every,
        "counts": "working" if schedule.on_working_day else "calendar",
        "on_day": schedule.on_day,
        "at_hour": schedule.at_hour,
        "recipients": list(row.recipients.order_by("name")),
    }


def _subject(row: ReportSchedule) -> int:
    return row.scorecard.strategy.subject_id


def _locked(row: ReportSchedule) -> ReportSchedule:
    found = ReportSchedule.objects.select_for_update(of=("self",)).select_related("scorecard__strategy__unit")
    stored = found.get(pk=row.pk)
    if stored.retired_at is not None:
        raise Refusal(_("This schedule was removed. Add a new one."))
    return stored


def _name(scorecard: Scorecard) -> str:
    return (_("Reports of %(scorecard)s") % {"scorecard": scorecard.name})[:200]


def _clock(plan: Plan) -> dict[str, Any]:
    names = ("every", "on_day", "on_working_day", "at_hour")
    return {name: getattr(plan, name) for name in names}


def _details(plan: Plan) -> dict[str, Any]:
    return {**_clock(plan), "recipients": sorted(person.pk for person in plan.recipients)}


def _check(scorecard: Scorecard, plan: Plan, today: date) -> None:
    """Refuse a moment that never comes, and people who could not read it."""
    if plan.every not in LAST_DAY:
        raise Refusal(_("Choose every week, every month or every quarter."), field="every")
    if plan.on_working_day and plan.every == "week":
        raise Refusal(_("A weekly report is made on a day of the week, not on a working day."), field="counts")
    last = LAST_WORKING_DAY if plan.on_working_day else LAST_DAY[plan.every]
    if not 1 <= plan.on_day <= last:
        raise Refusal(_("The day is a number from 1 to %(last)d.") % {"last": last}, field="on_day")
    if not 0 <= plan.at_hour <= 23:
        raise Refusal(_("The hour is a number from 0 to 23."), field="at_hour")
    _check_recipients(scorecard, plan, today)


def _check_recipients(scorecard: Scorecard, plan: Plan, today: date) -> None:
    if not plan.recipients:
        raise Refusal(_("Name at least one person who gets the report."), field="recipients")
    if len(plan.recipients) > MOST_RECIPIENTS:
        raise Refusal(_("At most %(most)d people can get a report.") % {"most": MOST_RECIPIENTS}, field="recipients")
    for person in plan.recipients:
        if not is_here(person):
            raise Refusal(_("%(name)s has left and cannot get reports.") % {"name": person}, field="recipients")
        if not can(actor_of(person, today), "view", scorecard):
            words = {"name": person, "scorecard": scorecard}
            raise Refusal(_("%(name)s may not see %(scorecard)s.") % words, field="recipients")


# ---------------------------------------------------------------------------------------------------------------- run
def run_schedule(actor: Actor, *, job: Job, today: date) -> dict[str, Any]:
    """Order one report for each distinct reader key of the recipients. In one transaction with the end of the job, so
    that a run counts once. Who has left or may no longer see the scorecard is passed over."""
    row = ReportSchedule.objects.select_related("scorecard__strategy__subject", "scorecard__strategy__unit").get(
        pk=job.arguments["schedule"]
    )
    if row.retired_at is not None:
        return {}
    if not can(actor, "view", row.scorecard):
        words = {"name": actor.label, "scorecard": row.scorecard}
        raise Refusal(
            _("%(name)s may no longer see %(scorecard)s, so its reports are not made. Have someone else plan them.")
            % words
        )
    due_at = parse_datetime(job.arguments["due_at"])
    period = period_of(row.schedule.every, timezone.localdate(due_at))
    groups = _groups(row, today)
    if not groups:
        raise Refusal(_("Nobody who is to get this report is still here and may see it. Change the recipients."))
    for done, (reader_key, people) in enumerate(sorted(groups.items())):
        advance(job, done, len(groups), _("Ordering the reports"))
        _order(actor, row, job, period, reader_key, people)
    return {"reports": len(groups), "period": period.key}


def period_of(every: str, day: date) -> Period:
    """What a report of that day is about: the month, or the quarter, that ended last."""
    frequency = Frequency.QUARTER if every == "quarter" else Frequency.MONTH
    return Period.of(frequency, day, calendars()).previous()


def _groups(row: ReportSchedule, today: date) -> dict[str, list[Person]]:
    groups: dict[str, list[Person]] = defaultdict(list)
    for person in row.recipients.order_by("name", "pk"):
        if is_here(person):
            reader = actor_of(person, today)
            if can(reader, "view", row.scorecard):
                groups[reader.reader_key].append(person)
    return groups


def _order(actor: Actor, row: ReportSchedule, job: Job, period: Period, key: str, people: list[Person]) -> Job:
    words = {"name": row.scorecard.name, "period": period.label, "reader": people[0].name, "more": len(people) - 1}
    title = _("Scorecard %(name)s, %(period)s, for %(reader)s") % words
    if len(people) > 1:
        text = ngettext("%(title)s and %(more)d other", "%(title)s and %(more)d others", len(people) - 1)
        title = text % {**words, "title": title}
    return enqueue(
        actor,
        "scorecards.render_report",
        title=title,
        arguments={
            "scorecard": row.scorecard_id,
            "period": period.key,
            "schedule": row.pk,
            "due_at": job.arguments["due_at"],
            "reader_key": key,
            "readers": [person.pk for person in people],
        },
        subject=row.scorecard.strategy.subject,
        unit=row.scorecard.strategy.unit,
        key=f"report:{row.pk}:{job.arguments['due_at']}:{key}",
        queue="heavy",
    )
