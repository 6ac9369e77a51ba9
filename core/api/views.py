"""Viewsets that see what the policies allow, input that refuses unknown fields, errors in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from core.access import Actor, scoped
from core.actions import Conflict, sentences
from core.api.defaults import actor_of


class PolicyViewSet(viewsets.GenericViewSet[Any]):
    """A viewset that can only see what the policy allows. `verbs` names the verb of each of its methods."""

    verbs: ClassVar[Mapping[str, str]] = {}

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return scoped(self.actor, "view", rows)


class StrictSerializer(serializers.Serializer[Any]):
    """Input whose unknown fields are refused by name (TRUST Z5)."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise ApiValidationError({name: ["This field is not known here."] for name in unknown})
        return super().to_internal_value(data)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals of actions as 400, conflicts as 412 with both versions, everything else as DRF does."""
    if isinstance(error, ValidationError):
        field = getattr(error, "field", "") or "non_field_errors"
        return Response({field: list(sentences(error))}, status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, Conflict):
        return Response(
            {"detail": str(error), "current_version": error.current.row_version, "yours": error.yours},  # type: ignore[attr-defined]
            status=status.HTTP_412_PRECONDITION_FAILED,
        )
    return default_handler(error, context)
