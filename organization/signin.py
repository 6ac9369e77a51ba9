"""Sign-in by django-allauth: no public sign-up, and an audit event for every sign-in, failure and sign-out.

The one module with signal receivers: allauth's sign-in events exist only as signals (ARCHITECTURE, Screens 1).
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import signals as auth_signals
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from audit.actions import recording
from organization.actions.mails import letter, post
from organization.actors import Actor
from organization.models import Person

SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})
"""Messages of allauth that say what one sees anyway."""


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or imported, nobody signs up; nothing tells a stranger who has an account."""

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
