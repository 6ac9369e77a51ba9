"""Closed periods keep the baseline, the plan and the ladder known when they were closed (METHOD §3, Targets changed)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.periods import Period
from scorecards.actions import change_measure, close_period, rebuild, reopen_period
from scorecards.models import Measure, Result
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.test_recompute_rebuild import stored

pytestmark = pytest.mark.django_db

MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")


def close(tree: Tree, *periods: str) -> None:
    for period in periods:
        close_period(tree.officer, scorecard=tree.card, period=Period.parse(period), today=TODAY)


def reopen(tree: Tree, period: str) -> None:
    reopen_period(tree.officer, scorecard=tree.card, period=Period.parse(period), reason="Test", today=TODAY)


def seen(tree: Tree, measure: Measure, *periods: str) -> list[tuple[Any, ...]]:
    """Target and score, of the measure, and the score of its objective."""
    found = []
    for period in periods:
        mine: Result = tree.result(measure, period)
        found.append((mine.target, mine.score, tree.result(tree.objectives[0], period).score))
    return found


def rebuilt(tree: Tree) -> None:
    """A full rebuild finds every byte in place, and brings each back that was lost."""
    before = stored()
    done = rebuild(TODAY)
    assert (stored(), done.changed, done.gone) == (before, 0, 0)
    Result.objects.all().delete()
    rebuild(TODAY)
    assert stored() == before


def planned(tree: Tree, method: str = "progress", **values: Any) -> Measure:
    """From 100 at the end of 2025 to 200 at the end of 2026, at 130 in every month."""
    given = {"baseline": Decimal(100), "baseline_on": date(2025, 12, 31), "aggregation": "last", **values}
    measure = tree.measure("P", method=method, **given)
    tree.target(measure, "FY2026", 200)
    for month in MONTHS:
        tree.record(measure, month, 130)
    return measure


@pytest.mark.parametrize("method", ["progress", "cagr"])
def test_a_plan_that_is_moved_later_moves_open_periods_alone(method):
    tree = scorecard()
    measure = planned(tree, method, baseline_on=date(2024, 12, 31))
    before = seen(tree, measure, *MONTHS)
    close(tree, "2026-03", "2026-04")
    assert seen(tree, measure, *MONTHS) == before
    tree.target(measure, "FY2026", 300)
    after = seen(tree, measure, *MONTHS)
    assert after[:2] == before[:2]
    assert all(new[0] > old[0] and new[1] < old[1] for new, old in zip(after[2:], before[2:], strict=True))
    rebuilt(tree)


@pytest.mark.parametrize("method", ["progress", "cagr"])
def test_another_baseline_counts_in_open_periods_alone(method):
    tree = scorecard()
    measure = planned(tree, method, baseline_on=date(2024, 12, 31))
    close(tree, "2026-03", "2026-04")
    before = seen(tree, measure, *MONTHS)
    values = {"baseline": Decimal(120), "baseline_on": date(2024, 6, 30)}
    change_measure(tree.officer, measure=measure, values=values, expected=None, today=TODAY, reason="Recounted")
    after = seen(tree, measure, *MONTHS)
    assert after[:2] == before[:2]
    assert [one[1] for one in after[2:]] != [one[1] for one in before[2:]]
    rebuilt(tree)


def test_a_step_in_an_open_period_moves_its_ladder_but_no_closed_one():
    tree = scorecard()
    measure = tree.measure("A", interpolates=True)
    tree.target(measure, "2026-03", 100, red_flag=80)
    tree.target(measure, "2026-06", 191, red_flag=171)
    for month in MONTHS:
        tree.record(measure, month, 130)
    close(tree, "2026-04")
    tree.target(measure, "2026-06", 282, red_flag=262)
    tree.target(measure, "2026-05", 150, red_flag=100)
    shown = [(one.target, one.red_flag) for one in (tree.result(measure, month) for month in MONTHS)]
    assert shown == [(100, 80), (130, 110), (150, 100), (282, 262)]
    rebuilt(tree)


def test_reopened_a_period_is_held_against_the_present_target_and_closed_again_keeps_that():
    tree = scorecard()
    measure = planned(tree)
    close(tree, "2026-04")
    tree.target(measure, "FY2026", 300)
    assert tree.result(measure, "2026-04").target == pytest.approx(100 + 100 * 120 / 365)
    reopen(tree, "2026-04")
    assert tree.result(measure, "2026-04").target == pytest.approx(100 + 200 * 120 / 365)
    rebuilt(tree)
    close(tree, "2026-04")
    tree.target(measure, "FY2026", 500)
    assert tree.result(measure, "2026-04").target == pytest.approx(100 + 200 * 120 / 365)
    rebuilt(tree)


def test_of_two_locks_the_first_that_still_holds_says_what_was_known():
    tree = scorecard()
    measure = planned(tree)
    close(tree, "2026-04")
    tree.target(measure, "FY2026", 300)
    for month in ("2026-05", "2026-06"):
        tree.record(measure, month, 160)
    before = seen(tree, measure, "2026-04", "2026-05", "2026-Q2")
    close(tree, "2026-Q2")
    tree.target(measure, "FY2026", 500)
    assert seen(tree, measure, "2026-04", "2026-05", "2026-Q2") == before
    reopen(tree, "2026-04")
    assert tree.result(measure, "2026-04").target == pytest.approx(100 + 200 * 120 / 365)
    rebuilt(tree)
    reopen(tree, "2026-Q2")
    assert tree.result(measure, "2026-04").target == pytest.approx(100 + 400 * 120 / 365)
    rebuilt(tree)


@pytest.mark.parametrize("method", ["progress", "meets"])
def test_a_carried_value_is_held_against_the_target_known_when_the_month_was_closed(method):
    tree = scorecard()
    start = {"baseline": Decimal(100), "baseline_on": date(2024, 12, 31)} if method == "progress" else {}
    measure = tree.measure("Y", method=method, frequency="year", aggregation="last", **start)
    tree.target(measure, "FY2025", 120)
    tree.record(measure, "FY2025", 130)
    close(tree, "2026-03")
    tree.target(measure, "FY2025", 140)
    shown = [tree.result(measure, period).target for period in ("FY2025", "2026-03", "2026-04")]
    assert shown == [140, 120, 140]
    rebuilt(tree)


def test_the_year_is_made_of_what_its_closed_periods_keep():
    """Year to date of a sum: closed months as they were, open ones as wanted now."""
    tree = scorecard()
    measure = planned(tree, aggregation="sum")
    months = [f"2026-{month:02}" for month in range(1, 7)]
    close(tree, *months[:4])
    tree.target(measure, "FY2026", 300)
    shown = [tree.result(measure, month).target or 0.0 for month in months[3:]]
    assert shown == [pytest.approx(100 + 100 * 120 / 365), *(pytest.approx(100 + 200 * d / 365) for d in (151, 181))]
    quarter = tree.result(measure, "2026-Q2")
    assert quarter.target == pytest.approx(sum(shown))
    rebuilt(tree)
