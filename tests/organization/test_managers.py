"""Reporting lines are dated, never loop, and their closure is always what a full rebuild would make."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit.models import Event
from core.access import Forbidden
from core.actions import Refusal
from organization.actions.managers import ManagerRow, rebuild_chain, set_managers
from organization.models import ChainRow, ManagerLine
from organization.queries import reports_of
from organization.roles import Role
from tests import factories
from tests.factories.organization import TODAY
from tests.organization.refusing import refused

pytestmark = pytest.mark.django_db
EARLIER = date(2026, 3, 1)


@pytest.fixture
def admin():
    return factories.administrator(factories.unit("Northmere"))


@pytest.fixture
def people(admin):
    """Ann over Bob over Cara; Dan alone."""
    ann, bob, cara, dan = (factories.person(name) for name in ("Ann", "Bob", "Cara", "Dan"))
    set_managers(admin, rows=[ManagerRow(bob, ann), ManagerRow(cara, bob)], on=EARLIER, today=TODAY)
    return ann, bob, cara, dan


def chain():
    return set(ChainRow.objects.values_list("manager__name", "person__name", "depth"))


def test_the_closure_holds_every_manager_above(people):
    ann, *_ = people
    assert chain() == {("Ann", "Bob", 1), ("Bob", "Cara", 1), ("Ann", "Cara", 2)}
    assert [len(reports_of(ann.pk, depth)) for depth in (None, 1, 2)] == [2, 1, 2]


def test_moving_a_manager_moves_everybody_below(admin, people):
    _ann, bob, _cara, dan = people
    changed = set_managers(admin, rows=[ManagerRow(bob, dan)], on=TODAY, today=TODAY)
    assert (changed, chain()) == (1, {("Dan", "Bob", 1), ("Bob", "Cara", 1), ("Dan", "Cara", 2)})
    lines = ManagerLine.objects.filter(person=bob).order_by("valid")
    assert [(line.manager.name, line.valid.lower, line.valid.upper) for line in lines] == [
        ("Ann", EARLIER, TODAY),
        ("Dan", TODAY, None),
    ]
    assert Event.objects.order_by("-pk").values_list("verb", "subject_id").first() == ("set_managers", bob.subject_id)


def test_a_line_ends_when_nobody_is_named(admin, people):
    _ann, bob, _cara, _dan = people
    set_managers(admin, rows=[ManagerRow(bob, None)], on=TODAY, today=TODAY)
    assert chain() == {("Bob", "Cara", 1)}


def test_what_stands_is_not_written_again(admin, people):
    ann, bob, _cara, _dan = people
    assert set_managers(admin, rows=[ManagerRow(bob, ann)], on=TODAY, today=TODAY) == 0
    assert [line.valid.lower for line in ManagerLine.objects.filter(person=bob)] == [EARLIER]


def test_an_earlier_day_rewrites_what_came_after(admin, people):
    _ann, bob, _cara, dan = people
    set_managers(admin, rows=[ManagerRow(bob, dan)], on=EARLIER - timedelta(days=9), today=TODAY)
    assert [line.manager.name for line in ManagerLine.objects.filter(person=bob)] == ["Dan"]


def test_two_may_change_places_in_one_batch(admin, people):
    ann, bob, cara, _dan = people
    rows = [ManagerRow(ann, cara), ManagerRow(bob, None), ManagerRow(cara, bob)]
    set_managers(admin, rows=rows, on=TODAY, today=TODAY)
    assert chain() == {("Bob", "Cara", 1), ("Cara", "Ann", 1), ("Bob", "Ann", 2)}


def test_a_loop_is_named(admin, people):
    ann, _bob, cara, _dan = people
    with refused(
        "This would be a loop of managers: Ann → Cara → Bob → Ann. Choose another manager for one of them.",
        field="manager",
    ):
        set_managers(admin, rows=[ManagerRow(ann, cara)], on=TODAY, today=TODAY)


def test_lines_that_cannot_be_are_refused(admin, people):
    ann, bob, _cara, dan = people
    with refused("Ann cannot report to themselves.", field="manager"):
        set_managers(admin, rows=[ManagerRow(ann, ann)], on=TODAY, today=TODAY)
    with refused("A person is named twice. Name each once, with one manager."):
        set_managers(admin, rows=[ManagerRow(dan, ann), ManagerRow(dan, bob)], on=TODAY, today=TODAY)
    with refused("A reporting line begins today or earlier, not on 10 July 2026.", field="on"):
        set_managers(admin, rows=[ManagerRow(dan, ann)], on=TODAY + timedelta(days=1), today=TODAY)
    bob.is_active = False
    with refused("Bob has left. Choose somebody else.", field="manager"):
        set_managers(admin, rows=[ManagerRow(dan, bob)], on=TODAY, today=TODAY)


def test_hr_partners_set_lines_of_their_branch_only(admin):
    north, south = factories.unit("North"), factories.unit("South")
    partner = factories.member(Role.HR_PARTNER, north)
    ann, bob = factories.person("Ann", home=north), factories.person("Bob", home=south)
    set_managers(partner, rows=[ManagerRow(ann, bob)], on=TODAY, today=TODAY)
    with refused("You may not do this for 1 of 1 rows: Bob.", by=Forbidden):
        set_managers(partner, rows=[ManagerRow(bob, ann)], on=TODAY, today=TODAY)


def test_a_batch_of_lines_costs_the_same_whatever_its_size(admin):
    boss = factories.person("Boss")
    counts = []
    for count in (2, 30):
        rows = [ManagerRow(factories.person(), boss) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            set_managers(admin, rows=rows, on=TODAY, today=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


COUNT = 7
STEPS = st.lists(
    st.lists(
        st.tuples(st.integers(0, COUNT - 1), st.none() | st.integers(0, COUNT - 1)),
        min_size=1,
        max_size=3,
        unique_by=lambda pair: pair[0],
    ),
    min_size=1,
    max_size=6,
)


class EveryHistory(TestCase):
    """Whatever the order of changes: loops alone are refused, and the closure is that of a naive walk."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_the_closure_equals_a_full_rebuild_and_a_naive_walk(self, steps):
        admin = factories.administrator(factories.unit())
        people = [factories.person(f"P{n}") for n in range(COUNT)]
        above: dict[int, int | None] = dict.fromkeys(range(COUNT))
        for step in steps:
            wanted = {**above, **dict(step)}
            rows = [ManagerRow(people[p], None if m is None else people[m]) for p, m in step]
            if _loops(wanted):
                with self.assertRaises(Refusal):
                    set_managers(admin, rows=rows, on=TODAY, today=TODAY)
            else:
                set_managers(admin, rows=rows, on=TODAY, today=TODAY)
                above = wanted
            kept = _stored()
            assert kept == _walk(above, people)
            rebuild_chain(TODAY)
            assert _stored() == kept


def _stored():
    return sorted(ChainRow.objects.values_list("manager_id", "person_id", "depth"))


def _loops(above):
    for start in above:
        seen, current = set(), start
        while current is not None:
            if current in seen:
                return True
            seen.add(current)
            current = above[current]
    return False


def _walk(above, people):
    rows = []
    for start in above:
        depth, current = 1, above[start]
        while current is not None:
            rows.append((people[current].pk, people[start].pk, depth))
            depth, current = depth + 1, above[current]
    return sorted(rows)
