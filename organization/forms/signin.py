"""The forms of allauth in the portal's words: what one signs in with is called E-mail everywhere."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django.utils.translation import gettext_lazy as _

EMAIL = _("E-mail")


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = EMAIL
        self.fields["login"].widget.attrs["placeholder"] = ""


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """The e-mail that a link to set a password is sent to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = EMAIL
        self.fields["email"].widget.attrs["placeholder"] = ""
