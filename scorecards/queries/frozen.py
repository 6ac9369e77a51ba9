"""What a report freezes: the scorecard of one period, and each measure off track with its chart, words and actions.

The document is plain JSON. Whatever is drawn, printed or exported later is read from it and asked nowhere else
(DATAMODEL A5, output). SCHEMA 1 held the rows alone; readers (`scorecards.queries.printed`) take both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q

from core.access import Actor, scoped
from core.formats import date_long, date_short, money_full
from core.periods import At, Period
from core.statuses import word
from scorecards.models import CorrectiveAction, Measure, Node, Observation, PeriodLock, Scorecard, Series
from scorecards.queries.cards import Row, ScorecardReport, scorecard_report
from scorecards.queries.declared import declarations
from scorecards.queries.measures import MeasureReport, PeriodLine, measure_report
from strategy.models import ActionItem, Update

SCHEMA = 2
MOST_PAGES = 40
"""Measures off track with a page of their own; the rest of a very red scorecard stands in its tables."""
WORDS_KEPT = 2
"""What was said with the value, and the newest update, the measure's own before its objective's."""


def scorecard_document(viewer: Actor, scorecard: Scorecard, at: At) -> dict[str, Any]:
    """The scorecard as the viewer may see it in the period of `at`; read it in one snapshot.

    Queries grow with the measures off track (at most 40), not with the size of the scorecard.
    """
    report = scorecard_report(viewer, scorecard, at)
    period = at.period
    wanted = _off_track(report)
    shown = exception_documents(viewer, wanted[:MOST_PAGES], at)
    locks = PeriodLock.objects.filter(
        scorecard=scorecard, frequency=period.frequency, period_start=period.start, opened_at=None
    )
    return {
        **report.document(),
        "schema": SCHEMA,
        "is_running": not period.is_over(at.today),
        "is_closed": locks.exists(),
        "period_end": date_long(period.end),
        "restated": _restated(scorecard, period),
        "comments": _comments(report, period),
        "exceptions": shown,
        "further": len(wanted) - len(shown),
    }


def _off_track(report: ScorecardReport) -> list[Row]:
    """Each measure off track once, critical ones first, then by score."""
    rows = {row.key: row for row in report.of_kind("measure") if row.status == "off_track"}
    return sorted(rows.values(), key=lambda row: (not row.is_critical, row.score or 0, row.code))


def _of_period(period: Period) -> Q:
    """Facts of the period and of the parts that lie in it."""
    return Q(period_start__gte=period.start, period_start__lte=period.end)


def _restated(scorecard: Scorecard, period: Period) -> list[int]:
    """Measures of which a value of the period was first another one, by id."""
    rows = Observation.objects.filter(
        _of_period(period), series__measure__node__scorecard=scorecard, series__kind=Series.Kind.ACTUAL, series__name=""
    )
    changed = rows.order_by().values("series__measure", "frequency", "period_start")
    changed = changed.annotate(values_told=Count("value", distinct=True)).filter(values_told__gt=1)
    return sorted({row["series__measure"] for row in changed})


def _comments(report: ScorecardReport, period: Period) -> dict[str, str]:
    """What was said with the newest value of the period, by measure id."""
    measures = [row.key for row in report.of_kind("measure")]
    rows = Observation.objects.filter(
        _of_period(period), series__measure__in=measures, series__kind=Series.Kind.ACTUAL, series__name=""
    )
    rows = rows.filter(superseded_at=None).exclude(comment="").order_by("period_start")
    return {str(measure): comment for measure, comment in rows.values_list("series__measure", "comment")}


# --------------------------------------------------------------------------------------------------------- exceptions
@dataclass(frozen=True)
class _Exception:
    measure: Measure
    objective_subject: int | None
    document: dict[str, Any]


def exception_documents(viewer: Actor, rows: Iterable[Row], at: At) -> list[dict[str, Any]]:
    """Each measure's finding, chart and periods, with everything people said and do about it."""
    shown = [_exception(viewer, row, at) for row in rows]
    _add_words(viewer, shown, at)
    return [one.document for one in shown]


def _exception(viewer: Actor, row: Row, at: At) -> _Exception:
    """One measure off track: its finding, chart and periods."""
    measure = Measure.objects.select_related("objective__subject", "owner", "unit", "subject").get(pk=row.key)
    report = measure_report(viewer, measure, at)
    objective = measure.objective
    return _Exception(
        measure,
        objective.subject_id if objective else None,
        {
            "key": measure.pk,
            "node": row.node,
            "code": measure.code,
            "name": measure.name,
            "short": measure.short,
            "objective": f"{objective.code} {objective.name}" if objective else "",
            "owner": row.owner,
            "unit": measure.unit.name,
            "status": row.status,
            "was": row.was,
            "moved": row.moved,
            "finding": report.headline,
            "value": report.headline_value,
            "target": report.headline_target or (report.latest.target_text if report.latest else ""),
            "direction": report.direction,
            "unit_of_measure": measure.unit_of_measure,
            "frequency": measure.get_frequency_display(),
            "is_critical": measure.is_critical,
            "period_label": report.period.label,
            "year_to_date": _year_to_date(report),
            "footnote": measure.footnote,
            "series": asdict(report.series),
            "lines": [_line(line) for line in report.lines],
            "words": _first_words(report),
            "answers": [],
            "actions": [],
            "declared": None,
        },
    )


def _year_to_date(report: MeasureReport) -> dict[str, str]:
    year = report.year_to_date
    if year is None or not report.year_to_date_value:
        return {}
    return {
        "label": report.year_to_date_words,
        "value": report.year_to_date_value,
        "target": report.year_to_date_target,
        "status": year.status,
    }


def _line(line: PeriodLine) -> dict[str, Any]:
    return {
        "period": line.period.label,
        "key": line.period.key,
        "value": line.value,
        "value_text": line.value_text,
        "target": line.target,
        "target_text": line.target_text,
        "gap_text": line.gap_text,
        "status": line.status,
        "reason": line.reason,
        "corrected_at": line.corrected_at,
        "corrected_was": line.corrected_was,
    }


def _first_words(report: MeasureReport) -> list[dict[str, str]]:
    """What the owner said with the value."""
    if not report.comment:
        return []
    return [{"title": report.comment_period, "text": report.comment, "by": report.comment_source}]


# ----------------------------------------------------------------------------------------- words of people about them
def _add_words(viewer: Actor, shown: Iterable[_Exception], at: At) -> None:
    """Updates, answers, action items and declared statuses of all exceptions, in one query each."""
    found = list(shown)
    by_measure = {one.measure.pk: one.document for one in found}
    _add_updates(viewer, found, at.period)
    for answer in _answers(viewer, by_measure, at):
        by_measure[answer.measure_id]["answers"].append(_answer(answer))
    for item in _items(viewer, found):
        document = next(one.document for one in found if one.measure.subject_id == item.about_id)
        document["actions"].append(_action(item, at))
    nodes = dict(Node.objects.filter(measure__in=by_measure).values_list("pk", "measure_id"))
    for node, one in declarations(list(nodes), at).items():
        until = date_short(one.expires_on)
        by_measure[nodes[node]]["declared"] = {
            "status": one.status,
            "reason": one.reason,
            "by": one.by,
            "until": until,
        }


def _add_updates(viewer: Actor, found: list[_Exception], period: Period) -> None:
    """What owners wrote for the period about the measure, else about its objective, newest first."""
    subjects: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        for subject in (one.measure.subject_id, one.objective_subject):
            if subject is not None:
                subjects[subject].append(one.document)
    rows = scoped(viewer, "view", Update.objects.filter(subject__in=list(subjects), period_key=period.key))
    own = {one.measure.subject_id for one in found}
    newest = rows.select_related("author", "subject").order_by("-created_at", "-pk")
    for row in sorted(newest, key=lambda row: row.subject_id not in own):
        told = {"title": word(row.declared) if row.declared else "", "text": row.text}
        told |= {"by": f"{row.author.name}, {date_short(row.created_at.date())}"}
        for document in subjects[row.subject_id]:
            if len(document["words"]) < WORDS_KEPT:
                document["words"].append({**told, "about": row.subject.label})


def _answers(viewer: Actor, measures: Mapping[int, Any], at: At) -> Iterable[CorrectiveAction]:
    """What was answered to the red: open answers, and those of the period."""
    rows = CorrectiveAction.objects.filter(
        Q(state=CorrectiveAction.State.OPEN) | _of_period(at.period),
        measure__in=measures,
        period_start__lte=at.period.end,
    )
    return scoped(viewer, "view", rows).select_related("written_by").order_by("-period_start", "-pk")


def _answer(answer: CorrectiveAction) -> dict[str, str]:
    return {
        "fact": answer.fact,
        "cause": answer.cause,
        "cost": "" if answer.cost is None else money_full(answer.cost, answer.currency or "GBP"),
        "state": answer.get_state_display(),
        "effect": answer.effect,
        "by": answer.written_by.name if answer.written_by else "",
    }


def _items(viewer: Actor, found: list[_Exception]) -> Iterable[ActionItem]:
    """Action items about the measures that are not done."""
    rows = ActionItem.objects.filter(about__in=[one.measure.subject_id for one in found], done_on=None)
    return scoped(viewer, "view", rows).select_related("assignee").order_by("due_on", "pk")


def _action(item: ActionItem, at: At) -> dict[str, Any]:
    return {
        "title": item.title,
        "assignee": item.assignee.name,
        "due": date_short(item.due_on),
        "days_late": max(0, (at.today - item.due_on).days),
    }
