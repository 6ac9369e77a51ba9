"""Saving what was typed: one judgement for page, grid and file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.periods import Period
from organization.roles import Role
from scorecards.actions import close_period
from scorecards.actions.entries import Entry, Saved, Seen, Typed, save_entries
from scorecards.models import Observation, Submission
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards.refusals import nothing_changes

pytestmark = pytest.mark.django_db
MAY, JUNE = Period.parse("2026-05"), Period.parse("2026-06")


@pytest.fixture
def tree():
    return scorecard()


def entry(measure, text, period=JUNE, part="value") -> Entry:
    return Entry(f"{part[0]}.{measure.pk}.{period.key}", (measure.pk, period), part, text)


def save(tree, *entries, only_right=False, **more) -> Saved:
    return save_entries(tree.officer, typed=Typed(entries, **more), today=TODAY, only_right=only_right)


def stored(measure, period=JUNE) -> list:
    rows = Observation.objects.filter(series__measure=measure, period_start=period.start).order_by("revision")
    return [row.value for row in rows]


# ---------------------------------------------------------------------------------------------------------- taken
def test_what_is_new_is_saved_and_blanks_and_what_stands_there_say_nothing(tree):
    one, two, three = (tree.measure(name) for name in "ABC")
    tree.record(two, "2026-06", 5)
    found = save(tree, entry(one, "1.234,5"), entry(two, "5"), entry(two, "", MAY), entry(three, " "))
    assert (found.is_saved, found.results) == (True, {(one.pk, JUNE): "taken"})
    assert (stored(one), stored(two), stored(three)) == ([1234.5], [5], [])


def test_both_numbers_of_a_ratio_make_one_value_and_one_of_them_keeps_the_other(tree):
    ratio = tree.measure("R", aggregation="ratio", is_percent=True)
    save(tree, entry(ratio, "3", part="numerator"), entry(ratio, "4", part="denominator"))
    save(tree, entry(ratio, "2", part="numerator"), entry(ratio, "4", part="denominator"))
    assert stored(ratio) == [75, 50]
    save(tree, entry(ratio, "1", part="numerator"), entry(ratio, "", part="denominator"))
    assert stored(ratio)[-1] == 25


def test_words_of_yes_and_no_and_of_a_scale_are_read(tree):
    yes_no = tree.measure("Y", method="yes_no")
    scale = tree.measure("S", method="scale", scale={"late": 10.0, "on time": 90.0})
    found = save(tree, entry(yes_no, "Yes"), entry(scale, "On time"))
    assert found.is_saved and (stored(yes_no), stored(scale)) == ([1], [2])


def test_a_comment_alone_belongs_to_the_value_that_stands_there(tree):
    one, two = tree.measure("A"), tree.measure("B")
    tree.record(one, "2026-06", 5)
    assert save(tree, entry(one, "5"), comments={(one.pk, JUNE): "Ward closed"}).results == {(one.pk, JUNE): "changed"}
    assert Observation.objects.filter(superseded_at=None).get().comment == "Ward closed"
    with nothing_changes():
        found = save(tree, entry(two, ""), comments={(two.pk, JUNE): "Ward closed"})
    assert list(found.problems.values()) == ["A comment goes with a value. Give the value too."]


def test_where_four_eyes_are_asked_it_is_submitted(tree):
    one = tree.measure("A", needs_approval=True)
    found = save(tree, entry(one, "5"))
    assert (found.count("submitted"), Submission.objects.count(), stored(one)) == (1, 1, [])
    waiting = Submission.objects.get()
    seen = {(one.pk, JUNE): Seen(0, waiting.pk)}
    assert save(tree, entry(one, "5"), seen=seen).results == {}


def test_a_decimal_comma_changes_nothing_that_stands_beside_it_untouched(tree):
    one, two = tree.measure("A"), tree.measure("B")
    tree.record(one, "2026-06", "1.234")
    found = save(tree, entry(one, "1.234"), entry(two, "72,4"))
    assert found.results == {(two.pk, JUNE): "taken"}
    assert [float(value) for value in (*stored(one), *stored(two))] == [1.234, 72.4]


# -------------------------------------------------------------------------------------------------------- refused
def test_one_wrong_cell_saves_nothing_and_each_says_why(tree):
    one, two, three = tree.measure("A"), tree.measure("B", is_percent=True), tree.measure("C")
    close_period(tree.officer, scorecard=tree.card, period=MAY, today=TODAY)
    cells = (entry(one, "5"), entry(two, "abc"), entry(three, "5", MAY), entry(three, "5", Period.parse("2026-08")))
    with nothing_changes():
        found = save(tree, *cells)
    assert (found.is_saved, found.right) == (False, 1)
    assert found.problems == {
        cells[1].key: "'abc' is not a number. Write it with digits, for example 1234.5.",
        cells[2].key: "May 2026 is closed. Ask the strategy office to open it again.",
        cells[3].key: "Aug 2026 has not begun; there is no value for it yet.",
    }
    kept = save(tree, *cells, only_right=True)
    assert (kept.is_saved, kept.count("taken"), stored(one)) == (True, 1, [5])


def test_measures_one_may_not_record_are_no_measures(tree):
    one = tree.measure("A")
    stranger = factories.member(Role.CONTRIBUTOR, factories.unit())
    with nothing_changes():
        found = save_entries(stranger, typed=Typed([entry(one, "5")]), today=TODAY)
    assert list(found.problems.values()) == ["There is no such measure that you may record values for."]


def test_a_comment_that_is_too_long_is_refused(tree):
    one = tree.measure("A")
    with nothing_changes():
        found = save(tree, entry(one, "5"), comments={(one.pk, JUNE): "x" * 2001})
    assert list(found.problems.values()) == ["A comment has at most 2,000 characters."]


# ------------------------------------------------------------------------------------------------------- conflicts
def test_two_people_at_the_same_value_the_second_chooses(tree):
    one, place = tree.measure("A"), None
    place = (one.pk, JUNE)
    tree.record(one, "2026-06", 5)
    with nothing_changes():
        found = save(tree, entry(one, "7"), seen={place: Seen(0)})
    assert (found.is_saved, found.conflicts[place].value, found.conflicts[place].revision) == (False, 5, 1)
    theirs = save(tree, entry(one, "7"), seen={place: Seen(1)}, theirs=frozenset({place}))
    assert (theirs.is_saved, theirs.results, stored(one)) == (True, {}, [5])
    save(tree, entry(one, "7"), seen={place: Seen(1)})
    assert stored(one) == [5, 7]


def test_a_cell_nobody_touched_reverts_nothing(tree):
    one, place = tree.measure("A"), None
    place = (one.pk, JUNE)
    for value in (5, 7):
        tree.record(one, "2026-06", value)
    found = save(tree, entry(one, "5"), seen={place: Seen(1)})
    assert (found.is_saved, found.results, found.conflicts, stored(one)) == (True, {}, {}, [5, 7])


def test_a_file_is_held_against_what_was_known_when_it_was_made(tree):
    one, two = tree.measure("A"), tree.measure("B")
    for measure in (one, two):
        tree.record(measure, "2026-06", 5)
    made = timezone.now() + timedelta(seconds=1)
    later = Observation.objects.get(series__measure=two).recorded_at - timedelta(seconds=1)
    assert save(tree, entry(one, "7"), as_of=made).results == {(one.pk, JUNE): "changed"}
    found = save(tree, entry(two, "7"), as_of=later)
    assert found.conflicts[two.pk, JUNE].value == 5 and stored(two) == [5]
