"""Editing what stands on a map: a draft node by node, an adopted strategy by an amendment with its reason.

Pages, the keyboard and the pointer come to the same verbs; each is all or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.actions.batches import locked
from organization.models import Person
from planning.actions.adopting import Additions, Changes, Retirements, amend, put_on, rewrite, take_off
from strategy.actions import reassign
from strategy.models import Objective, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure import Change, Move


@dataclass(frozen=True)
class Edit:
    """What one person changes at once. `owners` are new owners by node: who answers is no part of a version."""

    add: Additions = field(default_factory=Additions)
    change: Changes = field(default_factory=Changes)
    retire: Retirements = field(default_factory=Retirements)
    owners: Sequence[tuple[Theme | Objective, Person | None]] = ()


@dataclass(frozen=True)
class Place:
    """Where a card is put: its band, its lane (None: no theme), and the card it stands before (None: at the end)."""

    perspective: Perspective
    lane: Theme | None = None
    before: Objective | None = None


def edit(actor: Actor, *, strategy: Strategy, what: Edit, today: date, reason: str = "") -> Strategy:
    """Change a draft, or amend an adopted strategy from today on. What is being reviewed or approved is refused."""
    require(actor, "change_structure", strategy)
    with transaction.atomic():
        row = locked(Strategy, strategy.pk)
        if row.state == Strategy.State.ACTIVE:
            _amend(actor, row, what, reason, today)
        else:
            _check_draft(row)
            with recording(actor, "edit_draft", subject_id=row.subject_id):
                take_off(actor, row, what.retire, reason)
                put_on(actor, row, what.add)
                rewrite(actor, row, what.change)
        for record, owner in what.owners:
            reassign(actor, record=record, owner=owner, reason=reason.strip())
    row.refresh_from_db()
    return row


def _amend(actor: Actor, strategy: Strategy, what: Edit, reason: str, today: date) -> None:
    """One new version; none if only owners change."""
    try:
        with transaction.atomic():
            amend(
                actor,
                strategy=strategy,
                reason=reason,
                effective_from=today,
                today=today,
                add=what.add,
                change=what.change,
                retire=what.retire,
            )
    except Refusal as refusal:
        if refusal.code != "unchanged" or not what.owners:
            raise


def _check_draft(strategy: Strategy) -> None:
    if strategy.state in (Strategy.State.IN_REVIEW, Strategy.State.APPROVED):
        words = {"strategy": strategy, "state": strategy.get_state_display().lower()}
        raise Refusal(
            _("“%(strategy)s” is %(state)s, so that everybody reads the same. Take it back to draft to change it.")
            % words,
            code="state",
        )


def move_card(
    actor: Actor,
    *,
    strategy: Strategy,
    objective: Objective,
    place: Place,
    today: date,
    expected: int | None = None,
    reason: str = "",
) -> Strategy:
    """Put a card into a band and a lane of the map, before another card or at the end of them.

    A card stands under the first of its themes: put into another lane, it keeps those of its themes that come after.
    """
    themes = _themes(objective, place.lane)
    orders = _orders(strategy, objective, place)
    moves = [Move(objective, place.perspective, themes, orders.pop(objective.pk), expected)]
    fellows = strategy.objectives.filter(pk__in=orders)
    moves += [Move(row, order=orders[row.pk]) for row in fellows if row.order != orders[row.pk]]
    return edit(actor, strategy=strategy, what=Edit(change=Changes(moves=moves)), today=today, reason=reason)


def _themes(objective: Objective, lane: Theme | None) -> tuple[Theme, ...]:
    standing = list(objective.themes.exclude(state=NodeState.RETIRED).order_by("order", "pk"))
    if lane is None:
        return ()
    if standing[:1] == [lane]:
        return tuple(standing)
    return (lane, *(one for one in standing if (one.order, one.pk) > (lane.order, lane.pk)))


def _orders(strategy: Strategy, objective: Objective, place: Place) -> dict[int, int]:
    """Objective → its place, for all in the band; the places they have are dealt out anew."""
    inside = strategy.objectives.exclude(state=NodeState.RETIRED).filter(perspective=place.perspective)
    rows = list(inside.exclude(pk=objective.pk).order_by("order", "pk"))
    at = next((index for index, row in enumerate(rows) if row == place.before), len(rows))
    rows.insert(at, objective)
    return _dealt(rows)


def _dealt(rows: Sequence[Any]) -> dict[int, int]:
    """Row → order, rising in the order given, from the values the rows have."""
    found: dict[int, int] = {}
    least = 0
    for row, order in zip(rows, sorted(row.order for row in rows), strict=True):
        found[row.pk] = max(order, least)
        least = found[row.pk] + 1
    return found


def shift(
    actor: Actor, *, strategy: Strategy, row: Perspective | Theme, step: int, today: date, reason: str = ""
) -> Strategy:
    """Put a perspective or a theme so many places further; at the edge of the map it stays."""
    model = type(row)
    rows: list[Any] = list(
        model._default_manager.filter(strategy=strategy).exclude(state=NodeState.RETIRED).order_by("order", "pk")
    )
    at = rows.index(row)
    rows.insert(max(0, at + step), rows.pop(at))
    orders = _dealt(rows)
    changes = [Change(one, {"order": orders[one.pk]}) for one in rows if one.order != orders[one.pk]]
    if not changes:
        return strategy
    moved: dict[str, Any] = {"perspectives" if model is Perspective else "themes": changes}
    return edit(actor, strategy=strategy, what=Edit(change=Changes(**moved)), today=today, reason=reason)
