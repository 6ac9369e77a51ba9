"""Options, assumptions and scenarios (METHOD §3a): who wins and until when, what is left of a belief, what has begun."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planning.rules.assumptions import (
    Belief,
    confidence,
    course,
    doubtful_on,
    flagged,
    is_doubtful,
    months_between,
    months_until_doubtful,
)
from planning.rules.options import choose, reweighted
from planning.rules.scenarios import Trigger, fires, has_fired, in_a_row

NONE = float("nan")


def chosen(scores, weights):
    return choose(np.array(scores, dtype=np.float64), np.array(weights))


# --------------------------------------------------------------------------------------------------- options
def test_an_options_score_is_the_weighted_sum():
    choice = chosen([[8, 2, 5], [4, 9, 5]], [0.5, 0.3, 0.2])
    assert choice.scores == pytest.approx((5.6, 5.7))
    assert choice.winner == 1
    assert choice.tied == (0, 1)


def test_the_choice_holds_unless_a_weight_passes_its_limit():
    choice = chosen([[10, 0], [4, 5]], [0.6, 0.4])
    assert (choice.winner, choice.tied) == (0, ())
    assert [(hinge.criterion, hinge.rival) for hinge in choice.hinges] == [(0, 1), (1, 1)]
    assert choice.weakest.limit == pytest.approx(5 / 11)
    assert choice.weakest.change == pytest.approx(0.6 - 5 / 11)
    assert choice.hinges[1].limit == pytest.approx(6 / 11)


def test_what_is_best_by_every_criterion_wins_under_any_weights():
    assert chosen([[9, 8], [7, 6], [1, 1]], [0.5, 0.5]).weakest is None
    assert chosen([[9]], [1.0]).hinges == ()
    assert chosen([[3, 9], [4, 1]], [1.0, 0.0]).winner == 1


def test_of_equal_options_the_first_wins_and_the_least_change_turns_it():
    choice = chosen([[6, 4], [4, 6]], [0.5, 0.5])
    assert (choice.winner, choice.tied, choice.weakest.change) == (0, (0, 1), 0)
    assert chosen([[6, 4], [6, 4]], [0.5, 0.5]).hinges == ()


def test_a_tie_is_within_five_per_cent_of_the_best():
    assert chosen([[10], [9.5], [9.4]], [1.0]).tied == (0, 1)
    assert chosen([[0], [0]], [1.0]).tied == (0, 1)


@pytest.mark.parametrize(
    ("scores", "weights"),
    [
        ([[11]], [1.0]),
        ([[-1]], [1.0]),
        ([[NONE]], [1.0]),
        ([[5, 5]], [0.5, 0.4]),
        ([[5, 5]], [1.5, -0.5]),
        ([[5]], [0.5, 0.5]),
    ],
)
def test_what_cannot_be_weighed_is_refused(scores, weights):
    with pytest.raises(ValueError, match=r"scores|weights"):
        chosen(scores, weights)


@st.composite
def tables(draw):
    options, criteria = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    scores = draw(arrays(np.int64, (options, criteria), elements=st.integers(0, 10))).astype(np.float64)
    parts = draw(arrays(np.int64, criteria, elements=st.integers(1, 20))).astype(np.float64)
    return scores, parts / parts.sum()


@given(tables())
def test_the_winner_holds_up_to_the_limit_and_the_rival_wins_beyond(drawn):
    scores, weights = drawn
    choice = choose(scores, weights)
    for hinge in choice.hinges:
        step = 1e-5 * (1 if hinge.is_up else -1)
        assume(0 < hinge.limit + step < 1)
        beyond = scores @ reweighted(weights, hinge.criterion, hinge.limit + step)
        assert beyond[hinge.rival] > beyond[choice.winner]


@given(tables(), st.integers(0, 4), st.floats(0, 1))
def test_no_smaller_change_of_one_weight_changes_the_winner(drawn, at, to):
    scores, weights = drawn
    choice = choose(scores, weights)
    criterion = at % len(weights)
    smallest = min((one.change for one in choice.hinges if one.criterion == criterion), default=2.0)
    assume(abs(to - weights[criterion]) < smallest - 1e-9)
    found = scores @ reweighted(weights, criterion, to)
    assert found[choice.winner] >= found.max() - 1e-9


# ----------------------------------------------------------------------------------------------- assumptions
def test_confidence_halves_in_its_half_life():
    found = confidence(np.array([0.8, 0.8, 0.8]), np.array([0.0, 12.0, 6.0]))
    assert found == pytest.approx([0.8, 0.4, 0.8 / 2**0.5])
    assert confidence(np.array([0.8]), np.array([12.0]), 24.0) == pytest.approx([0.8 / 2**0.5])


def test_doubt_begins_under_four_tenths_or_when_falsified():
    assert list(is_doubtful(np.array([0.4, 0.39, 0.9]), np.array([False, False, True]))) == [False, True, True]
    assert months_until_doubtful(0.8) == pytest.approx(12)
    assert months_until_doubtful(0.3) == 0


@given(st.floats(0.41, 1), st.floats(1, 60))
def test_after_the_months_until_doubt_confidence_is_four_tenths(at_first, half_life):
    after = np.array([months_until_doubtful(at_first, half_life)])
    assert confidence(np.array([at_first]), after, half_life) == pytest.approx([0.4])


def test_a_doubtful_assumption_flags_all_that_it_carries():
    beliefs = [
        Belief(1, 0.9, 30, carries=(10, 11)),
        Belief(2, 0.9, 3, carries=(10, 12)),
        Belief(3, 1.0, 0, carries=(11,), is_falsified=True),
    ]
    assert flagged(beliefs) == {10: (1,), 11: (1, 3)}
    assert flagged([]) == {}


@given(st.floats(0.4, 1), st.floats(1, 60))
def test_doubt_begins_on_its_first_day_and_not_before(at_first, half_life):
    begins = doubtful_on(date(2026, 1, 1), at_first, half_life)
    found = [(date(2026, 1, 1), at_first)]
    (on_the_day, after) = course(found, [begins, begins + timedelta(days=1)], half_life)
    assert (on_the_day <= 0.4 + 1e-9, after < 0.4) == (True, True)
    before = begins - timedelta(days=1)
    assert before < date(2026, 1, 1) or course(found, [before], half_life)[0] > 0.4 - 1e-9


def test_the_course_starts_anew_with_each_finding_and_breaks_where_it_was_found_wrong():
    january, march, may, june = (date(2026, month, 1) for month in (1, 3, 5, 6))
    found = [(january, 0.8), (march, 0.9), (march, 0.7), (may, None), (june, 0.5)]
    line = course(found, [date(2025, 12, 1), january, march, may, june])
    assert line == (None, 0.8, 0.7, None, 0.5)


def test_months_are_of_equal_length_and_never_negative():
    assert months_between(date(2026, 1, 1), date(2027, 1, 1)) == pytest.approx(12, abs=0.01)
    assert months_between(date(2026, 5, 2), date(2026, 5, 1)) == 0


# ------------------------------------------------------------------------------------------------- scenarios
def test_a_trigger_fires_once_when_enough_periods_in_a_row_stand_beyond_the_limit():
    values = np.array([5, 6, 7, 5, 6, 7, 8, 9, NONE, 9, 9.0])
    trigger = Trigger(5, is_above=True, periods=3)
    assert list(in_a_row(values, trigger)) == [0, 1, 2, 0, 1, 2, 3, 4, 0, 1, 2]
    assert list(np.flatnonzero(fires(values, trigger))) == [6]
    assert not has_fired(values, trigger)
    assert has_fired(values[:8], trigger)


def test_a_trigger_below_a_limit_and_many_series_at_once():
    values = np.array([[3, 2, 1.0], [1, 2, 2.0]])
    assert list(has_fired(values, Trigger(2.5, is_above=False, periods=3))) == [False, True]
    assert not has_fired(np.array([]), Trigger(1, is_above=True))


def test_a_trigger_asks_for_a_period():
    with pytest.raises(ValueError, match="one period"):
        Trigger(1, is_above=True, periods=0)


@given(st.lists(st.one_of(st.just(NONE), st.integers(0, 3).map(float)), max_size=30), st.integers(1, 4), st.booleans())
def test_it_fires_where_the_last_so_many_are_beyond_and_the_one_before_is_not(values, periods, is_above):
    trigger = Trigger(1.5, is_above=is_above, periods=periods)
    beyond = [value > 1.5 if is_above else value < 1.5 for value in values]
    wanted = [
        at + 1 >= periods and all(beyond[at + 1 - periods : at + 1]) and not (at >= periods and beyond[at - periods])
        for at in range(len(values))
    ]
    assert list(fires(np.array(values), trigger)) == wanted
