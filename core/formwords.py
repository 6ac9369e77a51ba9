"""What a form says about its fields: the kind of an input, and what is wrong with one in a sentence."""

from __future__ import annotations

from django.forms import BoundField, Field
from django.utils.translation import gettext_lazy as _

_CHOOSE = _("Choose one.")
_EMPTY = {
    "select": _CHOOSE,
    "radioselect": _CHOOSE,
    "checkboxselectmultiple": _("Choose at least one."),
    "checkbox": _("Tick this to go on."),
    "date": _("Give a day."),
    "file": _("Choose a file."),
    "clearablefile": _("Choose a file."),
}
"""What to do with a field that was left empty and may not be, by the kind of its input."""


def kind_of(field: BoundField) -> str:
    """The kind of the field's input: text, select, date, checkbox."""
    kind: str = type(field.field.widget).__name__.lower().removesuffix("input")
    return kind


def sentences(field: BoundField) -> list[str]:
    """What is wrong with a field. One that was left empty is told what to do, not that it "is required"."""
    found: list[str] = []
    for error in field.errors.as_data():
        is_bare = error.code == "required" and error.message == Field.default_error_messages["required"]
        found += [str(_EMPTY.get(kind_of(field), _("Fill this in.")))] if is_bare else map(str, error.messages)
    return found
