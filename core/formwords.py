"""What a form says about its fields: the kind of an input, and what is wrong with one in a sentence."""

from __future__ import annotations

from itertools import groupby

from django.forms import BoundField, Field
from django.forms.boundfield import BoundWidget
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


def grouped(field: BoundField) -> list[tuple[str, list[BoundWidget]]]:
    """The choices of a field that are ticked one by one, under their headings; under none where they have none."""
    widget = field.field.widget
    attributes = field.build_widget_attrs({"id": field.auto_id} if field.auto_id else {})
    found = widget.optgroups(field.html_name, widget.format_value(field.value()), attributes)  # type: ignore[attr-defined]
    options = [(heading or "", option) for heading, rows, _index in found for option in rows]
    return [
        (heading, [BoundWidget(widget, option, field.form.renderer) for _heading, option in rows])
        for heading, rows in groupby(options, key=lambda one: one[0])
    ]
