"""What programs read and write of assumptions and scenarios: the same as people, with the same refusals."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.periods import Period
from organization.actors import system_actor
from organization.roles import Role
from planning.actions import scenarios
from planning.models import Assumption, AssumptionCheck
from scorecards.actions import ObservationRow, record_observations
from tests import factories
from tests.factories.choices import assumption
from tests.factories.organization import TODAY
from tests.factories.scorecards import scorecard
from tests.organization.visiting import browser

pytestmark = pytest.mark.django_db
PATH = "/api/v1/assumptions/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def made():
    return factories.strategy_map()


def send(client: Any, url: str, body: Any, **headers: Any) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def test_the_register_is_read_with_what_is_left_today(made):
    firm = assumption(made.strategy.unit, office=made.office)
    faded = assumption(made.strategy.unit, office=made.office, stated_on=TODAY - timedelta(days=731))
    rows = browser(made.office).get(PATH).json()["results"]
    found = {row["id"]: (row["confidence_now"], row["is_doubtful"]) for row in rows}
    assert found == {firm.pk: (0.8, False), faded.pk: (0.2, True)}


def test_one_is_stated_and_looked_at_again(made):
    client = browser(made.office)
    body = {"unit": made.strategy.unit.pk, "statement": "So", "confidence": "0.7", "review_on": "2026-12-01"}
    answer = send(client, PATH, body)
    assert (answer.status_code, answer.json()["confidence"]) == (201, "0.700")
    url = f"{PATH}{answer.json()['id']}/"
    found = {"confidence": "0.9", "review_on": "2027-01-01"}
    assert send(client, f"{url}validate/", found).status_code == 428
    tag = client.get(url)["ETag"]
    answer = send(client, f"{url}validate/", found, **{"If-Match": tag})
    assert (answer.status_code, answer.json()["confidence_now"], answer.json()["row_version"]) == (200, 0.9, 2)
    assert send(client, f"{url}validate/", found, **{"If-Match": tag}).status_code == 412
    assert AssumptionCheck.objects.count() == 2


def test_what_people_are_refused_programs_are_refused_too(made):
    client = browser(made.office)
    body = {"unit": made.strategy.unit.pk, "statement": "So", "confidence": "0.7", "review_on": "2026-12-01"}
    for wrong, field in (
        ({"confidence": "1.2"}, "confidence"),
        ({"confidence": "lots"}, "confidence"),
        ({"review_on": "2026-07-09"}, "review_on"),
        ({"mood": "good"}, "mood"),
        ({"unit": 0}, "unit"),
    ):
        answer = send(client, PATH, {**body, **wrong})
        assert (answer.status_code, list(answer.json())) == (400, [field])
    reader = browser(factories.member(Role.EMPLOYEE, made.strategy.unit))
    assert send(reader, PATH, body).status_code == 403
    assert Assumption.objects.count() == 0


def test_scenarios_are_read_with_their_signs_and_without_what_is_not_for_the_reader():
    tree = scorecard()
    draft = factories.strategy_map(tree.unit, adopted=False, office=tree.officer)
    made = scenarios.add_scenario(
        tree.officer, row=scenarios.ScenarioRow(tree.unit, "Full beds", strategy=draft.strategy)
    )
    measure = tree.measure("Beds")
    rows = [ObservationRow(measure.pk, Period.parse("2026-06"), Decimal(95))]
    record_observations(tree.officer, rows=rows, today=TODAY)
    scenarios.add_trigger(tree.officer, scenario=made, row=scenarios.TriggerRow(measure, Decimal(90)))
    scenarios.watch_scenarios(system_actor(), TODAY)
    (row,) = browser(tree.officer).get("/api/v1/scenarios/?state=watched").json()["results"]
    (trigger,) = row["triggers"]
    assert (row["strategy"], trigger["measure"], [one["period_start"] for one in trigger["firings"]]) == (
        draft.strategy.pk, measure.pk, [date(2026, 6, 1).isoformat()],
    )  # fmt: skip
    (seen,) = browser(factories.member(Role.EMPLOYEE, tree.unit)).get("/api/v1/scenarios/").json()["results"]
    assert seen["strategy"] is None
    assert browser(tree.officer).get("/api/v1/scenarios/?state=closed").json()["results"] == []
