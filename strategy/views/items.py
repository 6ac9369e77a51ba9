"""Action items: a task, its page, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import NotVisible, can
from core.actions import Conflict
from core.guards import PortalRequest, guarded
from core.subjects import url_of
from core.submitting import take
from strategy import actions
from strategy.forms import ActionItemForm, CommentForm, ReassignForm
from strategy.models import ActionItem
from strategy.queries.attached import attached, names_near, record_of
from strategy.views.attached import about_subject, back, filled, form_page, get_or_post


@about_subject("add_action_item")
@get_or_post
def action_item_new(request: PortalRequest, record: Any) -> HttpResponse:
    """Ask someone to do something about a record."""
    form = filled(ActionItemForm, request)
    made = take(
        form, lambda given: actions.add_action_item(request.actor, about=record, today=request.at.today, **given)
    )
    if made is None:
        return form_page(request, record, form, {"title": _("Add an action"), "button": _("Add the action")})
    messages.success(request, _("%(person)s is told.") % {"person": made.assignee})
    return back(request, record.subject, "actions")


@guarded("view", ActionItem)
@require_safe
def action_item(request: PortalRequest, row: ActionItem) -> HttpResponse:
    """One task."""
    return _page(request, row, ReassignForm.of(row))


def _page(request: PortalRequest, row: ActionItem, form: ReassignForm, status: int = 200) -> HttpResponse:
    try:
        record_of(request.actor, row.about)
        about_url = url_of(row.about)
    except NotVisible:
        about_url = ""
    may_reassign = can(request.actor, "reassign", row)
    context = {
        "item": row,
        "about_url": about_url,
        "may_complete": can(request.actor, "complete", row),
        "may_reopen": can(request.actor, "reopen", row),
        "may_reassign": may_reassign,
        "names": names_near(row.about) if may_reassign else [],
        "form": form,
        "attached": attached(request.actor, row),
        "comment_form": CommentForm(),
    }
    return render(request, "strategy/action_item.html", context, status=status)


@guarded("view", ActionItem)
@require_POST
def action_item_complete(request: PortalRequest, row: ActionItem) -> HttpResponse:
    """It is done."""
    actions.complete_action_item(request.actor, item=row, today=request.at.today)
    messages.success(request, _("“%(title)s” is done.") % {"title": row.title})
    return redirect("strategy:action_item", pk=row.pk)


@guarded("view", ActionItem)
@require_POST
def action_item_reopen(request: PortalRequest, row: ActionItem) -> HttpResponse:
    """It is not done after all."""
    actions.reopen_action_item(request.actor, item=row)
    messages.success(request, _("“%(title)s” is open again.") % {"title": row.title})
    return redirect("strategy:action_item", pk=row.pk)


@guarded("reassign", ActionItem)
@require_POST
def action_item_reassign(request: PortalRequest, row: ActionItem) -> HttpResponse:
    """Give it to another person or another day; who was faster is shown, nothing is lost (409)."""
    form = ReassignForm(request.POST)

    def reassign(given: dict[str, Any]) -> ActionItem:
        return actions.reassign_action_item(request.actor, item=row, today=request.at.today, **given)

    try:
        made = take(form, reassign)
    except Conflict as conflict:
        row.refresh_from_db()
        form = ReassignForm({**request.POST.dict(), "expected": row.row_version})
        words = {"person": row.assignee, "day": row.due_on}
        sentence = _("It was changed meanwhile: %(person)s, by %(day)s. Save again to keep your version.") % words
        form.add_error(None, f"{conflict} {sentence}")
        return _page(request, row, form, status=409)
    if made is None:
        return _page(request, row, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("strategy:action_item", pk=row.pk)
