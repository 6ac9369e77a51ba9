"""Baselines as facts: a change adds a row, and the current one stands on the measure too (METHOD §2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from core.access import Actor
from scorecards.models import Baseline, Measure


def append_baselines(actor: Actor, measures: Sequence[Measure], moment: datetime, reason: str = "") -> None:
    """The baselines that these measures have now, instead of the ones before; at most three statements.

    `moment` was taken under the scorecards' locks; called inside `recording`.
    """
    ids = [measure.pk for measure in measures]
    rows = Baseline.objects.filter(measure__in=ids).order_by().values("measure")
    last = dict(rows.annotate(last=Max("revision")).values_list("measure", "last"))
    if last:
        Baseline.objects.filter(measure__in=ids, superseded_at=None).update(superseded_at=moment)
    Baseline.objects.bulk_create(
        Baseline(
            measure=measure,
            revision=last.get(measure.pk, 0) + 1,
            on=measure.baseline_on,
            value=measure.baseline,
            reason=reason,
            recorded_by_id=actor.person_id,
            recorded_at=moment,
        )
        for measure in measures
    )
