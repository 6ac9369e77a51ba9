"""Input of values: parsed here, judged by the action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.periods import At, Period
from scorecards.models import Measure
from scorecards.queries.measures import measure_periods


class RecordForm(forms.Form):
    """One value of one measure for one of its periods."""

    period = forms.ChoiceField(label=_("Period"))
    value = forms.DecimalField(
        label=_("Value"),
        max_digits=38,
        decimal_places=15,
        required=False,
        help_text=_("Leave it empty to withdraw the value."),
    )
    numerator = forms.DecimalField(
        label=_("Counted"),
        max_digits=38,
        decimal_places=15,
        required=False,
        help_text=_("Leave both empty to withdraw the value."),
    )
    denominator = forms.DecimalField(label=_("Out of"), max_digits=38, decimal_places=15, required=False)
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened, and what you do about it."),
    )  # fmt: skip

    def __init__(self, *args: Any, measure: Measure, at: At, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {period.key: period for period in measure_periods(measure, at)}
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        field.choices = [(key, period.label) for key, period in self.periods.items()]
        if measure.aggregation == Measure.Aggregation.RATIO:
            del self.fields["value"]
        else:
            del self.fields["numerator"], self.fields["denominator"]
        if measure.unit_of_measure and "value" in self.fields:
            self.fields["value"].label = f"{self.fields['value'].label} ({measure.unit_of_measure})"

    def period_chosen(self) -> Period:
        """The chosen period; asked after is_valid()."""
        return self.periods[self.cleaned_data["period"]]


class MeasureFilter(forms.Form):
    """The filter bar of the list of measures."""

    q = forms.CharField(label=_("Name or code"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args: Any, statuses: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("Any status")), *statuses.items()]
