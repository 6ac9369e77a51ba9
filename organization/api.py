"""How programs come in: a token of a person, limited by verbs and units; or the person's own session."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from organization.actions.tokens import digest_of
from organization.actors import actor_of
from organization.models import ApiToken, Person

KEYWORD = "Token"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token …`. Its owner's rights of today, and no more than the token names (TRUST Z13)."""

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        given = authentication.get_authorization_header(request).split()
        if not given or given[0].lower() != KEYWORD.lower().encode():
            return None
        if len(given) != 2:
            raise AuthenticationFailed(_("Write the header as 'Authorization: Token …' with one token."))
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("person")
            .prefetch_related("units")
            .filter(
                digest=digest_of(given[1].decode("latin-1")),
                revoked_at=None,
                expires_at__gt=now,
                person__is_active=True,
            )
            .first()
        )
        if token is None:
            raise AuthenticationFailed(_("This token is not valid: it is unknown, expired or revoked."))
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        request._request.actor = _limited(token, request)  # type: ignore[attr-defined]
        return token.person, token


def _limited(token: ApiToken, request: Request) -> object:
    actor = actor_of(token.person, timezone.localdate(), request_id=request._request.request_id)  # type: ignore[attr-defined]
    units = frozenset(unit.pk for unit in token.units.all())
    return replace(actor, token_verbs=frozenset(token.verbs) or None, token_units=units or None)


class SessionAuthentication(authentication.SessionAuthentication):
    """The signed-in person's own session, with the CSRF check of pages."""
