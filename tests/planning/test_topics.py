"""What a testing-and-adapting meeting should look at, and that its page takes as many queries for much as for little."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import facets as facets_module
from core.facets import Facet, Fact
from core.periods import At, Period
from organization.roles import Role
from planning.actions import assumptions
from planning.queries.topics import trial_of
from tests import factories
from tests.factories.choices import assumption
from tests.factories.organization import TODAY, member
from tests.factories.scorecards import scorecard
from tests.organization.visiting import browser, words

pytestmark = pytest.mark.django_db
AT = At(Period.parse("2026-06"), None, TODAY)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def tree():
    return scorecard(objectives=3)


def carried(tree, place: int, confidence: str):
    """An assumption stated two years ago under an objective: of 80 % a fifth is left."""
    made = assumption(tree.unit, office=tree.officer, confidence=confidence, stated_on=TODAY.replace(year=2024))
    assumptions.carry(tree.officer, assumption=made, subjects=[tree.objectives[place].subject])
    return made


def address(tree) -> str:
    return reverse("planning:trial", args=[tree.strategy.pk])


def test_nothing_stands_out_where_all_is_firm(tree):
    assumptions.carry(
        tree.officer, assumption=assumption(tree.unit, office=tree.officer), subjects=[tree.objectives[0].subject]
    )
    assert trial_of(tree.officer, tree.strategy, AT).topics == ()
    assert "Nothing stands out" in words(browser(tree.officer).get(address(tree)))


def test_doubtful_ground_and_failing_beliefs_are_named_with_their_reason_and_their_record(tree, monkeypatch):
    faded, wrong = carried(tree, 0, "0.8"), carried(tree, 1, "0.9")
    assumptions.falsify_assumption(tree.officer, assumption=wrong, words="Seen", on=TODAY, today=TODAY)
    measure = tree.measure("Share", objective=2)
    for month, value in (("2026-04", 50), ("2026-05", 49)):
        tree.record(measure, month, value)
    last = tree.objectives[2]
    facet = Facet(
        "objective", "delivered", "Delivered", lambda rows, viewer, at: {last.pk: Fact(value=True, words="done")}
    )
    monkeypatch.setitem(facets_module._facets, ("objective", "delivered"), facet)
    found = trial_of(tree.officer, tree.strategy, AT).topics
    assert [(topic.title, topic.subject_id) for topic in found] == [
        (wrong.statement, wrong.subject_id),
        (faded.statement, faded.subject_id),
        (last.name, last.subject_id),
    ]
    assert [topic.reason for topic in found] == [
        "An assumption that was found to be wrong.",
        "An assumption nobody looked at again: 20 % of its confidence is left.",
        "Done, and the measure did not move: look at the belief behind it.",
    ]
    text = words(browser(tree.officer).get(address(tree)))
    assert "Add an action" in text
    assert "Add an action" not in words(browser(member(Role.EMPLOYEE, tree.unit)).get(address(tree)))


def test_much_to_look_at_takes_as_many_queries_as_little(tree):
    carried(tree, 0, "0.8")
    tree.measure("A", objective=0)

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            trial_of(tree.officer, tree.strategy, AT)
        return len(asked)

    few = counted()
    for place in (0, 1, 2):
        carried(tree, place, "0.7")
        tree.record(tree.measure(f"B{place}", objective=place), "2026-05", Decimal(5))
    factories.person()
    assert counted() == few
