"""Assumptions, issues with options, and scenarios, made by the verbs of the portal."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from audit.actions import recording
from core.access import Actor
from organization import subjects
from organization.actors import system_actor
from organization.models import OrgUnit, Person
from organization.roles import Role
from planning.actions import assumptions, options
from planning.models import Assumption, PlanningCycle, StrategicIssue
from tests.factories.organization import TODAY, member

_numbers = itertools.count(1)


def assumption(
    at: OrgUnit, *, office: Actor | None = None, confidence: str = "0.8", stated_on: date = TODAY, **values: Any
) -> Assumption:
    """A belief of a unit."""
    given = {
        "statement": f"We believe {next(_numbers)}",
        "review_on": TODAY + timedelta(days=90),
        "confidence": Decimal(confidence),
        **values,
    }
    row = assumptions.AssumptionRow(unit=at, **given)
    return assumptions.add_assumption(office or member(Role.SMO_OFFICER, at), row=row, today=stated_on)


def issue(at: OrgUnit, *, question: str = "", owner: Person | None = None) -> StrategicIssue:
    """A question to settle, in a cycle of its own."""
    number = next(_numbers)
    with recording(system_actor("tests"), "add_issue"):
        (cycle,) = subjects.create(
            PlanningCycle,
            [{"unit": at, "name": f"Cycle {number}", "starts_on": TODAY, "ends_on": TODAY + timedelta(days=200)}],
        )
        (made,) = subjects.create(
            StrategicIssue, [{"cycle": cycle, "question": question or f"Question {number}?", "owner": owner}]
        )
    return made


def weighed(
    at: OrgUnit,
    office: Actor,
    *,
    weights: Sequence[int] = (50, 30, 20),
    scores: Sequence[Sequence[int]] = ((9, 5, 5), (6, 8, 7)),
) -> StrategicIssue:
    """An issue with options "Option 1" … scored on criteria "Criterion 1" …"""
    made = issue(at)
    rows = [options.CriterionRow(f"Criterion {n}", Decimal(weight)) for n, weight in enumerate(weights, start=1)]
    criteria = options.set_criteria(office, issue=made, rows=rows)
    ways = [options.add_option(office, issue=made, name=f"Option {n}") for n in range(1, len(scores) + 1)]
    cells = [
        options.Cell(way.pk, criterion.pk, Decimal(score))
        for way, row in zip(ways, scores, strict=True)
        for criterion, score in zip(criteria, row, strict=True)
    ]
    options.score_options(office, issue=made, cells=cells)
    made.refresh_from_db()
    return made
