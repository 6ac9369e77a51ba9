"""Running a planning cycle: opened from the last one or from the usual steps, changed, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from organization import subjects
from organization.actions.batches import locked
from organization.models import OrgUnit, Person
from planning.models import CycleStep, PlanningCycle
from planning.rules.cycle import Room, laid_over
from planning.rules.usual_steps import USUAL_STEPS
from strategy.models import Strategy
from strategy.structure.rows import clean_text

NAME, WORDS, NAMED = 120, 2000, 5
CHANGEABLE = ("name", "starts_on", "ends_on", "owner", "strategy")
OPEN = (CycleStep.State.PLANNED, CycleStep.State.UNDER_WAY)


@dataclass(frozen=True)
class CycleRow:
    """A cycle to be opened."""

    unit: OrgUnit
    name: str
    starts_on: date
    ends_on: date
    owner: Person | None = None
    strategy: Strategy | None = None


def add_cycle(
    actor: Actor, *, row: CycleRow, like: PlanningCycle | None = None, has_usual_steps: bool = False
) -> PlanningCycle:
    """Open a cycle: with the steps of an earlier one laid over its days, with the usual steps, or with none.

    From an earlier cycle its owners come along, as far as they still may sign in; nothing of how it went does.
    """
    require(actor, "add_cycle", row.unit)
    if like is not None:
        require(actor, "view", like)
    values = _clean(actor, {name: getattr(row, name) for name in CHANGEABLE}, row.unit)
    _check_days(row.starts_on, row.ends_on)
    with recording(actor, "add_cycle", details={"name": values["name"]}):
        _check_name(row.unit, values["name"])
        (made,) = subjects.create(PlanningCycle, [{**values, "unit": row.unit}])
        room = Room(made.starts_on, made.ends_on)
        steps = list(_steps_like(like, room)) if like is not None else list(_usual(room)) if has_usual_steps else []
        if steps:
            subjects.create(CycleStep, [{"cycle": made, **step} for step in steps])
    return made


def _steps_like(cycle: PlanningCycle, room: Room) -> Iterable[dict[str, Any]]:
    old = Room(cycle.starts_on, cycle.ends_on)
    for step in cycle.steps.exclude(state=CycleStep.State.SKIPPED).select_related("owner"):
        begins, ends = laid_over((step.starts_on, step.ends_on), old, room)
        words = {name: getattr(step, name) for name in ("kind", "name", "inputs", "outputs")}
        owner = step.owner if step.owner and step.owner.is_active else None
        yield {**words, "owner": owner, "starts_on": begins, "ends_on": ends}


def _usual(room: Room) -> Iterable[dict[str, Any]]:
    for step in USUAL_STEPS:
        words = {"name": _(step.name), "inputs": _(step.inputs), "outputs": _(step.outputs)}
        yield {"kind": step.kind, **words, "starts_on": room.at(step.begins), "ends_on": room.at(step.ends)}


def change_cycle(
    actor: Actor, *, cycle: PlanningCycle, values: Mapping[str, Any], expected: int | None = None
) -> PlanningCycle:
    """Another name, other days, another owner, or the strategy it prepares."""
    require(actor, "change", cycle)
    with recording(actor, "change_cycle", subject_id=cycle.subject_id):
        row = locked(PlanningCycle, cycle.pk)
        check_version(row, expected, dict(values))
        _check_running(row)
        new = _clean(actor, values, row.unit)
        room = Room(new.get("starts_on", row.starts_on), new.get("ends_on", row.ends_on))
        _check_days(room.first, room.last)
        _check_inside(row, room)
        if new.get("name", row.name) != row.name:
            _check_name(row.unit, new["name"])
        changed = assign(row, new)
        if changed:
            row.store(changed)
            subjects.sync(PlanningCycle, [row.pk])
    return row


def close_cycle(actor: Actor, *, cycle: PlanningCycle, today: date, expected: int | None = None) -> PlanningCycle:
    """End the cycle once every step is done or skipped."""
    require(actor, "change", cycle)
    with recording(actor, "close_cycle", subject_id=cycle.subject_id):
        row = locked(PlanningCycle, cycle.pk)
        check_version(row, expected, {"closed_on": today})
        _check_running(row)
        left = list(row.steps.filter(state__in=OPEN).values_list("name", flat=True))
        if left:
            more = _(" and %(count)d more") % {"count": len(left) - NAMED} if len(left) > NAMED else ""
            words = {"names": "; ".join(left[:NAMED]), "more": more}
            sentence = _("Still open: %(names)s%(more)s. Finish each, or skip it and say why; then close the cycle.")
            raise Refusal(sentence % words, code="open")
        row.closed_on = today
        row.store(["closed_on"])
    return row


def reopen_cycle(actor: Actor, *, cycle: PlanningCycle, reason: str) -> PlanningCycle:
    """Go on with a cycle that was closed, with the reason."""
    require(actor, "change", cycle)
    why = clean_text(reason, label=_("The reason"), most=WORDS, field="reason", needed=True)
    with recording(actor, "reopen_cycle", subject_id=cycle.subject_id, reason=why):
        row = locked(PlanningCycle, cycle.pk)
        if row.closed_on is None:
            raise Refusal(_("The cycle is running already."), code="state")
        row.closed_on = None
        row.store(["closed_on"])
    return row


def running(cycle: PlanningCycle) -> PlanningCycle:
    """The cycle under its row's lock; a closed one is refused."""
    row = locked(PlanningCycle, cycle.pk)
    _check_running(row)
    return row


# ------------------------------------------------------------------------------------------------------- what fits
def _clean(actor: Actor, values: Mapping[str, Any], unit: OrgUnit) -> dict[str, Any]:
    """The values as they may be stored; a name that cannot be changed is a mistake of the caller."""
    unknown = set(values) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"not of a planning cycle: {sorted(unknown)}")
    new = dict(values)
    if "name" in new:
        new["name"] = " ".join(clean_text(new["name"], label=_("Name"), most=NAME, field="name", needed=True).split())
    if strategy := new.get("strategy"):
        require(actor, "view", strategy)
        if strategy.unit_id != unit.pk:
            words = {"strategy": strategy, "unit": unit}
            raise Refusal(_("“%(strategy)s” is not a strategy of %(unit)s.") % words, field="strategy")
    check_owner(new.get("owner"))
    return new


def check_owner(owner: Person | None) -> None:
    """Who holds something can sign in."""
    if owner is not None and not owner.is_active:
        raise Refusal(_("%(person)s can no longer sign in. Name somebody else.") % {"person": owner}, field="owner")


def _check_days(first: date | None, last: date | None) -> None:
    if first is None or last is None:
        raise Refusal(_("A cycle has a first and a last day. Write both."), field="starts_on")
    if last < first:
        raise Refusal(_("The last day lies before the first. Turn them round."), field="ends_on")


def _check_inside(row: PlanningCycle, room: Room) -> None:
    outside = [step for step in row.steps.all() if not room.holds(step.starts_on, step.ends_on)]
    if outside:
        words = {"step": outside[0], "first": date_long(outside[0].starts_on), "last": date_long(outside[0].ends_on)}
        sentence = _("“%(step)s” runs %(first)s to %(last)s, which is outside of these days. Move the step first.")
        raise Refusal(sentence % words, field="ends_on", code="outside")


def _check_name(unit: OrgUnit, name: str) -> None:
    """Under the lock of the unit, so that of two who choose a name at once the second reads this sentence."""
    locked(OrgUnit, unit.pk)
    if PlanningCycle.objects.filter(unit=unit, name=name).exists():
        sentence = _("%(unit)s has a cycle “%(name)s” already. Give this one another name.")
        raise Refusal(sentence % {"unit": unit, "name": name}, field="name", code="twice")


def _check_running(row: PlanningCycle) -> None:
    if row.closed_on is not None:
        sentence = _("The cycle was closed on %(day)s. Open it again before you change it.")
        raise Refusal(sentence % {"day": date_long(row.closed_on)}, code="closed")
