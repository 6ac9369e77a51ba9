"""Endpoints of values and targets: read by measure and period, added by batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.actions import Outcome
from core.api.conditional import IF_MATCH
from core.api.views import StrictSerializer
from core.periods import Frequency, Period
from scorecards.actions import ObservationRow, TargetRow, record_observations, set_targets
from scorecards.api.batches import BatchAnswerSerializer, ObservationBatch, TargetBatch, find_measures, judge
from scorecards.api.examples import ANSWER, TARGETS, VALUES
from scorecards.api.filters import ExcuseFilters, ObservationFilters, TargetFilters
from scorecards.api.inputs import CorrectedValue
from scorecards.api.serializers import ExcuseSerializer, ObservationSerializer, TargetSerializer
from scorecards.api.timed import TimedViewSet
from scorecards.models import Excuse, Measure, Observation, Target
from scorecards.queries.excuses import excuses

ANSWERS: dict[int, Any] = dict.fromkeys((200, 201, 400), BatchAnswerSerializer)
PARTIAL = OpenApiParameter(
    "partial", bool, description="1: write the rows that can be written, and refuse the others; else all or nothing."
)
SAID = OpenApiExample("Answer", ANSWER, response_only=True)


class _FactViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TimedViewSet):
    """Facts: read by measure and period, added by batches."""

    batch_class: ClassVar[type[StrictSerializer]]
    verb: ClassVar[str]

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for lists: one fact is found by its id also when it was superseded."""
        return queryset if self.detail else super().filter_queryset(queryset)

    def write(
        self, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure], reason: str, *, partial: bool
    ) -> Outcome:
        """Hand the rows to the verb."""
        raise NotImplementedError

    def take(self, request: Request, *, partial: bool = False) -> Response:
        """Judge the rows, write all or none (or what can be), and answer for each.

        201 if anything is new, 200 if not; 400 or 412 if nothing was written because rows were refused or in conflict.
        """
        judged = judge(self.batch_class(context=self.get_serializer_context()), request.data)
        measures = find_measures(self.actor, self.verb, judged)
        if judged.answers and not partial:
            judged.skip_all()
        if judged.rows:
            judged.take(self.write(list(judged.rows.values()), measures, judged.reason, partial=partial))
        found = judged.document()
        counts = found["counts"]
        code: int = status.HTTP_201_CREATED if {"taken", "changed"} & counts.keys() else status.HTTP_200_OK
        if "refused" in counts and not partial:
            code = status.HTTP_400_BAD_REQUEST
        elif "conflict" in counts and not partial:
            code = status.HTTP_412_PRECONDITION_FAILED
        return Response(found, status=code)


class ObservationViewSet(_FactViewSet):
    """Recorded values."""

    verbs: ClassVar[Mapping[str, str]] = {
        "list": "view", "retrieve": "view", "partial_update": "record", "bulk": "record",
    }  # fmt: skip
    queryset = Observation.objects.select_related("series__measure")
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilters
    batch_class, verb = ObservationBatch, "record"

    @extend_schema(request=CorrectedValue, responses={200: ObservationSerializer}, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Correct one value, if its revision is still the one you read: a new revision supersedes it, and is answered.

        202 if a second person has to approve it first.
        """
        row = self.get_object()
        form = CorrectedValue(data=request.data, context=self.get_serializer_context())
        expected = self.expected()
        form.is_valid(raise_exception=True)
        period = Period(Frequency(row.frequency), row.period_start, self.calendar)
        line = {"series_kind": row.series.kind, "series_name": row.series.name, "expected": expected}
        asked = ObservationRow(measure_id=row.series.measure_id, period=period, **line, **form.validated_data)
        (one,) = record_observations(self.actor, rows=[asked], today=self.at.today).rows
        if one.result == "refused":
            raise ValidationError({"non_field_errors": [one.reason]})
        now = self.get_queryset().get(
            series=row.series, frequency=row.frequency, period_start=row.period_start, superseded_at=None
        )
        current = self.get_serializer(now).data
        if one.result == "conflict":
            both = {"detail": one.reason, "current_version": now.revision, "current": current, "yours": request.data}
            return Response(both, status=status.HTTP_412_PRECONDITION_FAILED)
        code = status.HTTP_202_ACCEPTED if one.result == "submitted" else status.HTTP_200_OK
        return Response(current, status=code)

    @extend_schema(
        request=ObservationBatch,
        responses=ANSWERS,
        parameters=[PARTIAL],
        examples=[OpenApiExample("Values", VALUES, request_only=True), SAID],
    )
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Record up to 10,000 values. A value for a measure, period and series that has one corrects it; both are kept.

        Sent again, the same batch changes nothing.
        """
        return self.take(request, partial=request.query_params.get("partial", "").lower() in ("1", "true", "yes"))

    def write(
        self, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure], reason: str, *, partial: bool
    ) -> Outcome:
        asked = [
            ObservationRow(
                measure_id=measures[row["measure"]].pk,
                series_kind=row["series"],
                **{name: value for name, value in row.items() if name not in ("measure", "series")},
            )
            for row in rows
        ]
        today, calendar = self.at.today, self.calendar
        return record_observations(self.actor, rows=asked, today=today, partial=partial, calendar=calendar)


class TargetViewSet(_FactViewSet):
    """Targets."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view", "bulk": "set_target"}
    queryset = Target.objects.select_related("measure")
    serializer_class = TargetSerializer
    filterset_class = TargetFilters
    batch_class, verb = TargetBatch, "set_target"

    @extend_schema(
        request=TargetBatch, responses=ANSWERS, examples=[OpenApiExample("Targets", TARGETS, request_only=True), SAID]
    )
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Set up to 10,000 targets, all or none. A target for a period that has one replaces it; both are kept."""
        return self.take(request)

    def write(
        self, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure], reason: str, *, partial: bool
    ) -> Outcome:
        asked = [
            TargetRow(
                measure_id=measures[row["measure"]].pk,
                **{name: value for name, value in row.items() if name != "measure"},
            )
            for row in rows
        ]
        return set_targets(self.actor, rows=asked, today=self.at.today, reason=reason)


class ExcuseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TimedViewSet):
    """Measures excused from reporting."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = Excuse.objects.select_related("measure").annotate(holds=Exists(excuses().filter(pk=OuterRef("pk"))))
    serializer_class = ExcuseSerializer
    filterset_class = ExcuseFilters

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for lists: one fact is found by its id also when it was superseded."""
        return queryset if self.detail else super().filter_queryset(queryset)
