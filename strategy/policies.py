"""Who may do what with strategies, what stands on their maps, and what people attach to records.

A strategy that is not approved yet is seen by those who write it: the strategy office, the heads and executives of its
branch, and its owner. What stands on its map is seen by whoever sees the strategy.
"""

from __future__ import annotations

from django.db.models import Q

from core.access import ALL, BRANCH, EVERYONE, Grant, Policy, policy, rel, through
from organization.roles import Role
from strategy.models import (
    ActionItem,
    Attachment,
    Comment,
    Objective,
    ObjectiveLink,
    Perspective,
    Strategy,
    StrategyVersion,
    Theme,
    Update,
)

ANYONE = Grant(EVERYONE, ALL)
OFFICE = Grant(Role.SMO_OFFICER, BRANCH)
HEAD = Grant(Role.UNIT_HEAD, BRANCH)
EXECUTIVE = Grant(Role.EXECUTIVE, BRANCH)
CONTRIBUTOR = Grant(Role.CONTRIBUTOR, BRANCH)
OWNER = Grant(EVERYONE, rel("owner"))

# What may be added to a record of this app. Whoever may not view the record may not add to it either (core.access).
ATTACHED = {
    "comment": [ANYONE],
    "attach": [OFFICE, HEAD, EXECUTIVE, CONTRIBUTOR, OWNER],
    "post_update": [OFFICE, HEAD, OWNER],
    "add_action_item": [OFFICE, HEAD, EXECUTIVE, OWNER],
}


@policy(Strategy)
class StrategyPolicy(Policy):
    conditions = {"public": Q(is_private=False), "unadopted": Q(state__in=["draft", "in_review", "approved"])}
    grants = {
        "view": [Grant(EVERYONE, ALL, "public"), OFFICE, HEAD, EXECUTIVE, OWNER, Grant(Role.AUDITOR, ALL)],
        "change": [
            Grant(Role.SMO_OFFICER, BRANCH, "unadopted"),
            Grant(Role.UNIT_HEAD, BRANCH, "unadopted"),
            Grant(EVERYONE, rel("owner"), "unadopted"),
        ],
        "change_structure": [OFFICE, HEAD],
        "submit": [OFFICE, HEAD, OWNER],
        "return": [OFFICE, HEAD, EXECUTIVE],
        "approve": [HEAD, EXECUTIVE],
        "adopt": [OFFICE, HEAD],
        "close": [OFFICE, HEAD],
        "reassign": [OFFICE, HEAD],
        **ATTACHED,
    }


class _PartPolicy(Policy):
    """A part of a strategy: seen with it, owned on its own."""

    unit = "strategy__unit"
    grants = {"view": [Grant(EVERYONE, through("strategy"))], "reassign": [OFFICE, HEAD], **ATTACHED}


class _SeenWithStrategy(Policy):
    """What is only read, together with its strategy."""

    unit = "strategy__unit"
    owner = "strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("strategy"))]}


@policy(StrategyVersion)
class StrategyVersionPolicy(_SeenWithStrategy):
    pass


@policy(Perspective)
class PerspectivePolicy(_SeenWithStrategy):
    pass


@policy(ObjectiveLink)
class ObjectiveLinkPolicy(_SeenWithStrategy):
    pass


@policy(Theme)
class ThemePolicy(_PartPolicy):
    pass


@policy(Objective)
class ObjectivePolicy(_PartPolicy):
    conditions = {"proposed": Q(state="proposed")}
    grants = {
        **_PartPolicy.grants,
        "change": [
            Grant(Role.SMO_OFFICER, BRANCH, "proposed"),
            Grant(Role.UNIT_HEAD, BRANCH, "proposed"),
            Grant(EVERYONE, rel("owner"), "proposed"),
        ],
        "add_measure": [OFFICE, HEAD],
        "declare_status": [HEAD, OWNER],
    }


# Lists across records show what is one's own, and what is about a record that is not private (DATAMODEL A3). On the page
# of one record these are read after the record itself was loaded through its own policy.
ABOUT = Grant(EVERYONE, through("subject"))
MINE = Grant(EVERYONE, rel("author"))


@policy(Update)
class UpdatePolicy(Policy):
    unit = "subject__unit"
    owner = "author"
    conditions = {"waiting": Q(acknowledged_at__isnull=True)}
    grants = {
        "view": [ABOUT, MINE],
        "acknowledge": [
            Grant(Role.SMO_OFFICER, BRANCH, "waiting"),
            Grant(Role.UNIT_HEAD, BRANCH, "waiting"),
            Grant(Role.EXECUTIVE, BRANCH, "waiting"),
        ],
    }


class _TrashablePolicy(Policy):
    """What its author or the strategy office may delete by mistake and bring back."""

    unit = "subject__unit"
    owner = "author"
    conditions = {"kept": Q(trashed_at__isnull=True), "trashed": Q(trashed_at__isnull=False)}
    grants = {
        "view": [ABOUT, MINE],
        "remove": [Grant(EVERYONE, rel("author"), "kept"), Grant(Role.SMO_OFFICER, BRANCH, "kept")],
        "restore": [Grant(EVERYONE, rel("author"), "trashed"), Grant(Role.SMO_OFFICER, BRANCH, "trashed")],
    }


@policy(Comment)
class CommentPolicy(_TrashablePolicy):
    pass


@policy(Attachment)
class AttachmentPolicy(_TrashablePolicy):
    pass


@policy(ActionItem)
class ActionItemPolicy(Policy):
    unit = "about__unit"
    owner = "assignee"
    conditions = {
        "public": Q(about__private=False),
        "open": Q(done_on__isnull=True),
        "open_public": Q(done_on__isnull=True, about__private=False),
        "done": Q(done_on__isnull=False),
    }
    grants = {
        "view": [
            Grant(EVERYONE, ALL, "public"),
            Grant(EVERYONE, rel("assignee")),
            Grant(EVERYONE, rel("raised_by")),
        ],
        "complete": [
            Grant(EVERYONE, rel("assignee"), "open"),
            Grant(EVERYONE, rel("raised_by"), "open"),
            Grant(Role.SMO_OFFICER, BRANCH, "open_public"),
            Grant(Role.UNIT_HEAD, BRANCH, "open_public"),
        ],
        "reopen": [Grant(EVERYONE, rel("assignee"), "done"), Grant(EVERYONE, rel("raised_by"), "done")],
        "reassign": [
            Grant(EVERYONE, rel("assignee"), "open"),
            Grant(EVERYONE, rel("raised_by"), "open"),
            Grant(Role.SMO_OFFICER, BRANCH, "open_public"),
            Grant(Role.UNIT_HEAD, BRANCH, "open_public"),
        ],
        "comment": [ANYONE],
    }
