"""Catchball: how commitments join, what is missing, when it is agreed, and who moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.rules.catchball import Commitment, Offer, Round, joined, rounds
from scorecards.rules.refusals import Refusal

VALUES = st.floats(-1e6, 1e6)
GIVEN = [Commitment(10, size=1), Commitment(40, size=3)]


@pytest.mark.parametrize(
    ("aggregation", "found"), [("sum", 50), ("count", 50), ("mean", 32.5), ("min", 10), ("max", 40)]
)
def test_commitments_join_as_the_measure_does(aggregation, found):
    assert joined(aggregation, GIVEN) == found
    assert joined(aggregation, []) is None


def test_a_ratio_joins_by_its_halves_and_a_mean_without_sizes_plainly():
    halves = [Commitment(0.5, numerator=1, denominator=2), Commitment(0.9, numerator=90, denominator=100)]
    assert joined("ratio", halves) == pytest.approx(91 / 102)
    assert joined("mean", [Commitment(10, size=0), Commitment(40, size=0)]) == 25


@pytest.mark.parametrize(
    ("aggregation", "given", "sentence"),
    [
        ("last", GIVEN, "cannot be split over units"),
        ("ratio", [Commitment(0.5)], "add up to nothing"),
        ("sum", [Commitment(1e308), Commitment(1e308)], "add up to no number"),
    ],
)
def test_what_cannot_be_joined_is_refused_in_a_sentence(aggregation, given, sentence):
    with pytest.raises(Refusal, match=sentence):
        joined(aggregation, given)


@pytest.mark.parametrize(
    ("offer", "committed", "gap", "is_converged"),
    [
        (Offer(100, 1, baseline=50), 98, 2, False),
        (Offer(100, 1, baseline=50), 99, 1, True),
        (Offer(100, 1, baseline=50, red_flag=0), 98, 2, True),
        (Offer(100, 1), 99.9, 0.1, False),
        (Offer(100, 1), 100, 0, True),
        (Offer(100, 1, baseline=50), 120, -20, True),
        (Offer(10, -1, baseline=20), 10.2, 0.2, True),
        (Offer(10, -1, baseline=20), 10.3, 0.3, False),
        (Offer(10, -1, red_flag=20, tolerance=0.1), 11, 1, True),
    ],
)
def test_the_gap_and_when_it_is_agreed(offer, committed, gap, is_converged):
    assert offer.gap(committed) == pytest.approx(gap)
    assert offer.is_converged(committed) is is_converged


def test_round_by_round_an_answer_stands_until_another_is_given():
    offer = Offer(100, 1, baseline=50)
    answers = [{1: Commitment(40), 2: Commitment(30)}, {2: Commitment(45)}, {1: Commitment(39), 3: Commitment(15.5)}]
    assert rounds(offer, "sum", answers) == [
        Round(70, 30, is_converged=False, moved=()),
        Round(85, 15, is_converged=False, moved=(2,)),
        Round(99.5, 0.5, is_converged=True, moved=()),
    ]
    assert rounds(offer, "sum", [{}]) == [Round(None, None, is_converged=False, moved=())]


@given(VALUES, st.sampled_from([1, -1]), st.none() | VALUES, st.none() | VALUES, VALUES, st.floats(0, 1e6))
def test_more_of_the_good_never_widens_the_gap(target, goodness, baseline, red_flag, committed, more):
    offer = Offer(target, goodness, baseline, red_flag)
    assert offer.gap(committed + goodness * more) <= offer.gap(committed) + 1e-6
    assert offer.is_converged(target)
    if offer.is_converged(committed):
        assert offer.is_converged(committed + goodness * more)


@given(st.lists(VALUES, min_size=1, max_size=8), st.sampled_from(["sum", "mean", "min", "max"]))
def test_the_order_of_units_does_not_matter(values, aggregation):
    given_ = [Commitment(value, size=place + 1) for place, value in enumerate(values)]
    assert joined(aggregation, given_) == joined(aggregation, given_[::-1])
