"""A measure over time: actual against target with status bands, forecast with interval, last year."""

from __future__ import annotations

from itertools import pairwise

from django.utils.translation import gettext as _

from core.charts.bands import bands
from core.charts.measure_series import Frame, MeasureSeries, frame
from core.charts.scales import shown_labels, spread, ticks
from core.charts.svg import (
    ACTUAL,
    AXIS,
    GRID,
    INK,
    INK2,
    INK3,
    PREVIOUS,
    STATUS_PAINTS,
    SURFACE,
    Paint,
    Value,
    area,
    broken_line,
    circle,
    document,
    hit,
    line,
    outlined,
    present,
    runs,
    text,
)
from core.charts.text import balance, cut, text_width

_ROOM_FOR_MARKS = 14.0
DASHES = ("1.5 2.5", "6 3", "2 2 6 2", "9 4")
"""How further lines are told apart, in their order."""


def _axis(series: MeasureSeries, plot: Frame) -> str:
    """Value ticks with lines through the bands, period labels, and groups (years) under them."""
    body = ""
    for tick in ticks(plot.y.low, plot.y.high):
        y = plot.y(tick)
        body += line(plot.left, y, plot.right, y, SURFACE if present(series.targets) else GRID)
        words = cut(series.numbers.axis(tick), plot.size - 1, plot.left - 8)
        body += text(plot.left - 8, y + 4, words, size=plot.size - 1, paint=INK3, anchor="end")
    current = series.current if series.current is not None else 0
    for index in shown_labels(series.labels, plot.step, plot.size, current):
        look = {"paint": INK, "weight": 600} if index == series.current else {"paint": INK3, "weight": 400}
        body += text(plot.x(index), plot.bottom + 19, series.labels[index], size=plot.size, anchor="middle", **look)  # type: ignore[arg-type]
    for index, group in enumerate(series.groups[: plot.count]):
        if group and (index == 0 or series.groups[index - 1] != group):
            start = plot.x(index) - plot.step / 2
            body += line(start, plot.bottom + 23, start, plot.bottom + 37, AXIS) if index else ""
            body += text(start + 4, plot.bottom + 35, group, size=plot.size - 1, paint=INK3)
    return body


def _today(series: MeasureSeries, plot: Frame) -> str:
    """The divider between what happened and what is to come."""
    if not 0 < series.closed < plot.count:
        return ""
    x = plot.x(series.closed) - plot.step / 2
    body = line(x, plot.top, x, plot.bottom, AXIS, dash="3 3")
    if present(series.ahead(series.forecast)):
        size = plot.size - 1.5
        body += text(x + 6, plot.bottom - 7, _("forecast"), size=size)
        body += text(x - 6, plot.bottom - 7, _("actual"), size=size, anchor="end")
    return body


def _forecast(series: MeasureSeries, plot: Frame) -> str:
    """The expected path, dashed, in its interval."""
    low, high = series.ahead(series.forecast_low), series.ahead(series.forecast_high)
    both = [a is not None and b is not None for a, b in zip(low, high, strict=True)]
    lower = runs(plot.points([v if ok else None for v, ok in zip(low, both, strict=True)]))
    upper = runs(plot.points([v if ok else None for v, ok in zip(high, both, strict=True)]))
    body = ""
    for under, over in zip(lower, upper, strict=True):
        if len(under) > 1:
            body += area([*over, *reversed(under)], ACTUAL, opacity="0.10")
            body += broken_line(over, ACTUAL, width=0.8, dash="1.5 3") + broken_line(
                under, ACTUAL, width=0.8, dash="1.5 3"
            )
    return body + broken_line(plot.points(series.ahead(series.forecast)), ACTUAL, width=2, dash="5 4")


def _target(series: MeasureSeries, plot: Frame) -> str:
    points = plot.points(series.targets)
    body = broken_line(points, INK, width=1.4)
    if plot.step >= _ROOM_FOR_MARKS:
        body += "".join(outlined(p[0] - 3, p[1] - 3, 6, 6, INK, stroke=1.3) for p in points if p)
    return body


def _value_label(series: MeasureSeries, plot: Frame, index: int, value: float) -> str:
    """The last value in words: under the point if the line falls to it, else above; always inside the plot."""
    earlier = present(series.actuals[:index])
    falls = bool(earlier) and earlier[-1] > value
    x, y = plot.x(index), plot.y.clamped(value)
    size = plot.size + 1
    words = cut(series.numbers.figure(value), size, plot.right - plot.left, 700)
    half = text_width(words, size, 700) / 2
    below = (falls or y - 22 < plot.top) and y + 24 < plot.bottom
    place = min(max(x, plot.left + half), max(plot.right - half, plot.left + half))
    return text(place, y + 21 if below else y - 12, words, size=size, paint=INK, anchor="middle", weight=700)


def _actual(series: MeasureSeries, plot: Frame) -> str:
    """The line, a point per value where there is room, and the last one in its status colour."""
    points = plot.points(series.actuals)
    cuts = [0, *series.breaks, len(points)]
    body = "".join(broken_line(points[first:last], ACTUAL, width=2.6) for first, last in pairwise(cuts))
    if plot.step >= _ROOM_FOR_MARKS:
        body += "".join(circle(*point, 3.2, ACTUAL) for point in points if point)
    index = series.current
    value = None if index is None else series.actuals[index]
    if index is None or value is None:
        return body
    body += circle(plot.x(index), plot.y.clamped(value), 5, STATUS_PAINTS[series.status(index)])
    return body + _value_label(series, plot, index, value)


def _further(series: MeasureSeries, plot: Frame) -> str:
    """Further lines: thin, each dashed in its own way."""
    body = ""
    for place, (_name, values) in enumerate(series.further_values):
        body += broken_line(plot.points(values), INK2, width=1.1, dash=DASHES[place % len(DASHES)])
    return body


def _breaks(series: MeasureSeries, plot: Frame) -> str:
    """Where values before and after do not compare."""
    places = (plot.x(index) - plot.step / 2 for index in series.breaks)
    return "".join(line(x, plot.top, x, plot.bottom, INK2, dash="2 3") for x in places)


def _annotations(series: MeasureSeries, plot: Frame) -> str:
    """Events, in rows from the top of the plot so that neighbours do not cover each other."""
    if not plot.direct:
        return ""
    body, size, taken = "", plot.size - 0.5, [plot.left] * 3
    for note in sorted(series.annotations, key=lambda one: one.index):
        if not 0 <= note.index < plot.count:
            continue
        lines = balance(note.words, size, 120)
        half = max(text_width(words, size) for words in lines) / 2
        x = min(max(plot.x(note.index), plot.left + half + 4), plot.right - half - 4)
        row = next((r for r, end in enumerate(taken) if x - half >= end), None)
        if row is None:
            continue
        taken[row] = x + half + 10
        top = plot.top + 15 + row * 30
        value = series.actuals[note.index]
        reach = plot.bottom if value is None else plot.y.clamped(value) - 7
        if reach > top + 20:
            body += line(plot.x(note.index), top + (len(lines) - 1) * 14 + 5, plot.x(note.index), reach, INK2)
        for number, words in enumerate(lines):
            body += text(x, top + number * 14, words, size=size, paint=INK, anchor="middle")
    return body


def _ends(series: MeasureSeries, plot: Frame) -> str:
    """The lines named at their right end: no legend to hunt."""
    if not plot.direct:
        return ""
    named: list[tuple[str, list[Value], Paint, int]] = [
        (_("Target"), series.targets, INK, 600),
        (_("Forecast"), series.ahead(series.forecast), INK, 600),
        (series.previous_name or _("Previous year"), series.previous_values, INK3, 400),
        *((name, values, INK2, 400) for name, values in series.further_values),
    ]
    rows = [(name, present(values)[-1], paint, weight) for name, values, paint, weight in named if present(values)]
    heights = spread([plot.y.clamped(value) for _name, value, _p, _w in rows], plot.size + 4, plot.top + 4, plot.bottom)
    body, size = "", plot.size - 0.5
    for (name, value, paint, weight), y in zip(rows, heights, strict=True):
        figure = cut(series.numbers.short(value), size, plot.width - plot.right - 8, weight)
        room = plot.width - plot.right - 14 - text_width(figure, size, weight)
        words = cut(name, size, room, weight)
        body += text(plot.right + 6, y + 4, words, size=size, paint=paint, weight=weight)
        body += text(plot.width - 2, y + 4, figure, size=size, paint=paint, anchor="end", weight=weight)
    return body


def _hits(series: MeasureSeries, plot: Frame) -> str:
    """What a period shows on hover."""
    body = ""
    ahead = series.ahead(series.forecast)
    for index in range(plot.count):
        parts = [
            ("", series.actuals[index]),
            (_("forecast"), ahead[index] if index >= series.closed else None),
            (_("target"), series.targets[index]),
            (series.previous_name or _("previous year"), series.previous_values[index]),
            *((name, values[index]) for name, values in series.further_values),
        ]
        words = [f"{name} {series.numbers.full(value)}".strip() for name, value in parts if value is not None]
        tip = f"{series.period(index)}: {', '.join(words) or _('No value')}"
        body += hit(plot.x(index) - plot.step / 2, plot.top, plot.step, plot.height - plot.top, tip)
    return body


def _words(series: MeasureSeries) -> str:
    """The chart in two or three sentences; the table of periods holds every value."""
    if series.current is None:
        return _("No values yet")
    index = series.current
    sentences = [f"{series.period(index)}: {series.numbers.text(series.actuals[index])}"]
    if (target := series.targets[index]) is not None:
        sentences.append(_("Target %(value)s") % {"value": series.numbers.text(target)})
    ahead = series.ahead(series.forecast)
    last = max((i for i, value in enumerate(ahead) if value is not None), default=index)
    if last > index:
        pair = {"period": series.period(last), "value": series.numbers.text(ahead[last])}
        sentences.append(_("Forecast for %(period)s %(value)s") % pair)
    sentences += [
        f"{series.period(n.index)}: {n.words}" for n in series.annotations if 0 <= n.index < len(series.labels)
    ]
    return ". ".join(sentences)


def measure_chart(
    series: MeasureSeries,
    *,
    chart_id: str,
    title: str,
    desc: str = "",
    width: float = 770,
    height: float = 318,
    size: float = 12,
) -> str:
    """The large picture of a measure. From 560 px on lines are named at their right end and events are written in.

    Draw it twice, about 770 and about 330 px wide, and let CSS choose: a scaled picture is unreadable on a phone.
    """
    plot = frame(series, width, height, size)
    body = bands(series, plot) + _axis(series, plot) + _today(series, plot)
    body += broken_line(plot.points(series.previous_values), PREVIOUS, width=1.6)
    body += (
        _further(series, plot)
        + _breaks(series, plot)
        + _forecast(series, plot)
        + _target(series, plot)
        + _actual(series, plot)
    )
    body += _annotations(series, plot) + _ends(series, plot) + _hits(series, plot)
    if series.current is None and not present(series.targets):
        middle = (plot.left + plot.right) / 2
        body += text(middle, (plot.top + plot.bottom) / 2, _("No values yet"), size=size + 1, anchor="middle")
    words = desc or _words(series)
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="measure")
