"""Input of weights, of the roll-up rule of a node, and of bands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, NumberField, PlainForm, VersionedForm
from core.mapping.typed import Unit
from scorecards.models import Node
from scorecards.queries.weights import WeightGroup, WeightLine

PERCENT = Unit(is_percent=True)


def weight_name(node: int) -> str:
    """The name of the input for a child's weight."""
    return f"weight_{node}"


class WeightsForm(VersionedForm):
    """What counts how much below one node, from a day on."""

    from_on = DayField(label=_("From"), help_text=_("Earlier periods keep the weights of their time."))

    def __init__(self, *args: Any, group: WeightGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        for line in group.lines:
            field = NumberField(label=line.name, initial=line.weight, required=True)
            field.widget.attrs.update({"class": "form-control smo-numcell", "aria-label": line.name})
            self.fields[weight_name(line.node)] = field

    @property
    def drawn(self) -> list[tuple[WeightLine, forms.BoundField]]:
        """Each child with its input."""
        return [(line, self[weight_name(line.node)]) for line in self.group.lines]

    def weights(self) -> dict[int, Decimal]:
        """The weights by node; asked after is_valid()."""
        return {line.node: self.cleaned_data[weight_name(line.node)] for line in self.group.lines}


class RuleForm(PlainForm):
    """How the scores below a node become its own, from a day on."""

    rule = forms.ChoiceField(label=_("Roll-up"), choices=Node.Rule.choices)
    from_on = DayField(label=_("From"), required=False, help_text=_("Earlier periods keep the roll-up of their time."))


class BandsForm(PlainForm):
    """Where the statuses begin, and how much coverage a score needs, from a day on."""

    green = NumberField(label=_("On track from"), required=True, help_text=_("A score of 0 to 100."))
    amber = NumberField(label=_("Watch from"), required=True, help_text=_("Below it a score is off track."))
    exceeds = NumberField(label=_("Exceeds from"), help_text=_("Empty: no score is shown as exceeding."))
    minimum_coverage = NumberField(
        label=_("Smallest coverage, in percent"), required=True, unit=PERCENT,
        help_text=_("With less of the weight known, a score is grey."),
    )  # fmt: skip
    tolerance = NumberField(
        label=_("Default red flag, in percent of the target"), required=True, unit=PERCENT,
        help_text=_("Where neither a red flag nor a tolerance is given; for percentages, points."),
    )  # fmt: skip
    from_on = DayField(label=_("From"), help_text=_("Earlier periods keep the bands of their time."))
