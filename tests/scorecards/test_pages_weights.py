"""Weights, roll-up and bands of a scorecard in the browser."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from psycopg2.extras import DateRange

from audit.actions import recording
from core.actions import Conflict
from core.periods import At, Period
from organization.roles import Role
from scorecards.actions import WeightRow, close_period, rebuild, set_rule, set_weights, use_measure
from scorecards.models import Edge, NodeRule, ScorecardBands
from scorecards.queries.explaining import node_report
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import browser, grow, queries, text
from tests.scorecards.test_recompute_rebuild import stored

pytestmark = pytest.mark.django_db
ONLY_PROPORTIONS = "A weight is 0 or a number from 0.000001 to 1,000,000,000"


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree() -> Tree:
    tree = scorecard(objectives=2)
    grow(tree, 3)
    return tree


def url(tree: Tree, thing: object | None = None) -> str:
    return f"/scorecards/nodes/{tree.node(thing or tree.objectives[0]).pk}/weights/"


def cells(tree: Tree, *weights: str, **given: object) -> dict[str, object]:
    """What the form of the first objective sends."""
    nodes = [tree.node(measure).pk for measure in list(tree.measures.values())]
    tree.card.refresh_from_db()
    data = {f"weight_{node}": weight for node, weight in zip(nodes, weights, strict=True)}
    return {**data, "expected": tree.card.row_version, "from_on": TODAY.isoformat(), **given}


def test_the_page_shows_shares_of_every_level_and_whose_a_used_measure_is(tree):
    other = scorecard(factories.unit(parent=tree.unit))
    measure = other.measure("Theirs")
    use_measure(
        tree.officer, measure=measure, objective=tree.objectives[0], weight=Decimal(2), from_on=TODAY, today=TODAY
    )
    page = text(browser(tree.officer).get(f"/scorecards/{tree.card.pk}/weights/"))
    assert "20.0%" in page
    assert "40.0%" in page
    assert f"from {other.unit.name}" in page
    assert "50.0%" in page


def test_other_weights_count_from_a_day_and_the_old_ones_are_listed(tree):
    client = browser(tree.officer)
    answer = client.post(url(tree), cells(tree, "1", "2.5", "0", from_on="2026-06-01"))
    assert answer["Location"] == f"/scorecards/{tree.card.pk}/weights/"
    edges = Edge.objects.filter(parent=tree.node(tree.objectives[0]), valid__contains=date(2026, 6, 1))
    assert sorted(edge.weight for edge in edges) == [0, 1, Decimal("2.5")]
    page = text(client.get(url(tree)))
    assert "Weights of other times" in page
    assert "until 1 Jun 2026" in page
    assert tree.result(tree.objectives[0], "2026-06").score != tree.result(tree.objectives[0], "2026-06").coverage


@pytest.mark.parametrize(("weight", "sentence"), [
    ("-1", ONLY_PROPORTIONS), ("NaN", "is not a number."), ("Infinity", "is not a number."),
    ("1e20", "cannot be computed with"), ("1e10", ONLY_PROPORTIONS), ("", "Fill this in."), ("x", "is not a number."),
    ("0.00001", "A weight has four decimals"),
])  # fmt: skip
def test_a_weight_that_cannot_be_one_is_refused_at_its_input(tree, weight, sentence):
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(url(tree), cells(tree, "1", "3", weight))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="3"' in text(answer)


def test_two_who_weigh_the_second_sees_both(tree):
    client = browser(tree.officer)
    mine = cells(tree, "1", "1", "9")
    client.post(url(tree), cells(tree, "1", "1", "5"))
    with nothing_changes():
        answer = client.post(url(tree), mine)
    assert answer.status_code == 409
    assert "5.0000" in text(answer)
    assert client.post(url(tree), cells(tree, "1", "1", "9")).status_code == 302
    rows = [WeightRow(tree.node(tree.objectives[0]).pk, tree.node(next(iter(tree.measures.values()))).pk, Decimal(3))]
    with nothing_changes(), pytest.raises(Conflict):
        set_weights(tree.officer, rows=rows, from_on=TODAY, today=TODAY, expected=1)


def test_a_closed_period_keeps_its_weights(tree):
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-06"), today=TODAY)
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(url(tree), cells(tree, "1", "2", "3", from_on="2026-06-01"))
    assert "Jun 2026 is closed, so weights can change only after it." in text(answer)


def test_the_roll_up_of_a_node_is_chosen_and_scored_at_once(tree):
    node = tree.node(tree.objectives[0])
    client = browser(tree.officer)
    before = tree.result(tree.objectives[0], "2026-06").score
    client.post(f"/scorecards/nodes/{node.pk}/rule/", {"rule": "worst"})
    assert tree.result(tree.objectives[0], "2026-06").score == 0.0 != before
    with refused("There is no roll-up “best”."):
        set_rule(tree.officer, node=node, rule="best", today=TODAY)
    measure = next(iter(tree.measures.values()))
    with refused("Nothing rolls up here, so there is no rule to choose."):
        set_rule(tree.officer, node=tree.node(measure), rule="worst", today=TODAY)


def test_a_roll_up_holds_from_a_day_on_and_history_keeps_that_of_its_time(tree):
    node, client = tree.node(tree.objectives[0]), browser(tree.officer)
    before = [tree.result(tree.objectives[0], month).score for month in ("2026-05", "2026-06")]
    client.post(f"/scorecards/nodes/{node.pk}/rule/", {"rule": "worst", "from_on": "2026-06-01"})
    after = [tree.result(tree.objectives[0], month).score for month in ("2026-05", "2026-06")]
    assert (after[0], after[1]) == (before[0], 0.0) and before[1] != 0.0
    page = text(client.get(url(tree)))
    assert "Roll-ups of all times" in page and "from the start until 1 Jun 2026" in page
    explained = {month: node_report(tree.officer, node, asked(month)) for month in ("2026-05", "2026-06")}
    assert explained["2026-05"].rule.startswith("Weighted mean") and explained["2026-06"].rule.startswith("Worst part")
    assert explained["2026-05"].sentences[0] == "From 1 Jun 2026 on it rolls up otherwise."
    assert explained["2026-06"].sentences[0] == "It rolls up so from 1 Jun 2026 on."
    found = {month: client.get(f"/api/v1/scores/?scorecard={tree.card.pk}&p={month}").json() for month in explained}
    rules = [next(row["rule"] for row in each["results"] if row["id"] == node.pk) for each in found.values()]
    assert rules == ["weighted", "worst"]
    stands = stored()
    assert rebuild(TODAY).changed == 0 and stored() == stands


def test_a_roll_up_that_would_change_a_closed_period_is_refused_and_counts_after_it_by_itself(tree):
    node = tree.node(tree.objectives[0])
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-05"), today=TODAY)
    for day in (date(2026, 5, 31), date(2026, 1, 1)):
        with refused("May 2026 is closed, so the roll-up can change only after it."):
            set_rule(tree.officer, node=node, rule="worst", today=TODAY, from_on=day)
    set_rule(tree.officer, node=node, rule="worst", today=TODAY)
    assert [(row.rule, row.valid.lower) for row in NodeRule.objects.all()] == [("worst", date(2026, 6, 1))]
    set_rule(tree.officer, node=node, rule="worst", today=TODAY, from_on=date(2026, 7, 1))
    assert NodeRule.objects.count() == 1
    set_rule(tree.officer, node=node, rule="most_frequent", today=TODAY, from_on=date(2026, 7, 1))
    set_rule(tree.officer, node=node, rule="weighted", today=TODAY, from_on=date(2026, 6, 1))
    kept = NodeRule.objects.order_by("valid").values_list("rule", "valid")
    june, july = date(2026, 6, 1), date(2026, 7, 1)
    assert list(kept) == [("weighted", DateRange(june, july)), ("most_frequent", DateRange(july, None))]


def test_two_roll_ups_of_a_node_cannot_hold_at_once(tree):
    node = tree.node(tree.objectives[0])
    set_rule(tree.officer, node=node, rule="worst", today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic(), recording(tree.officer, "test"):
        NodeRule.objects.create(node=node, rule="weighted", valid=DateRange(TODAY, None))


def test_a_day_that_is_none_is_said_and_changes_nothing(tree):
    node, client = tree.node(tree.objectives[0]), browser(tree.officer)
    with nothing_changes():
        answer = client.post(f"/scorecards/nodes/{node.pk}/rule/", {"rule": "worst", "from_on": "June"}, follow=True)
    assert "Enter a valid date." in text(answer)


def asked(month: str) -> At:
    return At(Period.parse(month), None, TODAY)


# --------------------------------------------------------------------------------------------------- bands
def bands(**given: object) -> dict[str, object]:
    return {
        "green": "70", "amber": "40", "exceeds": "", "minimum_coverage": "60", "tolerance": "15",
        "from_on": TODAY.isoformat(), **given,
    }  # fmt: skip


def test_bands_are_set_from_a_day_and_all_times_are_listed(tree):
    client = browser(tree.officer)
    address = f"/scorecards/{tree.card.pk}/bands/"
    assert client.post(address, bands()).status_code == 302
    row = ScorecardBands.objects.get(scorecard=tree.card, valid__contains=TODAY)
    assert (row.green, row.amber, row.exceeds, row.minimum_coverage, row.tolerance) == (70, 40, None, 0.6, 0.15)
    page = text(client.get(address))
    assert "66.7" in page
    assert "from 9 Jul 2026" in page


@pytest.mark.parametrize(("given", "sentence"), [
    ({"green": "30"}, "Bands rise from watch (40) to on track (30)"), ({"green": "NaN"}, "is not a number."),
    ({"minimum_coverage": "200"}, "The smallest coverage lies between 0 and 1."), ({"amber": "1e20"}, "Bands rise from"),
    ({"tolerance": "0"}, "The default red flag is a part of the target above 0 and up to 1."),
])  # fmt: skip
def test_bands_that_make_no_sense_are_refused(tree, given, sentence):
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(f"/scorecards/{tree.card.pk}/bands/", bands(**given))
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_who_may_not_reads_the_weights_and_sets_none(tree):
    client = browser(factories.member(Role.EMPLOYEE, tree.unit))
    assert "33.3%" in text(client.get(f"/scorecards/{tree.card.pk}/weights/"))
    with nothing_changes():
        assert client.get(url(tree)).status_code == 403
        assert client.post(url(tree), cells(tree, "1", "2", "3")).status_code == 403
        node = tree.node(tree.objectives[0]).pk
        assert client.post(f"/scorecards/nodes/{node}/rule/", {"rule": "worst"}).status_code == 403
        assert client.get(f"/scorecards/{tree.card.pk}/bands/").status_code == 403


@pytest.mark.parametrize("page", ["all", "one"])
def test_weights_take_as_many_queries_for_twelve_measures_as_for_three(tree, page):
    client = browser(tree.officer)
    address = f"/scorecards/{tree.card.pk}/weights/" if page == "all" else url(tree)
    few = queries(client, address)
    grow(tree, 9)
    assert queries(client, address) == few <= 20
