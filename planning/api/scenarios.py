"""Endpoints of scenarios and their triggers, to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Case, Prefetch, QuerySet, When
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from core.access import scoped
from core.api.views import PolicyViewSet
from planning.models import Scenario, ScenarioTrigger, TriggerFiring
from strategy.models import Strategy


class FiringSerializer(serializers.ModelSerializer[TriggerFiring]):
    """A period in which the trigger fired."""

    class Meta:
        model = TriggerFiring
        fields = ("frequency", "period_start", "value", "fired_on")
        read_only_fields = fields


class TriggerSerializer(serializers.ModelSerializer[ScenarioTrigger]):
    """A measure above (or below) a limit so many of its periods in a row, and when that was so."""

    firings = FiringSerializer(many=True, read_only=True)

    class Meta:
        model = ScenarioTrigger
        fields = ("id", "measure", "is_above", "limit", "periods", "firings")
        read_only_fields = fields


class ScenarioSerializer(serializers.ModelSerializer[Scenario]):
    """A possible future with its triggers."""

    triggers = TriggerSerializer(many=True, read_only=True, source="seen_triggers")
    strategy = serializers.SerializerMethodField()

    class Meta:
        model = Scenario
        fields = (
            "id", "unit", "strategy", "owner", "name", "story", "early_moves", "state", "triggers", "row_version",
        )  # fmt: skip
        read_only_fields = fields

    def get_strategy(self, row: Scenario) -> int | None:
        """The id of its strategy, if it has one that you may see."""
        return row.strategy_id if getattr(row, "sees_strategy", False) else None


class ScenarioFilter(filters.FilterSet):
    """`unit`: id of a unit; `state`: watched, come or closed."""

    unit = filters.NumberFilter(field_name="unit")
    state = filters.ChoiceFilter(choices=Scenario.State.choices)


class ScenarioViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """Possible futures by name, with the signs they are watched for."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = Scenario.objects.order_by("name", "pk")
    serializer_class = ScenarioSerializer
    filterset_class = ScenarioFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Each with what the caller may see of its triggers and its strategy."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        triggers = scoped(self.actor, "view", ScenarioTrigger.objects.filter(removed_on__isnull=True)).order_by("pk")
        strategies = scoped(self.actor, "view", Strategy.objects.all()).order_by().values("pk")
        seen = Prefetch("triggers", triggers.prefetch_related("firings"), to_attr="seen_triggers")
        sees = Case(When(strategy__in=strategies, then=True), default=False)
        return rows.prefetch_related(seen).annotate(sees_strategy=sees)
