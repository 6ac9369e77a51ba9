"""The map's layout: every card in its cell, no two cards on one another, and no arrow through a card."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategy.rules.layout import Box, Card, Layout, Room, arrange
from strategy.rules.order import crossings
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
def maps(draw, most_boxes=30, most_links=25):
    bands, lanes = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    cell = st.tuples(st.integers(0, bands - 1), st.integers(0, lanes - 1))
    cells = draw(st.lists(cell, min_size=1, max_size=most_boxes))
    words = st.lists(st.floats(5, 120), max_size=12).map(tuple)
    boxes = [Box(str(n), band, lane, draw(words), 4) for n, (band, lane) in enumerate(cells)]
    pairs = st.tuples(st.sampled_from(range(len(boxes))), st.sampled_from(range(len(boxes))))
    links = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=most_links, unique=True))
    return boxes, [(str(a), str(b)) for a, b in links], bands, lanes


@given(maps())
@settings(max_examples=150, deadline=None)
def test_no_card_stands_on_another_and_no_arrow_crosses_one(drawn):
    boxes, links, bands, lanes = drawn
    hold_apart(arrange(boxes, links, bands=bands, lanes=lanes, room=ROOM))


def large(seed: int, boxes: int = 60, links: int = 120):
    """A map of the largest size: most links go a layer up, some skip layers, go down or stay in their layer."""
    chance = random.Random(seed)
    bands, lanes = chance.randint(1, 5), chance.randint(1, 8)
    cells = [(chance.randrange(bands), chance.randrange(lanes)) for _ in range(boxes)]
    words = [tuple(chance.uniform(5, 120) for _ in range(chance.randint(1, 9))) for _ in cells]
    drawn = sorted(itertools.permutations(range(boxes), 2), key=lambda pair: chance.random() + 0.8 * off(cells, pair))
    placed = [Box(str(n), *cell, each, 4) for n, (cell, each) in enumerate(zip(cells, words, strict=True))]
    return placed, [(str(a), str(b)) for a, b in drawn[:links]], bands, lanes


def off(cells, pair) -> bool:
    (source, _), (target, _) = cells[pair[0]], cells[pair[1]]
    return source - target != 1


@pytest.mark.parametrize("seed", range(8))
def test_a_map_of_sixty_objectives_and_120_links_holds_apart(seed):
    boxes, links, bands, lanes = large(seed)
    hold_apart(arrange(boxes, links, bands=bands, lanes=lanes, room=ROOM))


@pytest.mark.slow
@pytest.mark.simulation
@given(maps(most_boxes=60, most_links=120))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_maps_of_any_size_hold_apart(drawn):
    boxes, links, bands, lanes = drawn
    hold_apart(arrange(boxes, links, bands=bands, lanes=lanes, room=ROOM))


@given(st.integers(0, 9999), st.integers(2, 60), st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_places_change_inside_cells_only_and_only_for_fewer_crossings(seed, boxes, links):
    placed, ties, bands, lanes = large(seed, boxes, links)
    layout = arrange(placed, ties, bands=bands, lanes=lanes, room=ROOM)
    given_order = arrange(placed, [], bands=bands, lanes=lanes, room=ROOM)
    for cell in {(box.band, box.lane) for box in placed}:
        mine = [n for n, box in enumerate(placed) if (box.band, box.lane) == cell]
        spots = [{(one.cards[n].x, one.cards[n].y, one.cards[n].row) for n in mine} for one in (layout, given_order)]
        assert spots[0] == spots[1]
    pairs = np.array([(int(a), int(b)) for a, b in ties], dtype=np.int64).reshape(-1, 2)
    before, after = (
        crossings(np.array([(c.x + c.w / 2, c.y + c.h / 2) for c in one.cards]), pairs) for one in (given_order, layout)
    )
    assert after < before or layout.cards == given_order.cards


def test_two_cards_change_places_where_their_links_would_cross():
    boxes = [Box("a", 0, 0), Box("b", 0, 1), Box("under b", 1, 0), Box("under a", 1, 0)]
    wide = replace(ROOM, width=1600)
    layout = arrange(boxes, [("under a", "a"), ("under b", "b")], bands=2, lanes=2, room=wide)
    at = {card.key: card.x for card in layout.cards}
    assert at["under a"] < at["under b"]


def hold_apart(layout: Layout) -> None:
    """No card on another, and every arrow beside the cards."""
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


def mock_up(*links: tuple[str, str]) -> Layout:
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
    return arrange(boxes, links, bands=4, lanes=3, room=ROOM)


def test_the_mock_ups_places():
    layout = mock_up()
    assert [(lane.start, lane.size) for lane in layout.lanes] == [(112, 348), (460, 348), (808, 348)]
    assert [(band.start, band.size) for band in layout.bands] == [(40, 146), (186, 146), (332, 146), (478, 146)]
    assert (layout.width, layout.height) == (1156, 624)
    first, _, _, left, right = layout.cards[:5]
    assert (first.x, first.y, first.w, first.h) == (161, 67, 250, 92)
    assert (left.x, left.w, right.x, right.w) == (126, 153, 293, 153)


def test_only_the_arrows_that_need_it_have_a_way_of_their_own():
    layout = mock_up(("3", "0"), ("7", "3"), ("12", "0"))
    plain, along, skipping = layout.arrows
    assert plain.points == ()
    assert {y for _x, y in along.points} > {layout_bottom(layout, "7")}
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
