"""A closed period keeps its calculated values, whatever is recorded in another unit's open scorecard (METHOD §4, §5)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.periods import Period
from scorecards.actions import ObservationRow, close_period, rebuild, record_observations
from scorecards.actions.tracing import trace
from scorecards.models import Measure, Result
from scorecards.queries.restated import recorded_after_closing
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, text
from tests.scorecards.test_keeping import close, rebuilt, reopen

pytestmark = pytest.mark.django_db

MONTHS = ("2026-03", "2026-04", "2026-05")


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def there() -> Tree:
    """The open scorecard with the input, at 10 in every month."""
    tree = scorecard(factories.unit())
    measure = tree.measure("A", aggregation="sum", valid_from=date(2026, 3, 1))
    for month in MONTHS:
        tree.record(measure, month, 10)
    return tree


@pytest.fixture
def here() -> Tree:
    return scorecard(factories.unit())


def calculated(tree: Tree, expression: str, *reads: Measure, **values: Any) -> Measure:
    codes = [f"[{measure.code}]" for measure in reads]
    given = {"method": "meets", "aggregation": "sum", **values}
    made = tree.measure(f"C{len(tree.measures)}", expression=expression.format(*codes), **given)
    for month in MONTHS:
        tree.target(made, month, 15)
    return made


def values(tree: Tree, measure: Measure, *periods: str) -> list[Any]:
    found = [tree.result(measure, period) for period in periods]
    return [each.reason if each.value is None else each.value for each in found]


def test_what_is_recorded_later_elsewhere_does_not_move_a_closed_period(there, here):
    made = calculated(here, "{0} × 2", there.measures["A"])
    close(here, "2026-04")
    before = here.result(here.objectives[0], "2026-04")
    assert there.record(there.measures["A"], "2026-04", 1) == "changed"
    assert there.record(there.measures["A"], "2026-05", 1) == "changed"
    assert values(there, there.measures["A"], "2026-04", "2026-05") == [1.0, 1.0]
    assert values(here, made, *MONTHS, "2026-Q2") == [20.0, 20.0, 2.0, 22.0]
    assert here.result(here.objectives[0], "2026-04").score == before.score == pytest.approx(200 / 3)
    rebuilt(here)


def test_opened_again_it_is_brought_up_to_date_with_all_above(there, here):
    made = calculated(here, "{0} × 2", there.measures["A"])
    close(here, "2026-04")
    there.record(there.measures["A"], "2026-04", 1)
    reopen(here, "2026-04")
    assert values(here, made, "2026-04", "2026-Q2") == [2.0, 22.0]
    assert here.result(here.strategy, "2026-04").score == 0.0
    rebuilt(here)
    close(here, "2026-04")
    there.record(there.measures["A"], "2026-04", 9)
    assert values(here, made, "2026-04") == [2.0]
    rebuilt(here)


def test_what_looks_back_or_is_divided_keeps_all_it_had_read(there, here):
    source = there.measures["A"]
    change, so_far = calculated(here, "{0} − previous({0})", source), calculated(here, "ytd({0})", source)
    ratio = calculated(here, "{0} ÷ previous({0})", source, aggregation="ratio")
    close(here, "2026-04", "2026-05")
    assert values(here, so_far, *MONTHS) == [10.0, 20.0, 30.0]
    there.record(source, "2026-03", 4)
    assert values(here, change, *MONTHS) == ["input_missing", 0.0, 0.0]
    assert values(here, so_far, *MONTHS, "2026-06") == [4.0, 20.0, 30.0, "input_missing"]
    assert values(here, ratio, "2026-04", "2026-05") == [1.0, 1.0]
    there.record(source, "2026-04", None)
    assert values(here, change, *MONTHS) == ["input_missing", 0.0, 0.0]
    assert values(here, ratio, "2026-Q2") == [1.0]
    rebuilt(here)


def test_an_input_that_began_earlier_after_all_leaves_no_gap_in_what_is_closed(there, here):
    so_far = calculated(here, "ytd({0})", there.measures["A"])
    close(here, "2026-04")
    there.record(there.measures["A"], "2026-01", 5)
    assert values(here, so_far, "2026-01", *MONTHS) == [5.0, "input_missing", 20.0, "input_missing"]
    rebuilt(here)


def test_a_chain_over_three_scorecards_reads_what_each_showed(there, here):
    source, third = there.measures["A"], scorecard(factories.unit())
    middle = calculated(here, "{0} × 2", source)
    last = calculated(third, "{0} + 1", middle)
    close(here, "2026-04")
    there.record(source, "2026-04", 1)
    assert values(here, middle, "2026-04") + values(third, last, "2026-04") == [20.0, 21.0]
    close(third, "2026-04")
    reopen(here, "2026-04")
    assert values(here, middle, "2026-04") + values(third, last, "2026-04") == [2.0, 21.0]
    rebuilt(third)
    reopen(third, "2026-04")
    assert values(third, last, "2026-04") == [3.0]
    rebuilt(third)


def test_the_formula_says_what_it_had_found_when_the_period_was_closed(there, here):
    made = calculated(here, "{0} × 2", there.measures["A"])
    close(here, "2026-04")
    there.record(there.measures["A"], "2026-04", 1)
    there.record(there.measures["A"], "2026-05", 1)
    found = {month: trace(made, Period.parse(month), TODAY) for month in ("2026-04", "2026-05")}
    assert [(each.value, *each.read.values()) for each in found.values()] == [(20.0, 10.0), (2.0, 1.0)]


def test_page_api_and_many_rows_write_alike(there, here):
    source = there.measures["A"]
    made = calculated(here, "{0} × 2", source)
    close(here, *MONTHS[:2])
    body = {"rows": [{"measure": source.code, "period": "2026-03", "value": "7"}]}
    client = browser(there.officer)
    answer = client.post("/api/v1/observations/bulk/", json.dumps(body), content_type="application/json")
    assert answer.status_code in {200, 201}, answer.content
    rows = [ObservationRow(source.pk, Period.parse(month), Decimal(8)) for month in MONTHS]
    outcome = record_observations(there.officer, rows=rows, today=TODAY)
    assert [row.result for row in outcome.rows] == ["changed"] * 3
    client.post("/scorecards/updates/save/", {f"v.{source.pk}.2026-04": "3", f"v.{source.pk}.2026-05": "3"})
    assert values(there, source, *MONTHS) == [8.0, 3.0, 3.0]
    assert values(here, made, *MONTHS) == [20.0, 20.0, 6.0]
    rebuilt(here)


def test_once_opened_again_it_carries_the_mark_of_what_was_recorded_after_closing(there, here):
    made = calculated(here, "{0} × 2", there.measures["A"])
    close(here, "2026-04")
    there.record(there.measures["A"], "2026-04", 1)
    there.record(there.measures["A"], "2026-05", 1)
    pages, words = (
        (f"/scorecards/measures/{made.pk}/", f"/scorecards/{here.card.pk}/"),
        "after the period had been closed",
    )
    client = browser(here.officer)
    calendar = Period.parse("2026-04").calendar
    assert recorded_after_closing([made.pk], calendar) == {}
    assert not any(words in text(client.get(f"{page}?p=2026-04")) for page in pages)
    reopen(here, "2026-04")
    found = recorded_after_closing([made.pk], calendar).values()
    assert [(one.measure_id, one.period.key) for one in found] == [(made.pk, "2026-04")]
    assert all(words in text(client.get(f"{page}?p=2026-04")) for page in pages)
    close(here, "2026-04")
    there.record(there.measures["A"], "2026-04", 2)
    assert recorded_after_closing([made.pk], calendar) == {}
    with CaptureQueriesContext(connection) as asked:
        recorded_after_closing([made.pk], calendar)
    assert len(asked) == 3


def test_a_closed_scorecard_does_not_let_its_own_values_be_written(there, here):
    """What is refused stays refused: only the input's own scorecard closes the input."""
    source = there.measures["A"]
    calculated(here, "{0} × 2", source)
    close(here, "2026-04")
    close(there, "2026-04")
    with nothing_changes():
        assert there.record(source, "2026-04", 1) == "refused"


def test_closing_changes_nothing_that_is_shown(there, here):
    calculated(here, "{0} − previous({0})", there.measures["A"])
    kept = list(Result.objects.order_by("node", "frequency", "period_start").values_list())
    close_period(here.officer, scorecard=here.card, period=Period.parse("2026-Q2"), today=TODAY.replace(month=8))
    assert rebuild(TODAY).changed == 0
    assert list(Result.objects.order_by("node", "frequency", "period_start").values_list()) == kept
