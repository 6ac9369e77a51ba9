"""Imports by the clock: added, paused, run at once, removed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.guards import PortalRequest, guarded, listing
from core.submitting import take
from jobs import queries
from jobs.actions import feeds
from jobs.forms import FeedForm
from jobs.models import ImportFeed
from jobs.views.imports import kinds_or_forbidden
from organization.models import OrgUnit


@listing("import", OrgUnit)
def feed_new(request: PortalRequest, rows: QuerySet[OrgUnit]) -> HttpResponse:
    """Have files loaded by the clock."""
    kinds = kinds_or_forbidden(request)
    form = FeedForm(request.POST or None, mappings=queries.mappings_of(request.actor, kinds))
    if form.is_bound and take(form, partial(_add_feed, request)) is not None:
        messages.success(request, _("Files are loaded by the clock from now on."))
        return redirect("jobs:imports")
    context = {"form": form, "is_set": settings.IMPORT_DIR is not None}
    return render(request, "jobs/feed_new.html", context, status=422 if form.is_bound else 200)


def _add_feed(request: PortalRequest, data: dict[str, Any]) -> ImportFeed:
    plan = feeds.Plan(**{name: value for name, value in data.items() if name != "mapping"})
    return feeds.add_feed(request.actor, mapping=data["mapping"], plan=plan)


def _done(request: PortalRequest, row: ImportFeed, act: Callable[..., Any], words: str) -> HttpResponse:
    act(request.actor, row)
    messages.success(request, words)
    return redirect("jobs:imports")


@guarded("pause", ImportFeed)
@require_POST
def feed_pause(request: PortalRequest, row: ImportFeed) -> HttpResponse:
    """Load nothing for now."""
    return _done(request, row, feeds.pause_feed, _("%(feed)s is paused.") % {"feed": row})


@guarded("pause", ImportFeed)
@require_POST
def feed_resume(request: PortalRequest, row: ImportFeed) -> HttpResponse:
    """Load again."""
    return _done(request, row, feeds.resume_feed, _("%(feed)s goes on.") % {"feed": row})


@guarded("pause", ImportFeed)
@require_POST
def feed_remove(request: PortalRequest, row: ImportFeed) -> HttpResponse:
    """End it."""
    return _done(request, row, feeds.remove_feed, _("%(feed)s was removed. What it imported stays.") % {"feed": row})


@guarded("run", ImportFeed)
@require_POST
def feed_run(request: PortalRequest, row: ImportFeed) -> HttpResponse:
    """Look for a file at once."""
    return redirect("jobs:job", pk=feeds.run_feed_now(request.actor, row).pk)
