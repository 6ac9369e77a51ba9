"""Comments, updates and action items: asked of the record, told to whom it concerns, never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Event
from core.access import Forbidden, NotVisible
from core.actions import Conflict, Refusal
from core.periods import At, Period
from notifications.models import Notification
from organization.actors import actor_of
from organization.models import Subject
from organization.roles import Role
from strategy import actions
from strategy.models import ActionItem, Comment, Update
from strategy.queries.attached import attached
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db
JUNE = Period.parse("2026-06")
AT = At(JUNE, None, TODAY)


@pytest.fixture
def owner():
    return factories.person("Olga Owner")


@pytest.fixture
def made(owner):
    return factories.strategy_map(owner=owner)


def told(person) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(person=person).order_by("pk").values_list("kind", "text"))


def test_everyone_who_sees_a_record_may_comment_and_its_owner_is_told(made, owner):
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit, "Rita Reader")
    written = actions.comment(reader, about=made.objectives[0], text="  Why so slow?\r\nAsking. ")
    assert (written.text, written.author.name) == ("Why so slow?\nAsking.", "Rita Reader")
    assert told(owner) == [("comment", "Rita Reader commented on O1 Reach objective 1")]
    line = Notification.objects.get(person=owner)
    assert line.url == f"/strategy/objectives/{made.objectives[0].pk}/#comment-{written.pk}"


def test_a_reply_is_told_to_whom_it_answers_and_stands_in_their_thread(made, owner):
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    first = actions.comment(reader, about=made.objectives[0], text="Why?")
    answer = actions.reply(actor_of(owner, TODAY), to=first, text="Because.")
    again = actions.reply(reader, to=answer, text="Thanks.")
    assert [kind for kind, _text in told(first.author)] == ["reply"]
    report = attached(reader, made.objectives[0])
    assert [(t.comment, t.replies) for t in report.threads] == [(first, [answer, again])]
    assert report.comment_count == 3


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001, "a\x07b"])
def test_comments_that_cannot_be_kept_are_refused(made, text):
    with pytest.raises(Refusal):
        actions.comment(made.office, about=made.objectives[0], text=text)
    assert not Comment.objects.exists()


def test_a_draft_is_discussed_by_its_writers_only():
    draft = factories.strategy_map(adopted=False)
    reader = factories.member(Role.EMPLOYEE, draft.strategy.unit)
    with pytest.raises(NotVisible):
        actions.comment(reader, about=draft.objectives[0], text="Hello")
    written = actions.comment(draft.office, about=draft.objectives[0], text="Hello")
    with pytest.raises(NotVisible):
        actions.reply(reader, to=written, text="Hello back")
    assert Comment.objects.count() == 1


def test_a_deleted_comment_can_be_brought_back_by_its_author_and_keeps_its_answers(made):
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    other = factories.member(Role.EMPLOYEE, made.strategy.unit)
    written = actions.comment(reader, about=made.objectives[0], text="Oops")
    actions.reply(other, to=written, text="No problem")
    with pytest.raises(Forbidden):
        actions.remove(other, row=written)
    actions.remove(reader, row=written)
    actions.remove(reader, row=written)
    report = attached(reader, made.objectives[0])
    assert [(t.is_gone, len(t.replies)) for t in report.threads] == [(True, 1)]
    assert report.trash == [written]
    assert attached(other, made.objectives[0]).trash == []
    with pytest.raises(Refusal, match="was deleted meanwhile"):
        actions.reply(other, to=written, text="Again")
    actions.restore(reader, row=written)
    assert not attached(reader, made.objectives[0]).threads[0].is_gone


def test_an_owner_says_how_it_stands_and_a_reviewer_acknowledges(made, owner):
    own = actor_of(owner, TODAY)
    update = actions.post_update(own, about=made.objectives[0], text="Slower", declared="watch", period=JUNE)
    assert (update.period_key, update.declared) == ("2026-06", "watch")
    with pytest.raises(Refusal, match="someone else than its author"):
        actions.acknowledge_update(own, update=update)
    executive = factories.member(Role.EXECUTIVE, made.strategy.unit, "Erik")
    actions.acknowledge_update(executive, update=update)
    actions.acknowledge_update(made.office, update=update)
    update.refresh_from_db()
    assert update.acknowledged_by_id == executive.person_id
    assert told(owner) == [("update_acknowledged", "Erik acknowledged your update on O1 Reach objective 1")]


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.CONTRIBUTOR, Role.AUDITOR])
def test_who_does_not_answer_for_it_posts_no_update(made, role):
    with pytest.raises(Forbidden):
        actions.post_update(factories.member(role, made.strategy.unit), about=made.objectives[0], text="Fine")
    assert not Update.objects.exists()


def test_an_unknown_status_is_refused(made, owner):
    with pytest.raises(Refusal, match="“great” is no status"):
        actions.post_update(actor_of(owner, TODAY), about=made.objectives[0], text="Fine", declared="great")
    assert not Update.objects.exists()


def add(made, assignee, **values) -> ActionItem:
    values = {"title": "Call the board", "due_on": TODAY, "today": TODAY, **values}
    return actions.add_action_item(made.office, about=made.objectives[0], assignee=assignee, **values)


def test_an_action_item_is_given_done_and_taken_back(made):
    someone = factories.person("Sam")
    item = add(made, someone)
    assert told(someone) == [("action_item", "You have an action: Call the board, by 9 July 2026")]
    assert Subject.objects.get(pk=item.subject_id).owner == someone
    sam = actor_of(someone, TODAY)
    actions.complete_action_item(sam, item=item, today=TODAY)
    actions.complete_action_item(sam, item=item, today=TODAY + timedelta(days=1))
    item.refresh_from_db()
    assert item.done_on == TODAY
    assert [kind for kind, _text in told(item.raised_by)] == ["action_done"]
    actions.reopen_action_item(sam, item=item)
    item.refresh_from_db()
    assert item.done_on is None


def test_an_action_item_goes_to_another_person(made):
    first, second = factories.person(), factories.person()
    item = add(made, first)
    later = TODAY + timedelta(days=9)
    actions.reassign_action_item(
        made.office, item=item, assignee=second, due_on=later, today=TODAY, expected=1, reason="Ill"
    )
    item.refresh_from_db()
    assert (item.assignee, item.due_on, item.row_version) == (second, later, 2)
    assert len(told(second)) == 1
    assert Event.objects.get(verb="reassign_action_item").reason == "Ill"
    with pytest.raises(Conflict):
        actions.reassign_action_item(made.office, item=item, assignee=first, due_on=later, today=TODAY, expected=1)
    assert ActionItem.objects.get(pk=item.pk).assignee == second


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"due_on": TODAY - timedelta(days=1)}, "has passed"), ({"title": " "}, "The task is empty")],
)
def test_action_items_that_cannot_be_done_are_refused(made, values, sentence):
    with pytest.raises(Refusal, match=sentence):
        add(made, factories.person(), **values)
    assert not ActionItem.objects.exists()


def test_strangers_neither_give_nor_complete_actions(made):
    stranger = factories.member(Role.EMPLOYEE, made.strategy.unit)
    item = add(made, factories.person())
    with pytest.raises(Forbidden):
        actions.add_action_item(
            stranger, about=made.objectives[0], title="Do it", assignee=factories.person(), due_on=TODAY, today=TODAY
        )
    with pytest.raises(Forbidden):
        actions.complete_action_item(stranger, item=item, today=TODAY)
    with pytest.raises(Forbidden):
        actions.reassign_action_item(stranger, item=item, assignee=factories.person(), due_on=TODAY, today=TODAY)
    assert list(ActionItem.objects.values_list("done_on", "assignee")) == [(None, item.assignee_id)]


@pytest.mark.parametrize("size", [1, 3])
def test_what_is_attached_is_read_in_as_many_queries_for_many_as_for_one(made, owner, size, django_assert_num_queries):
    for n in range(size):
        written = actions.comment(made.office, about=made.objectives[0], text=f"Comment {n}")
        actions.reply(made.office, to=written, text="Answer")
        actions.post_update(made.office, about=made.objectives[0], text=f"Update {n}")
        add(made, factories.person())
    record = type(made.objectives[0]).objects.select_related("subject").get(pk=made.objectives[0].pk)
    with django_assert_num_queries(5):
        attached(made.office, record)
