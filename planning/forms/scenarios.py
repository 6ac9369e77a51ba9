"""Input of scenarios and their triggers: parsed here, judged by the actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.forms import NumberField, PersonField, PlainForm, UnitField, VersionedForm, WholeField
from organization.models import OrgUnit
from organization.queries import people_named
from planning.models import Scenario
from scorecards.models import Measure
from strategy.models import Strategy


class ScenarioFilter(PlainForm):
    """What is looked for among the scenarios."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    unit = UnitField(label=_("Unit"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *Scenario.State.choices], required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[OrgUnit, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(units, empty=str(_("All units")))  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The filters that can be read; what cannot be is not asked for."""
        return dict(self.cleaned_data) if self.is_valid() or hasattr(self, "cleaned_data") else {}


class ScenarioForm(VersionedForm):
    """The words of a scenario."""

    name = forms.CharField(label=_("Name"), max_length=120)
    story = forms.CharField(
        label=_("What happens"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    early_moves = forms.CharField(
        label=_("What we would do"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The first moves, ready for the day on which a sign is seen."),
    )  # fmt: skip
    owner = PersonField(
        label=_("Owner"), required=False, help_text=_("Is told when a sign is seen. Name, e-mail or staff number.")
    )
    strategy = forms.ModelChoiceField(
        label=_("Strategy"), queryset=Strategy.objects.none(), required=False, empty_label=_("The whole unit")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].find = lambda text: people_named(actor, text)  # type: ignore[attr-defined]
        rows = scoped(actor, "view", Strategy.objects.exclude(state=Strategy.State.CLOSED))
        self.fields["strategy"].queryset = rows.order_by("name", "pk")  # type: ignore[attr-defined]


class NewScenarioForm(ScenarioForm):
    """A scenario to write, for a unit."""

    unit = UnitField(label=_("Unit"))
    field_order = ("unit", "name", "story", "early_moves", "owner", "strategy")

    def __init__(self, *args: Any, lines: Sequence[tuple[OrgUnit, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]


class ScenarioChangeForm(ScenarioForm):
    """Other words, and how it stands."""

    state = forms.ChoiceField(label=_("State"), choices=Scenario.State.choices)


class MeasureField(forms.CharField):
    """A measure by its code or name; cleans to the measure. `find` gives those whom a text means."""

    default_error_messages = {
        "none": _("No measure has the code or name '%(text)s'."),
        "several": _("%(count)d measures fit '%(text)s'. Type the code: %(codes)s."),
    }
    find: Callable[[str], Sequence[Measure]] | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = list(self.find(text)) if self.find and text else []
        if not found:
            raise ValidationError(self.error_messages["none"], code="none", params={"text": text})
        if len(found) > 1:
            params = {"text": text, "count": len(found), "codes": ", ".join(one.code for one in found[:5])}
            raise ValidationError(self.error_messages["several"], code="several", params=params)
        return found[0]


class TriggerForm(PlainForm):
    """A sign by which the future announces itself."""

    measure = MeasureField(label=_("Measure"), max_length=300, help_text=_("Its code or its name."))
    is_above = forms.TypedChoiceField(
        label=_("The value is"), choices=[("above", _("above the limit")), ("below", _("below the limit"))],
        coerce=lambda text: text == "above", initial="above",
    )  # fmt: skip
    limit = NumberField(label=_("Limit"), required=True, help_text=_("In the measure's own unit."))
    periods = WholeField(
        label=_("Periods in a row"), required=True, initial=1, help_text=_("Of the measure's own frequency.")
    )

    def __init__(self, *args: Any, find: Callable[[str], Sequence[Measure]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].find = find  # type: ignore[attr-defined]
