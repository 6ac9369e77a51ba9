"""The status bands behind a measure's line: they follow target and red flag from period to period."""

from __future__ import annotations

from itertools import groupby

from core.charts.measure_series import Frame, MeasureSeries
from core.charts.svg import BAND_OFF_TRACK, BAND_ON_TRACK, BAND_WATCH, Paint, Point, Value, area


def _edge(frame: Frame, places: list[int], values: list[Value]) -> list[Point]:
    """A value's path over a run of periods, half a period longer at both ends, kept inside the plot."""
    heights = [frame.y.clamped(values[index] or 0.0) for index in places]
    inner = [(frame.x(index), height) for index, height in zip(places, heights, strict=True)]
    first, last = frame.x(places[0]) - frame.step / 2, frame.x(places[-1]) + frame.step / 2
    return [(first, heights[0]), *inner, (last, heights[-1])]


def _flat(frame: Frame, places: list[int], height: float) -> list[Point]:
    first, last = frame.x(places[0]) - frame.step / 2, frame.x(places[-1]) + frame.step / 2
    return [(first, height), (last, height)]


def _between(upper: list[Point], lower: list[Point], paint: Paint) -> str:
    return area([*upper, *reversed(lower)], paint)


def bands(series: MeasureSeries, frame: Frame) -> str:
    """On track beyond the target, watch between target and red flag, off track beyond the red flag.

    Without a red flag there is no watch; where the target is missing there is no band at all.
    """
    if series.polarity == "inside":
        return ""
    good, bad = (frame.top, frame.bottom) if series.polarity == "up" else (frame.bottom, frame.top)
    pairs = list(zip(series.targets, series.red_flags, strict=True))
    known = [(target is not None, target is not None and flag is not None) for target, flag in pairs]
    body = ""
    for (has_target, has_flag), run in groupby(range(len(pairs)), key=lambda index: known[index]):
        if not has_target:
            continue
        places = list(run)
        target = _edge(frame, places, series.targets)
        flag = _edge(frame, places, series.red_flags) if has_flag else target
        body += _between(_flat(frame, places, good), target, BAND_ON_TRACK)
        body += _between(target, flag, BAND_WATCH) if has_flag else ""
        body += _between(flag, _flat(frame, places, bad), BAND_OFF_TRACK)
    return body
