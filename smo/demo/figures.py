"""From descriptions to rows: every value and every target of the demonstration, from a seed and a day.

Chance is `random.Random`, one per measure and purpose, so that a measure's figures do not depend on which others there
are. Numbers leave here as decimals, rounded as people would write them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.periods import Frequency, Period
from smo.demo import measures_care, measures_means, measures_patients, measures_units
from smo.demo.shapes import Aims, Clock, MeasureSpec, Shape

MEASURES: tuple[MeasureSpec, ...] = (
    *measures_patients.MEASURES,
    *measures_care.MEASURES,
    *measures_means.MEASURES,
    *measures_units.MEASURES,
)
SMALL_VOLUME = 100
VOLUME_NOISE = 0.02


@dataclass(frozen=True)
class Figure:
    """The value of a measure in a period. A ratio has numerator and denominator and no value of its own."""

    measure: str
    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Aim:
    """What is wanted of a measure in a period."""

    measure: str
    period: Period
    target: Decimal | None = None
    red_flag: Decimal | None = None
    stretch: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def figures(spec: MeasureSpec, clock: Clock, seed: int) -> list[Figure]:
    """All values of a measure, oldest first; none where it is silent."""
    periods = clock.finished(Frequency(spec.frequency))
    shape = spec.shape
    chance = random.Random(f"{seed}:{spec.code}")  # noqa: S311 - figures, not secrets
    levels = [_level(shape, place, periods, chance) for place in range(len(periods))]
    first = len(periods) - shape.begins if shape.begins else 0
    kept = range(first, len(periods) - shape.silent)
    made = [_figure(spec, period, level, chance) for period, level in zip(periods, levels, strict=True)]
    return [made[place] for place in kept]


def restated_from(spec: MeasureSpec, right: Figure, level: float) -> Figure:
    """The figure that was reported before the right one, at another level."""
    if right.denominator is None:
        return Figure(spec.code, right.period, _decimal(level, spec.decimals))
    top = level * float(right.denominator) / _factor(spec)
    return Figure(spec.code, right.period, None, _decimal(top, 0), right.denominator)


def aims(spec: MeasureSpec, clock: Clock) -> list[Aim]:
    """All targets of a measure: for the periods with figures, for the rest of this year, and at the strategy's end."""
    frequency = Frequency(spec.frequency)
    past, ahead = clock.finished(frequency), clock.ahead(frequency)
    if spec.shape.begins:
        past = past[-spec.shape.begins :]
    wanted = spec.aims
    if wanted.between is not None:
        low, high = (None if end is None else _decimal(end, spec.decimals) for end in wanted.between)
        return [Aim(spec.code, period, low=low, high=high) for period in (*past, *ahead)]
    found = [_aim(spec, period, level) for period, level in _targets(wanted, past, ahead)]
    last = clock.last(frequency)
    if wanted.final is not None:
        found = [aim for aim in found if aim.period != last]
        found.append(_aim(spec, last, wanted.final))
    return found


def _level(shape: Shape, place: int, periods: Sequence[Period], chance: random.Random) -> float:
    """The level of one period; a draw is taken also where it is not used, so that a longer tail changes no other."""
    period, drawn = periods[place], chance.gauss(0.0, 1.0)
    from_end = len(periods) - shape.silent - place
    if 1 <= from_end <= len(shape.tail):
        return shape.tail[-from_end]
    january = math.cos(2 * math.pi * (period.start.month - 1) / 12) if period.frequency is Frequency.MONTH else 0.0
    level = _between(shape.points, place, len(periods)) + shape.season * january + shape.noise * drawn
    return max(shape.low, level if shape.high is None else min(shape.high, level))


def _between(points: Sequence[float], place: int, count: int) -> float:
    """The value of the broken line through points at equal distances, at one of `count` places."""
    if len(points) == 1 or count == 1:
        return points[-1]
    at = place / (count - 1) * (len(points) - 1)
    left = min(int(at), len(points) - 2)
    return points[left] + (at - left) * (points[left + 1] - points[left])


def _figure(spec: MeasureSpec, period: Period, level: float, chance: random.Random) -> Figure:
    if spec.aggregation == "ratio":
        volume = spec.shape.volume * (1 + VOLUME_NOISE * chance.gauss(0.0, 1.0))
        denominator = _decimal(volume, 1 if spec.shape.volume < SMALL_VOLUME else 0)
        numerator = _decimal(level * float(denominator) / _factor(spec), 0)
        return Figure(spec.code, period, None, numerator, denominator)
    best = len(spec.scale) if spec.method == "scale" else 1 if spec.method == "yes_no" else math.inf
    worst = 1 if spec.method == "scale" else 0
    return Figure(spec.code, period, _decimal(min(best, max(worst, level)), spec.decimals))


def _factor(spec: MeasureSpec) -> float:
    return 100.0 if spec.is_percent else 1.0


def _targets(wanted: Aims, past: Sequence[Period], ahead: Sequence[Period]) -> Iterator[tuple[Period, float]]:
    for place, period in enumerate((*past, *ahead)):
        from_end = len(past) - place
        if 1 <= from_end <= len(wanted.tail):
            yield period, wanted.tail[-from_end]
        elif from_end < 1 and wanted.ahead:
            yield period, wanted.ahead[min(-from_end, len(wanted.ahead) - 1)]
        elif wanted.points:
            yield period, _between(wanted.points, min(place, len(past) - 1), len(past))
        elif wanted.by_year:
            yield period, wanted.by_year[max(0, min(4, 3 + period.start.year - past[-1].start.year))]


def _aim(spec: MeasureSpec, period: Period, level: float) -> Aim:
    wanted, good = spec.aims, spec.goodness
    decimals = max(spec.decimals, 1) if spec.method == "progress" else spec.decimals
    return Aim(
        spec.code,
        period,
        target=_decimal(level, decimals),
        red_flag=None if wanted.red is None else _decimal(level - good * wanted.red, decimals),
        stretch=None if wanted.stretch is None else _decimal(level + good * wanted.stretch, decimals),
    )


def _decimal(number: float, decimals: int) -> Decimal:
    return Decimal(str(round(number, decimals))).quantize(Decimal(1).scaleb(-decimals))
