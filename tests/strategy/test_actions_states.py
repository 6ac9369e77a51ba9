"""From a draft to what is decided: each step by who may, in its order, and told to those who wait for it."""

from __future__ import annotations

import pytest

from core.access import Forbidden
from core.actions import Conflict, Refusal
from notifications.models import Notification
from organization import subjects
from organization.models import Subject
from organization.roles import Role
from strategy.actions import approve_strategy, return_strategy, submit_strategy
from strategy.models import Strategy
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db


def state_of(made) -> str:
    return Strategy.objects.get(pk=made.strategy.pk).state


def test_a_draft_goes_to_review_and_those_who_approve_are_told():
    top = factories.unit()
    chief = factories.member(Role.EXECUTIVE, top)
    made = factories.strategy_map(factories.unit(parent=top), adopted=False, name="Closer")
    head = factories.member(Role.UNIT_HEAD, made.strategy.unit)
    submit_strategy(made.office, strategy=made.strategy, today=TODAY, expected=1)
    assert state_of(made) == "in_review"
    told = Notification.objects.filter(kind="strategy_submitted")
    assert set(told.values_list("person_id", flat=True)) == {chief.person_id, head.person_id}
    assert set(told.values_list("text", flat=True)) == {"“Closer” waits for approval"}


def test_what_is_approved_is_read_by_everyone():
    made = factories.strategy_map(adopted=False)
    factories.approved(made)
    assert state_of(made) == "approved"
    rows = Subject.objects.filter(kind__in=["strategy", "theme", "objective"], unit=made.strategy.unit)
    assert set(rows.values_list("private", flat=True)) == {False}
    assert subjects.differences() == []


def test_going_back_hides_it_again_and_tells_the_owner_why():
    owner = factories.person()
    made = factories.strategy_map(adopted=False, owner=owner, name="Closer")
    factories.approved(made)
    return_strategy(made.office, strategy=made.strategy, reason="Too many objectives")
    assert (state_of(made), Subject.objects.get(pk=made.strategy.subject_id).private) == ("draft", True)
    told = Notification.objects.get(person=owner, kind="strategy_submitted")
    assert told.text == "“Closer” is a draft again: Too many objectives"


def test_steps_out_of_order_are_refused_and_change_nothing():
    made = factories.strategy_map(adopted=False)
    chief = factories.member(Role.EXECUTIVE, made.strategy.unit)
    with pytest.raises(Refusal, match="is draft, not in review"):
        approve_strategy(chief, strategy=made.strategy)
    with pytest.raises(Refusal, match="is draft, not in review"):
        return_strategy(made.office, strategy=made.strategy, reason="Why")
    assert state_of(made) == "draft"
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    with pytest.raises(Refusal, match="is in review, not draft"):
        submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    with pytest.raises(Refusal, match="Say why it goes back"):
        return_strategy(made.office, strategy=made.strategy, reason=" ")
    assert state_of(made) == "in_review"


def test_an_empty_strategy_is_not_approved():
    made = factories.strategy()
    chief = factories.member(Role.EXECUTIVE, made.strategy.unit)
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    with pytest.raises(Refusal, match="has no objective yet; there is nothing to approve"):
        approve_strategy(chief, strategy=made.strategy)
    assert state_of(made) == "in_review"


def test_a_stale_step_is_a_conflict():
    made = factories.strategy_map(adopted=False)
    with pytest.raises(Conflict):
        submit_strategy(made.office, strategy=made.strategy, today=TODAY, expected=7)
    assert state_of(made) == "draft"


def test_who_may_take_each_step():
    made = factories.strategy_map(adopted=False)
    chief = factories.member(Role.EXECUTIVE, made.strategy.unit)
    with pytest.raises(Forbidden, match="Strategy office"):
        submit_strategy(chief, strategy=made.strategy, today=TODAY)
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    with pytest.raises(Forbidden, match="Executive"):
        approve_strategy(made.office, strategy=made.strategy)
    assert state_of(made) == "in_review"
