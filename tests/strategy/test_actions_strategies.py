"""Starting a strategy, writing its draft, closing it, handing it over."""

from __future__ import annotations

import pytest

from audit.models import Event
from core.access import Forbidden, NotVisible
from core.actions import Conflict, Refusal
from organization import subjects
from organization.models import Subject
from organization.roles import Role
from strategy import actions
from strategy.models import Objective, Strategy
from strategy.queries.strategies import active_strategies, objectives, strategies, strategy_of_unit
from tests import factories
from tests.factories.strategy import ENDS, STARTS

pytestmark = pytest.mark.django_db


def test_a_strategy_begins_as_a_draft_for_its_writers():
    unit = factories.unit()
    office = factories.member(Role.SMO_OFFICER, unit)
    made = actions.create_strategy(
        office, unit=unit, name=" Closer ", starts_on=STARTS, ends_on=ENDS, core_values=["Patients first", " "]
    )
    assert (made.name, made.state, made.is_private, made.core_values) == ("Closer", "draft", True, ["Patients first"])
    assert Subject.objects.get(pk=made.subject_id).label == "Closer"
    assert subjects.differences() == []


def test_a_strategy_ends_after_it_starts():
    unit = factories.unit()
    office = factories.member(Role.SMO_OFFICER, unit)
    with pytest.raises(Refusal, match="ends before it starts"):
        actions.create_strategy(office, unit=unit, name="Closer", starts_on=ENDS, ends_on=STARTS)
    assert not Strategy.objects.exists()


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.CONTRIBUTOR, Role.EXECUTIVE, Role.AUDITOR])
def test_who_may_not_begin_a_strategy(role):
    unit = factories.unit()
    with pytest.raises(Forbidden):
        actions.create_strategy(factories.member(role, unit), unit=unit, name="Mine", starts_on=STARTS, ends_on=ENDS)
    assert not Strategy.objects.exists()


def test_a_draft_is_described_with_a_version_and_an_adopted_one_is_not():
    draft = factories.strategy()
    actions.describe_strategy(draft.office, strategy=draft.strategy, values={"mission": "Why\r\nwe exist"}, expected=1)
    stored = Strategy.objects.get(pk=draft.strategy.pk)
    assert (stored.mission, stored.row_version) == ("Why\nwe exist", 2)
    with pytest.raises(Conflict):
        actions.describe_strategy(draft.office, strategy=draft.strategy, values={"mission": "Mine"}, expected=1)
    adopted = factories.strategy_map()
    with pytest.raises(Refusal, match="changed by an amendment"):
        actions.describe_strategy(adopted.office, strategy=adopted.strategy, values={"mission": "Mine"})
    assert set(Strategy.objects.values_list("mission", flat=True)) == {"Why\nwe exist", "We keep people well."}


def test_a_proposed_objective_is_described_and_a_live_one_is_not():
    draft = factories.strategy_map(adopted=False)
    actions.describe_objective(draft.office, objective=draft.objectives[0], values={"description": "More"}, expected=1)
    assert Objective.objects.get(pk=draft.objectives[0].pk).description == "More"
    live = factories.strategy_map()
    with pytest.raises(Forbidden):
        actions.describe_objective(live.office, objective=live.objectives[0], values={"description": "More"})
    assert Objective.objects.get(pk=live.objectives[0].pk).description == "What objective 1 means."


def test_an_owner_changes_without_a_new_version():
    made = factories.strategy_map()
    heir = factories.person("Hanna Heir")
    for record in (made.strategy, made.themes[0], made.objectives[0]):
        actions.reassign(made.office, record=record, owner=heir, expected=record.row_version, reason="Retired")
        assert type(record).objects.get(pk=record.pk).owner == heir
        assert Subject.objects.get(pk=record.subject_id).owner == heir
    assert made.strategy.versions.count() == 1
    assert set(Event.objects.filter(verb="reassign").values_list("reason", flat=True)) == {"Retired"}


def test_an_owner_does_not_hand_over_what_is_the_offices_to_give():
    owner = factories.person()
    made = factories.strategy_map(owner=owner)
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    with pytest.raises(Forbidden):
        actions.reassign(reader, record=made.objectives[0], owner=None)
    assert Objective.objects.get(pk=made.objectives[0].pk).owner == owner


def test_a_closed_strategy_stays_to_be_read():
    made = factories.strategy_map()
    closed = actions.close_strategy(made.office, strategy=made.strategy, reason="Over")
    assert (closed.state, closed.retired_at is not None) == ("closed", True)
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    assert list(strategies(reader)) == [closed]
    assert list(active_strategies(reader)) == []


def test_which_strategy_is_a_units():
    top, below = factories.unit(), factories.unit()
    one, other = factories.strategy_map(top), factories.strategy_map(below)
    reader = factories.member(Role.EMPLOYEE, below)
    nowhere = factories.unit()
    assert strategy_of_unit(reader, [nowhere.pk, below.pk, top.pk]) == other.strategy
    assert strategy_of_unit(reader, [top.pk]) == one.strategy
    assert strategy_of_unit(reader, [nowhere.pk]) is None
    assert [row.code for row in objectives(reader, one.strategy)] == ["O1", "O2", "O3"]
    assert objectives(reader).count() == 6


def test_strangers_do_not_learn_of_a_draft():
    draft = factories.strategy()
    stranger = factories.member(Role.SMO_OFFICER, factories.unit())
    with pytest.raises(NotVisible):
        actions.describe_strategy(stranger, strategy=draft.strategy, values={"name": "Mine"})
    with pytest.raises(NotVisible):
        actions.close_strategy(stranger, strategy=draft.strategy, reason="Why")
    assert list(Strategy.objects.values_list("state", flat=True)) == ["draft"]
