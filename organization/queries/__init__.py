"""Questions about units, people, roles and settings."""

from organization.queries.consequences import Leaving, StillOpen, delegations_of, leaving, still_open
from organization.queries.customfields import clean_custom, custom_fields, kinds_with_own_fields
from organization.queries.keys import INVITATION, invitation, links_of, tokens_of
from organization.queries.pages import (
    UnitLine,
    UnitPeople,
    allowed,
    closed_units,
    delegations_seen,
    direct_reports,
    may_give_roles,
    positions_held,
    roles_held,
    unit_lines,
    unit_people,
    units_above,
    units_directly_below,
    units_for,
)
from organization.queries.people import Orphan, managers_of, orphans, people_listed, people_named, reports_of
from organization.queries.roles import Reach, heads_of, other_administrators, reach, running_roles
from organization.queries.settings import SettingsReport, calendars, organization, settings_report
from organization.queries.terms import NOUNS, Noun, nouns
from organization.queries.tree import ancestor_ids, branch_ids, open_units, parents_on, root_unit, tree

__all__ = [
    "INVITATION",
    "NOUNS",
    "Leaving",
    "Noun",
    "Orphan",
    "Reach",
    "SettingsReport",
    "StillOpen",
    "UnitLine",
    "UnitPeople",
    "allowed",
    "ancestor_ids",
    "branch_ids",
    "calendars",
    "clean_custom",
    "closed_units",
    "custom_fields",
    "delegations_of",
    "delegations_seen",
    "direct_reports",
    "heads_of",
    "invitation",
    "kinds_with_own_fields",
    "leaving",
    "links_of",
    "managers_of",
    "may_give_roles",
    "nouns",
    "open_units",
    "organization",
    "orphans",
    "other_administrators",
    "parents_on",
    "people_listed",
    "people_named",
    "positions_held",
    "reach",
    "reports_of",
    "roles_held",
    "root_unit",
    "running_roles",
    "settings_report",
    "still_open",
    "tokens_of",
    "tree",
    "unit_lines",
    "unit_people",
    "units_above",
    "units_directly_below",
    "units_for",
]
