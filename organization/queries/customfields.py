"""The fields an organisation adds to the portal's nouns, and what may stand in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import JSONField
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.actions import Refusal
from core.subjects import kinds
from organization.models import CustomField

LONGEST_TEXT = 2000
YES, NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def kinds_with_own_fields() -> list[str]:
    """Kinds of subjects whose records have a `custom` column."""
    return sorted(
        kind.kind
        for kind in kinds().values()
        if any(isinstance(field, JSONField) and field.name == "custom" for field in kind.model._meta.concrete_fields)
    )


def custom_fields(kind: str) -> list[CustomField]:
    """The fields of a kind in their order."""
    return list(CustomField.objects.filter(kind=kind))


def clean_custom(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored in the record's `custom` column: text, number, ISO date, choice or boolean.

    Empty values are left out. A Refusal names the field that is required, unknown or cannot be read. A caller merges:
    `{**record.custom, **clean_custom(kind, given)}` keeps the values of fields that were taken away.
    """
    fields = {field.key: field for field in custom_fields(kind)}
    unknown = sorted(set(values) - fields.keys())
    if unknown:
        raise Refusal(_("There is no field '%(key)s' here.") % {"key": unknown[0]}, field=f"custom.{unknown[0]}")
    cleaned = {}
    for key, field in fields.items():
        value = _cleaned(field, values.get(key))
        if value is not None:
            cleaned[key] = value
        elif field.is_required:
            raise _refusal(field, _("%(label)s is needed."))
    return cleaned


def _cleaned(field: CustomField, given: Any) -> Any:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return _READERS[CustomField.Type(field.type)](field, given)


def _refusal(field: CustomField, sentence: str, **names: Any) -> Refusal:
    return Refusal(sentence % {"label": field.label, **names}, field=f"custom.{field.key}")


def _text(field: CustomField, given: Any) -> str:
    text = str(given).strip()
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise _refusal(field, _("%(label)s is too long, or holds a character that cannot be shown."))
    return text


def _number(field: CustomField, given: Any) -> int | float:
    try:
        number = float(given) if not isinstance(given, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _refusal(field, _("%(label)s is a number; '%(given)s' is none."), given=str(given)[:40])
    return int(number) if number.is_integer() else number


def _date(field: CustomField, given: Any) -> str:
    try:
        day = given if isinstance(given, date) else parse_date(str(given).strip())
    except ValueError:
        day = None
    if day is None:
        raise _refusal(field, _("%(label)s is a date, like 2026-07-16; '%(given)s' is none."), given=str(given)[:40])
    return day.isoformat()[:10]


def _choice(field: CustomField, given: Any) -> str:
    if str(given) not in field.choices:
        raise _refusal(field, _("%(label)s is one of: %(choices)s."), choices=", ".join(field.choices))
    return str(given)


def _boolean(field: CustomField, given: Any) -> bool:
    word = str(given).strip().lower()
    if word not in YES | NO:
        raise _refusal(field, _("%(label)s is yes or no."))
    return word in YES


_READERS: dict[CustomField.Type, Callable[[CustomField, Any], Any]] = {
    CustomField.Type.TEXT: _text,
    CustomField.Type.NUMBER: _number,
    CustomField.Type.DATE: _date,
    CustomField.Type.CHOICE: _choice,
    CustomField.Type.BOOLEAN: _boolean,
}
