"""How people and programs come in.

People sign in by django-allauth: no public sign-up, and an audit event for every sign-in, failure and sign-out. The one
module with signal receivers: allauth's sign-in events exist only as signals (ARCHITECTURE, Screens 1). Programs bring a
token of a person, limited by verbs and units. The API's settings name the two classes at the end, so this module imports
no view of Django REST framework, which reads those settings when it is imported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import signals as auth_signals
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from audit.actions import recording
from organization.actions.mails import letter, post
from organization.actions.tokens import digest_of
from organization.actors import Actor, actor_of
from organization.models import ApiToken, Person

SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})
"""Messages of allauth that say what one sees anyway."""


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or imported, nobody signs up; nothing tells a stranger who has an account."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("The e-mail or the password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Somebody who may not sign in is answered like a wrong password, with the right one too (TRUST A5)."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def format_email_subject(self, subject: str) -> str:
        """As the template says it, without the host's name."""
        return subject

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *rest: Any, **more: Any
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *rest, **more)


def display_name(person: Person) -> str:
    """How allauth's pages and mails address a person."""
    return person.name


def _record(
    verb: str,
    person: Person | None,
    request: HttpRequest | None,
    details: dict[str, Any],
    *,
    about: Person | None = None,
) -> None:
    about = about or person
    actor = Actor(
        person.pk if person else None,
        person.name if person else "",
        request_id=getattr(request, "request_id", "") if request else "",
    )
    with recording(actor, verb, subject_id=about.subject_id if about else None, details=details):
        pass


@receiver(auth_signals.user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Somebody came in."""
    _record("sign_in", user, request, {})


@receiver(auth_signals.user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    """Somebody left."""
    if user is not None:
        _record("sign_out", user, request, {})


@receiver(auth_signals.user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Somebody tried; the address is kept, the password never. It stands with the person, if there is one."""
    email = str(credentials.get("email", ""))[:254].lower()
    about = Person.objects.filter(email=email).first()
    _record("sign_in_failed", None, request, {"email": email}, about=about)


@receiver(account_signals.password_changed)
@receiver(account_signals.password_reset)
def password_changed(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """A password was set anew: its owner is told, in case it was somebody else (TRUST A11)."""
    with transaction.atomic():
        _record("password_changed", user, request, {})
        if user.email:
            post([letter("password_changed", user.email, {"name": user.name})])


# ------------------------------------------------------------------------------------------------ programs
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
