"""A strategy asked the questions of a plan check, answered in sentences (METHOD §16)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Actor, scoped
from core.formats import NumberFormat, date_long
from core.periods import At, Frequency, Period
from organization.models import Person
from planning.rules.paths import Edge as PathEdge
from planning.rules.plan_check import Code, Finding, Kind, ObjectiveFacts, Plan, TargetFacts, check
from scorecards.models import Edge, Measure, Result, Target
from scorecards.queries.cards import number_format
from strategy.models import Objective, ObjectiveLink, Strategy
from strategy.models.structure import NodeState

PAST = 24
"""Values of its own frequency by which a measure's pace is judged."""


@dataclass(frozen=True)
class Thing:
    """What an advice is about, and where it is mended."""

    name: str
    url: str


@dataclass(frozen=True)
class Advice:
    """One finding in words."""

    title: str
    sentence: str
    things: tuple[Thing, ...] = ()


def plan_advice(viewer: Actor, strategy: Strategy, at: At) -> list[Advice]:
    """What to settle before the plan is adopted or kept; queries do not grow with the plan."""
    objectives = list(
        scoped(viewer, "view", Objective.objects.filter(strategy=strategy).exclude(state=NodeState.RETIRED)).order_by(
            "code"
        )
    )
    measures = _measures(viewer, objectives, at.today)
    # No initiatives are recorded yet (process 6), so that none leads to an objective says nothing.
    findings = [one for one in check(_plan(strategy, objectives, measures, at)) if one.code is not Code.NO_PATH]
    names = _names(objectives, measures)
    return [_advice(one, names, measures, strategy) for one in findings]


def _measures(viewer: Actor, objectives: Sequence[Objective], today: date) -> dict[int, tuple[Measure, int]]:
    """Measures that count for the objectives, each with one of them."""
    edges = Edge.objects.filter(parent__objective__in=objectives, child__measure__isnull=False, valid__contains=today)
    of = dict(edges.values_list("child__measure_id", "parent__objective_id"))
    rows = scoped(viewer, "view", Measure.objects.filter(pk__in=of, state=NodeState.LIVE))
    return {row.pk: (row, of[row.pk]) for row in rows}


def _plan(
    strategy: Strategy, objectives: Sequence[Objective], measures: Mapping[int, tuple[Measure, int]], at: At
) -> Plan:
    counted = Counter(objective for _row, objective in measures.values())
    links = ObjectiveLink.objects.filter(strategy=strategy).exclude(state=NodeState.RETIRED)
    return Plan(
        today=at.today,
        end=strategy.ends_on,
        objectives=tuple(ObjectiveFacts(one.pk, one.owner_id, counted[one.pk], one.ends_on) for one in objectives),
        targets=tuple(_targets([row for row, _objective in measures.values()], at)),
        links=tuple(PathEdge(one.pk, one.source_id, one.target_id, one.lag_max, one.is_necessary) for one in links),
    )


def _targets(measures: Sequence[Measure], at: At) -> list[TargetFacts]:
    """The last target of each measure beside its past."""
    ahead = Target.objects.filter(
        measure__in=measures, superseded_at=None, value__isnull=False, period_start__gt=at.today
    )
    last = {
        (key, frequency): start
        for key, frequency, start in ahead.values_list("measure", "frequency").annotate(Max("period_start"))
    }
    wanted = {
        (one.measure_id, one.frequency): float(one.value)
        for one in ahead
        if one.value is not None and last[one.measure_id, one.frequency] == one.period_start
    }
    past: dict[int, list[float]] = defaultdict(list)
    rows = Result.objects.filter(
        node__measure__in=measures,
        value__isnull=False,
        is_carried=False,
        is_provisional=False,
        period_start__lte=at.today,
    ).order_by("period_start")
    own = {one.pk: one.frequency for one in measures}
    for key, frequency, value in rows.values_list("node__measure_id", "frequency", "value"):
        if frequency == own[key] and value is not None:
            past[key].append(value)
    found = []
    for one in measures:
        target = wanted.get((one.pk, one.frequency))
        if target is None or one.polarity == Measure.Polarity.INSIDE:
            continue
        left = _periods_between(Frequency(one.frequency), at, last[one.pk, one.frequency])
        found.append(TargetFacts(one.pk, target, one.goodness, tuple(past[one.pk][-PAST:]), left))
    return found


def _periods_between(frequency: Frequency, at: At, start: date) -> int:
    period, steps = Period.of(frequency, at.today, at.period.calendar), 0
    while period.start < start:
        period, steps = period.shift(1), steps + 1
    return max(1, steps)


def _names(
    objectives: Sequence[Objective], measures: Mapping[int, tuple[Measure, int]]
) -> Mapping[tuple[Kind, int], Thing]:
    people = Person.objects.in_bulk({one.owner_id for one in objectives if one.owner_id})
    return {
        **{
            (Kind.OBJECTIVE, one.pk): Thing(f"{one.code} {one.name}", reverse("strategy:objective", args=[one.pk]))
            for one in objectives
        },
        **{
            (Kind.MEASURE, key): Thing(row.name, reverse("scorecards:measure", args=[key]))
            for key, (row, _objective) in measures.items()
        },
        **{
            (Kind.PERSON, key): Thing(row.name, reverse("organization:person", args=[key]))
            for key, row in people.items()
        },
    }


def _advice(
    found: Finding,
    names: Mapping[tuple[Kind, int], Thing],
    measures: Mapping[int, tuple[Measure, int]],
    strategy: Strategy,
) -> Advice:
    things = tuple(names[found.kind, key] for key in found.keys if (found.kind, key) in names)
    title, sentence = WORDS[found.code](
        dict(found.figures), measures[found.keys[0]][0] if found.kind is Kind.MEASURE else None
    )
    return Advice(
        title, sentence, things or (Thing(strategy.name, reverse("planning:strategy_map", args=[strategy.pk])),)
    )


def _beyond(figures: dict[str, Any], measure: Measure | None) -> tuple[str, str]:
    numbers = number_format(measure) if measure else NumberFormat()

    def gain(figure: str) -> str:
        return numbers.difference(figures[figure]).lstrip("+−")

    return _("A target beyond any pace so far"), _(
        "The target %(target)s is %(need)s away from the last value. In as many periods it never got better by more than"
        " %(best)s. Say what will be different, or set another target."
    ) % {"target": numbers.text(figures["target"]), "need": gain("need"), "best": gain("best")}


def _late(figures: dict[str, Any], _measure: Measure | None) -> tuple[str, str]:
    return _("Arrives late"), ngettext(
        "What it needs is ready on %(eta)s at the earliest, %(days)d day after it is due.",
        "What it needs is ready on %(eta)s at the earliest, %(days)d days after it is due.",
        figures["days"],
    ) % {"eta": date_long(figures["eta"]), "days": figures["days"]}


def _started(figures: dict[str, Any], _measure: Measure | None) -> tuple[str, str]:
    return _("Started late"), _("It was to start on %(day)s and has not.") % {"day": date_long(figures["start"])}


def _overload(figures: dict[str, Any], _measure: Measure | None) -> tuple[str, str]:
    return _("More than can be finished"), _(
        "%(open)d initiatives are open. At the pace of the last year they take %(takes).1f quarters; %(left).1f are left."
    ) % {"open": figures["open"], "takes": figures["quarters"], "left": figures["left"]}


Words = Callable[[dict[str, Any], "Measure | None"], tuple[str, str]]
WORDS: Mapping[Code, Words] = {
    Code.TARGET_BEYOND_PACE: _beyond,
    Code.ARRIVES_LATE: _late,
    Code.STARTED_LATE: _started,
    Code.LINKS_IN_A_CIRCLE: lambda figures, _m: (
        _("Links in a circle"),
        _("%(count)d objectives drive one another in a circle. Say where it begins: take one of the links away.")
        % {"count": figures["count"]},
    ),
    Code.NO_PATH: lambda _f, _m: (
        _("No way leads there"),
        _("No initiative serves it and no necessary link leads to it."),
    ),
    Code.OVERLOAD: _overload,
    Code.NONE_FINISHED: lambda figures, _m: (
        _("Nothing was finished in a year"),
        _("%(open)d initiatives are open and none was finished in the last four quarters.") % {"open": figures["open"]},
    ),
    Code.NOT_MEASURED: lambda _f, _m: (
        _("Objective without a measure"),
        _("Nobody can tell whether it is reached. Give it one outcome and one effort to watch."),
    ),
    Code.MANY_OBJECTIVES: lambda figures, _m: (
        _("Too many objectives"),
        _("The map holds %(count)d objectives; with more than %(most)d nobody can name them.")
        % {"count": figures["count"], "most": figures["most"]},
    ),
    Code.ONE_OWNER: lambda figures, _m: (
        _("Much hangs on one person"),
        _("One person owns %(count)d of %(of)d objectives. Let others own some of them.")
        % {"count": figures["count"], "of": figures["of"]},
    ),
}
