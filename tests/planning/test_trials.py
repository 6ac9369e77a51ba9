"""Links of a strategy tested with the values of their measures: what is kept, what is said, who may order it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.periods import Frequency, Period
from jobs.models import Job
from organization.roles import Role
from planning.actions.trials import try_strategy
from planning.models import LinkTrial
from scorecards.actions import ObservationRow, record_observations
from strategy.models import ObjectiveLink
from tests import factories
from tests.factories.organization import TODAY
from tests.factories.scorecards import Tree, scorecard
from tests.organization.visiting import browser, words

pytestmark = pytest.mark.django_db
MONTHS = 60
LAST = Period.of(Frequency.MONTH, TODAY).shift(-1)


def link(tree: Tree, source: int, target: int) -> ObjectiveLink:
    from audit.actions import recording
    from organization.actors import system_actor

    with recording(system_actor("tests"), "add_link"):
        return ObjectiveLink.objects.create(
            strategy=tree.strategy, source=tree.objectives[source], target=tree.objectives[target], lag_min=1, lag_max=4
        )


def recorded(tree: Tree, name: str, objective: int, values: np.ndarray, **more: object) -> None:
    """A monthly measure with values up to the last finished month."""
    measure = tree.measure(name, objective=objective, **more)
    months = [LAST.shift(step - len(values) + 1) for step in range(len(values))]
    rows = [ObservationRow(measure.pk, at, Decimal(f"{value:.6f}")) for at, value in zip(months, values, strict=True)]
    assert record_observations(tree.officer, rows=rows, today=TODAY).refused == []


@pytest.fixture
def tree() -> Tree:
    return scorecard(objectives=3, starts_on=date(2020, 1, 1))


@pytest.fixture
def linked(tree: Tree) -> ObjectiveLink:
    """Visits move, and two months later waiting falls, which is good."""
    chance = np.random.default_rng(7)
    moves = chance.standard_normal(MONTHS + 2)
    visits = 100 + moves.cumsum()[2:]
    waiting = 50 - (moves[:-2] + 0.3 * chance.standard_normal(MONTHS)).cumsum()
    recorded(tree, "Visits", 0, visits, kind="leading")
    recorded(tree, "Waiting", 1, waiting, polarity="down")
    return link(tree, 0, 1)


def page(tree: Tree, name: str = "trial") -> str:
    return reverse(f"planning:{name}", args=[tree.strategy.pk])


def test_what_two_tests_agree_on_stands_on_the_page(tree, linked):
    assert try_strategy(tree.strategy, LAST.start) == 1  # what was known a month before
    (first,) = LinkTrial.objects.all()
    assert (first.verdict, first.lag, first.source.name, first.target.name) == ("supported", 2, "Visits", "Waiting")
    assert "It counts when a second one says the same" in words(browser(tree.officer).get(page(tree)))
    assert try_strategy(tree.strategy, TODAY) in {0, 1}
    LinkTrial.objects.bulk_create([_again(first)])
    said = words(browser(tree.officer).get(page(tree)))
    assert "Supported" in said
    assert "Where Visits got better, Waiting got better 2 months later." in said
    assert "pairs of periods" in said


def _again(trial: LinkTrial) -> LinkTrial:
    values = {f.name: getattr(trial, f.name) for f in LinkTrial._meta.fields if f.name not in {"id", "recorded_at"}}
    return LinkTrial(**values)


def test_without_a_new_period_nothing_is_tested_again(tree, linked):
    assert try_strategy(tree.strategy, TODAY) == 1
    assert try_strategy(tree.strategy, TODAY) == 0
    assert LinkTrial.objects.count() == 1


def test_a_link_without_measures_says_so(tree):
    link(tree, 0, 2)
    try_strategy(tree.strategy, TODAY)
    said = words(browser(tree.officer).get(page(tree)))
    assert "An objective of this link has no measure yet" in said
    assert "Too early" in said


def test_few_values_are_too_early(tree):
    recorded(tree, "Visits", 0, np.arange(10.0) ** 1.5, kind="leading")
    recorded(tree, "Waiting", 1, np.sin(np.arange(10.0)))
    link(tree, 0, 1)
    try_strategy(tree.strategy, TODAY)
    assert "Fewer than 18 pairs of periods" in words(browser(tree.officer).get(page(tree)))


def test_the_objectives_page_tells_of_its_links(tree, linked):
    try_strategy(tree.strategy, TODAY)
    shown = browser(tree.officer).get(reverse("strategy:objective", args=[tree.objectives[1].pk]) + "panels/trial/")
    assert "Too early" in shown.content.decode()


def test_who_may_change_the_structure_may_order_a_test(tree, linked):
    answer = browser(tree.officer).post(reverse("planning:trial_order", args=[tree.strategy.pk]))
    job = Job.objects.get(task="planning.try_strategy")
    assert answer.url == reverse("jobs:job", args=[job.pk])


def test_others_may_not_and_nothing_is_ordered(tree, linked):
    employee = browser(factories.member(Role.CONTRIBUTOR, tree.unit))
    assert employee.post(reverse("planning:trial_order", args=[tree.strategy.pk])).status_code == 403
    assert not Job.objects.filter(task="planning.try_strategy").exists()


def test_a_strategy_without_links_is_not_tested(tree):
    answer = browser(tree.officer).post(reverse("planning:trial_order", args=[tree.strategy.pk]), follow=True)
    assert "has no links yet" in answer.content.decode()
    assert not Job.objects.filter(task="planning.try_strategy").exists()


def counted(tree: Tree, path: str) -> int:
    client = browser(tree.officer)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["trial", "plan_check"])
def test_a_page_takes_as_many_queries_for_three_links_as_for_one(tree, linked, name):
    try_strategy(tree.strategy, TODAY)
    few = counted(tree, page(tree, name))
    recorded(tree, "Beds", 2, np.arange(30.0))
    link(tree, 1, 2)
    link(tree, 0, 2)
    try_strategy(tree.strategy, TODAY)
    assert counted(tree, page(tree, name)) == few <= 22


def test_the_plan_is_asked_what_is_missing(tree, linked):
    link(tree, 1, 0)
    said = words(browser(tree.officer).get(page(tree, "plan_check")))
    assert "Objective without a measure" in said
    assert "2 objectives drive one another in a circle" in said
    assert "No way leads there" not in said
