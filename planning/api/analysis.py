"""Endpoints of canvases, notes and strategic issues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db.models import Model
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import PolicyViewSet, StrictSerializer, Visible
from planning.actions.notes import NoteRow, add_note
from planning.models import AnalysisNote, Canvas, StrategicIssue

EXAMPLE = {
    "canvas": 2,
    "field": "threat",
    "text": "The tariff for long stays falls by a tenth",
    "evidence": "Draft tariff, table 7.",
}


class CanvasSerializer(serializers.ModelSerializer[Canvas]):
    """A canvas: which unit's, in which cycle, and until when it takes notes."""

    class Meta:
        model = Canvas
        fields = (
            "id",
            "cycle",
            "unit",
            "kind",
            "title",
            "question",
            "open_until",
            "votes",
            "state",
            "row_version",
        )
        read_only_fields = fields


class NoteSerializer(serializers.ModelSerializer[AnalysisNote]):
    """A note, and whether it was traced or parked."""

    class Meta:
        model = AnalysisNote
        fields = (
            "id",
            "canvas",
            "field",
            "text",
            "evidence",
            "evidence_url",
            "author",
            "group",
            "state",
            "parked_because",
            "row_version",
        )
        read_only_fields = fields


class IssueSerializer(serializers.ModelSerializer[StrategicIssue]):
    """A question to settle, and its answer."""

    class Meta:
        model = StrategicIssue
        fields = ("id", "cycle", "question", "why", "owner", "due_on", "answer", "settled_on", "row_version")
        read_only_fields = fields


class NewNote(StrictSerializer):
    """A note to write onto an open canvas."""

    canvas = Visible(queryset=Canvas.objects.all())
    field = serializers.ChoiceField(AnalysisNote.Field.choices)
    text = serializers.CharField(max_length=300)
    evidence = serializers.CharField(allow_blank=True, required=False, default="", max_length=2000)
    evidence_url = serializers.CharField(allow_blank=True, required=False, default="", max_length=500)


class CanvasFilter(filters.FilterSet):
    """`cycle` and `unit`: ids; `kind`: swot or pestle; `state`: open or closed."""

    cycle, unit = (filters.NumberFilter(field_name=name) for name in ("cycle", "unit"))
    kind = filters.ChoiceFilter(choices=Canvas.Kind.choices)
    state = filters.ChoiceFilter(choices=Canvas.State.choices)


class NoteFilter(filters.FilterSet):
    """`canvas`, `cycle` and `author`: ids; `field`: as it is written; `state`: open, traced or parked."""

    canvas, author = (filters.NumberFilter(field_name=name) for name in ("canvas", "author"))
    cycle = filters.NumberFilter(field_name="canvas__cycle")
    field = filters.ChoiceFilter(choices=AnalysisNote.Field.choices)
    state = filters.ChoiceFilter(choices=AnalysisNote.State.choices)


class IssueFilter(filters.FilterSet):
    """`cycle` and `owner`: ids; `settled`: true or false."""

    cycle, owner = (filters.NumberFilter(field_name=name) for name in ("cycle", "owner"))
    settled = filters.BooleanFilter(field_name="settled_on", lookup_expr="isnull", exclude=True)


class _ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """A list and single rows, through the policy."""

    verbs: ClassVar[Mapping[str, str]] = {"list": "view", "retrieve": "view"}


class CanvasViewSet(_ReadOnly):
    """Canvases: those that are closed, and open ones the reader contributes to or runs."""

    queryset = Canvas.objects.order_by("pk")
    serializer_class = CanvasSerializer
    filterset_class = CanvasFilter


class NoteViewSet(_ReadOnly):
    """Notes of these canvases."""

    verbs: ClassVar[Mapping[str, str]] = {**_ReadOnly.verbs, "create": "contribute"}
    containers: ClassVar[Mapping[str, type[Model]]] = {"create": Canvas}
    queryset = AnalysisNote.objects.order_by("pk")
    serializer_class = NoteSerializer
    filterset_class = NoteFilter

    @extend_schema(request=NewNote, responses={201: NoteSerializer}, examples=[OpenApiExample("New", EXAMPLE)])
    def create(self, request: Request) -> Response:
        """Write a note."""
        form = NewNote(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        today = request._request.at.today  # type: ignore[attr-defined]
        made = add_note(self.actor, canvas=given.pop("canvas"), row=NoteRow(**given), today=today)
        return Response(self.represent(made), status=status.HTTP_201_CREATED)


class IssueViewSet(_ReadOnly):
    """Strategic issues."""

    queryset = StrategicIssue.objects.order_by("pk")
    serializer_class = IssueSerializer
    filterset_class = IssueFilter
