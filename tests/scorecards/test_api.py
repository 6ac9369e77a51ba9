"""The API: what programs read and write, by the same policies as pages, with an answer for every row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organization.actions.customfields import add_field
from organization.actions.tokens import issue_token
from organization.actors import actor_of
from organization.models import Person
from organization.roles import Role
from scorecards.models import Observation, Target
from tests import factories
from tests.factories.scorecards import scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import PERIOD, browser, grow, queries

pytestmark = pytest.mark.django_db
MEASURES, OBSERVATIONS = "/api/v1/measures/", "/api/v1/observations/"
TARGETS, SCORECARDS = "/api/v1/targets/", "/api/v1/scorecards/"


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


def post(client: Client, url: str, rows: Any, query: str = "", **batch: Any) -> Any:
    body = rows if isinstance(rows, str) else json.dumps({"rows": rows, **batch})
    return client.post(f"{url}bulk/{query}", body, content_type="application/json")


def said(response: Any) -> list[tuple[str, str, str]]:
    """Result, field and reason of each row."""
    return [(row["result"], row["field"], row["reason"]) for row in response.json()["rows"]]


def with_token(person_id: int, *, verbs: Any = (), units: Any = ()) -> Client:
    """A program with a token of a person."""
    person = Person.objects.get(pk=person_id)
    now, ends = datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    owner = actor_of(person, now.date())
    _, secret = issue_token(owner, person=person, name="Import", expires_at=ends, now=now, verbs=verbs, units=units)
    return Client(headers={"Authorization": f"Token {secret}"}, enforce_csrf_checks=True)


# ------------------------------------------------------------------------------------------------------- reading
def test_a_measure_is_told_completely_with_its_result_in_the_period(tree, officer):
    add_field(tree.officer, kind="measure", key="ward", label="Ward", type="text")
    (made,) = grow(tree, 1, tolerance=Decimal("0.5"), unit_of_measure="days", custom={"ward": "North"})
    found = officer.get(f"{MEASURES}{made.pk}/").json()
    assert found.pop("forecast") is None
    assert found.pop("result") == {
        "score": 100.0, "status": "on_track", "reason": "", "coverage": 1.0, "value": 110.0, "target": 100.0,
        "red_flag": 90.0, "previous": None, "trend": "", "parts_present": None, "parts_total": None,
        "is_provisional": False, "is_carried": False,
    }  # fmt: skip
    assert found == {
        "id": made.pk, "code": made.code, "name": "Measure 0", "short_name": "", "description": "", "formula": "",
        "definition": None, "expression": "", "approver": None, "needs_approval": False, "is_proxy": False, "footnote": "",
        "interpolates": False,
        "source": "", "unit": tree.unit.pk, "objective": tree.objectives[0].pk, "owner": None, "updaters": [],
        "kind": "lagging", "is_critical": False, "frequency": "month", "aggregation": "last", "method": "band",
        "polarity": "up", "unit_of_measure": "days", "is_percent": False, "decimals": 1, "tolerance": "0.5",
        "baseline": None, "baseline_on": None, "limit": None, "scale": {}, "grace_days": 15, "starts_on": None,
        "state": "live", "custom": {"ward": "North"}, "retired_at": None, "row_version": 1,
    }  # fmt: skip


def test_the_result_is_that_of_the_period_asked_about(tree, officer):
    (made,) = grow(tree, 1)
    asked = {p: officer.get(f"{MEASURES}{made.pk}/?p={p}").json()["result"] for p in ("2026-06", "2026-05", "2020-01")}
    assert (asked["2026-06"]["status"], asked["2026-05"]["reason"], asked["2020-01"]) == (
        "on_track",
        "not_reported",
        None,
    )


@pytest.mark.parametrize("url", [MEASURES, f"{SCORECARDS}{{card}}/"])
def test_a_period_that_is_none_is_refused_in_a_sentence(tree, officer, url):
    answer = officer.get(f"{url.format(card=tree.card.pk)}?p=june")
    sentence = "“june” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."
    assert (answer.status_code, answer.json()) == (400, {"p": [sentence]})


def test_measures_are_filtered_by_unit_objective_state_frequency_and_code(tree, officer):
    first, second = tree.measure("One"), tree.measure("Two", objective=1, frequency="quarter")

    def codes(query: str) -> list[str]:
        return [row["code"] for row in officer.get(f"{MEASURES}?{query}").json()["results"]]

    assert codes(f"unit={tree.unit.pk}") == sorted([first.code, second.code])
    assert codes(f"objective={tree.objectives[1].pk}") == [second.code]
    assert codes("frequency=quarter") == [second.code]
    assert codes("state=retired") == []
    assert codes(f"code={first.code}") == [first.code]
    assert codes(f"unit={tree.unit.pk + 1000}") == []


@pytest.mark.parametrize("query", ["unit=x", "objective=0", "unit=99999999999999999999", "frequency=hourly"])
def test_a_filter_that_makes_no_sense_is_refused_by_name(tree, officer, query):
    answer = officer.get(f"{MEASURES}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def test_lists_come_in_pages(tree, officer):
    grow(tree, 3)
    page = officer.get(f"{MEASURES}?page_size=2").json()
    assert (len(page["results"]), page["previous"]) == (2, None)
    assert len(officer.get(page["next"]).json()["results"]) == 1


def test_values_are_listed_as_known_now_or_with_every_revision(tree, officer):
    (made,) = grow(tree, 1)
    tree.record(made, PERIOD, "111.5", comment="Counted again")
    (row,) = officer.get(OBSERVATIONS).json()["results"]
    recorded_at = row.pop("recorded_at")
    stored = Observation.objects.get(revision=2)
    assert recorded_at == stored.recorded_at.isoformat().replace("+00:00", "Z")
    assert row == {
        "id": stored.pk, "measure": made.code, "series": "actual", "series_name": "", "period": PERIOD,
        "frequency": "month", "period_start": "2026-06-01", "revision": 2, "value": "111.5", "numerator": None,
        "denominator": None, "comment": "Counted again", "source": "", "recorded_by": tree.officer.person_id,
        "approved_by": None, "superseded_at": None,
    }  # fmt: skip
    every = officer.get(f"{OBSERVATIONS}?current=false").json()["results"]
    assert [(row["revision"], row["value"]) for row in every] == [(1, "110"), (2, "111.5")]


def test_values_are_filtered_by_measure_series_and_period(tree, officer):
    first, second = grow(tree, 2)
    tree.record(first, "2026-04", 1)
    tree.record(first, "2026-05", 2, series_kind="forecast")

    def found(query: str) -> list[tuple[str, str, str]]:
        rows = officer.get(f"{OBSERVATIONS}?{query}").json()["results"]
        return [(row["measure"], row["series"], row["period"]) for row in rows]

    assert found(f"measure={second.code}") == [(second.code, "actual", PERIOD)]
    assert found("series=forecast") == [(first.code, "forecast", "2026-05")]
    assert found("period_from=2026-05&period_to=2026-05") == [(first.code, "forecast", "2026-05")]
    assert found("period_to=2026-Q1") == []
    assert officer.get(f"{OBSERVATIONS}?period_from=soon").json() == {
        "period_from": ["“soon” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."]
    }


def test_targets_are_listed_with_red_flag_and_stretch(tree, officer):
    made = tree.measure("One")
    tree.target(made, PERIOD, "100", red_flag="90", stretch="120")
    (row,) = officer.get(f"{TARGETS}?measure={made.code}").json()["results"]
    assert {key: row[key] for key in ("measure", "period", "value", "red_flag", "stretch", "low", "high", "revision")} == {
        "measure": made.code, "period": PERIOD, "value": "100", "red_flag": "90", "stretch": "120", "low": None,
        "high": None, "revision": 1,
    }  # fmt: skip


def test_a_scorecard_is_told_with_the_rows_of_its_page(tree, officer):
    grow(tree, 4)
    assert officer.get(SCORECARDS).json()["results"] == [
        {"id": tree.card.pk, "name": tree.card.name, "strategy": tree.strategy.pk,
         "strategy_name": tree.strategy.name, "unit": tree.unit.pk}
    ]  # fmt: skip
    found = officer.get(f"{SCORECARDS}{tree.card.pk}/?p={PERIOD}").json()
    assert (found["period_key"], found["reported"], found["expected"], found["themes"]) == (PERIOD, 3, 3, {})
    assert [(row["kind"], row["depth"]) for row in found["rows"]] == [
        ("strategy", 0), ("perspective", 1), ("objective", 2), *[("measure", 3)] * 4, ("objective", 2),
    ]  # fmt: skip
    row = found["rows"][3]
    assert (row["value"], row["target"], row["gap"], row["status"], row["share"]) == (
        "110.0",
        "100.0",
        "+10.0",
        "on_track",
        0.25,
    )


@pytest.mark.parametrize("url", [MEASURES, OBSERVATIONS, TARGETS, "{card}"])
def test_answers_take_as_many_queries_for_three_rows_as_for_thirty(tree, officer, url):
    url = url.format(card=f"{SCORECARDS}{tree.card.pk}/")
    grow(tree, 3)
    few = queries(officer, url)
    grow(tree, 27)
    assert queries(officer, url) == few <= 15


# ------------------------------------------------------------------------------------------------------- writing
def test_values_are_recorded_many_at_once_with_an_answer_for_each(tree, officer):
    first, second = grow(tree, 2)
    rows = [
        {"measure": first.code, "period": PERIOD, "value": "112.25", "comment": "Counted again"},
        {"measure": second.code, "period": PERIOD, "value": 95},
        {"measure": first.code, "period": "2026-05", "value": 0.1},
    ]
    answer = post(officer, OBSERVATIONS, rows)
    assert (answer.status_code, answer.json()["rows"]) == (201, [
        {"row": 0, "result": "changed", "label": f"{first.code} {PERIOD}", "field": "", "reason": ""},
        {"row": 1, "result": "unchanged", "label": f"{second.code} {PERIOD}", "field": "", "reason": ""},
        {"row": 2, "result": "taken", "label": f"{first.code} 2026-05", "field": "", "reason": ""},
    ])  # fmt: skip
    now = Observation.objects.filter(series__measure=first, superseded_at=None).order_by("period_start")
    assert list(now.values_list("value", "comment")) == [(Decimal("0.1"), ""), (Decimal("112.25"), "Counted again")]
    with nothing_changes():
        assert post(officer, OBSERVATIONS, rows).status_code == 200


def test_a_ratio_comes_as_numerator_and_denominator(tree, officer):
    made = tree.measure("Share", aggregation="ratio", is_percent=True)
    answer = post(officer, OBSERVATIONS, [
        {"measure": made.code, "period": PERIOD, "numerator": 3, "denominator": "4"}
    ])  # fmt: skip
    assert answer.status_code == 201
    assert tree.result(made, PERIOD).value == 75


def test_a_forecast_goes_to_its_own_line(tree, officer):
    made = tree.measure("One")
    row = {"measure": made.code, "period": "2026-12", "value": 5, "series": "forecast", "series_name": "Cautious"}
    assert post(officer, OBSERVATIONS, [row]).status_code == 201
    assert Observation.objects.values_list("series__kind", "series__name", "value").get() == ("forecast", "Cautious", 5)


@pytest.mark.parametrize(("change", "field", "reason"), [
    ({"value": "many"}, "value", "A valid number is required."),
    ({"value": "NaN"}, "value", "A valid number is required."),
    ({"value": True}, "value", "A valid number is required."),
    ({"period": "june"}, "period",
     "“june” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."),
    ({"period": None}, "period", "This field may not be null."),
    ({"measure": "M?"}, "measure", "There is no measure with the code “M?”, or it is not for you."),
    ({"vaule": 1}, "vaule", "This field is not known here."),
    ({"series": "dream"}, "series", '"dream" is not a valid choice.'),
    ({"comment": "a\x00b"}, "comment", "Null characters are not allowed."),
    ({"period": "2026-Q2"}, "",
     "One is measured by the month; Q2 2026 is not such a period."),
    ({"period": "2026-08"}, "", "Aug 2026 has not begun; there is no value for it yet."),
])  # fmt: skip
def test_a_row_that_is_wrong_is_refused_by_field_and_nothing_is_written(tree, officer, change, field, reason):
    made = tree.measure("One")
    good = {"measure": made.code, "period": "2026-05", "value": 1}
    with nothing_changes():
        answer = post(officer, OBSERVATIONS, [good, {**good, "period": PERIOD, **change}])
    assert answer.status_code == 400
    assert said(answer) == [
        ("skipped", "", "Nothing was written, because other rows were refused."),
        ("refused", field, reason),
    ]


@pytest.mark.parametrize("number", ["1e400", "1e308", '"1e999999999"', '"-Infinity"'])
def test_a_number_beyond_what_is_stored_is_refused_in_a_sentence(tree, officer, number):
    made = tree.measure("One")
    body = f'{{"rows": [{{"measure": "{made.code}", "period": "{PERIOD}", "value": {number}}}]}}'
    with nothing_changes():
        answer = post(officer, OBSERVATIONS, body)
    assert answer.status_code == 400
    ((result, _field, reason),) = said(answer)
    assert result == "refused" and reason.endswith(".")


@pytest.mark.parametrize("body", [
    "", "[]", "{", '{"rows": []}', '{"rows": 5}', '{"rows": {}}', "{}", '{"rows": [], "more": 1}', '"rows"', "null",
    '{"rows": [{"value": NaN}]}',
])  # fmt: skip
def test_a_body_that_is_no_batch_is_refused(tree, officer, body):
    with nothing_changes():
        assert post(officer, OBSERVATIONS, body).status_code == 400


def test_a_row_that_is_no_object_is_refused(tree, officer):
    with nothing_changes():
        answer = post(officer, OBSERVATIONS, [5, None])
    assert [row["result"] for row in answer.json()["rows"]] == ["refused", "refused"]


def test_targets_are_set_many_at_once_with_a_reason(tree, officer):
    made = tree.measure("One")
    rows = [{"measure": made.code, "period": "2026-06", "value": 100, "red_flag": 90, "stretch": 120}]
    answer = post(officer, TARGETS, rows, reason="Agreed in March")
    assert (answer.status_code, said(answer)) == (201, [("taken", "", "")])
    assert Target.objects.values_list("value", "red_flag", "stretch", "reason").get() == (
        100,
        90,
        120,
        "Agreed in March",
    )


def test_a_target_whose_red_flag_is_on_the_wrong_side_is_refused(tree, officer):
    made = tree.measure("One")
    with nothing_changes():
        answer = post(officer, TARGETS, [
            {"measure": made.code, "period": "2026-06", "value": 100, "red_flag": 110}
        ])  # fmt: skip
    assert (answer.status_code, answer.json()["rows"][0]["result"]) == (400, "refused")


def test_recording_takes_as_many_queries_for_three_rows_as_for_thirty_and_one_less_for_one(tree, officer):
    grow(tree, 30)

    def taken(count: int, value: int) -> int:
        codes = [measure.code for measure in tree.measures.values()][:count]
        rows = [{"measure": code, "period": PERIOD, "value": value} for code in codes]
        with CaptureQueriesContext(connection) as captured:
            assert post(officer, OBSERVATIONS, rows).status_code == 201
        return len(captured)

    taken(1, 1)
    assert taken(1, 2) + 1 == taken(3, 3) == taken(30, 4)


# -------------------------------------------------------------------------------------------------------- access
@pytest.mark.parametrize("url", [MEASURES, OBSERVATIONS, TARGETS, SCORECARDS])
def test_strangers_are_turned_away(url):
    assert Client().get(url).status_code == 401
    assert Client(headers={"Authorization": "Token smo_guess"}).get(url).status_code == 401


def test_a_session_writes_only_with_the_sign_of_its_own_pages(tree):
    made = tree.measure("One")
    client = browser(tree.officer, enforce_csrf_checks=True)
    with nothing_changes():
        answer = post(client, OBSERVATIONS, [{"measure": made.code, "period": PERIOD, "value": 1}])
    assert answer.status_code == 403


def test_whoever_may_not_record_anything_is_forbidden_and_told_who_may(tree):
    made = tree.measure("One")
    reader = browser(factories.member(Role.EXECUTIVE, tree.unit))
    with nothing_changes():
        answer = post(reader, OBSERVATIONS, [{"measure": made.code, "period": PERIOD, "value": 1}])
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("You may see this, but you may not do that. It can be done by: ")


def test_a_row_for_a_measure_one_may_only_see_is_refused_by_its_code(tree):
    owner = factories.member(Role.EXECUTIVE, tree.unit)
    mine = tree.measure("Mine", owner=Person.objects.get(pk=owner.person_id))
    other = tree.measure("Other")
    rows = [{"measure": measure.code, "period": PERIOD, "value": 1} for measure in (mine, other)]
    client = browser(owner)
    with nothing_changes():
        answer = post(client, OBSERVATIONS, rows)
    assert said(answer)[1] == ("refused", "measure", f"You may see {other.code}, but you may not enter this for it.")
    assert post(client, OBSERVATIONS, rows[:1]).status_code == 201


def test_a_token_does_what_its_owner_may_and_no_more_than_it_names(tree):
    made = tree.measure("One")
    row = [{"measure": made.code, "period": PERIOD, "value": 1}]
    reading = with_token(tree.officer.person_id, verbs=["view"])
    assert len(reading.get(MEASURES).json()["results"]) == 1
    with nothing_changes():
        assert post(reading, OBSERVATIONS, row).status_code == 403
    writing = with_token(tree.officer.person_id, verbs=["record"])
    assert writing.get(MEASURES).json()["results"] == []
    assert post(writing, OBSERVATIONS, row).status_code == 201


def test_a_token_reaches_only_the_units_it_names(tree):
    made = tree.measure("One")
    elsewhere = with_token(tree.officer.person_id, units=[factories.unit()])
    assert (elsewhere.get(MEASURES).json()["results"], elsewhere.get(f"{MEASURES}{made.pk}/").status_code) == ([], 404)
    with nothing_changes():
        answer = post(elsewhere, OBSERVATIONS, [{"measure": made.code, "period": PERIOD, "value": 1}])
    assert (answer.status_code, said(answer)[0][:2]) == (400, ("refused", "measure"))
    here = with_token(tree.officer.person_id, units=[tree.unit])
    assert here.get(f"{MEASURES}{made.pk}/").status_code == 200


def test_what_is_absent_is_not_found(tree, officer):
    for pk in (tree.card.pk + 1000, 2**70, "x"):
        assert officer.get(f"{SCORECARDS}{pk}/").status_code == 404
