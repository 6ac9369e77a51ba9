"""Endpoints of planning cycles and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import scoped
from core.api.conditional import IF_MATCH
from core.api.views import PolicyViewSet, StrictSerializer, Visible
from organization.models import OrgUnit, Person
from planning.actions.cycles import CycleRow, add_cycle, change_cycle, close_cycle, reopen_cycle
from planning.actions.steps import StepRow, add_step, begin_step, change_step, finish_step, reopen_step, skip_step
from planning.models import CycleStep, PlanningCycle
from strategy.models import Strategy

CYCLE = {
    "unit": 1,
    "name": "Strategy 2028 to 2030",
    "starts_on": "2027-01-11",
    "ends_on": "2027-12-17",
    "has_usual_steps": True,
}
STEP = {"cycle": 1, "kind": "analyse", "name": "Ask the units", "starts_on": "2027-02-01", "ends_on": "2027-03-12"}


class CycleSerializer(serializers.ModelSerializer[PlanningCycle]):
    """A planning cycle: whose it is, from when to when, who runs it, and the strategy it prepares if you may see it."""

    strategy = serializers.IntegerField(source="seen_strategy", read_only=True, allow_null=True)

    class Meta:
        model = PlanningCycle
        fields = ("id", "unit", "name", "owner", "strategy", "starts_on", "ends_on", "closed_on", "row_version")
        read_only_fields = fields


class CycleStepSerializer(serializers.ModelSerializer[CycleStep]):
    """A step of a cycle. `note` says what came of a step that is done, and why one was skipped."""

    class Meta:
        model = CycleStep
        fields = (
            "id",
            "cycle",
            "kind",
            "name",
            "owner",
            "starts_on",
            "ends_on",
            "inputs",
            "outputs",
            "state",
            "done_on",
            "note",
            "row_version",
        )
        read_only_fields = fields


class ChangedCycle(StrictSerializer):
    """Fields to change; those that are left out stay."""

    name = serializers.CharField(max_length=120)
    starts_on, ends_on = (serializers.DateField() for _ in range(2))
    owner = Visible(queryset=Person.objects.all(), allow_null=True, required=False)
    strategy = Visible(queryset=Strategy.objects.all(), allow_null=True, required=False)


class NewCycle(ChangedCycle):
    """A cycle to open: with the usual steps, with those of the cycle `like` laid over its days, or with none."""

    unit = Visible(queryset=OrgUnit.objects.all())
    like = Visible(queryset=PlanningCycle.objects.all(), allow_null=True, required=False)
    has_usual_steps = serializers.BooleanField(required=False, default=False)


class ChangedStep(StrictSerializer):
    """Fields to change; those that are left out stay."""

    kind = serializers.ChoiceField(CycleStep.Kind.choices)
    name = serializers.CharField(max_length=120)
    starts_on, ends_on = (serializers.DateField() for _ in range(2))
    owner = Visible(queryset=Person.objects.all(), allow_null=True, required=False)
    inputs, outputs = (serializers.CharField(max_length=2000, allow_blank=True, required=False) for _ in range(2))


class NewStep(ChangedStep):
    """A step to plan."""

    cycle = Visible(queryset=PlanningCycle.objects.all())


class FinishedStep(StrictSerializer):
    """The day it was done, today if none is given, and what came of it."""

    on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")


class Reason(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=2000)


def _today(request: Request) -> date:
    today: date = request._request.at.today  # type: ignore[attr-defined]
    return today


class CycleFilter(filters.FilterSet):
    """`unit` and `strategy`: ids; `closed`: true or false."""

    unit, strategy = (filters.NumberFilter(field_name=name) for name in ("unit", "seen_strategy"))
    closed = filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull", exclude=True)


class CycleStepFilter(filters.FilterSet):
    """`cycle` and `owner`: ids; `kind` and `state` as they are written; `due_before`: a day."""

    cycle, owner = (filters.NumberFilter(field_name=name) for name in ("cycle", "owner"))
    kind = filters.ChoiceFilter(choices=CycleStep.Kind.choices)
    state = filters.ChoiceFilter(choices=CycleStep.State.choices)
    due_before = filters.DateFilter(field_name="ends_on", lookup_expr="lt")


class CycleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """Planning cycles."""

    verbs: ClassVar[Mapping[str, str]] = {
        "list": "view", "retrieve": "view", "create": "add_cycle", "partial_update": "change", "close": "change",
        "reopen": "change",
    }  # fmt: skip
    containers: ClassVar[Mapping[str, type[Model]]] = {"create": OrgUnit}
    queryset = PlanningCycle.objects.order_by("pk")
    serializer_class = CycleSerializer
    filterset_class = CycleFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Each with the strategy it prepares in `seen_strategy`: a draft is for its writers."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        seen = scoped(self.actor, "view", Strategy.objects.filter(pk=OuterRef("strategy")))
        return rows.annotate(seen_strategy=Subquery(seen.values("pk")))

    @extend_schema(request=NewCycle, responses={201: CycleSerializer}, examples=[OpenApiExample("New", CYCLE)])
    def create(self, request: Request) -> Response:
        """Open a cycle."""
        form = NewCycle(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        like, has_usual_steps = given.pop("like", None), given.pop("has_usual_steps")
        made = add_cycle(self.actor, row=CycleRow(**given), like=like, has_usual_steps=has_usual_steps)
        return Response(self.represent(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangedCycle, responses=CycleSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a cycle, if it is still as you read it."""
        row, expected = self.get_object(), self.expected()
        form = ChangedCycle(data=request.data, context=self.get_serializer_context(), partial=True)
        form.is_valid(raise_exception=True)
        changed = change_cycle(self.actor, cycle=row, values=form.validated_data, expected=expected)
        return Response(self.represent(changed))

    @extend_schema(request=None, responses=CycleSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End it, once every step is done or skipped."""
        row, expected = self.get_object(), self.expected()
        closed = close_cycle(self.actor, cycle=row, today=_today(request), expected=expected)
        return Response(self.represent(closed))

    @extend_schema(request=Reason, responses=CycleSerializer)
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Go on with a cycle that was closed."""
        row = self.get_object()
        form = Reason(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return Response(self.represent(reopen_cycle(self.actor, cycle=row, **form.validated_data)))


class CycleStepViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """Steps of planning cycles."""

    verbs: ClassVar[Mapping[str, str]] = {
        "list": "view", "retrieve": "view", "create": "change", "partial_update": "change", "begin": "do",
        "finish": "do", "skip": "change", "reopen": "do",
    }  # fmt: skip
    containers: ClassVar[Mapping[str, type[Model]]] = {"create": PlanningCycle}
    queryset = CycleStep.objects.order_by("pk")
    serializer_class = CycleStepSerializer
    filterset_class = CycleStepFilter

    @extend_schema(request=NewStep, responses={201: CycleStepSerializer}, examples=[OpenApiExample("New", STEP)])
    def create(self, request: Request) -> Response:
        """Plan a step inside the days of its cycle."""
        form = NewStep(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        made = add_step(self.actor, cycle=given.pop("cycle"), row=StepRow(**given))
        return Response(self.represent(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangedStep, responses=CycleStepSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a step, if it is still as you read it."""
        row, expected = self.get_object(), self.expected()
        form = ChangedStep(data=request.data, context=self.get_serializer_context(), partial=True)
        form.is_valid(raise_exception=True)
        changed = change_step(self.actor, step=row, values=form.validated_data, expected=expected)
        return Response(self.represent(changed))

    @extend_schema(request=FinishedStep, responses=CycleStepSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def finish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say that it is done, if it is still as you read it."""
        row, expected = self.get_object(), self.expected()
        form = FinishedStep(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        today = _today(request)
        given = {"on": today, **form.validated_data}
        done = finish_step(self.actor, step=row, today=today, expected=expected, **given)
        return Response(self.represent(done))

    @extend_schema(request=None, responses=CycleStepSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def begin(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say that work on it is under way."""
        row, expected = self.get_object(), self.expected()
        return Response(self.represent(begin_step(self.actor, step=row, expected=expected)))

    @extend_schema(request=Reason, responses=CycleStepSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def skip(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Leave it out of this cycle."""
        row, expected = self.get_object(), self.expected()
        form = Reason(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return Response(self.represent(skip_step(self.actor, step=row, expected=expected, **form.validated_data)))

    @extend_schema(request=None, responses=CycleStepSerializer)
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take it up again after all."""
        return Response(self.represent(reopen_step(self.actor, step=self.get_object())))
