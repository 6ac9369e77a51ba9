"""Defining a measure in the browser."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from audit.actions import recording
from organization.actors import system_actor
from organization.models import CustomField
from organization.roles import Role
from scorecards.actions import DefinitionRow, add_definitions
from scorecards.models import Baseline, Edge, Measure
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, queries, text

pytestmark = pytest.mark.django_db
MEASURES = "/scorecards/measures/"
START = date(2025, 12, 31)
FORM = {
    "name": "Falls", "kind": "lagging", "frequency": "month", "aggregation": "sum", "decimals": "0",
    "grace_days": "10", "method": "band", "polarity": "down", "tolerance": "0.2",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree() -> Tree:
    return scorecard(objectives=2)


def new_url(tree: Tree) -> str:
    return f"{MEASURES}new/{tree.unit.pk}/"


def edit_url(measure: Measure) -> str:
    return f"{MEASURES}{measure.pk}/edit/"


def as_stored(measure: Measure, **values: Any) -> dict[str, Any]:
    """What the form of a measure sends if nothing is touched."""
    form = {**FORM, "name": measure.name, "objective": measure.objective_id or "", "aggregation": measure.aggregation,
            "decimals": measure.decimals, "grace_days": measure.grace_days, "polarity": measure.polarity,
            "tolerance": "", "expected": measure.row_version}  # fmt: skip
    return {**form, **values}


def test_a_measure_is_added_with_people_and_a_weight(tree):
    client = browser(tree.officer)
    owner, other = factories.person(), factories.person()
    answer = client.post(f"{MEASURES}new/", {"unit": tree.unit.pk, "definition": ""})
    assert answer["Location"] == new_url(tree)
    data = {**FORM, "code": "F-1", "objective": tree.objectives[1].pk, "owner": owner.email, "is_critical": "on",
            "updaters": f"{other.name}\n{owner.email}; {other.email}", "needs_approval": "on", "approver": other.email,
            "weight": "2.5", "footnote": "Wards only", "is_proxy": "on"}  # fmt: skip
    answer = client.post(new_url(tree), data)
    made = Measure.objects.get(code="F-1")
    assert answer["Location"] == f"{MEASURES}{made.pk}/"
    assert (made.owner, set(made.updaters.all()), made.approver) == (owner, {owner, other}, other)
    assert (made.needs_approval, made.is_critical, made.is_proxy, made.footnote) == (True, True, True, "Wards only")
    assert (str(made.tolerance), made.grace_days) == ("0.200000", 10)
    edge = Edge.objects.get(child__measure=made)
    assert (edge.parent.objective, str(edge.weight)) == (tree.objectives[1], "2.5000")
    page = text(client.get(answer["Location"]))
    assert "Wards only" in page
    assert "Change what it says" in page


@pytest.mark.parametrize(("method", "there", "not_there"), [
    ("band", ("tolerance", "limit"), ("baseline", "scale")),
    ("progress", ("baseline", "baseline_on"), ("tolerance", "scale", "interpolates")),
    ("scale", ("scale",), ("tolerance", "baseline")),
    ("unscored", (), ("tolerance", "baseline", "scale", "interpolates")),
])  # fmt: skip
def test_a_method_shows_only_the_fields_it_needs_and_keeps_what_was_typed(tree, method, there, not_there):
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(new_url(tree), {**FORM, "code": "F-1", "method": method, "show": "1", "is_critical": "on"})
    page = text(answer)
    assert answer.status_code == 200
    assert [f'name="{name}"' in page for name in there] == [True] * len(there)
    assert [f'name="{name}"' in page for name in not_there] == [False] * len(not_there)
    assert 'value="F-1"' in page
    assert "checked" in page


@pytest.mark.parametrize(("values", "sentence"), [
    ({"weight": "-1"}, "A weight is 0 or a number from 0.000001 to 1,000,000,000, not −1; only their proportions count."),
    ({"weight": "NaN"}, "is not a number. Write it with digits, for example 1234.5."),
    ({"weight": "Infinity"}, "is not a number. Write it with digits, for example 1234.5."),
    ({"weight": "1e400"}, "has more digits than can be stored"),
    ({"weight": "1e20"}, "A weight is 0 or a number from 0.000001 to 1,000,000,000"),
    ({"tolerance": "0"}, "A tolerance must be above 0."),
    ({"tolerance": "1e20"}, "tolerance"),
    ({"polarity": "inside"}, "Inside a range is better only with the method “inside a range”."),
    ({"method": "progress"}, "Progress and growth are measured from a baseline: give it, and its date."),
    ({"method": "scale", "scale": "good"}, "“good” is not a word with its score."),
    ({"method": "scale", "scale": "good = 80\ngood = 10"}, "“good” stands there twice."),
    ({"method": "scale", "scale": "good = 80\nbad = 101"}, "A word&#x27;s score lies between 0 and 100, not at 101."),
    ({"grace_days": "400"}, "Days of grace"),
    ({"owner": "Nobody At All"}, "Nobody here fits"),
    ({"code": "taken"}, "A measure&#x27;s code is unique and never used again."),
    ({"limit": "1e25"}, "imit"),
    ({"limit": "1e400"}, "has more digits than can be stored"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_added(tree, values, sentence):
    tree.measure("A")
    taken = tree.measures["A"].code
    client = browser(tree.officer)
    data = {**FORM, "code": "F-1", **values}
    data["code"] = taken if data["code"] == "taken" else data["code"]
    with nothing_changes():
        answer = client.post(new_url(tree), data)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_a_change_keeps_what_the_form_does_not_show_and_appends_a_baseline(tree):
    measure = tree.measure("A", method="progress", baseline=Decimal(10), baseline_on=START, tolerance=Decimal("0.3"))
    data = as_stored(measure, method="progress", baseline="20", baseline_on="2025-12-31", reason="Counted twice")
    del data["tolerance"]
    assert browser(tree.officer).post(edit_url(measure), data).status_code == 302
    measure.refresh_from_db()
    assert (measure.baseline, str(measure.tolerance)) == (20, "0.300000")
    assert [row.reason for row in Baseline.objects.filter(measure=measure).order_by("revision")] == [
        "",
        "Counted twice",
    ]


def test_two_who_change_see_both(tree):
    measure = tree.measure("A")
    client = browser(tree.officer)
    assert client.post(edit_url(measure), as_stored(measure, name="Theirs")).status_code == 302
    with nothing_changes():
        answer = client.post(edit_url(measure), as_stored(measure, name="Mine"))
    assert answer.status_code == 409
    assert "Theirs" in text(answer)


def test_a_measure_that_follows_shows_no_field_of_its_definition(tree):
    row = DefinitionRow("D1", "Waiting", tree.unit, formula="a ÷ b", method="meets", unit_of_measure="days")
    (definition,) = add_definitions(tree.officer, rows=[row], today=TODAY)
    client = browser(tree.officer)
    answer = client.post(f"{MEASURES}new/", {"unit": tree.unit.pk, "definition": definition.pk})
    page = text(client.get(answer["Location"]))
    assert "It follows D1 Waiting." in page
    assert 'name="formula"' not in page
    assert 'value="meets" selected' in page
    client.post(answer["Location"], {**FORM, "code": "F-1", "method": "meets"})
    made = Measure.objects.get(code="F-1")
    assert (made.definition, made.formula, made.unit_of_measure) == (definition, "a ÷ b", "days")
    assert "Let it go its own way" in text(client.get(f"{MEASURES}{made.pk}/"))


def test_own_fields_are_asked_for_checked_and_shown(tree):
    with recording(system_actor("tests"), "add_field"):
        CustomField.objects.create(kind="measure", key="region", label="Region", type="choice", choices=["N", "S"])
        CustomField.objects.create(kind="measure", key="cost", label="Cost", type="number", is_required=True)
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(new_url(tree), {**FORM, "code": "F-1", "custom.region": "N"})
    assert "Cost is needed." in text(answer)
    client.post(new_url(tree), {**FORM, "code": "F-1", "custom.region": "N", "custom.cost": "12.5"})
    made = Measure.objects.get(code="F-1")
    assert made.custom == {"region": "N", "cost": 12.5}
    page = text(client.get(f"{MEASURES}{made.pk}/"))
    assert "Region" in page
    assert 'value="12.5"' in text(client.get(edit_url(made)))


def test_a_measure_is_retired_with_a_reason(tree):
    measure = tree.measure("A")
    client = browser(tree.officer)
    answer = client.post(f"{MEASURES}{measure.pk}/retire/", {"reason": "Replaced", "expected": 1})
    assert answer.status_code == 302
    measure.refresh_from_db()
    assert measure.state == "retired"


def test_who_may_not_gets_no_buttons_and_is_refused(tree):
    measure = tree.measure("A")
    client = browser(factories.member(Role.EMPLOYEE, tree.unit))
    assert "Add a measure" not in text(client.get(MEASURES))
    assert "Keep this measure" not in text(client.get(f"{MEASURES}{measure.pk}/"))
    with nothing_changes():
        for url in (edit_url(measure), f"{MEASURES}{measure.pk}/retire/", f"{MEASURES}{measure.pk}/follow/"):
            assert client.post(url, as_stored(measure)).status_code == 403
        assert client.post(new_url(tree), FORM).status_code == 403
        assert client.get(f"{MEASURES}new/").status_code == 403


def test_the_form_takes_as_many_queries_for_nine_measures_as_for_two(tree):
    measure = tree.measure("A")
    client = browser(tree.officer)
    tree.measure("A")
    few = queries(client, edit_url(measure))
    for _ in range(7):
        tree.measure("A")
    assert queries(client, edit_url(measure)) == few <= 20
