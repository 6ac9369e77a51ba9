"""The low verbs: many rows at once, all or none, with sentences that name the row."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.actions import recording
from core.access import Forbidden, NotVisible
from core.actions import Conflict, Refusal
from organization import subjects
from organization.actors import system_actor
from organization.models import Subject
from organization.roles import Role
from strategy import structure
from strategy.models import Objective, ObjectiveLink, Perspective, Theme
from strategy.structure import Change, LinkRow, Move, ObjectiveRow, PerspectiveRow, ThemeRow
from tests import factories

pytestmark = pytest.mark.django_db


def codes(made) -> list[str]:
    return list(Objective.objects.filter(strategy=made.strategy).order_by("order").values_list("code", flat=True))


def test_new_nodes_are_proposed_in_the_order_of_the_rows_and_found_by_search():
    made = factories.strategy_map(adopted=False)
    assert [(p.name, p.order, p.state) for p in made.perspectives] == [
        ("Results", 0, "proposed"),
        ("Means", 1, "proposed"),
    ]
    assert codes(made) == ["O1", "O2", "O3"]
    assert set(made.objectives[2].themes.values_list("name", flat=True)) == {"Sooner", "Safer"}
    assert Subject.objects.get(pk=made.objectives[0].subject_id).label == "O1 Reach objective 1"
    assert subjects.differences() == []


@pytest.mark.parametrize("count", [1, 4])
def test_adding_objectives_takes_as_many_queries_for_many_as_for_one(count, django_assert_num_queries):
    made = factories.strategy_map(adopted=False)
    rows = [ObjectiveRow(f"N{n}", "New", "Means", ("Sooner",)) for n in range(count)]
    with django_assert_num_queries(20):
        structure.add_objectives(made.office, strategy=made.strategy, rows=rows)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (ObjectiveRow("O1", "Again", "Means"), "The code O1 is taken in this strategy"),
        (ObjectiveRow("N1", "New", "Nowhere"), "no perspective called “Nowhere”"),
        (ObjectiveRow("N1", "New", "Means", ("Never",)), "no theme called “Never”"),
        (ObjectiveRow("N1", " ", "Means"), "The name is empty"),
        (ObjectiveRow("N 1", "New", "Means"), "may hold letters, digits"),
        (
            ObjectiveRow("N1", "New", "Means", starts_on=date(2027, 1, 1), ends_on=date(2026, 1, 1)),
            "ends before it starts",
        ),
        (ObjectiveRow("N1", "New", "Means", description="a\x00b"), "a character that cannot be shown"),
    ],
)
def test_a_wrong_objective_is_refused_in_a_sentence_and_none_is_written(row, sentence):
    made = factories.strategy_map(adopted=False)
    with pytest.raises(Refusal, match=sentence):
        structure.add_objectives(made.office, strategy=made.strategy, rows=[row])
    with pytest.raises(Refusal, match=f"Row 2: .*{sentence}"):
        structure.add_objectives(made.office, strategy=made.strategy, rows=[ObjectiveRow("N9", "Good", "Means"), row])
    assert codes(made) == ["O1", "O2", "O3"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (LinkRow("O2", "O1"), "O2 and O1 are linked already"),
        (LinkRow("O1", "O1"), "A link joins two objectives"),
        (LinkRow("O1", "O9"), "no objective called “O9”"),
        (LinkRow("O1", "O3", sign=2), "raises .1. or lowers"),
        (LinkRow("O1", "O3", lag_min=5, lag_max=2), "longest lag is shorter"),
        (LinkRow("O1", "O3", lag_max=121), "months from 0 to 120"),
    ],
)
def test_a_wrong_link_is_refused_and_none_is_written(row, sentence):
    made = factories.strategy_map(adopted=False)
    with pytest.raises(Refusal, match=sentence):
        structure.add_links(made.office, strategy=made.strategy, rows=[row])
    assert ObjectiveLink.objects.filter(strategy=made.strategy).count() == 2


def test_names_are_given_once_but_a_retired_one_is_free_again():
    made = factories.strategy_map(adopted=False)
    with pytest.raises(Refusal, match="“Sooner” is there already"):
        structure.add_themes(made.office, strategy=made.strategy, rows=[ThemeRow("Sooner")])
    structure.retire_themes(made.office, strategy=made.strategy, themes=[made.themes[0]])
    structure.add_themes(made.office, strategy=made.strategy, rows=[ThemeRow("Sooner")])
    assert Theme.objects.filter(strategy=made.strategy, name="Sooner").count() == 2
    assert list(made.objectives[0].themes.all()) == []


def test_the_database_keeps_names_and_days_in_order_too():
    made = factories.strategy_map(adopted=False)
    with recording(system_actor(), "try"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Theme.objects.filter(pk=made.themes[0].pk).update(name="Safer")
        with pytest.raises(IntegrityError), transaction.atomic():
            Perspective.objects.filter(pk=made.perspectives[0].pk).update(name="Means")
        with pytest.raises(IntegrityError), transaction.atomic():
            Objective.objects.filter(pk=made.objectives[0].pk).update(starts_on="2027-01-01", ends_on="2026-01-01")


def test_a_perspective_that_holds_objectives_is_not_retired():
    made = factories.strategy_map(adopted=False)
    with pytest.raises(Refusal, match="Means still holds “Reach objective 2”"):
        structure.retire_perspectives(made.office, strategy=made.strategy, perspectives=[made.perspectives[1]])
    assert Perspective.objects.get(pk=made.perspectives[1].pk).state == "proposed"


def test_a_retired_objective_takes_its_links_along_and_its_code_is_never_used_again():
    made = factories.strategy_map(adopted=False)
    structure.retire_objectives(made.office, strategy=made.strategy, objectives=[made.objectives[0]])
    states = ObjectiveLink.objects.filter(strategy=made.strategy).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["retired", "proposed"]
    assert Subject.objects.get(pk=made.objectives[0].subject_id).retired_at is not None
    with pytest.raises(Refusal, match="Codes are never used twice"):
        structure.add_objectives(made.office, strategy=made.strategy, rows=[ObjectiveRow("O1", "Again", "Means")])


def test_changes_raise_the_version_once_and_only_where_something_changed():
    made = factories.strategy_map(adopted=False)
    changes = [
        Change(made.objectives[0], {"name": "Other"}, 1),
        Change(made.objectives[1], {"name": "Reach objective 2"}, 1),
    ]
    structure.change_objectives(made.office, strategy=made.strategy, changes=changes)
    rows = Objective.objects.filter(strategy=made.strategy).order_by("order").values_list("name", "row_version")
    assert list(rows) == [("Other", 2), ("Reach objective 2", 1), ("Reach objective 3", 1)]
    assert Subject.objects.get(pk=made.objectives[0].subject_id).label == "O1 Other"


def test_a_conflict_in_one_row_leaves_all_as_they_are():
    made = factories.strategy_map(adopted=False)
    changes = [Change(made.objectives[0], {"name": "Other"}, 1), Change(made.objectives[1], {"name": "Mine"}, 7)]
    with pytest.raises(Conflict):
        structure.change_objectives(made.office, strategy=made.strategy, changes=changes)
    assert Objective.objects.get(pk=made.objectives[0].pk).name == "Reach objective 1"


def test_only_known_fields_are_changed():
    made = factories.strategy_map(adopted=False)
    with pytest.raises(Refusal, match="“state” cannot be changed here"):
        structure.change_objectives(
            made.office, strategy=made.strategy, changes=[Change(made.objectives[0], {"state": "live"})]
        )
    assert Objective.objects.get(pk=made.objectives[0].pk).state == "proposed"


def test_moving_changes_perspective_themes_and_place():
    made = factories.strategy_map(adopted=False)
    move = Move(made.objectives[2], perspective=made.perspectives[0], themes=("Safer",), order=0, expected=1)
    structure.move_objectives(made.office, strategy=made.strategy, moves=[move])
    row = Objective.objects.get(pk=made.objectives[2].pk)
    assert (row.perspective.name, row.order, row.row_version) == ("Results", 0, 2)
    assert list(row.themes.values_list("name", flat=True)) == ["Safer"]


def test_nodes_of_another_strategy_are_not_touched():
    made, other = factories.strategy_map(adopted=False), factories.strategy_map(adopted=False)
    with pytest.raises(Refusal, match="not on the map"):
        structure.change_themes(
            made.office, strategy=made.strategy, changes=[Change(other.themes[0], {"name": "Mine"})]
        )
    with pytest.raises(Refusal, match="no objective called"):
        structure.add_links(made.office, strategy=made.strategy, rows=[LinkRow(other.objectives[0], "O1")])
    assert Theme.objects.get(pk=other.themes[0].pk).name == "Sooner"


def test_who_may_write_the_structure():
    made = factories.strategy_map()
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    stranger = factories.member(Role.SMO_OFFICER, factories.unit())
    for actor in (reader, stranger):
        with pytest.raises(Forbidden):
            structure.add_perspectives(actor, strategy=made.strategy, rows=[PerspectiveRow("Mine")])
    draft = factories.strategy_map(adopted=False)
    with pytest.raises(NotVisible):
        structure.add_perspectives(stranger, strategy=draft.strategy, rows=[PerspectiveRow("Mine")])
    assert not Perspective.objects.filter(name="Mine").exists()
