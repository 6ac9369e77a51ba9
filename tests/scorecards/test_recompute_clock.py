"""Time passes without a write: the clock changes exactly what is due, on the day it is due (DATAMODEL A6)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from audit.actions import recording
from organization.actors import system_actor
from organization.models import OrgUnit
from scorecards import tasks
from scorecards.actions import Recomputed, rebuild, tick
from scorecards.models import Result
from tests.factories.scorecards import Tree, scorecard
from tests.scorecards.refusals import nothing_changes

pytestmark = pytest.mark.django_db
NOTHING = Recomputed()


def tree_on(today: date, **shape: object) -> Tree:
    return scorecard(today=today, **shape)


def test_not_due_yet_becomes_not_reported_at_midnight_after_the_days_of_grace():
    tree = tree_on(date(2026, 6, 10))
    measure = tree.measure("A", grace_days=15)
    waiting = tree.result(measure, "2026-05")
    assert (waiting.reason, waiting.next_change_on) == ("not_due_yet", date(2026, 6, 16))
    assert tick(date(2026, 6, 15)) == NOTHING
    tick(date(2026, 6, 16))
    overdue = tree.result(measure, "2026-05")
    assert (overdue.reason, overdue.next_change_on) == ("not_reported", None)
    assert tick(date(2026, 6, 16)) == NOTHING


def test_a_sum_to_date_turns_grey_when_a_missing_part_falls_due():
    tree = tree_on(date(2026, 6, 14))
    measure = tree.measure("A", aggregation="sum")
    for month in ("2026-04", "2026-05", "2026-06"):
        tree.target(measure, month, 100, red_flag=80)
    tree.record(measure, "2026-04", 90)
    before = tree.result(measure, "2026-Q2")
    assert (before.value, before.is_provisional, before.next_change_on) == (90.0, True, date(2026, 6, 16))
    assert tree.result(tree.strategy, "2026-Q2").coverage == 1.0
    tick(date(2026, 6, 16))
    after = tree.result(measure, "2026-Q2")
    assert (after.value, after.reason) == (None, "not_reported")
    top = tree.result(tree.unit, "2026-Q2")
    assert (top.score, top.coverage, top.reason) == (None, 0.0, "too_little_coverage")


def test_with_a_new_month_every_node_gets_its_next_results():
    tree = tree_on(date(2026, 6, 30))
    measure = tree.measure("A")
    july = Result.objects.filter(frequency="month", period_start=date(2026, 7, 1))
    assert not july.exists()
    tick(date(2026, 7, 1))
    nodes = {
        tree.node(x).pk for x in (measure, *tree.objectives, tree.objectives[0].perspective, tree.strategy, tree.unit)
    }
    assert set(july.values_list("node_id", flat=True)) == nodes
    quarter = Result.objects.filter(frequency="quarter", period_start=date(2026, 7, 1))
    assert set(quarter.values_list("node_id", flat=True)) == nodes


def test_a_carried_value_goes_stale_when_its_days_are_over():
    tree = tree_on(date(2026, 2, 10))
    measure = tree.measure("A", frequency="quarter", grace_days=20)
    tree.target(measure, "2025-Q3", 10, red_flag=5)
    tree.record(measure, "2025-Q3", 10)
    tick(date(2026, 1, 20))
    result = tree.result(measure, "2026-01")
    assert (result.reason, result.is_carried) == ("stale", False)
    december = tree.result(measure, "2025-12")
    assert (december.score, december.is_carried) == (66.666666667, True)


def test_a_running_period_is_asked_as_of_today_and_goes_stale_inside_it():
    tree = tree_on(date(2026, 1, 10))
    measure = tree.measure("A", frequency="quarter", grace_days=20)
    tree.target(measure, "2025-Q3", 10, red_flag=5)
    tree.record(measure, "2025-Q3", 10)
    running = tree.result(measure, "2026-01")
    assert (running.is_carried, running.next_change_on) == (True, date(2026, 1, 21))
    tick(date(2026, 1, 21))
    assert tree.result(measure, "2026-01").reason == "stale"
    assert tree.result(tree.strategy, "2026-01").coverage == 0.0


def test_what_begins_later_appears_on_its_day():
    tree = tree_on(date(2026, 6, 10), starts_on=date(2026, 7, 20))
    measure = tree.measure("A", starts_on=date(2026, 8, 5))
    assert not Result.objects.exists()
    tick(date(2026, 7, 20))
    assert {r.node_id for r in Result.objects.all()} == {
        tree.node(x).pk for x in (*tree.objectives, tree.objectives[0].perspective, tree.strategy, tree.unit)
    }
    tick(date(2026, 8, 5))
    assert tree.result(measure, "2026-08").reason == "not_due_yet"


def test_a_closed_unit_ends_the_results_of_its_measures():
    tree = tree_on(date(2026, 6, 10))
    measure = tree.measure("A")
    with recording(system_actor("tests"), "close_unit"):
        OrgUnit.objects.filter(pk=tree.unit.pk).update(closed_on=date(2026, 4, 30))
    tick(date(2026, 6, 10))
    last = tree.node(measure).results.filter(frequency="month").order_by("-period_start")[0]
    assert last.period_start == date(2026, 4, 1)
    assert tick(date(2026, 6, 10)) == NOTHING


@pytest.mark.parametrize("days", [1, 16, 45, 200])
def test_however_long_the_clock_stood_still_it_catches_up_as_a_rebuild_would(days):
    tree = tree_on(date(2026, 3, 14))
    for number, frequency in enumerate(("week", "month", "quarter", "year")):
        measure = tree.measure(frequency, frequency=frequency, grace_days=number * 5)
        tree.record(
            measure, {"week": "2026-W09", "month": "2026-02", "quarter": "2025-Q4", "year": "FY2025"}[frequency], 5
        )
    later = date(2026, 3, 14) + timedelta(days=days)
    tick(later)
    with nothing_changes():
        done = rebuild(later)
    assert (done.changed, done.gone) == (0, 0)


def test_a_rebuild_repairs_what_should_not_be():
    tree = tree_on(date(2026, 6, 10))
    measure = tree.measure("A")
    tree.record(measure, "2026-05", 5)
    Result.objects.filter(node=tree.node(measure)).update(value=7, score=12)
    Result.objects.create(node=tree.node(tree.unit), frequency="month", period_start=date(1999, 1, 1), status="no_data")
    Result.objects.filter(node=tree.node(tree.strategy)).delete()
    assert rebuild(tree.today).gone == 1
    assert tree.result(measure, "2026-05").value == 5.0
    assert tree.result(tree.strategy, "2026-05").coverage == 0.0
    assert rebuild(tree.today).changed == 0


def test_beats_task_looks_at_todays_date():
    tree = tree_on(date(2026, 6, 10))
    measure = tree.measure("A", weight=Decimal(2))
    with time_machine.travel("2026-06-16 00:05:00Z"):
        tasks.tick()
    assert tree.result(measure, "2026-05").reason == "not_reported"


def test_the_command_says_what_it_did_and_refuses_what_is_no_day():
    tree = tree_on(date(2026, 6, 10))
    tree.measure("A")
    said = StringIO()
    call_command("rebuild_results", today="2026-06-10", stdout=said)
    assert said.getvalue().endswith(" s: 0 changed, 0 no longer there.\n")
    with pytest.raises(CommandError, match=r"^“tomorrow” is not a day; write it like 2026-07-31\.$"):
        call_command("rebuild_results", today="tomorrow")
