"""Filters of list pages that people keep by name."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from core.access import Actor, scoped
from organization.models import SavedView

NOT_KEPT = ("p", "page")
"""What an address says besides the filters: the period and the page number."""


@dataclass(frozen=True)
class SavedViews:
    """What a reader sees of one page: filters to open, theirs and shared ones, and their own that were deleted."""

    kept: list[SavedView]
    trash: list[SavedView]


def saved_views(viewer: Actor, page: str) -> SavedViews:
    """The kept filters of a page by name."""
    rows = SavedView.objects.filter(page=page).select_related("person").order_by("name", "pk")
    trash = scoped(viewer, "change", rows).filter(trashed_at__isnull=False)
    return SavedViews(list(scoped(viewer, "view", rows)), list(trash))


def only_filters(query: str) -> str:
    """The filters of an address: without the period, the page number and what is empty."""
    given = QueryDict(query)
    asked = QueryDict(mutable=True)
    for name in given:
        values = [value for value in given.getlist(name) if value]
        if values and name not in NOT_KEPT:
            asked.setlist(name, values)
    return asked.urlencode()
