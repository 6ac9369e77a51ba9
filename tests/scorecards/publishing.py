"""What tests of reports share: a PDF that costs nothing, and a report made as a worker makes it."""

from __future__ import annotations

from typing import Any

import pytest

from core.access import Actor
from core.periods import Period
from jobs.models import Job
from scorecards.actions import reports
from scorecards.models import Report
from tests.factories.jobs import worked
from tests.factories.scorecards import Tree
from tests.scorecards.showing import PERIOD


@pytest.fixture
def quick_pdf(monkeypatch, settings, tmp_path):
    """The page itself instead of its PDF, and a folder for what is kept."""
    settings.MEDIA_ROOT = tmp_path

    def render(html: str, **_options: Any) -> bytes:
        return b"%PDF" + html.encode()

    monkeypatch.setattr(reports, "render_pdf", render)


def published(tree: Tree, actor: Actor | None = None, period: str = PERIOD) -> Report:
    """A report of the scorecard, ordered by the officer or another."""
    job = reports.order_report(actor or tree.officer, scorecard=tree.card, period=Period.parse(period))
    return Report.objects.get(pk=worked(job).result["report"])


def work_off(task: str = "") -> list[Job]:
    """Run every waiting job of a task as a worker would; the jobs as they ended."""
    waiting = Job.objects.filter(state="queued").order_by("pk")
    return [worked(job) for job in (waiting.filter(task=task) if task else waiting)]
