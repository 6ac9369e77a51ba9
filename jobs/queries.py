"""Questions about jobs, their files, and what could not be sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import Actor, permitted, scoped
from core.importers import Importer, importers
from core.importreports import Outcome
from jobs.models import ImportFeed, ImportMapping, ImportRun, Job, Outbox, ProducedFile, Schedule, Upload
from jobs.rules.progress import pause_of_polling, seconds_left
from jobs.rules.slots import Rhythm, next_due
from organization.models import OrgUnit, Person
from organization.queries import calendars

DAYS_KEPT = 30
PROBLEMS_SHOWN = 50
RUNS_SHOWN = timedelta(days=92)
"""Three months of imports stand in the list; all are kept."""
VERBS = ("cancel", "retry")


def is_here(person: Person) -> bool:
    """Whether the person may sign in and has not left."""
    return person.is_active and (person.left_on is None or person.left_on >= timezone.localdate())


def first_month_of_year(now: datetime) -> int:
    """The month with which fiscal years, and so quarters, begin."""
    return calendars().on(timezone.localdate(now)).first_month


def rhythm_of(schedule: Schedule, year_begins: int) -> Rhythm:
    """When a schedule is due, by the portal's clock."""
    return Rhythm(
        every=schedule.every,
        on_day=schedule.on_day,
        at_hour=schedule.at_hour,
        at_minute=schedule.at_minute,
        zone=timezone.get_default_timezone(),
        on_working_day=schedule.on_working_day,
        year_begins=year_begins,
    )


def next_moment(schedule: Schedule, now: datetime) -> datetime:
    """When a schedule will be due next."""
    return next_due(rhythm_of(schedule, first_month_of_year(now)), now)


def own_jobs(viewer: Actor, now: datetime) -> QuerySet[Job]:
    """The viewer's jobs of the last 30 days, newest first, each with what the viewer may do and its files."""
    rows = scoped(viewer, "view", Job.objects.filter(person_id=viewer.person_id or 0, created_at__gte=_since(now)))
    return permitted(viewer, VERBS, rows).prefetch_related("files").order_by("-created_at", "-pk")


def broken_jobs(viewer: Actor, now: datetime) -> QuerySet[Job]:
    """For whoever runs the portal: others' jobs that ended by an accident, and the portal's own that failed."""
    broken = Job.objects.filter(created_at__gte=_since(now), state=Job.State.FAILED)
    others = broken.filter(~Q(person_id=viewer.person_id) | Q(person__isnull=True))
    rows = scoped(viewer, "view", others).select_related("person")
    return permitted(viewer, VERBS, rows).order_by("-created_at", "-pk")


def mail_given_up(viewer: Actor, now: datetime) -> QuerySet[Outbox]:
    """Mails that could not be delivered, newest first."""
    rows = Outbox.objects.filter(kind=Outbox.Kind.MAIL, given_up_at__gte=_since(now))
    return scoped(viewer, "view", rows).order_by("-given_up_at")


def run_of_same_file(kind: str, sha256: str) -> ImportRun | None:
    """The last import of the very same file, if there was one."""
    return ImportRun.objects.filter(kind=kind, file_sha256=sha256).order_by("-pk").first()


def kinds_for(viewer: Actor) -> list[Importer]:
    """The kinds the viewer may import somewhere: those whose verb reaches a unit."""
    verbs = {known.verb for known in importers() if known.verb}
    held = {verb for verb in verbs if scoped(viewer, verb, OrgUnit.objects.all()).exists()}
    return [known for known in importers() if known.verb in held]


def recent_runs(viewer: Actor, now: datetime) -> QuerySet[ImportRun]:
    """Imports of the last three months that the viewer may see, newest first, without the lines of their reports."""
    rows = scoped(viewer, "view", ImportRun.objects.filter(at__gte=now - RUNS_SHOWN))
    return rows.select_related("person", "mapping").defer("report", "mapping__document").order_by("-at", "-pk")


def own_uploads(viewer: Actor) -> QuerySet[Upload]:
    """The viewer's files that wait to be imported, newest first."""
    rows = scoped(viewer, "change", Upload.objects.exclude(state=Upload.State.IMPORTED))
    return rows.select_related("job").defer("mapping").order_by("-created_at", "-pk")


def lines_file_of(viewer: Actor, upload: Upload) -> ProducedFile | None:
    """The file of what becomes of every row, of the last check; None where there was none."""
    rows = ProducedFile.objects.filter(key=f"job:{upload.job_id or 0}")
    return scoped(viewer, "view", rows).first()


@dataclass(frozen=True)
class FeedLine:
    """An import by the clock, as its list shows it."""

    feed: ImportFeed
    last: Job | None
    """The last job, of the clock or asked for."""
    next_at: datetime | None
    """None while it is paused."""

    @property
    def problem(self) -> str:
        return self.last.problem if self.last is not None and self.last.state == Job.State.FAILED else ""


def feed_lines(viewer: Actor, now: datetime) -> list[FeedLine]:
    """Imports by the clock that the viewer may see, by name."""
    rows = scoped(viewer, "view", ImportFeed.objects.all()).select_related("mapping", "schedule__owner", "run")
    feeds = list(permitted(viewer, ("pause", "run"), rows).order_by("schedule__name", "pk"))
    owners = {feed.schedule.owner_id for feed in feeds if feed.schedule.owner_id}
    ordered = Job.objects.filter(
        person_id__in=owners, task="jobs.run_feed", arguments__feed__in=[feed.pk for feed in feeds]
    )
    last = {
        job.arguments["feed"]: job for job in ordered.order_by("arguments__feed", "-pk").distinct("arguments__feed")
    }
    year_begins = first_month_of_year(now) if feeds else 1
    return [
        FeedLine(
            feed,
            last.get(feed.pk),
            next_due(rhythm_of(feed.schedule, year_begins), now) if feed.schedule.is_active else None,
        )
        for feed in feeds
    ]


def mappings_of(viewer: Actor, kinds: list[Importer]) -> QuerySet[ImportMapping]:
    """The kept mappings of the kinds that the viewer may see."""
    rows = ImportMapping.objects.filter(kind__in=[known.kind for known in kinds])
    return scoped(viewer, "view", rows).order_by("kind", "source")


@dataclass(frozen=True)
class Delivery:
    """How well work and mail get out, for whoever looks after the portal (TRUST Q8)."""

    waiting_seconds: float
    """Age of the oldest message that is due and not sent: above a minute, beat, the workers or Redis stand still."""
    queued_seconds: float
    """Age of the oldest job that waits for a worker."""
    mail_waiting: int
    mail_given_up: int
    jobs_broken: int
    writes_mail_to_folder: bool


def delivery(now: datetime) -> Delivery:
    """Figures only, nobody's data."""
    due = Outbox.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=now)
    queued = Job.objects.filter(state=Job.State.QUEUED)
    mail = Outbox.objects.filter(kind=Outbox.Kind.MAIL, sent_at=None)
    return Delivery(
        waiting_seconds=_age(due.aggregate(oldest=Min("next_try_at"))["oldest"], now),
        queued_seconds=_age(queued.aggregate(oldest=Min("created_at"))["oldest"], now),
        mail_waiting=mail.filter(given_up_at=None).count(),
        mail_given_up=mail.filter(given_up_at__gte=_since(now)).count(),
        jobs_broken=Job.objects.filter(is_accident=True, created_at__gte=_since(now)).count(),
        writes_mail_to_folder=not settings.SMTP_URL,
    )


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def _since(now: datetime) -> datetime:
    return now - timedelta(days=DAYS_KEPT)


def duration(seconds: int) -> str:
    """40 s, or 6 min from two minutes on."""
    words = {"seconds": seconds, "minutes": round(seconds / 60)}
    return _("%(seconds)d s") % words if seconds < 120 else _("%(minutes)d min") % words


@dataclass(frozen=True)
class Progress:
    """How a job stands, as its page shows it."""

    job: Job
    files: list[ProducedFile]
    steps: list[tuple[str, str]]
    seconds_left: int | None
    seconds_taken: int | None
    pause: int
    may_cancel: bool
    may_retry: bool

    @property
    def left(self) -> str:
        return "" if self.seconds_left is None else duration(self.seconds_left)

    @property
    def taken(self) -> str:
        return "" if self.seconds_taken is None else duration(self.seconds_taken)

    @property
    def mark(self) -> str:
        """Changes when the page would look different."""
        job = self.job
        parts = (
            job.pk,
            job.state,
            job.step,
            job.steps_done,
            job.steps_total,
            job.attempts,
            job.is_cancel_asked,
            self.pause,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def progress_of(viewer: Actor, job: Job, now: datetime) -> Progress:
    """The job's steps with their state ("done", "now", "failed"), its files that the viewer may open, and the time."""
    (marked,) = permitted(viewer, VERBS, Job.objects.filter(pk=job.pk))
    named = Q(job=marked) | Q(pk=marked.result.get("file") or 0)
    begun, ended = marked.started_at, marked.ended_at
    elapsed = ((ended or now) - begun).total_seconds() if begun else None
    return Progress(
        job=marked,
        files=list(scoped(viewer, "view", ProducedFile.objects.filter(named)).order_by("pk")),
        steps=_steps(marked),
        seconds_left=seconds_left(marked.steps_done, marked.steps_total, elapsed or 0) if marked.is_open else None,
        seconds_taken=round(elapsed) if elapsed is not None and ended else None,
        pause=pause_of_polling((now - marked.created_at).total_seconds()),
        may_cancel=marked.is_open and not marked.is_cancel_asked and marked.may_cancel,  # type: ignore[attr-defined]
        may_retry=marked.state in {Job.State.FAILED, Job.State.CANCELLED} and marked.may_retry,  # type: ignore[attr-defined]
    )


def _steps(job: Job) -> list[tuple[str, str]]:
    last = {Job.State.RUNNING: "now", Job.State.DONE: "done"}.get(Job.State(job.state), "failed")
    return [(words, "done") for words in job.trail[:-1]] + [(words, last) for words in job.trail[-1:]]


@dataclass(frozen=True)
class ReportShown:
    """The report of a check or an import, as its page shows it."""

    counts: list[tuple[str, int]]
    """How many rows came to what, those with rows only."""
    facts: list[tuple[str, str]]
    problems: list[str]
    more_problems: int
    rows: int
    """Rows that are or would be written: taken or changed."""
    notes: tuple[str, ...] = ()
    """What is to be known of the file, right as it is."""
    opens: str = ""
    """The address of what was made, where that is one page."""


def report_shown(document: dict[str, Any]) -> ReportShown | None:
    """The report as a page shows it, the first problems in sentences; None before there is one."""
    if not document:
        return None
    counts = document.get("counts", {})
    problems = document.get("problems", [])
    return ReportShown(
        counts=[(one.words, counts[one.value]) for one in Outcome if counts.get(one.value)],
        facts=_facts(document),
        problems=problems[:PROBLEMS_SHOWN],
        more_problems=document.get("problem_count", 0) - len(problems[:PROBLEMS_SHOWN]),
        rows=counts.get(Outcome.TAKEN.value, 0) + counts.get(Outcome.CHANGED.value, 0),
        notes=tuple(document.get("notes", [])),
        opens=document.get("opens", "") if document.get("is_committed") else "",
    )


def _facts(document: dict[str, Any]) -> list[tuple[str, str]]:
    """What was found out and what would be made: words and a text each."""
    found = document.get("found", {})
    encoding = str(found.get("encoding") or "")
    guessed = _("%(encoding)s (guessed)") % {"encoding": encoding}
    facts = [(name, f"{total:,}") for name, total in document.get("totals", {}).items() if total]
    for name, count in document.get("defaulted", {}).items():
        facts.append((_("Rows with the default of %(field)s") % {"field": name}, f"{count:,}"))
    facts += [
        (_("Read as"), guessed if found.get("encoding_is_guessed") else encoding),
        (_("Sheet"), str(found.get("sheet") or "")),
        (_("Columns not used"), ", ".join(found.get("unused_columns") or [])),
    ]
    return [(words, text) for words, text in facts if text]
