"""Advice on a scorecard: which checks it does not pass, and where to mend them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.formats import percent
from core.periods import At
from scorecards.models import Edge, Measure, Observation, Scorecard, Target
from scorecards.rules.quality import (
    Check,
    Finding,
    MeasureFacts,
    ObjectiveFacts,
    findings,
    share_passed,
)
from strategy.models import Objective

RECENT, LONG = timedelta(days=366), ("half_year", "year")
"""A value is recent if its period has not been over for a year; those of long periods began a year earlier."""
WORDS = {
    Check.OBJECTIVE_MEASURED: (
        _("Objectives have a measure"),
        _("Without one nobody can say whether it is reached: add a measure."),
    ),
    Check.MEASURE_HAS_OWNER: (
        _("Measures have an owner"),
        _("A measure nobody answers for is not updated: name an owner."),
    ),
    Check.MEASURE_HAS_DATA: (
        _("Measures had a value in the last year"),
        _("Record a value, or retire the measure."),
    ),
    Check.MEASURE_HAS_TARGET: (_("Measures have a target"), _("Without a target a value is no news: set one.")),
    Check.OBJECTIVE_HAS_OWNER: (_("Objectives have an owner"), _("Name the person who answers for it.")),
    Check.OBJECTIVE_HAS_LEADING: (
        _("Objectives have a leading measure"),
        _("Only outcomes are seen, when it is too late to steer: add what drives them."),
    ),
    Check.OBJECTIVE_HAS_LAGGING: (
        _("Objectives have a lagging measure"),
        _("Only effort is seen: add the outcome it should bring."),
    ),
    Check.OBJECTIVE_HAS_FEW: (
        _("Objectives have at most four measures"),
        _("More than four blur the message: keep those that decide."),
    ),
    Check.MEASURE_EXPLAINED: (
        _("Measures say what they count"),
        _("Write what it counts or how it is computed, so that everyone reads it alike."),
    ),
    Check.FEW_OBJECTIVES: (
        _("The strategy has at most 25 objectives"),
        _("A strategy of more is a list of wishes: join or drop some."),
    ),
}


@dataclass(frozen=True)
class Thing:
    """What a check was not passed by, and its page."""

    name: str
    url: str


@dataclass(frozen=True)
class Advice:
    """One check: what it asks, why, how many of those it concerns pass, and which do not."""

    title: str
    why: str
    passed: int
    checked: int
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class QualityReport:
    """The quality of a scorecard, 0 to 1, and its advice, what hurts most first; `passed` are checks without a fault."""

    share: float | None
    advice: tuple[Advice, ...]
    passed: tuple[Advice, ...]

    @property
    def share_text(self) -> str:
        """ "87%"."""
        return "" if self.share is None else percent(100 * self.share, 0)


def quality_report(viewer: Actor, scorecard: Scorecard, at: At) -> QualityReport:
    """Every check of the scorecard's live objectives and measures; four queries whatever its size."""
    objectives = list(
        scoped(viewer, "view", Objective.objects.filter(strategy=scorecard.strategy_id, state="live")).order_by("code")
    )
    measures = _measures(viewer, objectives, at)
    found = findings(
        [ObjectiveFacts(one.pk, one.owner_id is not None) for one in objectives], [_facts(one) for one in measures]
    )
    things = {
        one.pk: Thing(f"{one.code} {one.short}".strip(), reverse("strategy:objective", args=[one.pk]))
        for one in objectives
    }
    pages = {one.pk: Thing(one.name, reverse("scorecards:measure", args=[one.pk])) for one in measures}
    own = Thing(scorecard.name, reverse("scorecards:scorecard", args=[scorecard.pk]))
    advice = [
        _advice(check, [one for one in found if one.check is check], things if "objective_" in check else pages, own)
        for check in Check
        if any(one.check is check for one in found)
    ]
    return QualityReport(
        share_passed(found),
        tuple(one for one in advice if one.passed < one.checked),
        tuple(one for one in advice if one.passed == one.checked),
    )


def _measures(viewer: Actor, objectives: Sequence[Objective], at: At) -> list[Measure]:
    counted = Edge.objects.filter(child__measure=OuterRef("pk"), valid__contains=at.today)
    values = Observation.objects.filter(
        Q(period_start__gte=at.today - RECENT) | Q(frequency__in=LONG, period_start__gte=at.today - 2 * RECENT),
        series__measure=OuterRef("pk"), series__kind="actual", superseded_at=None, value__isnull=False,
    )  # fmt: skip
    targets = Target.objects.filter(measure=OuterRef("pk"), superseded_at=None)
    rows = scoped(viewer, "view", Measure.objects.filter(objective__in=objectives, state="live"))
    rows = rows.annotate(has_value=Exists(values), has_target=Exists(targets), counts=Exists(counted))
    return list(rows.filter(counts=True).order_by("code"))


def _facts(measure: Measure) -> MeasureFacts:
    has_value: bool = measure.has_value or measure.is_calculated  # type: ignore[attr-defined]
    return MeasureFacts(
        key=measure.pk,
        objective=measure.objective_id or 0,
        is_leading=measure.kind == Measure.Kind.LEADING,
        has_owner=measure.owner_id is not None,
        has_target=measure.has_target,  # type: ignore[attr-defined]
        has_data=has_value,
        is_scored=measure.method not in (Measure.Method.UNSCORED, Measure.Method.SCALE),
        is_explained=bool(measure.description or measure.formula or measure.expression),
    )


def _advice(check: Check, found: Sequence[Finding], named: dict[int, Thing], own: Thing) -> Advice:
    title, why = WORDS[check]
    faults = tuple(named.get(one.key, own) for one in found if not one.passes)
    return Advice(str(title), str(why), len(found) - len(faults), len(found), faults)
