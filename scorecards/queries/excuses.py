"""Excuses that hold: measures that need not report in a period, until a value comes. No score reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.formats import date_short
from core.periods import At, Frequency, Period
from core.statuses import reason_words
from scorecards.models import Excuse, Observation, Series
from scorecards.queries.entry import Place, own_periods


def excuses(as_of: datetime | None = None) -> QuerySet[Excuse]:
    """Those that hold now or held at a moment: not taken back, and no value of the period was recorded since."""
    came = Observation.objects.filter(
        series__measure=OuterRef("measure"),
        series__kind=Series.Kind.ACTUAL,
        series__name="",
        frequency=OuterRef("frequency"),
        period_start=OuterRef("period_start"),
        value__isnull=False,
        recorded_at__gt=OuterRef("recorded_at"),
    )
    rows = Excuse.objects.exclude(reason="").select_related("recorded_by")
    if as_of is None:
        return rows.filter(~Exists(came), superseded_at=None)
    known = Q(superseded_at=None) | Q(superseded_at__gt=as_of)
    return rows.filter(~Exists(came.filter(recorded_at__lte=as_of)), known, recorded_at__lte=as_of)


def excused_places(places: Collection[Place], as_of: datetime | None = None) -> dict[Place, Excuse]:
    """The excuse of each of these places that has one; one query, none where no place is given."""
    if not places:
        return {}
    named = {(measure, period.frequency.value, period.start): (measure, period) for measure, period in places}
    rows = excuses(as_of).filter(
        measure__in={measure for measure, _period in places},
        period_start__in={period.start for _measure, period in places},
    )
    found = {named.get((row.measure_id, row.frequency, row.period_start)): row for row in rows}
    return {place: row for place, row in found.items() if place is not None}


def excused_in(measures: Iterable[int], at: At) -> dict[int, str]:
    """Of each measure that is excused in the period asked for, in words; one query.

    Its own period counts: those that lie in the one asked for, or the one whose value would be carried into it.
    """
    own = {(one.frequency.value, one.start): one for frequency in Frequency for one in _own(frequency, at)}
    rows = excuses(at.as_of).filter(measure__in=measures, period_start__in={start for _name, start in own})
    found = {}
    for row in rows.order_by("period_start"):
        period = own.get((row.frequency, row.period_start))
        if period is not None:
            found[row.measure_id] = excuse_words(row, period if period != at.period else None)
    return found


def _own(frequency: Frequency, at: At) -> list[Period]:
    if not frequency.is_longer_than(at.period.frequency):
        return own_periods(frequency, at.period, at.today)
    whole = Period.of(frequency, at.period.end, at.period.calendar)
    return [whole if whole.end <= at.period.end else whole.previous()]


def excuse_words(row: Excuse, period: Period | None = None) -> str:
    """Who excused it when, and why; with the period where it is not the one on the page."""
    words = {
        "by": row.recorded_by.name if row.recorded_by else "",
        "day": date_short(timezone.localdate(row.recorded_at)),
        "reason": row.reason,
        "period": period.label if period else "",
    }
    if period is not None:
        return _("Excused for %(period)s by %(by)s, %(day)s: %(reason)s") % words
    return _("Excused by %(by)s, %(day)s: %(reason)s") % words


def absence_words(reason: str, excused: str) -> str:
    """Why there is no value, and who excused it, in one text."""
    words = str(reason_words(reason))
    return f"{words}. {excused}" if words and excused else words or excused
