"""What programs write of measures, conditional requests, partial batches, and scores explained."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.actions import recording
from organization import subjects
from organization.roles import Role
from scorecards.models import Measure, MeasureDefinition, Observation
from tests import factories
from tests.factories.scorecards import scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import PERIOD, browser, grow, queries

pytestmark = pytest.mark.django_db
MEASURES, SCORES, BULK = "/api/v1/measures/", "/api/v1/scores/", "/api/v1/observations/bulk/"


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    return scorecard(objectives=2)


@pytest.fixture
def officer(tree):
    return browser(tree.officer)


def send(client: Any, method: str, url: str, body: Any, **headers: Any) -> Any:
    return getattr(client, method)(url, json.dumps(body), content_type="application/json", headers=headers)


# ------------------------------------------------------------------------------------------------ conditional
def test_what_has_not_changed_is_not_sent_again(tree, officer):
    (made,) = grow(tree, 1)
    for url in (MEASURES, f"{MEASURES}{made.pk}/", SCORES):
        first = officer.get(url)
        again = officer.get(url, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    tree.record(made, PERIOD, 5)
    assert officer.get(f"{MEASURES}{made.pk}/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_measure_is_changed_by_whoever_read_its_version(tree, officer):
    (made,) = grow(tree, 1)
    url = f"{MEASURES}{made.pk}/"
    tag = officer.get(url)["ETag"]
    tree.record(made, PERIOD, 5)
    changed = send(officer, "patch", url, {"name": "Waits", "is_critical": True}, **{"If-Match": tag})
    assert (changed.status_code, changed.json()["name"], changed.json()["row_version"]) == (200, "Waits", 2)
    with nothing_changes():
        late = send(officer, "patch", url, {"name": "Queues"}, **{"If-Match": tag})
    found = late.json()
    assert (late.status_code, found["current_version"], found["current"]["name"], found["yours"]) == (
        412, 2, "Waits", {"name": "Queues"},
    )  # fmt: skip


@pytest.mark.parametrize("tag", [None, "", "*", "yes", '"x.1"'])
def test_a_change_says_which_version_it_read(tree, officer, tag):
    (made,) = grow(tree, 1)
    with nothing_changes():
        answer = send(
            officer, "patch", f"{MEASURES}{made.pk}/", {"name": "W"}, **({} if tag is None else {"If-Match": tag})
        )
    assert answer.status_code == 428
    assert (
        answer.json()["detail"] == "Say in If-Match which version you read: the ETag of the answer, or its row_version."
    )


@pytest.mark.parametrize(("body", "field"), [
    ({"nmae": "W"}, "nmae"), ({"name": ""}, "name"), ({"owner": 10**12}, "owner"), ({"method": "guess"}, "method"),
    ({"tolerance": "-1"}, "method"), ({"method": "range"}, "method"), ({"tolerance": "NaN"}, "tolerance"),
    ({"grace_days": 400}, "grace_days"), ({"baseline_on": "soon"}, "baseline_on"),
])  # fmt: skip
def test_a_change_that_cannot_be_is_refused_at_its_field(tree, officer, body, field):
    (made,) = grow(tree, 1)
    with nothing_changes():
        answer = send(officer, "patch", f"{MEASURES}{made.pk}/", body, **{"If-Match": "1"})
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_measure_is_added_with_its_place_and_weight(tree, officer):
    body = {
        "code": "NEW", "unit": tree.unit.pk, "name": "New", "objective": tree.objectives[0].pk, "weight": "2.5",
        "valid_from": "2026-01-01", "polarity": "down",
    }  # fmt: skip
    answer = send(officer, "post", MEASURES, body)
    assert (answer.status_code, answer.json()["code"], answer.json()["result"]["status"]) == (201, "NEW", "no_data")
    assert Measure.objects.get().node.edges_up.get().weight == 2.5
    with nothing_changes():
        again = send(officer, "post", MEASURES, body)
    assert (again.status_code, list(again.json())) == (400, ["code"])


@pytest.mark.parametrize("weight", ["-1", "1e400", "NaN", "Infinity"])
def test_a_weight_that_cannot_be_is_refused(tree, officer, weight):
    body = {"code": "NEW", "unit": tree.unit.pk, "name": "New", "objective": tree.objectives[0].pk, "weight": weight}
    with nothing_changes():
        answer = send(officer, "post", MEASURES, body)
    assert (answer.status_code, list(answer.json())) == (400, ["weight"])


def test_whoever_may_not_add_or_change_is_told_who_may(tree):
    (made,) = grow(tree, 1)
    reader = browser(factories.member(Role.EMPLOYEE, tree.unit))
    with nothing_changes():
        added = send(reader, "post", MEASURES, {"code": "NEW", "unit": tree.unit.pk, "name": "New"})
        changed = send(reader, "patch", f"{MEASURES}{made.pk}/", {"name": "W"}, **{"If-Match": "1"})
    assert [added.status_code, changed.status_code] == [403, 403]
    assert "It can be done by" in changed.json()["detail"]


def test_one_value_is_corrected_by_whoever_read_its_revision(tree, officer):
    (made,) = grow(tree, 1)
    url = f"/api/v1/observations/{Observation.objects.get().pk}/"
    tag = officer.get(url)["ETag"]
    corrected = send(officer, "patch", url, {"value": "104.5", "comment": "Counted again"}, **{"If-Match": tag})
    found = corrected.json()
    assert (corrected.status_code, found["value"], found["revision"], found["period"]) == (200, "104.5", 2, PERIOD)
    with nothing_changes():
        late = send(officer, "patch", url, {"value": 90}, **{"If-Match": tag})
        wrong = send(officer, "patch", url, {"value": "many"}, **{"If-Match": "2"})
        none = send(officer, "patch", url, {"value": 90})
    assert (late.status_code, late.json()["current"]["value"], late.json()["yours"]) == (412, "104.5", {"value": 90})
    assert [wrong.status_code, none.status_code] == [400, 428]
    assert tree.result(made, PERIOD).value == 104.5


def test_a_value_that_wants_four_eyes_waits(tree, officer):
    made = tree.measure("One", needs_approval=True)
    row = {"measure": made.code, "period": PERIOD, "value": 5}
    answer = send(officer, "post", BULK, {"rows": [row]})
    assert (answer.status_code, answer.json()["counts"]) == (200, {"submitted": 1})
    assert Observation.objects.count() == 0


# ---------------------------------------------------------------------------------------------------- batches
def test_a_row_that_was_overtaken_is_a_conflict(tree, officer):
    made = tree.measure("One")
    row = {"measure": made.code, "period": PERIOD, "value": 5, "expected": 0}
    assert send(officer, "post", BULK, {"rows": [row]}).status_code == 201
    with nothing_changes():
        answer = send(officer, "post", BULK, {"rows": [{**row, "value": 6}]})
    assert (answer.status_code, answer.json()["rows"][0]["result"]) == (412, "conflict")


def test_what_can_be_written_is_written_where_the_program_asks_for_it(tree, officer):
    made = tree.measure("One")
    rows = [
        {"measure": made.code, "period": "2026-05", "value": 1},
        {"measure": "M?", "period": PERIOD, "value": 1},
        {"measure": made.code, "period": "june", "value": 1},
        {"measure": made.code, "period": "2026-08", "value": 1},
    ]
    answer = send(officer, "post", f"{BULK}?partial=1", {"rows": rows})
    found = answer.json()
    assert (answer.status_code, found["counts"]) == (201, {"taken": 1, "refused": 3})
    assert [(row["row"], row["result"], row["field"]) for row in found["rows"]] == [
        (0, "taken", ""), (1, "refused", "measure"), (2, "refused", "period"), (3, "refused", ""),
    ]  # fmt: skip
    assert Observation.objects.count() == 1
    with nothing_changes():
        assert send(officer, "post", f"{BULK}?partial=1", {"rows": rows}).json()["counts"] == {
            "unchanged": 1,
            "refused": 3,
        }


def test_a_batch_has_at_most_ten_thousand_rows(tree, officer):
    row = {"measure": "M", "period": PERIOD, "value": 1}
    with nothing_changes():
        answer = send(officer, "post", BULK, {"rows": [row] * 10_001})
    assert (answer.status_code, answer.json()) == (
        400, {"rows": ["A batch has 1 to 10,000 rows; this has 10,001. Split it."]},
    )  # fmt: skip


def test_two_rows_for_one_value_that_disagree_are_refused(tree, officer):
    made = tree.measure("One")
    rows = [{"measure": made.code, "period": PERIOD, "value": value} for value in (1, 2)]
    with nothing_changes():
        answer = send(officer, "post", BULK, {"rows": rows})
    assert (answer.status_code, answer.json()["counts"]["refused"]) == (400, 1)


# ----------------------------------------------------------------------------------------------------- scores
def test_scores_are_listed_by_kind_scorecard_and_status(tree, officer):
    grow(tree, 2)
    rows = officer.get(f"{SCORES}?kind=objective&scorecard={tree.card.pk}&p={PERIOD}").json()["results"]
    assert [(row["key"], row["name"]) for row in rows] == [(o.pk, o.name) for o in tree.objectives]
    assert rows[0]["result"]["status"] == "on_track"
    (strategy,) = officer.get(f"{SCORES}?kind=strategy&p={PERIOD}").json()["results"]
    assert strategy["key"] == tree.strategy.pk
    names = [row["name"] for row in officer.get(f"{SCORES}?status=no_data&kind=objective&p={PERIOD}").json()["results"]]
    assert names == [tree.objectives[1].name]


def test_a_score_is_explained_by_its_parts(tree, officer):
    grow(tree, 2)
    node = tree.node(tree.objectives[0])
    found = officer.get(f"{SCORES}{node.pk}/?p={PERIOD}").json()
    assert (found["kind"], found["key"], found["period"]) == ("objective", tree.objectives[0].pk, PERIOD)
    assert sum(part["points"] for part in found["parts"]) == pytest.approx(found["score"]) == found["points"]
    assert {part["share"] for part in found["parts"]} == {0.5}
    measure = officer.get(f"{SCORES}{tree.node(tree.measures['Measure 0']).pk}/?p={PERIOD}").json()
    assert (measure["parts"], measure["figures"][0]["label"]) == ([], "Value")


def test_lists_of_scores_take_as_many_queries_for_three_as_for_thirty(tree, officer):
    grow(tree, 3)
    few = queries(officer, SCORES)
    grow(tree, 27)
    assert queries(officer, SCORES) == few <= 14


def test_the_library_is_read(tree, officer):
    with recording(tree.officer, "add_definitions"):
        subjects.create(MeasureDefinition, [{"code": code, "name": code, "unit": tree.unit} for code in ("LOS", "ED")])
    (row,) = officer.get("/api/v1/definitions/?code=LOS").json()["results"]
    assert (row["name"], row["versions"]) == ("LOS", [])
    assert officer.get(f"/api/v1/definitions/{row['id']}/").json() == row


def test_a_cursor_goes_on_where_it_stopped_whatever_is_added(tree, officer):
    grow(tree, 3)
    page = officer.get(f"{MEASURES}?page_size=2").json()
    grow(tree, 1)
    codes = [row["name"] for row in page["results"] + officer.get(page["next"]).json()["results"]]
    assert codes == ["Measure 0", "Measure 1", "Measure 2", "Measure 0"]
