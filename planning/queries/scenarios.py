"""Scenarios with their triggers: how far away each is, what has fired, and what belongs on the next strategy agenda."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Actor, permitted, scoped
from core.formats import NumberFormat
from core.periods import At, Frequency, Period
from organization.queries import branch_ids, calendars
from planning.models import Scenario, ScenarioTrigger, TriggerFiring
from planning.queries.watching import Watched, watched
from planning.rules.scenarios import Trigger, in_a_row
from scorecards.models import Measure
from scorecards.queries.cards import number_format
from strategy.models import Strategy

ON_AGENDA = timedelta(days=92)
"""How long a firing whose row has ended still belongs on the agenda: a strategy meeting comes every quarter."""
DECIDED_WITHIN = timedelta(days=14)
MOST_NAMED = 10
RECENT = 6


@dataclass(frozen=True)
class TriggerLine:
    """A trigger in words, its measure's last values beside the limit, and how far away it is."""

    trigger: ScenarioTrigger
    watched: Watched
    numbers: NumberFormat
    firings: tuple[tuple[Period, TriggerFiring], ...]

    @property
    def limit(self) -> str:
        """The limit, as values of the measure are written."""
        return self.numbers.text(self.trigger.limit)

    @property
    def condition(self) -> str:
        """Above 92% for 3 periods in a row."""
        words = {"limit": self.limit, "n": self.trigger.periods}
        if self.trigger.is_above:
            return ngettext(
                "above %(limit)s for %(n)d period", "above %(limit)s for %(n)d periods in a row", self.trigger.periods
            ) % words  # fmt: skip
        return ngettext(
            "below %(limit)s for %(n)d period", "below %(limit)s for %(n)d periods in a row", self.trigger.periods
        ) % words  # fmt: skip

    @property
    def key(self) -> str:
        """Its id, as ids of pictures need it."""
        return str(self.trigger.pk)

    @property
    def limit_value(self) -> float:
        """The limit as a line of a picture."""
        return float(self.trigger.limit)

    @property
    def status(self) -> str:
        """The shape beside the word."""
        if self.watched.value is None:
            return "no_data"
        return "off_track" if self.has_fired else "watch" if self.watched.row else "on_track"

    @property
    def word(self) -> str:
        """How far it is, in a word or two."""
        words = {"no_data": _("No value"), "off_track": _("Fired"), "watch": _("Near"), "on_track": _("Not in sight")}
        return words[self.status]

    @property
    def has_fired(self) -> bool:
        """Whether the row that goes on has fired."""
        return self.watched.fired is not None

    @property
    def value(self) -> str:
        """The newest value."""
        return "" if self.watched.value is None else self.numbers.text(self.watched.value)

    @property
    def period(self) -> str:
        """The period of the newest value."""
        return self.watched.periods[-1].label

    @property
    def distance(self) -> str:
        """How far away it is, or since when it has fired."""
        one = self.watched
        if one.fired is not None and one.since is not None:
            return _("fired in %(period)s, beyond the limit since %(since)s") % {
                "period": one.fired.label,
                "since": one.since.label,
            }
        if one.value is None:
            return _("no value to hold against it")
        if one.row:
            return _("beyond the limit in %(row)d of %(n)d periods") % {"row": one.row, "n": self.trigger.periods}
        gap = self.numbers.difference(float(self.trigger.limit) - one.value)
        return _("%(gap)s to the limit") % {"gap": gap}

    @property
    def recent(self) -> list[tuple[str, str, bool]]:
        """The last values with their periods, oldest first, and whether each is beyond the limit."""
        pairs = zip(self.watched.periods[-RECENT:], self.watched.values[-RECENT:], strict=True)
        return [
            (period.label, _("No value") if value is None else self.numbers.figure(value), self._is_beyond(value))
            for period, value in pairs
        ]

    def _is_beyond(self, value: float | None) -> bool:
        if value is None:
            return False
        asked = Trigger(self.limit_value, self.trigger.is_above)
        return bool(in_a_row(np.array([value]), asked)[0])


@dataclass(frozen=True)
class ScenarioLine:
    """A scenario with its triggers and its strategy, as far as the viewer may see their measures, and it."""

    scenario: Scenario
    triggers: tuple[TriggerLine, ...]
    strategy: Strategy | None = None

    @property
    def fired(self) -> list[TriggerLine]:
        """Triggers that have fired and whose row goes on."""
        return [line for line in self.triggers if line.has_fired]

    @property
    def is_near(self) -> bool:
        """Whether some measure is beyond its limit, though not long enough."""
        return any(line.watched.row for line in self.triggers)

    @property
    def nearest(self) -> TriggerLine | None:
        """The trigger that lacks the fewest periods."""
        return min(self.triggers, key=lambda line: line.watched.missing, default=None)

    @property
    def is_coming(self) -> bool:
        """Whether it is watched and a sign of it is there."""
        return self.scenario.state == Scenario.State.WATCHED and bool(self.fired)


def scenario_lines(viewer: Actor, rows: QuerySet[Scenario], at: At) -> list[ScenarioLine]:
    """Scenarios as they stand; a constant number of queries."""
    found = list(rows.select_related("unit", "owner"))
    if not found:
        return []
    triggers = trigger_lines(viewer, found, at)
    named = {row.strategy_id for row in found if row.strategy_id}
    strategies = {one.pk: one for one in scoped(viewer, "view", Strategy.objects.filter(pk__in=named))}
    lines = [ScenarioLine(row, tuple(triggers.get(row.pk, ())), strategies.get(row.strategy_id or 0)) for row in found]
    order = {Scenario.State.WATCHED: 0, Scenario.State.COME: 1, Scenario.State.CLOSED: 2}
    return sorted(
        lines, key=lambda one: (order[Scenario.State(one.scenario.state)], not one.is_coming, one.scenario.name)
    )


def trigger_lines(viewer: Actor, rows: Sequence[Scenario], at: At) -> Mapping[int, list[TriggerLine]]:
    """Scenario → its triggers."""
    triggers = scoped(viewer, "view", ScenarioTrigger.objects.filter(scenario__in=rows, removed_on__isnull=True))
    calendar = calendars()
    found: dict[int, list[TriggerLine]] = defaultdict(list)
    for one in watched(list(triggers.select_related("measure", "scenario").order_by("pk")), at.today, calendar):
        firings = tuple(
            (Period(Frequency(firing.frequency), firing.period_start, calendar), firing)
            for firing in reversed(one.firings)
        )
        line = TriggerLine(one.trigger, one, number_format(one.trigger.measure), firings)
        found[one.trigger.scenario_id].append(line)
    return found


def scenarios_listed(viewer: Actor, at: At, wanted: Mapping[str, Any]) -> list[ScenarioLine]:
    """Scenarios by filters: `q`, `unit` (with all below it), `state`; what is coming first."""
    rows = scoped(viewer, "view", Scenario.objects.all())
    if text := str(wanted.get("q") or "").strip():
        rows = rows.filter(Q(name__icontains=text) | Q(story__icontains=text))
    if (unit := wanted.get("unit")) is not None:
        rows = rows.filter(unit__in=branch_ids(unit.pk, at.today))
    if state := wanted.get("state"):
        rows = rows.filter(state=state)
    return scenario_lines(viewer, rows, at)


@dataclass(frozen=True)
class ScenarioPage:
    """One scenario with all that the viewer may do."""

    line: ScenarioLine
    may_change: bool


def scenario_page(viewer: Actor, scenario: Scenario, at: At) -> ScenarioPage:
    """One scenario that was loaded through its policy."""
    row = permitted(viewer, ["change"], Scenario.objects.filter(pk=scenario.pk))
    (line,) = scenario_lines(viewer, row, at)
    return ScenarioPage(line, line.scenario.may_change)  # type: ignore[attr-defined]


def scenarios_of(viewer: Actor, strategy: Strategy, at: At) -> list[ScenarioLine]:
    """Watched scenarios of a strategy, and of its unit where they name none."""
    mine = Q(strategy=strategy) | Q(strategy=None, unit=strategy.unit_id)
    rows = Scenario.objects.filter(mine, state=Scenario.State.WATCHED)
    return scenario_lines(viewer, scoped(viewer, "view", rows), at)


# -------------------------------------------------------------------------------------------------- what has fired
@dataclass(frozen=True)
class Fired:
    """A watched scenario of which a sign was seen; `goes_on`: the row of values is still beyond the limit."""

    scenario: Scenario
    line: TriggerLine
    period: Period
    on: date
    goes_on: bool

    @property
    def decide_by(self) -> date:
        """When its owner should have said what to do."""
        return self.on + DECIDED_WITHIN


def fired_scenarios(viewer: Actor, at: At, *, owner_id: int | None = None) -> list[Fired]:
    """What belongs on the next strategy agenda: the newest firing of each watched scenario, the newest first.

    It stands there while its row goes on, and for a quarter after. With `owner_id` only what that person keeps.
    """
    fired = Exists(TriggerFiring.objects.filter(trigger__scenario=OuterRef("pk"), trigger__removed_on__isnull=True))
    rows = scoped(viewer, "view", Scenario.objects.filter(fired, state=Scenario.State.WATCHED))
    if owner_id is not None:
        rows = rows.filter(owner=owner_id)
    found: dict[int, Fired] = {}
    for line in scenario_lines(viewer, rows, at):
        for trigger in line.triggers:
            for period, firing in trigger.firings[:1]:
                on = firing.fired_on
                if trigger.has_fired or at.today - on <= ON_AGENDA:
                    one = Fired(line.scenario, trigger, period, on, trigger.has_fired)
                    known = found.get(line.scenario.pk)
                    if known is None or (one.goes_on, one.on) > (known.goes_on, known.on):
                        found[line.scenario.pk] = one
    return sorted(found.values(), key=lambda one: (one.on, one.scenario.pk), reverse=True)


def measures_named(viewer: Actor, text: str) -> list[Measure]:
    """Live measures whom a typed text means: the one with this code or name, else all whose name holds it."""
    rows = scoped(viewer, "view", Measure.objects.filter(retired_at__isnull=True))
    exact = list(rows.filter(Q(code__iexact=text) | Q(name__iexact=text)).order_by("code")[:MOST_NAMED])
    return exact or list(rows.filter(name__icontains=text).order_by("code")[:MOST_NAMED])
