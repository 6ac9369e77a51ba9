"""Who may do what with the records of planning. Testing its links is a verb on the strategy."""

from __future__ import annotations

from core.access import ALL, BRANCH, EVERYONE, Grant, Policy, policy, rel, through
from organization.roles import Role
from planning.models import (
    Assumption,
    AssumptionCheck,
    Carries,
    Criterion,
    CycleStep,
    LinkTrial,
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
