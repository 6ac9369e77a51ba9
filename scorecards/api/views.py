"""Endpoints of scorecards, measures, values and targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.actions import Outcome
from core.api.views import PolicyViewSet, StrictSerializer
from core.periods import At, Period, PeriodError
from organization.queries import calendars
from scorecards.actions import ObservationRow, TargetRow, record_observations, set_targets
from scorecards.api.batches import (
    Answer,
    BatchAnswerSerializer,
    ObservationBatch,
    TargetBatch,
    answers,
    measures_by_code,
    refused_by_form,
    refused_by_name,
)
from scorecards.api.filters import MeasureFilters, ObservationFilters, TargetFilters
from scorecards.api.serializers import (
    MeasureSerializer,
    ObservationSerializer,
    ReportSerializer,
    ScorecardSerializer,
    TargetSerializer,
)
from scorecards.models import Measure, Observation, Result, Scorecard, Target
from scorecards.queries.cards import scorecard_report

PERIOD = OpenApiParameter(
    "p", str, description="The period asked about, for example 2026-06; otherwise the last finished month."
)


class _Timed(PolicyViewSet):
    """Endpoints that answer for a period, or name periods."""

    @cached_property
    def at(self) -> At:
        """The moment asked about. A period that is none is refused."""
        request: HttpRequest = self.request._request
        at: At = request.at  # type: ignore[attr-defined]
        try:
            asked = request.GET.get("p", "")
            return At(Period.parse(asked, at.period.calendar), at.as_of, at.today) if asked else at
        except PeriodError as error:
            raise ValidationError({"p": [str(error)]}) from None

    def get_serializer_context(self) -> dict[str, Any]:
        """With the organisation's calendar, which cuts periods."""
        is_drawn = getattr(self, "swagger_fake_view", False)
        return {**super().get_serializer_context(), "calendar": None if is_drawn else self.calendar}

    @cached_property
    def calendar(self) -> Any:
        """Asked once."""
        return calendars()


@extend_schema_view(retrieve=extend_schema(parameters=[PERIOD], responses=ReportSerializer))
class ScorecardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, _Timed):
    """Scorecards; one of them with its rows in a period."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = Scorecard.objects.select_related("strategy__unit", "strategy__owner").order_by("pk")
    serializer_class = ScorecardSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The scorecard in the period asked about."""
        report = scorecard_report(self.actor, self.get_object(), self.at)
        return Response(ReportSerializer(report).data)


@extend_schema_view(list=extend_schema(parameters=[PERIOD]), retrieve=extend_schema(parameters=[PERIOD]))
class MeasureViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, _Timed):
    """Measures, with their results in a period."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}
    queryset = Measure.objects.select_related("node").prefetch_related("updaters").order_by("code")
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilters

    def get_queryset(self) -> QuerySet[Any]:
        """Each with the result asked about in `node.asked`."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        period = self.at.period
        results = Result.objects.filter(frequency=period.frequency, period_start=period.start)
        return rows.prefetch_related(Prefetch("node__results", results, to_attr="asked"))


class _FactViewSet(mixins.ListModelMixin, _Timed):
    """Facts: read by measure and period, added by batches."""

    batch_class: ClassVar[type[StrictSerializer]]
    verb: ClassVar[str]

    def write(self, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure], reason: str) -> Outcome:
        """Hand the rows to the verb."""
        raise NotImplementedError

    def take(self, request: Request) -> Response:
        """Judge the rows, write all or none, and answer for each: 201 if anything is new, 200 if not, 400 if refused."""
        form = self.batch_class(data=request.data, context=self.get_serializer_context())
        if not form.is_valid():
            found = refused_by_form(form.errors, request.data)
            return self.answer(found) if found is not None else Response(form.errors, status.HTTP_400_BAD_REQUEST)
        rows = form.validated_data["rows"]
        measures = measures_by_code(self.actor, self.verb, {row["measure"] for row in rows})
        found = refused_by_name(self.actor, self.verb, rows, measures)
        if found is None:
            found = answers(self.write(rows, measures, form.validated_data.get("reason", "")))
        return self.answer(found)

    def answer(self, rows: Sequence[Answer]) -> Response:
        """The rows under the status that sums them up."""
        results = {row["result"] for row in rows}
        code: int = status.HTTP_201_CREATED if results & {"taken", "changed"} else status.HTTP_200_OK
        if "refused" in results:
            code = status.HTTP_400_BAD_REQUEST
        return Response(BatchAnswerSerializer({"rows": rows}).data, status=code)


ANSWERS: dict[int, Any] = dict.fromkeys((200, 201, 400), BatchAnswerSerializer)


class ObservationViewSet(_FactViewSet):
    """Recorded values."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "create": "record"}
    queryset = Observation.objects.select_related("series__measure").order_by(
        "series__measure__code", "series__kind", "series__name", "period_start", "frequency", "revision"
    )
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilters
    batch_class, verb = ObservationBatch, "record"

    @extend_schema(request=ObservationBatch, responses=ANSWERS)
    def create(self, request: Request) -> Response:
        """Record values, all or none. A value for a period that has one corrects it; both are kept."""
        return self.take(request)

    def write(self, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure], reason: str) -> Outcome:
        asked = [
            ObservationRow(
                measure_id=measures[row["measure"]].pk,
                series_kind=row["series"],
                **{name: value for name, value in row.items() if name not in ("measure", "series")},
            )
            for row in rows
        ]
        return record_observations(self.actor, rows=asked, today=self.at.today)


class TargetViewSet(_FactViewSet):
    """Targets."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "create": "set_target"}
    queryset = Target.objects.select_related("measure").order_by(
        "measure__code", "period_start", "frequency", "revision"
    )
    serializer_class = TargetSerializer
    filterset_class = TargetFilters
    batch_class, verb = TargetBatch, "set_target"

    @extend_schema(request=TargetBatch, responses=ANSWERS)
    def create(self, request: Request) -> Response:
        """Set targets, all or none. A target for a period that has one replaces it; both are kept."""
        return self.take(request)

    def write(self, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure], reason: str) -> Outcome:
        asked = [
            TargetRow(
                measure_id=measures[row["measure"]].pk,
                **{name: value for name, value in row.items() if name != "measure"},
            )
            for row in rows
        ]
        return set_targets(self.actor, rows=asked, today=self.at.today, reason=reason)
