"""Endpoints of measures and of the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.conditional import IF_MATCH
from organization.models import OrgUnit
from scorecards.actions import MeasureRow, add_measures, change_measure
from scorecards.api.examples import MEASURE
from scorecards.api.filters import DefinitionFilters, MeasureFilters
from scorecards.api.inputs import ChangedMeasure, NewMeasure
from scorecards.api.serializers import DefinitionSerializer, MeasureSerializer
from scorecards.api.timed import PERIOD, TimedViewSet
from scorecards.models import Measure, MeasureDefinition


@extend_schema_view(list=extend_schema(parameters=[PERIOD]), retrieve=extend_schema(parameters=[PERIOD]))
class MeasureViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TimedViewSet):
    """Measures, with their results in a period."""

    verbs: ClassVar[Mapping[str, str]] = {
        "list": "view", "retrieve": "view", "create": "add_measure", "partial_update": "change",
    }  # fmt: skip
    containers: ClassVar[Mapping[str, type[Model]]] = {"create": OrgUnit}
    queryset = Measure.objects.select_related("node", "forecast").prefetch_related("updaters")
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilters

    def get_queryset(self) -> QuerySet[Any]:
        """Each with the result asked about in `node.asked`."""
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.prefetch_related(self.asked("node__results"))

    @extend_schema(request=NewMeasure, responses={201: MeasureSerializer}, examples=[OpenApiExample("New", MEASURE)])
    def create(self, request: Request) -> Response:
        """Add a measure, with its weight in its objective."""
        form = NewMeasure(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        (made,) = add_measures(self.actor, rows=[MeasureRow(**form.validated_data)], today=self.at.today)
        return Response(self.represent(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangedMeasure, responses=MeasureSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what a measure says of itself, if it is still as you read it."""
        row = self.get_object()
        expected = self.expected()
        form = ChangedMeasure(data=request.data, context=self.get_serializer_context(), partial=True)
        form.is_valid(raise_exception=True)
        changed = change_measure(
            self.actor, measure=row, values=form.validated_data, expected=expected, today=self.at.today
        )
        return Response(self.represent(changed))


class DefinitionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TimedViewSet):
    """The library of standard definitions, with the versions of their texts."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = MeasureDefinition.objects.prefetch_related("versions")
    serializer_class = DefinitionSerializer
    filterset_class = DefinitionFilters
