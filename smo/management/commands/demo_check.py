"""`manage.py demo_check`: the portal's main job without a browser, on a running portal with the demo organisation."""

import contextlib
import hashlib
import re
import time
import zlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from core.periods import Frequency, Period
from jobs.models import Job, ProducedFile
from organization.actors import actor_of
from organization.models import Membership
from organization.queries import calendars
from organization.roles import Role
from scorecards.actions.reports import order_report
from scorecards.models import Scorecard


class Command(BaseCommand):
    help = "Order one scorecard PDF as an executive, wait for the worker, and say where it is and how long it took."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", type=float, default=120, help="seconds to wait for the PDF (default 120)")

    def handle(self, *, within: float, **_: Any) -> None:
        begun = time.monotonic()
        job = order_scorecard_pdf()
        self.stdout.write(f"ordered “{job.title}” as {job.person}")
        job = ended(job, within)
        file, pages = made_by(job)
        waited = (job.started_at - job.created_at).total_seconds() if job.started_at else 0
        worked = (job.ended_at - job.started_at).total_seconds() if job.ended_at and job.started_at else 0
        self.stdout.write(f"PDF: {Path(settings.MEDIA_ROOT) / file.path}")
        self.stdout.write(
            f"     {file.size:,} bytes, {pages} pages, content {file.content_hash[:16]}, as of {file.as_of:%Y-%m-%d %H:%M %Z}"
        )
        self.stdout.write(
            f"     waited {waited:.1f} s for the worker, made in {worked:.1f} s, {time.monotonic() - begun:.1f} s in all"
        )
        self.stdout.write("CHECK PASSED")


def order_scorecard_pdf() -> Job:
    """Ask for the scorecard of the last finished month, as the first executive would on its page."""
    today = timezone.localdate()
    seat = Membership.objects.filter(role=Role.EXECUTIVE, valid__contains=today).select_related("person").order_by("pk")
    scorecard = Scorecard.objects.select_related("strategy__subject", "strategy__unit").order_by("pk").first()
    executive = seat.first()
    if executive is None or scorecard is None:
        raise CommandError("There is no executive or no scorecard yet. Load the demo organisation: manage.py load_demo")
    period = Period.of(Frequency.MONTH, today, calendars()).previous()
    return order_report(actor_of(executive.person, today), scorecard=scorecard, period=period)


def ended(job: Job, within: float) -> Job:
    """The job once it is done."""
    until = time.monotonic() + within
    while job.is_open:
        if time.monotonic() > until:
            raise CommandError(
                f"The PDF was not made within {within:.0f} s: the job is {job.get_state_display()}. "
                "Does the heavy worker run? Its log is heavy.log in the folder log of the data folder."
            )
        time.sleep(0.2)
        job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise CommandError(f"The PDF was not made; the job ended as {job.get_state_display()}: {job.problem}")
    return job


def made_by(job: Job) -> tuple[ProducedFile, int]:
    """The job's file and its number of pages, after a look at its bytes."""
    file = ProducedFile.objects.get(pk=job.result["file"])
    content = (Path(settings.MEDIA_ROOT) / file.path).read_bytes()
    pages = pages_of(content)
    if not content.startswith(b"%PDF-") or hashlib.sha256(content).hexdigest() != file.sha256 or not pages:
        raise CommandError(f"{file.path} is not the PDF that was made.")
    return file, pages


def pages_of(content: bytes) -> int:
    """The pages of a PDF: the page objects in its bytes and in its packed streams."""
    texts = [content]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            texts.append(zlib.decompress(packed))
    return sum(len(re.findall(rb"/Type\s*/Page\b", text)) for text in texts)
