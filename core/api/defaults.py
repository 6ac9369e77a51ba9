"""What the settings name for every endpoint. Imports no view of DRF, which reads the settings when it is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from rest_framework import permissions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from core.access import Actor, can, require

if TYPE_CHECKING:
    from rest_framework.views import APIView


def actor_of(request: Request) -> Actor:
    """The actor behind the request; ApiPermission has refused those without one."""
    actor: Actor = request._request.actor  # type: ignore[attr-defined]
    return actor


class ApiPermission(permissions.BasePermission):
    """Signed in, and the view declares a verb for the method; the row itself is asked by the viewset and the action."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(request._request, "actor", None) is None:
            return False
        declared: Mapping[str, str] = getattr(view, "verbs", {})
        return getattr(view, "action", None) in declared or request.method == "OPTIONS"

    def has_object_permission(self, request: Request, view: APIView, obj: Model) -> bool:
        verb = view.verbs[view.action]  # type: ignore[attr-defined]
        if not can(actor_of(request), verb, obj):
            require(actor_of(request), verb, obj)
        return True


class Pages(CursorPagination):
    """Rows a page at a time, oldest first; `page_size` up to 500. A cursor goes on where it stopped, whatever is added."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """By id: unique, and never changed."""
        return ("pk",)
