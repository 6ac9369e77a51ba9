"""The library: definitions added, revised by versions and retired; measures that follow them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.access import Forbidden
from core.actions import Conflict
from organization.models import Subject
from organization.roles import Role
from scorecards.actions import (
    DefinitionRow,
    MeasureRow,
    Revision,
    add_definitions,
    add_measures,
    change_measure,
    follow_definition,
    leave_definition,
    retire_definition,
    retire_measure,
    revise_definition,
)
from scorecards.models import Annotation, Measure, MeasureDefinition
from scorecards.rules.wording import Difference, compare
from strategy.rules.content import content_hash
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards.refusals import nothing_changes, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Tree:
    return scorecard()


def add(tree: Tree, code: str = "D1", **values: Any) -> MeasureDefinition:
    row = DefinitionRow(**{"code": code, "name": "Waiting time", "unit": tree.unit, "formula": "a ÷ b", **values})
    return add_definitions(tree.officer, rows=[row], today=TODAY)[0]


def revise(tree: Tree, definition: MeasureDefinition, expected: int | None = None, **given: Any) -> MeasureDefinition:
    about = {name: given.pop(name) for name in ("reason", "effective_from", "is_break") if name in given}
    revision = Revision(given, **{"effective_from": TODAY, "reason": "Board", **about})
    return revise_definition(tree.officer, definition=definition, revision=revision, expected=expected, today=TODAY)


def follower(tree: Tree, definition: MeasureDefinition, **values: Any) -> Measure:
    return tree.measure("A", definition=definition, **values)


# ------------------------------------------------------------------------------------------------- versions
def test_a_definition_comes_with_its_first_version_and_subject(tree):
    made = add(tree)
    (version,) = made.versions.all()
    assert (version.number, version.effective_from, version.written_by_id) == (1, TODAY, tree.officer.person_id)
    assert version.content["formula"] == "a ÷ b"
    assert version.content_hash == content_hash(version.content)
    assert Subject.objects.get(pk=made.subject_id).label == "D1 Waiting time"


def test_a_revision_is_a_frozen_version_and_the_row_holds_the_text_in_force(tree):
    made = add(tree)
    changed = revise(tree, made, made.row_version, formula="a ÷ c", name="Wait", decimals=0)
    assert (changed.formula, changed.row_version) == ("a ÷ c", 2)
    new, old = made.versions.all()
    assert (new.number, new.reason, old.content["formula"]) == (2, "Board", "a ÷ b")
    assert compare(old.content, new.content) == [
        Difference("name", "Waiting time", "Wait"),
        Difference("formula", "a ÷ b", "a ÷ c"),
        Difference("decimals", 1, 0),
    ]


def test_another_owner_alone_makes_no_version(tree):
    made = add(tree)
    boss = factories.person()
    assert revise(tree, made, owner=boss, reason="").owner == boss
    assert made.versions.count() == 1


def test_comparing_knows_fields_that_only_one_version_has():
    assert compare({"name": "A"}, {"name": "A"}) == []
    assert compare({"name": "A", "old": 1}, {"name": "B", "new": 2}) == [
        Difference("name", "A", "B"), Difference("new", None, 2), Difference("old", 1, None),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ following
def test_a_new_measure_takes_what_its_definition_says(tree):
    definition = add(tree, unit_of_measure="days", decimals=0, source="Ledger")
    made = follower(tree, definition, description="ignored")
    assert (made.definition, made.unit_of_measure, made.decimals, made.source, made.description) == (
        definition, "days", 0, "Ledger", "",
    )  # fmt: skip


def test_a_revision_reaches_every_kept_measure_and_no_other(tree):
    definition = add(tree)
    kept, gone = follower(tree, definition), follower(tree, definition)
    alone = tree.measure("Alone")
    retire_measure(tree.officer, measure=gone, today=TODAY)
    revise(tree, definition, formula="new", source="Ledger", decimals=3)
    for measure in (kept, gone, alone):
        measure.refresh_from_db()
    assert (kept.formula, kept.source, kept.decimals, kept.row_version) == ("new", "Ledger", 3, 2)
    assert (gone.formula, alone.formula) == ("a ÷ b", "")
    assert "ledger" in str(Subject.objects.get(pk=kept.subject_id).words)


def test_a_revision_takes_as_many_statements_for_eight_measures_as_for_two(tree):
    counts = []
    for number in (2, 8):
        definition = add(tree, f"D{number}")
        for _ in range(number):
            follower(tree, definition)
        with CaptureQueriesContext(connection) as captured:
            revise(tree, definition, formula="new")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_another_number_format_is_scored_anew(tree):
    definition = add(tree)
    measure = follower(tree, definition)
    tree.target(measure, "2026-06", 100)
    tree.record(measure, "2026-06", 85)
    assert tree.result(measure, "2026-06").status == "off_track"
    revise(tree, definition, is_percent=True)
    assert tree.result(measure, "2026-06").status == "off_track"
    assert tree.result(measure, "2026-06").red_flag == 90.0


def test_a_break_is_marked_in_every_measure_that_follows(tree):
    definition = add(tree)
    measure = follower(tree, definition)
    for period, value in (("2026-05", 80), ("2026-06", 100)):
        tree.target(measure, period, 100)
        tree.record(measure, period, value)
    assert tree.result(measure, "2026-06").trend == "better"
    earlier = date(2026, 6, 1)
    with refused("Version 1 is in force from 2026-07-09. The next one begins on that day or later."):
        revise(tree, definition, formula="x", effective_from=earlier, is_break=True)
    revise(tree, definition, formula="x", is_break=True)
    (note,) = Annotation.objects.filter(measure=measure)
    assert (note.text, note.on, note.is_break) == ("New definition, version 2", TODAY, True)


def test_what_comes_from_a_definition_is_changed_there(tree):
    measure = follower(tree, add(tree))
    sentence = "This comes from the definition D1 Waiting time: {}. Change it there, or let the measure go its own way."
    for field, value in (("formula", "x"), ("is_percent", True), ("unit_of_measure", "kg")):
        label = Measure._meta.get_field(field).verbose_name
        with refused(sentence.format(label)):
            change_measure(tree.officer, measure=measure, values={field: value}, expected=None, today=TODAY)
    same = {"formula": "a ÷ b", "name": "Other"}
    assert change_measure(tree.officer, measure=measure, values=same, expected=None, today=TODAY).name == "Other"


def test_a_measure_follows_and_goes_its_own_way(tree):
    definition = add(tree, decimals=0, is_percent=True)
    measure = tree.measure("A", formula="mine")
    tree.target(measure, "2026-06", 50)
    tree.record(measure, "2026-06", 42)
    followed = follow_definition(
        tree.officer, measure=measure, definition=definition, expected=measure.row_version, today=TODAY
    )
    assert (followed.formula, followed.decimals, followed.row_version) == ("a ÷ b", 0, 2)
    assert tree.result(measure, "2026-06").red_flag == 40.0
    left = leave_definition(tree.officer, measure=followed, expected=2, today=TODAY)
    assert (left.definition, left.formula) == (None, "a ÷ b")
    change_measure(tree.officer, measure=left, values={"formula": "mine"}, expected=None, today=TODAY)
    with refused("A follows no definition."):
        leave_definition(tree.officer, measure=left, expected=None, today=TODAY)
    with nothing_changes(), pytest.raises(Conflict):
        follow_definition(tree.officer, measure=left, definition=definition, expected=1, today=TODAY)


# ------------------------------------------------------------------------------------------------- retiring
def test_a_retired_definition_lets_its_measures_go(tree):
    definition = add(tree)
    measure = follower(tree, definition)
    with refused("Say why the definition is retired; the reason is kept."):
        retire_definition(tree.officer, definition=definition, today=TODAY, reason=" ")
    retire_definition(tree.officer, definition=definition, today=TODAY, reason="Replaced")
    measure.refresh_from_db()
    definition.refresh_from_db()
    assert (measure.definition, measure.formula, definition.state) == (None, "a ÷ b", "retired")
    with refused("Waiting time is retired; choose a definition that is kept."):
        follow_definition(tree.officer, measure=measure, definition=definition, expected=None, today=TODAY)
    with nothing_changes(), pytest.raises(Forbidden):
        revise(tree, definition, formula="x")


# ------------------------------------------------------------------------------------------------- refusals
def test_what_cannot_be_added(tree):
    add(tree)
    row = DefinitionRow("D2", "New", tree.unit)
    taken = "A definition's code is unique and never used again. Give another code than: {}."
    for rows, sentence in [
        ([DefinitionRow("D1", "Again", tree.unit)], taken.format("D1")),
        ([row, row], taken.format("D2")),
        ([DefinitionRow("D2", " ", tree.unit)], "D2: Give the definition a name."),
        ([DefinitionRow("D2", "N", tree.unit, decimals=9)], "D2: Values are shown with at most 6 decimals."),
        (
            [DefinitionRow("D2", "N", tree.unit, method="range")],
            "D2: Inside a range is better only with the method “inside a range”, and the other way round.",
        ),
    ]:
        with refused(sentence):
            add_definitions(tree.officer, rows=rows, today=TODAY)
    with refused("A text is in force from today or an earlier day. Write it on the day it begins."):
        add_definitions(tree.officer, rows=[row], today=TODAY, effective_from=TODAY + timedelta(days=1))
    assert add_definitions(tree.officer, rows=[], today=TODAY) == []


def test_what_cannot_be_revised(tree):
    definition = add(tree)
    with refused("Say why the text changes; the reason is kept with the version."):
        revise(tree, definition, formula="x", reason=" ")
    with refused("This says the same as the version in force. Change something, or leave it."):
        revise(tree, definition, formula="a ÷ b")
    with refused("These cannot be changed here: code."):
        revise(tree, definition, code="X")
    with refused("A text is in force from today or an earlier day. Write it on the day it begins."):
        revise(tree, definition, formula="x", effective_from=TODAY + timedelta(days=1))
    with nothing_changes(), pytest.raises(Conflict):
        revise(tree, definition, expected=9, formula="x")


def test_who_keeps_the_library(tree):
    definition = add(tree, owner=factories.person())
    for role in (Role.UNIT_HEAD, Role.CONTRIBUTOR):
        actor = factories.member(role, tree.unit)
        with nothing_changes(), pytest.raises(Forbidden):
            add_definitions(actor, rows=[DefinitionRow("D9", "N", tree.unit)], today=TODAY)
        with nothing_changes(), pytest.raises(Forbidden):
            retire_definition(actor, definition=definition, today=TODAY, reason="x")
    head = factories.member(Role.UNIT_HEAD, tree.unit)
    row = MeasureRow("M9", "Follows", tree.unit, definition=definition)
    assert add_measures(head, rows=[row], today=TODAY)[0].formula == "a ÷ b"
