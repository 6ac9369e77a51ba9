"""Charts: numbers in, SVG text out; the same picture on screen, in mail and in PDF (UX §7 and §8).

Every function takes plain numbers or a frozen dataclass, a `chart_id` unique in the page and a `title` that states
what is shown. In templates use `{% chart "measure" series chart_id=… title=… %}`.
"""

from collections.abc import Callable

from core.charts.bubble import Bubble, bubble
from core.charts.chain import ChainBox, chain
from core.charts.columns import columns
from core.charts.decay import Decay, decay
from core.charts.map_picture import strategy_map, strength_word
from core.charts.measure import DASHES, measure_chart
from core.charts.measure_series import Annotation, FurtherLine, MeasureSeries
from core.charts.pins import variance_pins
from core.charts.shapes import status_icon, status_shape
from core.charts.small import bullet, span, spark, stack_units
from core.charts.strategy_map import MapArrow, MapBand, MapLane, MapLayout, MapNode
from core.charts.timeline import Timeline, TimelineBar, timeline

__all__ = [
    "CHARTS",
    "DASHES",
    "Annotation",
    "Bubble",
    "ChainBox",
    "Decay",
    "FurtherLine",
    "MapArrow",
    "MapBand",
    "MapLane",
    "MapLayout",
    "MapNode",
    "MeasureSeries",
    "Timeline",
    "TimelineBar",
    "bubble",
    "bullet",
    "chain",
    "columns",
    "decay",
    "measure_chart",
    "span",
    "spark",
    "stack_units",
    "status_icon",
    "status_shape",
    "strategy_map",
    "strength_word",
    "timeline",
    "variance_pins",
]

CHARTS: dict[str, Callable[..., str]] = {
    "spark": spark,
    "bullet": bullet,
    "columns": columns,
    "measure": measure_chart,
    "pins": variance_pins,
    "stack": stack_units,
    "bubble": bubble,
    "chain": chain,
    "decay": decay,
    "span": span,
    "map": strategy_map,
    "timeline": timeline,
}
"""The kinds that templates name."""
