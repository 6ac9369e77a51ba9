"""Endpoints of the register of assumptions: to read, to state, and to look at again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.conditional import IF_MATCH
from core.api.views import PolicyViewSet, StrictSerializer, Visible
from organization.models import OrgUnit, Person
from planning.actions.assumptions import AssumptionRow, Finding, add_assumption, validate_assumption
from planning.models import Assumption
from planning.queries.assumptions import doubtful_ids
from planning.rules.assumptions import course


class AssumptionSerializer(serializers.ModelSerializer[Assumption]):
    """An assumption. `confidence` is the share given when it was last validated, `confidence_now` what is left of it."""

    confidence_now = serializers.SerializerMethodField()
    is_doubtful = serializers.SerializerMethodField()

    class Meta:
        model = Assumption
        fields = (
            "id",
            "unit",
            "owner",
            "statement",
            "because",
            "confidence",
            "confidence_now",
            "is_doubtful",
            "validated_on",
            "half_life",
            "review_on",
            "falsified_on",
            "row_version",
        )
        read_only_fields = fields

    def get_confidence_now(self, row: Assumption) -> float:
        """0 to 1, on the day of the request."""
        today = max(timezone.localdate(), row.validated_on)
        share = course([(row.validated_on, float(row.confidence))], [today], float(row.half_life))[0]
        return round(share or 0.0, 3)

    def get_is_doubtful(self, row: Assumption) -> bool:
        """Whether it is under 0.4, or was found to be wrong."""
        return row.pk in doubtful_ids([row], timezone.localdate())


class _Share(serializers.DecimalField):
    """A share of 0 to 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=4, decimal_places=3, **kwargs)


class NewAssumption(StrictSerializer):
    """An assumption to state; `confidence` is a share, 0 to 1."""

    unit = Visible(queryset=OrgUnit.objects.all())
    statement = serializers.CharField(max_length=200)
    because = serializers.CharField(allow_blank=True, required=False)
    confidence = _Share()
    owner = Visible(queryset=Person.objects.all(), allow_null=True, required=False)
    half_life = serializers.DecimalField(max_digits=5, decimal_places=1, required=False)
    review_on = serializers.DateField()


class FoundOfAssumption(StrictSerializer):
    """What was found when somebody looked at it again, today if no day is given."""

    confidence = _Share()
    on = serializers.DateField(required=False)
    review_on = serializers.DateField()
    words = serializers.CharField(allow_blank=True, required=False)


class AssumptionFilter(filters.FilterSet):
    """`unit` and `owner`: ids; `falsified`: whether it was found to be wrong."""

    unit = filters.NumberFilter(field_name="unit")
    owner = filters.NumberFilter(field_name="owner")
    falsified = filters.BooleanFilter(field_name="falsified_on", lookup_expr="isnull", exclude=True)


class AssumptionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """The register of assumptions, what is to be looked at first at the top."""

    verbs: ClassVar[Mapping[str, str]] = {
        "list": "view", "retrieve": "view", "create": "add_assumption", "validate": "validate",
    }  # fmt: skip
    containers: ClassVar[Mapping[str, type[Model]]] = {"create": OrgUnit}
    queryset = Assumption.objects.order_by("review_on", "pk")
    serializer_class = AssumptionSerializer
    filterset_class = AssumptionFilter

    @extend_schema(request=NewAssumption, responses={201: AssumptionSerializer})
    def create(self, request: Request) -> Response:
        """State an assumption."""
        form = NewAssumption(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        made = add_assumption(self.actor, row=AssumptionRow(**form.validated_data), today=timezone.localdate())
        return Response(self.represent(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=FoundOfAssumption, responses=AssumptionSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def validate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give it a new confidence, from which it fades anew, if it is still as you read it."""
        row, expected, today = self.get_object(), self.expected(), timezone.localdate()
        form = FoundOfAssumption(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        found = Finding(**{"on": today, **form.validated_data})
        kept = validate_assumption(self.actor, assumption=row, found=found, today=today, expected=expected)
        return Response(self.represent(kept))
