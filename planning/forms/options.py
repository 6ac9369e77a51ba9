"""Input of the table of options: options, criteria with their weights, scores, the choice, and weights to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import NumberField, PlainForm, VersionedForm
from core.mapping.typed import Unit
from planning.actions.options import Cell, CriterionRow
from planning.models import Criterion, StrategicOption
from planning.queries.options import OptionLine, Weighing

PERCENT = Unit(is_percent=True)
NEW_ROWS = 3
"""Empty rows at the end of the criteria; saving them gives three more."""


class OptionForm(VersionedForm):
    """One way to settle the issue."""

    name = forms.CharField(label=_("Option"), max_length=120, help_text=_("Short, as the table shows it."))
    description = forms.CharField(
        label=_("What it means"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


@dataclass(frozen=True)
class CriterionInput:
    """The inputs of one row of criteria."""

    title: str
    name: forms.BoundField
    weight: forms.BoundField
    ten_means: forms.BoundField


class CriteriaForm(VersionedForm):
    """All criteria of an issue with their weights; a row whose name is emptied goes."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [str(one.pk) for one in criteria] + [f"new{number}" for number in range(1, NEW_ROWS + 1)]
        known = {str(one.pk): one for one in criteria}
        for place, key in enumerate(self.keys, start=1):
            one = known.get(key)
            self._add(key, _now("Criterion %(n)d") % {"n": place}, one)

    def _add(self, key: str, title: str, one: Criterion | None) -> None:
        name = forms.CharField(label=_now("%(row)s: name") % {"row": title}, max_length=120, required=False)
        weight = NumberField(label=_now("%(row)s: weight, %%") % {"row": title}, unit=PERCENT)
        ten = forms.CharField(label=_now("%(row)s: what a 10 means") % {"row": title}, max_length=200, required=False)
        fields: dict[str, forms.Field] = {f"name_{key}": name, f"weight_{key}": weight, f"ten_{key}": ten}
        values = (one.name, one.weight, one.ten_means) if one else ("", None, "")
        for (field_name, field), value in zip(fields.items(), values, strict=True):
            field.initial = value
            field.widget.attrs.update({"class": "form-control", "aria-label": str(field.label)})
            self.fields[field_name] = field

    def clean(self) -> dict[str, Any]:
        """A row is whole or empty."""
        data = super().clean() or self.cleaned_data
        for key in self.keys:
            name, weight = data.get(f"name_{key}"), data.get(f"weight_{key}")
            if name and weight is None and f"weight_{key}" not in self.errors:
                self.add_error(f"weight_{key}", _("Give it a weight, 0 if it is not to count."))
            if not name and (weight is not None and key.startswith("new")):
                self.add_error(f"name_{key}", _("Give the criterion a name."))
        return data

    @property
    def drawn(self) -> list[CriterionInput]:
        """The rows with their inputs."""
        return [
            CriterionInput(
                _now("Criterion %(n)d") % {"n": place}, self[f"name_{key}"], self[f"weight_{key}"], self[f"ten_{key}"]
            )
            for place, key in enumerate(self.keys, start=1)
        ]

    def rows(self) -> list[CriterionRow]:
        """The criteria as they shall stand; asked after is_valid()."""
        data = self.cleaned_data
        return [
            CriterionRow(
                data[f"name_{key}"], data[f"weight_{key}"], data[f"ten_{key}"], int(key) if key.isdecimal() else None
            )
            for key in self.keys
            if data[f"name_{key}"]
        ]


class ScoresForm(VersionedForm):
    """Every option on every criterion: a score and why."""

    def __init__(self, *args: Any, table: Weighing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        for line in table.lines:
            for criterion, cell in zip(table.criteria, line.cells, strict=True):
                key, names = f"{line.option.pk}_{criterion.pk}", {"option": line.option, "criterion": criterion}
                score = NumberField(label=_now("%(option)s on %(criterion)s, 0 to 10") % names)
                score.initial = cell.score if cell else None
                why = forms.CharField(
                    label=_now("%(option)s on %(criterion)s: why") % names, required=False, max_length=300
                )
                why.initial = cell.words if cell else ""
                score.widget.attrs.update({"class": "form-control smo-numcell", "aria-label": score.label})
                why.widget.attrs.update({"class": "form-control", "aria-label": why.label, "placeholder": _now("Why")})
                self.fields[f"score_{key}"], self.fields[f"words_{key}"] = score, why

    def pairs(self) -> Iterator[tuple[OptionLine, Criterion, str]]:
        """Each cell with the ending of its inputs' names."""
        for line in self.table.lines:
            for criterion in self.table.criteria:
                yield line, criterion, f"{line.option.pk}_{criterion.pk}"

    @property
    def drawn(self) -> list[tuple[StrategicOption, list[tuple[Criterion, forms.BoundField, forms.BoundField]]]]:
        """Options with their inputs by criterion."""
        found: dict[int, tuple[StrategicOption, list[Any]]] = {}
        for line, criterion, key in self.pairs():
            inputs = (criterion, self[f"score_{key}"], self[f"words_{key}"])
            found.setdefault(line.option.pk, (line.option, []))[1].append(inputs)
        return list(found.values())

    def cells(self) -> list[Cell]:
        """What was written; asked after is_valid()."""
        data = self.cleaned_data
        return [
            Cell(line.option.pk, criterion.pk, data[f"score_{key}"], data[f"words_{key}"])
            for line, criterion, key in self.pairs()
        ]


class ChooseForm(VersionedForm):
    """Why one is chosen, and why each other one is not."""

    reason = forms.CharField(
        label=_("Why this one"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip

    def __init__(self, *args: Any, others: Sequence[StrategicOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = others
        for one in others:
            field = forms.CharField(
                label=_now("Why not “%(option)s”") % {"option": one}, required=False, max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
            field.initial = one.reason if one.state == StrategicOption.State.REJECTED else ""
            self.fields[f"rejected_{one.pk}"] = field

    def rejected(self) -> dict[int, str]:
        """Reasons by option; asked after is_valid()."""
        return {one.pk: self.cleaned_data[f"rejected_{one.pk}"] for one in self.others}


class WhatIfForm(PlainForm):
    """Weights to try, without saving them; they count in proportion, so that they need not sum to 100."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            field = NumberField(label=one.name, unit=PERCENT, initial=one.weight, min_value=0, required=True)
            field.widget.attrs.update({"class": "form-control smo-share"})
            self.fields[f"w{one.pk}"] = field

    def clean(self) -> dict[str, Any]:
        """Something must count."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not sum(data.values()):
            raise forms.ValidationError(_("Give at least one criterion a weight."))
        return data

    def weights(self) -> dict[int, Decimal]:
        """Weights by criterion, brought to 100 %; asked after is_valid()."""
        given = {one.pk: self.cleaned_data[f"w{one.pk}"] for one in self.criteria}
        total = sum(given.values())
        return {pk: 100 * weight / total for pk, weight in given.items()}
