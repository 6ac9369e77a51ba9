"""Input of the register of assumptions: parsed here, judged by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, NumberField, PersonField, PlainForm, UnitField, VersionedForm
from core.mapping.typed import Unit
from organization.models import OrgUnit
from organization.queries import people_named
from planning.queries.assumptions import FILTERS
from planning.queries.carrying import Offers

PERCENT = Unit(is_percent=True)


def confidence_field(**options: Any) -> NumberField:
    """How sure one is, in per cent."""
    return NumberField(label=_("Confidence, %"), required=True, unit=PERCENT, min_value=0, max_value=100, **options)


def words_field(label: Any, *, rows: int = 3, **options: Any) -> forms.CharField:
    """Words of several lines."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **options)


class RegisterFilter(PlainForm):
    """What is looked for in the register."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    unit = UnitField(label=_("Unit"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *FILTERS.items()], required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[OrgUnit, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(units, empty=str(_("All units")))  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The filters that can be read; what cannot be is not asked for."""
        return dict(self.cleaned_data) if self.is_valid() or hasattr(self, "cleaned_data") else {}


class AssumptionForm(VersionedForm):
    """The words of an assumption, its owner and its pace."""

    statement = forms.CharField(
        label=_("What we believe"), max_length=200, help_text=_("One sentence that can turn out to be wrong.")
    )
    because = words_field(_("Why we believe it"), required=False)
    owner = PersonField(
        label=_("Owner"), required=False, help_text=_("Looks at it again. Name, e-mail or staff number.")
    )
    half_life = NumberField(
        label=_("Half-life, months"), required=True, help_text=_("After so long, unchecked, half of the confidence is left.")
    )  # fmt: skip
    review_on = DayField(label=_("To be looked at again by"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].find = lambda text: people_named(actor, text)  # type: ignore[attr-defined]


class NewAssumptionForm(AssumptionForm):
    """An assumption to state, for a unit."""

    unit = UnitField(label=_("Unit"))
    confidence = confidence_field(help_text=_("How sure you are today. Under 40 % it counts as doubtful."))
    field_order = ("unit", "statement", "because", "confidence", "owner", "half_life", "review_on")

    def __init__(self, *args: Any, lines: Sequence[tuple[OrgUnit, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]


class ValidateForm(VersionedForm):
    """What was found when it was looked at."""

    confidence = confidence_field(help_text=_("How sure you are now."))
    on = DayField(label=_("Looked at on"))
    review_on = DayField(label=_("To be looked at again by"))
    words = words_field(_("What was found"), required=False)


class RestoreForm(ValidateForm):
    """Why it is believed again."""

    words = words_field(_("Why it is believed again"))


class FalsifyForm(VersionedForm):
    """What showed that it is wrong."""

    on = DayField(label=_("Found to be wrong on"))
    words = words_field(_("What showed it"))


class CarryForm(PlainForm):
    """What rests on the assumption, chosen from what is offered."""

    chosen = forms.MultipleChoiceField(label=_("What rests on it"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, offers: Offers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (one.value, f"{one.kind}: {one.label}" if one.kind else one.label) for one in offers.rows
        ]
