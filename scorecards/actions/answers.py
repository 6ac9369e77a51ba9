"""Answering a red or amber measure: fact, cause and action items in one go, then changing, adding to and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.periods import Period
from organization.actions.batches import locked
from organization.actions.texts import clean_currency
from organization.models import Person
from scorecards.models import CorrectiveAction, Measure, Result
from scorecards.queries.reds import AMBER, RED
from strategy.actions import add_action_item
from strategy.models import ActionItem
from strategy.structure.rows import clean_text

LONGEST = 4000
MOST_ITEMS = 20
LARGEST_COST = Decimal(10) ** 12
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ItemRow:
    """One task of an answer: what, by whom, by when."""

    title: str
    assignee: Person
    due_on: date


@dataclass(frozen=True)
class AnswerRow:
    """What an answer says besides its tasks; a cost has a currency."""

    fact: str
    cause: str
    cost: Decimal | None = None
    currency: str = ""


def answer_measure(
    actor: Actor, *, measure: Measure, period: Period, answer: AnswerRow, items: Sequence[ItemRow], today: date
) -> CorrectiveAction:
    """Answer for a measure that is off track or watched in one of its own periods; all of it is kept, or nothing.

    Refused: a measure that stands better or has no status, a second open answer for the same period, no task, an
    assignee who has left, a day that has passed, a cost that is negative or no number. `field` of a refusal about a
    task is "item-0-assignee" for the first.
    """
    require(actor, "answer", measure)
    values = _checked(answer)
    _check_count(items)
    details = {"period": period.key}
    with recording(actor, "answer_measure", subject_id=measure.subject_id, details=details):
        locked(Measure, measure.pk)
        _check_status(measure, period)
        _refuse_second(measure, period)
        made = CorrectiveAction.objects.create(
            measure=measure,
            frequency=period.frequency,
            period_start=period.start,
            written_by_id=actor.person_id,
            **values,
        )
        made.items.set(_add_items(actor, measure, items, today))
    return made


def change_answer(
    actor: Actor, *, row: CorrectiveAction, answer: AnswerRow, expected: int | None = None
) -> CorrectiveAction:
    """Say fact, cause and cost of an open answer anew. Conflict if somebody else did meanwhile."""
    require(actor, "view", row)
    values = _checked(answer)
    with transaction.atomic():
        kept = _held_open(actor, row)
        check_version(kept, expected, values)
        changed = assign(kept, values)
        if changed:
            with recording(actor, "change_answer", subject_id=kept.measure.subject_id):
                kept.store(changed)
    return kept


def add_answer_items(actor: Actor, *, row: CorrectiveAction, items: Sequence[ItemRow], today: date) -> list[ActionItem]:
    """Further tasks of an open answer; all or none."""
    require(actor, "view", row)
    _check_count(items)
    with recording(actor, "add_answer_items", subject_id=row.measure.subject_id):
        kept = _held_open(actor, row)
        made = _add_items(actor, kept.measure, items, today)
        kept.items.add(*made)
    return made


def close_answer(actor: Actor, *, row: CorrectiveAction, effect: str, expected: int | None = None) -> CorrectiveAction:
    """Say what came of it. Tasks that are still open stay with their assignees."""
    require(actor, "view", row)
    words = clean_text(effect, label=_("What came of it"), most=LONGEST, field="effect", needed=True)
    with transaction.atomic():
        kept = _held_open(actor, row)
        check_version(kept, expected, {"effect": words})
        with recording(actor, "close_answer", subject_id=kept.measure.subject_id):
            kept.state, kept.effect = CorrectiveAction.State.CLOSED, words
            kept.closed_at, kept.closed_by_id = Now(), actor.person_id
            kept.store(["state", "effect", "closed_at", "closed_by"])
            kept.refresh_from_db(fields=["closed_at"])
    return kept


# ----------------------------------------------------------------------------------------------------- checks
def _checked(answer: AnswerRow) -> dict[str, Any]:
    """The fields as they are stored."""
    cost = _checked_cost(answer.cost)
    return {
        "fact": clean_text(answer.fact, label=_("The fact"), most=LONGEST, field="fact", needed=True),
        "cause": clean_text(answer.cause, label=_("The cause"), most=LONGEST, field="cause", needed=True),
        "cost": cost,
        "currency": "" if cost is None else clean_currency(answer.currency),
    }


def _checked_cost(cost: Decimal | None) -> Decimal | None:
    if cost is None:
        return None
    if not cost.is_finite():
        raise Refusal(_("The cost is not a number. Write it with digits, for example 12500."), field="cost")
    if cost < 0:
        raise Refusal(_("The cost is below zero. Write what it costs, or leave it empty."), field="cost")
    if cost >= LARGEST_COST:
        raise Refusal(_("The cost has too many digits. Write an amount below 1,000,000,000,000."), field="cost")
    try:
        return cost.quantize(CENT)
    except InvalidOperation:
        raise Refusal(_("The cost is not a number. Write it with digits, for example 12500."), field="cost") from None


def _check_count(items: Sequence[ItemRow]) -> None:
    if not items:
        raise Refusal(_("Add at least one action: what is done, by whom and by when."), code="no_items", field="items")
    if len(items) > MOST_ITEMS:
        words = {"most": MOST_ITEMS}
        raise Refusal(_("At most %(most)d actions can be added at once.") % words, code="too_many", field="items")


def _check_status(measure: Measure, period: Period) -> None:
    found = Result.objects.filter(node__measure=measure, frequency=period.frequency, period_start=period.start)
    if found.values_list("status", flat=True).first() not in (RED, AMBER):
        words = {"measure": measure.short, "period": period.label}
        raise Refusal(
            _("%(measure)s is neither off track nor watched in %(period)s, so there is nothing to answer.") % words,
            code="not_red",
        )


def _refuse_second(measure: Measure, period: Period) -> None:
    same = measure.corrective_actions.filter(frequency=period.frequency, period_start=period.start)
    if same.filter(state=CorrectiveAction.State.OPEN).exists():
        words = {"measure": measure.short, "period": period.label}
        raise Refusal(
            _("%(measure)s has an open answer for %(period)s already. Add your actions to it.") % words, code="answered"
        )


def _held_open(actor: Actor, row: CorrectiveAction) -> CorrectiveAction:
    """The answer as it is now, held; refused if it is closed."""
    kept = locked(CorrectiveAction, row.pk)
    if kept.state != CorrectiveAction.State.OPEN:
        raise Refusal(_("This answer is closed. Answer the newest period instead."), code="closed")
    require(actor, "change", kept)
    return kept


def _add_items(actor: Actor, measure: Measure, items: Sequence[ItemRow], today: date) -> list[ActionItem]:
    """The tasks by strategy's own verb; a refusal names the row it is about."""
    made = []
    for place, item in enumerate(items):
        try:
            made.append(
                add_action_item(
                    actor,
                    about=measure,
                    title=item.title,
                    assignee=item.assignee,
                    due_on=item.due_on,
                    today=today,
                )
            )
        except Refusal as refusal:
            raise Refusal(refusal.sentence, code=refusal.code or "", field=f"item-{place}-{refusal.field}") from None
    return made
