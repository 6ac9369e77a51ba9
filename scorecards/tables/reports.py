"""A frozen report as the sheets of a workbook, and as one text table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.datasets import Dataset
from core.spreadsheets import Sheet, workbook_chunks
from core.statuses import reason_words, word
from scorecards.models import Report
from scorecards.queries.cards import Row
from scorecards.queries.printed import Printed
from scorecards.tables.cards import SCORECARD


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
