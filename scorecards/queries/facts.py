"""Questions about facts as they were known: what was restated, what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery

from core.access import Actor, scoped
from core.formats import date_short
from core.periods import At, Frequency, Period
from scorecards.models import Measure, Observation, Result, Scorecard, Submission
from scorecards.queries.cards import number_format
from scorecards.queries.excuses import excused_places
from scorecards.queries.measures import due_measures

RESTATED_WITHIN = timedelta(days=45)
WHOSE = ("series__measure_id", "frequency", "period_start")


@dataclass(frozen=True)
class Restatement:
    """A value that was corrected after it had been reported."""

    measure_id: int
    measure: str
    period_label: str
    was: str
    now: str
    by: str


@dataclass(frozen=True)
class OwedValue:
    """A value that is wanted: which measure and period, and the last day before it is late."""

    measure: Measure
    period: Period
    due_on: date


def restatements(viewer: Actor, scorecard: Scorecard, at: At) -> list[Restatement]:
    """Current values of the scorecard that replaced other values in the last weeks, newest first."""
    earlier = Observation.objects.filter(
        series=OuterRef("series"), frequency=OuterRef("frequency"), period_start=OuterRef("period_start"),
        revision__lt=OuterRef("revision"),
    ).order_by("-revision")  # fmt: skip
    visible = scoped(viewer, "view", Measure.objects.filter(node__scorecard=scorecard))
    rows = (
        Observation.objects.filter(
            series__measure__in=visible, series__kind="actual", revision__gt=1, superseded_at=None,
            recorded_at__date__gt=at.today - RESTATED_WITHIN, value__isnull=False,
        )
        .annotate(former=Subquery(earlier.values("value")[:1]))
        .exclude(former=None)
        .select_related("series__measure", "recorded_by")
        .order_by("-recorded_at")[:10]
    )  # fmt: skip
    return [_restatement(row, at) for row in rows if row.former != row.value]


def _restatement(row: Observation, at: At) -> Restatement:
    measure = row.series.measure
    numbers = number_format(measure)
    by = row.recorded_by.name if row.recorded_by else row.source
    return Restatement(
        measure_id=measure.pk,
        measure=measure.short,
        period_label=Period(Frequency(row.frequency), row.period_start, at.period.calendar).label,
        was=numbers.text(row.former),  # type: ignore[attr-defined]
        now=numbers.text(row.value),
        by=f"{by}, {date_short(row.recorded_at.date())}" if by else date_short(row.recorded_at.date()),
    )


def owed_values(viewer: Actor, at: At) -> Iterator[OwedValue]:
    """The latest finished period of each measure the viewer keeps, where it has no value yet; four queries.

    What was submitted and waits for approval is done, as far as the viewer is concerned; what is excused is not owed.
    """
    measures = list(due_measures(viewer).filter(expression=""))
    latest = {m.pk: Period.of(Frequency(m.frequency), at.today, at.period.calendar).previous() for m in measures}
    own = {measure.pk: measure.node.pk for measure in measures}
    results = Result.objects.filter(node__measure__in=measures, period_start__in={p.start for p in latest.values()})
    missing = {
        (result.node_id, result.frequency, result.period_start)
        for result in results.filter(reason__in=["not_due_yet", "not_reported", "stale"])
    }
    waits = Submission.objects.filter(state=Submission.State.SUBMITTED, series__measure__in=measures, series__name="")
    missing -= {(own[pk], frequency, start) for pk, frequency, start in waits.values_list(*WHOSE)}
    excused = excused_places(list(latest.items()))
    for measure in measures:
        period = latest[measure.pk]
        if (measure.pk, period) not in excused and (measure.node.pk, measure.frequency, period.start) in missing:
            yield OwedValue(measure, period, period.end + timedelta(days=measure.grace_days))
