"""Sign-in by django-allauth: no public sign-up, and an audit event for every sign-in, failure and sign-out.

The one module with signal receivers: allauth's sign-in events exist only as signals (ARCHITECTURE, Screens 1).
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import signals as auth_signals
from django.dispatch import receiver
from django.http import HttpRequest

from audit.actions import recording
from organization.actors import Actor
from organization.models import Person


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or imported; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def display_name(person: Person) -> str:
    """How allauth's pages and mails address a person."""
    return person.name


def _record(verb: str, person: Person | None, request: HttpRequest | None, details: dict[str, Any]) -> None:
    actor = Actor(
        person.pk if person else None,
        person.name if person else "",
        request_id=getattr(request, "request_id", "") if request else "",
    )
    with recording(actor, verb, subject_id=person.subject_id if person else None, details=details):
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
    """Somebody tried; the address is kept, the password never."""
    _record("sign_in_failed", None, request, {"email": str(credentials.get("email", ""))[:254]})


@receiver(account_signals.password_changed)
@receiver(account_signals.password_reset)
def password_changed(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """A password was set anew."""
    _record("password_changed", user, request, {})
