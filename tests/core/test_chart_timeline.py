"""Steps in time: where bars begin and end, what is late and how each state is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import charts
from core.charts import Timeline, TimelineBar
from tests.core.drawing import SVG, parsed, words

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
TONES = ("planned", "under_way", "done", "skipped", "late")


def drawn(*bars: TimelineBar, **more: object) -> str:
    steps = Timeline(FIRST, LAST, bars, **more)
    return charts.timeline(steps, chart_id="t", title="Steps", width=1038)


def boxes(svg: str) -> list[tuple[float, float]]:
    """Where each bar begins, and its width: a day is two pixels wide."""
    found = [box for box in parsed(svg).iter(f"{SVG}rect") if box.get("height") == "14"]
    return [(float(box.get("x")), float(box.get("width"))) for box in found]


def test_a_bar_covers_its_days_the_last_one_too():
    bars = [TimelineBar("Whole", FIRST, LAST), TimelineBar("Day", date(2026, 7, 1), date(2026, 7, 1))]
    assert boxes(drawn(*bars)) == [(300, 730), (662, 3)]


@pytest.mark.parametrize("tone", TONES)
def test_each_state_is_said_in_words_and_leads_to_its_page(tone):
    svg = drawn(TimelineBar("Look <around>", FIRST, FIRST, tone, f"is {tone}", "/steps/1/"))
    assert words(svg)[-2:] == ["Look <around>", f"is {tone}"]
    assert [link.get("href") for link in parsed(svg).iter(f"{SVG}a")] == ["/steps/1/"]
    assert parsed(svg).get("role") == "group"


def test_what_is_late_is_drawn_on_to_today_which_is_named():
    bar = TimelineBar("Look", FIRST, date(2026, 1, 31), "late", "100 days late")
    today = date(2026, 5, 11)
    svg = drawn(bar, today=today, today_words="Today")
    late = [line for line in parsed(svg).iter(f"{SVG}line") if line.get("stroke-dasharray") == "2 3"]
    assert [(float(line.get("x1")), float(line.get("x2"))) for line in late] == [(362, 560)]
    assert "Today" in words(svg)
    assert "Today" not in words(drawn(bar, today=LAST + timedelta(days=1), today_words="Today"))


def test_words_that_have_no_room_behind_stand_before_their_bar():
    (text,) = [
        one for one in parsed(drawn(TimelineBar("Look", date(2026, 12, 1), LAST, "planned", "from 1 December"))).iter(f"{SVG}text")
        if one.text == "from 1 December"
    ]  # fmt: skip
    assert text.get("text-anchor") == "end"


@given(st.lists(st.tuples(st.dates(FIRST, LAST), st.integers(0, 400), st.sampled_from(TONES)), max_size=5), st.dates())
def test_any_steps_give_a_drawing_with_all_their_names(rows, today):
    bars = [
        TimelineBar(f"Step {place}", begins, min(begins + timedelta(days=days), LAST), tone, tone)
        for place, (begins, days, tone) in enumerate(rows)
    ]
    svg = drawn(*bars, today=today, today_words="Today", marks=[(FIRST, "Jan")])
    assert [word for word in words(svg) if word.startswith("Step ")] == [bar.name for bar in bars]
    assert "nan" not in svg
