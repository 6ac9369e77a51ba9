"""A planning cycle as days: what is late, what is counted, and steps laid over another year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.rules.cycle import DatedFact, Punctuality, Room, laid_over, punctuality
from planning.rules.usual_steps import USUAL_STEPS

TODAY = date(2026, 7, 9)
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("due", "done", "late"), [(0, None, 0), (1, None, 1), (-3, None, 0), (10, 10, 0), (10, 4, 6), (10, 12, 0)]
)
def test_days_late_run_to_the_day_it_was_done_or_to_today(due, done, late):
    assert DatedFact(1, before(due), None if done is None else before(done)).days_late(TODAY) == late


def test_the_figures_of_a_cycle():
    facts = [
        DatedFact(1, before(90), before(95)),
        DatedFact(2, before(60), before(50)),
        DatedFact(3, before(20)),
        DatedFact(4, before(12), has_owner=False),
        DatedFact(5, before(-30)),
        DatedFact(6, before(-60), before(1)),
    ]
    assert punctuality(facts, TODAY) == Punctuality(due=4, in_time=1, owned=5, steps=6, median_late=11, latest=3)


def test_nothing_due_has_no_median_and_nothing_latest():
    assert punctuality([], TODAY) == Punctuality(0, 0, 0, 0, None, None)
    assert punctuality([DatedFact(1, TODAY)], TODAY) == Punctuality(0, 0, 1, 1, None, None)


@given(st.lists(st.tuples(DAYS, st.none() | DAYS, st.booleans()), max_size=12), DAYS)
def test_what_is_in_time_is_due_and_the_latest_is_open(rows, today):
    facts = [DatedFact(key, *row) for key, row in enumerate(rows)]
    found = punctuality(facts, today)
    assert 0 <= found.in_time <= found.due <= found.steps == len(facts)
    late = {fact.key: fact.days_late(today) for fact in facts if fact.done_on is None and fact.due_on < today}
    assert (found.latest is None) == (not late)
    assert found.latest is None or late[found.latest] == max(late.values())


def test_the_days_of_a_year_lie_at_the_same_places_of_the_next():
    old, new = Room(date(2025, 1, 1), date(2025, 12, 31)), Room(date(2026, 1, 1), date(2026, 12, 31))
    assert laid_over((date(2025, 3, 1), date(2025, 4, 15)), old, new) == (date(2026, 3, 1), date(2026, 4, 15))
    assert laid_over((old.first, old.last), old, new) == (new.first, new.last)
    half = Room(date(2026, 1, 1), date(2026, 7, 2))
    assert laid_over((date(2025, 7, 2), date(2025, 7, 2)), old, half) == (date(2026, 4, 2), date(2026, 4, 2))
    assert laid_over((old.first, old.first), Room(old.first, old.first), new) == (new.first, new.last)


@given(st.tuples(DAYS, DAYS).map(sorted), st.tuples(DAYS, DAYS).map(sorted), st.tuples(DAYS, DAYS).map(sorted))
def test_a_step_laid_over_another_cycle_lies_inside_it(old, new, step):
    days = (min(max(step[0], old[0]), old[1]), min(max(step[1], old[0]), old[1]))
    begins, ends = laid_over(days, Room(*old), Room(*new))
    assert Room(*new).holds(begins, ends)


def test_the_usual_steps_cover_the_six_kinds_in_order_inside_the_cycle():
    kinds = list(dict.fromkeys(step.kind for step in USUAL_STEPS))
    assert kinds == ["prepare", "analyse", "decide", "adopt", "cascade", "test_and_adapt"]
    assert all(0 <= step.begins < step.ends <= 1 for step in USUAL_STEPS)
    assert [step.begins for step in USUAL_STEPS] == sorted(step.begins for step in USUAL_STEPS)
