"""Loading the demonstration organisation: whole or not at all, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core.actions import Refusal
from organization.models import OrgUnit, Person
from organization.roles import Role
from smo.demo.load_analysis import load_analysis
from smo.demo.load_answers import load_answers
from smo.demo.load_calculated import load_calculated
from smo.demo.load_choices import load_choices
from smo.demo.load_closing import load_closing
from smo.demo.load_cycles import load_cycles
from smo.demo.load_figures import load_figures
from smo.demo.load_forecasts import load_forecasts
from smo.demo.load_imports import load_imports
from smo.demo.load_library import load_library
from smo.demo.load_organization import load_organization
from smo.demo.load_reports import load_reports
from smo.demo.load_strategies import load_next, load_strategies
from smo.demo.load_trials import load_trials
from smo.demo.load_words import load_words
from smo.demo.organization import ACCOUNTS, NAME, PASSWORD, PEOPLE, UNITS
from smo.demo.shapes import Clock

SEED = 2026


@dataclass(frozen=True)
class Account:
    """A sign-in to try: the role it shows, who it is, and the two things to type."""

    role: str
    name: str
    title: str
    email: str
    password: str


def is_loaded() -> bool:
    """Whether this database holds the demonstration organisation."""
    units = set(OrgUnit.objects.values_list("code", "name"))
    return {(spec.code, spec.name) for spec in UNITS} <= units


def load(*, today: date, seed: int = SEED) -> bool:
    """Write the demonstration organisation, in one transaction; False if it is there already.

    `Refusal` if the database holds another organisation: passwords that everybody knows have no place beside real data.
    """
    if is_loaded():
        return False
    other = OrgUnit.objects.order_by("pk").first()
    if other is not None or Person.objects.exists():
        raise Refusal(
            _("This database holds another organisation (%(unit)s). %(demo)s goes into an empty one: use --data DIR.")
            % {"unit": other or _("people without a unit"), "demo": NAME}
        )
    with transaction.atomic():
        house = load_organization(Clock(today))
        objectives = load_strategies(house)
        measures = load_figures(house, objectives, seed)
        load_calculated(house)
        load_library(house, objectives, measures)
        load_forecasts(house, measures)
        load_words(house, objectives, measures)
        load_answers(house, objectives, measures)
        load_closing(house, measures)
        load_reports(house)
        load_imports(house)
        load_trials(house)
        cycle = load_cycles(house, load_next(house))
        load_choices(house, cycle, objectives, measures)
        load_analysis(house, cycle)
    return True


def accounts() -> list[Account]:
    """One sign-in per role."""
    people = {person.key: person for person in PEOPLE}
    return [
        Account(Role(role).label, people[key].name, people[key].title, people[key].email, PASSWORD)
        for role, key in ACCOUNTS
    ]
