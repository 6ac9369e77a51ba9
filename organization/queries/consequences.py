"""What ends or must be handed over when a unit closes or a person leaves: the same answer for the page and the action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from organization.models import (
    AccessLink,
    ApiToken,
    ChainRow,
    Delegation,
    Membership,
    OrgUnit,
    Person,
    Position,
    Subject,
)


@dataclass(frozen=True)
class StillOpen:
    """What a unit still holds on the day it would close."""

    units: tuple[OrgUnit, ...]
    people: int
    positions: int
    roles: int
    records: int

    @property
    def needs_successor(self) -> bool:
        """Whether something is left that another unit must take over; roles end, records stay."""
        return bool(self.units or self.people or self.positions)

    @property
    def words(self) -> str:
        """2 units below, 14 people, 15 positions."""
        below = len(self.units)
        counted = [
            (below, ngettext("%(count)d unit below", "%(count)d units below", below)),
            (self.people, ngettext("%(count)d person", "%(count)d people", self.people)),
            (self.positions, ngettext("%(count)d position", "%(count)d positions", self.positions)),
        ]
        return ", ".join(words % {"count": count} for count, words in counted if count)


def still_open(unit: OrgUnit, on: date) -> StillOpen:
    """What closing the unit on the day would hand over or end."""
    onwards = DateRange(on, None)
    below = OrgUnit.objects.filter(placements__parent=unit, placements__valid__overlap=onwards).distinct()
    return StillOpen(
        units=tuple(below.filter(Q(closed_on=None) | Q(closed_on__gt=on))),
        people=Person.objects.filter(home_unit=unit, is_active=True).count(),
        positions=Position.objects.filter(unit=unit, valid__overlap=onwards).count(),
        roles=Membership.objects.filter(unit=unit, valid__overlap=onwards).count(),
        records=Subject.objects.filter(unit=unit, retired_at=None).exclude(kind__in=("unit", "person")).count(),
    )


@dataclass(frozen=True)
class Leaving:
    """What ends when a person's access ends, and what is left for others to mend."""

    roles: tuple[Membership, ...]
    positions: tuple[Position, ...]
    tokens: int
    links: int
    delegations: int
    reports: int
    records: int


def leaving(person: Person, on: date, now: datetime) -> Leaving:
    """The consequences of a person's leaving on the day."""
    onwards = DateRange(on, None)
    keys = {"person": person, "revoked_at": None, "expires_at__gt": now}
    return Leaving(
        roles=tuple(Membership.objects.filter(person=person, valid__overlap=onwards).select_related("unit")),
        positions=tuple(Position.objects.filter(person=person, valid__overlap=onwards).select_related("unit")),
        tokens=ApiToken.objects.filter(**keys).count(),
        links=AccessLink.objects.filter(**keys).count(),
        delegations=delegations_of(person, onwards).count(),
        reports=ChainRow.objects.filter(manager=person, depth=1).count(),
        records=Subject.objects.filter(owner=person, retired_at=None).exclude(kind__in=("unit", "person")).count(),
    )


def delegations_of(person: Person, days: DateRange) -> QuerySet[Delegation]:
    """Delegations the person gave or holds that fall into the days."""
    return Delegation.objects.filter(Q(person=person) | Q(deputy=person), valid__overlap=days)
