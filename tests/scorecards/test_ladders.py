"""Targets between those given, where the measure says so; baselines as facts; who agreed to a target (METHOD §2, §3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.periods import Period
from scorecards.actions import TargetRow, change_measure, rebuild, set_targets
from scorecards.models import Baseline, Result, Target
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.test_recompute_rebuild import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    tree = scorecard()
    measure = tree.measure("A", interpolates=True)
    tree.target(measure, "2026-03", 100, red_flag=80)
    tree.target(measure, "2026-06", 191, red_flag=171)
    for period in ("2026-04", "2026-05"):
        tree.record(measure, period, 130)
    return tree


def shown(tree: Tree, period: str) -> tuple[float | None, float | None, float | None]:
    found: Result = tree.result(tree.measures["A"], period)
    return found.target, found.red_flag, found.score


def test_between_given_targets_target_and_red_flag_follow_a_straight_line(tree):
    assert shown(tree, "2026-04") == (130.0, 110.0, pytest.approx(200 / 3))
    assert shown(tree, "2026-05")[:2] == (161.0, 141.0)
    assert tree.result(tree.measures["A"], "2026-02").reason in {"no_target", "not_reported"}


def test_a_measure_that_does_not_say_so_has_no_target_between(tree):
    change_measure(tree.officer, measure=tree.measures["A"], values={"interpolates": False}, expected=None, today=TODAY)
    assert shown(tree, "2026-04") == (None, None, None)
    assert tree.result(tree.measures["A"], "2026-04").reason == "no_target"


def test_a_step_that_moves_moves_the_line_and_a_rebuild_agrees(tree):
    tree.target(tree.measures["A"], "2026-06", 282, red_flag=262)
    assert shown(tree, "2026-04")[:2] == (160.0, 140.0)
    before = stored()
    rebuild(TODAY)
    assert stored() == before


def test_a_step_far_away_counts_though_only_some_months_are_computed(tree):
    """Steps are read whole, as a plan is: the years between them have no facts at all."""
    measure = tree.measure("B", interpolates=True)
    tree.target(measure, "2024-06", 0, red_flag=-10)
    tree.target(measure, "2026-06", 730, red_flag=720)
    tree.record(measure, "2026-01", 700)
    before = stored()
    assert tree.result(measure, "2026-01").target == pytest.approx(580.0)
    rebuild(TODAY)
    assert stored() == before


def test_a_target_says_who_agreed_to_it(tree):
    boss = factories.person()
    row = TargetRow(tree.measures["A"].pk, Period.parse("2026-07"), Decimal(300), red_flag=Decimal(1))
    set_targets(tree.officer, rows=[row], today=TODAY, reason="Board, 3 July", approved_by=boss)
    made = Target.objects.get(period_start=date(2026, 7, 1))
    assert (made.reason, made.approved_by, made.recorded_by_id) == ("Board, 3 July", boss, tree.officer.person_id)
    assert Target.objects.get(period_start=date(2026, 3, 1)).approved_by_id == tree.officer.person_id


def test_baselines_are_facts_and_the_measure_shows_the_current_one():
    tree = scorecard()
    measure = tree.measure("P", method="progress", baseline=Decimal(10), baseline_on=date(2025, 12, 31))
    values = {"baseline": Decimal(20)}
    changed = change_measure(
        tree.officer, measure=measure, values=values, expected=None, today=TODAY, reason="Counted twice"
    )
    rows = list(Baseline.objects.filter(measure=measure).order_by("revision"))
    assert [(row.revision, row.value, row.on, row.reason, row.superseded_at is None) for row in rows] == [
        (1, Decimal(10), date(2025, 12, 31), "", False),
        (2, Decimal(20), date(2025, 12, 31), "Counted twice", True),
    ]
    assert changed.baseline == 20
    assert rows[0].superseded_at == rows[1].recorded_at
