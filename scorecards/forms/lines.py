"""Input of further lines, of notes on a chart, and of the use of a measure elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actions import Outcome
from core.forms import DayField, NumberField, PlainForm, VersionedForm
from scorecards.actions import ObservationRow
from scorecards.forms.values import unit_of
from scorecards.models import Measure, Series
from scorecards.queries.lines import LineCell, LineYear


class LineForm(PlainForm):
    """A further line to add."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Series.Kind.choices, initial=Series.Kind.BENCHMARK)
    name = forms.CharField(label=_("Name"), max_length=500, required=False, help_text=_("For example: best in class."))


class RenameForm(PlainForm):
    """Another name."""

    name = forms.CharField(label=_("Name"), max_length=500, required=False)


class LineValuesForm(PlainForm):
    """The values of a further line in a year, a cell per period."""

    source = forms.CharField(label=_("Source"), max_length=200, required=False)

    def __init__(self, *args: Any, report: LineYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        self._asked: list[LineCell] = []
        for cell in self._open():
            field = NumberField(label=cell.period.label, unit=unit_of(report.measure), initial=cell.value)
            field.widget.attrs.update({"class": "form-control smo-numcell", "aria-label": cell.period.label})
            self.fields[cell.period.key] = field

    def _open(self) -> Sequence[LineCell]:
        return [cell for cell in self.report.cells if not cell.closed]

    @property
    def drawn(self) -> list[tuple[LineCell, forms.BoundField | None]]:
        """Each period with its input; none where it is closed."""
        return [(cell, None if cell.closed else self[cell.period.key]) for cell in self.report.cells]

    def rows(self) -> list[ObservationRow]:
        """The values that are other than those stored; asked after is_valid()."""
        self._asked = [cell for cell in self._open() if self.cleaned_data[cell.period.key] != cell.value]
        series = self.report.series
        return [
            ObservationRow(
                self.report.measure.pk, cell.period, self.cleaned_data[cell.period.key],
                source=self.cleaned_data["source"], series_kind=series.kind, series_name=series.name,
            )
            for cell in self._asked
        ]  # fmt: skip

    def refuse(self, outcome: Outcome) -> None:
        """Put each row's sentence at its cell."""
        for each in outcome.refused:
            self.add_error(self._asked[each.row].period.key, each.reason)


class NoteForm(VersionedForm):
    """A note at a day of a measure's chart."""

    on = DayField(label=_("Day"))
    text = forms.CharField(label=_("What happened"), max_length=200, required=False)
    is_break = forms.BooleanField(
        label=_("Values before and after do not compare"), required=False, help_text=_("No trend is drawn across it.")
    )


class UseForm(PlainForm):
    """Another unit's measure to count under an objective."""

    code = forms.CharField(label=_("Measure"), max_length=40, help_text=_("Its code, as it stands on its page."))
    weight = NumberField(label=_("Weight here"), initial=1, required=True, help_text=_("Only proportions count."))
    from_on = DayField(label=_("From"))

    def __init__(self, *args: Any, measures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._measures = measures

    def clean_code(self) -> Measure:
        """The measure that is meant."""
        found: Measure | None = self._measures.filter(code__iexact=self.cleaned_data["code"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no measure with this code. Look it up in the list of measures."))
        return found


class StopForm(PlainForm):
    """From when a measure counts under another objective no longer."""

    from_on = DayField(label=_("From"), help_text=_("Earlier periods keep it."))
