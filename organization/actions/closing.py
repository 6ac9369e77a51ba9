"""Closing a unit: who takes over what is open, and what stays where it is.

The closed unit keeps its records. It hangs on in the tree, under its successor if it has one, so that whoever answers
for the unit above still reaches them; lists of open units leave it out from the day of closing.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, check_version
from core.formats import date_long
from organization import subjects
from organization.actions.batches import TREE, lock, locked, since
from organization.actions.units import place, placement_on, refuse_cycle
from organization.models import Membership, OrgUnit, Person, Placement, Position
from organization.queries import StillOpen, still_open


def close_unit(
    actor: Actor,
    *,
    unit: OrgUnit,
    on: date,
    today: date,
    successor: OrgUnit | None = None,
    reason: str = "",
    expected: int | None = None,
) -> OrgUnit:
    """Close a unit from a day on. Its successor takes over units below, people and positions; roles in it end.

    Refused: the top unit, a day before it opened, things still open without a successor, a successor inside the unit.
    """
    require(actor, "close", unit)
    with transaction.atomic():
        lock(TREE)
        row = locked(OrgUnit, unit.pk)
        check_version(row, expected, {"on": on.isoformat(), "successor": successor.pk if successor else None})
        current = placement_on(row, on)
        if current.parent_id is None:
            raise Refusal(_("%(unit)s is the top of the organisation and cannot be closed.") % {"unit": row})
        held = still_open(row, on)
        _check_closing(row, successor, held, on, today)
        if successor is not None:
            refuse_cycle(row, successor, on, None)
        with recording(actor, "close_unit", subject_id=row.subject_id, reason=reason):
            _hand_over(row, successor, held, on)
            _end_roles(row, on)
            row.closed_on, row.successor = on, successor
            row.store(["closed_on", "successor"])
            if successor is not None and current.parent_id != successor.pk:
                place(current, successor, on)
    return row


def _check_closing(row: OrgUnit, successor: OrgUnit | None, held: StillOpen, on: date, today: date) -> None:
    names = {"unit": row, "held": held.words, "day": date_long(on)}
    if row.closed_on is not None:
        raise Refusal(_("%(unit)s is closed already.") % names)
    if held.needs_successor and successor is None:
        raise Refusal(
            _("%(unit)s still holds %(held)s. Choose the unit that takes them over, or move them first.") % names,
            field="successor",
        )
    if held.people and on > today:
        raise Refusal(
            _("People work in %(unit)s until it closes. Close it on the day itself, or move them first.") % names,
            field="on",
        )
    if successor is not None and (successor.closed_on is not None or successor.opened_on > on):
        raise Refusal(_("%(unit)s is not open on %(day)s.") % {**names, "unit": successor}, field="successor")
    if Placement.objects.filter(unit=row, valid__startswith__gt=on).exists():
        raise Refusal(_("%(unit)s is to be moved after %(day)s. Choose a later day.") % names, field="on")


def _hand_over(row: OrgUnit, successor: OrgUnit | None, held: StillOpen, on: date) -> None:
    if successor is None:
        return
    for below in held.units:
        refuse_cycle(below, successor, on, None)
        place(placement_on(below, on), successor, on)
    people = list(Person.objects.filter(home_unit=row, is_active=True).values_list("pk", flat=True))
    Person.objects.filter(pk__in=people).update(home_unit=successor, row_version=F("row_version") + 1)
    subjects.sync(Person, people)
    _move_positions(row, successor, on)


def _move_positions(row: OrgUnit, successor: OrgUnit, on: date) -> None:
    """Positions end here and go on there, unless the person has one there already."""
    positions = list(Position.objects.filter(unit=row, valid__overlap=since(on)))
    there = set(Position.objects.filter(unit=successor, valid__overlap=since(on)).values_list("person_id", flat=True))
    onward = []
    for position in positions:
        first, until = position.valid.lower, position.valid.upper
        if position.person_id not in there:
            onward.append(_copy(position, successor, max(first, on), until))
        if first < on:
            position.valid = since(first, on)
    begun = [position for position in positions if position.valid.lower < on]
    Position.objects.bulk_update(begun, ["valid"])
    Position.objects.filter(pk__in=[p.pk for p in positions if p not in begun]).delete()
    Position.objects.bulk_create(onward)


def _copy(position: Position, unit: OrgUnit, first: date, until: date | None) -> Position:
    return Position(
        person_id=position.person_id,
        unit=unit,
        title=position.title,
        job_family=position.job_family,
        level=position.level,
        location=position.location,
        fte=position.fte,
        valid=since(first, until),
    )


def _end_roles(row: OrgUnit, on: date) -> None:
    Membership.objects.filter(unit=row, valid__startswith__gte=on).delete()
    for membership in Membership.objects.filter(unit=row, valid__contains=on):
        membership.valid = since(membership.valid.lower, on)
        membership.save(update_fields=["valid"])


def reopen_unit(actor: Actor, *, unit: OrgUnit, expected: int | None = None) -> OrgUnit:
    """Take back a closing. The unit hangs where it is; people and roles come back by hand."""
    require(actor, "close", unit)
    with transaction.atomic():
        row = locked(OrgUnit, unit.pk)
        check_version(row, expected, {})
        if row.closed_on is None:
            raise Refusal(_("%(unit)s is open.") % {"unit": row})
        with recording(actor, "reopen_unit", subject_id=row.subject_id):
            row.closed_on, row.successor = None, None
            row.store(["closed_on", "successor"])
    return row
