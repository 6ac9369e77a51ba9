"""What process 4 adds to other screens: the map and the files on a strategy's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.announcements import announcement_kind
from core.dates import DatedStep, dates
from core.facets import Fact, facet
from core.obligations import Obligation, obligation
from core.panels import panel
from core.periods import At
from planning.models import Assumption, Canvas, PlanningCycle, StrategicIssue
from planning.queries import assumptions
from planning.queries.canvases import Analysis, analysis_of, canvases_over, contributions_owed, dated_canvases
from planning.queries.cycles import dated_steps, steps_owed
from planning.queries.editing import Standing, standing
from planning.queries.issues import dated_issues, issues_owed
from planning.queries.maps import StrategyMap, strategy_map
from planning.queries.notes import Origins, origins
from planning.queries.options import Weighing, weighing
from planning.queries.resting import Rest, rest_of
from planning.queries.scenarios import fired_scenarios
from planning.queries.starting import Exchange, exchange
from planning.queries.trials import Line, tried_links
from planning.queries.trialwords import lag_short
from scorecards.queries.reminding import reminder_days
from strategy.models import Objective, ObjectiveLink, Strategy
from strategy.models.structure import NodeState
from strategy.queries.attached import Attached, attached

announcement_kind("strategy_adopted", _("Strategies that are adopted or amended"))
announcement_kind("canvas_invitation", _("Analyses I am asked to contribute to"), by_mail=True)
announcement_kind("strategic_issue", _("Strategic issues I answer for"))


@panel("strategy", "map", _("Strategy map"), "planning/panels/map.html", order=10)
def map_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> StrategyMap | None:
    """The picture of the map; silent while nothing stands on it."""
    found = strategy_map(viewer, strategy, at)
    return found if found.layout else None


@panel("objective", "trial", _("What the figures say of its links"), "planning/panels/trial.html", order=60)
def trial_of_objective(objective: Objective, viewer: Actor, at: At) -> Sequence[Line] | None:
    """The verdicts on the links that begin or end here; silent for one without links."""
    ends = Q(source=objective) | Q(target=objective)
    rows = scoped(viewer, "view", ObjectiveLink.objects.filter(ends, state=NodeState.LIVE))
    links = list(rows.select_related("source", "target").order_by("source__code", "target__code"))
    return tried_links(viewer, links) if links else None


@panel("strategy", "exchange", _("Files of this strategy"), "planning/panels/exchange.html", order=90)
def files_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> Exchange:
    """The strategy as StratML and as a workbook; where it came from; the library for a draft."""
    return exchange(viewer, strategy)


@panel("strategy", "standing", _("How far it has come"), "planning/panels/standing.html", order=5)
def standing_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> Standing | None:
    """The state and the next steps, for those who take them."""
    found = standing(viewer, strategy)
    return found if found.steps or found.may_edit else None


STRENGTHS = {"supported": "supported", "contradicted": "against", "not_seen": "weak", "too_early": "untested"}
"""How an arrow of the map is drawn after each verdict."""


@facet("link", "verdict", _("Verdict"), order=10)
def verdicts_of_links(links: Sequence[ObjectiveLink], viewer: Actor, at: At) -> dict[int, Fact]:
    """What the figures say of links that were tested: the strength of the arrow, and after how long."""
    return {
        line.link.pk: Fact(
            STRENGTHS[line.verdict], "", lag_short(line.trial), reverse("planning:trial", args=[line.link.strategy_id])
        )
        for line in tried_links(viewer, links)
        if line.trial is not None
    }


# ------------------------------------------------------------------------------------------------- planning cycles
announcement_kind("step_held", _("Steps of planning that I hold"), by_mail=True)


@obligation("cycle_step", _("Steps of planning"))
def steps_of_planning(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Steps the viewer holds; the daily mail names them on the days of the organisation's reminder plan."""
    days = reminder_days()
    for step in steps_owed(viewer, at):
        about = f"{step.name}, {step.cycle.name}"
        url = reverse("planning:step", args=[step.pk])
        is_mailed = days.is_day(step.ends_on, at.today)
        yield Obligation("cycle_step", step.get_kind_display(), about, step.ends_on, url, viewer.person_id, is_mailed)


@dates("cycle_step")
def steps_in_time(viewer: Actor, at: At) -> Iterator[DatedStep]:
    """The steps of running cycles, for the calendar of the year."""
    for step in dated_steps(viewer, at):
        yield DatedStep(
            key=f"cycle-step-{step.pk}",
            title=f"{step.name}, {step.cycle.name}",
            starts_on=step.starts_on,
            ends_on=step.ends_on,
            url=reverse("planning:step", args=[step.pk]),
            owner=str(step.owner or ""),
            is_done=step.state == step.State.DONE,
        )


# ------------------------------------------------------------------------------ assumptions, options and scenarios
announcement_kind("assumption_falsified", _("What I answer for rests on something that was found wrong"), by_mail=True)
announcement_kind("scenario_fired", _("Signs of scenarios that I keep"), by_mail=True)


@panel("objective", "doubts", _("Rests on doubtful assumptions"), "planning/panels/doubts.html", order=15)
def doubts_of_objective(objective: Objective, viewer: Actor, at: At) -> list[assumptions.Doubt] | None:
    """Doubtful assumptions under it and under its links; silent where the ground is firm."""
    return assumptions.doubts_at(viewer, objective, at) or None


@panel("strategy", "ground", _("What it rests on"), "planning/panels/ground.html", order=20)
def ground_of_strategy(strategy: Strategy, viewer: Actor, at: At) -> Rest:
    """Its assumptions, the doubtful ones by name, and the scenarios that show signs."""
    return rest_of(viewer, strategy, at)


@panel("issue", "options", _("Options"), "planning/panels/options.html", order=20)
def options_of_issue(issue: StrategicIssue, viewer: Actor, at: At) -> Weighing:
    """The ways to settle it, with their scores."""
    return weighing(viewer, issue)


def _doubt(found: Sequence[assumptions.Doubt]) -> Fact:
    words = ngettext("%(n)d doubtful assumption", "%(n)d doubtful assumptions", len(found)) % {"n": len(found)}
    first = found[0].assumption
    return Fact(first.statement, "", words, reverse("planning:assumption", args=[first.pk]))


@facet("objective", "doubt", _("Doubtful ground"), order=40)
def doubts_of_objectives(objectives: Sequence[Objective], viewer: Actor, at: At) -> Mapping[int, Fact]:
    """How many doubtful assumptions each rests on; one query."""
    found = assumptions.doubts_of_objectives(viewer, objectives, at)
    return {key: _doubt(doubts) for key, doubts in found.items()}


@facet("link", "doubt", _("Doubtful ground"), order=20)
def doubts_of_links(links: Sequence[ObjectiveLink], viewer: Actor, at: At) -> Mapping[int, Fact]:
    """How many doubtful assumptions each link rests on; one query."""
    found = assumptions.doubts_of_links(viewer, links, at)
    return {key: _doubt(doubts) for key, doubts in found.items()}


@obligation("assumption", _("Assumptions to look at again"))
def assumptions_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Assumptions of the viewer whose review date has come, or that faded under 40 %."""
    for row, day in assumptions.to_look_at(viewer, at):
        url = reverse("planning:assumption_validate", args=[row.pk])
        yield Obligation(
            "assumption", gettext("Look at an assumption again"), row.statement, day, url, viewer.person_id
        )


@obligation("scenario", _("Scenarios that show signs"))
def scenarios_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Scenarios of the viewer of which a sign was seen, until the owner says how they stand."""
    for one in fired_scenarios(viewer, at, owner_id=viewer.person_id or 0):
        url = reverse("planning:scenario", args=[one.scenario.pk])
        what, about = gettext("Say whether it has come"), one.scenario.name
        yield Obligation("scenario", what, about, one.decide_by, url, viewer.person_id)


@dates("assumption")
def assumption_reviews(viewer: Actor, at: At) -> Iterator[DatedStep]:
    """When assumptions are to be looked at again."""
    rows = scoped(viewer, "view", Assumption.objects.filter(falsified_on=None)).select_related("owner")
    for row in rows.order_by("review_on", "pk"):
        yield DatedStep(
            key=f"assumption-{row.pk}",
            title=gettext("Look again: %(assumption)s") % {"assumption": row},
            starts_on=row.review_on,
            ends_on=row.review_on,
            url=reverse("planning:assumption", args=[row.pk]),
            owner=str(row.owner or ""),
        )


# ------------------------------------------------------------------------------------------------------ analysis
@panel("cycle", "analysis", _("Analysis"), "planning/panels/analysis.html", order=30)
def analysis_of_cycle(cycle: PlanningCycle, viewer: Actor, at: At) -> Analysis:
    """Its canvases, how much of them is traced, and its issues."""
    return analysis_of(viewer, cycle, at)


@panel("objective", "origins", _("Where it came from"), "planning/panels/origins.html", order=70)
def origins_of_objective(objective: Objective, viewer: Actor, at: At) -> Origins | None:
    """The notes traced to it and the issues it answers; silent without any."""
    return origins(viewer, objective)


@panel("issue", "discussion", _("Discussion"), "strategy/panels/discussion.html", order=200)
def discussion_of_issue(issue: StrategicIssue, viewer: Actor, at: At) -> Attached | None:
    """What is said of it; silent where there is nothing to see or do."""
    report = attached(viewer, issue)
    return None if report.is_empty else report


@obligation("canvas", _("Analyses"))
def canvases_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Canvases the viewer was asked to contribute to, until they do, and those they opened whose last day has passed.

    The daily mail names them on the days of the organisation's reminder plan.
    """
    days = reminder_days()
    for invitation in contributions_owed(viewer, at):
        canvas = invitation.canvas
        yield Obligation(
            kind="canvas",
            what=gettext("Contribute to the analysis"),
            about=f"{canvas.title}, {canvas.unit}",
            due_on=canvas.open_until,
            url=reverse("planning:canvas", args=[canvas.pk]),
            person_id=viewer.person_id,
            is_mailed=days.is_day(canvas.open_until, at.today),
        )
    for canvas in canvases_over(viewer, at):
        yield Obligation(
            kind="canvas",
            what=gettext("Close the canvas, or give it more days"),
            about=f"{canvas.title}, {canvas.unit}",
            due_on=canvas.open_until,
            url=reverse("planning:canvas", args=[canvas.pk]),
            person_id=viewer.person_id,
            is_mailed=days.is_day(canvas.open_until, at.today),
        )


@obligation("issue", _("Strategic issues to settle"))
def issues_to_settle(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Issues the viewer answers for, by the day they are to be settled; the daily mail names what is late."""
    for issue in issues_owed(viewer):
        yield Obligation(
            kind="issue",
            what=gettext("Settle the issue"),
            about=issue.question,
            due_on=issue.due_on,
            url=reverse("planning:issue", args=[issue.pk]),
            person_id=viewer.person_id,
            is_mailed=issue.due_on is not None and issue.due_on <= at.today,
        )


@dates("analysis")
def days_of_analysis(viewer: Actor, at: At) -> Iterator[DatedStep]:
    """The last days of the canvases the viewer may see, and the days on which issues are to be settled."""
    for canvas in dated_canvases(viewer):
        yield DatedStep(
            key=f"canvas-{canvas.pk}",
            title=gettext("%(canvas)s takes notes until then") % {"canvas": canvas},
            starts_on=canvas.open_until,
            ends_on=canvas.open_until,
            url=reverse("planning:canvas", args=[canvas.pk]),
            owner=str(canvas.unit),
            is_done=canvas.state == Canvas.State.CLOSED,
        )
    for issue in dated_issues(viewer):
        yield DatedStep(
            key=f"issue-{issue.pk}",
            title=gettext("To be settled: %(issue)s") % {"issue": issue},
            starts_on=issue.due_on,  # type: ignore[arg-type]
            ends_on=issue.due_on,  # type: ignore[arg-type]
            url=reverse("planning:issue", args=[issue.pk]),
            owner=str(issue.owner or ""),
            is_done=issue.settled_on is not None,
        )
