"""What I was told, and how I want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guards import PortalRequest, guarded, listing, signed_in
from notifications import actions, queries
from notifications.forms import PreferencesForm
from notifications.models import Notification

PAGE_SIZE = 50


@listing("view", Notification)
@require_safe
def notifications(request: PortalRequest, rows: QuerySet[Notification]) -> HttpResponse:
    """The person's list, newest first."""
    page = Paginator(queries.own_notifications(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": queries.unread_count(request.actor)}
    return render(request, "notifications/notifications.html", context)


@guarded("mark_read", Notification)
@require_POST
def read(request: PortalRequest, line: Notification) -> HttpResponse:
    """Mark one line as read."""
    actions.mark_read(request.actor, line)
    return redirect("notifications:notifications")


@listing("mark_read", Notification)
@require_POST
def read_all(request: PortalRequest, rows: QuerySet[Notification]) -> HttpResponse:
    """Mark the whole list as read."""
    count = actions.mark_all_read(request.actor)
    messages.success(request, ngettext("%(n)d marked as read", "%(n)d marked as read", count) % {"n": count})
    return redirect("notifications:notifications")


@signed_in("A person's own wishes; the form holds no one else's.")
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PortalRequest) -> HttpResponse:
    """How the person wants to hear of each kind of news."""
    form = PreferencesForm(request.POST or None, wishes=queries.own_wishes(request.actor))
    if request.method == "POST" and form.is_valid():
        actions.set_preferences(request.actor, form.choices())
        messages.success(request, _("Your wishes are kept."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})
