"""Which units a person's roles reach, and who holds which role where."""

from __future__ import annotations

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
), reach(root, unit_id) AS (
  SELECT DISTINCT unit_id, unit_id FROM held
  UNION
  SELECT r.root, p.unit_id FROM reach r JOIN organization_placement p ON p.parent_id = r.unit_id AND p.valid @> %(day)s::date
)
SELECT root, array_agg(unit_id), (SELECT array_agg(DISTINCT h.role) FROM held h WHERE h.unit_id = root) FROM reach GROUP BY root
"""


@dataclass(frozen=True)
class Reach:
    """The units of each role a person holds on a day: held directly, and with everything below."""

    direct: dict[str, frozenset[int]]
    branch: dict[str, frozenset[int]]


def reach(person_id: int, day: date) -> Reach:
    """One query with a row for each unit in which a role is held: the tree below is walked once for all its roles."""
    direct: dict[str, frozenset[int]] = {}
    branch: dict[str, frozenset[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REACH, {"person": person_id, "day": day})
        for unit, below, roles in cursor:
            units = frozenset(below)
            for role in roles:
                direct[role] = direct.get(role, frozenset()) | {unit}
                branch[role] = branch.get(role, frozenset()) | units
    return Reach(direct, branch)


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
