"""Notes on a measure's chart, and breaks across which there is no trend (METHOD §3)."""

from __future__ import annotations

from datetime import date

import pytest

from core.access import Forbidden
from core.actions import Conflict
from organization.roles import Role
from scorecards.actions import AnnotationRow, add_annotation, change_annotation, remove_annotation
from scorecards.models import Annotation, Measure
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    tree = scorecard()
    measure = tree.measure("A")
    for period, value in (("2026-04", 90), ("2026-05", 95), ("2026-06", 100)):
        tree.target(measure, period, 100, red_flag=80)
        tree.record(measure, period, value)
    return tree


def note(tree: Tree, on: date, text: str = "Counted anew", *, is_break: bool = True) -> Annotation:
    row = AnnotationRow(on, text, is_break=is_break)
    return add_annotation(tree.officer, measure=tree.measures["A"], row=row, today=TODAY)


def trends(tree: Tree) -> list[str]:
    return [tree.result(tree.measures["A"], period).trend for period in ("2026-05", "2026-06")]


def test_there_is_no_trend_across_a_break_and_scores_stay(tree):
    assert trends(tree) == ["better", "better"]
    scores = [tree.result(tree.measures["A"], "2026-06").score]
    note(tree, date(2026, 6, 1))
    assert trends(tree) == ["better", ""]
    assert [tree.result(tree.measures["A"], "2026-06").score] == scores


def test_a_break_in_the_middle_of_a_period_parts_it_from_both_neighbours(tree):
    note(tree, date(2026, 5, 15))
    assert trends(tree) == ["", ""]


def test_a_break_that_is_moved_taken_back_or_removed_gives_the_trend_back(tree):
    made = note(tree, date(2026, 6, 1))
    changed = change_annotation(
        tree.officer, annotation=made, values={"on": date(2026, 5, 1)}, expected=made.row_version, today=TODAY
    )
    assert trends(tree) == ["", "better"]
    change_annotation(tree.officer, annotation=changed, values={"is_break": False}, expected=None, today=TODAY)
    assert trends(tree) == ["better", "better"]
    change_annotation(tree.officer, annotation=changed, values={"is_break": True}, expected=None, today=TODAY)
    remove_annotation(tree.officer, annotation=Annotation.objects.get(), today=TODAY)
    assert (trends(tree), Annotation.objects.count()) == (["better", "better"], 0)


def test_a_note_changes_no_result(tree):
    note(tree, date(2026, 6, 1), is_break=False)
    assert trends(tree) == ["better", "better"]


def test_refusals(tree):
    made = note(tree, date(2026, 6, 1))
    with refused("Say in a few words what happened."):
        note(tree, TODAY, "  ")
    with refused("A note has at most 200 characters."):
        change_annotation(tree.officer, annotation=made, values={"text": "x" * 201}, expected=None, today=TODAY)
    with nothing_changes(), pytest.raises(Conflict):
        change_annotation(tree.officer, annotation=made, values={"text": "y"}, expected=7, today=TODAY)
    stranger = factories.member(Role.CONTRIBUTOR, tree.unit)
    with nothing_changes(), pytest.raises(Forbidden):
        add_annotation(stranger, measure=tree.measures["A"], row=AnnotationRow(TODAY, "x"), today=TODAY)
    with nothing_changes(), pytest.raises(Forbidden):
        remove_annotation(stranger, annotation=made, today=TODAY)
    assert Measure.objects.count() == 1
