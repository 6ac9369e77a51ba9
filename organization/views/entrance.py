"""The first password, by the link of an invitation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from core.guards import PortalRequest, public
from core.submitting import posted, take
from organization.actions.invitations import accept_invitation
from organization.actions.tokens import digest_of
from organization.forms.account import FirstPasswordForm
from organization.queries import invitation as invitation_behind
from organization.views.units import form_methods

KEPT = "invitation"


@public("Whoever has an invitation has no password yet; the link is the proof.")
@never_cache
@require_safe
def invitation(request: PortalRequest, key: str) -> HttpResponse:
    """Keep the link's digest in the session and go on to an address without it, so that no log or Referer shows it."""
    logout(request)
    request.session[KEPT] = digest_of(key)
    return redirect("organization:first_password")


@public("Reached by an invitation only, whose digest is in the session.")
@never_cache
@sensitive_post_parameters()
@form_methods
def first_password(request: PortalRequest) -> HttpResponse:
    """Choose the first password, once."""
    digest = str(request.session.get(KEPT, ""))
    found = invitation_behind(digest, timezone.now())
    form = FirstPasswordForm(posted(request))
    now = timezone.now()
    made = (
        take(form, lambda given: accept_invitation(digest=digest, password=given["password"], now=now))
        if request.method == "POST"
        else None
    )
    if made is not None:
        request.session.pop(KEPT, None)
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    context = {"form": form, "invited": found.person if found else None}
    return render(request, "organization/first_password.html", context, status=422 if form.is_bound else 200)
