"""Columns of the list of jobs, of the list of imports, and of the report of one."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from core.importreports import Outcome, ReportLine, line_dataset
from jobs.models import ImportRun, Job

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


RUNS: tuple[Column[ImportRun], ...] = (
    Column("at", _("Imported"), lambda run: run.at, "moment"),
    Column("file", _("File"), lambda run: run.file_name),
    Column("kind", _("Kind"), lambda run: run.kind),
    Column("source", _("Mapping"), lambda run: run.mapping.source),
    Column("person", _("By"), lambda run: run.person),
    Column("taken", _("New"), lambda run: counted(run, Outcome.TAKEN), "number"),
    Column("changed", _("Changed"), lambda run: counted(run, Outcome.CHANGED), "number"),
    Column("unchanged", _("Unchanged"), lambda run: counted(run, Outcome.UNCHANGED), "number"),
    Column("skipped", _("Skipped"), lambda run: counted(run, Outcome.SKIPPED), "number"),
)


def counted(run: ImportRun, outcome: Outcome) -> int:
    """How many rows of an import came to this."""
    return int(run.counts.get("counts", {}).get(outcome.value, 0))


def runs_dataset(runs: Iterable[ImportRun]) -> Dataset[ImportRun]:
    """Imports as rows of a file."""
    return Dataset(RUNS, runs)


def lines_of(run: ImportRun) -> list[ReportLine]:
    """What became of each row of an import."""
    return [ReportLine(row, Outcome(outcome), what, why) for row, outcome, what, why in run.report]


def lines_dataset(run: ImportRun) -> Dataset[ReportLine]:
    """The same as rows of a file."""
    return line_dataset(lines_of(run))
