"""Steps on a line of days: planned outlined, done solid, late drawn on to today; each row says its state in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.charts.scales import Scale
from core.charts.svg import (
    ACTUAL,
    AXIS,
    GRID,
    INK,
    INK3,
    MUTED,
    RANGES,
    STATUS_PAINTS,
    Paint,
    document,
    escape,
    line,
    outlined,
    rect,
    text,
)
from core.charts.text import cut, text_width

Tone = Literal["planned", "under_way", "done", "skipped", "late"]
_ROW, _TOP, _BAR, _SIZE = 30.0, 26.0, 14.0, 12.0
_LATE = STATUS_PAINTS["off_track"]


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """One step: its name, first and last day, how it stands in tone and words, and the page it leads to."""

    name: str
    begins: date
    ends: date
    tone: Tone = "planned"
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Steps from top to bottom on days from `first` to `last`; `marks` name days on the axis, `today` is drawn if inside."""

    first: date
    last: date
    bars: Sequence[TimelineBar]
    marks: Sequence[tuple[date, str]] = ()
    today: date | None = None
    today_words: str = ""


def timeline(steps: Timeline, *, chart_id: str, title: str, desc: str = "", width: float = 1100) -> str:
    """The steps as bars under their months."""
    label = min(300.0, width * 0.3)
    height = _TOP + _ROW * len(steps.bars) + 8
    x = Scale(0, max((steps.last - steps.first).days + 1, 1), label, width - 8)
    body = _axis(steps, x, height)
    for place, bar in enumerate(steps.bars):
        body += _row(steps, bar, x, _TOP + _ROW * place, label)
    linked = any(bar.url for bar in steps.bars)
    words = desc or "; ".join(f"{bar.name}: {bar.words}" for bar in steps.bars)
    return document(width, height, body, chart_id=chart_id, title=title, desc=words, kind="timeline", linked=linked)


def _axis(steps: Timeline, x: Scale, height: float) -> str:
    body = ""
    for day, words in steps.marks:
        at = x((day - steps.first).days)
        body += line(at, _TOP - 6, at, height - 4, GRID) + text(at + 3, 12, words, size=11, paint=INK3)
    if steps.today is not None and steps.first <= steps.today <= steps.last:
        at = x((steps.today - steps.first).days)
        body += line(at, _TOP - 8, at, height - 4, AXIS, width=1.5, dash="3 3")
        body += text(at + 4, _TOP - 2, steps.today_words, size=11, weight=600)
    return body


def _row(steps: Timeline, bar: TimelineBar, x: Scale, top: float, label: float) -> str:
    middle = top + _ROW / 2
    begins, ends = x((bar.begins - steps.first).days), x((bar.ends - steps.first).days + 1)
    name = text(4, middle + 4, cut(bar.name, _SIZE, label - 16, 500), size=_SIZE, paint=INK, weight=500)
    if bar.url:
        name = f'<a href="{escape(bar.url)}">{name}</a>'
    body = name + _bar(bar.tone, begins, max(ends - begins, 3.0), middle - _BAR / 2)
    reach = ends
    if bar.tone == "late" and steps.today is not None and steps.today > bar.ends:
        reach = x.clamped((min(steps.today, steps.last) - steps.first).days)
        body += line(ends, middle, reach, middle, _LATE, width=2, dash="2 3")
    return body + _words(bar, x, begins, reach, middle)


def _words(bar: TimelineBar, x: Scale, begins: float, reach: float, middle: float) -> str:
    """After the bar, or before it where there is no room behind."""
    paint = _LATE if bar.tone == "late" else INK3
    if reach + 6 + text_width(bar.words, 11) <= x(x.high):
        return text(reach + 6, middle + 4, bar.words, size=11, paint=paint)
    return text(begins - 6, middle + 4, bar.words, size=11, paint=paint, anchor="end")


def _bar(tone: Tone, left: float, width: float, top: float) -> str:
    if tone == "done":
        return rect(left, top, width, _BAR, ACTUAL, radius=3)
    paint: Paint = {"late": _LATE, "skipped": MUTED}.get(tone, ACTUAL)
    body = outlined(left, top, width, _BAR, paint, radius=3)
    if tone == "under_way":
        body = rect(left, top, width, _BAR, RANGES[0], radius=3, stroke=ACTUAL.colour, stroke_width=1.2, cls="c-ac-l")
    return body
