"""The fields an organisation adds to the portal's nouns, and what may stand in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import JSONField
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.actions import Refusal
from core.formats import date_long
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


def clean_custom(
    kind: str,
    values: Mapping[str, Any],
    *,
    held: Mapping[str, Any] | None = None,
    fields: Sequence[CustomField] | None = None,
) -> dict[str, Any]:
    """The record's `custom` column once the values are written over what it held: text, number, ISO date, choice, boolean.

    An empty value takes the old one away; what is not named stays, also values of fields that were taken away since. A
    Refusal names the field that is required, unknown or cannot be read. `fields`: those of the kind, where many records
    are written.
    """
    known = {field.key: field for field in (custom_fields(kind) if fields is None else fields)}
    unknown = sorted(set(values) - known.keys())
    if unknown:
        raise Refusal(_("There is no field '%(key)s' here.") % {"key": unknown[0]}, field=f"custom.{unknown[0]}")
    kept = {key: value for key, value in (held or {}).items() if key not in values}
    for key, field in known.items():
        value = _cleaned(field, values.get(key))
        if value is not None:
            kept[key] = value
        elif field.is_required and key not in kept:
            raise _refusal(field, _("%(label)s is needed."))
    return kept


def own_values(kind: str, custom: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Labels and words of what a record's `custom` column holds, in the order of the fields; asks nothing if it is empty."""
    fields = custom_fields(kind) if custom else []
    return [(field.label, _words(field, custom[field.key])) for field in fields if custom.get(field.key) is not None]


def _words(field: CustomField, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.type == CustomField.Type.DATE:
        return date_long(date.fromisoformat(value))
    return str(value)


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
