"""Columns of the list of jobs."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from jobs.models import Job

JOBS: tuple[Column[Job], ...] = (
    Column("number", _("Number"), lambda job: job.pk, "number"),
    Column("title", _("Job"), lambda job: job.title),
    Column("state", _("State"), lambda job: job.get_state_display()),
    Column("problem", _("Problem"), lambda job: job.problem),
    Column("files", _("Files"), lambda job: "; ".join(file.name for file in job.files.all())),
    Column("created_at", _("Ordered"), lambda job: job.created_at, "moment"),
    Column("started_at", _("Begun"), lambda job: job.started_at, "moment"),
    Column("ended_at", _("Ended"), lambda job: job.ended_at, "moment"),
)


def jobs_dataset(jobs: Iterable[Job]) -> Dataset[Job]:
    """Jobs as rows of a file."""
    return Dataset(JOBS, jobs)
