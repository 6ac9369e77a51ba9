"""My account: tokens, deputies, a first password."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, PersonField, PlainForm, UnitField
from organization.forms.units import Lines
from organization.queries import people_named
from organization.roles import Role

TOKEN_LIFE = timedelta(days=90)
LIMITS = {"read": ("view",), "values": ("view", "record"), "all": ()}
"""What a token may do → the verbs it is limited to; none is no limit."""


class TokenForm(PlainForm):
    """A new key for a program."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("What uses it, so that you know it later."))
    limit = forms.ChoiceField(
        label=_("It may"),
        choices=(
            ("read", _("read what I may read")),
            ("values", _("read, and enter values where I may")),
            ("all", _("do everything I may do")),
        ),
        initial="read",
        widget=forms.RadioSelect,
    )
    unit = UnitField(label=_("Only in"), required=False, help_text=_("The unit and all below it."))
    expires_on = DayField(label=_("Last day"), help_text=_("Within a year."))

    def __init__(self, *args: Any, lines: Lines, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines, empty=str(_("All units")))  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = today + TOKEN_LIFE


class DelegationForm(PlainForm):
    """Who stands in, for how long, with which roles."""

    deputy = PersonField(label=_("Deputy"))
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked is all of them."),
    )
    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("To"), help_text=_("The last day."))

    def __init__(self, *args: Any, reader: Actor, held: list[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].find = partial(people_named, reader)  # type: ignore[attr-defined]
        self.fields["roles"].choices = [(role, Role(role).label) for role in held]  # type: ignore[attr-defined]
        self.fields["first_day"].initial = today


class FirstPasswordForm(PlainForm):
    """The password an invited person chooses."""

    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("Once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two passwords differ. Type the same twice."))
        return again
