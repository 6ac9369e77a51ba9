"""Closed periods under random edits: they keep what they showed, and a rebuild finds every byte (METHOD §3, §5)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actions import Refusal
from core.periods import Period
from scorecards.actions import (
    ObservationRow,
    TargetRow,
    change_measure,
    close_period,
    rebuild,
    record_observations,
    reopen_period,
    set_rule,
    set_targets,
)
from scorecards.models import Measure, Node, PeriodLock, Result
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.test_recompute_rebuild import stored

pytestmark = pytest.mark.django_db

MONTHS = [f"2026-0{month}" for month in range(1, 7)]
CLOSABLE = [*MONTHS, "2026-Q1", "2026-Q2"]
PLAN = {"baseline": Decimal(100), "baseline_on": date(2024, 12, 31), "aggregation": "last"}
moves = st.tuples(
    st.sampled_from(["record", "record", "target", "baseline", "rule", "close", "close", "reopen"]),
    st.integers(0, 11),
    st.integers(0, 11),
    st.integers(1, 400),
)


class House:
    """Two scorecards: measures with a plan, a ladder and a yearly one, and formulas that read over both, in a chain."""

    def __init__(self) -> None:
        self.trees = [scorecard(factories.unit(), objectives=2) for _ in range(2)]
        one, two = self.trees
        self.planned = [one.measure("P", method="progress", **PLAN), two.measure("G", method="cagr", **PLAN)]
        self.recorded = [
            *self.planned,
            one.measure("L", interpolates=True, aggregation="sum", valid_from=date(2026, 1, 1)),
            two.measure("B", aggregation="sum", valid_from=date(2026, 2, 1)),
        ]
        self.yearly = two.measure("Y", frequency="year", method="meets", aggregation="last")
        two.record(self.yearly, "FY2025", 7)
        self.owners = {m.pk: tree for tree in self.trees for m in tree.measures.values()}
        self._formula(one, "[{}] + previous([{}])", self.recorded[3], self.recorded[1])
        first = self._formula(two, "ytd([{}]) ÷ [{}]", self.recorded[2], self.recorded[0], aggregation="ratio")
        self._formula(one, "[{}] × 2 + mean_of_present([{}])", first, self.recorded[3])

    def _formula(self, tree: Tree, shape: str, *reads: Measure, **values: Any) -> Measure:
        expression = shape.format(*(each.code for each in reads))
        made = tree.measure(f"C{len(tree.measures)}", method="progress", expression=expression, **{**PLAN, **values})
        self.owners[made.pk] = tree
        return made

    def play(self, move: str, which: int, when: int, size: int) -> None:
        """One edit; what is refused changes nothing."""
        with suppress(Refusal):
            getattr(self, move)(which, when, size)

    def record(self, which: int, when: int, size: int) -> None:
        measure = self.recorded[which % len(self.recorded)]
        row = ObservationRow(measure.pk, Period.parse(MONTHS[when % len(MONTHS)]), Decimal(size) / 7)
        record_observations(self.owners[measure.pk].officer, rows=[row], today=TODAY)

    def target(self, which: int, when: int, size: int) -> None:
        pk = sorted(self.owners)[which % len(self.owners)]
        period = "FY2025" if pk == self.yearly.pk else [*MONTHS, "2026-Q2", "FY2026", "FY2027"][when % 9]
        row = TargetRow(pk, Period.parse(period), Decimal(101 + size))
        set_targets(self.owners[pk].officer, rows=[row], today=TODAY, reason="Test")

    def baseline(self, which: int, when: int, size: int) -> None:
        measure = self.planned[which % 2]
        values = {"baseline": Decimal(size) / 4, "baseline_on": date(2024, 12, 31) - timedelta(days=when)}
        change_measure(self.owners[measure.pk].officer, measure=measure, values=values, expected=None, today=TODAY)

    def rule(self, which: int, when: int, size: int) -> None:
        tree = self.trees[which % 2]
        node = Node.objects.filter(scorecard=tree.card, kind="objective").order_by("pk")[when % 2]
        day = None if size % 3 == 0 else TODAY - timedelta(days=size % 250)
        set_rule(tree.officer, node=node, rule=Node.Rule.values[size % 3], today=TODAY, from_on=day)

    def close(self, which: int, when: int, size: int) -> None:
        tree, period = self.trees[which % 2], Period.parse(CLOSABLE[when % len(CLOSABLE)])
        close_period(tree.officer, scorecard=tree.card, period=period, today=TODAY)

    def reopen(self, which: int, when: int, size: int) -> None:
        tree, period = self.trees[which % 2], Period.parse(CLOSABLE[when % len(CLOSABLE)])
        reopen_period(tree.officer, scorecard=tree.card, period=period, reason="Test", today=TODAY)

    def kept(self) -> dict[tuple[int, date], tuple[Any, ...]]:
        """What every closed month shows, of all nodes of its scorecard."""
        found = {}
        for lock in PeriodLock.objects.filter(opened_at=None):
            months = Result.objects.filter(
                node__scorecard=lock.scorecard_id, frequency="month",
                period_start__range=(lock.period_start, lock.period(Period.parse("2026-01").calendar).end),
            )  # fmt: skip
            for one in months.filter(node__measure__frequency="month"):
                found[one.node_id, one.period_start] = (one.value, one.target, one.score, one.status)
        return found


def played(edits: list[tuple[str, int, int, int]]) -> None:
    """In a transaction that is taken back, as examples share one."""
    with transaction.atomic():
        house = House()
        for edit in edits:
            before = {} if edit[0] == "reopen" else house.kept()
            house.play(*edit)
            after = house.kept()
            assert {key: after[key] for key in before} == before, edit
        stands = stored()
        done = rebuild(TODAY)
        assert (stored(), done.changed, done.gone) == (stands, 0, 0)
        Result.objects.all().delete()
        rebuild(TODAY)
        assert stored() == stands
        transaction.set_rollback(True)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(moves, min_size=5, max_size=12))
def test_closed_months_keep_what_they_showed_and_a_rebuild_agrees(edits):
    played(edits)


@pytest.mark.slow
@pytest.mark.simulation
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(moves, min_size=8, max_size=30))
def test_closed_months_keep_what_they_showed_after_many_more_edits(edits):
    played(edits)
