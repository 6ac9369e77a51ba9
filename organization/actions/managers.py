"""Who reports to whom: dated lines, and the closure of today's chain that rights read (DATAMODEL A8).

A line begins today or earlier and ends today or earlier, so the closure changes only by these verbs and never by the
clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Refusal
from core.formats import date_long
from organization.actions.batches import CHAIN, clean_rows, end_all, lock, require_each, since
from organization.models import ChainRow, ManagerLine, Person

# Lines valid today from each of the people upwards. The caller has made sure that there is no loop.
_GROW = """
INSERT INTO organization_chainrow (manager_id, person_id, depth)
WITH RECURSIVE up(person_id, manager_id, depth) AS (
  SELECT person_id, manager_id, 1 FROM organization_managerline WHERE valid @> %(today)s::date AND person_id = ANY(%(people)s)
  UNION ALL
  SELECT up.person_id, line.manager_id, up.depth + 1
  FROM up JOIN organization_managerline line ON line.person_id = up.manager_id AND line.valid @> %(today)s::date
)
SELECT manager_id, person_id, depth FROM up
"""


@dataclass(frozen=True)
class ManagerRow:
    """Whom a person reports to; None is nobody."""

    person: Person
    manager: Person | None


def set_managers(actor: Actor, *, rows: Sequence[ManagerRow], on: date, today: date) -> int:
    """Let people report to others from a day on, today or earlier; all or none. How many lines really changed.

    Lines that began later than `on` give way. Refused: a loop, named; a manager who has left; one person twice.
    """
    if on > today:
        raise Refusal(
            _("A reporting line begins today or earlier, not on %(day)s.") % {"day": date_long(on)}, field="on"
        )
    clean_rows(rows, _check_line)
    wanted = {row.person.pk: row.manager.pk if row.manager else None for row in rows}
    if len(wanted) < len(rows):
        raise Refusal(_("A person is named twice. Name each once, with one manager."), field="person")
    require_each(actor, "change", Person, wanted)
    single = rows[0].person.subject_id if len(rows) == 1 else None
    with recording(actor, "set_managers", subject_id=single, details={"count": len(rows)}):
        lock(CHAIN)
        changed = _changed_lines(wanted, on)
        if changed:
            _write_lines(changed, on)
            _refuse_loops(changed, today)
            rebuild_chain(today, below=changed)
    return len(changed)


def _check_line(row: ManagerRow) -> None:
    if row.manager is None:
        return
    names = {"name": row.person, "manager": row.manager}
    if row.manager.pk == row.person.pk:
        raise Refusal(_("%(name)s cannot report to themselves.") % names, field="manager")
    if not row.manager.is_active:
        raise Refusal(_("%(manager)s has left. Choose somebody else.") % names, field="manager")


def _changed_lines(wanted: Mapping[int, int | None], on: date) -> dict[int, int | None]:
    """Those whose line from `on` for good is not already the wanted one."""
    lines = ManagerLine.objects.filter(person_id__in=wanted, valid__overlap=since(on))
    running: dict[int, list[ManagerLine]] = {}
    for line in lines:
        running.setdefault(line.person_id, []).append(line)

    def stands(person: int, manager: int | None) -> bool:
        held = running.get(person, [])
        if manager is None:
            return not held
        return len(held) == 1 and held[0].manager_id == manager and held[0].valid.lower <= on

    return {person: manager for person, manager in wanted.items() if not stands(person, manager)}


def _write_lines(changed: Mapping[int, int | None], on: date) -> None:
    end_all(ManagerLine.objects.filter(person_id__in=changed), on)
    ManagerLine.objects.bulk_create(
        ManagerLine(person_id=person, manager_id=manager, valid=since(on))
        for person, manager in changed.items()
        if manager is not None
    )


def _refuse_loops(changed: Iterable[int], today: date) -> None:
    """Follow every changed line upwards; a person met twice closes a loop."""
    above = dict(ManagerLine.objects.filter(valid__contains=today).values_list("person_id", "manager_id"))
    cleared: set[int] = set()
    for start in changed:
        path: list[int] = []
        current: int | None = start
        while current is not None and current not in cleared:
            if current in path:
                raise Refusal(
                    _("This would be a loop of managers: %(loop)s. Choose another manager for one of them.")
                    % {"loop": _names([*path[path.index(current) :], current])},
                    code="cycle",
                    field="manager",
                )
            path.append(current)
            current = above.get(current)
        cleared.update(path)


def _names(people: Sequence[int]) -> str:
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    return " → ".join(names[person] for person in people)


def rebuild_chain(today: date, *, below: Iterable[int] | None = None) -> None:
    """Derive the closure anew from the lines of today: whole, or of these people and everybody below them.

    Only the paths of people below a changed line can have changed: whoever passes through it now and did not before
    must pass through another changed line further down.
    """
    if below is None:
        people = list(Person.objects.values_list("pk", flat=True))
        ChainRow.objects.all().delete()
    else:
        top = set(below)
        people = list(top | set(ChainRow.objects.filter(manager_id__in=top).values_list("person_id", flat=True)))
        ChainRow.objects.filter(person_id__in=people).delete()
    with connection.cursor() as cursor:
        cursor.execute(_GROW, {"today": today, "people": people})
