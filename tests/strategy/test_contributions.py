"""What the shared model adds elsewhere: what people owe, what can be done with a subject, what people say on a measure."""

from __future__ import annotations

from datetime import date

import pytest

from core.obligations import obligations
from core.panels import get
from core.periods import At, Period
from core.verbs import verbs
from organization.actors import actor_of
from organization.roles import Role
from scorecards.actions import MeasureRow, add_measures
from strategy import actions
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db
AT = At(Period.parse("2026-06"), None, TODAY)


@pytest.fixture
def owner():
    return factories.person("Olga Owner")


def owed(person) -> list[tuple[str, str, str, date | None]]:
    found = obligations(actor_of(person, TODAY), AT)
    return [(one.kind, one.what, one.about, one.due_on) for one in found if one.kind in ("update", "action_item")]


def test_an_owner_owes_an_update_on_each_live_objective_until_it_is_written(owner):
    made = factories.strategy_map(objectives=2, owner=owner)
    due = date(2026, 7, 15)
    assert owed(owner) == [
        ("update", "Write an update for Jun 2026", "Reach objective 1", due),
        ("update", "Write an update for Jun 2026", "Reach objective 2", due),
    ]
    own = actor_of(owner, TODAY)
    actions.post_update(own, about=made.objectives[0], text="Fine", period=Period.parse("2026-06"))
    assert [about for _kind, _what, about, _due in owed(owner)] == ["Reach objective 2"]


def test_nothing_is_owed_for_drafts(owner):
    factories.strategy_map(adopted=False, owner=owner)
    assert owed(owner) == []


def test_open_actions_are_owed_by_their_assignee(owner):
    made = factories.strategy_map(objectives=1)
    item = actions.add_action_item(
        made.office, about=made.objectives[0], title="Call", assignee=owner, due_on=TODAY, today=TODAY
    )
    assert owed(owner) == [("action_item", "Call", "O1 Reach objective 1", TODAY)]
    actions.complete_action_item(actor_of(owner, TODAY), item=item, today=TODAY)
    assert owed(owner) == []


def test_verbs_are_offered_to_those_who_may(owner):
    made = factories.strategy_map()
    subject = made.objectives[0].subject
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    keys = {"comment", "add_action_item"}
    assert [verb.key for verb, _url in verbs(subject, reader) if verb.key in keys] == ["comment"]
    offered = {verb.key: url for verb, url in verbs(subject, made.office) if verb.key in keys}
    assert offered == {
        "comment": f"/strategy/subjects/{subject.pk}/comment/",
        "add_action_item": f"/strategy/subjects/{subject.pk}/action/",
    }
    draft = factories.strategy_map(adopted=False)
    assert [verb.key for verb, _url in verbs(draft.objectives[0].subject, reader) if verb.key in keys] == []


def test_a_measure_shows_what_is_said_about_it(owner):
    made = factories.strategy_map()
    row = MeasureRow(code="M1", name="Waits", unit=made.strategy.unit, objective=made.objectives[0], frequency="month")
    (measure,) = add_measures(made.office, rows=[row])
    actions.comment(made.office, about=measure, text="It fell again")
    panel = get("measure", "discussion")
    assert panel is not None
    text = panel.render(measure, made.office, AT)
    assert "It fell again" in text
    assert f"/strategy/subjects/{measure.subject_id}/" in text
