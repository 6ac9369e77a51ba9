"""Endpoints of scorecards, and of scores with their explanations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from scorecards.actions.originals import with_original
from scorecards.api.examples import EXPLANATION
from scorecards.api.filters import ScoreFilters
from scorecards.api.serializers import (
    ExplainedSerializer,
    ReportSerializer,
    ScorecardSerializer,
    ScoreSerializer,
)
from scorecards.api.timed import PERIOD, TimedViewSet
from scorecards.models import Node, Scorecard
from scorecards.queries.cards import scorecard_report
from scorecards.queries.explaining import node_report


@extend_schema_view(retrieve=extend_schema(parameters=[PERIOD], responses=ReportSerializer))
class ScorecardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TimedViewSet):
    """Scorecards; one of them with its rows in a period."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = Scorecard.objects.select_related("strategy__unit", "strategy__owner").order_by("pk")
    serializer_class = ScorecardSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The scorecard in the period asked about."""
        report = scorecard_report(self.actor, self.get_object(), self.at)
        return Response(ReportSerializer(report).data)


@extend_schema_view(
    list=extend_schema(parameters=[PERIOD]),
    retrieve=extend_schema(
        parameters=[PERIOD], responses=ExplainedSerializer, examples=[OpenApiExample("An objective", EXPLANATION)]
    ),
)
class ScoreViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TimedViewSet):
    """Scores of measures, objectives, perspectives, themes, strategies and units; one of them explained."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = Node.objects.select_related("measure", "objective", "perspective", "theme", "strategy", "unit")
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilters

    def get_queryset(self) -> QuerySet[Any]:
        """Each with the result asked about."""
        rows = super().get_queryset()
        return (
            rows if getattr(self, "swagger_fake_view", False) else rows.prefetch_related(self.asked("results"), "rules")
        )

    def get_serializer_context(self) -> dict[str, Any]:
        """With the last day of the period, on which roll-ups count."""
        is_drawn = getattr(self, "swagger_fake_view", False)
        return {**super().get_serializer_context(), "day": None if is_drawn else self.at.period.end}

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Why it has its score: each part with weight, score and the points it brings."""
        node = self.get_object()
        report = with_original(node_report(self.actor, node, self.at), node, self.at)
        return Response(ExplainedSerializer({"node": node, "report": report, "period": self.at.period.key}).data)
