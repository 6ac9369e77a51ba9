"""Scenarios: written, tied to measures, watched by the clock, told once; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from audit.actions import recording
from core import obligations
from core.access import Forbidden
from core.actions import Conflict, Refusal
from core.periods import At, Frequency, Period
from notifications.models import Notification
from organization.actors import actor_of, system_actor
from organization.roles import Role
from planning.actions import scenarios as actions
from planning.models import Scenario, ScenarioTrigger, TriggerFiring
from planning.queries.scenarios import fired_scenarios, scenarios_listed
from planning.tasks import watch_scenarios as task
from scorecards.actions import ObservationRow, record_observations
from tests import factories
from tests.factories.organization import TODAY
from tests.factories.scorecards import Tree, scorecard
from tests.organization.visiting import browser, words

pytestmark = pytest.mark.django_db
AT = At(Period.of(Frequency.MONTH, TODAY), None, TODAY)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def tree() -> Tree:
    return scorecard()


@pytest.fixture
def owner():
    return factories.person("Olga Owner")


@pytest.fixture
def scenario(tree, owner) -> Scenario:
    return actions.add_scenario(tree.officer, row=actions.ScenarioRow(tree.unit, "Full beds", owner=owner))


def occupied(tree: Tree, *values: float | None, name: str = "Beds", last: str = "2026-06"):
    """A monthly measure with these values up to a month, None for a gap."""
    measure = tree.measures.get(name) or tree.measure(name)
    months = [Period.parse(last).shift(step - len(values) + 1) for step in range(len(values))]
    rows = [
        ObservationRow(measure.pk, month, Decimal(str(value)))
        for month, value in zip(months, values, strict=True)
        if value is not None
    ]
    assert record_observations(tree.officer, rows=rows, today=TODAY).refused == []
    return measure


def trigger(tree: Tree, scenario: Scenario, measure, limit: str = "90", **more) -> ScenarioTrigger:
    return actions.add_trigger(tree.officer, scenario=scenario, row=actions.TriggerRow(measure, Decimal(limit), **more))


def watch(day: date = TODAY) -> int:
    return actions.watch_scenarios(system_actor(), day)


def firings() -> list[tuple[date, float]]:
    return list(TriggerFiring.objects.order_by("pk").values_list("period_start", "value"))


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Scenario, ScenarioTrigger, TriggerFiring, Notification))


# ------------------------------------------------------------------------------------------------------------ watching
def test_it_fires_when_the_row_is_long_enough_tells_the_owner_and_only_once(tree, scenario, owner):
    trigger(tree, scenario, occupied(tree, 88, 91, 92, 94), periods=3)
    assert [watch(), watch(), watch(date(2026, 7, 30))] == [1, 0, 0]
    assert firings() == [(date(2026, 6, 1), 94.0)]
    text = "“Full beds” may be coming: Beds stood above 90.0 for 3 periods in a row."
    assert list(Notification.objects.values_list("person", "kind", "text", "url")) == [
        (owner.pk, "scenario_fired", text, f"/planning/scenarios/{scenario.pk}/")
    ]


@pytest.mark.parametrize(
    "values",
    [(91, 92), (91, 92, 90), (91, 92, None, 93), (91, 92, 93, 89)],
    ids=["too short", "exactly the limit is not beyond it", "a gap is a break", "the row has ended"],
)
def test_it_does_not_fire(tree, scenario, values):
    trigger(tree, scenario, occupied(tree, *values), periods=3)
    assert (watch(), firings()) == (0, [])


def test_below_is_the_other_side(tree, scenario):
    trigger(tree, scenario, occupied(tree, 91, 89), is_above=False)
    assert (watch(), firings()) == (1, [(date(2026, 6, 1), 89.0)])


def test_a_row_that_goes_on_for_years_fires_once_and_a_new_one_again(tree, scenario):
    measure = occupied(tree, *[95] * 20)
    trigger(tree, scenario, measure, periods=2)
    assert [watch(), watch()] == [1, 0]
    occupied(tree, 80, 95, 96)
    assert [watch(), len(firings())] == [1, 2]


def test_a_restated_value_that_makes_the_row_longer_does_not_fire_it_again(tree, scenario):
    trigger(tree, scenario, occupied(tree, 80, 95, 95), periods=2)
    assert watch() == 1
    occupied(tree, 92, 95, 95)
    assert (watch(), len(firings())) == (0, 1)


def test_values_that_ended_long_ago_are_no_sign(tree, scenario):
    trigger(tree, scenario, occupied(tree, 95, 95, last="2026-01"), periods=2)
    assert watch() == 0


def test_what_is_taken_away_or_no_longer_watched_does_not_fire(tree, scenario):
    measure = occupied(tree, 95)
    one = trigger(tree, scenario, measure)
    actions.remove_trigger(tree.officer, trigger=one, today=TODAY)
    assert watch() == 0
    trigger(tree, scenario, measure)
    actions.change_scenario(tree.officer, scenario=scenario, values={"state": "closed"})
    assert watch() == 0


def test_without_an_owner_the_strategy_office_is_told(tree, scenario):
    actions.change_scenario(tree.officer, scenario=scenario, values={"owner": None})
    trigger(tree, scenario, occupied(tree, 95))
    task()
    assert list(Notification.objects.values_list("person", flat=True)) == [tree.officer.person_id]


@pytest.mark.parametrize("size", [1, 3])
def test_watching_asks_as_often_for_three_as_for_one_that_is_quiet(tree, scenario, size):
    for number in range(size):
        trigger(tree, scenario, occupied(tree, 80, 81, name=f"Beds {number}"))
    with CaptureQueriesContext(connection) as caught:
        assert watch() == 0
    assert len(caught) == 4


# ----------------------------------------------------------------------------------------------- on the next agenda
def test_what_fired_is_on_the_agenda_until_the_owner_says_how_it_stands(tree, scenario, owner):
    trigger(tree, scenario, occupied(tree, 95))
    assert fired_scenarios(tree.officer, AT) == []
    watch()
    (one,) = fired_scenarios(tree.officer, AT)
    assert (one.scenario, one.period.label, one.goes_on, one.decide_by) == (
        scenario, "Jun 2026", True, date(2026, 7, 23),
    )  # fmt: skip
    owed = [each for each in obligations.obligations(actor_of(owner, TODAY), AT) if each.kind == "scenario"]
    assert [(each.about, each.due_on) for each in owed] == [("Full beds", date(2026, 7, 23))]
    actions.change_scenario(tree.officer, scenario=scenario, values={"state": "come"})
    assert fired_scenarios(tree.officer, AT) == []


def test_when_the_row_ends_it_stays_on_the_agenda_for_a_quarter(tree, scenario):
    trigger(tree, scenario, occupied(tree, 95))
    watch()
    occupied(tree, 80)
    assert [one.goes_on for one in fired_scenarios(tree.officer, AT)] == [False]
    later = date(2026, 10, 10)
    assert fired_scenarios(tree.officer, At(Period.of(Frequency.MONTH, later), None, later)) == []


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(tree, size):
    for number in range(size):
        made = actions.add_scenario(tree.officer, row=actions.ScenarioRow(tree.unit, f"Future {number}"))
        trigger(tree, made, occupied(tree, 80, name=f"Beds {number}"))
    with CaptureQueriesContext(connection) as caught:
        assert len(scenarios_listed(tree.officer, AT, {})) == size
    assert len(caught) == 5


def test_how_far_away_it_is_in_words(tree, scenario):
    trigger(tree, scenario, occupied(tree, 85, 95), periods=3)
    trigger(tree, scenario, occupied(tree, 85, name="Staff"))
    trigger(tree, scenario, tree.measure("Silent"))
    (line,) = scenarios_listed(tree.officer, AT, {})
    assert [(one.condition, one.distance, one.word) for one in line.triggers] == [
        ("above 90.0 for 3 periods in a row", "beyond the limit in 1 of 3 periods", "Near"),
        ("above 90.0 for 1 period", "+5.0 to the limit", "Not in sight"),
        ("above 90.0 for 1 period", "no value to hold against it", "No value"),
    ]
    assert (line.is_near, line.is_coming, line.nearest.trigger.measure.name) == (True, False, "Staff")


# --------------------------------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"limit": None}, "The limit is a number"),
        ({"limit": Decimal("NaN")}, "The limit is a number"),
        ({"limit": Decimal("1e25")}, "The limit is a number"),
        ({"periods": 0}, "1 to 24 periods in a row"),
        ({"periods": 25}, "1 to 24 periods in a row"),
        ({"limit": Decimal("90.0"), "periods": 2}, "has this trigger already"),
    ],
)
def test_a_trigger_that_cannot_be_is_refused_and_nothing_is_kept(tree, scenario, change, sentence):
    measure = tree.measure("Beds")
    trigger(tree, scenario, measure)
    before = counts()
    given = {"measure": measure, "limit": Decimal(80), **change}
    with pytest.raises(Refusal, match=sentence):
        actions.add_trigger(tree.officer, scenario=scenario, row=actions.TriggerRow(**given))
    assert counts() == before


def test_a_measure_that_may_not_be_seen_is_refused(tree, scenario):
    measure = scorecard().measure("Elsewhere")
    limited = replace(tree.officer, token_units=frozenset({tree.unit.pk}))
    with pytest.raises(Refusal, match="This measure is not for you"):
        actions.add_trigger(limited, scenario=scenario, row=actions.TriggerRow(measure, Decimal(1)))
    assert ScenarioTrigger.objects.count() == 0


def test_names_once_states_that_are_and_strategies_that_are_seen(tree, scenario):
    draft = factories.strategy_map(adopted=False)
    before = counts()
    for row, sentence in (
        (actions.ScenarioRow(tree.unit, "full BEDS"), "has a scenario “full BEDS” already"),
        (actions.ScenarioRow(tree.unit, " "), "The scenario's name is empty"),
        (actions.ScenarioRow(tree.unit, "x" * 121), "at most 120 fit"),
        (actions.ScenarioRow(tree.unit, "Other", strategy=draft.strategy), "This strategy is not for you"),
    ):
        with pytest.raises(Refusal, match=sentence):
            actions.add_scenario(tree.officer, row=row)
    with pytest.raises(Refusal, match="Choose one of the states"):
        actions.change_scenario(tree.officer, scenario=scenario, values={"state": "gone"})
    assert (counts(), Scenario.objects.get().state) == (before, "watched")


def test_the_second_editor_is_told_and_readers_do_not_write(tree, scenario):
    actions.change_scenario(tree.officer, scenario=scenario, values={"story": "One"}, expected=1)
    with pytest.raises(Conflict):
        actions.change_scenario(tree.officer, scenario=scenario, values={"story": "Two"}, expected=1)
    reader, measure = factories.member(Role.EMPLOYEE, tree.unit), tree.measure("Beds")
    one, before = trigger(tree, scenario, measure), counts()
    for act in (
        lambda: actions.add_scenario(reader, row=actions.ScenarioRow(tree.unit, "Mine")),
        lambda: actions.change_scenario(reader, scenario=scenario, values={"story": "Mine"}),
        lambda: actions.add_trigger(reader, scenario=scenario, row=actions.TriggerRow(measure, Decimal(1))),
        lambda: actions.remove_trigger(reader, trigger=one, today=TODAY),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (counts(), Scenario.objects.get().story, ScenarioTrigger.objects.get().removed_on) == (before, "One", None)


def test_the_database_keeps_periods_triggers_and_firings(tree, scenario):
    one = trigger(tree, scenario, occupied(tree, 95))
    watch()
    again = {"scenario": scenario, "measure": one.measure, "limit": one.limit, "is_above": True}
    fired = {"trigger": one, "frequency": "month", "period_start": date(2026, 6, 1), "value": 1, "fired_on": TODAY}
    for name, write in (
        ("trigger_asks_for_a_period", lambda: ScenarioTrigger.objects.update(periods=0)),
        ("trigger_once_per_scenario", lambda: ScenarioTrigger.objects.create(**again)),
        ("trigger_fires_once_a_period", lambda: TriggerFiring.objects.create(**fired)),
        ("scenario_name_once_per_unit", lambda: actions.subjects.create(
            Scenario, [{"unit": tree.unit, "name": scenario.name}])),
        ("never changed or deleted", lambda: TriggerFiring.objects.update(value=2)),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), recording(tree.officer, "test"):
            write()


# ------------------------------------------------------------------------------------------------------------- pages
def test_a_scenario_is_written_tied_and_read_in_forms(tree, owner):
    measure = occupied(tree, 88, 95)
    client = browser(tree.officer)
    given = {
        "unit": tree.unit.pk,
        "name": "Full beds",
        "story": "Flu",
        "early_moves": "Open wards",
        "owner": "Olga Owner",
    }
    assert client.post("/planning/scenarios/new/", {**given, "owner": "Nobody"}).status_code == 422
    client.post("/planning/scenarios/new/", given)
    row = Scenario.objects.get()
    at = f"/planning/scenarios/{row.pk}"
    for wrong in ({"measure": "Nothing"}, {"limit": "many"}, {"periods": "0"}, {"periods": "1,5"}):
        typed = {"measure": measure.code, "is_above": "above", "limit": "90,5", "periods": "1", **wrong}
        assert client.post(f"{at}/triggers/new/", typed).status_code == 422
    assert ScenarioTrigger.objects.count() == 0
    typed = {"measure": measure.code, "is_above": "above", "limit": "90,5", "periods": "1"}
    client.post(f"{at}/triggers/new/", typed)
    assert ScenarioTrigger.objects.get().limit == Decimal("90.5")
    task()
    page = words(client.get(f"{at}/"))
    assert [text in page for text in ("1 sign seen", "it stands on the next strategy agenda", "Open wards")] == [
        True
    ] * 3
    assert "1 sign seen" in words(client.get("/planning/scenarios/?state=watched"))
    assert "No scenario fits" in words(client.get("/planning/scenarios/?state=closed"))
    text = b"".join(client.get("/planning/scenarios/file.csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("Full beds,")
    client.post(f"{at}/edit/", {**given, "state": "come", "expected": row.row_version})
    assert Scenario.objects.get().state == "come"
    client.post(f"{at}/triggers/{ScenarioTrigger.objects.get().pk}/remove/")
    assert ScenarioTrigger.objects.get().removed_on == TODAY


def test_a_strategy_that_is_not_for_the_reader_is_not_named(tree):
    draft = factories.strategy_map(tree.unit, adopted=False, office=tree.officer, name="Secret plan")
    row = actions.ScenarioRow(tree.unit, "Full beds", strategy=draft.strategy)
    made = actions.add_scenario(tree.officer, row=row)
    reader = browser(factories.member(Role.EMPLOYEE, tree.unit))
    for page in ("/planning/scenarios/", f"/planning/scenarios/{made.pk}/"):
        assert "Secret plan" not in words(reader.get(page))
        assert "Secret plan" in words(browser(tree.officer).get(page))
    assert reader.get("/planning/scenarios/new/").status_code == 403
