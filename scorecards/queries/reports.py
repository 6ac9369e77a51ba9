"""Frozen reports of a scorecard and the schedules that make them, as their page lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.db.models.fields.json import KT
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Actor, can, permitted, scoped
from jobs.models import Job, Schedule
from jobs.queries import first_month_of_year, is_here, rhythm_of
from jobs.rules.slots import next_due
from organization.models import Person
from scorecards.models import Report, ReportSchedule, Scorecard

PAGE_SIZE = 50


@dataclass(frozen=True)
class ScheduleLine:
    """A schedule as a reader sees it: when, for whom, when next, how the last run went."""

    row: ReportSchedule
    words: str
    next_at: datetime | None
    people: str
    gone: str
    last: Job | None
    may_change: bool


@dataclass(frozen=True)
class ReportLine:
    """A frozen report of the list, and for whom the clock made it."""

    row: Report
    period_label: str
    readers: str


@dataclass(frozen=True)
class ReportsPage:
    """The page of a scorecard's reports."""

    page: Page[ReportLine]
    schedules: list[ScheduleLine]
    may_schedule: bool


def reports_page(viewer: Actor, scorecard: Scorecard, number: str, now: datetime) -> ReportsPage:
    """Frozen reports the viewer may know of, newest first, 50 a page, and the schedules; a constant number of queries."""
    rows = scoped(viewer, "view", Report.objects.filter(scorecard=scorecard)).defer("content")
    rows = rows.annotate(label=KT("content__period_label"))
    rows = permitted(viewer, ["open"], rows).select_related("ordered_by", "file", "schedule__schedule", "measure")
    readers = Prefetch("readers", Person.objects.order_by("name"), to_attr="people")
    page: Page[Any] = Paginator(rows.prefetch_related(readers).order_by("-as_of", "-pk"), PAGE_SIZE).get_page(number)
    page.object_list = [ReportLine(row, row.label, names(row.people)) for row in page.object_list]
    return ReportsPage(page, schedule_lines(viewer, scorecard, now), can(viewer, "schedule_report", scorecard))


def schedules(viewer: Actor, scorecard: Scorecard) -> QuerySet[ReportSchedule]:
    """The kept schedules of a scorecard that the viewer may know of."""
    rows = scoped(viewer, "view", ReportSchedule.objects.filter(scorecard=scorecard, retired_at=None))
    return rows.select_related("schedule__owner").order_by("pk")


def schedule_lines(viewer: Actor, scorecard: Scorecard, now: datetime) -> list[ScheduleLine]:
    """The schedules with their words."""
    recipients = Prefetch("recipients", Person.objects.order_by("name"), to_attr="people")
    rows = list(permitted(viewer, ["change"], schedules(viewer, scorecard)).prefetch_related(recipients))
    runs = Job.objects.filter(task="scorecards.run_schedule", arguments__schedule__in=[row.pk for row in rows])
    last = {job.arguments["schedule"]: job for job in runs.order_by("pk")}
    begins = first_month_of_year(now)
    return [
        ScheduleLine(
            row=row,
            words=rhythm_words(row.schedule),
            next_at=next_due(rhythm_of(row.schedule, begins), now) if row.schedule.is_active else None,
            people=names([person for person in row.people if is_here(person)]),  # type: ignore[attr-defined]
            gone=names([person for person in row.people if not is_here(person)]),  # type: ignore[attr-defined]
            last=last.get(row.pk),
            may_change=row.may_change,  # type: ignore[attr-defined]
        )
        for row in rows
    ]


def rhythm_words(schedule: Schedule) -> str:
    """Every month on working day 3 at 07:00."""
    words = {"day": schedule.on_day, "hour": f"{schedule.at_hour:02d}:{schedule.at_minute:02d}"}
    if schedule.every == Schedule.Every.WEEK:
        return _("Every %(weekday)s at %(hour)s") % {**words, "weekday": WEEKDAYS[min(schedule.on_day, 7) - 1]}
    words["every"] = str(schedule.get_every_display())
    if schedule.on_working_day:
        return _("%(every)s, on working day %(day)d after its end, at %(hour)s") % words
    if schedule.every == Schedule.Every.QUARTER:
        return _("%(every)s, on day %(day)d of the first month after its end, at %(hour)s") % words
    return _("%(every)s, on day %(day)d of the month, at %(hour)s") % words


def names(people: Sequence[Person], most: int = 2) -> str:
    """Helena Marsh, Ravi Menon and 3 others."""
    shown = ", ".join(person.name for person in people[:most])
    more = len(people) - most
    if more <= 0:
        return shown
    words = {"names": shown, "more": more}
    return ngettext("%(names)s and %(more)d other", "%(names)s and %(more)d others", more) % words
