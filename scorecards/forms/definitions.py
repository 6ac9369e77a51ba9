"""Input of the library: a definition to add, its next version, which one a measure follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, PersonField, UnitField, VersionedForm, WholeField
from organization.models import OrgUnit
from organization.queries import people_named
from scorecards.models import Aggregation, DefinitionVersion, FrequencyChoices, MeasureDefinition, Method, Polarity

REASON = _("It is kept with the change, and shown beside it.")
TEXTS = ("description", "formula", "source")
NUMBERS = ("unit_of_measure", "is_percent", "decimals")
SCORING = ("frequency", "aggregation", "method", "polarity")


def part(legend: Any, *names: str) -> Fieldset:
    """Fields that belong together, under a heading of their own."""
    return Fieldset(legend, *(Field(name) for name in names), css_class="smo-part")


def long_text(label: Any, hint: Any = "", rows: int = 2) -> forms.CharField:
    """A text of several lines that may stay empty."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, help_text=hint)


class DefinitionForm(VersionedForm):
    """What a standard definition says. `actor` is who names its owner."""

    name = forms.CharField(label=_("Name"), max_length=300)
    owner = PersonField(label=_("Owner"), required=False)
    description = long_text(_("What it counts"), _("What is in and what is not, so that two units count the same."))
    formula = long_text(_("Formula in words"), _("For example: seen within 4 hours ÷ all who came."))
    source = forms.CharField(label=_("Source"), max_length=200, required=False)
    unit_of_measure = forms.CharField(
        label=_("Unit of measure"), max_length=40, required=False, help_text=_("For example: days, £m, patients.")
    )
    is_percent = forms.BooleanField(label=_("A percentage"), required=False)
    decimals = WholeField(label=_("Decimals shown"), required=True, min_value=0, max_value=6, initial=1)
    frequency = forms.ChoiceField(label=_("Frequency"), choices=FrequencyChoices.choices, initial="month")
    aggregation = forms.ChoiceField(
        label=_("Over time"),
        choices=Aggregation.choices,
        initial=Aggregation.LAST,
        help_text=_("How months make a quarter or a year."),
    )
    method = forms.ChoiceField(label=_("Scored by"), choices=Method.choices, initial=Method.BAND)
    polarity = forms.ChoiceField(label=_("Direction"), choices=Polarity.choices, initial=Polarity.UP)

    head: Sequence[str] = ("name", "owner")
    foot: Sequence[str] = ()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].find = partial(people_named, actor)  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            "expected",
            part(_("What it is"), *self.head, *TEXTS),
            part(_("How values are written"), *NUMBERS),
            part(_("What a new measure starts from"), *SCORING),
            *([part(_("The change"), *self.foot)] if self.foot else []),
        )


class NewDefinitionForm(DefinitionForm):
    """A definition to add, and the unit whose office keeps it."""

    unit = UnitField(label=_("Kept by"), help_text=_("The unit whose strategy office answers for the text."))
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Unique, and never used again."))
    head = ("unit", "code", "name", "owner")

    def __init__(self, *args: Any, lines: Sequence[tuple[OrgUnit, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]


class ReviseForm(DefinitionForm):
    """The next version of a definition."""

    effective_from = DayField(label=_("In force from"), help_text=_("Today or an earlier day."))
    reason = forms.CharField(label=_("Why it changes"), required=False, max_length=500, help_text=REASON)
    is_break = forms.BooleanField(
        label=_("Values before and after do not compare"),
        required=False,
        help_text=_("Marks a break in every measure that follows it: no trend is drawn across it."),
    )
    foot = ("effective_from", "reason", "is_break")


class RetireForm(VersionedForm):
    """Why something is retired."""

    reason = forms.CharField(label=_("Why it is retired"), required=False, max_length=500, help_text=REASON)


class FollowForm(VersionedForm):
    """Which standard definition a measure follows."""

    definition = forms.TypedChoiceField(label=_("Definition"), coerce=int)

    def __init__(self, *args: Any, offered: Sequence[MeasureDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.pk, f"{row.code} {row.name}") for row in offered]
        self.fields["definition"].choices = choices  # type: ignore[attr-defined]
        self.offered = {row.pk: row for row in offered}

    def clean_definition(self) -> MeasureDefinition:
        """The row that is meant."""
        return self.offered[self.cleaned_data["definition"]]


class VersionsForm(forms.Form):
    """Two versions of a definition to hold against each other."""

    older = forms.TypedChoiceField(label=_("Version"), coerce=int)
    newer = forms.TypedChoiceField(label=_("Held against"), coerce=int)

    def __init__(self, *args: Any, versions: Sequence[DefinitionVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.number, str(row.number)) for row in versions]
        for name in ("older", "newer"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
