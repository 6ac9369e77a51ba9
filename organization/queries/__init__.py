"""Questions about units, people, roles and settings."""

from organization.queries.consequences import Leaving, StillOpen, delegations_of, leaving, still_open
from organization.queries.customfields import clean_custom, custom_fields, kinds_with_own_fields
from organization.queries.keys import INVITATION, invitation, links_of, tokens_of
from organization.queries.people import reports_of
from organization.queries.roles import Reach, heads_of, other_administrators, reach, running_roles
from organization.queries.settings import calendars, organization
from organization.queries.terms import NOUNS, Noun, nouns
from organization.queries.tree import ancestor_ids, branch_ids, open_units, parents_on, root_unit, tree

__all__ = [
    "INVITATION",
    "NOUNS",
    "Leaving",
    "Noun",
    "Reach",
    "StillOpen",
    "ancestor_ids",
    "branch_ids",
    "calendars",
    "clean_custom",
    "custom_fields",
    "delegations_of",
    "heads_of",
    "invitation",
    "kinds_with_own_fields",
    "leaving",
    "links_of",
    "nouns",
    "open_units",
    "organization",
    "other_administrators",
    "parents_on",
    "reach",
    "reports_of",
    "root_unit",
    "running_roles",
    "still_open",
    "tokens_of",
    "tree",
]
