"""The map's cards and arrows, and what all charts measure with: widths of words, scales, ticks."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import charts
from core.charts import MapArrow, MapBand, MapLane, MapLayout, MapNode
from core.charts.scales import Scale, shown_labels, spread, step, ticks
from core.charts.svg import finite, runs
from core.charts.text import balance, cut, text_width, wrap
from tests.core.drawing import SVG, by_class, parsed, words


# ---------------------------------------------------------------------------------------------- map
def example_map(*arrows: MapArrow) -> MapLayout:
    nodes = (
        MapNode(
            "P1",
            200,
            67,
            226,
            92,
            "Shorter waits",
            "off_track",
            value="72.4%",
            beside="of 78%",
            change="worse",
            url="/1",
        ),
        MapNode("C1", 120, 213, 226, 92, "Flow", "watch", owner="Lindqvist", url="/2"),
        MapNode("C2", 360, 213, 226, 92, "Diagnostics", "on_track"),
        MapNode("C3", 800, 213, 226, 92, "Virtual wards", "no_data"),
    )
    bands = (MapBand(40, 146, "Patients"), MapBand(186, 146, "Care"))
    return MapLayout(1100, 340, bands, (MapLane(112, 494, "Sooner"), MapLane(606, 494, "Closer")), nodes, arrows)


def drawn(*arrows: MapArrow, linked: bool = True) -> str:
    return charts.strategy_map(example_map(*arrows), chart_id="map", title="Map", linked=linked)


def test_cards_are_links_on_screen_and_not_on_paper():
    screen, paper = drawn(), drawn(linked=False)
    assert [link.get("href") for link in parsed(screen).iter(f"{SVG}a")] == ["/1", "/2"]
    assert list(parsed(paper).iter(f"{SVG}a")) == []
    assert (parsed(screen).get("role"), parsed(paper).get("role")) == ("group", "img")


def test_a_card_says_status_change_title_value_and_owner():
    said = words(drawn())
    assert [word in said for word in ("Off track", "worse", "Shorter waits", "72.4%", "of 78%", "Lindqvist")] == [
        True
    ] * 6


@pytest.mark.parametrize(
    ("strength", "name", "dash"),
    [("supported", "c-ac-l", None), ("weak", "c-ac-l", "6 4"), ("untested", "c-mut-l", "1.5 4")],
)
def test_an_arrow_shows_how_figures_bear_it_out(strength, name, dash):
    lines = [node for node in by_class(drawn(MapArrow("C1", "P1", strength)), name) if node.get("d")]
    assert [line.get("stroke-dasharray") for line in lines] == [dash]


def test_an_arrow_not_borne_out_carries_a_cross():
    plain, against = drawn(MapArrow("C1", "P1", "supported", "−0.04")), drawn(MapArrow("C1", "P1", "against", "−0.04"))
    crosses = [
        len([n for n in by_class(svg, "c-off-track-l") if "l6 6" in (n.get("d") or "")]) for svg in (plain, against)
    ]
    assert crosses == [0, 1]


def test_arrows_that_share_an_edge_keep_apart():
    svg = drawn(MapArrow("C1", "P1", "supported"), MapArrow("C2", "P1", "supported"))
    ends = [
        re.findall(r"([\d.]+) ([\d.]+)", n.get("d"))[-1] for n in by_class(svg, "c-ac-l") if "C" in (n.get("d") or "")
    ]
    assert ends == [("275.3", "168"), ("350.7", "168")]


def test_a_route_of_the_layout_is_followed():
    svg = drawn(MapArrow("C1", "P1", "supported", route=((150, 213), (150, 190), (300, 190), (300, 160))))
    assert [n.get("d") for n in by_class(svg, "c-ac-l")] == ["M150 213 L150 190 L300 190 L300 168"]


def test_arrows_along_a_row_and_downwards_are_drawn():
    svg = drawn(MapArrow("C1", "C2"), MapArrow("C3", "C1"), MapArrow("P1", "C2"), MapArrow("C1", "C3"))
    assert len([node for node in by_class(svg, "c-mut-l") if node.get("d")]) == 4


def test_an_arrow_to_nowhere_is_an_error():
    with pytest.raises(KeyError, match="X9"):
        drawn(MapArrow("C1", "X9"))


def test_a_title_too_long_for_its_card_ends_in_an_ellipsis():
    layout = MapLayout(300, 120, (), (), (MapNode("a", 0, 0, 140, 92, "Very long words " * 9, "watch"),))
    said = words(charts.strategy_map(layout, chart_id="a", title="T"))
    assert [word[-1] for word in said if word.startswith("Very")] == ["s", "…"]


# ---------------------------------------------------------------------------------- words and scales
def test_words_are_as_wide_as_their_letters():
    assert text_width("", 12) == 0
    assert text_width("Shorter waits", 12, 600) == pytest.approx(77.3, abs=0.1)
    assert text_width("ab", 12) == pytest.approx(text_width("a", 12) + text_width("b", 12))


def test_letters_of_every_bundled_alphabet_have_a_width():
    assert text_width("Łódź Δ", 12) > 20
    assert text_width("漢", 12) == text_width("x", 12)


@given(st.text(max_size=60), st.floats(5, 300))
def test_cut_words_fit(text, width):
    assert text_width(cut(text, 12, width), 12) <= max(width, text_width("…", 12))


def test_wrapped_words_keep_their_order_and_lose_only_the_end():
    assert wrap("one two three four", 12, 60, max_lines=5) == ["one two", "three four"]
    assert wrap("one two three four five six", 12, 60, max_lines=2)[1].endswith("…")


def test_balanced_lines_leave_no_lone_word():
    assert balance("Saltby ward closed 22 May", 11.5, 120) == ["Saltby ward", "closed 22 May"]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_round_and_inside(low, span):
    marks = ticks(low, low + span)
    assert marks == sorted(marks)
    assert len(marks) <= 11


def test_steps_are_one_two_or_five_times_a_power_of_ten():
    assert [step(span, 5) for span in (1, 5, 12, 30, 4100)] == [0.2, 1.0, 5.0, 10.0, 1000.0]


def test_a_scale_of_no_length_maps_to_its_middle():
    assert Scale(3, 3, 0, 10)(3) == 5


def test_shown_labels_hold_the_current_one():
    assert shown_labels(["January"] * 12, 20, 12, 7) == [1, 4, 7, 10]


def test_places_are_spread_without_leaving_the_plot():
    assert spread([10, 11, 12], 5, 0, 100) == [10, 15, 20]
    assert spread([99, 98], 5, 0, 100) == [100, 95]


def test_only_numbers_that_can_be_drawn_are_drawn():
    assert finite([1, None, float("nan"), float("inf"), 1e200, Decimal(2)]) == [1.0, None, None, None, None, 2.0]


def test_runs_split_at_gaps():
    assert runs([(0, 0), None, None, (1, 1), (2, 2)]) == [[(0, 0)], [(1, 1), (2, 2)]]
