"""Input of the owner's forecast: parsed here, judged by the action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import NumberField, PlainForm
from core.periods import At, Frequency, Period
from scorecards.forms.values import unit_of
from scorecards.models import Measure, OwnerForecast

CHANCES = [(str(chance), f"{chance}%") for chance in range(0, 101, 10)]


class ForecastForm(PlainForm):
    """The value a year will end with, and the chance of meeting its target."""

    year = forms.ChoiceField(label=_("Year"))
    value = NumberField(
        label=_("Value at the year end"), help_text=_("What the year as a whole will show. Both empty take it back.")
    )
    probability = forms.TypedChoiceField(
        label=_("Chance of meeting the target"), choices=[("", _("not said")), *CHANCES], coerce=int, empty_value=None,
        required=False, help_text=_("10% means: of ten such years, one would meet it."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the figures so far do not show."),
    )  # fmt: skip

    def __init__(self, *args: Any, measure: Measure, at: At, said: Sequence[OwnerForecast], **kwargs: Any) -> None:
        now = Period.of(Frequency.YEAR, at.today, at.period.calendar)
        self.years = {year.key: year for year in (now, now.next())}
        before = next((one for one in said if one.period_start == now.start), None)
        initial = {name: getattr(before, name) for name in ("value", "probability", "reason")} if before else {}
        super().__init__(*args, initial=initial, **kwargs)
        field = self.fields["year"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        field.choices = [(key, year.label) for key, year in self.years.items()]
        self.fields["value"].unit = unit_of(measure)  # type: ignore[attr-defined]
        if measure.unit_of_measure:
            self.fields["value"].label = f"{self.fields['value'].label} ({measure.unit_of_measure})"

    def year_chosen(self) -> Period:
        """The chosen year; asked after is_valid()."""
        return self.years[self.cleaned_data["year"]]
