"""Charts: what they draw, that any numbers give a drawing, and that screen and paper get the same marks."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import charts
from core.charts import (
    Annotation,
    Bubble,
    ChainBox,
    FurtherLine,
    MapArrow,
    MapBand,
    MapLane,
    MapLayout,
    MapNode,
    MeasureSeries,
)
from core.charts.measure_series import frame, value_range
from core.charts.pins import differences
from core.charts.scales import domain
from core.charts.svg import STATUS_PAINTS, number
from core.formats import NumberFormat
from core.statuses import WORDS
from tests.core.drawing import SVG, by_class, coordinates, parsed, tips, words

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PERCENT = NumberFormat("percent")

anything = st.one_of(st.none(), st.floats(), st.integers(-(10**40), 10**40), st.decimals())
several = st.lists(anything, max_size=30)


FADING = charts.Decay(
    [0.8, 0.6, None, 0.7, 0.5], 3, 0.4, "doubtful below", "on_track", [(0, "Jan"), (4, "May")],
    [(0, 0.8), (2, None), (3, 0.7)],
)  # fmt: skip


def waits(**changes: object) -> MeasureSeries:
    return replace(
        MeasureSeries(
            labels=MONTHS,
            actual=[69.7, 71.5, 73.6, 74.9, 74.6, 72.4],
            target=[70, 71, 73, 75, 76.5, 78, 79, 80, 80, 80, 80, 80],
            red_flag=[67, 68, 70, 72, 73.5, 75, 76, 77, 77, 77, 77, 77],
            statuses=["watch", "on_track", "on_track", "watch", "watch", "off_track"],
            numbers=PERCENT,
        ),
        **changes,
    )


def chart(series: MeasureSeries, **options: object) -> str:
    return charts.measure_chart(series, chart_id="m-1", title="Waits", **options)


# ------------------------------------------------------------------------------------- every picture
def pictures() -> dict[str, str]:
    layout = MapLayout(
        600,
        340,
        (MapBand(40, 146, "Patients"), MapBand(186, 146, "Care")),
        (MapLane(112, 488, "Sooner"),),
        (
            MapNode("P1", 200, 67, 226, 92, "Shorter waits", "off_track", url="/o/1"),
            MapNode("C1", 200, 213, 226, 92, "Flow", "watch", flag="doubt"),
        ),
        (MapArrow("C1", "P1", "supported", "+0.81"),),
    )
    return {
        "spark": charts.spark([1, 2], chart_id="a", title="Trend"),
        "bullet": charts.bullet(71, 85, chart_id="a", title="Shared"),
        "stack": charts.stack_units({"watch": 2}, chart_id="a", title="Objectives"),
        "columns": charts.columns(["Jan"], [1], [2], chart_id="a", title="Value"),
        "measure": chart(waits()).replace("m-1", "a"),
        "pins": charts.variance_pins(waits(), chart_id="a", title="Difference"),
        "bubble": charts.bubble(
            [Bubble("I-1", 40, 50, 3, "watch")], chart_id="a", title="Money", x_title="Spent", y_title="Gained"
        ),
        "chain": charts.chain(
            [ChainBox("Ratio", "2", "watch", 0, "/m/1"), ChainBox("Top", "", "no_data", 1)],
            [(1, 0)],
            chart_id="a",
            title="Chain",
        ),
        "map": charts.strategy_map(layout, chart_id="a", title="Map"),
        "decay": charts.decay(FADING, chart_id="a", title="Confidence"),
        "span": charts.span(30, 18, 46, chart_id="a", title="Weight", desc="Holds"),
    }


@pytest.mark.parametrize("kind", sorted(pictures()))
def test_a_picture_is_named_and_described(kind):
    picture = parsed(pictures()[kind])
    title, desc = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert (title.get("id"), desc.get("id")) == (picture.get("aria-labelledby"), picture.get("aria-describedby"))
    assert title.text
    assert desc.text


@pytest.mark.parametrize("kind", sorted(pictures()))
def test_ids_come_from_the_callers_id_only(kind):
    ids = [node.get("id") for node in parsed(pictures()[kind]).iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert {one.split("-")[0] for one in ids} == {"a"}


@pytest.mark.parametrize("kind", sorted(pictures()))
def test_drawing_twice_gives_the_same_text(kind):
    assert pictures()[kind] == pictures()[kind]


@pytest.mark.parametrize("kind", sorted(pictures()))
def test_every_painted_mark_has_a_print_colour_and_a_class(kind):
    """The PDF renderer reads only the attribute, the browser's dark theme only the class."""
    bare = [
        ET.tostring(node)
        for node in parsed(pictures()[kind]).iter()
        if node.tag.removeprefix(SVG) in {"rect", "path", "circle", "line", "text"}
        and not (node.get("class") and (node.get("fill") or node.get("stroke")))
    ]
    assert bare == []


@pytest.mark.parametrize("kind", sorted(pictures()))
def test_no_picture_leans_on_the_page_for_its_colours(kind):
    assert re.findall(r"var\(|currentColor|style=|<script|\son\w+=", pictures()[kind]) == []


def test_words_from_outside_are_escaped():
    evil = '<script>alert("x")</script>&'
    svg = charts.spark([1, 2], chart_id="a", title=evil) + chart(
        waits(labels=[evil] * 6, annotations=[Annotation(2, evil)], previous_name=evil, previous=[70])
    )
    assert "<script" not in svg
    parsed(f"<all>{svg}</all>")


def test_an_address_cannot_leave_its_attribute():
    node = MapNode("a", 0, 0, 200, 92, "A", "watch", url='/x"><script>')
    svg = charts.strategy_map(MapLayout(300, 100, (), (), (node,)), chart_id="a", title="Map")
    assert [link.get("href") for link in parsed(svg).iter(f"{SVG}a")] == ['/x"><script>']


@pytest.mark.parametrize("wrong", ["", "1a", "a b", 'a"', "a.b"])
def test_an_id_that_cannot_stand_in_html_is_refused(wrong):
    with pytest.raises(ValueError, match="chart_id must start with a letter"):
        charts.spark([1], chart_id=wrong, title="Trend")


def test_a_picture_without_title_is_refused():
    with pytest.raises(ValueError, match="needs a title"):
        charts.spark([1], chart_id="a", title=" ")


# -------------------------------------------------------------------------------------- any numbers
@settings(max_examples=25, deadline=None)
@given(several, several, several, several, st.sampled_from(["up", "down", "inside"]), st.integers(0, 40))
def test_any_values_give_a_measure_chart(actual, target, red_flag, forecast, polarity, count):
    series = MeasureSeries(
        labels=[f"P{index}" for index in range(count)],
        actual=actual,
        target=target,
        red_flag=red_flag,
        forecast=forecast,
        forecast_low=forecast,
        forecast_high=actual,
        previous=red_flag,
        polarity=polarity,
        annotations=[Annotation(3, "Something happened here")],
    )
    for width in (770, 330):
        places = coordinates(chart(series, width=width))
        assert min(places) >= -60
        assert max(places) <= width + 60
    charts.variance_pins(series, chart_id="p", title="Difference")


@settings(max_examples=25, deadline=None)
@given(several, anything, anything)
def test_any_values_give_small_charts(values, target, actual):
    assert max(coordinates(charts.spark(values, target=target, chart_id="a", title="T"))) <= 96
    assert max(coordinates(charts.bullet(actual, target, chart_id="a", title="T"))) <= 165


@settings(max_examples=25, deadline=None)
@given(several, several, several)
def test_any_values_give_columns(actual, plan, forecast):
    labels = [f"P{index}" for index in range(12)]
    svg = charts.columns(labels, actual, plan, forecast, chart_id="a", title="T")
    boxes = [float(node.get("height")) for node in parsed(svg).iter(f"{SVG}rect")]
    assert all(0 <= height <= 210 for height in boxes)


def test_decimals_are_numbers_too():
    assert chart(waits(actual=[Decimal("69.7"), Decimal("72.4")])) == chart(waits(actual=[69.7, 72.4]))


# ---------------------------------------------------------------------------------------- sparkline
def test_a_missing_value_breaks_the_line():
    svg = charts.spark([1, 2, None, 3, 4], chart_id="a", title="T")
    assert len(by_class(svg, "c-ac-l")) == 2


def test_a_lone_value_between_gaps_is_a_dot():
    svg = charts.spark([1, None, 2, None, 3, 4], chart_id="a", title="T")
    assert [len(by_class(svg, "c-ac-l")), len(by_class(svg, "c-ac"))] == [1, 2]


def test_the_last_value_is_in_its_status_colour():
    svg = charts.spark([1, 2, None], chart_id="a", title="T", status="off_track")
    assert [node.get("fill") for node in by_class(svg, "c-off-track")] == ["#a61b1b"]


def test_a_sparkline_says_its_trend_in_words():
    svg = charts.spark([69, None, 72.4], target=78, numbers=PERCENT, chart_id="a", title="T")
    assert parsed(svg).find(f"{SVG}desc").text == "From 69.0% to 72.4%, target 78.0%"


def test_no_values_are_said():
    assert parsed(charts.spark([], chart_id="a", title="T")).find(f"{SVG}desc").text == "No values"


# -------------------------------------------------------------------------------------------- small
def test_a_bullet_beyond_its_scale_ends_at_the_edge():
    svg = charts.bullet(140, 85, high=100, width=200, chart_id="a", title="T")
    assert [node.get("width") for node in by_class(svg, "c-ac")] == ["200"]


def test_a_bullet_without_a_value_has_no_bar():
    svg = charts.bullet(None, 85, high=100, chart_id="a", title="T")
    assert (len(by_class(svg, "c-ac")), len(by_class(svg, "c-ink-l"))) == (0, 1)


def test_parts_of_a_stack_are_in_fixed_order_and_fill_the_bar():
    svg = charts.stack_units({"off_track": 1, "exceeds": 1, "on_track": 2}, width=400, chart_id="a", title="T")
    boxes = [(node.get("x"), node.get("width"), node.get("class")) for node in parsed(svg).iter(f"{SVG}rect")]
    assert boxes == [("0", "98", "c-exceeds"), ("100", "198", "c-on-track"), ("300", "98", "c-off-track")]


def test_a_stack_of_an_unknown_status_is_refused():
    with pytest.raises(KeyError, match="late"):
        charts.stack_units({"late": 1}, chart_id="a", title="T")


def test_nothing_to_stack_is_said():
    assert parsed(charts.stack_units({}, chart_id="a", title="T")).find(f"{SVG}desc").text == "Nothing to count"


# ------------------------------------------------------------------------------------------ columns
def test_columns_draw_plan_outlined_actual_solid_and_forecast_hatched():
    svg = charts.columns(["A", "B", "C"], [1, 2], [2, 3, 4], [3], chart_id="v", title="T")
    assert (len(by_class(svg, "c-ac")), len(by_class(svg, "c-fc"))) == (2, 1)
    assert by_class(svg, "c-fc")[0].get("fill") == "url(#v-hatch)"
    assert [node.get("id") for node in parsed(svg).iter(f"{SVG}pattern")] == ["v-hatch"]


def test_columns_start_at_zero_and_hang_below_it_for_losses():
    svg = charts.columns(["A", "B"], [10, -5], [], height=200, rows=False, chart_id="v", title="T")
    up, down = by_class(svg, "c-ac")
    zero = float(up.get("y")) + float(up.get("height"))
    assert float(down.get("y")) == pytest.approx(zero, abs=0.2)
    assert float(up.get("height")) == pytest.approx(2 * float(down.get("height")), abs=0.5)


def test_columns_write_their_figures_alike():
    svg = charts.columns(["A", "B"], [1, 2.1], [2, 3], chart_id="v", title="T")
    assert [word for word in words(svg) if re.fullmatch(r"[\d.]+", word)] == ["1.0", "2.0", "2.1", "3.0"]


def test_columns_say_each_period_on_hover():
    svg = charts.columns(["A", "B"], [1], [2, 3], [4], chart_id="v", title="T")
    assert tips(svg) == ["A: Actual 1, Plan 2", "B: Forecast 4, Plan 3"]


# -------------------------------------------------------------------------------------------- bands
def test_bands_follow_target_and_red_flag():
    svg = chart(waits())
    assert [len(by_class(svg, f"c-band-{band}")) for band in ("on-track", "watch", "off-track")] == [1, 1, 1]


def test_without_red_flag_there_is_no_watch_band():
    svg = chart(waits(red_flag=[]))
    assert [len(by_class(svg, f"c-band-{band}")) for band in ("on-track", "watch", "off-track")] == [1, 0, 1]


def test_without_target_there_are_no_bands():
    svg = chart(waits(target=[]))
    assert [len(by_class(svg, f"c-band-{band}")) for band in ("on-track", "watch", "off-track")] == [0, 0, 0]


def test_a_gap_in_the_target_is_a_gap_in_the_bands():
    svg = chart(waits(target=[70, 71, None, 75, 76, 78]))
    assert [len(by_class(svg, f"c-band-{band}")) for band in ("on-track", "watch", "off-track")] == [2, 2, 2]


@pytest.mark.parametrize(("polarity", "flags"), [("up", [60] * 6), ("down", [80] * 6)])
def test_the_good_side_is_above_for_up_and_below_for_down(polarity, flags):
    svg = chart(waits(target=[70] * 6, red_flag=flags, polarity=polarity))
    heights = {
        band: [float(y) for _x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", by_class(svg, f"c-band-{band}")[0].get("d"))]
        for band in ("on-track", "off-track")
    }
    above = max(heights["on-track"]) <= min(heights["off-track"])
    assert above is (polarity == "up")


def test_inside_has_no_bands():
    assert by_class(chart(waits(polarity="inside")), "c-band-on-track") == []


# ------------------------------------------------------------------------------------------ measure
def test_the_last_actual_value_is_written_and_coloured():
    svg = chart(waits())
    assert "72.4%" in words(svg)
    assert [node.get("r") for node in by_class(svg, "c-off-track")] == ["5"]


def test_a_missing_last_value_leaves_the_one_before_as_current():
    series = waits(actual=[69.7, 71.5, None])
    assert (series.current, series.closed) == (1, 3)
    assert "71.5%" in words(chart(series))


def test_wide_pictures_name_their_lines_and_narrow_ones_do_not():
    series = waits(forecast=[73, 74], previous=[66, 67], previous_name="2025")
    assert [word in words(chart(series, width=770)) for word in ("Target", "Forecast", "2025")] == [True] * 3
    assert [word in words(chart(series, width=330)) for word in ("Target", "Forecast", "2025")] == [False] * 3


def test_the_forecast_begins_at_the_last_actual_value():
    assert waits(forecast=[73, 74]).ahead([73, 74])[4:9] == [None, 72.4, 73.0, 74.0, None]


def test_the_divider_stands_only_where_something_is_to_come():
    dashed = [node for node in by_class(chart(waits()), "c-axis-l") if node.get("stroke-dasharray")]
    closed = [node for node in by_class(chart(waits(labels=MONTHS[:6])), "c-axis-l") if node.get("stroke-dasharray")]
    assert (len(dashed), len(closed)) == (1, 0)


def test_hover_says_what_a_period_holds():
    series = waits(forecast=[73], previous=[66.8], previous_name="2025", groups=["2026"] * 12)
    said = tips(chart(series))
    assert said[0] == "Jan 2026: 69.7%, target 70.0%, 2025 66.8%"
    assert said[6] == "Jul 2026: forecast 73.0%, target 79.0%"
    assert said[8] == "Sep 2026: target 80.0%"


def test_a_period_without_anything_says_so_on_hover():
    assert tips(chart(MeasureSeries(labels=["Jan"], actual=[]))) == ["Jan: No value"]


def test_events_are_written_in_wide_pictures_and_described_in_all():
    series = waits(annotations=[Annotation(4, "Ward closed"), Annotation(40, "Out of range")])
    assert "Ward closed" in words(chart(series, width=770))
    assert "Ward closed" not in words(chart(series, width=330))
    assert parsed(chart(series, width=330)).find(f"{SVG}desc").text == "Jun: 72.4%. Target 78.0%. May: Ward closed"


def test_neighbouring_events_do_not_cover_each_other():
    svg = chart(waits(annotations=[Annotation(2, "Ward closed here"), Annotation(3, "Ward reopened")]))
    places = {node.text: float(node.get("y")) for node in parsed(svg).iter(f"{SVG}text") if "Ward" in (node.text or "")}
    assert len(set(places.values())) == 2


def test_years_are_written_once_under_their_months():
    series = MeasureSeries(labels=MONTHS * 3, groups=[y for y in ("2024", "2025", "2026") for _m in MONTHS], actual=[1])
    assert [word for word in words(chart(series)) if word.startswith("20")] == ["2024", "2025", "2026"]


def test_many_periods_write_only_labels_that_have_room():
    series = MeasureSeries(labels=MONTHS * 10, actual=[1] * 120)
    written = [word for word in words(chart(series, width=330)) if word in MONTHS]
    assert 3 <= len(written) <= 12


def test_a_red_flag_far_off_does_not_flatten_the_line():
    assert value_range(waits(red_flag=[-1000] * 12)) == value_range(waits(red_flag=[]))


def test_values_that_are_never_negative_keep_the_axis_at_or_above_zero():
    assert domain([0, 1])[0] == 0.0
    assert domain([-1, 1])[0] < -1


# --------------------------------------------------------------------------------------------- pins
def test_pins_are_actual_minus_target():
    assert differences(waits(actual=[69.5, None, 74], target=[70, 71, 73])) == [-0.5, None, 1.0] + [None] * 9


def test_pins_stand_under_the_points_of_the_chart():
    series = waits()
    plot = frame(series, 770, 318, 12)
    pins = by_class(charts.variance_pins(series, chart_id="p", title="T"), "c-off-track-l")
    assert [pin.get("x1") for pin in pins] == [number(plot.x(5))]


def test_pins_write_signed_differences_with_a_true_minus():
    written = words(charts.variance_pins(waits(), chart_id="p", title="T"))
    assert written == ["Δ pts", "−0.3", "+0.5", "+0.6", "−0.1", "−1.9", "−5.6"]


def test_crowded_pins_write_the_extremes_and_the_current_one():
    series = MeasureSeries(labels=MONTHS * 4, actual=[float(i % 7) for i in range(48)], target=[3] * 48)
    assert sorted(words(charts.variance_pins(series, chart_id="p", title="T"))) == ["+2", "+3", "Δ", "−3"]


# ------------------------------------------------------------------------------------------- shapes
@pytest.mark.parametrize("status", sorted(WORDS))
def test_each_status_has_a_shape_and_a_colour(status):
    assert charts.status_icon(status).count("<svg") == 1
    assert STATUS_PAINTS[status].colour in charts.status_shape(status, 8, 8)


def test_shapes_can_be_told_apart_without_colour():
    shapes = {re.sub(r'(fill|stroke|class)="[^"]*"', "", charts.status_shape(status, 8, 8)) for status in WORDS}
    assert len(shapes) == len(WORDS)


def test_an_unknown_status_is_an_error():
    with pytest.raises(KeyError, match="late"):
        charts.status_icon("late")


# -------------------------------------------------------------------------------------------- chain
BOXES = [
    ChainBox("End", "1", "watch", 0, "/m/1"), ChainBox("Middle", "2", "on_track", 1, "/m/2"),
    ChainBox("Source <1>", "", "no_data", 2), ChainBox("Source 2", "4", "off_track", 2),
]  # fmt: skip
LINKS = [(1, 0), (2, 1), (3, 1), (3, 0)]


def boxes_of(svg: str) -> list[tuple[float, float, float]]:
    """Left, top and width of the cards, in the order they are drawn."""
    found = [one for one in parsed(svg).iter(f"{SVG}rect") if one.get("rx") == "7"]
    return [(float(one.get("x")), float(one.get("y")), float(one.get("width"))) for one in found]


@pytest.mark.parametrize("width", [760, 326])
def test_a_chain_stays_in_its_picture_and_no_box_covers_another(width):
    svg = charts.chain(BOXES, LINKS, chart_id="c", title="T", width=width)
    boxes = boxes_of(svg)
    assert len(boxes) == 4
    height = float(parsed(svg).get("viewBox").split()[3])
    for place, (x, y, wide) in enumerate(boxes):
        assert x >= 0 and y >= 0 and x + wide <= width and y + 58 <= height
        for left, top, other in boxes[place + 1 :]:
            assert x + wide <= left or left + other <= x or y + 58 <= top or top + 58 <= y


def test_a_chain_leads_from_the_sources_to_the_end_and_says_so():
    svg = charts.chain(BOXES, LINKS, chart_id="c", title="T")
    lefts = [x for x, _y, _width in boxes_of(svg)]
    assert lefts[0] > lefts[1] > lefts[2] == lefts[3]
    assert "End from Middle, Source 2; Middle from Source &lt;1&gt;, Source 2" in svg
    assert svg.count('href="/m/') == 2 and 'role="group"' in svg
    assert svg.count('<path d="M') >= len(LINKS)


def test_a_chain_of_more_than_thirty_boxes_is_a_table():
    with pytest.raises(ValueError, match="at most 30"):
        charts.chain([BOXES[0]] * 31, [], chart_id="c", title="T")


# ------------------------------------------------------------------------------------------- bubble
def test_a_bubble_chart_holds_at_most_twelve():
    items = [Bubble(f"I-{index}", 10, 10, 1, "watch") for index in range(13)]
    with pytest.raises(ValueError, match="at most 12 things, not 13; use a table"):
        charts.bubble(items, chart_id="b", title="T", x_title="X", y_title="Y")


def test_bubbles_show_size_by_area():
    items = [Bubble("A", 20, 20, 4, "watch"), Bubble("B", 80, 80, 1, "watch")]
    svg = charts.bubble(items, chart_id="b", title="T", x_title="X", y_title="Y")
    large, small = [float(node.get("r")) for node in parsed(svg).iter(f"{SVG}circle") if node.get("fill-opacity")]
    assert large / small == pytest.approx(2, abs=0.01)


def test_further_lines_are_thin_and_named_and_a_break_cuts_the_line():
    plain = {"labels": ["Apr", "May", "Jun", "Jul"], "actual": [1.0, 2.0, 3.0, 4.0]}
    whole = charts.measure_chart(MeasureSeries(**plain), chart_id="a", title="A")
    noted = [Annotation(2, "Counted anew", is_break=True)]
    cut = MeasureSeries(**plain, annotations=noted, further=[FurtherLine("Best in class", [2.0, None, 2.5])])
    drawn = charts.measure_chart(cut, chart_id="a", title="A")
    assert cut.breaks == [2]
    assert drawn.count('stroke-width="2.6"') == whole.count('stroke-width="2.6"') + 1
    assert "Best in class" in drawn
    assert "Best in class" not in whole
