"""The organisation of a bench: structure by the portal's own verbs, values and targets by COPY, results by a rebuild."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.utils import timezone

from audit.actions import recording
from bench.sizes import Size
from core.access import Actor
from core.periods import Frequency, Period
from organization import subjects
from organization.actions.people import PersonRow, add_people
from organization.actions.setup import set_up
from organization.actions.units import UnitRow, add_units
from organization.actors import actor_of
from organization.models import OrgUnit, Person
from organization.roles import Role
from scorecards.actions import MeasureRow, add_measures, open_scorecard
from scorecards.models import Measure, Result
from smo.services import postgres
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme

AT_ONCE = 1_000
SEED = 20261127
EMAIL = "bench@example.org"


def load(size: Size, today: date) -> bool:
    """Everything but results, unless a kept organisation of this size is there; says whether it loaded."""
    there = Measure.objects.count()
    if there == size.all_measures:
        return False
    if there:
        raise SystemExit(f"The folder holds {there:,} measures, not {size.all_measures:,}: name another with --data.")
    roles = (Role.ADMINISTRATOR, Role.SMO_OFFICER)
    house = set_up(email=EMAIL, name="Bench", organization="Bench", today=today, code="TOP",
                   opened_on=date(2010, 1, 1), roles=roles)  # fmt: skip
    actor = actor_of(house.administrator, today)
    rows = [UnitRow(f"Unit {n:03}", f"U{n:03}", "TOP", opened_on=date(2010, 1, 1)) for n in range(size.units)]
    units = add_units(actor, rows=rows, today=today)
    actor = actor_of(house.administrator, today)
    begins = Period.of(Frequency.MONTH, today).shift(-size.months).start
    people = add_people(actor, rows=[PersonRow(f"Person {n:05}", units[n % len(units)]) for n in range(size.people)])
    objectives = _strategies(actor, units, size, begins, today)
    owners = [house.administrator, *people[1 : size.units]]
    _measures(actor, objectives, owners, size, begins, today)
    _facts(size, begins)
    analyze()
    return True


def analyze() -> None:
    """As autovacuum would within a minute."""
    _as_owner("ANALYZE")


def forget_results() -> None:
    """No score is left of an earlier run; all of them follow from the facts."""
    _as_owner(f"TRUNCATE {Result._meta.db_table}")


def _as_owner(statement: str) -> None:
    """What only the owner of the tables may."""
    with contextlib.closing(postgres.connect(settings.STATE_DIR, role=postgres.OWNER_ROLE, name="smo")) as owner:
        owner.autocommit = True
        owner.cursor().execute(statement)


def sessions() -> tuple[str, str]:
    """An officer's fresh sessions, as the floor and as the portal sign people in."""
    officer = Person.objects.get(email=EMAIL)
    backends = ("django.contrib.auth.backends.ModelBackend", settings.AUTHENTICATION_BACKENDS[-1])
    floor, portal = (_session(officer, backend) for backend in backends)
    return floor, portal


def _strategies(actor: Actor, units: list[OrgUnit], size: Size, begins: date, today: date) -> list[Objective]:
    ends = date(today.year + 2, 12, 31)
    with recording(actor, "bench_strategies"):
        made = subjects.create(
            Strategy,
            [{"unit": unit, "name": f"Strategy of {unit.name}", "starts_on": begins, "ends_on": ends, "state": "active"} for unit in units],
        )  # fmt: skip
        layers = Perspective.objects.bulk_create(
            Perspective(strategy=one, name=f"Perspective {order}", order=order) for one in made for order in range(2)
        )
        rows = [
            {"strategy": layer.strategy, "perspective": layer, "code": f"O{number}", "name": f"Objective {number}"}
            for layer in layers
            for number in range(layer.order * size.objectives // 2, (layer.order + 1) * size.objectives // 2)
        ]
        subjects.create(Objective, rows)
    for one in made:
        open_scorecard(actor, strategy=one, today=today)
    return list(Objective.objects.select_related("strategy__unit").order_by("strategy_id", "pk"))


def large_map(today: date) -> Strategy:
    """The one map of 60 objectives, 15 in each of four perspectives under three themes, and 120 links."""
    if found := Strategy.objects.filter(unit__code="MAP").first():
        return found
    officer = Person.objects.get(email=EMAIL)
    row = UnitRow("Unit of the map", "MAP", "TOP", opened_on=date(2010, 1, 1))
    (unit,) = add_units(actor_of(officer, today), rows=[row], today=today)
    actor = actor_of(officer, today)
    with recording(actor, "bench_map"):
        values = {"unit": unit, "name": "Strategy with a map", "starts_on": date(today.year, 1, 1), "state": "active"}
        (made,) = subjects.create(Strategy, [{**values, "ends_on": date(today.year + 2, 12, 31)}])
        layers = Perspective.objects.bulk_create(
            Perspective(strategy=made, name=f"Perspective {order}", order=order) for order in range(4)
        )
        themes = subjects.create(Theme, [{"strategy": made, "name": f"Theme {order}"} for order in range(3)])
        rows = [
            {
                "strategy": made,
                "perspective": layers[n // 15],
                "code": f"M{n:02}",
                "name": f"Objective number {n} of a map",
            }
            for n in range(60)
        ]
        boxes = subjects.create(Objective, rows)
        for place, box in enumerate(boxes):
            box.themes.add(themes[place % 3])
        ends = [(boxes[15 + n % 45], boxes[n % 45 // 15 * 15 + (n * 7 + n // 45) % 15]) for n in range(120)]
        ObjectiveLink.objects.bulk_create(ObjectiveLink(strategy=made, source=a, target=b) for a, b in ends)
    open_scorecard(actor, strategy=made, today=today)
    return made


def _measures(
    actor: Actor, objectives: list[Objective], owners: list[Person], size: Size, begins: date, today: date
) -> None:
    """The first measure of each objective is owned: by the officer in the first unit, elsewhere by somebody of the unit."""
    rows = [
        MeasureRow(
            code=f"{objective.strategy.unit.code}-{objective.code}-{number}",
            name=f"Measure {number} of {objective.code}",
            unit=objective.strategy.unit,
            objective=objective,
            owner=owners[place // size.objectives] if number == 0 else None,
            aggregation=Measure.Aggregation.SUM if number % 2 else Measure.Aggregation.MEAN,
            weight=Decimal(number % 3 + 1),
            starts_on=begins,
            valid_from=begins,
        )
        for place, objective in enumerate(objectives)
        for number in range(_share(size, *divmod(place, size.objectives)))
    ]
    for begin in range(0, len(rows), AT_ONCE):
        add_measures(actor, rows=rows[begin : begin + AT_ONCE], today=today)


def _share(size: Size, unit: int, objective: int) -> int:
    """How many measures of a unit an objective has; the first ones take what does not divide."""
    each, rest = divmod(size.measures_of(unit), size.objectives)
    return each + (objective < rest)


def _facts(size: Size, begins: date) -> None:
    """A value and a target for every measure and month, written as COPY."""
    months = [Period.of(Frequency.MONTH, begins).shift(step).start for step in range(size.months)]
    moment = timezone.now() - timedelta(days=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "SELECT measure_id, id FROM scorecards_series WHERE kind = 'actual' AND name = '' ORDER BY measure_id"
        )
        series = cursor.fetchall()
        columns = "frequency, period_start, revision, recorded_at, value"
        facts = f"scorecards_observation (series_id, {columns}, source, comment)"
        cursor.copy_expert(f"COPY {facts} FROM STDIN", Lines(_values(series, months, moment.isoformat())))
        plans = f"scorecards_target (measure_id, {columns}, red_flag, reason)"
        cursor.copy_expert(f"COPY {plans} FROM STDIN", Lines(_targets(series, months, moment.isoformat())))


def _values(series: list[tuple[int, int]], months: list[date], moment: str) -> Iterator[str]:
    chance = random.Random(SEED)  # noqa: S311 - figures to measure with
    for _measure, line in series:
        level = chance.uniform(80, 110)
        for month in months:
            level += chance.gauss(0, 2)
            yield f"{line}\tmonth\t{month}\t1\t{moment}\t{level:.3f}\t\t\n"


def _targets(series: list[tuple[int, int]], months: list[date], moment: str) -> Iterator[str]:
    for measure, _line in series:
        for month in months:
            yield f"{measure}\tmonth\t{month}\t1\t{moment}\t100\t90\t\n"


class Lines(io.RawIOBase):
    """Lines of text as a file that COPY reads, without holding them all."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            found = "".join(line for line, _n in zip(self._lines, range(500), strict=False))
            if not found:
                break
            self._rest += found.encode()
        cut, self._rest = self._rest[:size], self._rest[size:]
        return cut


def _session(person: Person, backend: str) -> str:
    """A signed-in session, as the browser would have it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session["_auth_user_backend"] = backend
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
