"""Keeping the filters of a list page, deleting them, bringing them back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import NotVisible, scoped
from core.guards import PortalRequest, guarded, signed_in
from core.submitting import refuse_quietly
from organization.actions.savedviews import restore_view, save_view, trash_view
from organization.models import SavedView
from organization.queries.savedviews import only_filters

OWN = "Everyone keeps filters for themselves; the action reaches nobody else's."


def address(page: str, query: str = "") -> str:
    """The list page with these filters; not found where no such page is."""
    try:
        return reverse(page) + (f"?{query}" if query else "") + "#saved"
    except NoReverseMatch:
        raise NotVisible from None


@signed_in(OWN)
@require_POST
def view_new(request: PortalRequest) -> HttpResponse:
    """Keep the filters of a page under a name."""
    page, query = request.POST.get("page", ""), only_filters(request.POST.get("query", ""))
    name, is_shared = request.POST.get("name", ""), bool(request.POST.get("is_shared"))
    back = address(page, query)
    return refuse_quietly(
        request,
        lambda: save_view(request.actor, page=page, name=name, query=query, is_shared=is_shared),
        said=_("The view was kept."),
        back=back,
    )


@guarded("delete", SavedView)
@require_POST
def view_trash(request: PortalRequest, row: SavedView) -> HttpResponse:
    """Delete kept filters."""
    return refuse_quietly(
        request,
        lambda: trash_view(request.actor, view=row, now=timezone.now()),
        said=_("“%(name)s” is deleted. You can bring it back for 30 days.") % {"name": row.name},
        back=address(row.page),
    )


@signed_in(OWN)
@require_POST
def view_restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Bring deleted filters back."""
    row = scoped(request.actor, "change", SavedView.objects.filter(pk=pk)).first()
    if row is None:
        raise NotVisible
    return refuse_quietly(
        request,
        lambda: restore_view(request.actor, view=row),
        said=_("“%(name)s” is back.") % {"name": row.name},
        back=address(row.page),
    )
