"""What the report of one measure freezes: its page in print, with chart, forecast, periods, words, actions, restatements."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.access import Actor
from core.formats import date_long
from core.periods import At
from scorecards.models import Measure, PeriodLock, Scorecard
from scorecards.queries.cards import Row
from scorecards.queries.forecasts import OutlookReport, outlook_report
from scorecards.queries.frozen import SCHEMA, exception_documents
from scorecards.queries.lines import furnish
from scorecards.queries.measures import MeasureReport, PeriodLine, measure_report

SAYS_NOTHING = {"forecast": False, "judge_forecasts": False}
"""What is printed is for every reader: the figures of the owner's calibration are not in it."""


def measure_document(viewer: Actor, scorecard: Scorecard, measure: Measure, at: At) -> dict[str, Any]:
    """The measure in its own period of `at`; read it in one snapshot. A constant number of queries."""
    report = furnish(measure_report(viewer, measure, at))
    period = report.period
    (facts,) = exception_documents(viewer, [_row(report)], at)
    facts |= {"series": asdict(report.series), "lines": [_line(line) for line in report.lines]}
    locks = PeriodLock.objects.filter(
        scorecard=scorecard, frequency=period.frequency, period_start=period.start, opened_at=None
    )
    return {
        "schema": SCHEMA,
        "kind": "measure",
        "name": measure.name,
        "unit": measure.unit.name,
        "scorecard_name": scorecard.name,
        "strategy_name": scorecard.strategy.name,
        "period_key": period.key,
        "period_label": period.label,
        "period_end": date_long(period.end),
        "previous_label": report.was_label,
        "is_running": not period.is_over(at.today),
        "is_closed": locks.exists(),
        "reason": report.reason,
        "score": report.score,
        "description": measure.description,
        "formula": measure.formula,
        "source": measure.source,
        "further": list(report.further),
        "forecast": _forecast(outlook_report(viewer, measure, report.outlook, at, SAYS_NOTHING)),
        "measure": facts,
    }


def _row(report: MeasureReport) -> Row:
    """The measure as a row of a scorecard, as the exceptions of a report take it."""
    measure = report.measure
    return Row(
        kind="measure",
        key=measure.pk,
        node=measure.node.pk,
        depth=0,
        name=measure.name,
        owner=measure.owner.name if measure.owner else "",
        status=report.status,
        was=report.was,
        moved=report.moved,
    )


def _line(line: PeriodLine) -> dict[str, Any]:
    return {
        "period": line.period.label,
        "key": line.period.key,
        **{
            name: getattr(line, name)
            for name in (
                "value", "value_text", "target", "target_text", "first_target", "gap_text", "year_ago_text", "status",
                "reason", "excused", "source", "corrected_at", "corrected_was", "after_closing", "comment",
            )
        },
        "further": list(line.further),
    }  # fmt: skip


def _forecast(report: OutlookReport) -> dict[str, Any]:
    owner = report.owner
    return {
        "year": report.year,
        "target": report.target_words,
        "sentence": report.sentence,
        "why_none": "" if report.has_forecast else report.why_none,
        "points": [asdict(point) for point in report.points],
        "owner": asdict(owner) if owner else None,
    }
