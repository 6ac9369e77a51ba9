"""The fields an organisation adds to the portal's nouns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.actions.batches import locked
from organization.actions.settings import require_setting
from organization.actions.texts import clean_line
from organization.models import CustomField
from organization.queries import kinds_with_own_fields

MOST_FIELDS, MOST_CHOICES = 30, 50
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def add_field(
    actor: Actor,
    *,
    kind: str,
    key: str,
    label: str,
    type: str,  # noqa: A002 - the column's own name
    choices: Sequence[str] = (),
    is_required: bool = False,
    order: int = 100,
) -> CustomField:
    """Add a field to a noun. Its key names it in files and in the API and never changes."""
    require_setting(actor, CustomField)
    if kind not in kinds_with_own_fields():
        raise Refusal(_("'%(kind)s' takes no fields of your own.") % {"kind": kind}, field="kind")
    if not _KEY.fullmatch(key):
        raise Refusal(_("The key starts with a small letter and holds small letters, digits and _ only."), field="key")
    if type not in CustomField.Type.values:
        raise Refusal(_("'%(type)s' is no type of field.") % {"type": type}, field="type")
    words = _clean_choices(type, choices)
    name = clean_line(label, label=_("The label"), most=120, field="label")
    held = CustomField.objects.filter(kind=kind)
    with recording(actor, "add_field", details={"kind": kind, "key": key}):
        if held.filter(key=key).exists():
            raise Refusal(_("There is a field '%(key)s' already.") % {"key": key}, field="key")
        if held.count() >= MOST_FIELDS:
            raise Refusal(_("A noun takes %(most)d fields of your own at most.") % {"most": MOST_FIELDS}, field="kind")
        return CustomField.objects.create(
            kind=kind, key=key, label=name, type=type, choices=words, is_required=is_required, order=order
        )


def _clean_choices(kind_of_field: str, choices: Sequence[str]) -> list[str]:
    words = [clean_line(word, label=_("A choice"), most=120, field="choices") for word in choices if word.strip()]
    if kind_of_field != CustomField.Type.CHOICE:
        return []
    if len(words) < 2 or len(set(words)) < len(words) or len(words) > MOST_CHOICES:
        raise Refusal(_("Give 2 to 50 different choices, one on each line."), field="choices")
    return words


def change_field(
    actor: Actor,
    *,
    field: CustomField,
    label: str,
    choices: Sequence[str] = (),
    is_required: bool = False,
    order: int = 100,
) -> CustomField:
    """Another label, other choices or another place. Values that were chosen before stay in their records."""
    require(actor, "change", field)
    with transaction.atomic():
        row = locked(CustomField, field.pk)
        row.label = clean_line(label, label=_("The label"), most=120, field="label")
        row.choices = _clean_choices(row.type, choices)
        row.is_required, row.order = is_required, order
        with recording(actor, "change_field", details={"kind": row.kind, "key": row.key}):
            row.save(update_fields=["label", "choices", "is_required", "order"])
    return row


def remove_field(actor: Actor, *, field: CustomField) -> None:
    """Take a field away. Its values stay in their records and are back when a field of that key is added again."""
    require(actor, "change", field)
    with recording(actor, "remove_field", details={"kind": field.kind, "key": field.key}):
        CustomField.objects.filter(pk=field.pk).delete()
