"""The plan check and the critical path (METHOD §16): what cannot come true, what is missing, what is too much."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.rules.paths import Edge, Eta, Path, Stop, add_months, circles, etas
from planning.rules.plan_check import (
    Code,
    InitiativeFacts,
    Kind,
    ObjectiveFacts,
    Plan,
    TargetFacts,
    best_gain,
    check,
)

TODAY, END = date(2026, 7, 1), date(2028, 12, 31)
WAVE = (50.0, 52, 49, 51, 50, 48, 51, 50, 52, 49, 50, 51)


def plan(**given_facts) -> Plan:
    return Plan(TODAY, END, **given_facts)


def fine(key: int, **more) -> ObjectiveFacts:
    """An objective with nothing to find but a path."""
    return ObjectiveFacts(key, **{"owner": key, "measures": 2, "reached": TODAY, **more})


def codes(found) -> list[Code]:
    return [one.code for one in found]


# ------------------------------------------------------------------------------------------------- the check
def test_nothing_is_found_in_a_plan_without_fault():
    assert check(plan()) == []
    started = InitiativeFacts(1, (1,), TODAY, date(2027, 6, 30), started=TODAY)
    whole = plan(
        objectives=(fine(1, reached=None), fine(2)),
        initiatives=(started,),
        links=(Edge(1, 1, 2),),
        finished_in_year=4,
        targets=(TargetFacts(1, 53, 1, WAVE, 6),),
    )
    assert check(whole) == []


def test_a_target_beyond_the_natural_range_and_the_best_pace_ever():
    (found,) = check(plan(targets=(TargetFacts(7, 70, 1, WAVE, 6),)))
    assert (found.code, found.kind, found.keys) == (Code.TARGET_BEYOND_PACE, Kind.MEASURE, (7,))
    assert (found.figures["need"], found.figures["best"], found.figures["periods"]) == (19, 4, 6)
    assert found.figures["low"] < 48 < 52 < found.figures["high"] < 70


@pytest.mark.parametrize(
    "target",
    [
        TargetFacts(1, 52, 1, WAVE, 1),  # inside its usual range
        TargetFacts(1, 70, 1, WAVE[:11], 6),  # too short a past
        TargetFacts(1, 30, 1, WAVE, 6),  # reached already
        TargetFacts(1, 120, 1, tuple(100.0 + n for n in range(12)), 9),  # as fast as always
        TargetFacts(1, 60, -1, WAVE, 6),
    ],
)
def test_targets_that_can_be_reached(target):
    assert check(plan(targets=(target,))) == []


def test_for_a_measure_that_should_fall_the_other_way_round():
    (found,) = check(plan(targets=(TargetFacts(1, 20, -1, WAVE, 6),)))
    assert (found.code, found.figures["need"]) == (Code.TARGET_BEYOND_PACE, 31)


def test_the_best_gain_ever_within_so_many_periods():
    assert best_gain(np.array([1.0, 5, 4, 9]), 1, 1) == 5
    assert best_gain(np.array([1.0, 5, 4, 9]), 1, 2) == 5
    assert best_gain(np.array([1.0, 5, 4, 9]), 1, 3) == 8
    assert best_gain(np.array([1.0, 5, 4, 9]), 1, 6) == 16
    assert best_gain(np.array([1.0, 5, 4, 9]), -1, 3) == 1
    assert best_gain(np.array([9.0, 5]), 1, 3) == 0
    assert best_gain(np.array([9.0]), 1, 3) is None


def test_what_should_have_begun():
    begun = InitiativeFacts(1, (), date(2026, 5, 1), started=date(2026, 6, 1))
    waiting = InitiativeFacts(2, (), date(2026, 5, 1))
    coming = InitiativeFacts(3, (), TODAY)
    found = check(plan(initiatives=(begun, waiting, coming), finished_in_year=9))
    assert [(one.code, one.keys, one.figures["days"]) for one in found] == [(Code.STARTED_LATE, (2,), 61)]


def test_objectives_without_a_measure_and_without_a_path():
    found = check(plan(objectives=(fine(1, reached=None), fine(2, measures=0))))
    assert [(one.code, one.keys) for one in found] == [(Code.NO_PATH, (1,)), (Code.NOT_MEASURED, (2,))]


def test_an_objective_that_arrives_after_its_date():
    late = InitiativeFacts(1, (1,), TODAY, date(2027, 1, 31), started=TODAY)
    links = (Edge(1, 1, 2, lag=1, is_necessary=True),)
    objectives = (fine(1, reached=None, due=date(2027, 3, 1)), fine(2, reached=None, due=date(2027, 2, 1)))
    (found,) = check(plan(objectives=objectives, initiatives=(late,), links=links, finished_in_year=4))
    assert (found.code, found.keys) == (Code.ARRIVES_LATE, (2,))
    assert found.figures == {"eta": date(2027, 2, 28), "due": date(2027, 2, 1), "days": 27}


def test_more_open_than_can_be_finished():
    many = tuple(InitiativeFacts(n, started=TODAY) for n in range(20))
    (found,) = check(plan(initiatives=many, finished_in_year=4))
    assert (found.code, found.kind, found.keys) == (Code.OVERLOAD, Kind.STRATEGY, ())
    assert (found.figures["open"], found.figures["quarters"]) == (20, 20)
    assert found.figures["left"] == pytest.approx(10, abs=0.05)
    assert check(plan(initiatives=many, finished_in_year=9)) == []
    assert codes(check(plan(initiatives=many))) == [Code.NONE_FINISHED]


def test_too_many_objectives_and_too_many_of_one_owner():
    found = check(plan(objectives=tuple(fine(n, owner=1 if n < 10 else n) for n in range(26))))
    assert codes(found) == [Code.MANY_OBJECTIVES, Code.ONE_OWNER]
    assert (found[1].kind, found[1].keys, found[1].figures) == (Kind.PERSON, (1,), {"count": 10, "of": 26})
    assert check(plan(objectives=tuple(fine(n, owner=1) for n in range(3)))) == []
    assert check(plan(objectives=tuple(fine(n, owner=n // 4) for n in range(12)))) == []


def test_links_in_a_circle_are_found_whether_necessary_or_not():
    links = (Edge(1, 1, 2), Edge(2, 2, 3, is_necessary=True), Edge(3, 3, 1), Edge(4, 3, 4))
    found = check(plan(objectives=tuple(fine(n) for n in range(1, 5)), links=links))
    assert [(one.code, one.keys) for one in found] == [(Code.LINKS_IN_A_CIRCLE, (1, 2, 3))]


# ------------------------------------------------------------------------------------------------- the paths
def needs(*pairs: tuple[int, int], lag: int = 0) -> list[Edge]:
    return [Edge(n, *pair, lag=lag, is_necessary=True) for n, pair in enumerate(pairs)]


def test_the_latest_of_what_is_needed_decides():
    stops = [Stop(1, ends=(date(2026, 9, 30), date(2027, 1, 31))), Stop(2, ends=(date(2026, 8, 1),)), Stop(3)]
    found = etas(stops, needs((1, 3), (2, 3), lag=3), TODAY)
    assert found[1] == Eta(Path.DATED, date(2027, 1, 31))
    assert found[3] == Eta(Path.DATED, date(2027, 4, 30), via=1)


def test_helpful_links_and_reached_objectives_do_not_hold_anything_up():
    stops = [Stop(1), Stop(2, ends=(date(2026, 8, 1),)), Stop(3, reached=date(2026, 1, 15))]
    found = etas(stops, [Edge(1, 1, 2, lag=9), *needs((1, 3)), *needs((3, 2), lag=2)], TODAY)
    assert found == {
        1: Eta(Path.NO_PATH),
        2: Eta(Path.DATED, date(2026, 8, 1)),
        3: Eta(Path.REACHED, date(2026, 1, 15)),
    }


def test_what_is_still_to_come_is_not_dated_before_today():
    assert etas([Stop(1, ends=(date(2025, 1, 1),))], [], TODAY) == {1: Eta(Path.DATED, TODAY)}


def test_circles_and_what_rests_on_them_have_no_date():
    stops = [Stop(1, ends=(END,)), Stop(2), Stop(3), Stop(4, ends=(None,))]
    found = etas(stops, needs((1, 2), (2, 1), (2, 3)), TODAY)
    assert [found[key].path for key in (1, 2, 3, 4)] == [Path.CIRCLE, Path.CIRCLE, Path.NO_DATE, Path.NO_DATE]


def test_months_are_added_up_to_the_end_of_a_shorter_month():
    assert add_months(date(2026, 10, 31), 4) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 1), 0) == date(2026, 12, 1)


graphs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=20)


@given(graphs)
def test_a_circle_is_where_one_comes_back(pairs):
    onward: dict[int, set[int]] = {n: {b for a, b in pairs if a == n} for n in range(10)}

    def reached(start: int) -> set[int]:
        seen: set[int] = set()
        todo = [start]
        while todo:
            todo += (new := onward[todo.pop()] - seen)
            seen |= new
        return seen

    round_about = {n for n in range(10) if n in reached(n)}
    parts = circles(needs(*pairs))
    assert {key for part in parts for key in part} == round_about
    assert all(b in reached(a) for part in parts for a in part for b in part)
    assert sum(map(len, parts)) == len(round_about)


@given(graphs, st.lists(st.integers(0, 900), min_size=10, max_size=10))
def test_nothing_is_reached_before_what_it_needs(pairs, days):
    stops = [Stop(n, ends=(TODAY + timedelta(days=day),)) for n, day in enumerate(days)]
    found = etas(stops, needs(*pairs, lag=2), TODAY)
    for stop in stops:
        if found[stop.key].path is Path.DATED:
            sources = [found[a].day for a, b in pairs if b == stop.key]
            assert found[stop.key].day == max([*stop.ends, *(add_months(day, 2) for day in sources)])
        else:
            assert pairs
