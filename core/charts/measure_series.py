"""What a measure's chart shows, and the frame its parts share so that the pins stand under the line's points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from core.charts.scales import Scale, domain, ticks
from core.charts.svg import Point, Value, finite, present
from core.charts.text import text_width
from core.formats import NumberFormat

Polarity = Literal["up", "down", "inside"]


@dataclass(frozen=True, slots=True)
class Annotation:
    """An event beside the line: the place of its period among the labels, and a few words.

    At a break the line is cut before its period: values before and after do not compare.
    """

    index: int
    words: str
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class FurtherLine:
    """Another line of the measure, such as a benchmark: its name and a value per label, None where there is none."""

    name: str
    values: Sequence[Value]


@dataclass(frozen=True, kw_only=True)
class MeasureSeries:
    """The values of one measure, one per period of `labels`, oldest first; None where a value is missing.

    `actual` may end before the labels do; `forecast` and its interval then continue with the next period. Shorter
    lists count as missing at the end. `red_flag` and `target` are per period, in the measure's own unit (METHOD §3).
    `groups` names what several labels share (the year) and is written under them once. `polarity` says which side of
    the target is good; for "inside" no bands are drawn.
    """

    labels: Sequence[str]
    actual: Sequence[Value]
    target: Sequence[Value] = ()
    red_flag: Sequence[Value] = ()
    previous: Sequence[Value] = ()
    previous_name: str = ""
    forecast: Sequence[Value] = ()
    forecast_low: Sequence[Value] = ()
    forecast_high: Sequence[Value] = ()
    statuses: Sequence[str] = ()
    polarity: Polarity = "up"
    groups: Sequence[str] = ()
    annotations: Sequence[Annotation] = ()
    further: Sequence[FurtherLine] = ()
    numbers: NumberFormat = field(default_factory=NumberFormat)
    floor: float | None = None
    ceiling: float | None = None

    def _full(self, values: Sequence[Value], start: int = 0) -> list[Value]:
        """The values laid on the labels, from `start` on."""
        count = len(self.labels)
        return ([None] * start + finite(values) + [None] * count)[:count]

    @property
    def closed(self) -> int:
        """How many periods have passed."""
        return min(len(self.actual), len(self.labels))

    @cached_property
    def actuals(self) -> list[Value]:
        """One per label."""
        return self._full(self.actual[: self.closed])

    @cached_property
    def targets(self) -> list[Value]:
        """One per label."""
        return self._full(self.target)

    @cached_property
    def red_flags(self) -> list[Value]:
        """One per label."""
        return self._full(self.red_flag)

    @cached_property
    def previous_values(self) -> list[Value]:
        """One per label."""
        return self._full(self.previous)

    @cached_property
    def further_values(self) -> list[tuple[str, list[Value]]]:
        """Name and values of each further line, one value per label."""
        return [(one.name, self._full(one.values)) for one in self.further]

    @cached_property
    def breaks(self) -> list[int]:
        """Places of the periods before which the line is cut."""
        return sorted({one.index for one in self.annotations if one.is_break and 0 <= one.index < len(self.labels)})

    @cached_property
    def current(self) -> int | None:
        """The place of the last actual value."""
        return max((i for i, value in enumerate(self.actuals) if value is not None), default=None)

    def ahead(self, values: Sequence[Value]) -> list[Value]:
        """A forecast laid on the labels: it begins with the last actual value, so that the line joins."""
        laid = self._full(values, start=self.closed)
        if self.current is not None and present(laid):
            laid[self.current] = self.actuals[self.current]
        return laid

    def period(self, index: int) -> str:
        """The full name of a period: "Jun 2026"."""
        group = self.groups[index] if index < len(self.groups) else ""
        return f"{self.labels[index]} {group}".strip()

    def status(self, index: int) -> str:
        """The status of a period; no_data if none was given."""
        return (self.statuses[index] if index < len(self.statuses) else "") or "no_data"


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot inside the picture: x by place of the period, y by value."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    count: int
    y: Scale
    size: float
    direct: bool

    @property
    def step(self) -> float:
        """Width of one period."""
        return (self.right - self.left) / max(self.count, 1)

    def x(self, index: int) -> float:
        """Middle of a period."""
        return self.left + (index + 0.5) * self.step

    def points(self, values: Sequence[Value]) -> list[Point | None]:
        """Where the values stand."""
        return [None if v is None else (self.x(i), self.y.clamped(v)) for i, v in enumerate(values)]


def value_range(series: MeasureSeries) -> tuple[float, float]:
    """The values the plot reaches over. Red flags far off do not flatten the line; their band then fills the edge."""
    lists = [series.actual, series.target, series.previous, series.forecast, series.forecast_low, series.forecast_high]
    lists += [one.values for one in series.further]
    values = [value for one in lists for value in present(finite(one))]
    if values:
        span = (max(values) - min(values)) or abs(values[0]) * 0.2 or 1.0
        near = (min(values) - span, max(values) + span)
        values += [flag for flag in present(series.red_flags) if near[0] <= flag <= near[1]]
    return domain(values, floor=series.floor, ceiling=series.ceiling)


def frame(series: MeasureSeries, width: float, height: float, size: float) -> Frame:
    """The frame of a measure's chart and of the pins under it. Wide pictures label their lines at the right end."""
    low, high = value_range(series)
    left = max(text_width(series.numbers.axis(tick), size - 1) for tick in ticks(low, high)) + 14
    direct = width >= 560
    right = width - (106 if direct else 12)
    bottom = height - (44 if any(series.groups) else 28)
    y = Scale(low, high, bottom, 10)
    return Frame(width, height, min(max(left, 40), width / 4), right, 10, bottom, len(series.labels), y, size, direct)
