"""People, their roles, positions and manager; leaving; the filter bar of the list."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, NumberField, PersonField, PlainForm, UnitField, VersionedForm
from organization.forms.units import REASON, Lines
from organization.models import Position
from organization.queries import people_named
from organization.roles import Role


class PeopleFilter(forms.Form):
    """The filter bar of the list of people."""

    STATES = (("", _("Working here")), ("left", _("Left")), ("all", _("Everybody")))
    q = forms.CharField(label=_("Name, e-mail or number"), required=False)
    unit = UnitField(label=_("Unit and below"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, *args: Any, lines: Lines, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines, empty=str(_("All units")))  # type: ignore[attr-defined]
        roles = [("", _("Any role")), *((role.value, role.label) for role in Role)]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class PersonForm(VersionedForm):
    """A person's own data. Who may not set what one signs in with does not get the field."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("What they sign in with. Without it, they cannot."),
    )
    code = forms.CharField(label=_("Staff number"), max_length=40, required=False)
    home_unit = UnitField(label=_("Home unit"))
    joined_on = DayField(label=_("First day"), required=False)

    def __init__(self, *args: Any, lines: Lines, with_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home_unit"].offer(lines)  # type: ignore[attr-defined]
        if not with_email:
            del self.fields["email"]


class NewPersonForm(PersonForm):
    """A person to add, with an invitation if they have an e-mail."""

    is_invited = forms.BooleanField(
        label=_("Mail them a link to set a password"), required=False, initial=True,
        help_text=_("It works once, within a week."),
    )  # fmt: skip


class RoleForm(PlainForm):
    """A role in a unit for a time."""

    role = forms.ChoiceField(label=_("Role"))
    unit = UnitField(label=_("In"), help_text=_("Most roles reach the units below too."))
    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("To"), required=False, help_text=_("The last day. Empty is until further notice."))

    def __init__(self, *args: Any, lines: Lines, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]
        self.fields["first_day"].initial = today
        words = [(role.value, f"{role.label}: {role.description}") for role in Role]
        self.fields["role"].choices = words  # type: ignore[attr-defined]


class PositionForm(PlainForm):
    """A job in a unit for a time."""

    title = forms.CharField(label=_("Title"), max_length=200)
    unit = UnitField(label=_("Unit"))
    level = forms.ChoiceField(label=_("Level"), choices=Position.Level.choices, initial=Position.Level.FRONT_LINE)
    job_family = forms.CharField(label=_("Job family"), max_length=120, required=False)
    location = forms.CharField(label=_("Location"), max_length=120, required=False)
    fte = NumberField(
        label=_("Full-time equivalent"), required=True, initial=1, digits=(6, 2), help_text=_("1 is full time.")
    )
    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("To"), required=False, help_text=_("The last day. Empty is until further notice."))

    def __init__(self, *args: Any, lines: Lines, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]
        self.fields["first_day"].initial = today


class ManagerForm(PlainForm):
    """Whom a person reports to."""

    manager = PersonField(
        label=_("Reports to"), required=False, help_text=_("Name, e-mail or staff number. Empty is nobody.")
    )
    on = DayField(label=_("Since"), help_text=_("Today or earlier."))

    def __init__(self, *args: Any, reader: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].find = partial(people_named, reader)  # type: ignore[attr-defined]
        self.fields["on"].initial = today


class EndForm(PlainForm):
    """The day something ends."""

    on = DayField(label=_("Ends on"), help_text=_("The first day on which it no longer holds."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, help_text=REASON)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class LeaveForm(VersionedForm):
    """The first day a person is no longer here."""

    on = DayField(label=_("Left on"), help_text=_("The first day they are no longer here: today or earlier."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, help_text=REASON)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
