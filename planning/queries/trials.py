"""The strategy on trial: what is known of every link, and what is tested (METHOD §14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Q

from core.access import Actor, scoped
from core.periods import Calendar, Frequency, Period
from planning.models import LinkTrial
from planning.queries.trialwords import ground, later, said, slope_words
from planning.rules.trial import Candidate, Case, Pair, Track, Verdict, lags_in_periods, shown, stands_for
from scorecards.models import Annotation, Edge, Measure, Result
from scorecards.rules.arrays import MISSING
from strategy.models import ObjectiveLink, Strategy
from strategy.models.structure import NodeState

SEASON = {"week": 52, "month": 12, "quarter": 4, "half_year": 2, "year": 1}


# ------------------------------------------------------------------------------------------------- what is tested
@dataclass(frozen=True)
class Posed:
    """A link with its measures, as it is tested; `starts` are the periods of the case's time axis, `newest` its last value."""

    link: ObjectiveLink
    case: Case
    source: Measure | None = None
    target: Measure | None = None
    frequency: Frequency | None = None
    starts: tuple[date, ...] = ()
    newest: date | None = None


@dataclass(frozen=True)
class Sources:
    """Measures that stand for objectives, those of other units with the same definitions, their values and breaks."""

    measures: Mapping[int, Measure]
    peers: Mapping[tuple[int, int], Measure]
    values: Mapping[tuple[int, str], Mapping[date, float]]
    breaks: Mapping[int, Sequence[date]]


def posed_links(strategy: Strategy, today: date, calendar: Calendar) -> list[Posed]:
    """Every live link of a strategy with the values behind it; queries do not grow with the links."""
    links = list(
        ObjectiveLink.objects.filter(strategy=strategy, state=NodeState.LIVE)
        .select_related("source", "target")
        .order_by("pk")
    )
    stand = standing_measures({key for link in links for key in (link.source_id, link.target_id)}, today)
    chosen = {
        link.pk: (stands_for(stand[link.source_id], leading=True), stands_for(stand[link.target_id], leading=False))
        for link in links
    }
    sources = sources_of({key for pair in chosen.values() for key in pair if key is not None}, today)
    return [_posed(link, *chosen[link.pk], sources, calendar) for link in links]


def standing_measures(objectives: Collection[int], today: date) -> Mapping[int, list[Candidate]]:
    """The scored measures under each objective, of which one may stand for it; one query."""
    edges = Edge.objects.filter(
        parent__objective__in=objectives,
        child__measure__isnull=False,
        child__measure__state=NodeState.LIVE,
        valid__contains=today,
    ).exclude(child__measure__method=Measure.Method.UNSCORED)
    found: dict[int, list[Candidate]] = defaultdict(list)
    rows = edges.values_list("parent__objective_id", "child__measure_id", "weight", "child__measure__kind")
    for objective, measure, weight, kind in rows:
        found[objective].append(Candidate(measure, float(weight), kind == Measure.Kind.LEADING))
    return found


def sources_of(chosen: Collection[int], today: date) -> Sources:
    """Measures by id with those of the same definitions elsewhere, their values so that up is better, their breaks."""
    own = Measure.objects.filter(pk__in=chosen)
    shared = Q(definition__in=own.exclude(definition=None).values("definition"), state=NodeState.LIVE)
    measures = {one.pk: one for one in Measure.objects.filter(Q(pk__in=chosen) | shared).order_by("pk")}
    peers = {(one.definition_id, one.unit_id): one for one in measures.values() if one.definition_id is not None}
    values: dict[tuple[int, str], dict[date, float]] = defaultdict(dict)
    rows = Result.objects.filter(
        node__measure__in=measures, is_provisional=False, is_carried=False, value__isnull=False, period_start__lte=today
    ).order_by("period_start")
    for key, frequency, start, value, score in rows.values_list(
        "node__measure_id", "frequency", "period_start", "value", "score"
    ):
        good = _good(measures[key], value, score)
        if good is not None:
            values[key, frequency][start] = good
    breaks: dict[int, list[date]] = defaultdict(list)
    for key, day in Annotation.objects.filter(measure__in=measures, is_break=True).values_list("measure_id", "on"):
        breaks[key].append(day)
    return Sources(measures, peers, values, breaks)


def _good(measure: Measure, value: float | None, score: float | None) -> float | None:
    """The value so that up is better; of a range its score, because neither side is."""
    if measure.polarity == Measure.Polarity.INSIDE:
        return score
    return None if value is None else measure.goodness * value


def _posed(link: ObjectiveLink, source: int | None, target: int | None, known: Sources, calendar: Calendar) -> Posed:
    nothing = Case(link.pk, link.sign, (link.lag_min, link.lag_max), 12)
    if source is None or target is None:
        return Posed(link, nothing, known.measures.get(source or 0), known.measures.get(target or 0))
    x, y = known.measures[source], known.measures[target]
    frequency = max((Frequency(x.frequency), Frequency(y.frequency)), key=lambda one: one.months)
    pairs = [(x, y), *_shared(x, y, known)]
    days = [day for pair in pairs for one in pair for day in known.values.get((one.pk, frequency.value), ())]
    if not days:
        return Posed(link, nothing, x, y, frequency)
    starts = _axis(min(days), max(days), frequency, calendar)
    tracks = [Pair(*(_track(one, frequency, starts, known) for one in pair)) for pair in pairs]
    lags = lags_in_periods((link.lag_min, link.lag_max), frequency.value)
    case = Case(link.pk, link.sign, lags, SEASON[frequency.value], tracks[0], tuple(tracks) if len(tracks) > 1 else ())
    return Posed(link, case, x, y, frequency, starts, max(known.values.get((y.pk, frequency.value), [starts[0]])))


def _shared(x: Measure, y: Measure, known: Sources) -> list[tuple[Measure, Measure]]:
    """The same pair in other units, where both are measured by the same definitions."""
    if x.definition_id is None or y.definition_id is None:
        return []
    units = sorted(unit for definition, unit in known.peers if definition == x.definition_id)
    return [
        (known.peers[x.definition_id, unit], known.peers[y.definition_id, unit])
        for unit in units
        if (y.definition_id, unit) in known.peers and known.peers[x.definition_id, unit].pk != x.pk
    ]


def _axis(first: date, last: date, frequency: Frequency, calendar: Calendar) -> tuple[date, ...]:
    period, starts = Period.of(frequency, first, calendar), []
    while period.start <= last:
        starts.append(period.start)
        period = period.shift(1)
    return tuple(starts)


def _track(measure: Measure, frequency: Frequency, starts: tuple[date, ...], known: Sources) -> Track:
    values = known.values.get((measure.pk, frequency.value), {})
    cuts = [sum(start <= day for start in starts) - 1 for day in known.breaks.get(measure.pk, ())]
    return Track(np.array([values.get(start, MISSING) for start in starts]), tuple(cut for cut in cuts if cut > 0))


# -------------------------------------------------------------------------------------------------- what is known
@dataclass(frozen=True)
class Line:
    """A link as the pages tell of it: the word on screen, and the test behind it (None: not tested yet)."""

    link: ObjectiveLink
    verdict: str
    trial: LinkTrial | None

    @property
    def word(self) -> str:
        """The verdict in words."""
        return str(LinkTrial.Verdict(self.verdict).label)

    @property
    def sentence(self) -> str:
        """What the figures say, and why not more."""
        return said(self)

    @property
    def ground(self) -> str:
        """The data used."""
        return ground(self.trial) if self.trial else ""

    @property
    def later(self) -> str:
        """The lag in words, where one stands out."""
        return later(self.trial) if self.trial and self.trial.lag is not None else ""

    @property
    def slope(self) -> str:
        """The slope with its interval, where something stands out."""
        return slope_words(self.trial) if self.trial and self.trial.lag is not None else ""

    @property
    def is_changing(self) -> bool:
        """Whether the last test said something else, which counts from the second time on."""
        return self.trial is not None and self.trial.verdict != self.verdict


def tried_links(viewer: Actor, links: Iterable[ObjectiveLink]) -> list[Line]:
    """What the screen says of links the viewer may see, in their order; one query for all tests."""
    rows = list(links)
    trials: dict[int, list[LinkTrial]] = defaultdict(list)
    seen = scoped(viewer, "view", LinkTrial.objects.filter(link__in=rows)).select_related("source", "target")
    for trial in seen.order_by("pk"):
        trials[trial.link_id].append(trial)
    return [_line(link, trials[link.pk]) for link in rows]


def _line(link: ObjectiveLink, trials: Sequence[LinkTrial]) -> Line:
    said = shown(Verdict(one.verdict) for one in trials)
    agreed = next((one for one in reversed(trials) if one.verdict == said), None)
    return Line(link, said.value, agreed or (trials[-1] if trials else None))


def links_of(viewer: Actor, strategy: Strategy) -> list[ObjectiveLink]:
    """The live links of a strategy, by their objectives."""
    rows = scoped(viewer, "view", ObjectiveLink.objects.filter(strategy=strategy, state=NodeState.LIVE))
    return list(rows.select_related("source", "target").order_by("source__code", "target__code"))


def newest_tests(links: Iterable[int]) -> dict[int, LinkTrial]:
    """The last test of each link."""
    rows = LinkTrial.objects.filter(link__in=list(links)).order_by("link", "-pk").distinct("link")
    return {row.link_id: row for row in rows}
