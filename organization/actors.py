"""Who acts. Built once per request, token, job or command, and handed to every query and action."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.access import EVERYONE
from organization.models import Delegation, Person
from organization.queries import Reach, reach, reports_of
from organization.roles import Role


@dataclass(frozen=True)
class Actor:
    """A person with the roles valid today; or the system, which has none and reads no one's data."""

    person_id: int | None
    label: str
    reach: Reach = field(default_factory=lambda: Reach({}, {}))
    on_behalf_of_id: int | None = None
    on_behalf_of_label: str = ""
    request_id: str = ""
    job_id: int | None = None
    token_verbs: frozenset[str] | None = None
    token_units: frozenset[int] | None = None

    def has(self, role: str) -> bool:
        return self.person_id is not None if role == EVERYONE else role in self.reach.branch

    def has_any(self, *roles: Role) -> bool:
        """Whether any of the roles is held anywhere."""
        return any(self.has(role) for role in roles)

    def units(self, role: str) -> frozenset[int]:
        return _pick(self.reach.direct, role)

    def branch(self, role: str) -> frozenset[int]:
        return _pick(self.reach.branch, role)

    def reports(self, depth: int | None = None) -> QuerySet[Any]:
        return reports_of(self.person_id or 0, depth)

    @property
    def reader_key(self) -> str:
        parts = [f"{role}:{sorted(units)}" for role, units in sorted(self.reach.branch.items())]
        parts += [f"{role}={sorted(units)}" for role, units in sorted(self.reach.direct.items())]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    @property
    def rights(self) -> dict[str, list[int]]:
        found = {f"{role}:": sorted(units) for role, units in sorted(self.reach.branch.items())}
        return found | {f"{role}=": sorted(units) for role, units in sorted(self.reach.direct.items())}

    @property
    def is_system(self) -> bool:
        return self.person_id is None

    def for_job(self, job_id: int) -> Actor:
        """The same actor inside a job."""
        return replace(self, job_id=job_id)


def _pick(table: dict[str, frozenset[int]], role: str) -> frozenset[int]:
    if role == EVERYONE:
        return frozenset().union(*table.values())
    return table.get(role, frozenset())


def actor_of(person: Person, today: date, *, request_id: str = "") -> Actor:
    """The person with their roles of today."""
    return Actor(person.pk, person.name, reach(person.pk, today), request_id=request_id)


def deputy_actor(deputy: Person, delegation: Delegation, today: date, *, request_id: str = "") -> Actor:
    """The deputy with the roles that the delegation passes on; audit names both."""
    held = reach(delegation.person_id, today)
    wanted = set(delegation.roles) or set(held.branch)
    passed = Reach(
        {role: units for role, units in held.direct.items() if role in wanted},
        {role: units for role, units in held.branch.items() if role in wanted},
    )
    return Actor(deputy.pk, deputy.name, passed, delegation.person_id, delegation.person.name, request_id=request_id)


def system_actor(what: str = "") -> Actor:
    """For sweeps that read no one's data, set-up and migrations."""
    return Actor(None, what or _("The portal"))


def refreshed(actor: Actor, today: date) -> Actor:
    """The same actor after the tree has grown: the same roles, reaching the units that are new."""
    held = reach(actor.on_behalf_of_id or actor.person_id or 0, today)
    kept = set(actor.reach.branch)
    direct = {role: units for role, units in held.direct.items() if role in kept}
    return replace(actor, reach=Reach(direct, {role: units for role, units in held.branch.items() if role in kept}))
