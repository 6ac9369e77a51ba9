"""What the homes draw: composed from the apps below, read through their policies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Actor
from core.links import period_query
from core.obligations import Obligation, obligations
from core.periods import At
from core.statuses import word
from organization.models import Person
from organization.queries import ancestor_ids, root_unit
from scorecards.models import Scorecard
from scorecards.queries.cards import (
    Count,
    Row,
    ScorecardReport,
    health,
    scorecard_of_unit,
    scorecard_report,
    scorecards,
)
from scorecards.queries.excuses import absence_words
from scorecards.queries.facts import Restatement, restatements
from scorecards.queries.reds import unanswered_of

EXCEPTIONS_SHOWN = 6
CHANGES_SHOWN = 6
ABSENT = ("not_reported", "stale")


@dataclass(frozen=True)
class Item:
    """One line of a home: a status shape, a title that opens something, and why it is here."""

    status: str
    title: str
    words: str
    url: str
    owner: str = ""
    detail: str = ""
    share: float = 0.0
    answer_url: str = ""


@dataclass(frozen=True)
class Cell:
    """The objectives of one perspective, theme by theme; those without a theme come last."""

    perspective: str
    by_theme: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True)
class Home:
    """The executive's home in one period."""

    report: ScorecardReport
    message: str
    objectives: int
    health: tuple[Count, ...]
    themes: tuple[str, ...]
    matrix: tuple[Cell, ...]
    exceptions: tuple[Item, ...]
    exceptions_total: int
    changes: tuple[Item, ...]
    missing: tuple[Row, ...]
    unanswered: int
    owed: tuple[Obligation, ...]


def home_scorecard(viewer: Actor, at: At) -> Scorecard | None:
    """The scorecard nearest to the viewer: of their unit, of a unit above it, of the whole organisation, or any."""
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    top = root_unit(at.today)
    near = [person.home_unit_id, *ancestor_ids(person.home_unit_id, at.today)] if person and person.home_unit_id else []
    return scorecard_of_unit(viewer, [*near, *([top.pk] if top else [])]) or scorecards(viewer).first()


def home(viewer: Actor, scorecard: Scorecard, at: At) -> Home:
    """The home drawn from one scorecard."""
    report = scorecard_report(viewer, scorecard, at)
    query = period_query(at)
    waiting = unanswered_of(viewer, scorecard, at)
    found = sorted(
        _exceptions(report, query, waiting.may), key=lambda item: (item.status != "off_track", -item.share, item.title)
    )
    changed = [*_moves(report, query), *_restated(restatements(viewer, scorecard, at), query)]
    return Home(
        report=report,
        message=message(report),
        objectives=len(report.of_kind("objective")),
        health=tuple(health(report.counts, report.counts_before)),
        themes=tuple(name for _pk, name in report.themes) + ((_("No theme"),) if _themeless(report) else ()),
        matrix=tuple(_matrix(report)),
        exceptions=tuple(found[:EXCEPTIONS_SHOWN]),
        exceptions_total=len(found),
        changes=tuple(changed[:CHANGES_SHOWN]),
        missing=tuple(row for row in report.of_kind("measure") if row.reason in ABSENT),
        unanswered=len(waiting.reds),
        owed=tuple(obligations(viewer, at)),
    )


def _themeless(report: ScorecardReport) -> bool:
    return any(not row.themes for row in report.of_kind("objective")) and bool(report.themes)


def _matrix(report: ScorecardReport) -> Iterator[Cell]:
    objectives = report.of_kind("objective")
    for perspective in report.of_kind("perspective"):
        mine = [row for row in objectives if row.perspective == perspective.key]
        columns = [tuple(row for row in mine if pk in row.themes) for pk, _name in report.themes]
        if _themeless(report) or not report.themes:
            columns.append(tuple(row for row in mine if not row.themes))
        yield Cell(perspective.name, tuple(columns))


def _url(row: Row, query: str) -> str:
    views = {"measure": "scorecards:measure", "objective": "strategy:objective"}
    return reverse(views[row.kind], args=[row.key]) + query


def _weights(report: ScorecardReport) -> dict[int, float]:
    """Node → part of the whole strategy's weight, the product of the shares on the way down."""
    whole: dict[int, float] = {}
    path: list[float] = []
    for row in report.rows:
        del path[row.depth :]
        path.append((path[-1] if path else 1.0) * (1.0 if row.share is None else row.share))
        whole[row.node] = path[-1]
    return whole


def _exceptions(report: ScorecardReport, query: str, may_answer: Collection[int]) -> Iterator[Item]:
    """Measures that are off track, critical ones not on track, values that are missing, measures without an owner."""
    weights = _weights(report)
    for row in report.of_kind("measure"):
        words = _exception_words(row)
        if words:
            yield Item(
                row.status,
                row.short or row.name,
                words,
                _url(row, query),
                row.owner or _("No owner"),
                share=weights[row.node],
                answer_url=reverse("scorecards:measure_answer", args=[row.key]) + query
                if row.key in may_answer
                else "",
            )


def _against(row: Row) -> str:
    return _("%(value)s against %(target)s") % {"value": row.value, "target": row.target}


def _exception_words(row: Row) -> str:
    if row.status == "off_track" or (row.is_critical and row.status == "watch"):
        said = (
            _("%(value)s against %(target)s") % {"value": row.value, "target": row.target} if row.target else row.value
        )
        return f"{said}, {_('was %(status)s') % {'status': word(row.was)}}" if row.moved else said
    if row.reason in ABSENT:
        return absence_words(row.reason, row.excused)
    return "" if row.owner else _("Nobody answers for this measure")


def _moves(report: ScorecardReport, query: str) -> Iterator[Item]:
    """Objectives, then measures, whose status moved; what got worse first."""
    for kind in ("objective", "measure"):
        moved = [row for row in report.of_kind(kind) if row.moved]
        for row in sorted(moved, key=lambda row: (row.moved != "worse", row.code)):
            change = _("fell to %(now)s, was %(was)s") if row.moved == "worse" else _("rose to %(now)s, was %(was)s")
            said = change % {"now": word(row.status), "was": word(row.was)}
            detail = _against(row) if row.value and row.target else ""
            yield Item(row.status, row.short or row.name, said, _url(row, query), row.owner, detail)


def _restated(found: Sequence[Restatement], query: str) -> Iterator[Item]:
    """Values that were corrected after they had been reported."""
    for one in found:
        said = _("was restated for %(period)s: %(now)s, was %(was)s") % {
            "period": one.period_label,
            "now": one.now,
            "was": one.was,
        }
        url = reverse("scorecards:measure", args=[one.measure_id]) + query
        yield Item("", one.measure, said, url, detail=one.by)


def message(report: ScorecardReport) -> str:
    """One sentence, at most 30 words: what is off track, what needs watching, what is missing."""
    off = [row for row in report.of_kind("objective") if row.status == "off_track"]
    watch = report.counts.get("watch", 0)
    missing = sum(1 for row in report.of_kind("measure") if row.reason in ABSENT and not row.excused)
    parts = [_off_words(off)]
    if watch:
        parts.append(ngettext("%(n)d objective needs watching", "%(n)d objectives need watching", watch) % {"n": watch})
    if missing:
        parts.append(
            ngettext("%(n)d measure is not reported", "%(n)d measures are not reported", missing) % {"n": missing}
        )
    return "; ".join(parts) + "."


def _off_words(off: Sequence[Row]) -> str:
    if not off:
        return _("No objective is off track")
    names = [row.short or row.name for row in off[:2]]
    if len(off) == 1:
        return _("%(name)s is off track") % {"name": names[0]}
    if len(off) == 2:
        return _("%(one)s and %(two)s are off track") % {"one": names[0], "two": names[1]}
    return _("%(count)d objectives are off track, %(one)s and %(two)s among them") % {
        "count": len(off),
        "one": names[0],
        "two": names[1],
    }
