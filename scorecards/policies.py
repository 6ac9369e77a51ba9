"""Who may do what with scorecards, measures and their facts."""

from __future__ import annotations

from django.db.models import Q

from core.access import ALL, BRANCH, EVERYONE, Grant, Policy, SameReaders, StillHolds, policy, rel, through
from organization.roles import Role
from scorecards.models import (
    Annotation,
    Baseline,
    CorrectiveAction,
    DeclaredStatus,
    DefinitionVersion,
    Edge,
    Excuse,
    FormulaInput,
    Measure,
    MeasureDefinition,
    MeasureForecast,
    Node,
    NodeRule,
    Observation,
    OwnerForecast,
    PeriodLock,
    RedAlert,
    Reminder,
    ReminderPlan,
    Report,
    ReportSchedule,
    Result,
    Scorecard,
    ScorecardBands,
    Series,
    Submission,
    Target,
)

ANYONE = Grant(EVERYONE, ALL)
OFFICE = Grant(Role.SMO_OFFICER, BRANCH)
HEAD = Grant(Role.UNIT_HEAD, BRANCH)
EXECUTIVE = Grant(Role.EXECUTIVE, BRANCH)
OWNER = Grant(EVERYONE, rel("owner"))


@policy(Measure)
class MeasurePolicy(Policy):
    conditions = {"kept": Q(retired_at__isnull=True)}
    grants = {
        "view": [ANYONE],
        "change": [OFFICE, HEAD],
        "retire": [OFFICE, HEAD],
        "set_target": [
            Grant(Role.SMO_OFFICER, BRANCH, "kept"),
            Grant(Role.UNIT_HEAD, BRANCH, "kept"),
            Grant(EVERYONE, rel("owner"), "kept"),
        ],
        "record": [
            Grant(Role.SMO_OFFICER, BRANCH, "kept"),
            Grant(Role.UNIT_HEAD, BRANCH, "kept"),
            Grant(Role.CONTRIBUTOR, BRANCH, "kept"),
            Grant(EVERYONE, rel("owner"), "kept"),
            Grant(EVERYONE, rel("updaters"), "kept"),
        ],
        # four eyes: a second person decides, never the one who submitted (asked by the action)
        "approve": [Grant(Role.SMO_OFFICER, BRANCH, "kept"), Grant(EVERYONE, rel("approver"), "kept")],
        # whoever may close the period of its scorecard, or is the strategy office of its unit
        "excuse": [
            Grant(Role.SMO_OFFICER, BRANCH, "kept"),
            Grant(EVERYONE, through("node__scorecard", "close_period"), "kept"),
        ],
        "forecast": [Grant(EVERYONE, rel("owner"), "kept"), Grant(Role.UNIT_HEAD, BRANCH, "kept")],
        # the figures of the owner's calibration, once they are old enough to show to others
        "judge_forecasts": [OFFICE],
        "declare_status": [Grant(EVERYONE, rel("owner"), "kept"), Grant(Role.UNIT_HEAD, BRANCH, "kept")],
        "answer": [
            Grant(Role.SMO_OFFICER, BRANCH, "kept"),
            Grant(Role.UNIT_HEAD, BRANCH, "kept"),
            Grant(EVERYONE, rel("owner"), "kept"),
        ],
        # what may be attached to a measure, as to an objective (strategy.policies)
        "comment": [ANYONE],
        "attach": [OFFICE, HEAD, EXECUTIVE, Grant(Role.CONTRIBUTOR, BRANCH), OWNER],
        "post_update": [OFFICE, HEAD, OWNER],
        "add_action_item": [OFFICE, HEAD, EXECUTIVE, OWNER],
    }


@policy(Scorecard)
class ScorecardPolicy(Policy):
    """Whoever sees the strategy sees its scorecard."""

    unit = "strategy__unit"
    owner = "strategy__owner"
    grants = {
        "view": [Grant(EVERYONE, through("strategy"))],
        "set_weights": [OFFICE, HEAD],
        "schedule_report": [OFFICE, HEAD, EXECUTIVE, Grant(EVERYONE, rel("strategy__owner"))],
        "close_period": [OFFICE],
        "reopen_period": [OFFICE],
        "remind": [OFFICE],
    }


@policy(ScorecardBands)
class ScorecardBandsPolicy(Policy):
    unit = "scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE], "change": [OFFICE]}


@policy(Node)
class NodePolicy(Policy):
    """A node of a measure without a scorecard is reached through the measure."""

    unit = "scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE], "set_weights": [Grant(EVERYONE, through("scorecard", "set_weights"))]}


@policy(NodeRule)
class NodeRulePolicy(Policy):
    unit = "node__scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE]}


@policy(Edge)
class EdgePolicy(Policy):
    unit = "parent__scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE]}


@policy(Result)
class ResultPolicy(Policy):
    unit = "node__scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE]}


@policy(Series)
class SeriesPolicy(Policy):
    unit = "measure__unit"
    owner = "measure__owner"
    grants = {
        "view": [ANYONE],
        "change": [Grant(EVERYONE, through("measure", "change"))],
        "record": [Grant(EVERYONE, through("measure", "record"))],
        "approve": [Grant(EVERYONE, through("measure", "approve"))],
    }


@policy(Observation)
class ObservationPolicy(Policy):
    unit = "series__measure__unit"
    owner = "series__measure__owner"
    grants = {"view": [ANYONE], "record": [Grant(EVERYONE, through("series", "record"))]}


@policy(Target)
class TargetPolicy(Policy):
    unit = "measure__unit"
    owner = "measure__owner"
    grants = {"view": [ANYONE], "set_target": [Grant(EVERYONE, through("measure", "set_target"))]}


@policy(PeriodLock)
class PeriodLockPolicy(Policy):
    unit = "scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE]}


@policy(Reminder)
class ReminderPolicy(Policy):
    """Whoever sees the measure sees when its people were reminded."""

    unit = "measure__unit"
    owner = "person"
    grants = {"view": [Grant(EVERYONE, through("measure"))]}


@policy(ReminderPlan)
class ReminderPlanPolicy(Policy):
    """One for the whole organisation."""

    unit = ""
    owner = ""
    grants = {"view": [ANYONE], "change": [Grant(Role.SMO_OFFICER, ALL), Grant(Role.ADMINISTRATOR, ALL)]}


@policy(Report)
class ReportPolicy(Policy):
    unit = "scorecard__strategy__unit"
    owner = "ordered_by"
    conditions = {"by_hand": Q(schedule__isnull=True)}
    grants = {
        "view": [
            Grant(EVERYONE, rel("ordered_by")),
            Grant(EVERYONE, rel("readers")),
            Grant(EVERYONE, SameReaders("scorecard")),
            OFFICE,
            Grant(Role.AUDITOR, ALL),
        ],
        # what it says: for whoever ordered it and still holds the rights it was read with, and whoever has exactly these
        "open": [Grant(EVERYONE, StillHolds("ordered_by"), "by_hand"), Grant(EVERYONE, SameReaders("scorecard"))],
    }


@policy(ReportSchedule)
class ReportSchedulePolicy(Policy):
    unit = "scorecard__strategy__unit"
    owner = "schedule__owner"
    conditions = {"kept": Q(retired_at__isnull=True)}
    grants = {
        "view": [
            Grant(EVERYONE, rel("schedule__owner")),
            Grant(EVERYONE, rel("recipients")),
            OFFICE,
            Grant(Role.AUDITOR, ALL),
        ],
        "change": [Grant(EVERYONE, rel("schedule__owner"), "kept"), Grant(Role.SMO_OFFICER, BRANCH, "kept")],
    }


@policy(MeasureDefinition)
class MeasureDefinitionPolicy(Policy):
    """The library is the strategy office's; everyone reads it. Adding is a verb on the unit."""

    conditions = {"kept": Q(retired_at__isnull=True)}
    grants = {
        "view": [ANYONE],
        "change": [Grant(Role.SMO_OFFICER, BRANCH, "kept"), Grant(EVERYONE, rel("owner"), "kept")],
        "retire": [Grant(Role.SMO_OFFICER, BRANCH, "kept")],
        "comment": [ANYONE],
    }


@policy(DefinitionVersion)
class DefinitionVersionPolicy(Policy):
    unit = "definition__unit"
    owner = "definition__owner"
    grants = {"view": [ANYONE]}


class _OfMeasure(Policy):
    """Whoever sees the measure sees it."""

    unit = "measure__unit"
    owner = "measure__owner"
    grants = {"view": [Grant(EVERYONE, through("measure"))]}


@policy(FormulaInput)
class FormulaInputPolicy(_OfMeasure):
    pass


@policy(Baseline)
class BaselinePolicy(_OfMeasure):
    pass


@policy(OwnerForecast)
class OwnerForecastPolicy(_OfMeasure):
    pass


@policy(MeasureForecast)
class MeasureForecastPolicy(_OfMeasure):
    pass


@policy(Excuse)
class ExcusePolicy(_OfMeasure):
    pass


@policy(Annotation)
class AnnotationPolicy(_OfMeasure):
    grants = {
        "view": [Grant(EVERYONE, through("measure"))],
        "change": [Grant(EVERYONE, through("measure", "answer"))],
    }


@policy(CorrectiveAction)
class CorrectiveActionPolicy(_OfMeasure):
    conditions = {"open": Q(state="open")}
    grants = {
        "view": [Grant(EVERYONE, through("measure"))],
        "change": [Grant(EVERYONE, through("measure", "answer"), "open")],
    }


@policy(RedAlert)
class RedAlertPolicy(_OfMeasure):
    pass


@policy(DeclaredStatus)
class DeclaredStatusPolicy(Policy):
    """Of a measure or an objective."""

    unit = "node__scorecard__strategy__unit"
    owner = ""
    grants = {"view": [ANYONE]}


@policy(Submission)
class SubmissionPolicy(Policy):
    """Values that wait: seen by whoever may record or approve them."""

    unit = "series__measure__unit"
    owner = "submitted_by"
    conditions = {"open": Q(state="submitted")}
    grants = {
        "view": [
            Grant(EVERYONE, rel("submitted_by")),
            Grant(EVERYONE, through("series", "record")),
            Grant(EVERYONE, through("series", "approve")),
        ],
        "withdraw": [Grant(EVERYONE, rel("submitted_by"), "open")],
        "decide": [Grant(EVERYONE, through("series", "approve"), "open")],
    }
