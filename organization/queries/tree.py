"""The tree of units on a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Q, QuerySet

from core.access import Actor, scoped
from organization.models import OrgUnit, Placement


def open_units(units: QuerySet[OrgUnit], day: date) -> QuerySet[OrgUnit]:
    """Those of the units that have opened and are not closed on the day."""
    return units.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)


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
    """Units open on the day that the viewer may see, each with its depth, parents before children, siblings by name."""
    units = {unit.pk: unit for unit in open_units(scoped(viewer, "view", OrgUnit.objects.all()), day)}
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
