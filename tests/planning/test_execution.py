"""Hypothesis and execution held apart: what moved, what follows, and what the page of the trial says of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core import facets as facets_module
from core.facets import Facet, Fact
from core.periods import At, Period
from organization.roles import Role
from planning.queries.execution import hypotheses
from planning.rules.execution import Movement, Reading, movement, reading
from scorecards.models import Measure
from tests import factories
from tests.factories.organization import TODAY
from tests.factories.scorecards import Tree, scorecard
from tests.organization.visiting import browser, words
from tests.planning.test_trials import recorded

AT = At(Period.parse("2026-06"), None, TODAY)
STEADY = [50.0, 52.0] * 8  # mean 51, mean moving range 2: usual up to 56.32


@pytest.mark.parametrize(
    ("before", "since", "found"),
    [
        (STEADY, [70.0, 56.3], Movement(52, 56.3, is_moved=False, has_range=True)),
        (STEADY, [40.0, 56.4], Movement(52, 56.4, is_moved=True, has_range=True)),
        ([50.0], [50.0], Movement(50, 50, is_moved=False, has_range=False)),
        ([50.0, np.nan], [51.0, np.nan], Movement(50, 51, is_moved=True, has_range=False)),
        ([], [51.0], None),
        ([], [50.0, 51.0], Movement(50, 51, is_moved=True, has_range=False)),
        ([], [*STEADY[:12], 56.4], Movement(52, 56.4, is_moved=True, has_range=True)),
        ([], STEADY[:13], Movement(52, 50, is_moved=False, has_range=True)),
        ([50.0], [np.nan], None),
    ],
)
def test_moved_is_better_than_the_usual_range_before(before, since, found):
    assert movement(before, since) == found


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_what_is_better_still_has_moved_too(before, now, more):
    lower, higher = movement(before, [now]), movement(before, [now + more])
    assert lower is not None
    assert higher is not None
    assert higher.is_moved >= lower.is_moved


@pytest.mark.parametrize(
    ("delivered", "moved", "found"),
    [
        (True, True, Reading.BORNE_OUT),
        (True, False, Reading.HYPOTHESIS),
        (False, False, Reading.EXECUTION),
        (False, True, Reading.UNEXPLAINED),
        (None, True, Reading.UNKNOWN),
        (True, None, Reading.UNKNOWN),
    ],
)
def test_the_four_fields(delivered, moved, found):
    assert reading(is_delivered=delivered, is_moved=moved) == found


@pytest.fixture
def tree(db) -> Tree:
    """Three objectives, a measure on two of them; the strategy began in January 2025."""
    made = scorecard(objectives=3, starts_on=date(2025, 1, 1))
    recorded(made, "Share", 0, np.array([*STEADY, *[53.0] * 18]))
    recorded(made, "Days", 1, np.array([*STEADY, *[40.0] * 18]), polarity=Measure.Polarity.DOWN)
    return made


def delivered(monkeypatch, found: dict[int, Fact]) -> None:
    """What a process above planning says was done."""
    facet = Facet("objective", "delivered", "Delivered", lambda rows, viewer, at: found)
    monkeypatch.setitem(facets_module._facets, ("objective", "delivered"), facet)


def test_each_objective_is_read_from_its_work_and_its_measure(monkeypatch, tree):
    first, second, third = tree.objectives
    done = Fact(value=True, words="2 of 2 delivered")
    delivered(monkeypatch, {first.pk: done, second.pk: done, third.pk: Fact(value=False, words="0 of 1 delivered")})
    rows = hypotheses(tree.officer, tree.strategy, AT)
    assert [(one.objective, one.reading, one.done) for one in rows] == [
        (first, Reading.HYPOTHESIS, "2 of 2 delivered"),
        (second, Reading.BORNE_OUT, "2 of 2 delivered"),
        (third, Reading.UNKNOWN, "0 of 1 delivered"),
    ]
    assert [one.change for one in rows] == [
        "Not moved: from 52.0 to 53.0, within its usual range or worse",
        "Moved: from 52.0 to 40.0, better than its usual range",
        "No measure stands for it",
    ]


def test_without_work_on_record_nothing_is_concluded(tree):
    rows = hypotheses(tree.officer, tree.strategy, AT)
    assert {(one.reading, one.done) for one in rows} == {(Reading.UNKNOWN, "No work is recorded for it yet")}


def test_more_measures_take_no_more_queries_and_an_employee_reads_the_same(tree):
    reader = factories.member(Role.EMPLOYEE, tree.unit)
    with CaptureQueriesContext(connection) as few:
        rows = hypotheses(reader, tree.strategy, AT)
    seen = {one.measure.code for one in rows if one.measure}
    assert seen == {measure.code for measure in tree.measures.values()}
    recorded(tree, "More", 2, np.array([*STEADY, *[60.0] * 18]))
    with CaptureQueriesContext(connection) as more:
        hypotheses(reader, tree.strategy, AT)
    assert len(more) == len(few)


def test_the_page_of_the_trial_says_it(tree):
    text = words(browser(tree.officer).get(reverse("planning:trial", args=[tree.strategy.pk]), {"p": "2026-06"}))
    assert "Was it done, and did the measure move?" in text
    assert "Moved: from 52.0 to 40.0, better than its usual range" in text
