"""Adding, changing, moving and retiring measures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.access import Forbidden
from core.actions import Conflict
from organization.models import Subject
from organization.roles import Role
from scorecards.actions import MeasureRow, add_measures, change_measure, retire_measure
from scorecards.models import Edge, Measure, Node, Series
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    return scorecard(objectives=2)


def new(tree: Tree, code: str = "M1", **values: object) -> MeasureRow:
    return MeasureRow(**{"code": code, "name": "New", "unit": tree.unit, "objective": tree.objectives[0], **values})


def change(tree: Tree, measure: Measure, expected: int | None = None, **values: object) -> Measure:
    return change_measure(tree.officer, measure=measure, values=values, expected=expected, today=TODAY)


# ------------------------------------------------------------------------------------------------- adding
def test_a_measure_comes_with_its_series_node_weight_subject_and_results(tree):
    owner, updater = factories.person(), factories.person()
    asked = new(tree, owner=owner, updaters=[updater], weight=Decimal("2.5"), valid_from=date(2026, 1, 1))
    (made,) = add_measures(tree.officer, rows=[asked], today=TODAY)
    assert (made.code, made.owner, list(made.updaters.all()), made.row_version) == ("M1", owner, [updater], 1)
    assert list(Series.objects.filter(measure=made).values_list("kind", "name")) == [("actual", "")]
    edge = Edge.objects.get(child__measure=made)
    assert (edge.parent.objective, edge.weight, edge.valid.lower, edge.valid.upper) == (
        tree.objectives[0], Decimal("2.5"), date(2026, 1, 1), None,
    )  # fmt: skip
    assert Subject.objects.get(pk=made.subject_id).label == "M1 New"
    assert tree.result(made, "2026-05").reason == "not_reported"


@pytest.mark.parametrize(("values", "expected"), [
    ({"valid_from": date(2026, 2, 2), "starts_on": date(2026, 3, 3)}, date(2026, 2, 2)),
    ({"starts_on": date(2026, 3, 3)}, date(2026, 3, 3)), ({}, TODAY),
])  # fmt: skip
def test_a_weight_counts_from_the_day_given_else_from_the_start_else_from_today(tree, values, expected):
    (made,) = add_measures(tree.officer, rows=[new(tree, **values)], today=TODAY)
    assert Edge.objects.get(child__measure=made).valid.lower == expected


@pytest.mark.parametrize(("values", "sentence"), [
    ({"method": "range", "tolerance": Decimal(1)},
     "M1: A range is better inside; choose the polarity “inside” or another method."),
    ({"method": "range", "polarity": "inside"}, "M1: A range needs a tolerance: how far outside it the red begins."),
    ({"polarity": "inside"}, "M1: Inside a range is better only with the method “inside a range”."),
    ({"method": "yes_no", "polarity": "inside"},
     "M1: Yes or no has no inside; choose “up” where yes is wanted and “down” where no is."),
    ({"method": "progress"}, "M1: Progress and growth are measured from a baseline: give it, and its date."),
    ({"method": "scale", "scale": {"one": 5}}, "M1: A scale needs at least two words, each with its score."),
    ({"method": "scale", "scale": {"one": 5, "two": 105}}, "M1: A word's score lies between 0 and 100, not at 105."),
    ({"tolerance": Decimal(0)}, "M1: A tolerance must be above 0."),
    ({"grace_days": 400}, "M1: Days of grace are a number from 0 to 366."),
    ({"weight": Decimal(-1)},
     "M1: A weight is 0 or a number from 0.000001 to 1,000,000,000, not −1; only their proportions count."),
    ({"method": "guess"}, "M1: There is no scoring method “guess” with the direction “up”."),
])  # fmt: skip
def test_a_measure_that_could_never_be_scored_as_it_says_is_refused(tree, values, sentence):
    with refused(sentence):
        add_measures(tree.officer, rows=[new(tree, **values)], today=TODAY)


def test_a_code_is_never_used_twice(tree):
    tree.measure("A")
    taken = tree.measures["A"].code
    sentence = "A measure's code is unique and never used again. Give another code than: {}."
    with refused(sentence.format(taken)):
        add_measures(tree.officer, rows=[new(tree), new(tree, taken)], today=TODAY)
    with refused(sentence.format("M1")):
        add_measures(tree.officer, rows=[new(tree), new(tree)], today=TODAY)


def test_one_bad_measure_keeps_all_from_being_added(tree):
    with refused("M2: frequency: Value 'day' is not a valid choice."):
        add_measures(tree.officer, rows=[new(tree), new(tree, "M2", frequency="day")], today=TODAY)


def test_who_may_add_measures_to_a_unit(tree):
    for role in (Role.CONTRIBUTOR, Role.EXECUTIVE):
        actor = factories.member(role, tree.unit)
        with nothing_changes(), pytest.raises(Forbidden):
            add_measures(actor, rows=[new(tree)], today=TODAY)
    head = factories.member(Role.UNIT_HEAD, tree.unit)
    assert len(add_measures(head, rows=[new(tree)], today=TODAY)) == 1
    foreign = new(scorecard(), "M3")
    with nothing_changes(), pytest.raises(Forbidden):
        add_measures(head, rows=[new(tree, "M2"), foreign], today=TODAY)


# ------------------------------------------------------------------------------------------------- change
def test_a_change_raises_the_version_renames_the_subject_and_rescores(tree):
    measure = tree.measure("A")
    tree.target(measure, "2026-06", 100)
    tree.record(measure, "2026-06", 90)
    changed = change(tree, measure, measure.row_version, name="Renamed", tolerance=Decimal("0.2"))
    assert (changed.row_version, changed.name) == (2, "Renamed")
    assert Subject.objects.get(pk=measure.subject_id).label == f"{measure.code} Renamed"
    assert [tree.result(x, "2026-06").score for x in (measure, tree.strategy)] == [50.0, 50.0]


def test_a_change_of_a_version_that_has_passed_is_a_conflict_with_both_versions(tree):
    measure = tree.measure("A")
    change(tree, measure, 1, name="First")
    with nothing_changes(), pytest.raises(Conflict) as caught:
        change(tree, measure, 1, name="Second")
    assert (caught.value.current.name, caught.value.yours) == ("First", {"name": "Second"})


def test_moving_to_another_objective_takes_the_weight_along_from_today(tree):
    measure = tree.measure("A", weight=Decimal(7))
    tree.target(measure, "2026-06", 100, red_flag=50)
    tree.record(measure, "2026-06", 120)
    change(tree, measure, objective=tree.objectives[1])
    edges = Edge.objects.filter(child__measure=measure).order_by("valid")
    assert [(e.parent.objective, e.weight, e.valid.lower, e.valid.upper) for e in edges] == [
        (tree.objectives[0], 7, tree.strategy.starts_on, TODAY), (tree.objectives[1], 7, TODAY, None),
    ]  # fmt: skip
    assert tree.result(tree.objectives[0], "2026-06").score == 80.0
    assert [tree.result(o, "2026-07").reason for o in tree.objectives] == ["no_weight", "too_little_coverage"]


def test_a_measure_without_an_objective_joins_a_scorecard_when_it_gets_one(tree):
    measure = tree.measure("A", objective=None)
    change(tree, measure, objective=tree.objectives[0])
    assert Node.objects.get(measure=measure).scorecard == tree.card
    change(tree, measure, objective=None)
    assert Node.objects.get(measure=measure).scorecard is None


def test_the_frequency_stays_once_there_are_values(tree):
    measure = tree.measure("A")
    change(tree, measure, frequency="quarter")
    tree.record(measure, "2026-Q2", 5)
    with refused("A has values by its present frequency. Retire it and add a new measure."):
        change(tree, measure, frequency="month")


@pytest.mark.parametrize(("values", "sentence"), [
    ({"code": "OTHER"}, "A measure's code is never changed: files and links name it."),
    ({"unit": 1}, "These cannot be changed here: unit."),
    ({"retired_at": None}, "These cannot be changed here: retired_at."),
    ({"name": ""}, "name: This field cannot be blank."),
])  # fmt: skip
def test_what_may_not_be_changed(tree, values, sentence):
    measure = tree.measure("A")
    with refused(sentence):
        change(tree, measure, **values)


# ------------------------------------------------------------------------------------------------- retire
def test_a_retired_measure_keeps_its_history_and_counts_no_longer(tree):
    kept, ended = tree.measure("A"), tree.measure("B")
    for measure, value in ((kept, 120), (ended, 60)):
        tree.target(measure, "2026-06", 100, red_flag=50)
        tree.record(measure, "2026-06", value)
    retire_measure(tree.officer, measure=ended, today=TODAY, reason="counted twice")
    assert tree.result(tree.objectives[0], "2026-06").score == 60.0
    assert tree.result(tree.objectives[0], "2026-07").coverage == 0.0
    node = tree.node(ended)
    assert node.results.filter(frequency="month", period_start=date(2026, 6, 1)).exists()
    assert not node.results.filter(frequency="month", period_start=date(2026, 7, 1)).exists()
    ended.refresh_from_db()
    with refused("B is retired already."):
        retire_measure(tree.officer, measure=ended, today=TODAY)
