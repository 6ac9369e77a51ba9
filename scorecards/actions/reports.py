"""Publishing a scorecard: ordered by a person, read once by a worker, frozen, drawn from what was frozen (METHOD §8, Pack)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import one_snapshot
from core.documents import render_pdf
from core.formats import moment
from core.periods import At, Period
from jobs.actions import advance, enqueue, keep_file
from jobs.models import Job, ProducedFile
from organization.queries import calendars, organization
from scorecards.models import Report, Scorecard
from scorecards.queries.cards import headline, health, read_row, scorecard_report, tables

SCHEMA = 1
STEPS = 4


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


def render_report(actor: Actor, *, job: Job, now: datetime, at: At) -> dict[str, Any]:
    """Make the file of an ordered report; the result names it. A job delivered twice makes one report and one file."""
    scorecard = Scorecard.objects.select_related("strategy__unit", "strategy__owner", "strategy__subject").get(
        pk=job.arguments["scorecard"]
    )
    require(actor, "view", scorecard)
    period = Period.parse(job.arguments["period"], calendars())
    advance(job, 1, STEPS, _("Reading the figures"))
    report = _freeze(actor, scorecard, At(period=period, as_of=None, today=at.today), job, now)
    advance(job, 2, STEPS, _("Drawing the pages"))
    html = draw(report)
    advance(job, 3, STEPS, _("Setting the pages"))
    pdf = render_pdf(
        html, title=f"{report.content['name']}, {report.content['period_label']}", identifier=report.content_hash
    )
    file = keep_file(
        job,
        content=pdf,
        name=f"{scorecard.name}, {period.label}.pdf",
        media_type="application/pdf",
        subject=scorecard.strategy.subject,
        as_of=report.as_of,
        content_hash=report.content_hash,
        key=f"scorecards.report:{report.pk}",
        reader_key=report.reader_key,
    )
    _attach(actor, report, file)
    return {"file": file.pk, "report": report.pk, "content_hash": report.content_hash}


def _freeze(actor: Actor, scorecard: Scorecard, at: At, job: Job, now: datetime) -> Report:
    """The report as JSON, read in one snapshot; the one this job froze before, if it was interrupted."""
    kept = Report.objects.filter(pk=job.result.get("report") or 0).first()
    if kept is not None:
        return kept
    with one_snapshot():
        content = scorecard_report(actor, scorecard, at).document()
    named = organization()
    content |= {"schema": SCHEMA, "organization": named.name if named else "", "as_of": now.isoformat()}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    with recording(
        actor, "freeze_scorecard", subject_id=scorecard.strategy.subject_id, details={"period": at.period.key}
    ):
        report = Report.objects.create(
            scorecard=scorecard,
            frequency=at.period.frequency,
            period_start=at.period.start,
            schema=SCHEMA,
            content=json.loads(text),
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
            as_of=now,
            reader_key=actor.reader_key,
            ordered_by_id=actor.person_id,
        )
        Job.objects.filter(pk=job.pk).update(result={"report": report.pk})
    return report


def draw(report: Report) -> str:
    """The pages of a frozen report as HTML; the same report always gives the same text."""
    content = {**report.content, "rows": [read_row(row) for row in report.content["rows"]]}
    context = {
        "report": content,
        "organization_name": content["organization"],
        "headline": headline(content["counts"]),
        "health": health(content["counts"], content["counts_before"]),
        "tables": tables(content["rows"]),
        "as_of": moment(report.as_of),
        "short_hash": report.content_hash[:12],
    }
    return render_to_string("scorecards/print/scorecard.html", context)


def _attach(actor: Actor, report: Report, file: ProducedFile) -> None:
    with recording(
        actor,
        "publish_scorecard",
        subject_id=report.scorecard.strategy.subject_id,
        details={"hash": report.content_hash},
    ):
        Report.objects.filter(pk=report.pk, file=None).update(file=file)
