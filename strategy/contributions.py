"""What the shared model adds to other screens: what people owe, what can be done with a subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Actor, NotVisible, can
from core.announcements import announcement_kind
from core.obligations import Obligation, obligation
from core.periods import At
from core.verbs import verb
from organization.models import Subject
from strategy.queries.attached import open_action_items, record_of
from strategy.queries.obligations import due_on, updates_wanted

announcement_kind("action_item", gettext_lazy("Actions given to me"), by_mail=True)
announcement_kind("action_done", gettext_lazy("Actions I raised that are done"))
announcement_kind("comment", gettext_lazy("Comments on what I own"))
announcement_kind("reply", gettext_lazy("Answers to my comments"))
announcement_kind("strategy_submitted", gettext_lazy("Strategies that wait for approval or go back"))
announcement_kind("update_acknowledged", gettext_lazy("Updates of mine that were acknowledged"))


# ------------------------------------------------------------------------------------------------- obligations
@obligation("action_item", gettext_lazy("Actions to do"))
def actions_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Open action items of the viewer."""
    for item in open_action_items(viewer):
        yield Obligation(
            kind="action_item",
            what=item.title,
            about=str(item.about),
            due_on=item.due_on,
            url=reverse("strategy:action_item", args=[item.pk]),
            person_id=viewer.person_id,
        )


@obligation("update", gettext_lazy("Updates to write"))
def updates_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """The last finished month of each live objective the viewer owns, while it has no update."""
    period, objectives = updates_wanted(viewer, at)
    for objective in objectives:
        yield Obligation(
            kind="update",
            what=_("Write an update for %(period)s") % {"period": period.label},
            about=objective.name,
            due_on=due_on(period),
            url=f"{reverse('strategy:update_new', args=[objective.subject_id])}?p={period.key}",
            person_id=viewer.person_id,
        )


# ------------------------------------------------------------------------------------------------------- verbs
def _offered(right: str, view: str, subject: Subject, viewer: Actor) -> str:
    """The form's address, if the viewer may do it on the record behind the subject."""
    try:
        record = record_of(viewer, subject)
    except NotVisible:
        return ""
    return reverse(view, args=[subject.pk]) if can(viewer, right, record) else ""


@verb("comment", gettext_lazy("Comment"), "message", order=10)
def offer_comment(subject: Any, viewer: Actor) -> str:
    """Say something about it."""
    return _offered("comment", "strategy:comment_new", subject, viewer)


@verb("add_action_item", gettext_lazy("Add an action"), "checkbox", order=20)
def offer_action_item(subject: Any, viewer: Actor) -> str:
    """Ask someone to do something about it."""
    return _offered("add_action_item", "strategy:action_item_new", subject, viewer)
