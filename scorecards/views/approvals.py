"""The second pair of eyes: the queue of submitted values, approving, returning, taking back."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.actions import Refusal
from core.guards import PortalRequest, guarded, listing
from core.submitting import refuse_quietly
from scorecards.actions import approve_submissions, return_submissions, withdraw_submission
from scorecards.forms.entries import whole
from scorecards.models import Submission
from scorecards.queries.approving import queue_page
from scorecards.views.entry import back_of


@listing("decide", Submission)
@require_safe
def approvals(request: PortalRequest, rows: QuerySet[Submission]) -> HttpResponse:
    """Values that wait for the reader's approval, the oldest first."""
    return _queue(request)


def _queue(request: PortalRequest, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
    page = queue_page(request.actor, request.at, request.GET.get("page", "1"))
    chosen = [number for text in request.POST.getlist("chosen") if (number := whole(text)) is not None]
    context = {"page": page, "problems": problems or [], "chosen": chosen, "reason": request.POST.get("reason", "")}
    return render(request, "scorecards/approvals.html", context, status=status)


@listing("view", Submission)
@require_POST
def approvals_decide(request: PortalRequest, rows: QuerySet[Submission]) -> HttpResponse:
    """Approve or return the chosen values, or approve the one whose button was pressed: all or none."""
    one = request.POST.get("one", "")
    wanted = [number for text in ([one] if one else request.POST.getlist("chosen")) if (number := whole(text))]
    chosen = list(rows.filter(pk__in=wanted))
    try:
        if "return" in request.POST and not one:
            return_submissions(request.actor, submissions=chosen, reason=request.POST.get("reason", ""))
            messages.success(request, _returned(len(chosen)))
            return redirect("scorecards:approvals")
        outcome = approve_submissions(request.actor, submissions=chosen, today=request.at.today)
    except Refusal as refusal:
        return _queue(request, problems=[refusal.sentence], status=422)
    if outcome.refused:
        return _queue(request, problems=[f"{row.label}: {row.reason}" for row in outcome.refused], status=422)
    messages.success(request, _approved(len(chosen)))
    return redirect("scorecards:approvals")


def _approved(count: int) -> str:
    return ngettext("%(n)d value approved and recorded.", "%(n)d values approved and recorded.", count) % {"n": count}


def _returned(count: int) -> str:
    words = ngettext("%(n)d value returned with your reason.", "%(n)d values returned with your reason.", count)
    return words % {"n": count}


@guarded("withdraw", Submission)
@require_POST
def submission_withdraw(request: PortalRequest, found: Submission) -> HttpResponse:
    """Take back a value of one's own that waits."""
    back = back_of(request, "scorecards:updates")
    return refuse_quietly(
        request,
        lambda: withdraw_submission(request.actor, submission=found),
        said=_("Taken back. It no longer waits for approval."),
        back=back or reverse("scorecards:updates"),
    )
