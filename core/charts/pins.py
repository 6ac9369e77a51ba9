"""Variance pins, after IBCS: the difference to target per period, under the line chart of the same measure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.charts.measure_series import Frame, MeasureSeries, frame
from core.charts.scales import label_every
from core.charts.svg import AXIS, INK, STATUS_PAINTS, Value, document, line, present, rect, text

_ROOM_FOR_WORDS = 17


def differences(series: MeasureSeries) -> list[Value]:
    """Actual minus target, one per label; None where either is missing."""
    pairs = zip(series.actuals, series.targets, strict=True)
    return [None if actual is None or target is None else actual - target for actual, target in pairs]


def _written_places(series: MeasureSeries, plot: Frame, gaps: list[Value], written: list[str], size: float) -> set[int]:
    """All differences where they have room, else the current one and the largest either way."""
    if label_every(written, plot.step, size) == 1:
        return set(range(len(gaps)))
    known = {index: gap for index, gap in enumerate(gaps) if gap is not None}
    ends = {min(known, key=lambda i: known[i]), max(known, key=lambda i: known[i])} if known else set()
    return ends | ({series.current} if series.current is not None else set())


def _pins(series: MeasureSeries, plot: Frame, gaps: list[Value], zero: float, scale: float) -> str:
    size = plot.size - 1.5
    written = ["" if gap is None else series.numbers.gap(gap) for gap in gaps]
    shown = _written_places(series, plot, gaps, written, size)
    body = ""
    for index, gap in enumerate(gaps):
        if gap is None:
            continue
        x, y, paint = plot.x(index), zero - gap * scale, STATUS_PAINTS[series.status(index)]
        body += line(x, zero, x, y, paint, width=3) + rect(x - 3.5, y - 3.5, 7, 7, paint)
        if index in shown:
            weight, place = 600 if index == series.current else 400, y - 8 if gap >= 0 else y + 15
            body += text(x, place, written[index], size=size, paint=INK, anchor="middle", weight=weight)
    return body


def variance_pins(
    series: MeasureSeries,
    *,
    chart_id: str,
    title: str,
    width: float = 770,
    height: float = 84,
    size: float = 12,
) -> str:
    """Actual minus target per period. Drawn with the width and size of the chart above, the pins stand on its places.

    Colour is the status, words are the signed difference, written where there is room for them.
    """
    plot = frame(series, width, 318, size)
    gaps = differences(series)
    known = present(gaps)
    above, below = max([*known, 0.0]), max([0.0, *(-gap for gap in known)])
    scale = (height - 2 * _ROOM_FOR_WORDS) / ((above + below) or 1.0)
    zero = _ROOM_FOR_WORDS + above * scale
    name = _("Δ pts") if series.numbers.kind == "percent" else _("Δ")
    body = line(plot.left, zero, plot.left + plot.step * series.closed, zero, AXIS)
    body += text(plot.left - 8, zero + 4, name, size=size - 1.5, anchor="end")
    body += _pins(series, plot, gaps, zero, scale)
    sentences = [
        f"{series.period(i)} {series.numbers.difference(gap)}" for i, gap in enumerate(gaps) if gap is not None
    ]
    words = ", ".join(sentences) or _("No values")
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="pins")
