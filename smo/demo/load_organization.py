"""Writing the organisation: units, people with positions and managers, roles, a deputy, the calendar and own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from organization.actions.customfields import add_field
from organization.actions.delegations import delegate
from organization.actions.leaving import deactivate_person
from organization.actions.managers import ManagerRow, set_managers
from organization.actions.memberships import RoleRow, grant_roles
from organization.actions.people import PersonRow, add_people, change_person
from organization.actions.positions import PositionRow, add_positions
from organization.actions.savedviews import save_view
from organization.actions.settings import TermRow, set_fiscal_calendar, set_terms
from organization.actions.setup import set_up
from organization.actions.units import UnitRow, add_units
from organization.actors import Actor, actor_of
from organization.models import OrgUnit, Person
from organization.roles import Role
from smo.demo import organization as data
from smo.demo.organization import PEOPLE, UNITS, PersonSpec
from smo.demo.shapes import Clock

ADMINISTRATOR = "oliver.trent"
FOUNDED_YEARS_AGO = 12
YEARS_OF_SERVICE = (11, 6, 9, 4, 8, 5, 7)
"""How long people have been here, taken in turn."""


@dataclass
class House:
    """What is loaded so far, by the codes and keys of the descriptions."""

    clock: Clock
    units: dict[str, OrgUnit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """The person as they would act today."""
        if key not in self._actors:
            self._actors[key] = actor_of(self.people[key], self.clock.today)
        return self._actors[key]

    def person(self, key: str) -> Person | None:
        """The person, or none for an empty key."""
        return self.people[key] if key else None

    @property
    def now(self) -> datetime:
        """Noon of the day of loading."""
        return timezone.make_aware(datetime.combine(self.clock.today, time(12)))


def load_organization(clock: Clock) -> House:
    """Everything the rest hangs on, written by the systems administrator."""
    house = House(clock)
    _found(house)
    administrator = house.actor(ADMINISTRATOR)
    for step in (_add_units, _add_people, _add_positions, _grant_roles, _set_managers, _settle):
        _run(step, house, administrator)
    return house


def _run(step: Callable[[House, Actor], None], house: House, administrator: Actor) -> None:
    step(house, administrator)


def joined_on(spec: PersonSpec, clock: Clock) -> date:
    """The first day of a person, some years ago."""
    return clock.years(-YEARS_OF_SERVICE[PEOPLE.index(spec) % len(YEARS_OF_SERVICE)])


def _found(house: House) -> None:
    spec = next(person for person in PEOPLE if person.key == ADMINISTRATOR)
    root = UNITS[0]
    begun = set_up(
        email=spec.email,
        name=spec.name,
        organization=data.NAME,
        today=house.clock.today,
        subtitle=data.SUBTITLE,
        currency=data.CURRENCY,
        code=root.code,
        opened_on=house.clock.years(-FOUNDED_YEARS_AGO),
        password=data.PASSWORD,
    )
    house.units[root.code] = begun.root
    house.people[ADMINISTRATOR] = begun.administrator


def _add_units(house: House, administrator: Actor) -> None:
    opened = house.clock.years(-FOUNDED_YEARS_AGO)
    rows = [UnitRow(spec.name, spec.code, spec.parent, spec.kind, opened) for spec in UNITS[1:]]
    for unit in add_units(administrator, rows=rows, today=house.clock.today):
        house.units[unit.code] = unit


def _add_people(house: House, administrator: Actor) -> None:
    new = [spec for spec in PEOPLE if spec.key not in house.people]
    rows = [
        PersonRow(
            spec.name,
            house.units[spec.unit],
            email=spec.email,
            code=f"N{1000 + PEOPLE.index(spec)}",
            joined_on=joined_on(spec, house.clock),
            password=data.PASSWORD,
        )
        for spec in new
    ]
    made = add_people(administrator, rows=rows)
    house.people |= {spec.key: person for spec, person in zip(new, made, strict=True)}
    for spec in PEOPLE:
        if spec not in new:
            values = {"home_unit": house.units[spec.unit], "joined_on": joined_on(spec, house.clock)}
            change_person(administrator, person=house.people[spec.key], values=values)


def _add_positions(house: House, administrator: Actor) -> None:
    rows = [
        PositionRow(
            house.people[spec.key],
            house.units[spec.unit],
            spec.title,
            joined_on(spec, house.clock),
            job_family=spec.family,
            level=spec.level,
            location=spec.location,
            fte=Decimal(spec.fte),
        )
        for spec in PEOPLE
    ]
    add_positions(administrator, rows=rows)


def _grant_roles(house: House, administrator: Actor) -> None:
    rows = []
    for spec in PEOPLE:
        for role, unit in spec.roles or ((Role.EMPLOYEE.value, spec.unit),):
            if (spec.key, role) != (ADMINISTRATOR, Role.ADMINISTRATOR):
                rows.append(RoleRow(house.people[spec.key], house.units[unit], role, joined_on(spec, house.clock)))
    grant_roles(administrator, rows=rows)


def _set_managers(house: House, administrator: Actor) -> None:
    rows = [ManagerRow(house.people[spec.key], house.person(spec.manager)) for spec in PEOPLE if spec.manager]
    set_managers(administrator, rows=rows, on=house.clock.starts_on, today=house.clock.today)


def _settle(house: House, administrator: Actor) -> None:
    """The calendar, a noun, a field and views of their own, a deputy for two weeks, and the one who left lately."""
    clock = house.clock
    first_year = clock.years(-FOUNDED_YEARS_AGO).replace(month=1, day=1)
    set_fiscal_calendar(administrator, valid_from=first_year, first_month=1, named_by="start", today=clock.today)
    key, one, many = data.RENAMED_NOUN
    set_terms(administrator, rows=[TermRow(key, one, many)])
    add_field(administrator, kind="measure", type="choice", **data.OWN_FIELD)
    for spec in PEOPLE:
        if spec.has_left:
            gone = clock.newest.next().start
            deactivate_person(administrator, person=house.people[spec.key], on=gone, now=house.now)
    person, deputy, roles = data.DELEGATION
    delegate(
        house.actor(person),
        person=house.people[person],
        deputy=house.people[deputy],
        first_day=clock.days(-3),
        last_day=clock.days(11),
        today=clock.today,
        roles=roles,
    )
    for person, page, name, query in data.SHARED_VIEWS:
        save_view(house.actor(person), page=page, name=name, query=query, is_shared=True)
