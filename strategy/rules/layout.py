"""Where everything stands on the strategy map: themes are lanes, perspectives are bands, objectives are cards.

Lengths in px of a drawing, y downwards. What the picture needs around the cards comes in as a `Room`, the widths of words
as measured by whoever knows the font; nothing here draws.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np

from strategy.rules.order import untangled
from strategy.rules.routes import Point, Tie, route_ties


@dataclass(frozen=True)
class Room:
    """The picture's sizes: the whole width it should have, the header above, the names of bands at the left, cards.

    `card_width` is the most a card takes, `least_card` the least it can be read at: a map with too many lanes grows wider.
    `lines` of a title fit into `card_height`; each more line adds `line_height`, up to `most_lines`. In cards up to
    `small_up_to` px words are smaller by the factor `small`.
    """

    width: float
    header: float
    label: float
    card_width: float
    card_height: float
    band_padding: float
    card_padding: float = 12
    least_card: float = 150
    gap: float = 14
    row_gap: float = 42
    lines: int = 2
    most_lines: int = 4
    line_height: float = 16
    small_up_to: float = 190
    small: float = 12.5 / 13.5


@dataclass(frozen=True)
class Box:
    """An objective to place: indexes of its band and lane, and the widths of its title's words and of a blank."""

    key: str
    band: int
    lane: int
    words: tuple[float, ...] = ()
    blank: float = 0


@dataclass(frozen=True)
class Card:
    """A placed objective; `row` counts all rows of cards from the top."""

    key: str
    x: float
    y: float
    w: float
    h: float
    row: int


@dataclass(frozen=True)
class Span:
    """From where, and how far: a lane's x and width, or a band's y and height."""

    start: float
    size: float


@dataclass(frozen=True)
class Arrow:
    """A link with the way it takes; without points it goes plainly from a row to the next, or to a close neighbour."""

    source: str
    target: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A whole map, in the order given."""

    width: float
    height: float
    lanes: tuple[Span, ...]
    bands: tuple[Span, ...]
    cards: tuple[Card, ...] = field(default=())
    arrows: tuple[Arrow, ...] = field(default=())


Cells = Mapping[tuple[int, int], list[Box]]


def arrange(boxes: Sequence[Box], links: Sequence[tuple[str, str]], *, bands: int, lanes: int, room: Room) -> Layout:
    """Place the boxes, and find a way for each link that crosses no card.

    Inside a cell they stand in the order given, unless fewer links cross in another.
    `bands` ≥ 1 and `lanes` ≥ 1 are counts, from top and left. Raises ValueError for a box outside of them or a link
    between boxes that are not there.
    """
    keys = {box.key for box in boxes}
    if any(not (0 <= box.band < bands and 0 <= box.lane < lanes) for box in boxes):
        raise ValueError("a box stands outside of the bands and lanes")
    if any(source not in keys or target not in keys for source, target in links):
        raise ValueError("a link joins boxes that are not there")
    cells: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in boxes:
        cells[box.band, box.lane].append(box)
    slots = _slots(cells, lanes, room)
    columns = _lane_spans(slots, room)
    width = max(room.width, columns[-1].start + columns[-1].size)
    placed = _place(cells, bands, slots, columns, room)
    by_key = _by_key(placed.cards, cells, links)
    ways = route_ties(
        [Tie(by_key[source], by_key[target]) for source, target in links],
        list(by_key.values()),
        rows=placed.rows,
        across=(room.label, width),
        bottom=placed.bottom,
    )
    return Layout(
        width=width,
        height=placed.bottom,
        lanes=tuple(columns),
        bands=tuple(placed.bands),
        cards=tuple(by_key[box.key] for box in boxes),
        arrows=tuple(Arrow(source, target, way) for (source, target), way in zip(links, ways, strict=True)),
    )


def _by_key(cards: Sequence[Card], cells: Cells, links: Sequence[tuple[str, str]]) -> dict[str, Card]:
    """Every box's card, with places changed inside cells where fewer links cross then."""
    place = {card.key: at for at, card in enumerate(cards)}
    middles = np.array([(card.x + card.w / 2, card.y + card.h / 2) for card in cards]).reshape(-1, 2)
    pairs = np.array([(place[source], place[target]) for source, target in links], dtype=np.int64).reshape(-1, 2)
    takes = untangled(middles, [[place[box.key] for box in boxes] for boxes in cells.values()], pairs)
    return {card.key: replace(cards[at], key=card.key) for card, at in zip(cards, takes, strict=True)}


def _least_lane(slots: int, room: Room) -> float:
    """What a lane needs for so many cards beside each other."""
    return slots * room.least_card + (slots + 1) * room.gap


def _slots(cells: Cells, lanes: int, room: Room) -> list[int]:
    """How many cards stand beside each other in each lane: more where they would else stand in many rows, while there is room."""
    most = [max((len(boxes) for (_, at), boxes in cells.items() if at == lane), default=1) for lane in range(lanes)]
    slots = [1] * lanes
    while True:
        wanted = max(range(lanes), key=lambda lane: (ceil(most[lane] / slots[lane]), -lane))
        if slots[wanted] >= most[wanted]:
            return slots
        slots[wanted] += 1
        if room.label + sum(_least_lane(count, room) for count in slots) > room.width:
            slots[wanted] -= 1
            return slots


def _lane_spans(slots: Sequence[int], room: Room) -> list[Span]:
    """Lanes of one width if all find room in it, else each by its need."""
    least = [_least_lane(count, room) for count in slots]
    whole = max(room.width - room.label, sum(least))
    even = whole / len(slots)
    spare = (whole - sum(least)) / len(slots)
    sizes = [even] * len(slots) if even >= max(least) else [need + spare for need in least]
    spans, x = [], room.label
    for size in sizes:
        spans.append(Span(x, size))
        x += size
    return spans


@dataclass
class _Placed:
    """Cards, bands and the top and bottom of every row, as they come from the top; `bottom` is where the next begins."""

    bottom: float
    cards: list[Card] = field(default_factory=list)
    bands: list[Span] = field(default_factory=list)
    rows: list[tuple[float, float]] = field(default_factory=list)


def _place(cells: Cells, bands: int, slots: Sequence[int], columns: Sequence[Span], room: Room) -> _Placed:
    """Cards row by row; a band is as high as its rows, one without cards has a row of its own."""
    placed = _Placed(room.header)
    for band in range(bands):
        inside = {lane: boxes for (at, lane), boxes in cells.items() if at == band}
        widths = {lane: _card_width(len(boxes), slots[lane], columns[lane], room) for lane, boxes in inside.items()}
        heights = [_height(box, widths[lane], room) for lane, boxes in inside.items() for box in boxes]
        height = max(heights, default=room.card_height)
        count = max((ceil(len(boxes) / slots[lane]) for lane, boxes in inside.items()), default=1)
        top = placed.bottom + room.band_padding
        first = len(placed.rows)
        tops = [top + row * (height + room.row_gap) for row in range(count)]
        placed.rows += [(y, y + height) for y in tops]
        for lane, boxes in inside.items():
            for place, box in enumerate(boxes):
                row, column = divmod(place, slots[lane])
                beside = min(slots[lane], len(boxes) - row * slots[lane])
                x = _card_x(column, beside, widths[lane], columns[lane], room)
                placed.cards.append(Card(box.key, x, tops[row], widths[lane], height, first + row))
        end = tops[-1] + height + room.band_padding
        placed.bands.append(Span(placed.bottom, end - placed.bottom))
        placed.bottom = end
    return placed


def _card_width(count: int, slots: int, lane: Span, room: Room) -> float:
    beside = min(count, slots)
    return min(room.card_width, (lane.size - (beside + 1) * room.gap) / beside)


def _card_x(place: int, beside: int, width: float, lane: Span, room: Room) -> float:
    """Cards of a row stand together in the middle of their lane."""
    taken = beside * width + (beside - 1) * room.gap
    return lane.start + (lane.size - taken) / 2 + place * (width + room.gap)


def _height(box: Box, width: float, room: Room) -> float:
    lines = min(room.most_lines, _lines(box, width, room))
    return room.card_height + max(0, lines - room.lines) * room.line_height


def _lines(box: Box, width: float, room: Room) -> int:
    """How many lines the title takes, word by word."""
    factor = room.small if width <= room.small_up_to else 1.0
    inner = width - 2 * room.card_padding
    lines, at = 1, 0.0
    for word in box.words:
        longer = at + (box.blank * factor if at else 0.0) + word * factor
        if at and longer > inner:
            lines, at = lines + 1, word * factor
        else:
            at = longer
    return lines
