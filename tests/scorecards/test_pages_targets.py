"""Targets of a year in the browser: refusals at the cell, reasons, conflicts, and those eased before their date."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from core.periods import At, Frequency, Period
from organization.roles import Role
from scorecards.actions import TargetRow, close_period, set_targets
from scorecards.models import Measure, Target
from scorecards.queries.targets import eased_targets
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes, told
from tests.scorecards.showing import browser, queries, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree() -> Tree:
    tree = scorecard()
    tree.measure("A")
    return tree


def url(measure: Measure, year: str = "2026") -> str:
    return f"/scorecards/measures/{measure.pk}/targets/?year={year}"


def sent(measure: Measure, **cells: Any) -> dict[str, Any]:
    """What the grid sends: every cell as it is stored, and these instead; `Jun_value` is the target of June."""
    data: dict[str, Any] = {"reason": "", "approved_by": ""}
    for month in range(1, 13):
        data |= {f"2026-{month:02}.{name}": "" for name in ("value", "red_flag", "stretch")}
    for key in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2026-H1", "2026-H2", "2026"):
        data |= {f"{key}.{name}": "" for name in ("value", "red_flag", "stretch")}
    for row in Target.objects.filter(measure=measure, superseded_at=None, frequency="month"):
        key = f"{row.period_start:%Y-%m}"
        numbers = {"value": row.value, "red_flag": row.red_flag, "stretch": row.stretch}
        data |= {f"{key}.{name}": "" if number is None else str(number) for name, number in numbers.items()}
        data[f"{key}.seen"] = row.revision
    return data | {name.replace("Jun_", "2026-06.").replace("Jul_", "2026-07."): each for name, each in cells.items()}


def test_targets_red_flags_and_stretches_of_a_year_are_set_at_once(tree):
    measure = tree.measures["A"]
    boss = factories.person()
    client = browser(tree.officer)
    answer = client.post(
        url(measure),
        sent(measure, Jun_value="100", Jun_red_flag="90.5", Jun_stretch="120", Jul_value="110",
             reason="Board", approved_by=boss.email),
    )  # fmt: skip
    assert answer["Location"].endswith("?year=FY2026")
    june, july = Target.objects.order_by("period_start")
    assert (june.value, june.red_flag, june.stretch, june.reason, june.approved_by) == (
        100,
        Decimal("90.5"),
        120,
        "Board",
        boss,
    )
    assert (july.value, july.red_flag) == (110, None)
    assert "2 targets were set." in text(client.get(url(measure)))


@pytest.mark.parametrize(("method", "cells", "sentence"), [
    ({}, {"Jun_value": "100", "Jun_red_flag": "100"},
     "Target and red flag are both 100; the red flag must be a worse value than the target."),
    ({}, {"Jun_value": "100", "Jun_red_flag": "101"}, "Higher is better here, so the red flag must lie below the target"),
    ({}, {"Jun_value": "100", "Jun_red_flag": "90", "Jun_stretch": "99"},
     "so the stretch 99 must not be worse than the target 100"),
    ({}, {"Jun_value": "0"}, "With a target of 0 a relative tolerance says nothing"),
    ({"tolerance": Decimal("0.2")}, {"Jun_value": "0"}, "With a target of 0 a relative tolerance says nothing"),
    ({}, {"Jun_red_flag": "90"}, "Give the target that the red flag and the stretch belong to."),
    ({}, {"Jun_value": "NaN"}, "is not a number. Write it with digits, for example 1234.5."),
    ({}, {"Jun_value": "-Infinity"}, "is not a number."),
    ({}, {"Jun_value": "1e400"}, "has more digits than can be stored"),
    ({}, {"Jun_value": "1e20"}, "cannot be computed with; give a number of at most 1e15."),
    ({"polarity": "down"}, {"Jun_value": "5", "Jun_red_flag": "4"}, "Lower is better here, so the red flag must lie above"),
])  # fmt: skip
def test_what_is_wrong_stands_at_its_line_and_nothing_is_set(tree, method, cells, sentence):
    measure = tree.measure("B", **method)
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(url(measure), sent(measure, Jul_value="50", **cells))
    assert answer.status_code == 422
    page = text(answer)
    row = re.search(r"<tr> <th[^>]*>Jun 2026.*?</tr>", page)
    assert row is not None
    assert sentence in row.group().replace("&#x27;", "'")
    assert 'value="50"' in page


def test_a_change_wants_a_reason_and_shows_the_first_target_beside_it(tree):
    measure = tree.measures["A"]
    client = browser(tree.officer)
    client.post(url(measure), sent(measure, Jun_value="100"))
    with nothing_changes():
        answer = client.post(url(measure), sent(measure, Jun_value="95"))
    assert "Jun 2026 has a target already. Say why it changes" in text(answer)
    assert client.post(url(measure), sent(measure, Jun_value="95", reason="Flood")).status_code == 302
    page = text(client.get(url(measure)))
    assert re.search(r"Jun 2026.*?<td class=\"smo-t2\">100(\.0)?</td>.*?Flood", page)


def test_two_who_set_the_same_target_the_second_sees_it_and_may_save_again(tree):
    measure = tree.measures["A"]
    client = browser(tree.officer)
    mine = sent(measure, Jun_value="90", **{"2026-06.seen": "0"})
    client.post(url(measure), sent(measure, Jun_value="100"))
    with nothing_changes():
        answer = client.post(url(measure), mine)
    page = text(answer)
    assert answer.status_code == 422
    assert "Jun 2026 was changed by someone else meanwhile." in page
    assert re.search(r'name="2026-06.seen" value="1"', page)
    again = {**mine, "2026-06.seen": "1", "reason": "Mine"}
    assert client.post(url(measure), again).status_code == 302
    assert Target.objects.get(superseded_at=None).value == 90


def test_a_closed_period_has_no_inputs(tree):
    measure = tree.measures["A"]
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-06"), today=TODAY)
    page = text(browser(tree.officer).get(url(measure)))
    assert "Jun 2026 is closed" in page
    assert 'name="2026-06.value"' not in page
    assert 'name="2026-07.value"' in page


def test_a_range_asks_for_its_ends_and_a_ladder_shows_its_line(tree):
    measure = tree.measure("R", method="range", polarity="inside", tolerance=Decimal(2))
    client = browser(tree.officer)
    page = text(client.get(url(measure)))
    assert 'name="2026-06.low"' in page
    assert 'name="2026-06.value"' not in page
    ladder = tree.measure("L", interpolates=True)
    tree.target(ladder, "2026-03", 100, red_flag=90)
    tree.target(ladder, "2026-06", 191, red_flag=90)
    assert "on the line: 130" in text(client.get(url(ladder)))


def test_who_may_not_set_targets_reads_them(tree):
    measure = tree.measures["A"]
    tree.target(measure, "2026-06", 100)
    client = browser(factories.member(Role.EMPLOYEE, tree.unit))
    page = text(client.get(url(measure)))
    assert 'name="2026-06.value"' not in page
    assert "100" in page
    with nothing_changes():
        assert client.post(url(measure), sent(measure, Jun_value="95", reason="x")).status_code == 403


def test_the_grid_takes_as_many_queries_for_twelve_targets_as_for_one(tree):
    measure = tree.measures["A"]
    client = browser(tree.officer)
    tree.target(measure, "2026-06", 100)
    few = queries(client, url(measure))
    for month in range(1, 13):
        tree.target(measure, f"2026-{month:02}", 50 + month)
        tree.target(measure, f"2026-{month:02}", 60 + month)
    assert queries(client, url(measure)) == few <= 20


def test_a_year_that_is_none_falls_back_to_this_one(tree):
    client = browser(tree.officer)
    assert client.get(url(tree.measures["A"], "x")).context["report"].year.key == "FY2026"


# --------------------------------------------------------------------------------------------------- eased
def change(tree: Tree, period: str, value: int | None, **given: Any) -> None:
    row = TargetRow(tree.measures["A"].pk, Period.parse(period), None if value is None else Decimal(value), **given)
    set_targets(tree.officer, rows=[row], today=TODAY, reason="Flood")


def test_targets_eased_within_sixty_days_of_their_date_are_listed(tree):
    change(tree, "2026-06", 100)
    recorded = Target.objects.get().recorded_at.date()
    this = Period.of(Frequency.MONTH, recorded)
    keys = {name: this.shift(step).key for name, step in (("harder", -1), ("gone", 0), ("eased", 1), ("far", 6))}
    for key in keys.values():
        change(tree, key, 100)
    for name, value in (("harder", 110), ("gone", None), ("eased", 99), ("far", 50)):
        change(tree, keys[name], value)
    found = eased_targets(tree.officer, tree.card, At(this, None, recorded))
    shown = {one.period.key: (one.was, one.now, one.reason) for one in found}
    assert shown == {keys["gone"]: ("100.0", "taken away", "Flood"), keys["eased"]: ("100.0", "99.0", "Flood")}
    assert eased_targets(tree.officer, tree.card, At(this, None, recorded), since=recorded) == []


def test_a_wider_range_is_eased(tree):
    measure = tree.measures["A"] = tree.measure("R", method="range", polarity="inside", tolerance=Decimal(2))
    change(tree, "2026-06", None, low=Decimal(10), high=Decimal(20))
    change(tree, "2026-06", None, low=Decimal(8), high=Decimal(20))
    recorded = Target.objects.latest("pk").recorded_at.date()
    (one,) = eased_targets(tree.officer, tree.card, At(Period.parse("2026-06"), None, recorded))
    assert (one.measure, one.was, one.now) == (measure, "10 to 20", "8 to 20")


def test_rows_of_a_program_say_what_they_have_seen(tree):
    measure = tree.measures["A"]
    tree.target(measure, "2026-06", 100)
    row = TargetRow(measure.pk, Period.parse("2026-06"), Decimal(90), seen=0)
    with nothing_changes():
        outcome = set_targets(tree.officer, rows=[row], today=TODAY, reason="x")
    assert told(outcome) == [
        (0, "refused", "Jun 2026 was changed by someone else meanwhile. Look at what they wrote, then save again.")
    ]
