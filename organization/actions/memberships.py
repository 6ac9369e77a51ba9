"""Roles: granted to many from a day on, ended at a day. The portal is never left without an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.actions.batches import ADMINISTRATORS, clean_rows, end, lock, locked, overlapping, require_each, since
from organization.models import Membership, OrgUnit, Person
from organization.queries import other_administrators
from organization.roles import Role


@dataclass(frozen=True)
class RoleRow:
    """A role for a person in a unit, from a day on; `last_day`, if there is one, still counts."""

    person: Person
    unit: OrgUnit
    role: str
    first_day: date
    last_day: date | None = None


def grant_roles(actor: Actor, *, rows: Sequence[RoleRow]) -> list[Membership]:
    """Give people roles; all or none. Whoever gives themselves a role is named for it in the log."""
    clean_rows(rows, _check_role)
    require_each(actor, "add_membership", OrgUnit, [row.unit.pk for row in rows])
    single = rows[0].person.subject_id if len(rows) == 1 else None
    to_self = any(row.person.pk == actor.person_id for row in rows)
    with recording(actor, "grant_roles", subject_id=single, details={"count": len(rows), "to_self": to_self}):
        made = [
            Membership(
                person=row.person, unit=row.unit, role=row.role, valid=since(row.first_day, row.last_day, closed=True)
            )
            for row in rows
        ]
        held = overlapping(Membership, made, ("person_id", "unit_id", "role"))
        clean_rows(list(zip(rows, held, strict=True)), _refuse_held)
        return Membership.objects.bulk_create(made)


def _check_role(row: RoleRow) -> None:
    if row.role not in list(Role):
        raise Refusal(_("'%(role)s' is no role.") % {"role": row.role}, field="role")
    if not row.person.is_active:
        raise Refusal(_("%(name)s has left. Bring them back first.") % {"name": row.person}, field="person")
    if row.unit.closed_on is not None:
        raise Refusal(_("%(unit)s is closed. Choose a unit that is open.") % {"unit": row.unit}, field="unit")
    if row.last_day is not None and row.last_day < row.first_day:
        raise Refusal(_("The last day lies before the first."), field="last_day")


def _refuse_held(pair: tuple[RoleRow, bool]) -> None:
    row, is_held = pair
    if is_held:
        raise Refusal(
            _("%(name)s is already %(role)s of %(unit)s in that time.")
            % {"name": row.person, "role": Role(row.role).label, "unit": row.unit},
            field="role",
        )


def end_role(actor: Actor, *, membership: Membership, on: date, reason: str = "") -> None:
    """End a role on a day: from that day on it gives no rights. A role that had not begun by then vanishes."""
    require(actor, "change", membership)
    with transaction.atomic():
        lock(ADMINISTRATORS)
        row = locked(Membership, membership.pk)
        refuse_losing_last_administrator([row], on)
        with recording(actor, "end_role", subject_id=row.person.subject_id, reason=reason):
            end(row, on)


def refuse_losing_last_administrator(ending: Sequence[Membership], on: date) -> None:
    """Somebody else must be able to administer the portal without an end in sight. Called under the lock."""
    for row in ending:
        if row.role == Role.ADMINISTRATOR and not other_administrators(row.person_id, on).exists():
            raise Refusal(
                _("%(name)s is the only administrator. Make somebody else an administrator first.")
                % {"name": row.person},
                code="last_administrator",
            )
