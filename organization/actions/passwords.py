"""Passwords as they are stored."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.actions import Refusal
from organization.models import Person

LONGEST = 256
"""Characters; more would let a sign-in cost what it wants."""


class NotTooLong:
    """A password validator (settings.AUTH_PASSWORD_VALIDATORS)."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("This password is too long. It may hold 256 characters at most."))

    def get_help_text(self) -> str:
        return _("Your password may hold 256 characters at most.")


def hashed(password: str, person: Person | None = None) -> str:
    """The hash that is stored; of an empty password one that no password fits. A Refusal says why one is too weak."""
    if not password:
        return make_password(None)
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise Refusal(" ".join(problem.messages), field="password") from None
    return make_password(password)
