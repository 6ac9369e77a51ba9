"""A strategy's way from a draft to what is decided: sent to review, taken back, approved. Adopting follows in planning."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, check_version
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.models import Person
from organization.queries import ancestor_ids, heads_of
from organization.roles import Role
from strategy.models import Objective, Strategy, Theme
from strategy.models.structure import NodeState

State = Strategy.State


def submit_strategy(actor: Actor, *, strategy: Strategy, today: date, expected: int | None = None) -> Strategy:
    """Send a draft to review: from now on everybody reads the same, and those who approve are told."""
    require(actor, "submit", strategy)
    with transaction.atomic():
        row = _step(actor, strategy, "submit_strategy", (State.DRAFT,), State.IN_REVIEW, expected)
        text = _("“%(strategy)s” waits for approval") % {"strategy": row}
        announce(actor, kind="strategy_submitted", subject=row.subject, to=_approvers(actor, row, today), text=text)
    return row


def return_strategy(actor: Actor, *, strategy: Strategy, reason: str, expected: int | None = None) -> Strategy:
    """Take a strategy back to be written: only a draft is changed. Its owner is told why."""
    require(actor, "return", strategy)
    if not reason.strip():
        raise Refusal(_("Say why it goes back, so that its writers know what to change."), field="reason")
    with transaction.atomic():
        row = _step(
            actor, strategy, "return_strategy", (State.IN_REVIEW, State.APPROVED), State.DRAFT, expected, reason
        )
        if row.owner is not None and row.owner_id != actor.person_id:
            words = {"strategy": row, "reason": reason.strip()}
            text = _("“%(strategy)s” is a draft again: %(reason)s") % words
            announce(actor, kind="strategy_submitted", subject=row.subject, to=[row.owner], text=text)
    return row


def approve_strategy(actor: Actor, *, strategy: Strategy, expected: int | None = None) -> Strategy:
    """Say yes to what was reviewed. Everyone may read it from now on; it comes into force when it is adopted."""
    require(actor, "approve", strategy)
    with transaction.atomic():
        row = locked(Strategy, strategy.pk)
        if not row.objectives.exclude(state=NodeState.RETIRED).exists():
            raise Refusal(_("“%(strategy)s” has no objective yet; there is nothing to approve.") % {"strategy": row})
        return _step(actor, row, "approve_strategy", (State.IN_REVIEW,), State.APPROVED, expected)


def _step(
    actor: Actor,
    strategy: Strategy,
    verb: str,
    before: tuple[str, ...],
    after: str,
    expected: int | None,
    reason: str = "",
) -> Strategy:
    """From one state to the next, under the row's lock."""
    row = locked(Strategy, strategy.pk)
    check_version(row, expected, {"state": after})
    if row.state not in before:
        words = {"strategy": row, "state": row.get_state_display().lower(), "wanted": State(before[0]).label.lower()}
        raise Refusal(_("“%(strategy)s” is %(state)s, not %(wanted)s. Nothing was changed.") % words, code="state")
    with recording(actor, verb, subject_id=row.subject_id, reason=reason.strip()):
        row.state = after
        row.store(["state"])
        row.refresh_from_db(fields=["is_private"])
        subjects.sync(Strategy, [row.pk])
        subjects.sync(Theme, row.themes.values_list("pk", flat=True))
        subjects.sync(Objective, row.objectives.values_list("pk", flat=True))
    return row


def _approvers(actor: Actor, strategy: Strategy, today: date) -> list[Person]:
    """Executives and heads of the unit and of those above it."""
    units = [strategy.unit_id, *ancestor_ids(strategy.unit_id, today)]
    found = [*heads_of(units, Role.EXECUTIVE, today), *heads_of(units, Role.UNIT_HEAD, today)]
    return list({one.pk: one for one in found if one.pk != actor.person_id}.values())
