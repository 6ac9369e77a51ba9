"""Every result explains itself: what it is made of, how much each part brings, and what is missing (METHOD §5).

Computed when it is opened, by the same rules and from the same rows; never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from core.access import Actor, scoped
from core.periods import At, Frequency, Period
from scorecards.models import Edge, Measure, Node, NodeRule, Result, ScorecardBands, Target
from scorecards.queries.kept import baseline_at, closed_on_card, closed_since
from scorecards.rules.rollup import DEFAULT_MINIMUM_COVERAGE, Child, Rollup, Rule, Share, roll_up
from scorecards.rules.scoring import Method, Note, Polarity, ScoringInputs, score
from scorecards.rules.status import DEFAULT_BANDS, Bands, Status, status_of
from strategy.models import Strategy


@dataclass(frozen=True)
class Part:
    """A child's part: its share (0 to 1) of the weight that made the score, and its contribution in points.

    `name` is empty where the viewer may not see the child. One that is not counted (unscored, not begun, retired) stays
    outside; one that is missing counts in coverage and says in `reason` why it has no score.
    """

    node: int
    kind: str
    key: int
    name: str
    weight: float
    share: float
    score: float | None
    contribution: float
    status: str
    reason: str
    is_missing: bool
    is_counted: bool
    code: str = ""
    coverage: float = 0.0
    is_critical: bool = False
    from_unit: str = ""


@dataclass(frozen=True)
class Explanation:
    """How a node came to its score in a period. `kept_score` is the number even where coverage makes it grey.

    `rule` holds from and until the days beside it (None: ever, and still).
    """

    score: float | None
    status: str
    reason: str
    coverage: float
    minimum_coverage: float
    kept_score: float | None
    is_capped: bool
    rule: str
    rule_from_on: date | None
    rule_until_on: date | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class MeasureExplanation:
    """How a measure came to its score in a period; `note` is a word of METHOD §3, such as that the target is the limit.

    `closed_at`: from when on it has been closed, with the baseline known then.
    """

    score: float | None
    status: str
    reason: str
    value: float | None
    target: float | None
    red_flag: float | None
    stretch: float | None
    has_default_red_flag: bool
    note: str
    parts_present: int | None
    parts_total: int | None
    is_carried: bool
    baseline: float | None
    closed_at: datetime | None


def explanation(viewer: Actor, node: Node, at: At) -> Explanation:
    """The explanation of a node above measures, in the period of `at`; five queries."""
    bands, minimum = _settings(node, at.period.end)
    edges = list(
        Edge.objects.filter(parent=node, valid__contains=at.period.end)
        .select_related("child__measure__unit", "child__objective", "child__perspective", "child__strategy")
        .order_by("child_id")
    )
    results = _results([edge.child_id for edge in edges], at.period)
    rule = node.rule_on(at.period.end)
    found = roll_up(
        [_child(node, edge, results.get(edge.child_id), at.period) for edge in edges], Rule(rule.rule), minimum, bands
    )
    hidden = _hidden(viewer, [edge.child for edge in edges])
    parts = tuple(
        _part(node, edge.child, share, results.get(edge.child_id), is_hidden=edge.child_id in hidden)
        for edge, share in zip(edges, found.explanation, strict=True)
    )
    return _explanation(found, minimum, rule, parts)


def _hidden(viewer: Actor, children: list[Node]) -> set[int]:
    """Nodes of measures, and of strategies that are not published yet, that the viewer may not see."""
    hidden: set[int] = set()
    for kind, rows in (("measure", Measure.objects.all()), ("strategy", Strategy.objects.all())):
        nodes = {getattr(node, f"{kind}_id"): node.pk for node in children if node.kind == kind}
        if nodes:
            seen = set(scoped(viewer, "view", rows.filter(pk__in=nodes)).values_list("pk", flat=True))
            hidden |= {node for pk, node in nodes.items() if pk not in seen}
    return hidden


def _explanation(found: Rollup, minimum: float, rule: NodeRule, parts: tuple[Part, ...]) -> Explanation:
    return Explanation(
        score=found.score,
        status=found.status.value,
        reason=found.reason.value if found.reason else "",
        coverage=found.coverage,
        minimum_coverage=minimum,
        kept_score=found.kept_score,
        is_capped=found.is_capped,
        rule=rule.rule,
        rule_from_on=rule.valid.lower,
        rule_until_on=rule.valid.upper,
        parts=parts,
    )


def measure_explanation(measure: Measure, at: At) -> MeasureExplanation:
    """The explanation of a measure in the period of `at`; three queries, for a closed plan one more."""
    period = at.period
    result = Result.objects.filter(
        node__measure=measure, frequency=period.frequency, period_start=period.start
    ).first() or Result(status=Status.NO_DATA)
    within = Q(frequency=period.frequency, period_start=period.start) | Q(
        frequency=measure.frequency, period_start__range=(period.start, period.end)
    )
    targets = list(Target.objects.filter(within, measure=measure, superseded_at=None, value__isnull=False))
    own = next((target for target in targets if target.frequency == period.frequency), None)
    stretch = None if own is None or own.stretch is None else float(own.stretch)
    has_default = (
        measure.method == Measure.Method.BAND
        and measure.tolerance is None
        and result.red_flag is not None
        and not any(target.red_flag is not None for target in targets)
    )
    closed = closed_on_card(measure, period.calendar)
    return MeasureExplanation(
        score=result.score,
        status=result.status,
        reason=result.reason,
        value=result.value,
        target=result.target,
        red_flag=result.red_flag,
        stretch=stretch,
        has_default_red_flag=has_default,
        note=_note(measure, result, stretch),
        parts_present=result.parts_present,
        parts_total=result.parts_total,
        is_carried=result.is_carried,
        baseline=_baseline(measure, period, closed),
        closed_at=closed_since(period, closed),
    )


def _baseline(measure: Measure, period: Period, closed: Mapping[Period, datetime]) -> float | None:
    """What progress and growth in a period are measured from: the baseline of its last part."""
    if measure.method not in (Measure.Method.PROGRESS, Measure.Method.CAGR):
        return None
    own = Frequency(measure.frequency)
    last = period.parts(own)[-1] if period.frequency.is_longer_than(own) else period
    moment = closed_since(last, closed)
    value = measure.baseline if moment is None else baseline_at(measure, moment)
    return None if value is None else float(value)


def _note(measure: Measure, result: Result, stretch: float | None) -> str:
    """What the rule of `band` remarks on these numbers."""
    if measure.method != Measure.Method.BAND:
        return ""
    inputs = ScoringInputs.of(
        Method.BAND,
        Polarity(measure.polarity),
        result.value if result.value is not None else float("nan"),
        target=result.target if result.target is not None else float("nan"),
        red_flag=result.red_flag if result.red_flag is not None else float("nan"),
        stretch=stretch if stretch is not None else float("nan"),
        is_percent=measure.is_percent,
    )
    note: Note | None = score(inputs).note[0]
    return note.value if note else ""


def _settings(node: Node, day: date) -> tuple[Bands, float]:
    row = ScorecardBands.objects.filter(scorecard=node.scorecard_id, valid__contains=day).first()
    if row is None:
        return DEFAULT_BANDS, DEFAULT_MINIMUM_COVERAGE
    return Bands(row.green, row.amber, row.exceeds), row.minimum_coverage


def _results(nodes: list[int], period: Period) -> dict[int, Result]:
    found = Result.objects.filter(node__in=nodes, frequency=period.frequency, period_start=period.start)
    return {result.node_id: result for result in found}


def _child(parent: Node, edge: Edge, result: Result | None, period: Period) -> Child:
    node, measure = edge.child, edge.child.measure
    is_red = measure is not None and result is not None and result.status == Status.OFF_TRACK
    return Child(
        id=node.pk,
        weight=float(edge.weight),
        score=result.score if result else None,
        coverage=result.coverage if result else 0.0,
        critical_red=is_red and measure is not None and measure.is_critical and parent.kind == "objective",
        counted=_counts(node, period),
        red_inside=int(is_red) if measure is not None else (result.red_inside if result else 0),
    )


def _counts(node: Node, period: Period) -> bool:
    """Whether it is scored, and its days hold the period's last day."""
    measure, objective = node.measure, node.objective
    if measure is not None:
        retired = timezone.localtime(measure.retired_at).date() if measure.retired_at else None
        ends = min((day for day in (retired, measure.unit.closed_on) if day is not None), default=None)
        return measure.method != Measure.Method.UNSCORED and _holds(measure.starts_on, ends, period.end)
    return objective is None or _holds(objective.starts_on, objective.ends_on, period.end)


def _holds(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _part(parent: Node, node: Node, share: Share, result: Result | None, *, is_hidden: bool) -> Part:
    thing = node.measure or node.objective or node.perspective or node.strategy
    return Part(
        node=node.pk,
        kind=node.kind,
        key=thing.pk if thing else 0,
        name="" if thing is None or is_hidden else thing.name,
        weight=share.weight,
        share=share.share,
        score=share.score,
        contribution=share.contribution,
        status=result.status if result else status_of(None).value,
        reason=result.reason if result else "",
        is_missing=share.missing,
        is_counted=share.counted,
        code="" if is_hidden else getattr(thing, "code", ""),
        coverage=result.coverage if result else 0.0,
        is_critical=node.measure is not None and node.measure.is_critical,
        from_unit=node.measure.unit.name if node.measure and node.scorecard_id != parent.scorecard_id else "",
    )
