"""Comments, replies and updates on any record. The right is asked of the record: adding is a verb on the container."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.periods import Period
from core.subjects import url_of
from notifications.actions import announce
from organization.actions.batches import locked
from organization.models import Person, Subject
from strategy.models import Comment, Update
from strategy.queries.attached import record_of
from strategy.structure.rows import clean_text

LONGEST = 5000


def author_of(actor: Actor) -> Person:
    """The person who writes; the portal itself has nothing to say."""
    person = Person.objects.filter(pk=actor.person_id or 0).first()
    if person is None:
        raise Refusal(_("Only a person can write this."))
    return person


def comment(actor: Actor, *, about: Any, text: str) -> Comment:
    """Say something about a record; its owner is told."""
    require(actor, "comment", about)
    return _write(actor, about.subject, text, None, "comment")


def reply(actor: Actor, *, to: Comment, text: str) -> Comment:
    """Answer a comment; its author is told."""
    record = record_of(actor, to.subject)
    require(actor, "comment", record)
    if to.trashed_at is not None:
        raise Refusal(_("This comment was deleted meanwhile. Write a comment of your own."), code="deleted")
    return _write(actor, to.subject, text, to, "reply")


def _write(actor: Actor, subject: Subject, text: str, to: Comment | None, verb: str) -> Comment:
    words = clean_text(text, label=_("The comment"), most=LONGEST, field="text", needed=True)
    author = author_of(actor)
    with recording(actor, verb, subject_id=subject.pk):
        made = Comment.objects.create(subject=subject, author=author, reply_to=to, text=words)
        made.refresh_from_db(fields=["created_at"])
        told = to.author if to is not None else subject.owner
        tell(actor, told, subject, verb, _COMMENTED[verb](author, subject), f"#comment-{made.pk}")
    return made


_COMMENTED: dict[str, Any] = {
    "comment": lambda author, subject: _("%(who)s commented on %(what)s") % {"who": author, "what": subject},
    "reply": lambda author, subject: _("%(who)s answered your comment on %(what)s") % {"who": author, "what": subject},
}


def tell(actor: Actor, person: Person | None, subject: Subject, kind: str, text: str, anchor: str = "") -> None:
    """Tell one other person, if they may see the subject: everyone sees what is not private, its owner sees it always."""
    if person is None or person.pk == actor.person_id or (subject.private and person.pk != subject.owner_id):
        return
    announce(actor, kind=kind, subject=subject, to=[person], text=text, url=url_of(subject) + anchor)


def post_update(actor: Actor, *, about: Any, text: str, declared: str = "", period: Period | None = None) -> Update:
    """Say how it stands, for a period, with a declared status if the writer has one. An update is not changed later."""
    require(actor, "post_update", about)
    words = clean_text(text, label=_("The update"), most=LONGEST, field="text", needed=True)
    if declared and declared not in Update.Declared.values:
        raise Refusal(_("“%(status)s” is no status.") % {"status": declared}, field="declared")
    with recording(actor, "post_update", subject_id=about.subject_id):
        made = Update.objects.create(
            subject=about.subject,
            author=author_of(actor),
            text=words,
            declared=declared,
            period_key=period.key if period else "",
        )
        made.refresh_from_db(fields=["created_at"])
    return made


def acknowledge_update(actor: Actor, *, update: Update) -> Update:
    """Say that the update was read and taken; done once, by someone else than its author, who is told."""
    require(actor, "view", update)
    if update.author_id == actor.person_id:
        raise Refusal(_("An update is acknowledged by someone else than its author."), code="own")
    with transaction.atomic():
        row = locked(Update, update.pk)
        if row.acknowledged_at is not None:
            return row
        require(actor, "acknowledge", update)
        with recording(actor, "acknowledge_update", subject_id=row.subject_id):
            Update.objects.filter(pk=row.pk).update(acknowledged_by=actor.person_id, acknowledged_at=Now())
            words = {"who": actor.label, "what": row.subject}
            text = _("%(who)s acknowledged your update on %(what)s") % words
            tell(actor, row.author, row.subject, "update_acknowledged", text, f"#update-{row.pk}")
    row.refresh_from_db()
    return row
