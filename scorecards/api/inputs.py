"""What programs write of a measure; the verbs judge it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.views import StrictSerializer, Visible
from organization.models import OrgUnit, Person
from scorecards.api.serializers import Number
from scorecards.models import Aggregation, FrequencyChoices, Measure, Method, Polarity
from strategy.models import Objective


class ChangedMeasure(StrictSerializer):
    """Fields to change; those that are left out stay."""

    name = serializers.CharField(max_length=300)
    short_name = serializers.CharField(max_length=60, allow_blank=True, required=False)
    description, formula = (serializers.CharField(allow_blank=True, required=False) for _ in range(2))
    expression = serializers.CharField(
        allow_blank=True, required=False,
        help_text="What it is calculated from, by codes: 100 × FIN-01 ÷ [2024 plan]. Empty: its values are recorded.",
    )  # fmt: skip
    source = serializers.CharField(max_length=200, allow_blank=True, required=False)  # type: ignore[assignment]
    objective = Visible(queryset=Objective.objects.all(), allow_null=True, required=False)
    owner = Visible(queryset=Person.objects.all(), allow_null=True, required=False)
    updaters = serializers.ListField(child=Visible(queryset=Person.objects.all()), required=False, max_length=50)
    kind = serializers.ChoiceField(Measure.Kind.choices, required=False)
    is_critical, is_percent = (serializers.BooleanField(required=False) for _ in range(2))
    frequency = serializers.ChoiceField(FrequencyChoices.choices, required=False)
    aggregation = serializers.ChoiceField(Aggregation.choices, required=False)
    method = serializers.ChoiceField(Method.choices, required=False)
    polarity = serializers.ChoiceField(Polarity.choices, required=False)
    unit_of_measure = serializers.CharField(max_length=40, allow_blank=True, required=False)
    decimals = serializers.IntegerField(min_value=0, max_value=6, required=False)
    tolerance, baseline, limit = (Number(allow_null=True, required=False) for _ in range(3))
    baseline_on, starts_on = (serializers.DateField(allow_null=True, required=False) for _ in range(2))
    scale = serializers.DictField(child=serializers.FloatField(), required=False)
    grace_days = serializers.IntegerField(min_value=0, max_value=366, required=False)
    custom = serializers.DictField(required=False)


class NewMeasure(ChangedMeasure):
    """A measure to add. Its weight in the objective counts from `valid_from`, else from `starts_on`, else today."""

    code = serializers.CharField(max_length=40)
    unit = Visible(queryset=OrgUnit.objects.all())
    weight = Number(required=False)
    valid_from = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """Code and unit first."""
        fields = super().get_fields()
        return {name: fields[name] for name in ("code", "unit", *(f for f in fields if f not in ("code", "unit")))}


class CorrectedValue(StrictSerializer):
    """What stands there from now on. A ratio is given by numerator and denominator; no number withdraws the value."""

    value, numerator, denominator = (Number(required=False, allow_null=True, default=None) for _ in range(3))
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    source = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)  # type: ignore[assignment]
