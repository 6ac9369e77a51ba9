"""Units: adding many, renaming, moving and closing them at a date, in one tree at a time (DATAMODEL A5, TRUST Z7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from organization import subjects
from organization.actions.batches import TREE, clean_rows, lock, locked, require_each, since
from organization.actions.texts import clean_code, clean_line
from organization.models import OrgUnit, Placement


@dataclass(frozen=True)
class UnitRow:
    """A unit to add. `parent`: the code of the unit above, one that stands or another row of the same batch."""

    name: str
    code: str
    parent: str
    kind: str = OrgUnit.Kind.BUSINESS
    opened_on: date | None = None


def add_units(actor: Actor, *, rows: Sequence[UnitRow], today: date) -> list[OrgUnit]:
    """Add units below units that stand or are in the batch; all or none. In the order of the rows."""
    cleaned = clean_rows(rows, lambda row: _clean_unit(row, today))
    with transaction.atomic():
        lock(TREE)
        standing = _standing(cleaned)
        _check_codes(cleaned, standing)
        require_each(actor, "add_unit", OrgUnit, [standing[r.parent].pk for r in cleaned if r.parent in standing])
        _refuse_loops(cleaned, standing)
        return _write_units(actor, cleaned, standing)


def _clean_unit(row: UnitRow, today: date) -> UnitRow:
    if row.kind not in OrgUnit.Kind.values:
        raise Refusal(_("'%(kind)s' is no kind of unit.") % {"kind": row.kind}, field="kind")
    if not row.parent:
        raise Refusal(_("Choose the unit above: only the organisation itself has none."), field="parent")
    return replace(
        row,
        name=clean_line(row.name, label=_("The name"), most=200, field="name"),
        code=clean_code(row.code, label=_("The code")),
        opened_on=row.opened_on or today,
    )


def _standing(rows: Sequence[UnitRow]) -> dict[str, OrgUnit]:
    named = {code for row in rows for code in (row.code, row.parent)}
    return {unit.code: unit for unit in OrgUnit.objects.filter(code__in=named)}


def _check_codes(rows: Sequence[UnitRow], standing: dict[str, OrgUnit]) -> None:
    counted = Counter(row.code for row in rows)
    parents = standing.keys() | counted.keys()

    def check(row: UnitRow) -> None:
        if row.code in standing or counted[row.code] > 1:
            raise Refusal(
                _("The code %(code)s is taken. Codes are never used twice.") % {"code": row.code}, field="code"
            )
        if row.parent not in parents:
            raise Refusal(_("There is no unit with the code %(code)s.") % {"code": row.parent}, field="parent")
        above = standing.get(row.parent)
        if above is not None and above.closed_on is not None:
            raise Refusal(_("%(unit)s is closed. Choose a unit that is open.") % {"unit": above}, field="parent")
        if above is not None and row.opened_on is not None and row.opened_on < above.opened_on:
            raise Refusal(
                _("%(unit)s opened on %(day)s; a unit below it cannot open before.")
                % {"unit": above, "day": date_long(above.opened_on)},
                field="opened_on",
            )

    clean_rows(rows, check)


def _refuse_loops(rows: Sequence[UnitRow], standing: dict[str, OrgUnit]) -> None:
    """Following the rows upwards must end at a unit that stands."""
    above = {row.code: row.parent for row in rows}

    def check(row: UnitRow) -> None:
        seen, code = [row.code], row.parent
        while code not in standing:
            if code in seen:
                loop = " → ".join([*seen, code])
                raise Refusal(_("These units hang from one another: %(loop)s.") % {"loop": loop}, field="parent")
            seen.append(code)
            code = above[code]

    clean_rows(rows, check)


def _write_units(actor: Actor, rows: Sequence[UnitRow], standing: dict[str, OrgUnit]) -> list[OrgUnit]:
    single = standing[rows[0].parent].subject_id if len(rows) == 1 else None
    with recording(actor, "add_units", subject_id=single, details={"count": len(rows)}):
        values = [{"name": r.name, "code": r.code, "kind": r.kind, "opened_on": r.opened_on} for r in rows]
        made = subjects.create(OrgUnit, values)
        known = standing | {unit.code: unit for unit in made}
        Placement.objects.bulk_create(
            Placement(unit=unit, parent=known[row.parent], valid=since(unit.opened_on))
            for unit, row in zip(made, rows, strict=True)
        )
    return made


def rename_unit(
    actor: Actor,
    *,
    unit: OrgUnit,
    name: str,
    code: str | None = None,
    kind: str | None = None,
    expected: int | None = None,
) -> OrgUnit:
    """Another name, code or kind. The old one stays in the log."""
    require(actor, "change", unit)
    values = {"name": clean_line(name, label=_("The name"), most=200, field="name")}
    if code is not None:
        values["code"] = clean_code(code, label=_("The code"))
    if kind is not None:
        values["kind"] = kind
    if kind is not None and kind not in OrgUnit.Kind.values:
        raise Refusal(_("'%(kind)s' is no kind of unit.") % {"kind": kind}, field="kind")
    with transaction.atomic():
        row = locked(OrgUnit, unit.pk)
        check_version(row, expected, values)
        if OrgUnit.objects.filter(code=values.get("code")).exclude(pk=row.pk).exists():
            raise Refusal(_("The code %(code)s is taken. Codes are never used twice.") % values, field="code")
        changed = assign(row, values)
        if changed:
            with recording(actor, "rename_unit", subject_id=row.subject_id):
                row.store(changed)
                subjects.sync(OrgUnit, [row.pk])
    return row


def move_unit(
    actor: Actor, *, unit: OrgUnit, parent: OrgUnit, on: date, reason: str = "", expected: int | None = None
) -> Placement:
    """Hang a unit elsewhere from a day on, until its next planned move. Rights follow on that day.

    Refused: under itself or a unit below it, on any day the new place would hold.
    """
    require(actor, "move", unit)
    require(actor, "add_unit", parent)
    with transaction.atomic():
        lock(TREE)
        row = locked(OrgUnit, unit.pk)
        check_version(row, expected, {"parent": parent.pk, "on": on.isoformat()})
        current = placement_on(row, on)
        if current.parent_id is None:
            raise Refusal(_("%(unit)s is the top of the organisation and hangs nowhere.") % {"unit": row})
        if current.parent_id == parent.pk:
            return current
        if parent.closed_on is not None or parent.opened_on > on:
            raise Refusal(
                _("%(unit)s is not open on %(day)s.") % {"unit": parent, "day": date_long(on)}, field="parent"
            )
        refuse_cycle(row, parent, on, current.valid.upper)
        with recording(actor, "move_unit", subject_id=row.subject_id, reason=reason):
            row.store([])
            return place(current, parent, on)


def placement_on(unit: OrgUnit, on: date) -> Placement:
    found = Placement.objects.filter(unit=unit, valid__contains=on).first()
    if found is None or (unit.closed_on is not None and unit.closed_on <= on):
        raise Refusal(_("%(unit)s is not open on %(day)s.") % {"unit": unit, "day": date_long(on)}, field="on")
    return found


def place(current: Placement, parent: OrgUnit, on: date) -> Placement:
    """The placement from the day on; the old one ends there, or is corrected if it began that day."""
    if current.valid.lower == on:
        current.parent = parent
        current.save(update_fields=["parent"])
        return current
    until = current.valid.upper
    current.valid = since(current.valid.lower, on)
    current.save(update_fields=["valid"])
    return Placement.objects.create(unit_id=current.unit_id, parent=parent, valid=since(on, until))


def refuse_cycle(unit: OrgUnit, parent: OrgUnit, on: date, until: date | None) -> None:
    """Walk up from the new parent on every day the tree changes while the new place holds."""
    rows = list(Placement.objects.filter(valid__overlap=since(on, until)).values_list("unit_id", "parent_id", "valid"))
    days = {on} | {valid.lower for _unit, _above, valid in rows if valid.lower > on}
    for day in sorted(days):
        above = {
            child: up for child, up, valid in rows if valid.lower <= day and (not valid.upper or day < valid.upper)
        }
        current: int | None = parent.pk
        while current is not None and current != unit.pk:
            current = above.get(current)
        if current == unit.pk:
            raise Refusal(
                _("%(parent)s is %(unit)s itself or hangs below it on %(day)s. Choose a unit outside of it.")
                % {"parent": parent, "unit": unit, "day": date_long(day)},
                code="cycle",
                field="parent",
            )
