"""People as readers find them: the list, who fits a name, the chain of managers and who has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.access import Actor, permitted, scoped
from organization.models import ChainRow, ManagerLine, Membership, OrgUnit, Person, Position
from organization.queries.tree import branch_ids

MOST_FOUND = 20


def reports_of(person_id: int, depth: int | None = None) -> QuerySet[ChainRow]:
    """Person ids below a manager, as a sub-select."""
    rows = ChainRow.objects.filter(manager_id=person_id)
    if depth is not None:
        rows = rows.filter(depth__lte=depth)
    return rows.order_by().values("person_id")  # type: ignore[return-value]


def managers_of(person_id: int) -> list[Person]:
    """The people above, nearest first."""
    rows = ChainRow.objects.filter(person_id=person_id).select_related("manager").order_by("depth")
    return [row.manager for row in rows]


@dataclass(frozen=True)
class Orphan:
    """Somebody nobody answers for: without a manager, or with one who has left."""

    person: Person
    manager: Person | None


def orphans(viewer: Actor, day: date) -> list[Orphan]:
    """People here without a manager who is here. Whoever leads others and has no manager is a top, not an orphan."""
    lines = ManagerLine.objects.filter(valid__contains=day)
    kept = lines.filter(manager__is_active=True).values("person_id")
    tops = lines.filter(person__is_active=True).values("manager_id")
    people = scoped(viewer, "view", Person.objects.filter(is_active=True)).exclude(pk__in=kept)
    left = {line.person_id: line.manager for line in lines.filter(manager__is_active=False).select_related("manager")}
    leading = set(tops.values_list("manager_id", flat=True))
    return [
        Orphan(person, left.get(person.pk))
        for person in people.select_related("home_unit")
        if person.pk in left or person.pk not in leading
    ]


def _fitting(viewer: Actor, text: str, *, exact: bool = False) -> Q:
    """Names for everybody; e-mails and staff numbers only of people whose details the viewer may see."""
    how = "iexact" if exact else "icontains"
    details = scoped(viewer, "view_details", Person.objects.filter(Q(email__iexact=text) | Q(code__iexact=text)))
    return Q(**{f"name__{how}": text}) | Q(pk__in=details.order_by().values("pk"))


def people_named(viewer: Actor, text: str) -> list[Person]:
    """People here whom a typed text means: one whom it names exactly, else all whose name holds it.

    A whole e-mail address finds its person for anybody: whoever types it knows it.
    """
    people = scoped(viewer, "view", Person.objects.filter(is_active=True)).select_related("home_unit")
    exact = list(people.filter(_fitting(viewer, text, exact=True) | Q(email=text.lower()))[:MOST_FOUND])
    return exact or list(people.filter(name__icontains=text)[:MOST_FOUND])


def people_listed(viewer: Actor, wanted: Mapping[str, Any], day: date) -> QuerySet[Person]:
    """The list of people by its filters (`q`, `unit`, `role`, `state`), with units, positions and roles of the day.

    Each says `may_view_details`.
    """
    people = permitted(viewer, ["view_details"], scoped(viewer, "view", Person.objects.all()))
    if wanted.get("state") != "all":
        people = people.filter(is_active=wanted.get("state") != "left")
    if text := str(wanted.get("q") or "").strip():
        people = people.filter(_fitting(viewer, text))
    unit: OrgUnit | None = wanted.get("unit")
    if unit is not None:
        people = people.filter(home_unit__in=branch_ids(unit.pk, day))
    if role := wanted.get("role"):
        people = people.filter(pk__in=Membership.objects.filter(role=role, valid__contains=day).values("person_id"))
    return people.select_related("home_unit").prefetch_related(*_of_the_day(day)).order_by("name", "pk")


def _of_the_day(day: date) -> tuple[Prefetch[Any], ...]:
    positions = Position.objects.filter(valid__contains=day).order_by("-fte", "pk")
    roles = Membership.objects.filter(valid__contains=day).select_related("unit").order_by("role", "unit__name")
    return (
        Prefetch("positions", queryset=positions, to_attr="positions_today"),
        Prefetch("memberships", queryset=roles, to_attr="roles_today"),
    )
