"""My account: who I am here, keys for programs, links, deputies, acting for somebody."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.guards import PortalRequest, guarded, signed_in
from core.submitting import FormPage, posted, refuse_quietly, show, take
from organization.actions.delegations import start_acting, stop_acting
from organization.actions.tokens import issue_token, revoke_link, revoke_token
from organization.forms.account import LIMITS, TokenForm
from organization.middleware import DEPUTY_KEY
from organization.models import AccessLink, ApiToken, Delegation, OrgUnit, Person
from organization.queries import branch_ids, delegations_seen, links_of, roles_held, tokens_of, tree
from organization.views.units import form_methods


def _me(request: PortalRequest) -> Person:
    return Person.objects.get(pk=request.actor.person_id or 0)


@signed_in("One's own account: everything on it is read by the person's own id.")
@require_safe
def me(request: PortalRequest) -> HttpResponse:
    """My account."""
    person, now = _me(request), timezone.now()
    context = {
        "person": person,
        "roles": roles_held(request.actor, person, request.at.today),
        "tokens": tokens_of(person.pk, now),
        "links": links_of(person.pk, now),
        "delegations": delegations_seen(request.actor, person, request.at),
        "today": request.at.today,
    }
    return render(request, "organization/me.html", context)


@signed_in("One's own token: the action asks for the person's own row.")
@form_methods
def token_new(request: PortalRequest) -> HttpResponse:
    """A new key for a program. Its secret is in this one answer and nowhere else."""
    lines = tree(request.actor, request.at.today)
    form = TokenForm(posted(request), lines=lines, today=request.at.today)
    page = FormPage(_("Add an API token"), form, _("Add the token"), reverse("organization:me"), _crumbs())
    if request.method == "POST" and (made := take(form, partial(_issue, request))) is not None:
        token, secret = made
        return render(request, "organization/token.html", {"token": token, "secret": secret})
    return show(request, page, status=422 if form.is_bound else 200)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("My account"), reverse("organization:me"))]


def _issue(request: PortalRequest, data: dict[str, Any]) -> tuple[ApiToken, str]:
    """The token ends with its last day."""
    ends = timezone.make_aware(datetime.combine(data["expires_on"] + timedelta(days=1), time.min))
    unit = data["unit"]
    below = branch_ids(unit.pk, request.at.today) if unit else []
    return issue_token(
        request.actor,
        person=_me(request),
        name=data["name"],
        expires_at=ends,
        now=timezone.now(),
        verbs=LIMITS[data["limit"]],
        units=list(OrgUnit.objects.filter(pk__in=below)),
    )


@guarded("revoke", ApiToken)
@require_POST
def token_revoke(request: PortalRequest, row: ApiToken) -> HttpResponse:
    """End a token."""
    revoke_token(request.actor, token=row, now=timezone.now())
    messages.success(request, _("The token '%(name)s' no longer works.") % {"name": row})
    return redirect("organization:me")


@guarded("revoke", AccessLink)
@require_POST
def link_revoke(request: PortalRequest, row: AccessLink) -> HttpResponse:
    """End a link."""
    revoke_link(request.actor, link=row, now=timezone.now())
    messages.success(request, _("The link no longer works."))
    return redirect("organization:me")


@guarded("use", Delegation)
@require_POST
def deputy_act(request: PortalRequest, row: Delegation) -> HttpResponse:
    """Begin to act for somebody, in this session."""

    def act() -> None:
        start_acting(request.actor, delegation=row, today=request.at.today)
        request.session.cycle_key()
        request.session[DEPUTY_KEY] = row.pk

    said = _("You act for %(name)s now.") % {"name": row.person}
    return refuse_quietly(request, act, said=said, back=reverse("organization:me"))


@signed_in("Whoever acts for somebody may stop.")
@require_POST
def deputy_stop(request: PortalRequest) -> HttpResponse:
    """Act for oneself again."""
    if request.actor.on_behalf_of_id is not None:
        stop_acting(request.actor)
        request.session.cycle_key()
        del request.session[DEPUTY_KEY]
        messages.success(request, _("You act for yourself again."))
    return redirect("organization:me")
