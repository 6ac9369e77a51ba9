"""Settings of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, NumberField, PlainForm, VersionedForm, WholeField
from core.periods.calendars import month_name
from organization.models import CustomField, FiscalCalendar
from organization.queries import NOUNS, Noun


class OrganizationForm(VersionedForm):
    """Name, second line and currency."""

    name = forms.CharField(label=_("Name"), max_length=120)
    subtitle = forms.CharField(
        label=_("Second line"), max_length=120, required=False, help_text=_("Stands under the name, at the top left.")
    )
    currency = forms.CharField(label=_("Reporting currency"), max_length=3, help_text=_("Three letters, like EUR."))


class CalendarForm(PlainForm):
    """How fiscal years are cut from a day on."""

    valid_from = DayField(
        label=_("From"), help_text=_("The first day of a fiscal year, in the future once figures are recorded.")
    )
    first_month = forms.TypedChoiceField(
        label=_("A year begins in"), coerce=int, choices=[(month, month_name(month)) for month in range(1, 13)]
    )
    named_by = forms.ChoiceField(
        label=_("A year is named by"), choices=FiscalCalendar.NamedBy.choices, widget=forms.RadioSelect, initial="start"
    )


class RateForm(PlainForm):
    """What a currency is worth from a day on."""

    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("Three letters, like USD."))
    rate = NumberField(
        label=_("Rate"),
        required=True,
        digits=(18, 8),
        help_text=_("What one of it is worth in the reporting currency."),
    )
    first_day = DayField(label=_("From"))


class TermsForm(PlainForm):
    """The organisation's own words, two for each noun."""

    def __init__(self, *args: Any, words: Mapping[str, Noun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, (one, many) in NOUNS.items():
            own = words.get(key)
            self.fields[f"{key}_one"] = _word(one, own.one if own else "")
            self.fields[f"{key}_many"] = _word(many, own.many if own else "")


def _word(label: Any, own: str) -> forms.CharField:
    shown = "" if own == str(label) else own
    return forms.CharField(label=label, max_length=60, required=False, initial=shown)


class FieldForm(PlainForm):
    """A field of one's own that stands."""

    label = forms.CharField(label=_("Label"), max_length=120)
    choices = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line; for fields of the type choice only."),
    )  # fmt: skip
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)
    order = WholeField(
        label=_("Place"),
        required=True,
        min_value=0,
        max_value=1000,
        initial=100,
        help_text=_("Small numbers come first."),
    )

    def clean_choices(self) -> list[str]:
        return str(self.cleaned_data["choices"]).splitlines()


class NewFieldForm(FieldForm):
    """A field of one's own to add."""

    kind = forms.ChoiceField(label=_("For"))
    key = forms.CharField(
        label=_("Key"), max_length=40,
        help_text=_("Small letters, digits and _. Files and programs name the field by it; it never changes."),
    )  # fmt: skip
    type = forms.ChoiceField(label=_("Type"), choices=CustomField.Type.choices)
    field_order = ("kind", "label", "key", "type", "choices", "is_required", "order")

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
