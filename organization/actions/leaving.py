"""The end of a person's access, at once and whole, and its return (TRUST A8)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, check_version
from core.formats import date_long
from organization.actions.batches import ADMINISTRATORS, CHAIN, end_all, lock, locked, since
from organization.actions.managers import rebuild_chain
from organization.actions.memberships import refuse_losing_last_administrator
from organization.models import AccessLink, ApiToken, ManagerLine, Membership, Person, Position
from organization.queries import delegations_of


def deactivate_person(
    actor: Actor, *, person: Person, on: date, now: datetime, reason: str = "", expected: int | None = None
) -> Person:
    """End a person's access in this moment; `on` (today or earlier) is the first day they are no longer here.

    Sign-in, every session, tokens, links, roles, positions, delegations and their own reporting line end. The password
    is thrown away, which is what ends the sessions: each holds a mark made from it. People who report to them keep the
    line until somebody gives them another manager (queries.orphans).
    """
    require(actor, "deactivate", person)
    if person.pk == actor.person_id:
        raise Refusal(_("You cannot end your own access. Ask another administrator."))
    today = timezone.localdate(now)
    if on > today:
        raise Refusal(_("Access ends today or earlier, not on %(day)s.") % {"day": date_long(on)}, field="on")
    with transaction.atomic():
        lock(ADMINISTRATORS)
        row = locked(Person, person.pk)
        check_version(row, expected, {"on": on.isoformat()})
        _check_leaving(row, on)
        with recording(actor, "deactivate_person", subject_id=row.subject_id, reason=reason):
            row.is_active, row.left_on, row.password = False, on, make_password(None)
            row.store(["is_active", "left_on", "password"])
            _end_keys(row, now)
            _end_dated(row, on, today)
    return row


def _check_leaving(row: Person, on: date) -> None:
    if not row.is_active:
        raise Refusal(_("%(name)s has left already.") % {"name": row})
    if row.joined_on is not None and on < row.joined_on:
        raise Refusal(
            _("%(name)s joined on %(day)s and cannot leave before.") % {"name": row, "day": date_long(row.joined_on)},
            field="on",
        )
    refuse_losing_last_administrator(list(Membership.objects.filter(person=row, valid__contains=on)), on)


def _end_keys(row: Person, now: datetime) -> None:
    running: dict[str, Any] = {"person": row, "revoked_at": None}
    ApiToken.objects.filter(**running).update(revoked_at=now)
    AccessLink.objects.filter(**running).update(revoked_at=now)


def _end_dated(row: Person, on: date, today: date) -> None:
    end_all(Membership.objects.filter(person=row), on)
    end_all(Position.objects.filter(person=row), on)
    end_all(delegations_of(row, since(on)), on)
    lock(CHAIN)
    end_all(ManagerLine.objects.filter(person=row), on)
    rebuild_chain(today, below=[row.pk])


def reactivate_person(actor: Actor, *, person: Person, expected: int | None = None) -> Person:
    """Bring a person back: they may be invited to set a new password. Roles and positions are given anew."""
    require(actor, "deactivate", person)
    with transaction.atomic():
        row = locked(Person, person.pk)
        check_version(row, expected, {})
        if row.is_active:
            raise Refusal(_("%(name)s has not left.") % {"name": row})
        with recording(actor, "reactivate_person", subject_id=row.subject_id):
            row.is_active, row.left_on = True, None
            row.store(["is_active", "left_on"])
    return row
