"""A frozen report as the sheets of a workbook, and as one text table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.datasets import Column, Dataset
from core.spreadsheets import Sheet, workbook_chunks
from core.statuses import reason_words, word
from scorecards.models import Report
from scorecards.queries.cards import Row
from scorecards.queries.excuses import absence_words
from scorecards.queries.printed import Printed, PrintedMeasure, printed, printed_measure
from scorecards.tables.cards import SCORECARD

MEASURE_PERIODS: tuple[Column[dict[str, Any]], ...] = (
    Column("period", gettext_lazy("Period"), lambda line: line["key"]),
    Column("value", gettext_lazy("Actual"), lambda line: line["value"], "number"),
    Column("target", gettext_lazy("Target"), lambda line: line["target"], "number"),
    Column("first_target", gettext_lazy("Target at first"), lambda line: line["first_target"]),
    Column("status", gettext_lazy("Status"), lambda line: word(line["status"])),
    Column("reason", gettext_lazy("Why there is none"), lambda line: absence_words(line["reason"], line["excused"])),
    Column("source", gettext_lazy("Source"), lambda line: line["source"]),
    Column("corrected_at", gettext_lazy("Corrected on"), lambda line: line["corrected_at"]),
    Column("corrected_was", gettext_lazy("Was"), lambda line: line["corrected_was"]),
    Column("after_closing", gettext_lazy("Recorded after closing"), lambda line: line["after_closing"]),
    Column("comment", gettext_lazy("Comment"), lambda line: line["comment"]),
)


def dataset_of(report: Report) -> Dataset[Any]:
    """A frozen report as one text table: the rows of a scorecard, or the periods of a measure."""
    if report.measure_id is None:
        return report_dataset(printed(report))
    return Dataset(MEASURE_PERIODS, report.content["measure"]["lines"])


def workbook_of(report: Report) -> Iterator[bytes]:
    """A frozen report as a workbook."""
    if report.measure_id is None:
        return report_workbook(report, printed(report))
    doc = printed_measure(report)
    sheets = [_measure_facts(report, doc), dataset_of(report).sheet(_("Periods")), _said(doc)]
    return workbook_chunks(sheets)


def _measure_facts(report: Report, doc: PrintedMeasure) -> Sheet:
    content, facts = doc.content, doc.finding.facts
    rows: list[tuple[str, Any]] = [
        (_("Measure"), content["name"]),
        (_("Code"), facts["code"]),
        (_("Unit"), content["unit"]),
        (_("Owner"), facts["owner"]),
        (_("Period"), content["period_label"]),
        (_("Finding"), facts["finding"]),
        (_("Status"), word(facts["status"])),
        (_("Forecast"), content["forecast"]["sentence"] or content["forecast"]["why_none"]),
        (_("Standing"), doc.standing),
        (_("Figures frozen"), report.as_of),
        (_("Content hash"), report.content_hash),
        (_("Schema"), report.schema),
    ]
    return Sheet(_("Report"), [_("What"), _("Value")], rows)


def _said(doc: PrintedMeasure) -> Sheet:
    facts = doc.finding.facts
    rows = [(_("Comment"), told["text"], told["by"]) for told in facts["words"]]
    rows += [(_("Corrective action"), f"{one['fact']}\n{one['cause']}", one["by"]) for one in facts["answers"]]
    rows += [(_("Action"), one["title"], f"{one['assignee']}, {one['due']}") for one in facts["actions"]]
    rows += [
        (_("Restated"), f"{one['period']}: {one['corrected_was']} → {one['value_text']}", one["corrected_at"])
        for one in doc.finding.corrected
    ]
    return Sheet(_("Words"), [_("What"), _("Text"), _("By")], rows)


def report_dataset(doc: Printed) -> Dataset[Row]:
    """The rows of a frozen report."""
    return Dataset(SCORECARD, doc.rows)


def report_workbook(report: Report, doc: Printed) -> Iterator[bytes]:
    """The frozen report as a workbook: what it is, its rows, and what was said about what is off track."""
    sheets = [_facts(report, doc), report_dataset(doc).sheet(_("Scorecard"))]
    if doc.has_exceptions:
        sheets += [_exceptions(doc), _periods(doc)]
    return workbook_chunks(sheets)


def _facts(report: Report, doc: Printed) -> Sheet:
    content = doc.content
    rows: list[tuple[str, Any]] = [
        (_("Scorecard"), content["name"]),
        (_("Unit"), content["unit"]),
        (_("Period"), content["period_label"]),
        (_("Finding"), doc.headline),
        (_("Standing"), doc.standing),
        (_("Measures reported"), content["reported"]),
        (_("Measures expected"), content["expected"]),
        (_("Figures frozen"), report.as_of),
        (_("Content hash"), report.content_hash),
        (_("Schema"), report.schema),
    ]
    return Sheet(_("Report"), [_("What"), _("Value")], rows)


def _exceptions(doc: Printed) -> Sheet:
    headings = [
        *(_("Code"), _("Measure"), _("Objective"), _("Owner"), _("Status"), _("Finding")),
        *(_("Commentary"), _("Cause"), _("Open actions")),
    ]
    rows = []
    for finding in doc.findings:
        facts = finding.facts
        rows.append(
            [
                *(facts[name] for name in ("code", "name", "objective", "owner")),
                word(facts["status"]),
                facts["finding"],
                "\n".join(f"{told['text']} ({told['by']})" for told in facts["words"]),
                "\n".join(answer["cause"] for answer in facts["answers"]),
                "\n".join(f"{item['title']}, {item['assignee']}, {item['due']}" for item in facts["actions"]),
            ]
        )
    return Sheet(_("Exceptions"), headings, rows)


def _periods(doc: Printed) -> Sheet:
    headings = [
        *(_("Code"), _("Measure"), _("Period"), _("Actual"), _("Target"), _("Status"), _("Why there is none")),
        *(_("Corrected on"), _("Was")),
    ]
    rows = [
        [
            *(finding.facts["code"], finding.facts["name"], line["key"], line["value"], line["target"]),
            *(word(line["status"]), reason_words(line["reason"]), line["corrected_at"], line["corrected_was"]),
        ]
        for finding in doc.findings
        for line in finding.lines
    ]
    return Sheet(_("Periods"), headings, rows)
