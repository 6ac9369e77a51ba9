"""Roll-up over the tree: the vectors and properties of METHOD §5."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.refusals import Refusal
from scorecards.rules.rollup import Child, Rollup, Rule, Share, roll_up, roll_up_many
from scorecards.rules.status import Bands, Reason, Status

scores = st.floats(0, 100).map(lambda score: round(score, 9))
weights = st.one_of(st.just(0.0), st.floats(1e-6, 1e9))


@st.composite
def families(draw: st.DrawFn, *, critical: bool = True) -> list[Child]:
    return [
        Child(
            identity,
            draw(weights),
            draw(st.one_of(st.none(), scores)),
            draw(st.floats(0, 1)),
            critical_red=critical and draw(st.booleans()),
            counted=draw(st.sampled_from([True, True, True, False])),
            red_inside=draw(st.integers(0, 3)),
        )
        for identity in range(draw(st.integers(0, 8)))
    ]


def measure(identity: int, weight: float, score: float | None) -> Child:
    return Child(identity, weight, score, coverage=0.0 if score is None else 1.0)


def node(identity: int, weight: float, result: Rollup) -> Child:
    return Child(identity, weight, result.score, result.coverage, red_inside=result.red_inside)


def test_a_weighted_mean_explains_itself():
    result = roll_up([measure(3, 20, None), measure(1, 50, 80), measure(2, 30, 100 / 3)])
    assert (result.score, result.status, result.reason, result.coverage) == (62.5, Status.WATCH, None, 0.8)
    assert result.explanation == (
        Share(1, 50, 0.625, 80, 50.0, missing=False, counted=True),
        Share(2, 30, 0.375, 100 / 3, 12.5, missing=False, counted=True),
        Share(3, 20, 0.0, None, 0.0, missing=True, counted=True),
    )


def test_coverage_reaches_down_to_measures():
    x = roll_up([measure(1, 50, 80), measure(2, 50, None)])
    assert (x.score, x.coverage) == (80, 0.5)
    top = roll_up([node(1, 1, x), measure(2, 1, 60)])
    assert (top.score, top.coverage) == (70, 0.75)


def test_too_little_coverage_is_grey_keeps_the_number_and_is_missing_to_the_parent():
    thin = roll_up([measure(1, 40, 90), measure(2, 60, None)])
    assert (thin.score, thin.status, thin.reason) == (None, Status.NO_DATA, Reason.TOO_LITTLE_COVERAGE)
    assert (thin.kept_score, thin.coverage) == (90, 0.4)
    top = roll_up([node(1, 1, thin), measure(2, 1, 60)])
    assert (top.score, top.coverage) == (60, 0.5)


def test_the_least_coverage_is_a_setting():
    children = [measure(1, 40, 90), measure(2, 60, None)]
    assert roll_up(children, minimum_coverage=0.4).score == 90
    assert roll_up([measure(1, 1, None)], minimum_coverage=0).reason is Reason.TOO_LITTLE_COVERAGE


def test_coverage_of_exactly_the_least_is_enough_whatever_the_weights():
    children = [measure(1, 0.1, 90), measure(2, 0.2, 90), measure(3, 0.3, None)]
    assert roll_up(children).score == 90
    thirds = [measure(1, 1, 90), measure(2, 2, None)]
    assert roll_up(thirds, minimum_coverage=1 / 3).score == 90


@pytest.mark.parametrize("children", [[], [measure(1, 0, 80)], [measure(1, 0, None)], [Child(1, 5, 80, counted=False)]])
def test_without_weight_there_is_no_score(children: list[Child]):
    result = roll_up(children)
    assert (result.score, result.status, result.reason) == (None, Status.NO_DATA, Reason.NO_WEIGHT)
    assert (result.kept_score, result.coverage) == (None, 0.0)


def test_what_is_not_counted_stays_outside_numerator_and_denominator():
    result = roll_up(
        [measure(1, 1, 60), Child(2, 9, None, 0, counted=False), Child(3, 9, 5, red_inside=1, counted=False)]
    )
    assert (result.score, result.coverage, result.red_inside) == (60, 1, 0)
    assert [(share.contribution, share.missing, share.counted) for share in result.explanation] == [
        (60, False, True),
        (0, False, False),
        (0, False, False),
    ]


def test_worst_is_the_lowest_child_that_has_weight():
    children = [measure(1, 1, 80), measure(2, 5, 10), measure(3, 0, 5), measure(4, 1, 10), measure(5, 2, None)]
    result = roll_up(children, "worst")
    assert (result.score, result.status) == (10, Status.OFF_TRACK)
    assert [share.contribution for share in result.explanation] == [0, 10, 0, 0, 0]


def test_most_frequent_is_the_mean_of_the_status_with_most_weight():
    children = [measure(1, 30, 90), measure(2, 30, 70), measure(3, 50, 40), measure(4, 5, 0)]
    assert roll_up(children, Rule.MOST_FREQUENT).score == 80


def test_most_frequent_resolves_a_tie_to_the_worse():
    children = [measure(1, 0.3, 90), measure(2, 0.1, 20), measure(3, 0.2, 20)]
    assert roll_up(children, Rule.MOST_FREQUENT).score == 20
    turned = [measure(1, 0.3, 20), measure(2, 0.1, 90), measure(3, 0.2, 90)]
    assert roll_up(turned, Rule.MOST_FREQUENT).score == 20


def test_a_critical_red_keeps_its_parent_from_being_better_than_amber():
    children = [measure(1, 90, 90), Child(2, 10, 20, critical_red=True, red_inside=1)]
    result = roll_up(children)
    assert (result.score, result.status, result.is_capped, result.red_inside) == (66, Status.WATCH, True, 1)
    worse = roll_up([measure(1, 10, 40), Child(2, 10, 20, critical_red=True)])
    assert (worse.score, worse.is_capped) == (30, False)
    assert not roll_up([measure(1, 90, 90), Child(2, 10, 20, critical_red=True, counted=False)]).is_capped


def test_a_critical_red_is_amber_also_where_green_begins_lower():
    children = [measure(1, 90, 90), Child(2, 10, 20, critical_red=True)]
    assert roll_up(children, bands=Bands(green=60, amber=40)).status is Status.WATCH


def test_reds_are_counted_from_below():
    low = roll_up([Child(1, 1, 20, red_inside=1), Child(2, 1, 10, red_inside=1), measure(3, 8, 90)])
    assert roll_up([node(1, 1, low), measure(2, 1, 90)]).red_inside == 2


@pytest.mark.parametrize("weight", [-1, inf, float("nan")])
def test_a_weight_that_is_none_is_refused(weight: float):
    with pytest.raises(Refusal, match=r"^A weight is 0 or a number"):
        Child(1, weight, 50)


@pytest.mark.parametrize("parent_index", [[1, 0], [0, 2], [-1, 0]])
def test_children_out_of_order_are_refused(parent_index: list[int]):
    with pytest.raises(
        ValueError, match=r"^Rows must come in order of their group, and groups be numbered from 0 to 1\.$"
    ):
        roll_up_many(np.array(parent_index), [1, 1], [50, 60], [1, 1], parents=2)


@given(families(critical=False))
def test_a_weighted_score_lies_between_the_lowest_and_the_highest_child(children: list[Child]):
    result = roll_up(children, minimum_coverage=0)
    seen = [child.score for child in children if child.counted and child.weight and child.score is not None]
    assert (result.score is None) == (not seen)
    if result.score is not None:
        assert min(seen) <= result.score <= max(seen)


@given(families(), st.sampled_from(Rule))
def test_scores_stay_on_the_scale_and_shares_add_up(children: list[Child], rule: Rule):
    result = roll_up(children, rule)
    assert 0 <= result.coverage <= 1
    assert result.kept_score is None or 0 <= result.kept_score <= 100
    if result.score is not None:
        assert sum(share.share for share in result.explanation) == pytest.approx(1)
        points = sum(share.contribution for share in result.explanation)
        assert points >= result.score - 1e-7 if result.is_capped else points == pytest.approx(result.score, abs=1e-7)


@given(families(), st.data())
def test_coverage_never_falls_when_a_value_is_added(children: list[Child], data: st.DataObject):
    missing = [place for place, child in enumerate(children) if child.score is None]
    if not missing:
        return
    place = data.draw(st.sampled_from(missing))
    filled = [*children]
    filled[place] = measure(children[place].id, children[place].weight, data.draw(scores))
    assert roll_up(filled).coverage >= roll_up(children).coverage


@given(families(), st.sampled_from(Rule), st.randoms())
def test_the_order_in_which_children_are_given_does_not_matter(children: list[Child], rule: Rule, random):
    shuffled = [*children]
    random.shuffle(shuffled)
    assert roll_up(shuffled, rule) == roll_up(children, rule)


@given(st.lists(families(), max_size=6), st.sampled_from(Rule), st.sampled_from([0.0, 0.5, 0.9]))
def test_many_parents_are_rolled_up_exactly_as_one_by_one(trees: list[list[Child]], rule: Rule, minimum: float):
    rows = [(parent, child) for parent, children in enumerate(trees) for child in children]
    many = roll_up_many(
        np.array([parent for parent, _ in rows], dtype=np.int64),
        [child.weight for _, child in rows],
        [child.score for _, child in rows],
        [child.coverage for _, child in rows],
        parents=len(trees),
        critical_red=np.array([child.critical_red for _, child in rows], dtype=np.bool_),
        counted=np.array([child.counted for _, child in rows], dtype=np.bool_),
        red_inside=np.array([child.red_inside for _, child in rows], dtype=np.int64),
        rule=rule,
        minimum_coverage=minimum,
    )
    for parent, children in enumerate(trees):
        one = roll_up(children, rule, minimum)
        figures = (many.score[parent], many.coverage[parent], many.kept_score[parent], many.red_inside[parent])
        expected = (one.score, one.coverage, one.kept_score, one.red_inside)
        assert [None if np.isnan(figure) else figure for figure in figures] == list(expected)
        assert (many.status[parent], many.reason[parent]) == (one.status, one.reason)
        assert many.is_capped[parent] == one.is_capped
