"""The curve of a share that fades, a value in its span, and the word of warning on a card."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core import charts
from core.charts import Decay, MapLayout, MapNode
from tests.core.drawing import SVG, parsed, words

FADING = Decay([0.8, 0.6, 0.7, 0.5], 2, 0.4, "doubtful below", "on_track", [(0, "Jan"), (2, "today"), (3, "Apr")])


def drawn(curve: Decay, **options: object) -> str:
    return charts.decay(curve, chart_id="a", title="Confidence", **options)


def dashed(svg: str) -> list[str]:
    return [node.get("stroke-dasharray") for node in parsed(svg).iter(f"{SVG}path") if node.get("stroke-dasharray")]


def test_what_is_to_come_is_dashed_and_what_was_is_not():
    assert dashed(drawn(FADING)) == ["5 4"]
    assert dashed(drawn(replace(FADING, today=3))) == []


def test_it_names_its_limit_its_scale_and_the_days_that_have_room():
    said = words(drawn(FADING))
    assert [one for one in said if one in ("doubtful below", "Jan", "today", "Apr", "100%", "0%")] == [
        "0%", "100%", "doubtful below", "Jan", "today", "Apr",
    ]  # fmt: skip
    crowded = replace(FADING, labels=[(0, "27 Nov 2025"), (0.1, "today"), (3, "27 Nov 2027")])
    assert "today" not in words(drawn(crowded))


def test_a_cross_stands_where_it_was_taken_away_and_nothing_stands_for_now():
    gone = replace(FADING, values=[0.8, 0.6, None, None], marks=[(0, 0.8), (2, None)])
    rings = [node.get("r") for node in parsed(drawn(gone)).iter(f"{SVG}circle")]
    assert rings == ["3.4"]


@given(
    st.lists(st.none() | st.floats(), min_size=1, max_size=40),
    st.floats(-5, 50),
    st.integers(60, 900),
)
def test_any_values_give_a_curve(values, place, width):
    curve = replace(FADING, values=values, today=len(values) - 1, marks=[(place, 0.5), (place, None)])
    parsed(drawn(curve, width=width))


@given(st.floats(-50, 150), st.floats(-50, 150), st.floats(-50, 150))
def test_any_span_is_drawn_inside_its_line(value, low, high):
    svg = charts.span(value, low, high, chart_id="a", title="Weight", desc="Holds")
    places = [float(node.get("cx")) for node in parsed(svg).iter(f"{SVG}circle")]
    assert all(0 <= place <= 220 for place in places)


def test_the_edges_of_a_span_are_drawn_only_where_something_changes():
    def edges(low: float, high: float) -> int:
        svg = charts.span(50, low, high, chart_id="a", title="Weight", desc="Holds")
        return len(list(parsed(svg).iter(f"{SVG}line")))

    assert [edges(0, 100), edges(20, 100), edges(20, 60)] == [0, 1, 2]


def test_a_word_of_warning_is_part_of_the_cards_link():
    node = MapNode("a", 0, 20, 200, 92, "A", "watch", url="/a", flag="doubt")
    svg = charts.strategy_map(MapLayout(300, 120, (), (), (node,)), chart_id="a", title="Map")
    (link,) = parsed(svg).iter(f"{SVG}a")
    assert "doubt" in [text.text for text in link.iter(f"{SVG}text")]
