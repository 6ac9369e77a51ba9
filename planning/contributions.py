"""What process 4 adds to other screens: the map and the files on a strategy's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.announcements import announcement_kind
from core.dates import DatedStep, dates
from core.facets import Fact, facet
from core.obligations import Obligation, obligation
from core.panels import panel
from core.periods import At
from planning.queries.cycles import dated_steps, steps_owed
from planning.queries.editing import Standing, standing
from planning.queries.maps import StrategyMap, strategy_map
from planning.queries.starting import Exchange, exchange
from planning.queries.trials import Line, tried_links
from planning.queries.trialwords import lag_short
from scorecards.queries.reminding import reminder_days
from strategy.models import Objective, ObjectiveLink, Strategy
from strategy.models.structure import NodeState

announcement_kind("strategy_adopted", _("Strategies that are adopted or amended"))


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
