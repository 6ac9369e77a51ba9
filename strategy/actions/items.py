"""Action items: one task, one assignee, one due date, about a record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.actions.texts import clean_line
from organization.models import Person
from strategy.models import ActionItem


def add_action_item(actor: Actor, *, about: Any, title: str, assignee: Person, due_on: date, today: date) -> ActionItem:
    """Ask one person to do one thing by a day; they are told."""
    require(actor, "add_action_item", about)
    words = clean_line(title, label=_("The task"), most=200, field="title")
    _check_assignee(assignee)
    _check_due(due_on, today)
    with recording(actor, "add_action_item", subject_id=about.subject_id):
        values = {
            "about": about.subject,
            "title": words,
            "assignee": assignee,
            "raised_by_id": actor.person_id,
            "due_on": due_on,
        }
        (made,) = subjects.create(ActionItem, [values])
        made.refresh_from_db()
        _tell_assignee(actor, made)
    return made


def _check_assignee(person: Person) -> None:
    if not person.is_active:
        raise Refusal(_("%(person)s has left. Choose someone who can sign in.") % {"person": person}, field="assignee")


def _check_due(due_on: date, today: date) -> None:
    if due_on < today:
        raise Refusal(
            _("%(day)s has passed. Choose today or a later day.") % {"day": date_long(due_on)}, field="due_on"
        )


def _tell_assignee(actor: Actor, item: ActionItem) -> None:
    if item.assignee_id == actor.person_id:
        return
    words = {"title": item.title, "day": date_long(item.due_on)}
    text = _("You have an action: %(title)s, by %(day)s") % words
    announce(actor, kind="action_item", subject=item.subject, to=[item.assignee], text=text)


def complete_action_item(actor: Actor, *, item: ActionItem, today: date, expected: int | None = None) -> ActionItem:
    """Say that it is done; who raised it is told. Doing it twice changes nothing."""
    require(actor, "view", item)
    with transaction.atomic():
        row = locked(ActionItem, item.pk)
        if row.done_on is not None:
            return row
        require(actor, "complete", item)
        check_version(row, expected, {"done_on": today.isoformat()})
        with recording(actor, "complete_action_item", subject_id=row.subject_id):
            row.done_on = today
            row.store(["done_on"])
            if row.raised_by is not None and row.raised_by_id != actor.person_id:
                text = _("%(who)s completed “%(title)s”") % {"who": actor.label, "title": row.title}
                announce(actor, kind="action_done", subject=row.subject, to=[row.raised_by], text=text)
    return row


def reopen_action_item(actor: Actor, *, item: ActionItem) -> ActionItem:
    """It is not done after all."""
    require(actor, "view", item)
    with transaction.atomic():
        row = locked(ActionItem, item.pk)
        if row.done_on is None:
            return row
        require(actor, "reopen", item)
        with recording(actor, "reopen_action_item", subject_id=row.subject_id):
            row.done_on = None
            row.store(["done_on"])
    return row


def reassign_action_item(
    actor: Actor,
    *,
    item: ActionItem,
    assignee: Person,
    due_on: date,
    today: date,
    expected: int | None = None,
    reason: str = "",
) -> ActionItem:
    """Give it to another person or another day; a new assignee is told."""
    require(actor, "reassign", item)
    _check_assignee(assignee)
    values = {"assignee": assignee, "due_on": due_on}
    with transaction.atomic():
        row = locked(ActionItem, item.pk)
        if row.done_on is not None:
            raise Refusal(_("“%(title)s” is done already.") % {"title": row.title}, code="done")
        check_version(row, expected, {"assignee": str(assignee), "due_on": due_on.isoformat()})
        if due_on != row.due_on:
            _check_due(due_on, today)
        changed = assign(row, values)
        if changed:
            with recording(actor, "reassign_action_item", subject_id=row.subject_id, reason=reason):
                row.store(changed)
                subjects.sync(ActionItem, [row.pk])
                if "assignee" in changed:
                    _tell_assignee(actor, row)
    return row
