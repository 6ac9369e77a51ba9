"""What a plan should be asked before it is adopted: from a frozen description to typed findings (METHOD §16, §18).

A finding is a code, the keys of what it is about, and figures; whoever shows it has the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from planning.rules.paths import Edge, Path, Stop, circles, etas
from scorecards.rules.answers import natural_range
from scorecards.rules.arrays import Floats, near
from scorecards.rules.quality import MOST_OBJECTIVES

MOST_OF_ONE_OWNER = 1 / 3
FEWEST_FOR_ONE_OWNER = 4
"""So many objectives of one owner are not yet a concentration."""
DAYS_IN_A_QUARTER = 365.2425 / 4

Figure = float | date | None


class Code(StrEnum):
    """What was found, in the order of telling: what cannot come true, what is missing, what is too much."""

    TARGET_BEYOND_PACE = "target_beyond_pace"
    ARRIVES_LATE = "arrives_late"
    STARTED_LATE = "started_late"
    LINKS_IN_A_CIRCLE = "links_in_a_circle"
    NO_PATH = "no_path"
    OVERLOAD = "overload"
    NONE_FINISHED = "none_finished"
    NOT_MEASURED = "not_measured"
    MANY_OBJECTIVES = "many_objectives"
    ONE_OWNER = "one_owner"


class Kind(StrEnum):
    """What the keys of a finding are keys of."""

    STRATEGY = "strategy"
    OBJECTIVE = "objective"
    MEASURE = "measure"
    INITIATIVE = "initiative"
    PERSON = "person"


KINDS = {
    Code.TARGET_BEYOND_PACE: Kind.MEASURE,
    Code.ARRIVES_LATE: Kind.OBJECTIVE,
    Code.STARTED_LATE: Kind.INITIATIVE,
    Code.LINKS_IN_A_CIRCLE: Kind.OBJECTIVE,
    Code.NO_PATH: Kind.OBJECTIVE,
    Code.OVERLOAD: Kind.STRATEGY,
    Code.NONE_FINISHED: Kind.STRATEGY,
    Code.NOT_MEASURED: Kind.OBJECTIVE,
    Code.MANY_OBJECTIVES: Kind.STRATEGY,
    Code.ONE_OWNER: Kind.PERSON,
}


@dataclass(frozen=True)
class Finding:
    """One thing to settle: `keys` are of `kind`, none for the strategy's own."""

    code: Code
    keys: tuple[int, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What the keys are keys of."""
        return KINDS[self.code]


@dataclass(frozen=True)
class ObjectiveFacts:
    """An objective of the plan: who owns it, how many measures it has, by when, and since when it is reached."""

    key: int
    owner: int | None = None
    measures: int = 0
    due: date | None = None
    reached: date | None = None


@dataclass(frozen=True)
class InitiativeFacts:
    """An initiative of the plan; `started` and `finished` are the days on which it did."""

    key: int
    serves: tuple[int, ...] = ()
    start: date | None = None
    end: date | None = None
    started: date | None = None
    finished: date | None = None


@dataclass(frozen=True)
class TargetFacts:
    """A measure's last target: its past values, oldest first, in its own periods, and how many periods are left."""

    measure: int
    target: float
    goodness: int
    values: tuple[float, ...] = ()
    periods_left: int = 1


@dataclass(frozen=True)
class Plan:
    """A strategy as it is checked on a day. `finished_in_year` counts initiatives finished in the last four quarters."""

    today: date
    end: date
    objectives: tuple[ObjectiveFacts, ...] = ()
    initiatives: tuple[InitiativeFacts, ...] = ()
    targets: tuple[TargetFacts, ...] = ()
    links: tuple[Edge, ...] = ()
    finished_in_year: int = 0


def check(plan: Plan) -> list[Finding]:
    """Everything that was found, in the order of `Code`, then of the keys."""
    found = [
        *_targets(plan),
        *_paths(plan),
        *_starts(plan),
        *(Finding(Code.LINKS_IN_A_CIRCLE, part, {"count": len(part)}) for part in circles(plan.links)),
        *_load(plan),
        *(Finding(Code.NOT_MEASURED, (one.key,)) for one in plan.objectives if not one.measures),
        *_shape(plan.objectives),
    ]
    order = list(Code)
    return sorted(found, key=lambda one: (order.index(one.code), one.keys))


def _targets(plan: Plan) -> Iterator[Finding]:
    for one in plan.targets:
        natural = natural_range(one.values)
        best = best_gain(np.array(one.values), one.goodness, one.periods_left)
        if natural is None or best is None:
            continue
        edge = natural[1] if one.goodness > 0 else natural[0]
        need = one.goodness * (one.target - one.values[-1])
        is_outside = one.goodness * (one.target - edge) > near(one.target)[0]
        if is_outside and need > best + near(need)[0]:
            figures = {"target": one.target, "need": need, "best": best, "periods": one.periods_left}
            yield Finding(Code.TARGET_BEYOND_PACE, (one.measure,), {**figures, "low": natural[0], "high": natural[1]})


def best_gain(values: Floats, goodness: int, periods: int) -> float | None:
    """The most that a measure ever got better within so many periods, at least 0.

    Where its past is shorter: the most it got better in all of it, in proportion. None without a change or a period.
    """
    span = min(periods, len(values) - 1)
    if span < 1:
        return None
    steps = goodness * (values[None, :] - values[:, None])
    apart = np.arange(len(values))[None, :] - np.arange(len(values))[:, None]
    best = float(steps[(apart > 0) & (apart <= span)].max())
    return max(0.0, best * periods / span)


def _paths(plan: Plan) -> Iterator[Finding]:
    ends: dict[int, list[date | None]] = {one.key: [] for one in plan.objectives}
    for initiative in plan.initiatives:
        for key in initiative.serves:
            ends[key].append(initiative.finished or initiative.end)
    stops = [Stop(one.key, one.reached, tuple(ends[one.key])) for one in plan.objectives]
    found = etas(stops, plan.links, plan.today)
    for one in plan.objectives:
        eta, due = found[one.key], one.due or plan.end
        if eta.path is Path.NO_PATH:
            yield Finding(Code.NO_PATH, (one.key,))
        if eta.path is Path.DATED and eta.day and eta.day > due:
            yield Finding(Code.ARRIVES_LATE, (one.key,), {"eta": eta.day, "due": due, "days": (eta.day - due).days})


def _starts(plan: Plan) -> Iterator[Finding]:
    for one in plan.initiatives:
        if one.start and one.start < plan.today and not (one.started or one.finished):
            yield Finding(Code.STARTED_LATE, (one.key,), {"start": one.start, "days": (plan.today - one.start).days})


def _load(plan: Plan) -> Iterator[Finding]:
    """Little's law: how many quarters the open initiatives take at last year's pace, against those that are left."""
    unfinished = sum(one.finished is None for one in plan.initiatives)
    left = max(0, (plan.end - plan.today).days) / DAYS_IN_A_QUARTER
    if unfinished and not plan.finished_in_year:
        yield Finding(Code.NONE_FINISHED, (), {"open": unfinished})
    elif unfinished and (takes := unfinished / (plan.finished_in_year / 4)) > left:
        yield Finding(Code.OVERLOAD, (), {"open": unfinished, "quarters": takes, "left": left})


def _shape(objectives: Sequence[ObjectiveFacts]) -> Iterator[Finding]:
    if len(objectives) > MOST_OBJECTIVES:
        yield Finding(Code.MANY_OBJECTIVES, (), {"count": len(objectives), "most": MOST_OBJECTIVES})
    owned = Counter(one.owner for one in objectives if one.owner is not None)
    for owner, count in owned.items():
        if count >= FEWEST_FOR_ONE_OWNER and count > MOST_OF_ONE_OWNER * len(objectives):
            yield Finding(Code.ONE_OWNER, (owner,), {"count": count, "of": len(objectives)})
