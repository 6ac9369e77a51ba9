"""From values to places: scales, ticks at round numbers, and which labels of an axis have room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.text import text_width


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values (low..high) to px (start..end). A scale of no length maps all to its middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def clamped(self, value: float) -> float:
        """The same, kept inside the scale."""
        return self(min(max(value, self.low), self.high))


def domain(
    values: Sequence[float], *, floor: float | None = None, ceiling: float | None = None, margin: float = 0.15
) -> tuple[float, float]:
    """The range a line chart shows: all values, a margin, never past floor or ceiling unless a value is.

    No values give (0, 1); equal ones get room around them. Values that are nowhere negative do not get an axis below 0.
    """
    if not values:
        return 0.0, 1.0
    least, most = min(values), max(values)
    room = (most - least) * margin or abs(most) * 0.1 or 1.0
    low, high = least - room, most + room
    bottom = 0.0 if floor is None and least >= 0 else floor
    if bottom is not None:
        low = max(low, min(bottom, least))
    if ceiling is not None:
        high = min(high, max(ceiling, most))
    return (low, high) if high > low else (low, low + room)


def step(span: float, count: int) -> float:
    """A round distance (1, 2 or 5 times a power of ten) that cuts the span into about `count` parts."""
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if rough <= factor * power * (1 + 1e-9))


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from low to high, about `count` of them."""
    if not high > low:
        return [low]
    width = step(high - low, count)
    if low + width == low:  # narrower than a float can tell apart
        return [low]
    first = math.ceil(low / width - 1e-9)
    last = math.floor(high / width + 1e-9)
    digits = max(0, -math.floor(math.log10(width)))
    return [round(index * width, digits) for index in range(first, last + 1)]


def label_every(labels: Sequence[str], room: float, size: float) -> int:
    """Every how many labels can be written when each has `room` px, so that no two touch."""
    widest = max((text_width(label, size) for label in labels), default=0.0)
    return max(1, math.ceil((widest + 6) / room)) if room > 0 else max(1, len(labels))


def shown_labels(labels: Sequence[str], room: float, size: float, current: int | None) -> list[int]:
    """The places whose label is written: evenly spaced, and counted from the current one so that it is among them."""
    every = label_every(labels, room, size)
    return [index for index in range(len(labels)) if (index - (current or 0)) % every == 0]


def spread(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Places moved as little as needed so that neighbours keep the distance, inside low..high if they fit."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [0.0] * len(places)
    lowest = low
    for index in order:
        moved[index] = max(places[index], lowest)
        lowest = moved[index] + distance
    highest = high
    for index in reversed(order):
        moved[index] = min(moved[index], highest)
        highest = moved[index] - distance
    return moved
