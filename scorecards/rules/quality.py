"""What makes a scorecard worth trusting, checked one by one (METHOD §1; the advice names what to mend, never a person).

Each check is passed or not by one objective, one measure or the scorecard; quality is the share that passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_OBJECTIVES = 25
MOST_MEASURES_PER_OBJECTIVE = 4


class Check(StrEnum):
    """One thing to have. The order is the order of advice: what hurts most first."""

    OBJECTIVE_MEASURED = "objective_measured"
    MEASURE_HAS_OWNER = "measure_has_owner"
    MEASURE_HAS_DATA = "measure_has_data"
    MEASURE_HAS_TARGET = "measure_has_target"
    OBJECTIVE_HAS_OWNER = "objective_has_owner"
    OBJECTIVE_HAS_LEADING = "objective_has_leading"
    OBJECTIVE_HAS_LAGGING = "objective_has_lagging"
    OBJECTIVE_HAS_FEW = "objective_has_few"
    MEASURE_EXPLAINED = "measure_explained"
    FEW_OBJECTIVES = "few_objectives"


@dataclass(frozen=True)
class MeasureFacts:
    """What is known of one measure. `has_data`: a value in the last year; `is_scored`: it is meant to have a target."""

    key: int
    objective: int
    is_leading: bool
    has_owner: bool
    has_target: bool
    has_data: bool
    is_scored: bool
    is_explained: bool


@dataclass(frozen=True)
class ObjectiveFacts:
    """What is known of one objective."""

    key: int
    has_owner: bool


@dataclass(frozen=True)
class Finding:
    """One check of one thing; `key` is the objective's or measure's, 0 for the scorecard's own."""

    check: Check
    key: int
    passes: bool


def findings(objectives: Sequence[ObjectiveFacts], measures: Iterable[MeasureFacts]) -> list[Finding]:
    """Every check that applies, in the order of `Check`, then of the things as given."""
    of: dict[int, list[MeasureFacts]] = {objective.key: [] for objective in objectives}
    for measure in measures:
        of.setdefault(measure.objective, []).append(measure)
    found = [Finding(Check.FEW_OBJECTIVES, 0, len(objectives) <= MOST_OBJECTIVES)] if objectives else []
    for objective in objectives:
        found += _of_objective(objective, of[objective.key])
    for group in of.values():
        for measure in group:
            found += _of_measure(measure)
    order = list(Check)
    return sorted(found, key=lambda one: order.index(one.check))


def share_passed(found: Sequence[Finding]) -> float | None:
    """Passed checks ÷ checks, 0 to 1; None where there is nothing to check."""
    return sum(one.passes for one in found) / len(found) if found else None


def _of_objective(objective: ObjectiveFacts, measures: Sequence[MeasureFacts]) -> Iterator[Finding]:
    yield Finding(Check.OBJECTIVE_HAS_OWNER, objective.key, objective.has_owner)
    yield Finding(Check.OBJECTIVE_MEASURED, objective.key, bool(measures))
    if measures:
        yield Finding(Check.OBJECTIVE_HAS_LEADING, objective.key, any(one.is_leading for one in measures))
        yield Finding(Check.OBJECTIVE_HAS_LAGGING, objective.key, not all(one.is_leading for one in measures))
        yield Finding(Check.OBJECTIVE_HAS_FEW, objective.key, len(measures) <= MOST_MEASURES_PER_OBJECTIVE)


def _of_measure(measure: MeasureFacts) -> Iterator[Finding]:
    yield Finding(Check.MEASURE_HAS_OWNER, measure.key, measure.has_owner)
    yield Finding(Check.MEASURE_HAS_DATA, measure.key, measure.has_data)
    yield Finding(Check.MEASURE_EXPLAINED, measure.key, measure.is_explained)
    if measure.is_scored:
        yield Finding(Check.MEASURE_HAS_TARGET, measure.key, measure.has_target)
