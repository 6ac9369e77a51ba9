"""The measures of a strategy with their targets and values, as an export tells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Q

from core.access import Actor, scoped
from core.periods import Frequency, Period
from organization.queries import calendars
from planning.rules.stratml_indicators import Indicator, Instance
from scorecards.models import Measure, Result
from strategy.models import Strategy
from strategy.models.structure import NodeState


def indicators_of(viewer: Actor, strategy: Strategy) -> Mapping[int, list[Indicator]]:
    """Objective → its measures that the viewer may see, with every period of the strategy's days; identifiers are codes.

    Two queries. A value that is carried from an earlier period is not told again.
    """
    rows = Measure.objects.filter(objective__strategy=strategy, state=NodeState.LIVE).order_by("objective", "pk")
    measures = list(scoped(viewer, "view", rows))
    told = Result.objects.filter(
        Q(value__isnull=False, is_carried=False) | Q(target__isnull=False),
        node__measure__in=measures,
        period_start__gte=strategy.starts_on,
        period_start__lte=strategy.ends_on,
    ).order_by("period_start")
    calendar = calendars()
    periods: dict[int, list[Instance]] = defaultdict(list)
    frequencies = {one.pk: one.frequency for one in measures}
    for key, frequency, start, target, value, is_carried in told.values_list(
        "node__measure_id", "frequency", "period_start", "target", "value", "is_carried"
    ):
        if frequency == frequencies[key]:
            last = Period(Frequency(frequency), start, calendar).end
            periods[key].append(Instance(start, last, target, None if is_carried else value))
    found: dict[int, list[Indicator]] = defaultdict(list)
    for one in measures:
        unit = "%" if one.is_percent else one.unit_of_measure
        is_leading = one.kind == Measure.Kind.LEADING
        made = Indicator(f"measure-{one.pk}", one.code, one.name, unit, is_leading, tuple(periods[one.pk]))
        found[one.objective_id or 0].append(made)
    return found
