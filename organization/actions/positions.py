"""Positions: the jobs people hold in units, dated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.actions.batches import clean_rows, end, locked, overlapping, require_each, since
from organization.actions.texts import clean_line
from organization.models import OrgUnit, Person, Position

MOST_FTE = Decimal(2)


@dataclass(frozen=True)
class PositionRow:
    """A job of a person in a unit, from a day on; `last_day`, if there is one, still counts."""

    person: Person
    unit: OrgUnit
    title: str
    first_day: date
    last_day: date | None = None
    job_family: str = ""
    level: str = Position.Level.FRONT_LINE
    location: str = ""
    fte: Decimal = Decimal(1)


def add_positions(actor: Actor, *, rows: Sequence[PositionRow]) -> list[Position]:
    """Give people positions in units; all or none."""
    cleaned = clean_rows(rows, _clean_position)
    require_each(actor, "add_person", OrgUnit, [row.unit.pk for row in cleaned])
    single = cleaned[0].person.subject_id if len(cleaned) == 1 else None
    with recording(actor, "add_positions", subject_id=single, details={"count": len(cleaned)}):
        made = [_position(row) for row in cleaned]
        held = overlapping(Position, made, ("person_id", "unit_id"))
        clean_rows(list(zip(cleaned, held, strict=True)), _refuse_held)
        return Position.objects.bulk_create(made)


def _clean_position(row: PositionRow) -> PositionRow:
    if row.level not in Position.Level.values:
        raise Refusal(_("'%(level)s' is no level.") % {"level": row.level}, field="level")
    if not row.fte.is_finite() or not 0 < row.fte <= MOST_FTE or row.fte != round(row.fte, 2):
        raise Refusal(
            _("The full-time equivalent is a number above 0 and up to 2, with at most two decimals."), field="fte"
        )
    if row.last_day is not None and row.last_day < row.first_day:
        raise Refusal(_("The last day lies before the first."), field="last_day")
    if row.unit.closed_on is not None and (row.last_day is None or row.last_day >= row.unit.closed_on):
        raise Refusal(_("%(unit)s is closed. Choose a unit that is open.") % {"unit": row.unit}, field="unit")
    if not row.person.is_active and row.last_day is None:
        raise Refusal(_("%(name)s has left. Bring them back first.") % {"name": row.person}, field="person")
    return replace(
        row,
        title=clean_line(row.title, label=_("The title"), most=200, field="title"),
        job_family=clean_line(row.job_family, label=_("The job family"), most=120, field="job_family", needed=False),
        location=clean_line(row.location, label=_("The location"), most=120, field="location", needed=False),
    )


def _position(row: PositionRow) -> Position:
    return Position(
        person=row.person,
        unit=row.unit,
        title=row.title,
        job_family=row.job_family,
        level=row.level,
        location=row.location,
        fte=row.fte,
        valid=since(row.first_day, row.last_day, closed=True),
    )


def _refuse_held(pair: tuple[PositionRow, bool]) -> None:
    row, is_held = pair
    if is_held:
        raise Refusal(
            _("%(name)s has a position in %(unit)s in that time. End it first.")
            % {"name": row.person, "unit": row.unit},
            field="unit",
        )


def end_position(actor: Actor, *, position: Position, on: date) -> None:
    """End a position on a day; one that had not begun by then vanishes."""
    require(actor, "change", position)
    with transaction.atomic():
        row = locked(Position, position.pk)
        with recording(actor, "end_position", subject_id=row.person.subject_id):
            end(row, on)
