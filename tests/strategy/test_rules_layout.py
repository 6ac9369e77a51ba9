"""The map's layout: every card in its cell, no two cards on one another, and no arrow through a card."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.rules.layout import Box, Card, Layout, Room, arrange
from strategy.rules.routes import CLOSE

ROOM = Room(width=1156, header=40, label=112, card_width=250, card_height=92, band_padding=27)


def overlap(one: Card, other: Card) -> bool:
    return (
        one.x < other.x + other.w and other.x < one.x + one.w and one.y < other.y + other.h and other.y < one.y + one.h
    )


def crosses(points, card: Card) -> bool:
    """Whether a piece passes the inside of the card; a piece is level, upright or the slant of a corner."""
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        beside = max(x1, x2) <= card.x + 0.1 or min(x1, x2) >= card.x + card.w - 0.1
        if not beside and min(y1, y2) < card.y + card.h - 0.1 and max(y1, y2) > card.y + 0.1:
            return True
    return False


@st.composite
def maps(draw):
    bands, lanes = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    cell = st.tuples(st.integers(0, bands - 1), st.integers(0, lanes - 1))
    cells = draw(st.lists(cell, min_size=1, max_size=30))
    words = st.lists(st.floats(5, 120), max_size=12).map(tuple)
    boxes = [Box(str(n), band, lane, draw(words), 4) for n, (band, lane) in enumerate(cells)]
    pairs = st.tuples(st.sampled_from(range(len(boxes))), st.sampled_from(range(len(boxes))))
    links = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=25, unique=True))
    return boxes, [(str(a), str(b)) for a, b in links], bands, lanes


@given(maps())
@settings(max_examples=150, deadline=None)
def test_no_card_stands_on_another_and_no_arrow_crosses_one(drawn):
    boxes, links, bands, lanes = drawn
    layout = arrange(boxes, links, bands=bands, lanes=lanes, room=ROOM)
    for one, other in itertools.combinations(layout.cards, 2):
        assert not overlap(one, other)
    cards = {card.key: card for card in layout.cards}
    for arrow in layout.arrows:
        if arrow.points:
            assert [card.key for card in layout.cards if crosses(arrow.points, card)] == []
        else:
            source, target = cards[arrow.source], cards[arrow.target]
            left, right = sorted((source, target), key=lambda card: card.x)
            close = source.row == target.row and right.x - left.x - left.w <= CLOSE
            assert abs(source.row - target.row) == 1 or close


@given(maps())
@settings(max_examples=100, deadline=None)
def test_every_card_stands_in_its_band_and_lane_and_is_wide_enough(drawn):
    boxes, links, bands, lanes = drawn
    layout = arrange(boxes, links, bands=bands, lanes=lanes, room=ROOM)
    assert [card.key for card in layout.cards] == [box.key for box in boxes]
    for box, card in zip(boxes, layout.cards, strict=True):
        band, lane = layout.bands[box.band], layout.lanes[box.lane]
        assert lane.start <= card.x
        assert card.x + card.w <= lane.start + lane.size + 1e-6
        assert band.start <= card.y
        assert card.y + card.h <= band.start + band.size
        assert ROOM.least_card - 1e-6 <= card.w <= ROOM.card_width
    last = layout.lanes[-1]
    assert last.start + last.size <= layout.width + 1e-6
    assert layout.height == pytest.approx(layout.bands[-1].start + layout.bands[-1].size)


@given(maps())
@settings(max_examples=100, deadline=None)
def test_ways_begin_at_the_source_and_end_at_the_target(drawn):
    boxes, links, bands, lanes = drawn
    layout = arrange(boxes, links, bands=bands, lanes=lanes, room=ROOM)
    cards = {card.key: card for card in layout.cards}
    for arrow in layout.arrows:
        if arrow.points:
            for (x, y), card in ((arrow.points[0], cards[arrow.source]), (arrow.points[-1], cards[arrow.target])):
                assert card.x < x < card.x + card.w
                assert y in (card.y, card.y + card.h)


def mock_up() -> Layout:
    """The map of the mock-up: four bands, three lanes, two cards in each cell of the second band."""
    cells = [
        (0, 0),
        (0, 1),
        (0, 2),
        *((1, lane) for lane in (0, 0, 1, 1, 2, 2)),
        (2, 0),
        (2, 1),
        (2, 2),
        (3, 0),
        (3, 1),
        (3, 2),
    ]
    boxes = [Box(str(n), band, lane, (60, 60), 4) for n, (band, lane) in enumerate(cells)]
    return arrange(boxes, [("3", "0"), ("5", "3"), ("12", "0")], bands=4, lanes=3, room=ROOM)


def test_the_mock_ups_places():
    layout = mock_up()
    assert [(lane.start, lane.size) for lane in layout.lanes] == [(112, 348), (460, 348), (808, 348)]
    assert [(band.start, band.size) for band in layout.bands] == [(40, 146), (186, 146), (332, 146), (478, 146)]
    assert (layout.width, layout.height) == (1156, 624)
    first, _, _, left, right = layout.cards[:5]
    assert (first.x, first.y, first.w, first.h) == (161, 67, 250, 92)
    assert (left.x, left.w, right.x, right.w) == (126, 153, 293, 153)


def test_only_the_arrows_that_need_it_have_a_way_of_their_own():
    along, skipping = mock_up().arrows[1:]
    assert mock_up().arrows[0].points == ()
    assert {y for _x, y in along.points} > {layout_bottom(mock_up(), "5")}
    assert len(skipping.points) > len(along.points)


def layout_bottom(layout: Layout, key: str) -> float:
    card = next(card for card in layout.cards if card.key == key)
    return card.y + card.h


def test_long_titles_make_the_cards_of_their_band_higher():
    boxes = [Box("a", 0, 0, (100,) * 9, 4), Box("b", 0, 0), Box("c", 1, 0)]
    layout = arrange(boxes, [], bands=2, lanes=1, room=ROOM)
    heights = {card.key: card.h for card in layout.cards}
    assert heights == {"a": 92 + 2 * 16, "b": 92 + 2 * 16, "c": 92}


def test_more_lanes_than_fit_make_the_map_wider():
    boxes = [Box(str(n), 0, n) for n in range(12)]
    layout = arrange(boxes, [], bands=1, lanes=12, room=ROOM)
    assert layout.width == pytest.approx(112 + 12 * (150 + 28))


@pytest.mark.parametrize(("boxes", "links"), [([Box("a", 1, 0)], []), ([Box("a", 0, 0)], [("a", "b")])])
def test_what_stands_nowhere_is_refused(boxes, links):
    with pytest.raises(ValueError, match=r"a (box|link) "):
        arrange(boxes, links, bands=1, lanes=1, room=ROOM)
