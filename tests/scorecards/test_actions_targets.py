"""Setting targets: they must agree with the measure's direction, and closed periods keep theirs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Event
from core.access import Forbidden
from core.periods import Period
from organization.actors import actor_of
from organization.roles import Role
from scorecards.actions import TargetRow, close_period, set_targets
from scorecards.models import Target
from tests import factories
from tests.factories.scorecards import TODAY, Tree, number, scorecard
from tests.scorecards.refusals import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    return scorecard()


def row(measure, period: str = "2026-06", value: object = None, **more: object) -> TargetRow:
    return TargetRow(measure.pk, Period.parse(period), number(value), **{k: number(v) for k, v in more.items()})


def refusal(tree: Tree, asked: TargetRow) -> str:
    """The sentence of the only row, which is refused; nothing has changed."""
    with nothing_changes():
        (found,) = set_targets(tree.officer, rows=[asked], today=TODAY).rows
    assert found.result == "refused"
    return found.reason


def test_a_target_is_taken_changed_with_its_reason_and_withdrawn(tree):
    measure = tree.measure("A")
    asked = [row(measure, value=10, red_flag=8), row(measure, value=12, red_flag=8), row(measure)]
    found = [set_targets(tree.officer, rows=[r], today=TODAY, reason="new plan").rows[0].result for r in asked]
    assert found == ["taken", "changed", "changed"]
    kept = Target.objects.filter(measure=measure).order_by("revision")
    assert [(t.value, t.red_flag, t.reason, t.superseded_at is None) for t in kept] == [
        (10, 8, "new plan", False), (12, 8, "new plan", False), (None, None, "new plan", True),
    ]  # fmt: skip
    assert [e.reason for e in Event.objects.filter(verb="set_targets")] == ["new plan"] * 3


def test_the_same_target_again_writes_nothing(tree):
    measure = tree.measure("A")
    tree.target(measure, "2026-06", 10, red_flag=8)
    with nothing_changes():
        assert tree.target(measure, "2026-06", "10.0", red_flag=8) == "unchanged"


def test_a_new_target_moves_the_score_up_to_the_top(tree):
    measure = tree.measure("A")
    tree.target(measure, "2026-06", 100, red_flag=50)
    tree.record(measure, "2026-06", 100)
    tree.target(measure, "2026-06", 150, red_flag=50)
    assert [tree.result(x, "2026-06").score for x in (measure, tree.strategy, tree.unit)] == [50.0] * 3


def test_a_target_may_lie_ahead(tree):
    assert tree.target(tree.measure("A"), "2027-12", 10) == "taken"


WRONG_SIDE = (
    "{} is better here, so the red flag must lie {} the target: red flag {}, target 10."
    " Correct one of them, or the polarity."
)


@pytest.mark.parametrize(("polarity", "value", "red_flag", "sentence"), [
    ("up", 10, 12, WRONG_SIDE.format("Higher", "below", 12)),
    ("down", 10, 8, WRONG_SIDE.format("Lower", "above", 8)),
    ("up", 10, 10, "Target and red flag are both 10; the red flag must be a worse value than the target."),
])  # fmt: skip
def test_target_and_red_flag_must_agree_with_the_direction(tree, polarity, value, red_flag, sentence):
    measure = tree.measure("A", polarity=polarity)
    assert refusal(tree, row(measure, value=value, red_flag=red_flag)) == sentence


def test_a_stretch_on_the_worse_side_is_refused(tree):
    assert refusal(tree, row(tree.measure("A"), value=10, stretch=9)) == (
        "Higher is better here, so the stretch 9 must not be worse than the target 10."
    )


def test_a_target_of_zero_needs_a_red_flag(tree):
    measure = tree.measure("A")
    assert refusal(tree, row(measure, value=0)) == (
        "With a target of 0 a relative tolerance says nothing; give the value where red begins instead."
    )
    assert tree.target(measure, "2026-06", 0, red_flag=-5) == "taken"
    assert tree.target(tree.measure("B", is_percent=True), "2026-06", 0) == "taken"


def test_a_red_flag_without_a_target_is_refused(tree):
    assert refusal(tree, row(tree.measure("A"), red_flag=5)) == (
        "Give the target that the red flag and the stretch belong to."
    )


def test_a_range_with_its_ends_swapped_is_refused(tree):
    measure = tree.measure("A", method="range", polarity="inside", tolerance=Decimal(1))
    assert refusal(tree, row(measure, low=5, high=4)) == "The lower end 5 must be below the upper end 4."


def test_a_plan_that_leads_away_from_the_target_is_refused(tree):
    measure = tree.measure("A", method="progress", baseline=Decimal(100), baseline_on=date(2025, 12, 31))
    assert refusal(tree, row(measure, "2026-12", 90)) == (
        "Higher is better here, but the target 90 is worse than the baseline 100. Correct one of them, or the polarity."
    )
    assert tree.target(measure, "2026-01", 100) == "taken"


def test_growth_from_nothing_is_refused(tree):
    measure = tree.measure("A", method="cagr", baseline=Decimal(0), baseline_on=date(2025, 12, 31))
    assert refusal(tree, row(measure, "2026-12", 90)) == (
        "Yearly growth needs a baseline and a target above 0: baseline 0, target 90. Score this measure by progress."
    )


def test_a_target_for_a_shorter_period_than_the_measures_is_refused(tree):
    measure = tree.measure("A", frequency="year")
    assert refusal(tree, row(measure, "2026-06", 1)) == (
        "A is measured by the year; a target for Jun 2026, a shorter period, would never be met."
    )


def test_what_is_no_number_is_refused(tree):
    assert refusal(tree, row(tree.measure("A"), value="NaN")) == (
        "“NaN” is not a number. Write it with digits, for example 12.5."
    )


def test_a_closed_period_keeps_the_target_known_when_it_was_closed(tree):
    measure = tree.measure("A")
    tree.target(measure, "2026-05", 10)
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-05"), today=TODAY)
    assert refusal(tree, row(measure, "2026-05", 9)) == "May 2026 is closed. Ask the strategy office to open it again."


def test_one_refused_target_keeps_all_from_being_set(tree):
    measure = tree.measure("A")
    with nothing_changes():
        rows = [row(measure, "2026-05", 10), row(measure, "2026-06", 0)]
        outcome = set_targets(tree.officer, rows=rows, today=TODAY)
    assert [r.result for r in outcome.rows] == ["skipped", "refused"]


@pytest.mark.parametrize(("role", "may"), [
    (Role.SMO_OFFICER, True), (Role.UNIT_HEAD, True), (Role.CONTRIBUTOR, False), (Role.EXECUTIVE, False),
])  # fmt: skip
def test_who_may_set_targets(tree, role, may):
    actor, measure = factories.member(role, tree.unit), tree.measure("A")
    if may:
        assert set_targets(actor, rows=[row(measure, value=5)], today=TODAY).count("taken") == 1
        return
    with nothing_changes(), pytest.raises(Forbidden):
        set_targets(actor, rows=[row(measure, value=5)], today=TODAY)


def test_the_owner_may_set_targets(tree):
    owner = factories.person()
    measure = tree.measure("A", owner=owner)
    assert set_targets(actor_of(owner, TODAY), rows=[row(measure, value=5)], today=TODAY).count("taken") == 1
