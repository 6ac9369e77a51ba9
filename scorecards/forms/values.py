"""Input of values: parsed here, judged by the action."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import NumberField, PlainForm
from core.mapping.problems import CellProblem
from core.mapping.typed import Unit
from core.periods import At, Period
from scorecards.actions import ObservationRow
from scorecards.actions.entries import read_cell
from scorecards.actions.writing import in_words
from scorecards.forms.entries import whole
from scorecards.models import Measure
from scorecards.queries.entry import seen_at
from scorecards.queries.measures import measure_periods
from scorecards.rules.refusals import Refusal as NumberRefusal


def unit_of(measure: Measure) -> Unit:
    """What a measure's numbers are of."""
    return Unit(measure.unit_of_measure, measure.is_percent)


class ValueField(NumberField):
    """A number of a measure, read as the grid reads it: words of yes or no and of a scale count as their numbers."""

    measure: Measure

    def __init__(self, part: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.part = part

    def read(self, text: str) -> Decimal | None:
        try:
            return read_cell(self.measure, self.part, text, self.written)
        except NumberRefusal as refusal:
            raise CellProblem(in_words(refusal)) from None


class RecordForm(PlainForm):
    """One value of one measure for one of its periods."""

    period = forms.ChoiceField(label=_("Period"))
    value = ValueField("value", label=_("Value"), help_text=_("Leave it empty to withdraw the value."))
    numerator = ValueField("numerator", label=_("Counted"), help_text=_("Leave both empty to withdraw the value."))
    denominator = ValueField("denominator", label=_("Out of"))
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened, and what you do about it."),
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, measure: Measure, at: At, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {period.key: period for period in measure_periods(measure, at)}
        if not self.is_bound:
            places = [(measure.pk, period) for period in self.periods.values()]
            self.initial["seen"] = " ".join(
                f"{p.key}={rev}.{waits}" for (_m, p), (rev, waits) in seen_at(places).items()
            )
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        field.choices = [(key, period.label) for key, period in self.periods.items()]
        if measure.aggregation == Measure.Aggregation.RATIO:
            del self.fields["value"]
        else:
            del self.fields["numerator"], self.fields["denominator"]
        for each in self.fields.values():
            if isinstance(each, ValueField):
                each.measure = measure
        if measure.unit_of_measure and "value" in self.fields:
            self.fields["value"].label = f"{self.fields['value'].label} ({measure.unit_of_measure})"

    def period_chosen(self) -> Period:
        """The chosen period; asked after is_valid()."""
        return self.periods[self.cleaned_data["period"]]

    def row(self, measure: Measure) -> ObservationRow:
        """What is to be recorded; asked after is_valid()."""
        given = self.cleaned_data
        row = ObservationRow(
            measure_id=measure.pk,
            period=self.period_chosen(),
            value=given.get("value"),
            numerator=given.get("numerator"),
            denominator=given.get("denominator"),
            comment=given["comment"],
        )
        return replace(row, **self.seen_chosen())

    def seen_chosen(self) -> dict[str, Any]:
        """What its author saw of the chosen period, as ObservationRow wants it; empty where the page does not say."""
        said = dict(word.split("=", 1) for word in self.cleaned_data["seen"].split() if "=" in word)
        revision, _dot, waiting = said.get(self.cleaned_data["period"], "").partition(".")
        numbers = (whole(revision), whole(waiting))
        return {} if None in numbers else dict(zip(("expected", "waiting"), numbers, strict=True))

    def saw(self, revision: int, waiting: int) -> None:
        """From now on its author has seen this of the chosen period."""
        key = self.cleaned_data["period"]
        rest = [word for word in self.cleaned_data["seen"].split() if not word.startswith(f"{key}=")]
        self.data = {**self.data.dict(), "seen": " ".join([*rest, f"{key}={revision}.{waiting}"])}  # type: ignore[attr-defined]


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
