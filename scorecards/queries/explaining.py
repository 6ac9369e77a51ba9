"""The page that explains a node: its parts as rows that add up to the score, and the rule in words (METHOD §3, §5).

Only words and links are added here to what `scorecards.queries.explanations` computes, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import Actor, require
from core.formats import date_short, percent, plain
from core.periods import At
from core.statuses import reason_words
from scorecards.models import Edge, Measure, Node, Target
from scorecards.queries.cards import number_format
from scorecards.queries.excuses import absence_words, excused_in
from scorecards.queries.explanations import Explanation, MeasureExplanation, Part, explanation, measure_explanation

KINDS = {
    "measure": gettext_lazy("Measure"),
    "objective": gettext_lazy("Objective"),
    "perspective": gettext_lazy("Perspective"),
    "theme": gettext_lazy("Theme"),
    "strategy": gettext_lazy("Strategy"),
    "unit": gettext_lazy("Unit"),
}
RULES = {
    Node.Rule.WEIGHTED: gettext_lazy(
        "Weighted mean: each part's share of the weight times its score, added up. Parts without a score are left out."
    ),
    Node.Rule.WORST: gettext_lazy("Worst part: the lowest score among the parts that have weight."),
    Node.Rule.MOST_FREQUENT: gettext_lazy(
        "Most frequent status: the weighted mean of the parts whose status has most weight; between equals the worse."
    ),
}
METHODS = {
    Measure.Method.BAND: gettext_lazy(
        "The red flag is worth 33⅓ points and the target 66⅔; the score runs in a straight line through both, "
        "from 0 to 100."
    ),
    Measure.Method.MEETS: gettext_lazy("66⅔ points at the target or better, otherwise 0."),
    Measure.Method.PROGRESS: gettext_lazy("0 points at the baseline and 66⅔ at the value planned for the period."),
    Measure.Method.RANGE: gettext_lazy("66⅔ points inside the range, and 33⅓ less for each tolerance outside it."),
    Measure.Method.CAGR: gettext_lazy("The yearly growth reached, as a part of the growth needed, times 66⅔ points."),
    Measure.Method.YES_NO: gettext_lazy("66⅔ points for the wanted answer, otherwise 0."),
    Measure.Method.SCALE: gettext_lazy("Each word of the scale has its own score."),
    Measure.Method.UNSCORED: gettext_lazy("Only the value is shown; it has no score and counts nowhere."),
}
NOTES = {
    "scored_as_progress": gettext_lazy("Growth cannot be computed from these numbers, so it is scored as progress."),
    "target_is_limit": gettext_lazy("The target is the measure's limit, so 66⅔ points are the most it can have."),
    "value_unusable": gettext_lazy("The value cannot be used in a calculation."),
    "red_flag_needed": gettext_lazy("A target of 0 needs a red flag of its own."),
    "red_flag_disagrees": gettext_lazy("The red flag lies on the wrong side of the target."),
    "baseline_missing": gettext_lazy("The measure has no baseline."),
    "target_is_baseline": gettext_lazy("The planned value is still the baseline; nothing is due yet."),
    "plan_disagrees": gettext_lazy("The plan leads away from the target."),
    "range_unusable": gettext_lazy("The range or its tolerance is missing."),
}
PAGES = {"measure": "scorecards:measure", "objective": "strategy:objective", "theme": "strategy:theme"}


@dataclass(frozen=True)
class Link:
    """A page and what it is called; `url` is empty where there is none."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class PartLine:
    """One part as a row. `share` is of the weight that made the score, 0 to 1; `points` is what it brings to the score."""

    name: str
    code: str
    kind: str
    url: str
    weight: str
    share: float
    score: float | None
    points: float
    status: str
    reason: str
    coverage: float
    is_missing: bool
    is_counted: bool
    is_critical: bool
    from_unit: str = ""
    excused: str = ""

    @property
    def share_percent(self) -> str:
        """ "62.5%"."""
        return percent(100 * self.share)

    @property
    def coverage_percent(self) -> str:
        """ "80%"."""
        return percent(100 * self.coverage, 0)

    @property
    def why(self) -> str:
        """Why it brings nothing, in words."""
        return absence_words(self.reason, self.excused) if self.is_counted else _("Not counted")


@dataclass(frozen=True)
class Figure:
    """One number that a measure's score is made of, and a remark on it."""

    label: str
    text: str
    remark: str = ""


@dataclass(frozen=True)
class NodeReport:
    """Everything the page of a node draws. `points` is what the parts add up to, before a cap."""

    kind: str
    name: str
    code: str
    home: Link
    above: tuple[Link, ...]
    period_label: str
    score: float | None
    status: str
    reason: str
    rule: str
    sentences: tuple[str, ...]
    lines: tuple[PartLine, ...] = ()
    points: float | None = None
    figures: tuple[Figure, ...] = ()

    @property
    def is_measure(self) -> bool:
        """Whether it is made of a value, not of parts."""
        return self.kind == "measure"

    @property
    def kind_words(self) -> str:
        """What kind of thing it is."""
        return str(KINDS[self.kind])

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)

    @property
    def message(self) -> str:
        """The finding in one line, for the head of the card."""
        if self.score is not None:
            return _("%(score)s of 100 points in %(period)s") % {
                "score": plain(self.score, 1),
                "period": self.period_label,
            }
        return _("No score in %(period)s: %(reason)s") % {
            "period": self.period_label,
            "reason": self.reason_words or reason_words("not_reported"),
        }


def node_report(viewer: Actor, node: Node, at: At) -> NodeReport:
    """The explanation of any node in the period of `at`; the queries do not grow with its parts.

    NotVisible where the thing it stands for is not for the viewer.
    """
    thing = _thing(node)
    require(viewer, "view", thing)
    about = {
        "kind": node.kind,
        "name": thing.name,
        "code": getattr(thing, "code", ""),
        "home": _home(node, thing),
        "above": tuple(_parents(node, at)),
        "period_label": at.period.label,
    }
    if node.measure is not None:
        return _of_measure(node.measure, measure_explanation(node.measure, at), at, about)
    found = explanation(viewer, node, at)
    excused = excused_in([part.key for part in found.parts if part.kind == "measure"], at)
    lines = tuple(_lines(found.parts, excused))
    return NodeReport(
        **about,
        score=found.score,
        status=found.status,
        reason=found.reason,
        rule=str(RULES[Node.Rule(found.rule)]),
        sentences=tuple(_sentences(found, lines)),
        lines=lines,
        points=None if found.kept_score is None else round(fsum(line.points for line in lines), 9),
    )


def _thing(node: Node) -> Any:
    """The row that the node stands for."""
    return node.measure or node.objective or node.perspective or node.theme or node.strategy or node.unit


def _home(node: Node, thing: Any) -> Link:
    """The page of the thing itself; a perspective and a strategy have theirs in the scorecard."""
    if node.kind in PAGES:
        return Link(thing.name, reverse(PAGES[node.kind], args=[thing.pk]))
    if node.scorecard_id is not None:
        return Link(_("Scorecard"), reverse("scorecards:scorecard", args=[node.scorecard_id]))
    return Link(thing.name)


def _parents(node: Node, at: At) -> Iterator[Link]:
    """Where the node counts on the period's last day."""
    edges = Edge.objects.filter(child=node, valid__contains=at.period.end).order_by("parent_id")
    rows = edges.select_related("parent__objective", "parent__perspective", "parent__theme", "parent__strategy")
    for edge in rows.select_related("parent__unit"):
        yield Link(_thing(edge.parent).name, reverse("scorecards:node", args=[edge.parent_id]))


def _lines(parts: Sequence[Part], excused: Mapping[int, str]) -> Iterator[PartLine]:
    """The heaviest first; between equals in order of id, which is the order of `parts`."""
    for part in sorted(parts, key=lambda part: (not part.is_counted, -part.weight)):
        yield PartLine(
            name=part.name or _("Not for you to see"),
            code=part.code,
            kind=part.kind,
            url=reverse("scorecards:node", args=[part.node]) if part.name else "",
            weight=plain(part.weight),
            share=part.share,
            score=part.score,
            points=part.contribution,
            status=part.status,
            reason=part.reason or ("not_reported" if part.is_missing else ""),
            coverage=part.coverage,
            is_missing=part.is_missing,
            is_counted=part.is_counted,
            is_critical=part.is_critical,
            from_unit=part.from_unit,
            excused=excused.get(part.key, "") if part.kind == "measure" and part.is_missing and part.name else "",
        )


def _sentences(found: Explanation, lines: Sequence[PartLine]) -> Iterator[str]:
    """What the table does not say by itself: coverage, a score kept back, a cap, parts that are missing or left out."""
    words = {
        "coverage": percent(100 * found.coverage, 0),
        "minimum": percent(100 * found.minimum_coverage, 0),
        "kept": "" if found.kept_score is None else plain(found.kept_score, 1),
    }
    if found.rule_from_on is not None:
        yield _("It rolls up so from %(day)s on.") % {"day": date_short(found.rule_from_on)}
    if found.rule_until_on is not None:
        yield _("From %(day)s on it rolls up otherwise.") % {"day": date_short(found.rule_until_on)}
    if not lines:
        yield _("Nothing counts in it in this period.")
        return
    yield _("%(coverage)s of the weight, down to the measures, has a score; a score needs %(minimum)s.") % words
    if found.score is None and found.kept_score is not None:
        yield _("What is known comes to %(kept)s, which is too little to stand for the whole.") % words
    if found.is_capped:
        reds = [line.name for line in lines if line.is_critical and line.status == "off_track"]
        yield _("%(names)s is critical and off track, so the score is held at %(kept)s.") % {
            **words,
            "names": ", ".join(reds),
        }
    missing, left_out = sum(line.is_missing for line in lines), sum(not line.is_counted for line in lines)
    if missing:
        yield ngettext("%(n)d part has no score.", "%(n)d parts have no score.", missing) % {"n": missing}
    if left_out:
        yield ngettext(
            "%(n)d part is not counted: it is not scored, has not begun or has ended.",
            "%(n)d parts are not counted: they are not scored, have not begun or have ended.",
            left_out,
        ) % {"n": left_out}


def _of_measure(measure: Measure, found: MeasureExplanation, at: At, about: dict[str, Any]) -> NodeReport:
    sentences = [str(NOTES[found.note])] if found.note else []
    if found.value is None:
        sentences += excused_in([measure.pk], at).values()
    if measure.is_calculated:
        sentences.append(_("It is calculated: %(formula)s.") % {"formula": measure.expression})
    if found.is_carried:
        sentences.append(_("It is measured less often than that: the value is carried from its last own period."))
    if found.parts_total and found.parts_present is not None and found.parts_present < found.parts_total:
        sentences.append(
            _("%(n)d of %(m)d parts of the period have a value so far.")
            % {"n": found.parts_present, "m": found.parts_total}
        )
    if found.closed_at is not None:
        words = {"period": at.period.label, "day": date_short(localtime(found.closed_at).date())}
        sentences.append(
            _("%(period)s was closed on %(day)s: what was recorded or set later does not count in it.") % words
        )
    return NodeReport(
        **about,
        score=found.score,
        status=found.status,
        reason=found.reason,
        rule=str(METHODS[Measure.Method(measure.method)]),
        sentences=tuple(sentences),
        figures=tuple(_figures(measure, found, at)),
    )


def _figures(measure: Measure, found: MeasureExplanation, at: At) -> Iterator[Figure]:
    """Value, thresholds and direction, as the measure writes its numbers; what is not given is left out."""
    numbers = number_format(measure)
    yield Figure(_("Value"), numbers.text(found.value), reason_words(found.reason) if found.value is None else "")
    if measure.method == Measure.Method.RANGE:
        yield from _range(measure, at)
    elif measure.method not in (Measure.Method.UNSCORED, Measure.Method.YES_NO, Measure.Method.SCALE):
        yield Figure(_("Target"), _("No target") if found.target is None else numbers.text(found.target))
    if found.red_flag is not None:
        remark = _("default red flag") if found.has_default_red_flag else ""
        yield Figure(_("Red flag"), numbers.text(found.red_flag), remark)
    if found.stretch is not None:
        yield Figure(_("Stretch"), numbers.text(found.stretch), _("worth 100 points"))
    if found.baseline is not None:
        yield Figure(_("Baseline"), numbers.text(found.baseline))
    if measure.tolerance is not None:
        yield Figure(_("Tolerance"), plain(measure.tolerance))
    yield Figure(_("Direction"), str(measure.get_polarity_display()))


def _range(measure: Measure, at: At) -> Iterator[Figure]:
    """The range of the measure for the period, where it has one of its own."""
    target = Target.objects.filter(
        measure=measure, frequency=at.period.frequency, period_start=at.period.start, superseded_at=None
    ).first()
    numbers = number_format(measure)
    if target is not None and target.low is not None:
        yield Figure(_("From"), numbers.text(target.low))
    if target is not None and target.high is not None:
        yield Figure(_("To"), numbers.text(target.high))
