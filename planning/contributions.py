"""What process 4 adds to other screens: the map and the files on a strategy's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.announcements import announcement_kind
from core.dates import DatedStep, dates
from core.facets import Fact, facet
from core.obligations import Obligation, obligation
from core.panels import panel
from core.periods import At
from planning.models import Canvas, StrategicIssue
from planning.queries.canvases import canvases_over, contributions_owed, dated_canvases
from planning.queries.editing import Standing, standing
from planning.queries.issues import dated_issues, issues_owed
from planning.queries.maps import StrategyMap, strategy_map
from planning.queries.notes import Origins, origins
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


# ------------------------------------------------------------------------------------------------------ analysis
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
