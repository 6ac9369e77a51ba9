"""Bands of a scorecard: dated, in order, and never under a closed period."""

from __future__ import annotations

from datetime import date

import pytest

from core.access import Forbidden
from core.actions import Refusal
from core.periods import Period
from organization.roles import Role
from scorecards.actions import close_period
from scorecards.actions.bands import BandsRow, set_bands
from scorecards.models import ScorecardBands
from tests.factories.organization import TODAY, member
from tests.factories.scorecards import scorecard

pytestmark = pytest.mark.django_db
FROM = date(2026, 6, 1)


def grown():
    tree = scorecard()
    measure = tree.measure("A")
    for month in ("2026-05", "2026-06"):
        tree.target(measure, month, 700, red_flag=500)
        tree.record(measure, month, 900)
    return tree, measure


def rows(tree):
    found = ScorecardBands.objects.filter(scorecard=tree.card).order_by("valid")
    return [(row.exceeds, row.valid.lower, row.valid.upper) for row in found]


def test_blue_is_switched_on_from_a_day_and_earlier_periods_keep_their_bands():
    tree, measure = grown()
    set_bands(tree.officer, scorecard=tree.card, bands=BandsRow(exceeds=95), from_on=FROM, today=TODAY)
    assert rows(tree) == [(None, None, FROM), (95.0, FROM, None)]
    assert [tree.result(measure, month).status for month in ("2026-05", "2026-06")] == ["on_track", "exceeds"]
    assert tree.result(tree.strategy, "2026-06").status == "exceeds"


def test_the_same_day_again_corrects_and_the_same_bands_change_nothing():
    tree, measure = grown()
    set_bands(tree.officer, scorecard=tree.card, bands=BandsRow(exceeds=95), from_on=FROM, today=TODAY)
    set_bands(tree.officer, scorecard=tree.card, bands=BandsRow(), from_on=FROM, today=TODAY)
    set_bands(tree.officer, scorecard=tree.card, bands=BandsRow(), from_on=TODAY, today=TODAY)
    assert rows(tree) == [(None, None, FROM), (None, FROM, None)]
    assert tree.result(measure, "2026-06").status == "on_track"


@pytest.mark.parametrize(
    ("bands", "sentence"),
    [
        (BandsRow(green=30), "rise from watch"),
        (BandsRow(exceeds=50), "rise from watch"),
        (BandsRow(minimum_coverage=2), "smallest coverage"),
        (BandsRow(tolerance=0), "default red flag"),
    ],
)
def test_impossible_bands_are_refused_and_nothing_changes(bands, sentence):
    tree, _measure = grown()
    with pytest.raises(Refusal, match=sentence):
        set_bands(tree.officer, scorecard=tree.card, bands=bands, from_on=FROM, today=TODAY)
    assert rows(tree) == [(None, None, None)]


def test_a_closed_period_keeps_its_bands():
    tree, _measure = grown()
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-06"), today=TODAY)
    with pytest.raises(Refusal, match="Jun 2026 is closed"):
        set_bands(tree.officer, scorecard=tree.card, bands=BandsRow(exceeds=95), from_on=FROM, today=TODAY)
    assert rows(tree) == [(None, None, None)]


def test_only_the_strategy_office_changes_bands():
    tree, _measure = grown()
    reader = member(Role.EXECUTIVE, tree.unit)
    with pytest.raises(Forbidden):
        set_bands(reader, scorecard=tree.card, bands=BandsRow(exceeds=95), from_on=FROM, today=TODAY)
    assert rows(tree) == [(None, None, None)]
