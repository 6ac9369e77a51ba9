"""The API of planning: cycles and steps, and a map written in one edit."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from organization.roles import Role
from planning.models import CycleStep, PlanningCycle
from strategy.models import Objective, ObjectiveLink, Perspective, StrategyVersion, Theme
from tests import factories
from tests.factories.cycles import cycle, step
from tests.factories.organization import member
from tests.organization.visiting import browser

pytestmark = pytest.mark.django_db
CYCLES, STEPS = "/api/v1/cycles/", "/api/v1/cycle-steps/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def send(client: Client, verb: str, url: str, body: Any, **headers: str) -> Any:
    return getattr(client, verb)(url, json.dumps(body), content_type="application/json", headers=headers)


def etag(client: Client, url: str) -> str:
    return client.get(url)["ETag"]


def stored() -> list[Any]:
    models = (PlanningCycle, CycleStep, Perspective, Theme, Objective, ObjectiveLink, StrategyVersion)
    return [list(model.objects.order_by("pk").values()) for model in models]


# ------------------------------------------------------------------------------------------------ cycles and steps
def test_a_cycle_is_opened_read_filtered_and_changed(home, office):
    client = browser(office)
    given = {
        "unit": home.pk,
        "name": "Next",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "has_usual_steps": True,
    }
    made = send(client, "post", CYCLES, given)
    assert (made.status_code, made.json()["name"], CycleStep.objects.count()) == (201, "Next", 8)
    url = f"{CYCLES}{made.json()['id']}/"
    assert [row["id"] for row in client.get(CYCLES, {"closed": "false"}).json()["results"]] == [made.json()["id"]]
    assert client.get(CYCLES, {"closed": "true"}).json()["results"] == []
    tag = etag(client, url)
    assert send(client, "patch", url, {"name": "Coming"}).status_code == 428
    assert send(client, "patch", url, {"name": "Coming"}, If_Match=tag).json()["name"] == "Coming"
    before = stored()
    late = send(client, "patch", url, {"name": "Other"}, If_Match=tag)
    assert (late.status_code, late.json()["current"]["name"], late.json()["yours"]) == (
        412,
        "Coming",
        {"name": "Other"},
    )
    assert stored() == before


def test_a_step_is_planned_changed_and_finished(home, office):
    made, client = cycle(home, office=office), browser(office)
    given = {"cycle": made.pk, "kind": "decide", "name": "Weigh", "starts_on": "2026-05-01", "ends_on": "2026-06-01"}
    row = send(client, "post", STEPS, given)
    url = f"{STEPS}{row.json()['id']}/"
    assert row.status_code == 201
    changed = send(client, "patch", url, {"outputs": "A choice"}, If_Match=etag(client, url))
    assert (changed.json()["outputs"], changed.json()["name"]) == ("A choice", "Weigh")
    done = send(client, "post", f"{url}finish/", {"note": "Agreed"}, If_Match=etag(client, url))
    assert (done.json()["state"], done.json()["done_on"], done.json()["note"]) == ("done", "2026-07-09", "Agreed")
    assert client.get(STEPS, {"state": "planned"}).json()["results"] == []
    assert len(client.get(STEPS, {"due_before": "2026-07-01", "cycle": made.pk}).json()["results"]) == 1


def test_a_cycle_is_run_to_its_end_and_taken_up_again(home, office):
    made, client = cycle(home, office=office), browser(office)
    rows = [step(made, office=office) for _n in range(2)]
    urls = [f"{STEPS}{row.pk}/" for row in rows]
    url = f"{CYCLES}{made.pk}/"
    assert send(client, "post", f"{urls[0]}begin/", {}, If_Match=etag(client, urls[0])).json()["state"] == "under_way"
    assert send(client, "post", f"{urls[0]}finish/", {}, If_Match=etag(client, urls[0])).json()["state"] == "done"
    refused = send(client, "post", f"{url}close/", {}, If_Match=etag(client, url))
    assert (refused.status_code, "Still open" in refused.content.decode()) == (400, True)
    skipped = send(client, "post", f"{urls[1]}skip/", {"reason": "No time"}, If_Match=etag(client, urls[1]))
    assert (skipped.json()["state"], skipped.json()["note"]) == ("skipped", "No time")
    assert send(client, "post", f"{url}close/", {}, If_Match=etag(client, url)).json()["closed_on"] == "2026-07-09"
    assert send(client, "post", f"{url}reopen/", {}).status_code == 400
    assert send(client, "post", f"{url}reopen/", {"reason": "Too early"}).json()["closed_on"] is None
    assert send(client, "post", f"{urls[1]}reopen/", {}).json()["state"] == "under_way"


def test_a_draft_strategy_is_named_to_its_writers_only():
    draft = factories.strategy_map(adopted=False)
    made = cycle(draft.strategy.unit, office=draft.office, strategy=draft.strategy)
    writer, reader = browser(draft.office), browser(member(Role.EMPLOYEE, draft.strategy.unit))
    pk = draft.strategy.pk
    assert [client.get(f"{CYCLES}{made.pk}/").json()["strategy"] for client in (writer, reader)] == [pk, None]
    found = [len(client.get(CYCLES, {"strategy": pk}).json()["results"]) for client in (writer, reader)]
    assert found == [1, 0]
    pages = [client.get(f"/planning/cycles/{made.pk}/").content.decode() for client in (writer, reader)]
    assert [draft.strategy.name in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ends_on": "2027-02-01"}, "ends_on"),
        ({"ends_on": "2025-02-01"}, "ends_on"),
        ({"kind": "dance"}, "kind"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(home, office, body, field):
    made, client = cycle(home, office=office), browser(office)
    given = {"cycle": made.pk, "kind": "decide", "name": "Weigh", "starts_on": "2026-05-01", "ends_on": "2026-06-01"}
    before = stored()
    answer = send(client, "post", STEPS, {**given, **body})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert stored() == before


def test_the_api_writes_no_more_than_the_pages_let(home, office):
    row = step(cycle(home, office=office), office=office)
    client, before = browser(member(Role.EMPLOYEE, home)), stored()
    assert client.get(f"{STEPS}{row.pk}/").status_code == 200
    for verb, url in (
        ("patch", f"{STEPS}{row.pk}/"),
        ("post", f"{STEPS}{row.pk}/finish/"),
        ("patch", f"{CYCLES}{row.cycle_id}/"),
    ):
        assert send(client, verb, url, {}, If_Match='"1"').status_code == 403
    given = {"unit": home.pk, "name": "Mine", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    assert send(client, "post", CYCLES, given).status_code == 403
    assert stored() == before


# ------------------------------------------------------------------------------------------------------------- maps
def edits(made) -> str:
    return f"/api/v1/maps/{made.strategy.pk}/edits/"


def test_a_map_is_written_in_one_edit_which_is_one_version_of_a_strategy_in_force():
    made = factories.strategy_map()
    first, second = made.objectives[:2]
    client = browser(made.office)
    body = {
        "reason": "Decided in March",
        "add": {
            "perspectives": [{"name": "Partners", "question": "Who helps us?"}],
            "themes": [{"name": "Nearby"}],
            "objectives": [{"code": "N1", "name": "Share care", "perspective": "Partners", "themes": ["Nearby"]}],
            "links": [{"source": "N1", "target": first.code, "sign": -1, "lag_min": 1, "lag_max": 3}],
        },
        "change": {
            "objectives": [{"id": first.pk, "row_version": first.row_version, "name": "Reach all"}],
            "moves": [{"id": second.pk, "row_version": second.row_version, "perspective": "Partners", "themes": []}],
        },
        "retire": {"links": [made.links[0].pk]},
    }
    answer = send(client, "post", edits(made), body)
    assert (answer.status_code, answer.json()["version"], answer.json()["state"]) == (200, 2, "active")
    new = Objective.objects.get(code="N1")
    assert (new.perspective.name, [theme.name for theme in new.themes.all()]) == ("Partners", ["Nearby"])
    link = ObjectiveLink.objects.get(source=new)
    assert (link.target, link.sign, link.lag_min, link.lag_max) == (first, -1, 1, 3)
    assert Objective.objects.get(pk=first.pk).name == "Reach all"
    assert Objective.objects.get(pk=second.pk).perspective.name == "Partners"
    assert ObjectiveLink.objects.get(pk=made.links[0].pk).state == "retired"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"reason": "x", "add": {"links": [{"source": "O1", "target": "O1"}]}}, ""),
        ({"reason": "x", "retire": {"objectives": [999999]}}, "Not of this strategy: 999999."),
        ({"reason": "x", "add": {"objectives": [{"code": "N1", "name": "N", "perspective": "Nowhere"}]}}, ""),
        ({"reason": "", "add": {"perspectives": [{"name": "Partners"}]}}, "Say why the strategy is amended"),
        ({"reason": "x", "add": {"colours": []}}, "This field is not known here."),
        ({"reason": "x", "add": {"perspectives": [{"name": "Partners"}], "themes": [{"name": ""}]}}, ""),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(body, said):
    made = factories.strategy_map()
    before = stored()
    answer = send(browser(made.office), "post", edits(made), body)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert stored() == before


def test_who_edits_second_gets_both_versions_and_nothing_is_lost():
    made = factories.strategy_map(adopted=False)
    row, client = made.objectives[0], browser(made.office)
    change = {"id": row.pk, "row_version": row.row_version, "name": "First"}
    assert send(client, "post", edits(made), {"change": {"objectives": [change]}}).status_code == 200
    before = stored()
    second = send(client, "post", edits(made), {"change": {"objectives": [{**change, "name": "Second"}]}})
    assert (second.status_code, second.json()["current"]["name"]) == (412, str(Objective.objects.get(pk=row.pk)))
    assert stored() == before


def test_only_who_may_change_the_structure_edits_a_map():
    made = factories.strategy_map()
    before = stored()
    body = {"reason": "x", "add": {"perspectives": [{"name": "Partners"}]}}
    assert send(browser(member(Role.EXECUTIVE, made.strategy.unit)), "post", edits(made), body).status_code == 403
    draft = factories.strategy_map(adopted=False)
    outsider = member(Role.EMPLOYEE, draft.strategy.unit)
    assert send(browser(outsider), "post", edits(draft), body).status_code == 404
    assert stored()[2] != []
    assert stored()[6] == before[6]
