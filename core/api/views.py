"""Viewsets that see what the policies allow, input that refuses unknown fields, errors in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from core.access import Actor, scoped
from core.actions import Conflict, sentences
from core.api.conditional import answer_unchanged, version_of
from core.api.defaults import actor_of


class PolicyViewSet(viewsets.GenericViewSet[Any]):
    """A viewset that can only see what the policy allows. `verbs` names the verb of each of its methods."""

    verbs: ClassVar[Mapping[str, str]] = {}
    containers: ClassVar[Mapping[str, type[Model]]] = {}
    """Adding is a verb on the container: methods whose verb another model's policy grants."""

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return scoped(self.actor, "view", rows)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Reads carry an ETag, and answer 304 to whoever has it already."""
        found = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and found.status_code == status.HTTP_200_OK:
            found.add_post_render_callback(lambda rendered: answer_unchanged(request._request, rendered))
        return found

    def expected(self) -> int:
        """The version of the row that the program read, from If-Match; 428 where it says none."""
        return version_of(self.request.headers.get("If-Match", ""))

    def represent(self, row: Model) -> Any:
        """The row as its endpoint tells it: read anew, so that it has all that its serializer asks for."""
        return self.get_serializer(self.get_queryset().get(pk=row.pk)).data


class Visible(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row that the actor may see; any other is not there."""

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()  # type: ignore[assignment]
        view = self.context.get("view")
        return rows if view is None or getattr(view, "swagger_fake_view", False) else scoped(view.actor, "view", rows)


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
        return Response(_both(error, context["view"]), status=status.HTTP_412_PRECONDITION_FAILED)
    return default_handler(error, context)


def _both(conflict: Conflict, view: Any) -> dict[str, Any]:
    """The row as it stands now, and what the program wanted to write."""
    current = view.represent(conflict.current) if isinstance(view, PolicyViewSet) else None
    yours = view.request.data if isinstance(view, PolicyViewSet) else None
    version = conflict.current.row_version  # type: ignore[attr-defined]
    return {"detail": str(conflict), "current_version": version, "current": current, "yours": yours}
