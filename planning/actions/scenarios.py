"""Keeping scenarios and their triggers, and watching the figures for them: by the clock, once for each unbroken row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actions import recording
from core.access import Actor, can, require
from core.actions import Refusal, assign, check_version
from core.periods import Calendar
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.models import OrgUnit, Person
from organization.queries import ancestor_ids, calendars, heads_of
from organization.roles import Role
from planning.models import Scenario, ScenarioTrigger, TriggerFiring
from planning.queries.watching import Watched, watched
from scorecards.models import Measure
from scorecards.queries.cards import number_format
from strategy.models import Strategy
from strategy.structure.rows import clean_text

NAME, STORY = 120, 5000
MOST_PERIODS = 24
DECIMALS, LARGEST = 15, Decimal("1e20")
"""What a limit may be: as values of measures are stored."""
CHANGEABLE = ("name", "story", "early_moves", "owner", "strategy", "state")


@dataclass(frozen=True)
class ScenarioRow:
    """A scenario to be written."""

    unit: OrgUnit
    name: str
    story: str = ""
    early_moves: str = ""
    owner: Person | None = None
    strategy: Strategy | None = None


@dataclass(frozen=True)
class TriggerRow:
    """A sign: the measure above (or below) the limit so many of its periods in a row."""

    measure: Measure
    limit: Decimal | None
    is_above: bool = True
    periods: int = 1


def add_scenario(actor: Actor, *, row: ScenarioRow) -> Scenario:
    """Write a scenario; it is watched as soon as it has a trigger."""
    require(actor, "add_scenario", row.unit)
    values = _clean(actor, {name: getattr(row, name) for name in CHANGEABLE if name != "state"})
    with recording(actor, "add_scenario", details={"name": values["name"]}):
        _check_name(row.unit, values["name"])
        (made,) = subjects.create(Scenario, [{**values, "unit": row.unit}])
    return made


def change_scenario(
    actor: Actor, *, scenario: Scenario, values: Mapping[str, Any], expected: int | None = None
) -> Scenario:
    """Other words, another owner; or that it has come, or is watched no longer."""
    require(actor, "change", scenario)
    new = _clean(actor, values)
    with recording(actor, "change_scenario", subject_id=scenario.subject_id):
        row = locked(Scenario, scenario.pk)
        check_version(row, expected, new)
        _check_name(row.unit, new.get("name", row.name), besides=row.pk)
        changed = assign(row, new)
        if changed:
            row.store(changed)
            subjects.sync(Scenario, [row.pk])
    return row


def _clean(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"not of a scenario: {sorted(unknown)}")
    new = dict(values)
    if "name" in new:
        text = clean_text(new["name"], label=_("The scenario's name"), most=NAME, field="name", needed=True)
        new["name"] = " ".join(text.split())
    for name, label in (("story", _("What happens")), ("early_moves", _("What we would do"))):
        if name in new:
            new[name] = clean_text(new[name], label=label, most=STORY, field=name)
    if new.get("strategy") is not None and not can(actor, "view", new["strategy"]):
        raise Refusal(_("This strategy is not for you. Choose another one."), field="strategy")
    if "state" in new and new["state"] not in Scenario.State.values:
        raise Refusal(_("Choose one of the states."), field="state")
    return new


def _check_name(unit: OrgUnit, name: str, besides: int = 0) -> None:
    locked(OrgUnit, unit.pk)  # two people may give the same name at once
    if Scenario.objects.filter(unit=unit, name__iexact=name).exclude(pk=besides).exists():
        words = {"unit": unit, "name": name}
        raise Refusal(_("%(unit)s has a scenario “%(name)s” already. Give another name.") % words, field="name")


# ----------------------------------------------------------------------------------------------------------- triggers
def add_trigger(actor: Actor, *, scenario: Scenario, row: TriggerRow) -> ScenarioTrigger:
    """Tie the scenario to a measure. It is looked at from the next night on."""
    require(actor, "change", scenario)
    limit = _check_trigger(actor, row)
    with recording(actor, "add_trigger", subject_id=scenario.subject_id, details={"measure": row.measure.code}):
        held = locked(Scenario, scenario.pk)
        same = held.triggers.filter(measure=row.measure, is_above=row.is_above, limit=limit, removed_on__isnull=True)
        if same.exists():
            raise Refusal(
                _("The scenario has this trigger already. Take the other one away first, or give another limit."),
                code="twice",
                field="limit",
            )
        return ScenarioTrigger.objects.create(
            scenario=held, measure=row.measure, limit=limit, is_above=row.is_above, periods=row.periods
        )


def _check_trigger(actor: Actor, row: TriggerRow) -> Decimal:
    if not can(actor, "view", row.measure):
        raise Refusal(_("This measure is not for you, or there is none. Choose another one."), field="measure")
    if row.limit is None or not row.limit.is_finite() or abs(row.limit) >= LARGEST:
        raise Refusal(_("The limit is a number. Write the value beyond which the future begins."), field="limit")
    if not 1 <= row.periods <= MOST_PERIODS:
        raise Refusal(_("A trigger asks for 1 to %(most)d periods in a row.") % {"most": MOST_PERIODS}, field="periods")
    return round(row.limit, DECIMALS)


def remove_trigger(actor: Actor, *, trigger: ScenarioTrigger, today: date) -> None:
    """Watch it no longer; what it said so far stays."""
    require(actor, "change", trigger.scenario)
    with recording(actor, "remove_trigger", subject_id=trigger.scenario.subject_id):
        row = locked(ScenarioTrigger, trigger.pk)
        if row.removed_on is None:
            row.removed_on = today
            row.save(update_fields=["removed_on"])


# ----------------------------------------------------------------------------------------------------------- watching
def watch_scenarios(actor: Actor, today: date) -> int:
    """Record triggers whose limit was passed often enough and tell those who keep the scenarios; how many there were.

    A row of values that goes on without a break fires once. Safe to repeat and to run twice at once: the firing and its
    announcement are stored together, and a firing is there once.
    """
    calendar = calendars()
    triggers = ScenarioTrigger.objects.filter(scenario__state=Scenario.State.WATCHED, removed_on__isnull=True)
    rows = triggers.select_related("measure", "scenario__owner", "scenario__subject").order_by("pk")
    return sum(_fire(actor, one, today, calendar) for one in watched(list(rows), today, calendar) if one.is_new)


def _fire(actor: Actor, one: Watched, today: date, calendar: Calendar) -> bool:
    trigger, period = one.trigger, one.fired
    if period is None or one.value is None:
        return False
    with transaction.atomic():
        try:
            with transaction.atomic():
                TriggerFiring.objects.create(
                    trigger=trigger,
                    frequency=period.frequency.value,
                    period_start=period.start,
                    value=one.value,
                    fired_on=today,
                )
        except IntegrityError:  # another run was faster
            return False
        scenario = trigger.scenario
        url = reverse("planning:scenario", args=[scenario.pk])
        to = _told(scenario, today)
        announce(actor, kind="scenario_fired", subject=scenario.subject, to=to, text=_words(one), url=url)
    return True


def _told(scenario: Scenario, today: date) -> list[Person]:
    """Its owner; the strategy office where it has none."""
    if scenario.owner is not None:
        return [scenario.owner]
    units = [scenario.unit_id, *ancestor_ids(scenario.unit_id, today)]
    return list(heads_of(units, Role.SMO_OFFICER, today))


def _words(one: Watched) -> str:
    trigger = one.trigger
    words = {
        "scenario": trigger.scenario,
        "measure": trigger.measure.short,
        "side": _("above") if trigger.is_above else _("below"),
        "limit": number_format(trigger.measure).text(float(trigger.limit)),
        "n": trigger.periods,
    }
    return (
        ngettext(
            "“%(scenario)s” may be coming: %(measure)s stood %(side)s %(limit)s for %(n)d period.",
            "“%(scenario)s” may be coming: %(measure)s stood %(side)s %(limit)s for %(n)d periods in a row.",
            trigger.periods,
        )
        % words
    )
