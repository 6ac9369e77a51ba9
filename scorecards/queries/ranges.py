"""The range a measure's values should stay in, where it is scored by one: read with the measure, written as one target."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.formats import NumberFormat
from core.periods import Period
from scorecards.models import Measure, Target


def with_range(rows: QuerySet[Measure], period: Period) -> QuerySet[Measure]:
    """The measures with the ends of the period's range as `range_low` and `range_high`, in the same query."""
    wanted = Target.objects.filter(
        measure=OuterRef("pk"), frequency=period.frequency, period_start=period.start, superseded_at=None
    )
    low, high = Subquery(wanted.values("low")[:1]), Subquery(wanted.values("high")[:1])
    return rows.annotate(range_low=low, range_high=high)


def range_of(measure: Measure, numbers: NumberFormat) -> str:
    """The range that `with_range` read, in words; empty where there is none."""
    return range_text(numbers, getattr(measure, "range_low", None), getattr(measure, "range_high", None))


def range_text(numbers: NumberFormat, low: Decimal | None, high: Decimal | None) -> str:
    """88% to 92%, at least 88%, at most 92%; empty for no range."""
    words = {"low": numbers.short(low), "high": numbers.short(high)}
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % words
    if low is not None:
        return _("at least %(low)s") % words
    return "" if high is None else _("at most %(high)s") % words
