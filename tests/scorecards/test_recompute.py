"""Results follow facts: METHOD's vectors through the database."""

from __future__ import annotations

import pytest

from tests.factories.scorecards import scorecard

pytestmark = pytest.mark.django_db


def test_first():
    tree = scorecard()
    m = tree.measure("A")
    assert tree.target(m, "2026-06", 700, red_flag=500) == "taken"
    assert tree.record(m, "2026-06", 600) == "taken"
    r = tree.result(m, "2026-06")
    assert (r.score, r.status) == (50.0, "watch")
    assert tree.result(tree.objectives[0], "2026-06").score == 50.0
    assert tree.result(tree.strategy, "2026-06").score == 50.0
    assert tree.result(tree.unit, "2026-06").score == 50.0
