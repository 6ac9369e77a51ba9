"""Publishing a scorecard: ordered by a person or by the clock, read once by a worker with the rights of its reader,
frozen, and drawn from what was frozen (METHOD §8, Pack)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, one_snapshot
from core.documents import render_pdf
from core.periods import At, Period
from jobs.actions import advance, enqueue, keep_file
from jobs.models import Job, ProducedFile
from jobs.queries import is_here
from notifications.actions import announce
from organization.actors import actor_of
from organization.models import Person, Subject
from organization.queries import calendars, organization
from scorecards.actions.originals import add_originals
from scorecards.models import Measure, Report, Scorecard
from scorecards.queries.frozen import SCHEMA, scorecard_document
from scorecards.queries.frozenmeasure import measure_document
from scorecards.queries.printed import canonical, content_hash, printed, printed_measure

STEPS = 4
READY = "report_ready"


def order_report(actor: Actor, *, scorecard: Scorecard, period: Period) -> Job:
    """Ask for the PDF of a scorecard in a period. Asking again while it is being made gives the same job."""
    require(actor, "view", scorecard)
    return enqueue(
        actor,
        "scorecards.render_report",
        title=_("Scorecard %(name)s, %(period)s") % {"name": scorecard.name, "period": period.label},
        arguments={"scorecard": scorecard.pk, "period": period.key},
        subject=scorecard.strategy.subject,
        unit=scorecard.strategy.unit,
        key=f"scorecard:{scorecard.pk}:{period.key}:{actor.person_id}:{actor.on_behalf_of_id or ''}",
        queue="heavy",
    )


def order_measure_report(actor: Actor, *, measure: Measure, period: Period) -> Job:
    """Ask for the PDF of one measure. Refused for one that belongs to no scorecard: its reports are kept there."""
    require(actor, "view", measure)
    card = measure.node.scorecard
    if card is None:
        raise Refusal(
            _("The measure belongs to no scorecard yet. Give it an objective first: its reports are kept there.")
        )
    require(actor, "view", card)
    return enqueue(
        actor,
        "scorecards.render_report",
        title=_("Measure %(name)s, %(period)s") % {"name": measure.short, "period": period.label},
        arguments={"scorecard": card.pk, "measure": measure.pk, "period": period.key},
        subject=measure.subject,
        unit=measure.unit,
        key=f"measure:{measure.pk}:{period.key}:{actor.person_id}:{actor.on_behalf_of_id or ''}",
        queue="heavy",
    )


def order_pdf(actor: Actor, *, report: Report) -> Job:
    """Ask for the PDF of a report that was frozen without one."""
    require(actor, "open", report)
    if report.file_id is not None:
        raise Refusal(_("This report has its PDF already: open it from the list."))
    return enqueue(
        actor,
        "scorecards.print_report",
        title=_("PDF of %(name)s, %(period)s") % {"name": report.scorecard, "period": report.content["period_label"]},
        arguments={"report": report.pk},
        subject=report.scorecard.strategy.subject,
        unit=report.scorecard.strategy.unit,
        key=f"report:{report.pk}",
        queue="heavy",
    )


@dataclass(frozen=True)
class _Work:
    """One job in a worker: whom it works for, with whose rights it reads, and who is told when it is ready."""

    actor: Actor
    reader: Actor
    job: Job
    now: datetime
    readers: tuple[Person, ...] = ()


def render_report(actor: Actor, *, job: Job, now: datetime, at: At) -> dict[str, Any]:
    """Make the file of an ordered report; the result names it. A job delivered twice makes one report and one file."""
    scorecard = Scorecard.objects.select_related("strategy__unit", "strategy__owner", "strategy__subject").get(
        pk=job.arguments["scorecard"]
    )
    require(actor, "view", scorecard)
    measure = _measure(actor, job)
    work = _work(actor, job, now, at)
    period = Period.parse(job.arguments["period"], calendars())
    advance(job, 1, STEPS, _("Reading the figures"))
    report = _kept(work)
    if report is None:
        at = At(period=period, as_of=None, today=at.today)
        report = freeze_report(
            actor,
            scorecard=scorecard,
            measure=measure,
            at=at,
            now=now,
            reader=work.reader,
            readers=work.readers,
            job=job,
        )
    return _print(work, report)


def _measure(actor: Actor, job: Job) -> Measure | None:
    """The one measure that was asked for; none for a whole scorecard."""
    if "measure" not in job.arguments:
        return None
    measure = Measure.objects.select_related("unit", "owner", "objective", "node").get(pk=job.arguments["measure"])
    require(actor, "view", measure)
    return measure


def print_report(actor: Actor, *, job: Job, now: datetime) -> dict[str, Any]:
    """Make the PDF of a report that is frozen already."""
    report = Report.objects.select_related("scorecard__strategy__subject", "measure__subject").get(
        pk=job.arguments["report"]
    )
    require(actor, "open", report)
    return _print(_Work(actor, actor, job, now), report)


def _work(actor: Actor, job: Job, now: datetime, at: At) -> _Work:
    """By hand the reader is who ordered it; by the clock it is any of those who are to read it, all of one reader key."""
    if "readers" not in job.arguments:
        return _Work(actor, actor, job, now)
    found = []
    for person in Person.objects.filter(pk__in=job.arguments["readers"]).order_by("name", "pk"):
        reader = actor_of(person, at.today)
        if is_here(person) and reader.reader_key == job.arguments["reader_key"]:
            found.append((person, reader))
    if not found:
        raise Refusal(_("The rights of those who were to get this report have changed since. Run the schedule again."))
    return _Work(actor, found[0][1], job, now, tuple(person for person, _reader in found))


# ------------------------------------------------------------------------------------------------------------- freeze
def freeze_report(
    actor: Actor,
    *,
    scorecard: Scorecard,
    at: At,
    now: datetime,
    measure: Measure | None = None,
    reader: Actor | None = None,
    readers: Sequence[Person] = (),
    job: Job | None = None,
) -> Report:
    """The scorecard, or one measure of it, as it stands, read in one snapshot with the rights of `reader` (usually the actor) and frozen.

    `readers` are the people it is for, where the clock has it made. The job that asks keeps the report in its result,
    in the same transaction, so that it freezes once however often it begins.
    """
    reader = reader or actor
    content = _read(reader, scorecard, measure, at, now)
    details = {"period": at.period.key, "reader_key": reader.reader_key}
    with recording(actor, "freeze_scorecard", subject_id=scorecard.strategy.subject_id, details=details):
        report = Report.objects.create(
            scorecard=scorecard,
            measure=measure,
            frequency=at.period.frequency,
            period_start=at.period.start,
            schema=SCHEMA,
            content=content,
            content_hash=content_hash(content),
            as_of=now,
            reader_key=reader.reader_key,
            rights=reader.rights,
            ordered_by_id=actor.person_id,
            **(_slot(job) if job else {}),
        )
        report.readers.set(readers)
        if job is not None:
            Job.objects.filter(pk=job.pk).update(result={"report": report.pk})
    return report


def _read(reader: Actor, scorecard: Scorecard, measure: Measure | None, at: At, now: datetime) -> dict[str, Any]:
    """The content, read in one snapshot, as the database keeps it."""
    require(reader, "view", scorecard)
    with one_snapshot():
        content = _document(reader, scorecard, measure, at)
        add_originals(content["exceptions"] if measure is None else [content["measure"]], at)
    named = organization()
    return _as_stored({**content, "organization": named.name if named else "", "as_of": now.isoformat()})


def _document(reader: Actor, scorecard: Scorecard, measure: Measure | None, at: At) -> dict[str, Any]:
    if measure is None:
        return scorecard_document(reader, scorecard, at)
    return measure_document(reader, scorecard, measure, at)


def _kept(work: _Work) -> Report | None:
    """What the same work froze before, if it was interrupted."""
    rows = Report.objects.select_related("scorecard__strategy__subject", "measure__subject")
    found = rows.filter(pk=work.job.result.get("report") or 0).first()
    slot = _slot(work.job)
    return found or (rows.filter(reader_key=work.reader.reader_key, **slot).first() if slot else None)


def _slot(job: Job) -> dict[str, Any]:
    """The schedule and the moment a job belongs to; nothing for one ordered by hand."""
    if "schedule" not in job.arguments:
        return {}
    return {"schedule_id": job.arguments["schedule"], "due_at": parse_datetime(job.arguments["due_at"])}


def _as_stored(content: dict[str, Any]) -> dict[str, Any]:
    """The content as the database gives it back, so that its hash can be computed anew at any time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [canonical(content)])
        stored: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return stored


# --------------------------------------------------------------------------------------------------------------- draw
def draw(report: Report) -> str:
    """The pages of a frozen report as HTML; the same report always gives the same text."""
    if report.measure_id is not None:
        return render_to_string("scorecards/print/measure.html", {"doc": printed_measure(report), "is_paper": True})
    return render_to_string("scorecards/print/scorecard.html", {"doc": printed(report), "is_paper": True})


def _print(work: _Work, report: Report) -> dict[str, Any]:
    """Draw, set and keep the PDF; a second time gives the file that is there."""
    advance(work.job, 2, STEPS, _("Drawing the pages"))
    html = draw(report)
    advance(work.job, 3, STEPS, _("Setting the pages"))
    title = f"{report.content['name']}, {report.content['period_label']}"
    pdf = render_pdf(html, title=title, identifier=report.content_hash, as_of=report.as_of)
    advance(work.job, 4, STEPS, _("Keeping the file"))
    file = keep_file(
        work.job,
        content=pdf,
        name=f"{title}.pdf",
        media_type="application/pdf",
        subject=_subject(report),
        as_of=report.as_of,
        content_hash=report.content_hash,
        key=f"scorecards.report:{report.pk}",
        reader_key=report.reader_key,
        rights=report.rights,
        is_owned=report.schedule_id is None,
    )
    _attach(work, report, file)
    return {"file": file.pk, "report": report.pk, "content_hash": report.content_hash}


def _subject(report: Report) -> Subject:
    return report.scorecard.strategy.subject if report.measure is None else report.measure.subject


def _attach(work: _Work, report: Report, file: ProducedFile) -> None:
    """Join the file to its report and tell the readers, once."""
    subject = _subject(report)
    with recording(work.actor, "publish_scorecard", subject_id=subject.pk, details={"hash": report.content_hash}):
        is_first = Report.objects.filter(pk=report.pk, file=None).update(file=file)
        if is_first and work.readers:
            words = {"name": report.content["name"], "period": report.content["period_label"]}
            announce(
                work.actor,
                kind=READY,
                subject=subject,
                to=work.readers,
                text=_("The report “%(name)s, %(period)s” is ready.") % words,
                url=reverse("scorecards:report", args=[report.pk]),
            )
