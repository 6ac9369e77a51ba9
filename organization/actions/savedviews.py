"""A person's own filters of a list page, kept by name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.actions.batches import locked
from organization.actions.texts import clean_line
from organization.models import Person, SavedView


def save_view(actor: Actor, *, page: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep the filters of a page under a name; a name used before gets the new filters."""
    kept = clean_line(name, label=_("The name"), most=80, field="name")
    filters = clean_line(query, label=_("The filters"), most=1000, field="query", needed=False)
    with transaction.atomic():
        owner = Person.objects.select_for_update(no_key=True).get(pk=actor.person_id or 0)
        with recording(actor, "save_view", subject_id=owner.subject_id, details={"page": page, "name": kept}):
            view, _made = SavedView.objects.update_or_create(
                person=owner,
                page=page,
                name=kept,
                trashed_at=None,
                defaults={"query": filters, "is_shared": is_shared},
            )
    return view


def rename_view(actor: Actor, *, view: SavedView, name: str) -> SavedView:
    """Another name for kept filters."""
    require(actor, "change", view)
    kept = clean_line(name, label=_("The name"), most=80, field="name")
    with transaction.atomic():
        row = locked(SavedView, view.pk)
        others = SavedView.objects.filter(person_id=row.person_id, page=row.page, name=kept, trashed_at=None)
        if others.exclude(pk=row.pk).exists():
            raise Refusal(_("You have another view called %(name)s here.") % {"name": kept}, field="name")
        with recording(actor, "rename_view", subject_id=row.person.subject_id):
            row.name = kept
            row.save(update_fields=["name"])
    return row


def trash_view(actor: Actor, *, view: SavedView, now: datetime) -> None:
    """Delete kept filters; for 30 days they can be brought back."""
    require(actor, "delete", view)
    with recording(actor, "trash_view", subject_id=view.person.subject_id, details={"name": view.name}):
        SavedView.objects.filter(pk=view.pk, trashed_at=None).update(trashed_at=now)


def restore_view(actor: Actor, *, view: SavedView) -> SavedView:
    """Bring deleted filters back, under a name that is free."""
    with transaction.atomic():
        row = locked(SavedView, view.pk)
        if row.person_id != actor.person_id:
            require(actor, "change", row)
        if SavedView.objects.filter(person_id=row.person_id, page=row.page, name=row.name, trashed_at=None).exists():
            raise Refusal(_("You have made another view called %(name)s. Rename that first.") % {"name": row.name})
        with recording(actor, "restore_view", subject_id=row.person.subject_id):
            row.trashed_at = None
            row.save(update_fields=["trashed_at"])
    return row
