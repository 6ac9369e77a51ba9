"""Per request: the Actor, the moment asked about, and answers that no shared cache keeps."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from audit.queries import stamp
from core.periods import At, Frequency, Period, PeriodError
from organization.actors import Actor, actor_of, deputy_actor
from organization.models import Delegation, Person
from organization.queries import calendars

Handler = Callable[[HttpRequest], HttpResponse]
DEPUTY_KEY = "acting_by_delegation"
BEGAN_KEY, SEEN_KEY = "began_at", "seen_at"
SEEN_STEP = 60
"""Seconds for which a session is not written again only to say that somebody was seen."""


class ActorMiddleware:
    """Sets `request.actor`: the signed-in person with today's roles, a deputy for another, or None.

    Sets `request.at` too: the period of `?p=`, else the last finished month, and today (UX §4); and how to ask what has
    been written so far (core.keeping).
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _actor(request)  # type: ignore[attr-defined]
        request.at = SimpleLazyObject(lambda: _at(request))  # type: ignore[attr-defined]
        request.stamp = stamp  # type: ignore[attr-defined]
        response = self.handler(request)
        if request.actor is not None:  # type: ignore[attr-defined]
            response.setdefault("Cache-Control", "no-store, private")
        return response


def _actor(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated or _has_ended(request):
        return None
    person: Person = request.user
    today = timezone.localdate()
    request_id: str = request.request_id  # type: ignore[attr-defined]
    chosen = request.session.get(DEPUTY_KEY)
    if chosen:
        delegation = (
            Delegation.objects.select_related("person")
            .filter(pk=chosen, deputy=person, valid__contains=today, person__is_active=True)
            .first()
        )
        if delegation is not None:
            return deputy_actor(person, delegation, today, request_id=request_id)
        del request.session[DEPUTY_KEY]
    return actor_of(person, today, request_id=request_id)


def _has_ended(request: HttpRequest) -> bool:
    """Sign out whoever was away for half an hour or signed in half a day ago (settings; TRUST A7)."""
    now = int(timezone.now().timestamp())
    session = request.session
    began, seen = session.get(BEGAN_KEY, now), session.get(SEEN_KEY, 0)
    is_away = seen and now - seen > settings.SESSION_IDLE_AGE
    if is_away or now - began > settings.SESSION_COOKIE_AGE:
        session.flush()
        request.user = AnonymousUser()
        messages.info(request, _("You were signed out after a while. Sign in to go on."))
        return True
    if now - seen >= SEEN_STEP:
        session[BEGAN_KEY], session[SEEN_KEY] = began, now
    return False


def _at(request: HttpRequest) -> At:
    today = timezone.localdate()
    calendar = calendars()
    last_month = Period.of(Frequency.MONTH, today, calendar).previous()
    asked = request.GET.get("p", "")
    try:
        period = Period.parse(asked, calendar) if asked else last_month
    except PeriodError:
        period = last_month
    return At(period=period, as_of=None, today=today)
