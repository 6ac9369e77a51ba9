"""Who may do what with the records of planning. Testing its links is a verb on the strategy."""

from __future__ import annotations

from django.db.models import Q

from core.access import ALL, BRANCH, EVERYONE, UNIT, Grant, Policy, policy, rel, through
from organization.roles import Role
from planning.models import (
    AnalysisNote,
    Assumption,
    AssumptionCheck,
    Canvas,
    CanvasInvitation,
    Carries,
    Criterion,
    CycleStep,
    IssueObjective,
    LinkTrial,
    NoteTrace,
    NoteVote,
    OptionScore,
    PlanningCycle,
    PlanSource,
    Scenario,
    ScenarioTrigger,
    StrategicIssue,
    StrategicOption,
    TriggerFiring,
)

ANYONE = Grant(EVERYONE, ALL)
OFFICE = Grant(Role.SMO_OFFICER, BRANCH)
HEAD = Grant(Role.UNIT_HEAD, BRANCH)
EXECUTIVE = Grant(Role.EXECUTIVE, BRANCH)
OWNER = Grant(EVERYONE, rel("owner"))
ISSUE_OWNER = Grant(EVERYONE, rel("issue__owner"))


@policy(PlanningCycle)
class PlanningCyclePolicy(Policy):
    """A plan that is shared from its first day: everyone reads it, the strategy office and the heads run it."""

    grants = {
        "view": [ANYONE],
        "change": [OFFICE, HEAD, OWNER],
        "add_issue": [OFFICE, HEAD, EXECUTIVE, OWNER],
        "add_canvas": [OFFICE, HEAD, OWNER],
        "comment": [ANYONE],
    }


@policy(CycleStep)
class CycleStepPolicy(Policy):
    """Seen with its cycle; planned by those who run the cycle, done by whoever holds it."""

    unit = "cycle__unit"
    grants = {
        "view": [Grant(EVERYONE, through("cycle"))],
        "change": [OFFICE, HEAD, Grant(EVERYONE, rel("cycle__owner"))],
        "do": [OFFICE, HEAD, OWNER, Grant(EVERYONE, rel("cycle__owner"))],
        "comment": [ANYONE],
    }


@policy(StrategicIssue)
class StrategicIssuePolicy(Policy):
    unit = "cycle__unit"
    grants = {
        "view": [Grant(EVERYONE, through("cycle"))],
        "change": [OFFICE, HEAD, OWNER],
        "settle": [HEAD, EXECUTIVE, OWNER],
        "add_option": [OFFICE, HEAD, EXECUTIVE, OWNER],
        "score_options": [OFFICE, HEAD, EXECUTIVE, OWNER],
        "comment": [ANYONE],
    }


@policy(Assumption)
class AssumptionPolicy(Policy):
    grants = {
        "view": [ANYONE],
        "change": [OFFICE, HEAD, OWNER],
        "validate": [OFFICE, HEAD, OWNER],
        "comment": [ANYONE],
    }


@policy(Carries)
class CarriesPolicy(Policy):
    """Seen with the assumption, and only where what it carries may be seen too."""

    unit = "assumption__unit"
    owner = "assumption__owner"
    grants = {"view": [Grant(EVERYONE, through("subject")), Grant(EVERYONE, through("link"))]}


@policy(AssumptionCheck)
class AssumptionCheckPolicy(Policy):
    unit = "assumption__unit"
    owner = "assumption__owner"
    grants = {"view": [Grant(EVERYONE, through("assumption"))]}


@policy(StrategicOption)
class StrategicOptionPolicy(Policy):
    """Seen and changed with the issue it would settle."""

    unit = "issue__cycle__unit"
    owner = "issue__owner"
    grants = {
        "view": [Grant(EVERYONE, through("issue"))],
        "change": [OFFICE, HEAD, EXECUTIVE, ISSUE_OWNER],
        "choose": [HEAD, EXECUTIVE, ISSUE_OWNER],
    }


@policy(Criterion)
class CriterionPolicy(Policy):
    unit = "issue__cycle__unit"
    owner = "issue__owner"
    grants = {"view": [Grant(EVERYONE, through("issue"))]}


@policy(OptionScore)
class OptionScorePolicy(Policy):
    unit = "option__issue__cycle__unit"
    owner = "option__issue__owner"
    grants = {"view": [Grant(EVERYONE, through("option"))]}


@policy(Scenario)
class ScenarioPolicy(Policy):
    """A shared picture of the future: everyone reads it, the strategy office, heads and its owner keep it."""

    grants = {"view": [ANYONE], "change": [OFFICE, HEAD, OWNER], "comment": [ANYONE]}


@policy(ScenarioTrigger)
class ScenarioTriggerPolicy(Policy):
    """Seen with its scenario, and only where its measure may be seen too."""

    unit = "scenario__unit"
    owner = "scenario__owner"
    grants = {"view": [Grant(EVERYONE, through("measure"))]}


@policy(TriggerFiring)
class TriggerFiringPolicy(Policy):
    unit = "trigger__scenario__unit"
    owner = "trigger__scenario__owner"
    grants = {"view": [Grant(EVERYONE, through("trigger"))]}


@policy(LinkTrial)
class LinkTrialPolicy(Policy):
    """Seen with its strategy."""

    unit = "link__strategy__unit"
    owner = "link__strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("link__strategy"))]}


@policy(PlanSource)
class PlanSourcePolicy(Policy):
    """Seen with the strategy that was made of it."""

    unit = "strategy__unit"
    owner = "strategy__owner"
    grants = {"view": [Grant(EVERYONE, through("strategy"))]}


# ------------------------------------------------------------------------------------------------------ analysis
CYCLE_OWNER = Grant(EVERYONE, rel("cycle__owner"))
WORKING = (
    Role.EXECUTIVE,
    Role.UNIT_HEAD,
    Role.CONTRIBUTOR,
    Role.HR_PARTNER,
    Role.FINANCE_PARTNER,
    Role.EMPLOYEE,
)
CONTRIBUTING = [
    OFFICE,
    HEAD,
    CYCLE_OWNER,
    *(Grant(role, UNIT) for role in WORKING),
    Grant(EVERYONE, rel("invitations__person")),
]
"""Who runs a canvas, the unit's members (auditors change nothing), and who is invited."""


@policy(Canvas)
class CanvasPolicy(Policy):
    """While it is open, seen by those who contribute; closed, by everyone, as the cycle is."""

    owner = "opened_by"
    conditions = {"closed": Q(state=Canvas.State.CLOSED)}
    grants = {
        "view": [Grant(EVERYONE, ALL, "closed"), *CONTRIBUTING],
        "contribute": CONTRIBUTING,
        "change": [OFFICE, HEAD, CYCLE_OWNER],
        "invite": [OFFICE, HEAD, CYCLE_OWNER],
        "sort": [OFFICE, HEAD],
        "comment": [ANYONE],
    }


@policy(CanvasInvitation)
class CanvasInvitationPolicy(Policy):
    """Seen by who is invited and by those who invite."""

    unit = "canvas__unit"
    owner = "person"
    grants = {"view": [Grant(EVERYONE, rel("person")), Grant(EVERYONE, through("canvas", "invite"))]}


@policy(AnalysisNote)
class AnalysisNotePolicy(Policy):
    """Seen with its canvas; its words are its author's, where it leads is the office's and the heads'."""

    unit = "canvas__unit"
    owner = "author"
    grants = {
        "view": [Grant(EVERYONE, through("canvas"))],
        "change": [Grant(EVERYONE, rel("author"))],
        "vote": [Grant(EVERYONE, through("canvas", "contribute"))],
        "sort": [OFFICE, HEAD],
        "comment": [ANYONE],
    }


class _SeenWithNote(Policy):
    unit = "note__canvas__unit"
    owner = "note__author"
    grants = {"view": [Grant(EVERYONE, through("note"))]}


@policy(NoteVote)
class NoteVotePolicy(_SeenWithNote):
    pass


@policy(NoteTrace)
class NoteTracePolicy(_SeenWithNote):
    """What it led to is named only to those who may see that too (planning.queries.notes)."""


@policy(IssueObjective)
class IssueObjectivePolicy(Policy):
    """Seen with the objective; the issue is seen by everyone."""

    unit = "issue__cycle__unit"
    owner = "issue__owner"
    grants = {"view": [Grant(EVERYONE, through("objective"))]}
