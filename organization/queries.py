"""Questions about units, people and roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from core.access import Actor, scoped
from core.periods import FiscalCalendar as CalendarRule
from core.periods import FiscalCalendars
from organization.models import ChainRow, FiscalCalendar, Organization, OrgUnit, Person, Placement

_REACH = """
WITH RECURSIVE held(role, unit_id) AS (
  SELECT m.role::text, m.unit_id FROM organization_membership m WHERE m.person_id = %(person)s AND m.valid @> %(day)s::date
), reach(role, unit_id, direct) AS (
  SELECT role, unit_id, true FROM held
  UNION
  SELECT r.role, p.unit_id, false FROM reach r
    JOIN organization_placement p ON p.parent_id = r.unit_id AND p.valid @> %(day)s::date
)
SELECT role, unit_id, bool_or(direct) FROM reach GROUP BY role, unit_id
"""


@dataclass(frozen=True)
class Reach:
    """The units of each role a person holds on a day: held directly, and with everything below."""

    direct: dict[str, frozenset[int]]
    branch: dict[str, frozenset[int]]


def reach(person_id: int, day: date) -> Reach:
    """One query, whatever the size of the tree."""
    direct: dict[str, set[int]] = defaultdict(set)
    branch: dict[str, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_REACH, {"person": person_id, "day": day})
        for role, unit, held in cursor.fetchall():
            branch[role].add(unit)
            if held:
                direct[role].add(unit)
    return Reach({r: frozenset(u) for r, u in direct.items()}, {r: frozenset(u) for r, u in branch.items()})


def parents_on(day: date) -> dict[int, int | None]:
    """Unit id → parent id, for every unit placed in the tree on the day."""
    return dict(Placement.objects.filter(valid__contains=day).values_list("unit_id", "parent_id"))


def branch_ids(unit_id: int, day: date) -> list[int]:
    """The unit and everything below it on the day, in no order."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for unit, parent in parents_on(day).items():
        children[parent].append(unit)
    found, queue = [unit_id], [unit_id]
    while queue:
        below = children.get(queue.pop(), [])
        found.extend(below)
        queue.extend(below)
    return found


def ancestor_ids(unit_id: int, day: date) -> list[int]:
    """The units above, nearest first."""
    parents, found = parents_on(day), []
    current = parents.get(unit_id)
    while current is not None and current not in found:
        found.append(current)
        current = parents.get(current)
    return found


def tree(viewer: Actor, day: date) -> list[tuple[OrgUnit, int]]:
    """Units the viewer may see, each with its depth, parents before children, siblings by name."""
    units = {unit.pk: unit for unit in scoped(viewer, "view", OrgUnit.objects.all())}
    children: dict[int | None, list[OrgUnit]] = defaultdict(list)
    parents = parents_on(day)
    for unit in sorted(units.values(), key=lambda unit: unit.name):
        if unit.pk in parents:
            parent = parents[unit.pk]
            children[parent if parent in units else None].append(unit)
    ordered: list[tuple[OrgUnit, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for unit in children.get(parent, []):
            ordered.append((unit, depth))
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return ordered


def root_unit(day: date) -> OrgUnit | None:
    """The top of the tree on the day."""
    return OrgUnit.objects.filter(placements__valid__contains=day, placements__parent=None).order_by("pk").first()


def organization() -> Organization | None:
    """The organisation, or none before it is set up."""
    return Organization.objects.first()


def calendars() -> FiscalCalendars:
    """The dated fiscal calendars; January years where nothing is set."""
    rows = FiscalCalendar.objects.order_by("valid_from").values_list("valid_from", "first_month", "named_by")
    rules = tuple((start, CalendarRule(month, named_by)) for start, month, named_by in rows)  # type: ignore[arg-type]
    return FiscalCalendars(rules or ((date.min, CalendarRule()),))


def reports_of(person_id: int, depth: int | None = None) -> QuerySet[ChainRow]:
    """Person ids below a manager, as a sub-select."""
    rows = ChainRow.objects.filter(manager_id=person_id)
    if depth is not None:
        rows = rows.filter(depth__lte=depth)
    return rows.order_by().values("person_id")  # type: ignore[return-value]


def heads_of(unit_ids: Iterable[int], role: str, day: date) -> QuerySet[Person]:
    """People who hold the role in one of the units on the day."""
    return Person.objects.filter(
        memberships__unit_id__in=list(unit_ids),
        memberships__role=role,
        memberships__valid__contains=day,
        is_active=True,
    ).distinct()
