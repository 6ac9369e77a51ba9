"""`{% saved_views %}` on a list page whose filters stand in its address: open, keep and delete views of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from core.guards import PortalRequest
from core.links import period_query
from organization.queries.savedviews import only_filters, saved_views

register = template.Library()


@register.inclusion_tag("organization/parts/saved_views.html", takes_context=True, name="saved_views")
def saved_views_of_page(context: template.Context) -> dict[str, Any]:
    """The views of the page that is shown, and its filters if it has any now."""
    request: PortalRequest = context["request"]
    match = request.resolver_match
    assert match is not None  # noqa: S101 - a page is drawn for a route
    found, period = saved_views(request.actor, match.view_name), period_query(request.at)
    path = reverse(match.view_name) + period
    mark = "&" if period else "?"
    return {
        "views": [(view, path + (mark + view.query if view.query else "")) for view in found.kept],
        "trash": found.trash,
        "page": match.view_name,
        "query": only_filters(request.GET.urlencode()),
        "person_id": request.actor.person_id,
        "csrf_token": context.get("csrf_token"),
    }
