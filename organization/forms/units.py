"""Adding, changing, moving and closing a unit; filtering people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, UnitField, VersionedForm
from organization.models import OrgUnit

Lines = Sequence[tuple[OrgUnit, int]]
REASON = _("Why? It stands in the log.")


class UnitForm(VersionedForm):
    """A unit's name, code and kind."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Short, without blanks: files and reports name the unit by it.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OrgUnit.Kind.choices, initial=OrgUnit.Kind.BUSINESS)


class NewUnitForm(UnitForm):
    """A unit to add below another."""

    parent = UnitField(label=_("Unit above"))
    opened_on = DayField(label=_("Opens on"), required=False, help_text=_("Empty is today."))
    field_order = ("parent", "name", "code", "kind", "opened_on")

    def __init__(self, *args: Any, lines: Lines, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(lines)  # type: ignore[attr-defined]


class MoveUnitForm(VersionedForm):
    """Where a unit hangs from a day on."""

    parent = UnitField(label=_("New unit above"))
    on = DayField(label=_("From"), help_text=_("Rights and figures follow on that day."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, help_text=REASON)

    def __init__(self, *args: Any, lines: Lines, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(lines)  # type: ignore[attr-defined]
        self.fields["on"].initial = today


class CloseUnitForm(VersionedForm):
    """The day a unit closes, and who takes over."""

    successor = UnitField(label=_("Who takes over"), required=False)
    on = DayField(label=_("Closed from"), help_text=_("The first day on which the unit is no longer there."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, help_text=REASON)

    def __init__(self, *args: Any, lines: Lines, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].offer(lines, empty=str(_("Nobody")))  # type: ignore[attr-defined]
        self.fields["on"].initial = today
