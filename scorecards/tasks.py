"""Tasks of scorecards: what beat sends, and the work of jobs that people order."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actions import Refusal
from core.periods import At, Frequency, Period
from jobs.actions.progress import advance
from jobs.models import Job
from jobs.worker import job_task
from organization.actors import Actor, system_actor
from organization.queries import calendars
from scorecards import actions
from scorecards.actions import alerts, reports, schedules
from scorecards.actions.entries import save_entries
from scorecards.actions.entryfiles import first_sentences, ordered_file
from scorecards.exchange.entry_sheets import read_entry_file, typed_of_file
from scorecards.queries.entry import recordable


@shared_task(name="scorecards.tick")
def tick() -> None:
    """Let results follow the calendar. Reads no one's data; does nothing between two changes of the clock."""
    actions.tick(timezone.localdate())


@shared_task(name="scorecards.alert_reds")
def alert_reds() -> None:
    """Tell owners and the strategy office of reds that nobody has answered, once each."""
    alerts.alert_reds(system_actor(), timezone.localdate())


@shared_task(name="scorecards.refresh_forecasts")
def refresh_forecasts() -> None:
    """Make forecasts anew whose measure has changed since. Derived from values alone; reads no one's data."""
    actions.refresh_forecasts(timezone.localdate())


@job_task("scorecards.render_report", in_one_transaction=False)
def render_report(actor: Actor, job: Job) -> dict[str, Any]:
    """The PDF of a scorecard."""
    today = timezone.localdate()
    at = At(Period.of(Frequency.MONTH, today, calendars()), None, today)
    return reports.render_report(actor, job=job, now=timezone.now(), at=at)


@job_task("scorecards.print_report", in_one_transaction=False)
def print_report(actor: Actor, job: Job) -> dict[str, Any]:
    """The PDF of a report that was frozen without one."""
    return reports.print_report(actor, job=job, now=timezone.now())


@job_task("scorecards.run_schedule")
def run_schedule(actor: Actor, job: Job) -> dict[str, Any]:
    """The reports of a schedule at one of its moments: one job for each distinct reader."""
    return schedules.run_schedule(actor, job=job, today=timezone.localdate())


@job_task("scorecards.save_entry_file")
def save_entry_file(actor: Actor, job: Job) -> dict[str, Any]:
    """The values of a file, all or nothing unless the wrong cells are to be left out."""
    only_right, today = bool(job.arguments.get("only_right")), timezone.localdate()
    advance(job, 0, step=_("Reading the file"))
    read = read_entry_file(ordered_file(job), calendars())
    typed = typed_of_file(read, recordable(actor))
    dry = bool(read.problems) and not only_right

    def tell(done: int, total: int) -> None:
        advance(job, done, total, step=_("Checking and saving"))

    saved = save_entries(actor, typed=typed, today=today, only_right=only_right, dry=dry, progress=tell)
    if not saved.is_saved:
        taken = {place: one.by for place, one in saved.conflicts.items()}
        said = [*read.problems.items(), *saved.problems.items()]
        said += [
            (place[1].label, _("%(by)s saved another value meanwhile.") % {"by": by}) for place, by in taken.items()
        ]
        raise Refusal(_("Nothing was saved.") + "\n" + first_sentences(said))
    return {"saved": saved.count("taken", "changed"), "submitted": saved.count("submitted")}
