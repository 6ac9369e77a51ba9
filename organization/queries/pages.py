"""What the pages of units and people show, in queries whose number does not grow with the rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from core.access import Actor, permitted, scoped
from core.periods import At
from organization.models import Delegation, ManagerLine, Membership, OrgUnit, Person, Position
from organization.queries.roles import heads_of
from organization.queries.tree import ancestor_ids, open_units, parents_on, tree
from organization.roles import Role


@dataclass(frozen=True)
class UnitLine:
    """One line of the tree."""

    unit: OrgUnit
    depth: int
    heads: tuple[Person, ...]
    people: int

    @property
    def indent(self) -> int:
        """Steps to the right: as deep as the unit hangs, at most five."""
        return min(self.depth, 5)


def heads_by_unit(day: date) -> dict[int, list[Person]]:
    """Unit → the people here who head it on the day."""
    rows = Membership.objects.filter(role=Role.UNIT_HEAD, valid__contains=day, person__is_active=True)
    heads: dict[int, list[Person]] = defaultdict(list)
    for row in rows.select_related("person").order_by("person__name"):
        heads[row.unit_id].append(row.person)
    return heads


def people_by_unit() -> dict[int, int]:
    """Unit → how many people here call it home."""
    counted = Person.objects.filter(is_active=True, home_unit__isnull=False).order_by().values("home_unit_id")
    return dict(counted.annotate(count=Count("pk")).values_list("home_unit_id", "count"))


def unit_lines(viewer: Actor, at: At) -> list[UnitLine]:
    """The tree as a table."""
    heads, counts = heads_by_unit(at.today), people_by_unit()
    return [
        UnitLine(unit, depth, tuple(heads.get(unit.pk, ())), counts.get(unit.pk, 0))
        for unit, depth in tree(viewer, at.today)
    ]


def closed_units(viewer: Actor, day: date) -> QuerySet[OrgUnit]:
    """Units that are closed on the day, the last closed first."""
    rows = scoped(viewer, "view", OrgUnit.objects.filter(closed_on__lte=day))
    return rows.select_related("successor").order_by("-closed_on", "name")


def units_above(unit: OrgUnit, day: date) -> list[OrgUnit]:
    """The units above, the top first."""
    above = ancestor_ids(unit.pk, day)
    known = OrgUnit.objects.in_bulk(above)
    return [known[pk] for pk in reversed(above)]


def units_directly_below(viewer: Actor, unit: OrgUnit, at: At) -> list[UnitLine]:
    """The open units that hang from the unit on the day."""
    children = {child for child, parent in parents_on(at.today).items() if parent == unit.pk}
    rows = open_units(scoped(viewer, "view", OrgUnit.objects.filter(pk__in=children)), at.today)
    heads, counts = heads_by_unit(at.today), people_by_unit()
    return [UnitLine(row, 0, tuple(heads.get(row.pk, ())), counts.get(row.pk, 0)) for row in rows.order_by("name")]


@dataclass(frozen=True)
class UnitPeople:
    """Who heads a unit, and how many people here call it home."""

    heads: tuple[Person, ...]
    people: int


def unit_people(unit: OrgUnit, day: date) -> UnitPeople:
    """Heads and count of one unit."""
    heads = heads_of([unit.pk], Role.UNIT_HEAD, day).order_by("name")
    return UnitPeople(tuple(heads), Person.objects.filter(home_unit=unit, is_active=True).count())


UNIT_VERBS = ("change", "move", "close", "add_unit", "add_person")
PERSON_VERBS = ("view_details", "change", "invite", "deactivate", "add_delegation")


def allowed(viewer: Actor, row: OrgUnit | Person) -> frozenset[str]:
    """What of the verbs of its page the viewer may do with the unit or the person."""
    verbs = UNIT_VERBS if isinstance(row, OrgUnit) else PERSON_VERBS
    asked = permitted(viewer, verbs, type(row)._default_manager.filter(pk=row.pk)).first()
    return frozenset(verb for verb in verbs if asked is not None and getattr(asked, f"may_{verb}"))


def roles_held(viewer: Actor, person: Person, day: date) -> list[Membership]:
    """The person's roles of the day and to come; each says `may_change`."""
    rows = scoped(viewer, "view", Membership.objects.filter(_from(day), person=person)).select_related("unit")
    return list(permitted(viewer, ["change"], rows).order_by("role", "unit__name"))


def positions_held(viewer: Actor, person: Person, day: date) -> list[Position]:
    """The person's positions of the day and to come, the latest first; each says `may_change`."""
    rows = scoped(viewer, "view", Position.objects.filter(_from(day), person=person)).select_related("unit")
    return list(permitted(viewer, ["change"], rows).order_by("-valid", "title"))


def direct_reports(viewer: Actor, person: Person, day: date) -> list[Person]:
    """The people here who report to the person on the day."""
    lines = ManagerLine.objects.filter(manager=person, valid__contains=day, person__is_active=True)
    rows = scoped(viewer, "view", Person.objects.filter(pk__in=lines.values("person_id")))
    return list(rows.order_by("name"))


def _from(day: date) -> Q:
    return Q(valid__contains=day) | Q(valid__startswith__gt=day)


def delegations_seen(viewer: Actor, person: Person, at: At) -> list[Delegation]:
    """Delegations given or held by the person that run or are to come, as far as the viewer may see them."""
    rows = Delegation.objects.filter(Q(person=person) | Q(deputy=person))
    rows = rows.filter(_from(at.today))
    seen = permitted(viewer, ["change", "use"], scoped(viewer, "view", rows))
    return list(seen.select_related("person", "deputy").order_by("valid", "pk"))


def may_give_roles(viewer: Actor) -> bool:
    """Whether the viewer may give roles anywhere."""
    return scoped(viewer, "add_membership", OrgUnit.objects.all()).exists()


def units_for(viewer: Actor, verb: str, day: date) -> list[tuple[OrgUnit, int]]:
    """Open units on which the viewer may do the verb, as they hang, with their depths in the whole tree."""
    may = set(scoped(viewer, verb, OrgUnit.objects.all()).values_list("pk", flat=True))
    return [(unit, depth) for unit, depth in tree(viewer, day) if unit.pk in may]
