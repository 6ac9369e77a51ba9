"""What tests of pages share: a browser of an actor, the words of an answer, a scorecard with a status of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.access import Actor
from organization.models import Person
from scorecards.models import Measure
from tests.factories.scorecards import TODAY, Tree

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
PERIOD = "2026-06"
"""The last finished month on TODAY: what pages show when no period is picked."""
VALUES = (("110", "100"), ("95", "100"), ("60", "100"), (None, "100"))
"""Value and target: on track, watch, off track, without a value."""


def today() -> Any:
    """The clock of the process at noon of TODAY; `with today():` or as a fixture."""
    return time_machine.travel(NOON, tick=False)


def browser(actor: Actor, **options: Any) -> Client:
    """A client signed in as the actor."""
    client = Client(**options)
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def text(response: Any) -> str:
    """The words of an answer, on one line."""
    return " ".join(response.content.decode().split())


def queries(client: Client, url: str) -> int:
    """How many statements a page takes, the session's own included, once everything is warm."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(url)
    return len(captured)


def grow(tree: Tree, count: int, *, objective: int = 0, **values: Any) -> list[Measure]:
    """Measures with a target and, three in four, a value for June; in turn on track, watch, off track, missing."""
    made = []
    for number in range(count):
        value, target = VALUES[number % len(VALUES)]
        measure = tree.measure(f"Measure {number}", objective=objective, **values)
        tree.target(measure, PERIOD, target, red_flag="90")
        if value is not None:
            tree.record(measure, PERIOD, value)
        made.append(measure)
    return made
