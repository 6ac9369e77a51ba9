"""What is attached to a record: updates, comments, files, action items; and the record behind a Subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.access import Actor, NotVisible, permitted, scoped
from core.subjects import kinds
from organization.models import Person, Subject
from strategy.models import ActionItem, Attachment, Comment, Update

TRASH_DAYS = 30
"""How long a deleted comment or file can be brought back (TRUST D11)."""
UPDATES_SHOWN = 6
NAMES_OFFERED = 100
DONE_SHOWN = 5
ADDING = ("comment", "attach", "post_update", "add_action_item")


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, oldest first. `is_gone`: it was deleted, but there are replies."""

    comment: Comment
    replies: list[Comment]

    @property
    def is_gone(self) -> bool:
        return self.comment.trashed_at is not None


@dataclass(frozen=True)
class Attached:
    """Everything attached to one record, as this viewer may see it and act on it."""

    subject: Subject
    record: Model
    updates: list[Update]
    threads: list[Thread]
    files: list[Attachment]
    trash: list[Comment | Attachment]
    open_items: list[ActionItem]
    done_items: list[ActionItem]
    may_comment: bool
    may_attach: bool
    may_post_update: bool
    may_add_action_item: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see and nothing to do."""
        rows = (self.updates, self.threads, self.files, self.trash, self.open_items, self.done_items)
        return not any(rows) and not self.may_add_anything

    @property
    def may_add_anything(self) -> bool:
        return self.may_comment or self.may_attach or self.may_post_update or self.may_add_action_item

    @property
    def comment_count(self) -> int:
        return sum(len(thread.replies) + (not thread.is_gone) for thread in self.threads)


def record_of(viewer: Actor, subject: Subject) -> Any:
    """The record behind a Subject, through its own policy. NotVisible if there is none for this viewer."""
    kind = kinds().get(subject.kind)
    found = scoped(viewer, "view", kind.model._default_manager.filter(pk=subject.key)).first() if kind else None
    if found is None:
        raise NotVisible(_("There is nothing here, or it is not for you."))
    return found


def subject_named(pk: int) -> Subject:
    """A Subject by id; whether the viewer may see its record is asked by `record_of`."""
    found = Subject.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("There is nothing here, or it is not for you."))
    return found


def attachment_of(viewer: Actor, pk: int) -> Attachment:
    """A kept file whose record the viewer may see; what lies in the trash is there for nobody."""
    found = Attachment.objects.select_related("subject").filter(pk=pk, trashed_at__isnull=True).first()
    if found is None:
        raise NotVisible(_("There is nothing here, or it is not for you."))
    record_of(viewer, found.subject)
    return found


def comment_of(viewer: Actor, pk: int) -> Comment:
    """A comment whose record the viewer may see, deleted or not."""
    found = Comment.objects.select_related("subject", "author").filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("There is nothing here, or it is not for you."))
    record_of(viewer, found.subject)
    return found


def names_near(subject: Subject) -> list[str]:
    """Names to offer where a person is asked for: the people of the record's unit, and its owner."""
    near = Q(home_unit=subject.unit_id) if subject.unit_id else Q(pk=subject.owner_id or 0)
    people = Person.objects.filter(near | Q(pk=subject.owner_id or 0), is_active=True)
    return list(people.order_by("name").values_list("name", flat=True)[:NAMES_OFFERED])


def attached(viewer: Actor, record: Any, *, shown_elsewhere: Q | None = None) -> Attached:
    """What is attached to a record that was loaded through its own policy; six queries, whatever there is.

    `shown_elsewhere` names action items that stand beside it on the same page.
    """
    model: type[Model] = type(record)
    may = permitted(viewer, ADDING, model._default_manager.filter(pk=record.pk)).values(*(f"may_{v}" for v in ADDING))
    rights = may.first() or {f"may_{verb}": False for verb in ADDING}
    subject_id: int = record.subject_id
    comments = list(_kept_or_mine_to_restore(viewer, Comment.objects.filter(subject=subject_id)).order_by("pk"))
    files = list(_kept_or_mine_to_restore(viewer, Attachment.objects.filter(subject=subject_id)).order_by("pk"))
    updates = permitted(viewer, ["acknowledge"], Update.objects.filter(subject=subject_id))
    items = action_items(viewer, subject_id)
    if shown_elsewhere is not None:
        items = items.exclude(shown_elsewhere)
    trash: list[Any] = [row for row in (*comments, *files) if row.trashed_at and row.may_restore]
    return Attached(
        subject=record.subject,
        record=record,
        updates=list(updates.select_related("author", "acknowledged_by").order_by("-pk")[:UPDATES_SHOWN]),
        threads=_threads(comments),
        files=[row for row in files if row.trashed_at is None],
        trash=trash,
        open_items=[item for item in items if item.done_on is None],
        done_items=[item for item in items if item.done_on is not None][:DONE_SHOWN],
        **rights,
    )


def _kept_or_mine_to_restore(viewer: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    recent = Q(trashed_at__isnull=True) | Q(trashed_at__gt=Now() - timedelta(days=TRASH_DAYS))
    replied = Q(replies__trashed_at__isnull=True, replies__isnull=False)
    wanted = recent | replied if rows.model is Comment else recent
    return permitted(viewer, ["remove", "restore"], rows.filter(wanted).distinct()).select_related("author")


def _threads(comments: Iterable[Comment]) -> list[Thread]:
    """Comments with their replies; a reply to a reply stands in the same thread."""
    by_id = {comment.pk: comment for comment in comments}
    replies: dict[int, list[Comment]] = defaultdict(list)
    for comment in by_id.values():
        first = comment
        while first.reply_to_id in by_id:
            first = by_id[first.reply_to_id]
        if first is not comment and comment.trashed_at is None:
            replies[first.pk].append(comment)
    firsts = [comment for comment in by_id.values() if comment.reply_to_id not in by_id]
    return [Thread(one, replies[one.pk]) for one in firsts if one.trashed_at is None or replies[one.pk]]


def action_items(viewer: Actor, subject_id: int) -> QuerySet[ActionItem]:
    """The action items about a subject: open ones by due date, then done ones, the latest first."""
    rows = permitted(viewer, ["complete", "reopen"], ActionItem.objects.filter(about=subject_id))
    return rows.select_related("assignee", "raised_by").order_by("-done_on", "due_on", "pk")


def open_action_items(viewer: Actor) -> QuerySet[ActionItem]:
    """What the viewer has to do, what is due first at the top."""
    mine = ActionItem.objects.filter(assignee=viewer.person_id or 0, done_on__isnull=True)
    return scoped(viewer, "view", mine).select_related("about").order_by("due_on", "pk")
