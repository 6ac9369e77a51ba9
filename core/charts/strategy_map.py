"""The strategy map as places: cards in bands (perspectives) and lanes (themes), and arrows between them.

Only the shape of a layout: where things stand is computed elsewhere, the picture is drawn by `core.charts.map_picture`.
Lengths are px of a drawing `width` × `height`, y downwards. Bands usually run from the result at the top to what makes
it possible at the bottom, and arrows upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Strength = Literal["supported", "weak", "untested", "against"]
Change = Literal["", "better", "worse"]

# What the picture needs around the cards; a layout leaves this room.
HEADER_HEIGHT = 40.0
LABEL_WIDTH = 112.0
CARD_HEIGHT = 92.0
CARD_WIDTH = 250.0
BAND_PADDING = 27.0


@dataclass(frozen=True, slots=True)
class MapNode:
    """One card. `value` is written strong, `beside` after it ("of 78%"); `status` is a key of core.statuses.

    `flag` is a word of warning on its edge. `faded` stands back behind the others. `marks` are names and values for an
    edit layer (`data-…` of the link).
    """

    key: str
    x: float
    y: float
    w: float
    h: float
    title: str
    status: str
    value: str = ""
    beside: str = ""
    owner: str = ""
    change: Change = ""
    flag: str = ""
    url: str = ""
    faded: bool = False
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MapLane:
    """A theme: a column with its name on top."""

    x: float
    w: float
    title: str
    subtitle: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class MapBand:
    """A perspective: a row with its name at the left."""

    y: float
    h: float
    title: str
    subtitle: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class MapArrow:
    """A belief that one objective drives another, and how the figures bear it out.

    `label` is a short figure for the pill ("+0.81"). `route` are points from the source's edge to the target's; without
    them the picture takes the plain way: up or down in a curve, or along the row.
    """

    source: str
    target: str
    strength: Strength = "untested"
    label: str = ""
    route: tuple[tuple[float, float], ...] = ()
    faded: bool = False


@dataclass(frozen=True, slots=True)
class MapLayout:
    """A whole map. Every arrow names nodes that are there."""

    width: float
    height: float
    bands: tuple[MapBand, ...]
    lanes: tuple[MapLane, ...]
    nodes: tuple[MapNode, ...]
    arrows: tuple[MapArrow, ...] = ()
