"""Columns of lists and files: a scorecard, the periods of a measure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from core.statuses import word
from scorecards.queries.cards import Row, ScorecardReport
from scorecards.queries.excuses import absence_words
from scorecards.queries.measures import MeasureReport, PeriodLine

SCORECARD: tuple[Column[Row], ...] = (
    Column("level", _("Level"), lambda row: row.kind),
    Column("code", _("Code"), lambda row: row.code),
    Column("name", _("Name"), lambda row: row.name),
    Column("owner", _("Owner"), lambda row: row.owner),
    Column("value", _("Actual"), lambda row: row.value),
    Column("target", _("Target"), lambda row: row.target),
    Column("score", _("Score"), lambda row: row.score, "number"),
    Column("status", _("Status"), lambda row: word(row.status)),
    Column("reason", _("Why there is none"), lambda row: absence_words(row.reason, row.excused)),
    Column("was", _("Status before"), lambda row: word(row.was) if row.was else ""),
    Column("coverage", _("Coverage"), lambda row: row.coverage, "number"),
    Column("share", _("Share of weight"), lambda row: row.share, "number"),
    Column("declared", _("Declared status"), lambda row: word(row.declared) if row.declared else ""),
    Column("declared_by", _("Declared by"), lambda row: row.declared_by),
    Column("declared_until", _("Declared until"), lambda row: row.declared_until),
    Column("restated", _("Recorded after closing"), lambda row: row.restated),
)
PERIODS: tuple[Column[PeriodLine], ...] = (
    Column("period", _("Period"), lambda line: line.period.key),
    Column("value", _("Actual"), lambda line: line.value, "number"),
    Column("target", _("Target"), lambda line: line.target, "number"),
    Column("red_flag", _("Red flag"), lambda line: line.red_flag, "number"),
    Column("year_ago", _("A year before"), lambda line: line.year_ago, "number"),
    Column("status", _("Status"), lambda line: word(line.status)),
    Column("reason", _("Why there is none"), lambda line: absence_words(line.reason, line.excused)),
    Column("source", _("Source"), lambda line: line.source),
    Column("after_closing", _("Recorded after closing"), lambda line: line.after_closing),
    Column("comment", _("Comment"), lambda line: line.comment),
)


def scorecard_dataset(report: ScorecardReport) -> Dataset[Row]:
    """A scorecard as rows of a file, in tree order."""
    return Dataset(SCORECARD, report.rows)


def measure_dataset(report: MeasureReport) -> Dataset[PeriodLine]:
    """The periods of a measure, newest first."""
    return Dataset(PERIODS, report.lines)
