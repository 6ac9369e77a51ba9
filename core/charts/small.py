"""Charts that stand in a cell or a tile: sparkline, bullet, counts by status, a value in its span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from core.charts.scales import Scale
from core.charts.svg import (
    ACTUAL,
    AXIS,
    INK,
    LINE,
    MUTED,
    RANGES,
    STATUS_PAINTS,
    SURFACE,
    Value,
    broken_line,
    circle,
    document,
    finite,
    line,
    present,
    rect,
)
from core.formats import NumberFormat
from core.statuses import ORDER, WORDS, word

PLAIN = NumberFormat()


def _trend_words(values: Sequence[float], target: Value, numbers: NumberFormat) -> str:
    """What the sparkline shows, in words."""
    if not values:
        return _("No values")
    words = _("From %(first)s to %(last)s") % {"first": numbers.text(values[0]), "last": numbers.text(values[-1])}
    if target is None:
        return words
    return _("%(trend)s, target %(target)s") % {"trend": words, "target": numbers.text(target)}


def spark(
    values: Sequence[Value],
    *,
    chart_id: str,
    title: str,
    status: str = "no_data",
    target: Value = None,
    width: float = 96,
    height: float = 26,
    numbers: NumberFormat = PLAIN,
) -> str:
    """A trend without axes; the last value is a dot in its status colour, a missing one breaks the line.

    Each sparkline has its own scale, so heights are never compared from row to row.
    """
    known, (goal,) = finite(values), finite([target])
    drawn = present(known)
    reach = drawn + present([goal])
    pad = 4.0
    y = Scale(min(reach, default=0), max(reach, default=1), height - pad, pad)
    x = Scale(0, max(len(known) - 1, 1), pad, width - pad - 2)
    body = ""
    if goal is not None:
        body += line(pad, y(goal), width - pad, y(goal), AXIS, dash="2 2")
    body += broken_line([None if v is None else (x(i), y(v)) for i, v in enumerate(known)], ACTUAL, width=1.5)
    if drawn:
        last = max(i for i, v in enumerate(known) if v is not None)
        body += circle(x(last), y(drawn[-1]), 2.8, STATUS_PAINTS[status])
    words = _trend_words(drawn, goal, numbers)
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="spark")


def _bullet_words(actual: Value, target: Value, numbers: NumberFormat) -> str:
    if target is None:
        return numbers.text(actual)
    return _("%(actual)s against a target of %(target)s") % {
        "actual": numbers.text(actual),
        "target": numbers.text(target),
    }


def bullet(
    actual: Value,
    target: Value = None,
    *,
    chart_id: str,
    title: str,
    width: float = 160,
    height: float = 18,
    low: float = 0,
    high: float | None = None,
    ranges: Sequence[float] = (),
    numbers: NumberFormat = PLAIN,
) -> str:
    """Few's bullet graph: dark bar for the actual, a tick for the target, ranges in one grey hue behind.

    The bar starts at `low`; without `high` the scale ends a little past the larger of actual and target.
    """
    value, goal = finite([actual, target])
    top = high if high is not None else max([*present([value, goal]), low], default=low) * 1.1
    x = Scale(low, top if top > low else low + 1, 0, width)
    steps = sorted(ranges, reverse=True) or [x.high]
    body = ""
    for index, limit in enumerate(steps):
        # the highest range is painted first and is the lightest
        shade = RANGES[max(0, 2 - index)] if ranges else RANGES[1]
        body += rect(0, 2, x.clamped(limit), height - 4, shade, radius=1)
    if value is not None:
        body += rect(0, height / 2 - 3.2, x.clamped(value), 6.4, ACTUAL, radius=1)
    if goal is not None:
        tick = min(max(x.clamped(goal), 1.2), width - 1.2)
        body += line(tick, 1, tick, height - 1, SURFACE, width=5.4) + line(tick, 1, tick, height - 1, INK, width=2.4)
    words = _bullet_words(value, goal, numbers)
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="bullet")


def stack_units(
    counts: Mapping[str, int],
    *,
    chart_id: str,
    title: str,
    width: float = 300,
    height: float = 12,
) -> str:
    """How many have each status, as parts of one bar in fixed order; the counts stand beside it as words.

    `counts`: status → number. Raises KeyError for an unknown status.
    """
    unknown = set(counts) - set(WORDS)
    if unknown:
        raise KeyError(f"unknown status {min(unknown)!r}")
    shown = [(status, counts[status]) for status in (*ORDER, "complete") if counts.get(status, 0) > 0]
    total, gap, x, body = sum(count for _status, count in shown), 2.0, 0.0, ""
    for status, count in shown:
        length = count / total * width
        paint = LINE if status == "no_data" else STATUS_PAINTS[status]
        body += rect(x, 0, max(length - gap, 1.0), height, paint, radius=2)
        x += length
    words = ", ".join(f"{count} {word(status)}" for status, count in shown) or _("Nothing to count")
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="stack")


def span(
    value: float,
    low: float,
    high: float,
    *,
    chart_id: str,
    title: str,
    desc: str,
    width: float = 220,
    height: float = 18,
) -> str:
    """A value of 0 to 100 on its line, and the stretch around it in which nothing changes, with its edges."""
    x = Scale(0, 100, 1, width - 1)
    start, end = x.clamped(low), x.clamped(high)
    body = rect(0, height / 2 - 3, width, 6, RANGES[1], radius=3)
    body += rect(start, height / 2 - 4, max(end - start, 1.0), 8, MUTED, radius=3)
    for edge, is_inside in ((start, low > 0), (end, high < 100)):
        body += line(edge, 1, edge, height - 1, STATUS_PAINTS["off_track"], width=2) if is_inside else ""
    body += circle(x.clamped(value), height / 2, 5, SURFACE) + circle(x.clamped(value), height / 2, 3.6, INK)
    return document(width, height, body, chart_id=chart_id, title=title, desc=desc, kind="span")
