"""Rebuilding everything gives, byte for byte, what single writes and the clock left (METHOD §5, Properties)."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from audit.actions import recording
from core.actions import Refusal
from core.periods import Frequency, Period
from organization.actors import system_actor
from organization.models import OrgUnit
from scorecards.actions import (
    AnnotationRow,
    ObservationRow,
    TargetRow,
    WeightRow,
    add_annotation,
    change_measure,
    rebuild,
    record_observations,
    regrow,
    remove_annotation,
    retire_measure,
    set_rule,
    set_targets,
    set_weights,
    stop_using_measure,
    tick,
    use_measure,
)
from scorecards.actions.bands import BandsRow, set_bands
from scorecards.models import Edge, Measure, Node, Result
from strategy.models import Objective, Perspective, Strategy
from tests import factories
from tests.factories.scorecards import Tree, scorecard

pytestmark = pytest.mark.django_db

SHAPES: list[dict[str, Any]] = [
    {},
    {"polarity": "down", "aggregation": "sum"},
    {"method": "meets", "aggregation": "mean"},
    {"method": "progress", "baseline": Decimal(10), "baseline_on": date(2025, 6, 30), "aggregation": "last"},
    {"method": "range", "polarity": "inside", "tolerance": Decimal(2), "aggregation": "mean"},
    {"method": "yes_no", "aggregation": "last"},
    {"method": "unscored", "aggregation": "max"},
    {"method": "scale", "scale": {"bad": 10, "fair": 50, "good": 90}, "aggregation": "min"},
    {"method": "cagr", "baseline": Decimal(10), "baseline_on": date(2024, 1, 1), "aggregation": "last"},
    {"aggregation": "ratio", "is_percent": True},
    {"aggregation": "count", "is_critical": True},
    {"kind": "leading", "tolerance": Decimal("0.2"), "aggregation": "mean"},
]  # fmt: skip
FORMULAS = [
    "[{0}] + [{1}]", "100 × [{0}] ÷ [{1}]", "[{0}] − previous([{0}])", "ytd([{0}])", "mean_of_present([{0}], [{1}], [{2}])",
    "max([{0}], previous([{1}])) × 2", "ytd([{0}]) ÷ ([{1}] − 3)", "1 ÷ mean_of_present([{0}], previous([{1}]))",
]  # fmt: skip
"""All inputs are without a unit."""
FREQUENCIES = ["week", "month", "month", "month", "quarter", "half_year", "year"]


def stored() -> list[tuple[Any, ...]]:
    """Every column of every result, as the database prints it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM scorecards_result r ORDER BY node_id, frequency, period_start")
        return cursor.fetchall()


class Player:
    """Makes random edits on one or two scorecards."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.today = date(2026, 5, 20)
        dice = self.dice
        root = factories.unit()
        self.trees: list[Tree] = [
            scorecard(
                factories.unit(parent=root), perspectives=dice.randint(1, 2), objectives=dice.randint(1, 2),
                starts_on=date(2025, 3, 10), today=self.today,
            )
            for _ in range(dice.randint(1, 2))
        ]  # fmt: skip
        self.measures: list[tuple[Tree, Measure]] = []
        for _ in range(dice.randint(3, 6)):
            self.add()

    def edit(self) -> None:
        moves: list[tuple[float, Callable[[], None]]] = [
            (10, self.record), (5, self.target), (2, self.weigh), (1, self.add), (1, self.retire), (1, self.change),
            (1, self.move), (2, self.sleep), (1, self.restructure), (0.2, self.close_unit), (2, self.use),
            (1, self.stop_using), (1, self.annotate), (2, self.calculate), (1, self.rewrite), (1, self.settle),
        ]  # fmt: skip
        (move,) = self.dice.choices([move for _, move in moves], [often for often, _ in moves])
        move()

    def add(self) -> None:
        tree = self.dice.choice(self.trees)
        values = dict(self.dice.choice(SHAPES))
        values["frequency"] = self.dice.choice(FREQUENCIES)
        values["grace_days"] = self.dice.choice([0, 5, 15])
        if self.dice.random() < 0.3:
            values["starts_on"] = self.today - timedelta(days=self.dice.randint(-20, 300))
        if self.dice.random() < 0.5:
            values["valid_from"] = self.today - timedelta(days=self.dice.randint(0, 300))
        values["weight"] = Decimal(self.dice.choice(["0", "1", "2.5", "30"]))
        objective = self.dice.choice([None, *range(len(tree.objectives))])
        tree.today = self.today
        self.measures.append((tree, tree.measure("M", objective=objective, **values)))

    def _formula(self) -> str:
        """Of one to three measures, retired ones too where the dice say so: such a one is refused."""
        shape = self.dice.choice(FORMULAS)
        chosen = [self.dice.choice(self.measures)[1].code for _ in range(3)]
        return shape.format(*chosen)

    def calculate(self) -> None:
        """A calculated measure of any frequency over measures of any frequency, of both scorecards."""
        tree = self.dice.choice(self.trees)
        values = {**self.dice.choice(SHAPES[:4] + SHAPES[9:10]), "frequency": self.dice.choice(FREQUENCIES)}
        objective = self.dice.choice([None, *range(len(tree.objectives))])
        tree.today = self.today
        with suppress(Refusal):
            made = tree.measure("C", objective=objective, expression=self._formula(), grace_days=5, **values)
            self.measures.append((tree, made))

    def rewrite(self) -> None:
        """Another formula, or none, where the measure has no values of its own."""
        tree, measure = self._some() or (None, None)
        if measure is not None and tree is not None:
            values = {"expression": self.dice.choice(["", self._formula()]) if measure.expression else self._formula()}
            with suppress(Refusal):
                change_measure(tree.officer, measure=measure, values=values, expected=None, today=self.today)
                measure.refresh_from_db()

    def _period(self, frequency: str, back: int = 420, ahead: int = 0) -> Period:
        day = self.today - timedelta(days=self.dice.randint(-ahead, back))
        return Period.of(Frequency(frequency), day)

    def _some(self) -> tuple[Tree, Measure] | None:
        kept = [(t, m) for t, m in self.measures if m.retired_at is None]
        return self.dice.choice(kept) if kept else None

    def record(self) -> None:
        rows = []
        for _ in range(self.dice.choice([1, 1, 1, 4])):
            tree, measure = self._some() or (None, None)
            if measure is not None:
                rows.append((tree, measure, self._value(measure)))
        for tree in self.trees:
            mine = [row for owner, _, row in rows if owner is tree]
            if mine:
                record_observations(tree.officer, rows=mine, today=self.today, partial=True)

    def _value(self, measure: Measure) -> ObservationRow:
        period = self._period(measure.frequency)
        if self.dice.random() < 0.1:
            return ObservationRow(measure.pk, period, None)
        if measure.aggregation == "ratio":
            top, bottom = Decimal(self.dice.randint(0, 20)), Decimal(self.dice.randint(0, 8))
            return ObservationRow(measure.pk, period, None, top, bottom)
        if measure.method == "yes_no":
            return ObservationRow(measure.pk, period, Decimal(self.dice.randint(0, 1)))
        if measure.method == "scale":
            return ObservationRow(measure.pk, period, Decimal(self.dice.randint(1, 3)))
        return ObservationRow(measure.pk, period, Decimal(self.dice.randint(-50, 400)) / 7)

    def target(self) -> None:
        tree, measure = self._some() or (None, None)
        if measure is None or tree is None:
            return
        frequency = self.dice.choice([measure.frequency, "year"])
        period = self._period(frequency, ahead=200)
        value = Decimal(self.dice.randint(11, 60))
        row = TargetRow(measure.pk, period, value)
        if measure.method == "range":
            row = TargetRow(measure.pk, period, low=value, high=value + 5)
        elif measure.method == "band" and self.dice.random() < 0.6:
            row = TargetRow(measure.pk, period, value, red_flag=value - measure.goodness * 5)
        elif self.dice.random() < 0.1:
            row = TargetRow(measure.pk, period)
        set_targets(tree.officer, rows=[row], today=self.today, reason="Test")

    def weigh(self) -> None:
        tree = self.dice.choice(self.trees)
        from_on = self.today - timedelta(days=self.dice.randint(0, 200))
        edges = list(Edge.objects.filter(parent__scorecard=tree.card, valid__contains=from_on).order_by("pk"))
        if edges:
            edge = self.dice.choice(edges)
            row = WeightRow(edge.parent_id, edge.child_id, Decimal(self.dice.randint(0, 9)))
            set_weights(tree.officer, rows=[row], from_on=from_on, today=self.today)

    def retire(self) -> None:
        tree, measure = self._some() or (None, None)
        if measure is not None and tree is not None:
            with suppress(Refusal):
                retire_measure(tree.officer, measure=measure, today=self.today)
            measure.refresh_from_db()

    def change(self) -> None:
        tree, measure = self._some() or (None, None)
        if measure is not None and tree is not None:
            values = {"grace_days": self.dice.choice([0, 10]), "is_critical": self.dice.random() < 0.5}
            values["interpolates"] = self.dice.random() < 0.5
            change_measure(tree.officer, measure=measure, values=values, expected=None, today=self.today)

    def move(self) -> None:
        tree, measure = self._some() or (None, None)
        if measure is not None and tree is not None:
            other = self.dice.choice([None, *self.dice.choice(self.trees).objectives])
            values = {"objective": other}
            change_measure(tree.officer, measure=measure, values=values, expected=None, today=self.today)

    def use(self) -> None:
        """Let a measure count under an objective that is not its own, of the same or the other scorecard."""
        tree, measure = self._some() or (None, None)
        if measure is not None and tree is not None:
            other = self.dice.choice(self.trees)
            from_on = self.today - timedelta(days=self.dice.choice([0, 30, 300]))
            asked = {"measure": measure, "objective": self.dice.choice(other.objectives), "today": self.today}
            with suppress(Refusal):
                use_measure(other.officer, weight=Decimal(self.dice.randint(0, 40)), from_on=from_on, **asked)

    def stop_using(self) -> None:
        used = list(Edge.objects.filter(child__kind="measure", parent__kind="objective").order_by("pk"))
        edge = self.dice.choice(used) if used else None
        if edge is not None and edge.child.measure is not None:
            tree = next(tree for tree in self.trees if tree.card.pk == edge.parent.scorecard_id)
            from_on = self.today - timedelta(days=self.dice.choice([0, 60]))
            asked = {"measure": edge.child.measure, "objective": edge.parent.objective, "from_on": from_on}
            with suppress(Refusal):
                stop_using_measure(tree.officer, today=self.today, **asked)

    def annotate(self) -> None:
        tree, measure = self._some() or (None, None)
        if measure is not None and tree is not None:
            row = AnnotationRow(self.today - timedelta(days=self.dice.randint(0, 300)), "Moved", is_break=True)
            made = add_annotation(tree.officer, measure=measure, row=row, today=self.today)
            if self.dice.random() < 0.3:
                remove_annotation(tree.officer, annotation=made, today=self.today)

    def restructure(self) -> None:
        """Move or retire an objective, or end the strategy, and let the scorecard follow."""
        tree = self.dice.choice(self.trees)
        objective = self.dice.choice(tree.objectives)
        with recording(system_actor("tests"), "restructure"):
            if self.dice.random() < 0.6:
                layers = list(Perspective.objects.filter(strategy=tree.strategy).order_by("pk"))
                Objective.objects.filter(pk=objective.pk).update(perspective=self.dice.choice(layers))
            elif self.dice.random() < 0.7:
                Objective.objects.filter(pk=objective.pk).update(state=self.dice.choice(["retired", "live"]))
            else:
                Strategy.objects.filter(pk=tree.strategy.pk).update(state=self.dice.choice(["closed", "active"]))
        tree.strategy.refresh_from_db()
        regrow(None, tree.strategy, self.today - timedelta(days=self.dice.choice([0, 0, 60])), self.today)

    def settle(self) -> None:
        """Other bands from a day on, and another rule of roll-up."""
        tree = self.dice.choice(self.trees)
        bands = BandsRow(
            green=self.dice.choice([60, 200 / 3]),
            exceeds=self.dice.choice([None, 95]),
            minimum_coverage=self.dice.choice([0.3, 0.5]),
            tolerance=self.dice.choice([0.1, 0.2]),
        )
        from_on = self.today - timedelta(days=self.dice.choice([0, 100]))
        set_bands(tree.officer, scorecard=tree.card, bands=bands, from_on=from_on, today=self.today)
        node = self.dice.choice(list(tree.card.nodes.exclude(kind="measure").order_by("pk")))
        set_rule(tree.officer, node=node, rule=self.dice.choice(Node.Rule.values), from_on=from_on, today=self.today)

    def close_unit(self) -> None:
        """The only change without a verb of scorecards: the clock finds it. A unit is closed once."""
        tree = self.dice.choice(self.trees)
        tree.unit.refresh_from_db()
        if tree.unit.closed_on is not None:
            return
        with recording(system_actor("tests"), "close_unit"):
            day = self.today - timedelta(days=self.dice.randint(0, 90))
            OrgUnit.objects.filter(pk=tree.unit.pk).update(closed_on=day)
        for _, measure in self.measures:
            measure.unit.refresh_from_db()
        tick(self.today)

    def sleep(self) -> None:
        self.today += timedelta(days=self.dice.choice([1, 3, 16, 40]))
        tick(self.today)


def play(seed: int, edits: int) -> None:
    """Edit at random; after every tenth edit a rebuild must find nothing to change."""
    player = Player(seed)
    for number in range(edits):
        player.edit()
        if number % 10 == 9:
            before = stored()
            done = rebuild(player.today)
            assert stored() == before
            assert (done.changed, done.gone) == (0, 0)
    assert Result.objects.count() > 50
    assert Node.objects.filter(kind="measure").count() == len(player.measures)


@pytest.mark.parametrize("seed", range(5))
def test_a_rebuild_leaves_every_byte_as_writes_and_the_clock_left_it(seed):
    play(seed, 30)


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("seed", range(100, 140))
def test_a_rebuild_leaves_every_byte_after_many_more_edits(seed):
    play(seed, 60)
