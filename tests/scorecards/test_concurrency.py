"""Eight writers at once under the same ancestors: no wrong ancestor, no deadlock, and a rebuild finds nothing to change."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db import connection

from core.periods import Frequency, Period
from scorecards.actions import (
    ObservationRow,
    TargetRow,
    WeightRow,
    change_measure,
    close_period,
    rebuild,
    record_observations,
    reopen_period,
    set_targets,
    set_weights,
    tick,
)
from scorecards.actions.formulas import FormulaRefused
from scorecards.models import Measure, Observation, Result
from scorecards.queries.formulas import read_below
from scorecards.rules.formulas import find_loop
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.test_recompute_rebuild import stored

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8
WAYS = {"record", "aim", "weigh", "clock", "rewrite"}
PATIENCE = 60
"""Seconds."""
MONTHS = [Period.of(Frequency.MONTH, TODAY).shift(-back) for back in range(1, 7)]


@dataclass
class House:
    """Two scorecards of one house, an officer of both, and what the writers report."""

    trees: list[Tree]
    measures: list[Measure]
    done: list[str] = field(default_factory=list)
    calculated: list[Measure] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    @property
    def is_wanting(self) -> bool:
        """Whether a way to write was not taken yet: a busy machine takes few steps in a second."""
        return set(self.done) != WAYS

    @classmethod
    def build(cls) -> House:
        root = factories.unit()
        trees = [scorecard(factories.unit(parent=root), perspectives=2, objectives=1) for _ in range(2)]
        officer = factories.member("smo_officer", root)
        measures = []
        for tree in trees:
            tree.officer = officer
            for number in range(4):
                measures.append(
                    tree.measure("M", objective=number % 2, aggregation=["sum", "mean", "last"][number % 3])
                )
        house = cls(trees, measures)
        for tree, reads in zip(trees, (measures[4:6], measures[:2]), strict=True):
            first = tree.measure("C", expression=f"{reads[0].code} + previous({reads[1].code})")
            last = tree.measure("D", objective=None, expression=f"max({first.code}, {measures[0].code})")
            house.calculated += [first, last]
        return house


class Writer(threading.Thread):
    """Writes at random until the time is over and each way to write was taken, on a connection of its own."""

    def __init__(self, house: House, seed: int, until: float) -> None:
        super().__init__()
        self.house, self.dice, self.until = house, random.Random(seed), until

    def run(self) -> None:
        try:
            while time.monotonic() < self.until or (self.house.is_wanting and time.monotonic() < self.until + PATIENCE):
                move = self.dice.choices(
                    [self.record, self.aim, self.weigh, self.clock, self.rewrite], [12, 4, 2, 1, 2]
                )[0]
                move()
                self.house.done.append(move.__name__)
        except BaseException as error:  # noqa: BLE001 - the test says which
            self.house.failures.append(error)
        finally:
            connection.close()

    @property
    def officer(self):
        return self.house.trees[0].officer

    def record(self) -> None:
        """One to four values, often in both scorecards; two writers may well mean the same cell."""
        chosen = self.dice.sample(self.house.measures, self.dice.choice([1, 1, 2, 4]))
        rows = [ObservationRow(m.pk, self.dice.choice(MONTHS), Decimal(self.dice.randint(0, 3000)) / 7) for m in chosen]
        outcome = record_observations(self.officer, rows=rows, today=TODAY)
        assert outcome.count("taken", "changed", "unchanged") == len(rows)

    def aim(self) -> None:
        rows = [
            TargetRow(m.pk, self.dice.choice(MONTHS), Decimal(self.dice.randint(10, 400)), Decimal(5))
            for m in self.dice.sample(self.house.measures, 2)
        ]
        assert set_targets(self.officer, rows=rows, today=TODAY, reason="Agreed anew").refused == []

    def weigh(self) -> None:
        tree = self.dice.choice(self.house.trees)
        objective = self.dice.choice(tree.objectives)
        row = WeightRow(tree.node(objective.perspective).pk, tree.node(objective).pk, Decimal(self.dice.randint(1, 9)))
        assert set_weights(self.officer, rows=[row], from_on=MONTHS[2].start, today=TODAY).refused == []

    def clock(self) -> None:
        tick(TODAY)

    def rewrite(self) -> None:
        """Another formula over measures of both scorecards, calculated ones too; one that closes a loop is refused."""
        measure = self.dice.choice(self.house.calculated)
        one, other = self.dice.sample([*self.house.measures, *self.house.calculated], 2)
        values = {"expression": f"mean_of_present({one.code}, {other.code}) + 1"}
        with suppress(FormulaRefused):
            change_measure(self.officer, measure=measure, values=values, expected=None, today=TODAY)


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def write_for(seconds: float) -> House:
    house, before = House.build(), deadlocks()
    until = time.monotonic() + seconds
    writers = [Writer(house, seed, until) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert house.failures == []
    time.sleep(1.1)  # the server reports its counts once a second
    assert deadlocks() == before
    return house


def check(house: House) -> None:
    """Every ancestor is what a rebuild makes of it, and each cell has one current value and unbroken revisions."""
    assert set(house.done) == WAYS
    reads = read_below([measure.pk for measure in house.calculated])
    assert [find_loop(measure.code, reads) for measure in house.calculated] == [[]] * len(house.calculated)
    left = stored()
    done = rebuild(TODAY)
    assert (done.changed, done.gone) == (0, 0)
    assert stored() == left
    cells: dict[tuple[object, ...], list[Observation]] = {}
    for fact in Observation.objects.order_by("revision"):
        cells.setdefault((fact.series_id, fact.period_start), []).append(fact)
    for facts in cells.values():
        assert [fact.revision for fact in facts] == list(range(1, len(facts) + 1))
        assert [fact.superseded_at for fact in facts] == [*(fact.recorded_at for fact in facts[1:]), None]
    assert Result.objects.count() > 0


def test_eight_writers_under_the_same_ancestors_leave_what_a_rebuild_leaves():
    house = write_for(5)
    assert len(house.done) > WRITERS
    check(house)


@pytest.mark.slow
def test_eight_writers_for_a_minute():
    house = write_for(60)
    assert len(house.done) > 10 * WRITERS
    check(house)


def test_closing_a_period_while_values_of_it_are_written_lets_none_in_afterwards():
    house = House.build()
    tree, measure, period = house.trees[0], house.measures[0], MONTHS[0]
    outcomes: list[str] = []
    failures: list[BaseException] = []
    go = threading.Barrier(WRITERS + 1)

    def write(number: int) -> None:
        try:
            go.wait()
            for step in range(6):
                row = ObservationRow(measure.pk, period, Decimal(number * 100 + step))
                outcomes.append(record_observations(tree.officer, rows=[row], today=TODAY).rows[0].result)
        except BaseException as error:  # noqa: BLE001 - the test says which
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    go.wait()
    lock = close_period(tree.officer, scorecard=tree.card, period=period, today=TODAY)
    for thread in threads:
        thread.join()
    assert failures == []
    assert "refused" in outcomes
    assert not Observation.objects.filter(recorded_at__gte=lock.locked_at).exists()
    assert outcomes.count("taken") + outcomes.count("changed") == Observation.objects.count()
    reopen_period(tree.officer, scorecard=tree.card, period=period, reason="test", today=TODAY)
    assert tree.record(measure, period.key, 1) in {"taken", "changed"}


def test_a_measure_that_moves_while_a_value_is_written_ends_with_the_right_ancestors():
    house = House.build()
    here, there = house.trees
    measure = house.measures[0]

    def together(*works: Callable[[], object]) -> None:
        failures: list[BaseException] = []

        def run(work: Callable[[], object]) -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the test says which
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    for step in range(6):
        objective = (there if step % 2 == 0 else here).objectives[0]
        together(
            lambda objective=objective: change_measure(
                here.officer, measure=measure, values={"objective": objective}, expected=None, today=TODAY
            ),
            lambda step=step: here.record(measure, MONTHS[0].key, step),
        )
    done = rebuild(TODAY)
    assert (done.changed, done.gone) == (0, 0)
