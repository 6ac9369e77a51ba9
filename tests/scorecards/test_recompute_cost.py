"""What a write costs does not depend on how large the tree is (SPEED: record one value, at most 15 queries)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.periods import Period
from scorecards.actions import ObservationRow, record_observations, tick
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.showing import PERIOD, browser, today

pytestmark = pytest.mark.django_db(transaction=True)
AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def statements(tree: Tree, value: float) -> list[str]:
    """What recording one value for June asks the database, COPY included, without the frame of the transaction."""
    measure = tree.measures["A"]
    with CaptureQueriesContext(connection) as asked:
        assert tree.record(measure, "2026-06", value) in {"taken", "changed"}
    return [query["sql"] for query in asked if not query["sql"].startswith(AROUND)]


def small_and_large() -> list[Tree]:
    small = scorecard()
    small.measure("A")
    large = scorecard(perspectives=3, objectives=4)
    for number in range(24):
        large.measure("A" if number == 0 else f"B{number}", objective=number % 12)
    return [small, large]


def test_recording_one_value_takes_at_most_15_statements_at_any_size():
    trees = small_and_large()
    first, corrected = ([len(statements(tree, value)) for tree in trees] for value in (1, 2))
    assert (first, corrected) == ([11, 11], [11, 11])


def test_the_form_of_one_value_takes_15_statements_at_any_size_three_of_them_to_know_who_asks():
    counts = []
    for tree in small_and_large():
        client, url = browser(tree.officer), f"/scorecards/measures/{tree.measures['A'].pk}/record/"
        with today():
            for value in "123":
                with CaptureQueriesContext(connection) as asked:
                    assert client.post(url, {"period": PERIOD, "value": value}).status_code == 302
        counts.append(len([query for query in asked if not query["sql"].startswith(AROUND)]))
    assert counts == [15, 15]


def test_recording_many_values_takes_no_more_statements_than_one():
    tree = small_and_large()[1]
    many = list(tree.measures.values())
    months = [Period.parse(month) for month in ("2026-04", "2026-05", "2026-06")]
    rows = [ObservationRow(m.pk, month, Decimal(5)) for m in many for month in months]
    with CaptureQueriesContext(connection) as asked:
        record_observations(tree.officer, rows=rows, today=TODAY)
    assert len([q for q in asked if not q["sql"].startswith(AROUND)]) == 11


def test_a_clock_that_finds_nothing_asks_four_questions():
    small_and_large()
    tick(TODAY)
    with CaptureQueriesContext(connection) as asked:
        tick(TODAY)
    assert len(asked) == 4
