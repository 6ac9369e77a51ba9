"""Columns over time, after IBCS: plan outlined behind, actual solid, forecast hatched, figures under the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.charts.scales import Scale, shown_labels
from core.charts.svg import (
    ACTUAL,
    AXIS,
    HIGHLIGHT,
    INK,
    INK2,
    Value,
    document,
    finite,
    hatch,
    hit,
    line,
    outlined,
    patterned,
    present,
    rect,
    text,
)
from core.formats import NumberFormat, decimals_of

_TOP, _LABEL_ROW, _VALUE_ROWS, _NAME_COLUMN = 6, 22, 34, 58


@dataclass(frozen=True, slots=True)
class _Columns:
    """The numbers, one per label, and where each column stands."""

    labels: Sequence[str]
    values: list[Value]  # actual up to `closed`, forecast after it
    plan: list[Value]
    closed: int  # how many periods have actuals
    width: float
    left: float
    y: Scale
    size: float
    numbers: NumberFormat

    @property
    def step(self) -> float:
        return (self.width - self.left - 8) / max(len(self.labels), 1)

    @property
    def shown(self) -> list[int]:
        """The periods whose label and figures have room."""
        pairs = zip(self.labels, self.values, self.plan, strict=True)
        widest = [max(label, self.figure(value), self.figure(plan), key=len) for label, value, plan in pairs]
        return shown_labels(widest, self.step, self.size, self.closed - 1)

    @property
    def bar(self) -> float:
        return min(self.step * 0.5, 30.0)

    def x(self, index: int) -> float:
        return self.left + self.step * (index + 0.5)

    def figure(self, value: Value) -> str:
        """The value under the axis; nothing where there is none."""
        return "" if value is None else self.numbers.figure(value)


def _bars(chart: _Columns, pattern: str) -> str:
    """Plan behind and a little to the right, actual or forecast before it."""
    body, zero = "", chart.y(0)
    for index in range(len(chart.labels)):
        centre, plan, value = chart.x(index), chart.plan[index], chart.values[index]
        if plan is not None:
            top, bottom = sorted((chart.y(plan), zero))
            body += outlined(centre - chart.bar * 0.26, top, chart.bar, bottom - top, INK2)
        if value is None:
            continue
        top, bottom = sorted((chart.y(value), zero))
        left = centre - chart.bar * 0.64
        if index < chart.closed:
            body += rect(left, top, chart.bar, bottom - top, ACTUAL)
        else:
            body += patterned(left, top, chart.bar, bottom - top, pattern)
    return body


def _labels(chart: _Columns, floor: float) -> str:
    body = ""
    for index in chart.shown:
        last = index == chart.closed - 1
        weight, paint = (600, INK) if last else (400, INK2)
        words = chart.labels[index]
        body += text(chart.x(index), floor + 15, words, size=chart.size, paint=paint, anchor="middle", weight=weight)
    return body


def _rows(chart: _Columns, floor: float) -> str:
    """The figures under the columns: no legend to hunt, and readable in grey."""
    size = chart.size - 0.5
    body = text(2, floor + 33, _("Actual, fc"), size=size) + text(2, floor + 49, _("Plan"), size=size)
    for index in chart.shown:
        right = chart.x(index) + chart.step * 0.34
        weight = 600 if index in {chart.closed - 1, len(chart.labels) - 1} else 400
        for offset, value, paint in (
            (33, chart.values[index], INK if index < chart.closed else INK2),
            (49, chart.plan[index], INK2),
        ):
            body += text(
                right, floor + offset, chart.figure(value), size=size, paint=paint, anchor="end", weight=weight
            )
    return body


def _hits(chart: _Columns, height: float) -> str:
    body = ""
    for index, label in enumerate(chart.labels):
        name = _("Actual") if index < chart.closed else _("Forecast")
        parts = [(name, chart.values[index]), (_("Plan"), chart.plan[index])]
        words = ", ".join(f"{what} {chart.numbers.full(value)}" for what, value in parts if value is not None)
        tip = f"{label}: {words or _('No value')}"
        body += hit(chart.x(index) - chart.step / 2, 0, chart.step, height, tip)
    return body


def _words(chart: _Columns) -> str:
    """The last closed period against plan."""
    index = chart.closed - 1
    if index < 0:
        return _("No actual values yet")
    return _("%(period)s: actual %(actual)s, plan %(plan)s") % {
        "period": chart.labels[index],
        "actual": chart.numbers.text(chart.values[index]),
        "plan": chart.numbers.text(chart.plan[index]),
    }


def _floor(height: float, *, rows: bool) -> float:
    """Where the plot ends and the labels begin."""
    return height - _LABEL_ROW - (_VALUE_ROWS if rows else 0)


def _place(
    labels: Sequence[str],
    actual: Sequence[Value],
    plan: Sequence[Value],
    forecast: Sequence[Value],
    width: float,
    height: float,
    numbers: NumberFormat | None,
    *,
    rows: bool,
    size: float,
) -> _Columns:
    """The numbers laid on the labels, and their scale, which always holds 0."""
    count, closed = len(labels), min(len(actual), len(labels))
    values = (finite([*actual[:closed], *forecast]) + [None] * count)[:count]
    planned = (finite(plan) + [None] * count)[:count]
    reach = [0.0, *present(values), *present(planned)]
    top = max(reach) * 1.04 or (0 if min(reach) < 0 else 1)
    y = Scale(min(reach) * 1.04, top, _floor(height, rows=rows), _TOP)
    written = numbers or NumberFormat(decimals=decimals_of([*values, *planned]))
    return _Columns(labels, values, planned, closed, width, _NAME_COLUMN if rows else 8, y, size, written)


def columns(
    labels: Sequence[str],
    actual: Sequence[Value],
    plan: Sequence[Value],
    forecast: Sequence[Value] = (),
    *,
    chart_id: str,
    title: str,
    desc: str = "",
    width: float = 560,
    height: float = 210,
    numbers: NumberFormat | None = None,
    rows: bool = True,
    size: float = 11,
) -> str:
    """Columns per period; `forecast` continues where `actual` ends. Bars start at 0; values below 0 hang down.

    `rows=False` leaves out the figures under the axis, for narrow pictures.
    """
    chart = _place(labels, actual, plan, forecast, width, height, numbers, rows=rows, size=size)
    floor = _floor(height, rows=rows)
    definition, pattern = hatch(chart_id)
    body = definition
    if rows and chart.closed:
        body += rect(
            chart.left + chart.step * (chart.closed - 1) + 1, _TOP, chart.step - 2, height - _TOP, HIGHLIGHT, radius=4
        )
    body += line(chart.left, chart.y(0), width - 8, chart.y(0), AXIS) + _bars(chart, pattern) + _labels(chart, floor)
    body += (_rows(chart, floor) if rows else "") + _hits(chart, height)
    return document(width, height, body, chart_id=chart_id, title=title, desc=desc or _words(chart), kind="columns")
