"""Pages, the API and files show what a closed period keeps (METHOD §3, Targets changed)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.periods import At, Frequency, Period
from scorecards.actions import change_measure
from scorecards.models import Measure
from scorecards.queries.explaining import node_report
from scorecards.queries.measures import measure_report
from scorecards.queries.targets import year_of_targets
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.showing import browser, text
from tests.scorecards.test_keeping import close, planned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


def moved(tree: Tree) -> Measure:
    """April is closed; then target and baseline of the plan are moved."""
    measure = planned(tree)
    close(tree, "2026-04")
    tree.target(measure, "FY2026", 300)
    values = {"baseline": Decimal(120), "baseline_on": date(2025, 12, 31)}
    change_measure(tree.officer, measure=measure, values=values, expected=None, today=TODAY)
    return measure


def test_the_explanation_of_a_closed_period_says_so_and_shows_baseline_and_target_of_its_time():
    tree = scorecard()
    node = tree.node(moved(tree))
    client = browser(tree.officer)
    april, may = (text(client.get(f"/scorecards/nodes/{node.pk}/?p={month}")) for month in ("2026-04", "2026-05"))
    sentence = "Apr 2026 was closed on"
    assert sentence in april and "what was recorded or set later does not count in it." in april
    assert sentence not in may and "was closed on" not in may
    found = node_report(tree.officer, node, At(Period.parse("2026-04"), None, TODAY))
    assert [(each.label, each.text) for each in found.figures[1:3]] == [("Target", "132.9"), ("Baseline", "100.0")]
    assert "132.9" in april and "132.9" not in may and "120.0" in may


def test_the_api_explains_a_closed_period_in_the_same_words():
    tree = scorecard()
    node = tree.node(moved(tree))
    answer = browser(tree.officer).get(f"/api/v1/scores/{node.pk}/?p=2026-04").json()
    assert "Apr 2026 was closed on" in answer["sentences"][-1]
    shown = {figure["label"]: figure["text"] for figure in answer["figures"]}
    assert (shown["Baseline"], shown["Target"]) == ("100.0", "132.9")


def test_periods_chart_and_targets_show_the_line_of_each_time():
    tree = scorecard()
    measure = tree.measure("A", interpolates=True)
    tree.target(measure, "2026-03", 100, red_flag=80)
    tree.target(measure, "2026-06", 191, red_flag=171)
    close(tree, "2026-04")
    tree.target(measure, "2026-06", 282, red_flag=262)
    june = Period.parse("2026-06")
    report = measure_report(tree.officer, measure, At(june, None, TODAY))
    assert [line.target for line in report.lines if line.period.key in {"2026-04", "2026-05"}] == [222.0, 130.0]
    year = year_of_targets(tree.officer, measure, june.parent(Frequency.YEAR))
    between = {line.key: (line.between, line.closed) for line in year.own if line.between}
    assert between == {"2026-04": ("130.0", "Apr 2026"), "2026-05": ("222.0", "")}
