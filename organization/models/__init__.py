"""Units, people, memberships, Subjects and what an organisation sets for itself, one module per group of nouns."""

from organization.models.access import AccessLink, ApiToken, Delegation, Membership
from organization.models.people import ChainRow, ManagerLine, Person, Position
from organization.models.settings import CustomField, FiscalCalendar, Organization, Rate, SavedView, Term
from organization.models.subjects import Subject
from organization.models.units import OrgUnit, Placement

__all__ = [
    "AccessLink",
    "ApiToken",
    "ChainRow",
    "CustomField",
    "Delegation",
    "FiscalCalendar",
    "ManagerLine",
    "Membership",
    "OrgUnit",
    "Organization",
    "Person",
    "Placement",
    "Position",
    "Rate",
    "SavedView",
    "Subject",
    "Term",
]
