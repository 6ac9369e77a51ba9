"""Starting a strategy, writing its draft, closing it, and handing its records to another owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from organization import subjects
from organization.actions.batches import locked
from organization.models import OrgUnit, Person
from strategy.models import Objective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure.changing import clean_whole, describe_whole
from strategy.structure.rows import clean_values


def create_strategy(
    actor: Actor,
    *,
    unit: OrgUnit,
    name: str,
    starts_on: date,
    ends_on: date,
    owner: Person | None = None,
    mission: str = "",
    vision: str = "",
    vision_by: date | None = None,
    core_values: Sequence[str] = (),
) -> Strategy:
    """Start a draft for a unit. Nobody but its writers sees it until it is adopted."""
    require(actor, "add_strategy", unit)
    words = clean_whole(
        {"name": name, "mission": mission, "vision": vision, "vision_by": vision_by, "core_values": core_values}
    )
    if ends_on < starts_on:
        raise Refusal(_("The strategy ends before it starts. Swap the days or correct one."), field="ends_on")
    with recording(actor, "create_strategy"):
        values = {**words, "unit": unit, "owner": owner, "starts_on": starts_on, "ends_on": ends_on}
        (made,) = subjects.create(Strategy, [values])
        made.refresh_from_db()
    return made


def describe_strategy(
    actor: Actor, *, strategy: Strategy, values: Mapping[str, Any], expected: int | None = None
) -> Strategy:
    """Change a draft's own words: name, mission, vision, vision_by, core_values. An adopted one is amended instead."""
    require(actor, "view", strategy)
    if Strategy.objects.filter(pk=strategy.pk, state=Strategy.State.ACTIVE).exists():
        raise Refusal(
            _("“%(strategy)s” is adopted; its words are changed by an amendment.") % {"strategy": strategy},
            code="adopted",
        )
    return describe_whole(actor, strategy=strategy, values=values, expected=expected, verb="change")


def describe_objective(
    actor: Actor, *, objective: Objective, values: Mapping[str, Any], expected: int | None = None
) -> Objective:
    """Change the words of a proposed objective: name, short_name, description. A live one is amended instead."""
    require(actor, "change", objective)
    unknown = sorted(set(values) - {"name", "short_name", "description"})
    if unknown:
        raise Refusal(_("“%(field)s” cannot be changed here.") % {"field": unknown[0]}, field=unknown[0])
    cleaned = clean_values(Objective, values)
    with transaction.atomic():
        row = locked(Objective, objective.pk)
        if row.state != NodeState.PROPOSED:
            raise Refusal(_("“%(objective)s” is adopted; it is changed by an amendment.") % {"objective": row})
        check_version(row, expected, cleaned)
        changed = assign(row, cleaned)
        if changed:
            with recording(actor, "describe_objective", subject_id=row.subject_id):
                row.store(changed)
                subjects.sync(Objective, [row.pk])
    return row


def close_strategy(actor: Actor, *, strategy: Strategy, reason: str, expected: int | None = None) -> Strategy:
    """End a strategy: its map stays to be read, nothing on it changes any more, and the unit may adopt another."""
    require(actor, "close", strategy)
    with transaction.atomic():
        row = locked(Strategy, strategy.pk)
        check_version(row, expected, {"state": Strategy.State.CLOSED})
        if row.state == Strategy.State.CLOSED:
            return row
        row.state = Strategy.State.CLOSED
        with recording(actor, "close_strategy", subject_id=row.subject_id, reason=reason):
            Strategy.objects.filter(pk=row.pk).update(retired_at=Now())
            row.store(["state"])
            subjects.sync(Strategy, [row.pk])
    row.refresh_from_db()
    return row


def reassign(
    actor: Actor,
    *,
    record: Strategy | Theme | Objective,
    owner: Person | None,
    expected: int | None = None,
    reason: str = "",
) -> Strategy | Theme | Objective:
    """Give a strategy, a theme or an objective another owner. No new version: who answers is not part of the document."""
    require(actor, "reassign", record)
    if owner is not None and not owner.is_active:
        raise Refusal(_("%(person)s has left. Choose someone who can sign in.") % {"person": owner}, field="owner")
    model = type(record)
    with transaction.atomic():
        row = locked(model, record.pk)
        check_version(row, expected, {"owner": str(owner or "")})
        if assign(row, {"owner": owner}):
            with recording(actor, "reassign", subject_id=row.subject_id, reason=reason):
                row.store(["owner"])
                subjects.sync(model, [row.pk])
    return row
