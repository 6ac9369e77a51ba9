"""Putting the links of a strategy on trial: all together, because they are one family (METHOD §14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from core.access import Actor, require
from core.actions import Refusal
from core.periods import Calendar
from jobs.actions import enqueue
from jobs.models import Job
from organization.queries import calendars
from planning.models import LinkTrial
from planning.queries.trials import Posed, newest_tests, posed_links
from planning.rules.trial import Result, data_hash, try_links
from strategy.models import ObjectiveLink, Strategy
from strategy.models.structure import NodeState


def order_trial(actor: Actor, *, strategy: Strategy) -> Job:
    """Let a worker test the links now."""
    require(actor, "change_structure", strategy)
    if not ObjectiveLink.objects.filter(strategy=strategy, state=NodeState.LIVE).exists():
        raise Refusal(
            _("“%(strategy)s” has no links yet. Draw what drives what on its map first.") % {"strategy": strategy}
        )
    title = _("Test the links of “%(strategy)s”") % {"strategy": strategy}
    return enqueue(actor, "planning.try_strategy", title=title, arguments={"strategy": strategy.pk}, subject=strategy.subject,
                   unit=strategy.unit, key=f"trial:{strategy.pk}", queue="heavy")  # fmt: skip


def try_strategy(strategy: Strategy, today: date) -> int:
    """Test the links for which a new period has come, beside all others; how many tests were kept."""
    calendar = calendars()
    posed = posed_links(strategy, today, calendar)
    before = newest_tests(one.link.pk for one in posed)
    if not any(_is_due(one, before) for one in posed):
        return 0
    results = try_links([one.case for one in posed])
    rows = [
        _row(one, result, today, calendar) for one, result in zip(posed, results, strict=True) if _is_due(one, before)
    ]
    return len(LinkTrial.objects.bulk_create(rows))


def try_strategies(today: date) -> int:
    """Test the links of every active strategy; how many tests were kept."""
    rows = Strategy.objects.filter(state=Strategy.State.ACTIVE).order_by("pk")
    return sum(try_strategy(strategy, today) for strategy in rows)


def _is_due(posed: Posed, before: Mapping[int, LinkTrial]) -> bool:
    """A link is tested when a new period has come; one that says the same of the same data is not told twice."""
    last = before.get(posed.link.pk)
    if last is None:
        return True
    if last.newest is None or posed.newest is None:
        return last.data_hash != data_hash(posed.case)
    return posed.newest > last.newest


def _row(posed: Posed, found: Result, today: date, calendar: Calendar) -> LinkTrial:
    has_data = bool(posed.starts) and found.pairs > 0
    return LinkTrial(
        link=posed.link,
        tested_on=today,
        verdict=found.verdict.value,
        reason=found.reason.value if found.reason else "",
        source=posed.source,
        target=posed.target,
        frequency=posed.frequency.value if posed.frequency else "",
        newest=posed.newest,
        first=posed.starts[found.first] if has_data else None,
        last=posed.starts[found.last] if has_data else None,
        pairs=found.pairs,
        units=found.units,
        is_deseasoned=found.is_deseasoned,
        p=found.p,
        lag=found.lag,
        slope=found.slope.value if found.slope else None,
        slope_low=found.slope.low if found.slope else None,
        slope_high=found.slope.high if found.slope else None,
        missed=found.missed,
        data_hash=found.data,
    )
