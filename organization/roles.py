"""The roles, and what each is for in plain words."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from core.access import EVERYONE, name_roles


class Role(StrEnum):
    """A person holds a role in a unit for a time; policies say whether it reaches the units below."""

    ADMINISTRATOR = "administrator"
    SMO_OFFICER = "smo_officer"
    EXECUTIVE = "executive"
    UNIT_HEAD = "unit_head"
    CONTRIBUTOR = "contributor"
    HR_PARTNER = "hr_partner"
    FINANCE_PARTNER = "finance_partner"
    EMPLOYEE = "employee"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def description(self) -> str:
        return str(DESCRIPTIONS[self])


LABELS = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.SMO_OFFICER: _("Strategy office"),
    Role.EXECUTIVE: _("Executive"),
    Role.UNIT_HEAD: _("Unit head"),
    Role.CONTRIBUTOR: _("Contributor"),
    Role.HR_PARTNER: _("HR partner"),
    Role.FINANCE_PARTNER: _("Finance partner"),
    Role.EMPLOYEE: _("Employee"),
    Role.AUDITOR: _("Auditor"),
}
DESCRIPTIONS = {
    Role.ADMINISTRATOR: _("Runs the portal: people, roles, settings. Sees no goals or incentives of others."),
    Role.SMO_OFFICER: _("Designs scorecards, runs the monthly review, chases what is late."),
    Role.EXECUTIVE: _("Reads everything about the strategy, decides in reviews."),
    Role.UNIT_HEAD: _("Answers for a unit: its plan, its objectives, its people."),
    Role.CONTRIBUTOR: _("Enters values and updates for a unit."),
    Role.HR_PARTNER: _("Links goals, incentives and development to the strategy."),
    Role.FINANCE_PARTNER: _("Links money to the strategy and validates benefits."),
    Role.EMPLOYEE: _("Reads the strategy and sees how their own work serves it."),
    Role.AUDITOR: _("Reads everything that is not private, changes nothing."),
}


def role_words(role: str) -> str:
    """A role as people call it."""
    return str(_("everyone who has signed in")) if role == EVERYONE else Role(role).label


name_roles(role_words)
