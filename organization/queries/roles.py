"""Which units a person's roles reach, and who holds which role where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from organization.models import Membership, Person
from organization.roles import Role

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


def heads_of(unit_ids: Iterable[int], role: str, day: date) -> QuerySet[Person]:
    """People who hold the role in one of the units on the day."""
    return Person.objects.filter(
        memberships__unit_id__in=list(unit_ids),
        memberships__role=role,
        memberships__valid__contains=day,
        is_active=True,
    ).distinct()


def running_roles(person_id: int, day: date) -> QuerySet[Membership]:
    """The roles a person holds on the day, with their units."""
    rows = Membership.objects.filter(person_id=person_id, valid__contains=day)
    return rows.select_related("unit").order_by("role", "unit__name")


def other_administrators(person_id: int, day: date) -> QuerySet[Person]:
    """People besides this one who administer the portal from the day on, without an end in sight."""
    held = Membership.objects.filter(role=Role.ADMINISTRATOR, valid__contains=DateRange(day, None))
    return Person.objects.filter(pk__in=held.values("person_id"), is_active=True).exclude(pk=person_id)


def holders(role: Role, day: date) -> QuerySet[Person]:
    """People who hold a role anywhere on the day and may sign in, by name."""
    held = Membership.objects.filter(role=role, valid__contains=day)
    return Person.objects.filter(pk__in=held.values("person_id"), is_active=True).order_by("name")
