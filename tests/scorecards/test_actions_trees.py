"""Opening a scorecard, letting it follow its strategy, weighting it, closing its periods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from audit.actions import recording
from audit.models import Event
from core.access import Forbidden
from core.periods import Period
from organization import subjects
from organization.actors import system_actor
from organization.roles import Role
from scorecards.actions import WeightRow, close_period, open_scorecard, reopen_period, set_weights
from scorecards.models import Edge, Node, PeriodLock, Scorecard
from strategy.models import Objective, Perspective, Strategy
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard, strategy, theme
from tests.scorecards.refusals import nothing_changes, refused

pytestmark = pytest.mark.django_db
LATER = date(2026, 4, 1)


def edges(tree: Tree) -> set[tuple[str, str, Decimal, date | None, date | None]]:
    """Every edge above measures: parent, child, weight, from, until."""
    found = Edge.objects.filter(parent__scorecard=tree.card).exclude(child__kind="measure")
    return {
        (str(name(e.parent)), str(name(e.child)), e.weight, e.valid.lower, e.valid.upper)
        for e in found.select_related("parent", "child")
    }


def name(node: Node) -> object:
    return node.unit or node.strategy or node.perspective or node.theme or node.objective


def restructure(**changes: dict[int, dict[str, object]]) -> None:
    """Write structure directly, as the verbs of strategy do."""
    models = {"objective": Objective, "perspective": Perspective, "strategy": Strategy}
    with recording(system_actor("tests"), "restructure"):
        for kind, rows in changes.items():
            for pk, values in rows.items():
                models[kind].objects.filter(pk=pk).update(**values)


# ------------------------------------------------------------------------------------------------- opening
def test_an_opened_scorecard_has_nodes_and_weights_for_all_its_strategy_holds():
    tree = scorecard(perspectives=2, objectives=1)
    first = tree.strategy.starts_on
    top, unit = str(tree.strategy), str(tree.unit)
    assert edges(tree) == {
        (unit, top, 1, first, None),
        (top, "Perspective 0", 1, first, None),
        (top, "Perspective 1", 1, first, None),
        ("Perspective 0", "Objective 0", 1, first, None),
        ("Perspective 1", "Objective 0", 1, first, None),
    }
    assert sorted(Node.objects.values_list("kind", flat=True)) == [
        "objective", "objective", "perspective", "perspective", "strategy", "unit",
    ]  # fmt: skip
    assert tree.result(tree.objectives[0], "2026-06").reason == "no_weight"


def test_opening_twice_is_opening_once():
    tree = scorecard()
    with nothing_changes():
        assert open_scorecard(tree.officer, strategy=tree.strategy, today=TODAY) == tree.card


def test_only_office_and_head_of_the_unit_may_open_it():
    unit = factories.unit()
    made, actor = strategy(unit), factories.member(Role.CONTRIBUTOR, unit)
    with nothing_changes(), pytest.raises(Forbidden):
        open_scorecard(actor, strategy=made, today=TODAY)
    assert not Scorecard.objects.exists()


# -------------------------------------------------------------------------------------------------- growing
def test_a_moved_objective_keeps_its_weight_and_history_keeps_its_place():
    tree = scorecard(perspectives=2, objectives=1)
    moved, stays = tree.objectives
    measures = [tree.measure("A", objective=0), tree.measure("B", objective=1)]
    for measure, value in zip(measures, (120, 60), strict=True):
        for month in ("2026-03", "2026-04"):
            tree.target(measure, month, 100, red_flag=50)
            tree.record(measure, month, value)
    weigh(tree, moved.perspective, moved, 3)
    restructure(objective={moved.pk: {"perspective_id": stays.perspective_id}})
    tree.regrow(LATER)
    assert tree.result(stays.perspective, "2026-03").score == 40.0
    assert tree.result(stays.perspective, "2026-04").score == 70.0
    assert (tree.result(moved.perspective, "2026-03").score, tree.result(moved.perspective, "2026-04").reason) == (
        80.0, "no_weight",
    )  # fmt: skip


def weigh(tree: Tree, parent: object, child: object, weight: object, from_on: date | None = None):
    row = WeightRow(tree.node(parent).pk, tree.node(child).pk, Decimal(str(weight)))
    first = from_on or tree.strategy.starts_on
    return set_weights(tree.officer, rows=[row], from_on=first, today=TODAY)


def test_a_retired_objective_counts_no_longer_and_its_results_end():
    tree = scorecard(objectives=2)
    gone = tree.objectives[0]
    measure = tree.measure("A")
    tree.target(measure, "2026-03", 100, red_flag=50)
    tree.record(measure, "2026-03", 120)
    restructure(objective={gone.pk: {"state": "retired"}})
    tree.regrow(LATER)
    months = tree.node(gone).results.filter(frequency="month").order_by("-period_start")
    assert months[0].period_start == date(2026, 3, 1)
    assert [tree.result(tree.strategy, month).coverage for month in ("2026-03", "2026-04")] == [0.5, 0.0]
    assert [e for e in edges(tree) if e[4] is not None] == [
        ("Perspective 0", "Objective 0", 1, tree.strategy.starts_on, LATER)
    ]


def test_a_new_objective_and_a_theme_grow_from_the_day_on():
    tree = scorecard()
    layer = tree.objectives[0].perspective
    with recording(system_actor("tests"), "add_objective"):
        (new,) = subjects.create(
            Objective, [{"strategy": tree.strategy, "perspective": layer, "code": "NEW", "name": "Objective new"}]
        )
    made = theme(tree.strategy, [new])
    tree.regrow(LATER)
    assert {e for e in edges(tree) if e[3] == LATER} == {
        ("Perspective 0", "Objective new", 1, LATER, None),
        (made.name, "Objective new", 1, LATER, None),
    }


def test_growing_twice_changes_nothing():
    tree = scorecard(perspectives=2, objectives=2)
    before = edges(tree)
    tree.regrow()
    tree.regrow(LATER)
    assert edges(tree) == before


def test_measures_of_a_strategy_without_a_scorecard_join_it_when_it_is_opened():
    unit = factories.unit()
    made, officer = strategy(unit), factories.member(Role.SMO_OFFICER, unit)
    objective = Objective.objects.get(strategy=made)
    tree = Tree(unit, officer, made, Scorecard(), [objective])
    measure = tree.measure("A")
    assert Node.objects.get(measure=measure).scorecard is None
    card = open_scorecard(officer, strategy=made, today=TODAY)
    assert (Node.objects.get(measure=measure).scorecard, tree.node(objective).edges_down.count()) == (card, 1)
    assert tree.result(objective, "2026-06").reason == "too_little_coverage"


def test_a_unit_shows_its_active_strategy_and_then_the_next_one():
    tree = scorecard()
    restructure(strategy={tree.strategy.pk: {"state": "closed"}})
    tree.strategy.refresh_from_db()
    tree.regrow(LATER)
    following = strategy(tree.unit, starts_on=LATER)
    open_scorecard(tree.officer, strategy=following, today=TODAY)
    places = Edge.objects.filter(parent=tree.node(tree.unit)).order_by("valid")
    assert [(e.child.strategy, e.valid.lower, e.valid.upper) for e in places] == [
        (tree.strategy, tree.strategy.starts_on, LATER), (following, LATER, None),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------- weights
def test_a_weight_closes_one_range_and_opens_the_next():
    tree = scorecard()
    layer, objective = tree.objectives[0].perspective, tree.objectives[0]
    assert weigh(tree, layer, objective, 2, LATER).rows[0].result == "changed"
    assert weigh(tree, layer, objective, 3, LATER).rows[0].result == "changed"
    assert weigh(tree, layer, objective, 3, date(2026, 5, 1)).rows[0].result == "unchanged"
    first = tree.strategy.starts_on
    assert {e[2:] for e in edges(tree) if e[1] == "Objective 0"} == {(1, first, LATER), (3, LATER, None)}


@pytest.mark.parametrize(("weight", "sentence"), [
    (-1, "A weight is 0 or a number from 0.000001 to 1,000,000,000, not −1; only their proportions count."),
    ("NaN", "“NaN” is not a number. Write it with digits, for example 12.5."),
    ("0.00001", "A weight has four decimals: 0.00001 would count as 0."),
])  # fmt: skip
def test_what_is_no_weight_is_refused(weight, sentence):
    tree = scorecard()
    with nothing_changes():
        outcome = weigh(tree, tree.objectives[0].perspective, tree.objectives[0], weight)
    assert [(r.result, r.reason) for r in outcome.rows] == [("refused", sentence)]


def test_a_weight_of_what_is_no_part_is_refused_and_keeps_the_others_back():
    tree = scorecard(objectives=2)
    layer = tree.node(tree.objectives[0].perspective)
    rows = [
        WeightRow(layer.pk, tree.node(tree.objectives[0]).pk, Decimal(5)),
        WeightRow(layer.pk, tree.node(tree.strategy).pk, Decimal(5)),
    ]
    with nothing_changes():
        outcome = set_weights(tree.officer, rows=rows, from_on=LATER, today=TODAY)
    assert [r.result for r in outcome.rows] == ["skipped", "refused"]
    assert outcome.refused[0].reason == "This is no part of it on 2026-04-01, so it has no weight."


def test_weights_of_a_closed_period_stay():
    tree = scorecard()
    layer, objective = tree.objectives[0].perspective, tree.objectives[0]
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-05"), today=TODAY)
    with nothing_changes():
        outcome = weigh(tree, layer, objective, 5, date(2026, 5, 31))
    assert outcome.refused[0].reason == "May 2026 is closed, so weights can change only after it."
    assert weigh(tree, layer, objective, 5, date(2026, 6, 1)).count("changed") == 1


def test_who_may_weigh():
    tree = scorecard()
    actor = factories.member(Role.CONTRIBUTOR, tree.unit)
    row = WeightRow(tree.node(tree.objectives[0].perspective).pk, tree.node(tree.objectives[0]).pk, Decimal(2))
    with nothing_changes(), pytest.raises(Forbidden):
        set_weights(actor, rows=[row], from_on=LATER, today=TODAY)


# ------------------------------------------------------------------------------------------------- periods
def test_a_period_is_closed_once_and_opened_again_with_a_reason():
    tree, may = scorecard(), Period.parse("2026-05")
    lock = close_period(tree.officer, scorecard=tree.card, period=may, today=TODAY)
    assert (lock.period_start, lock.locked_by_id, lock.opened_at) == (may.start, tree.officer.person_id, None)
    with refused("May 2026 is closed already."):
        close_period(tree.officer, scorecard=tree.card, period=may, today=TODAY)
    with refused("Say why the period is opened again; the reason is kept."):
        reopen_period(tree.officer, scorecard=tree.card, period=may, reason=" ", today=TODAY)
    reopen_period(tree.officer, scorecard=tree.card, period=may, reason="late invoice", today=TODAY)
    assert PeriodLock.objects.get().reason == "late invoice"
    assert list(Event.objects.filter(verb__endswith="_period").order_by("pk").values_list("verb", "reason")) == [
        ("close_period", ""), ("reopen_period", "late invoice"),
    ]  # fmt: skip
    with refused("May 2026 is not closed."):
        reopen_period(tree.officer, scorecard=tree.card, period=may, reason="again", today=TODAY)
    measure = tree.measure("A")
    assert tree.record(measure, "2026-05", 5) == "taken"


def test_a_running_period_cannot_be_closed():
    tree = scorecard()
    with refused("Jul 2026 is not over. It can be closed after 2026-07-31."):
        close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-07"), today=TODAY)


def test_only_the_strategy_office_closes_periods():
    tree = scorecard()
    head = factories.member(Role.UNIT_HEAD, tree.unit)
    with nothing_changes(), pytest.raises(Forbidden):
        close_period(head, scorecard=tree.card, period=Period.parse("2026-05"), today=TODAY)
