"""Planning cycles and their steps, made by the verbs of the portal."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from organization.actors import Actor
from organization.models import OrgUnit
from organization.roles import Role
from planning.actions.cycles import CycleRow, add_cycle
from planning.actions.steps import StepRow, add_step
from planning.models import CycleStep, PlanningCycle
from tests.factories.organization import member, unit

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
_numbers = itertools.count(1)


def cycle(
    at: OrgUnit | None = None, *, office: Actor | None = None, usual: bool = False, **values: Any
) -> PlanningCycle:
    """A cycle of the year 2026."""
    at = at or unit()
    given = {"name": f"Cycle {next(_numbers)}", "starts_on": FIRST, "ends_on": LAST, **values}
    return add_cycle(office or member(Role.SMO_OFFICER, at), row=CycleRow(unit=at, **given), has_usual_steps=usual)


def step(of: PlanningCycle, *, office: Actor | None = None, **values: Any) -> CycleStep:
    """A step of the first quarter."""
    given = {
        "kind": "analyse",
        "name": f"Step {next(_numbers)}",
        "starts_on": FIRST,
        "ends_on": date(2026, 3, 31),
        **values,
    }
    return add_step(office or member(Role.SMO_OFFICER, of.unit), cycle=of, row=StepRow(**given))
