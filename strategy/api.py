"""The shared model to read: strategies, perspectives, themes, objectives and links. Structure is written by planning."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from core.api.views import PolicyViewSet
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState


class StrategySerializer(serializers.ModelSerializer[Strategy]):
    """A strategy's own words and its days."""

    core_values = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Strategy
        fields = (
            "id",
            "unit",
            "owner",
            "name",
            "starts_on",
            "ends_on",
            "state",
            "mission",
            "vision",
            "vision_by",
            "core_values",
            "row_version",
        )
        read_only_fields = fields


class PerspectiveSerializer(serializers.ModelSerializer[Perspective]):
    """A layer of a map."""

    class Meta:
        model = Perspective
        fields = ("id", "strategy", "name", "question", "order", "state", "row_version")
        read_only_fields = fields


class ThemeSerializer(serializers.ModelSerializer[Theme]):
    """A slice of a map with its owner."""

    class Meta:
        model = Theme
        fields = ("id", "strategy", "owner", "name", "description", "order", "state", "row_version")
        read_only_fields = fields


class ObjectiveSerializer(serializers.ModelSerializer[Objective]):
    """An objective with its place on the map. `custom` holds the organisation's own fields by key."""

    custom = serializers.DictField(read_only=True)

    class Meta:
        model = Objective
        fields = (
            "id",
            "strategy",
            "perspective",
            "themes",
            "owner",
            "code",
            "name",
            "short_name",
            "description",
            "order",
            "starts_on",
            "ends_on",
            "state",
            "custom",
            "row_version",
        )
        read_only_fields = fields


class LinkSerializer(serializers.ModelSerializer[ObjectiveLink]):
    """A belief: the source moves the target by `sign` (1 raises, -1 lowers) after the lags, in months."""

    class Meta:
        model = ObjectiveLink
        fields = (
            "id",
            "strategy",
            "source",
            "target",
            "sign",
            "lag_min",
            "lag_max",
            "rationale",
            "is_necessary",
            "state",
            "row_version",
        )
        read_only_fields = fields


class StrategyFilter(filters.FilterSet):
    """`unit`: id of a unit; `state`: draft, in_review, approved, active or closed."""

    unit = filters.NumberFilter(field_name="unit")
    state = filters.ChoiceFilter(choices=Strategy.State.choices)


class PartFilter(filters.FilterSet):
    """`strategy`: id of a strategy; `unit`: id of its unit; `state`: proposed, live or retired."""

    strategy = filters.NumberFilter(field_name="strategy")
    unit = filters.NumberFilter(field_name="strategy__unit")
    state = filters.ChoiceFilter(choices=NodeState.choices)


class ObjectiveFilter(PartFilter):
    """As for every part of a strategy; `perspective`, `theme` and `owner`: ids; `code`: as it is written."""

    perspective = filters.NumberFilter(field_name="perspective")
    theme = filters.NumberFilter(field_name="themes")
    owner = filters.NumberFilter(field_name="owner")
    code = filters.CharFilter(field_name="code")


class LinkFilter(PartFilter):
    """As for every part of a strategy; `source` and `target`: ids of objectives."""

    source = filters.NumberFilter(field_name="source")
    target = filters.NumberFilter(field_name="target")


class _ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """A list and single rows, through the policy."""

    verbs = {"list": "view", "retrieve": "view"}


class StrategyViewSet(_ReadOnly):
    """Strategies, the latest first."""

    queryset = Strategy.objects.order_by("-starts_on", "pk")
    serializer_class = StrategySerializer
    filterset_class = StrategyFilter


class PerspectiveViewSet(_ReadOnly):
    """Perspectives, from the top of the map."""

    queryset = Perspective.objects.order_by("strategy", "order", "pk")
    serializer_class = PerspectiveSerializer
    filterset_class = PartFilter


class ThemeViewSet(_ReadOnly):
    """Themes, from the left of the map."""

    queryset = Theme.objects.order_by("strategy", "order", "pk")
    serializer_class = ThemeSerializer
    filterset_class = PartFilter


class ObjectiveViewSet(_ReadOnly):
    """Objectives, in the order of their maps."""

    queryset = Objective.objects.prefetch_related("themes").order_by("strategy", "perspective__order", "order", "pk")
    serializer_class = ObjectiveSerializer
    filterset_class = ObjectiveFilter


class LinkViewSet(_ReadOnly):
    """Links between objectives."""

    queryset = ObjectiveLink.objects.order_by("strategy", "pk")
    serializer_class = LinkSerializer
    filterset_class = LinkFilter


API: list[tuple[str, type[Any]]] = [
    ("strategies", StrategyViewSet),
    ("perspectives", PerspectiveViewSet),
    ("themes", ThemeViewSet),
    ("objectives", ObjectiveViewSet),
    ("links", LinkViewSet),
]
