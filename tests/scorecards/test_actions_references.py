"""A measure used by another unit's objective: counted there by reference, never copied (DATAMODEL A6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.access import Forbidden
from core.periods import At, Period
from organization.roles import Role
from scorecards.actions import (
    change_measure,
    close_period,
    rebuild,
    retire_measure,
    stop_using_measure,
    use_measure,
)
from scorecards.models import Edge, Measure, Node
from scorecards.queries.cards import scorecard_report
from scorecards.queries.explaining import node_report
from scorecards.queries.lists import measure_lines
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.test_recompute_rebuild import stored

pytestmark = pytest.mark.django_db
YEAR = date(2026, 1, 1)
JUNE = At(Period.parse("2026-06"), None, TODAY)


@pytest.fixture
def trees() -> tuple[Tree, Tree]:
    """Two units; the first has a measure with 100 points in June, the second one with 0."""
    root = factories.unit()
    here, there = (scorecard(factories.unit(parent=root)) for _ in range(2))
    for tree, value in ((here, 120), (there, 60)):
        measure = tree.measure("A")
        tree.target(measure, "2026-06", 100, red_flag=90)
        tree.record(measure, "2026-06", value)
    return here, there


def use(trees: tuple[Tree, Tree], weight: str = "1", from_on: date = YEAR, **given: object) -> Edge:
    here, there = trees
    asked = {"measure": here.measures["A"], "objective": there.objectives[0], **given}
    return use_measure(there.officer, weight=Decimal(weight), from_on=from_on, today=TODAY, **asked)


def stop(trees: tuple[Tree, Tree], from_on: date, **given: object) -> None:
    here, there = trees
    asked = {"measure": here.measures["A"], "objective": there.objectives[0], **given}
    stop_using_measure(there.officer, from_on=from_on, today=TODAY, **asked)


def test_a_used_measure_counts_in_both_scorecards_by_a_weight_of_its_own(trees):
    here, there = trees
    use(trees, "3")
    assert there.result(there.objectives[0], "2026-06").score == 75.0
    assert here.result(here.objectives[0], "2026-06").score == 100.0
    assert there.result(there.strategy, "2026-06").score == 75.0
    assert Measure.objects.count() == 2
    assert Node.objects.get(measure=here.measures["A"]).scorecard == here.card


def test_a_new_value_reaches_every_user_and_a_rebuild_finds_nothing_to_do(trees):
    here, there = trees
    use(trees)
    here.record(here.measures["A"], "2026-06", 80)
    assert there.result(there.strategy, "2026-06").score == 0.0
    before = stored()
    rebuild(TODAY)
    assert stored() == before


def test_it_is_counted_until_the_day_it_is_used_no_longer(trees):
    _, there = trees
    use(trees)
    stop(trees, date(2026, 6, 15))
    assert there.result(there.objectives[0], "2026-06").score == 0.0
    edge = Edge.objects.get(parent=there.node(there.objectives[0]), child__measure=trees[0].measures["A"])
    assert (edge.valid.lower, edge.valid.upper) == (YEAR, date(2026, 6, 15))


def test_both_scorecards_show_it_and_say_whose_it_is(trees):
    here, there = trees
    use(trees)
    rows = {row.key: row for row in scorecard_report(there.officer, there.card, JUNE).rows if row.kind == "measure"}
    row = rows[here.measures["A"].pk]
    assert (row.from_unit, row.share, row.status) == (here.unit.name, 0.5, "on_track" if row.score < 95 else row.status)
    own = scorecard_report(here.officer, here.card, JUNE)
    assert [r.from_unit for r in own.rows if r.kind == "measure"] == [""]
    lines = measure_lines(there.officer, JUNE, there.objectives)
    assert {line.from_unit for line in lines} == {"", here.unit.name}
    explained = node_report(there.officer, there.node(there.objectives[0]), JUNE)
    assert {line.from_unit for line in explained.lines} == {"", here.unit.name}


def test_moving_a_measure_leaves_those_who_use_it(trees):
    here, there = trees
    use(trees)
    change_measure(here.officer, measure=here.measures["A"], values={"objective": None}, expected=None, today=TODAY)
    open_edges = Edge.objects.filter(child__measure=here.measures["A"], valid__endswith=None)
    assert [edge.parent.objective for edge in open_edges] == there.objectives


def test_a_user_that_becomes_its_own_objective_counts_it_once(trees):
    here, there = trees
    use(trees, "3")
    values = {"objective": there.objectives[0]}
    officer = factories.member(Role.SMO_OFFICER, here.unit)
    change_measure(officer, measure=here.measures["A"], values=values, expected=None, today=TODAY)
    (edge,) = Edge.objects.filter(child__measure=here.measures["A"], valid__endswith=None)
    assert (edge.parent.objective, edge.weight) == (there.objectives[0], Decimal(1))


def test_a_retired_measure_counts_nowhere(trees):
    here, _ = trees
    use(trees)
    retire_measure(here.officer, measure=here.measures["A"], today=TODAY)
    assert not Edge.objects.filter(child__measure=here.measures["A"], valid__endswith=None).exists()


def test_what_cannot_be_used(trees):
    here, there = trees
    measure = here.measures["A"]
    with refused("A counts there already: it is its own objective."):
        use_measure(
            here.officer, measure=measure, objective=here.objectives[0], weight=Decimal(1), from_on=YEAR, today=TODAY
        )
    for weight, shown in (("-1", "−1"), ("1e10", "10000000000")):
        with refused(
            f"A weight is 0 or a number from 0.000001 to 1,000,000,000, not {shown}; only their proportions count."
        ):
            use(trees, weight)
    for weight in ("NaN", "Infinity"):
        with refused(f"“{weight}” is not a number. Write it with digits, for example 12.5."):
            use(trees, weight)
    use(trees)
    with refused(f"A is used by {there.objectives[0].short} already; change its weight there."):
        use(trees, "2", TODAY)
    stop(trees, TODAY)
    with refused(f"{there.objectives[0].short} does not use A on that day."):
        stop(trees, TODAY)
    with refused("It is the measure's own objective. Move the measure, or retire it."):
        stop_using_measure(here.officer, measure=measure, objective=here.objectives[0], from_on=TODAY, today=TODAY)
    retire_measure(here.officer, measure=measure, today=TODAY)
    measure.refresh_from_db()
    with refused("A is retired, so it can count nowhere any more."):
        use(trees)


@pytest.mark.parametrize("weight", ["1e400", "-1e400"])
def test_a_weight_beyond_all_numbers_is_refused(trees, weight):
    sign = "−" if weight.startswith("-") else ""
    with refused(f"{sign}inf cannot be computed with; give a number of at most 1e15."):
        use(trees, weight)


def test_a_closed_period_keeps_what_counted_in_it(trees):
    _, there = trees
    close_period(there.officer, scorecard=there.card, period=Period.parse("2026-06"), today=TODAY)
    with refused("Jun 2026 is closed on this scorecard. Choose a day after it."):
        use(trees)
    use(trees, from_on=date(2026, 7, 1))
    with refused("Jun 2026 is closed on this scorecard. Choose a day after it."):
        stop(trees, date(2026, 6, 30))


def test_who_keeps_the_scorecard_decides_what_counts_in_it(trees):
    here, there = trees
    asked = {"measure": here.measures["A"], "objective": there.objectives[0], "weight": Decimal(1)}
    with nothing_changes(), pytest.raises(Forbidden):
        use_measure(here.officer, from_on=YEAR, today=TODAY, **asked)
    use(trees)
    with nothing_changes(), pytest.raises(Forbidden):
        stop_using_measure(
            here.officer, measure=here.measures["A"], objective=there.objectives[0], from_on=TODAY, today=TODAY
        )
