"""Who may do what with units, people and the organisation's own settings."""

from __future__ import annotations

from django.db.models import Q

from core.access import ALL, BRANCH, CHAIN, EVERYONE, Grant, Policy, policy, rel
from organization.models import (
    AccessLink,
    ApiToken,
    CustomField,
    Delegation,
    FiscalCalendar,
    Membership,
    Organization,
    OrgUnit,
    Person,
    Position,
    Rate,
    SavedView,
    Subject,
    Term,
)
from organization.roles import Role

ADMIN = Grant(Role.ADMINISTRATOR, ALL)
AUDITOR = Grant(Role.AUDITOR, ALL)
ANYONE = Grant(EVERYONE, ALL)


@policy(Organization)
class OrganizationPolicy(Policy):
    unit = ""
    grants = {"view": [ANYONE], "change": [ADMIN]}


@policy(OrgUnit)
class OrgUnitPolicy(Policy):
    unit = "pk"
    owner = ""
    grants = {
        "view": [ANYONE],
        "change": [ADMIN],
        "move": [ADMIN],
        "close": [ADMIN],
        "add_unit": [ADMIN, Grant(Role.SMO_OFFICER, BRANCH)],
        "add_person": [ADMIN, Grant(Role.HR_PARTNER, BRANCH)],
        "add_membership": [ADMIN],
        "add_strategy": [Grant(Role.SMO_OFFICER, BRANCH), Grant(Role.UNIT_HEAD, BRANCH)],
        "add_cycle": [Grant(Role.SMO_OFFICER, BRANCH), Grant(Role.UNIT_HEAD, BRANCH)],
        "add_measure": [Grant(Role.SMO_OFFICER, BRANCH), Grant(Role.UNIT_HEAD, BRANCH)],
        "add_assumption": [Grant(role, BRANCH) for role in (Role.SMO_OFFICER, Role.UNIT_HEAD, Role.EXECUTIVE)],
        "add_scenario": [Grant(role, BRANCH) for role in (Role.SMO_OFFICER, Role.UNIT_HEAD, Role.EXECUTIVE)],
        "add_definition": [Grant(Role.SMO_OFFICER, BRANCH)],
        "import": [Grant(Role.SMO_OFFICER, BRANCH), ADMIN],
    }


@policy(Person)
class PersonPolicy(Policy):
    unit = "home_unit"
    owner = "pk"
    grants = {
        "view": [ANYONE],
        "view_details": [ADMIN, Grant(Role.HR_PARTNER, BRANCH), Grant(EVERYONE, rel("pk")), Grant(EVERYONE, CHAIN())],
        "change": [ADMIN, Grant(Role.HR_PARTNER, BRANCH)],
        "change_sign_in": [ADMIN],
        "invite": [ADMIN, Grant(Role.HR_PARTNER, BRANCH)],
        "deactivate": [ADMIN],
        "add_token": [Grant(EVERYONE, rel("pk"))],
        "add_delegation": [Grant(EVERYONE, rel("pk")), ADMIN],
    }
    fields = {"email": "view_details", "code": "view_details"}


@policy(Position)
class PositionPolicy(Policy):
    owner = "person"
    grants = {"view": [ANYONE], "change": [ADMIN, Grant(Role.HR_PARTNER, BRANCH)]}


@policy(Membership)
class MembershipPolicy(Policy):
    owner = "person"
    grants = {"view": [ANYONE], "change": [ADMIN]}


@policy(Delegation)
class DelegationPolicy(Policy):
    unit = "person__home_unit"
    owner = "person"
    grants = {
        "view": [Grant(EVERYONE, rel("person")), Grant(EVERYONE, rel("deputy")), ADMIN, AUDITOR],
        "change": [Grant(EVERYONE, rel("person")), ADMIN],
        "use": [Grant(EVERYONE, rel("deputy"))],
    }


@policy(ApiToken)
class ApiTokenPolicy(Policy):
    unit = ""
    owner = "person"
    grants = {"view": [Grant(EVERYONE, rel("person")), ADMIN], "revoke": [Grant(EVERYONE, rel("person")), ADMIN]}


@policy(AccessLink)
class AccessLinkPolicy(Policy):
    unit = ""
    owner = "person"
    grants = {"view": [Grant(EVERYONE, rel("person"))], "revoke": [Grant(EVERYONE, rel("person")), ADMIN]}


@policy(SavedView)
class SavedViewPolicy(Policy):
    unit = ""
    owner = "person"
    conditions = {"kept": Q(trashed_at__isnull=True), "shared": Q(is_shared=True, trashed_at__isnull=True)}
    grants = {
        "view": [Grant(EVERYONE, rel("person"), "kept"), Grant(EVERYONE, ALL, "shared")],
        "change": [Grant(EVERYONE, rel("person"))],
        "delete": [Grant(EVERYONE, rel("person"))],
    }


@policy(Subject)
class SubjectPolicy(Policy):
    """Lists across kinds: what is mine, and what is not private in a unit my role reaches (DATAMODEL A3)."""

    conditions = {"public": Q(private=False, retired_at__isnull=True)}
    grants = {"view": [Grant(EVERYONE, ALL, "public"), Grant(EVERYONE, rel("owner"))]}


@policy(FiscalCalendar)
class FiscalCalendarPolicy(Policy):
    unit = ""
    grants = {"view": [ANYONE], "change": [ADMIN]}


@policy(Rate)
class RatePolicy(Policy):
    unit = ""
    grants = {"view": [ANYONE], "change": [ADMIN, Grant(Role.FINANCE_PARTNER, ALL)]}


@policy(Term)
class TermPolicy(Policy):
    unit = ""
    grants = {"view": [ANYONE], "change": [ADMIN, Grant(Role.SMO_OFFICER, ALL)]}


@policy(CustomField)
class CustomFieldPolicy(Policy):
    unit = ""
    grants = {"view": [ANYONE], "change": [ADMIN, Grant(Role.SMO_OFFICER, ALL)]}
