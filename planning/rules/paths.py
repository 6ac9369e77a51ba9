"""When objectives can be reached at the earliest, and what goes round in a circle (METHOD §16, critical path)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np


class Path(StrEnum):
    """What is known of an objective's date."""

    REACHED = "reached"
    DATED = "dated"
    NO_PATH = "no_path"
    """Not reached, and nothing that is needed leads to it."""
    CIRCLE = "circle"
    NO_DATE = "no_date"
    """What it needs has no date: an initiative without end, a circle, an objective without a path."""


@dataclass(frozen=True)
class Edge:
    """A link, with its longest lag in months."""

    key: int
    source: int
    target: int
    lag: int = 0
    is_necessary: bool = False


@dataclass(frozen=True)
class Stop:
    """An objective on the way: since when it is reached, and the ends of initiatives that serve it, None where unknown."""

    key: int
    reached: date | None = None
    ends: tuple[date | None, ...] = ()


@dataclass(frozen=True)
class Eta:
    """When an objective can be reached, or was; `day` only then. `via` is the source that decides, None for an initiative."""

    path: Path
    day: date | None = None
    via: int | None = None


def circles(edges: Sequence[Edge]) -> list[tuple[int, ...]]:
    """The strongly connected parts that go round: keys in order, parts by their lowest key."""
    keys = sorted({key for edge in edges for key in (edge.source, edge.target)})
    place = {key: at for at, key in enumerate(keys)}
    reaches = np.zeros((len(keys), len(keys)), dtype=np.bool_)
    for edge in edges:
        reaches[place[edge.source], place[edge.target]] = True
    for middle in range(len(keys)):
        reaches |= reaches[:, middle, None] & reaches[None, middle, :]
    both = reaches & reaches.T
    parts = {tuple(keys[at] for at in np.flatnonzero(row)) for row in both if row.any()}
    return sorted(parts)


def etas(stops: Sequence[Stop], edges: Sequence[Edge], today: date) -> dict[int, Eta]:
    """ETA of each objective = the latest of what it needs: ends of initiatives, and ETA of necessary sources + lag.

    Nothing that is still to come is dated before today; what is reached needs nothing any more.
    """
    by_key = {stop.key: stop for stop in stops}
    open_edges = [edge for edge in edges if edge.is_necessary and by_key[edge.target].reached is None]
    round_about = {key for part in circles(open_edges) for key in part}
    into: dict[int, list[Edge]] = {stop.key: [] for stop in stops}
    for edge in open_edges:
        into[edge.target].append(edge)
    found: dict[int, Eta] = {}
    for stop in stops:
        if stop.reached is not None:
            found[stop.key] = Eta(Path.REACHED, stop.reached)
        elif stop.key in round_about:
            found[stop.key] = Eta(Path.CIRCLE)
    waiting = [stop for stop in stops if stop.key not in found]
    while waiting:
        ready = [stop for stop in waiting if all(edge.source in found for edge in into[stop.key])]
        found |= {stop.key: _eta(stop, into[stop.key], found, today) for stop in ready}
        waiting = [stop for stop in waiting if stop.key not in found]
    return {stop.key: found[stop.key] for stop in stops}


def _eta(stop: Stop, into: Sequence[Edge], found: Mapping[int, Eta], today: date) -> Eta:
    if not stop.ends and not into:
        return Eta(Path.NO_PATH)
    days: list[tuple[date | None, int | None]] = [(end, None) for end in stop.ends]
    for edge in into:
        since = found[edge.source].day
        days.append((since and add_months(since, edge.lag), edge.source))
    known = [(day, via) for day, via in days if day is not None]
    if len(known) < len(days):
        return Eta(Path.NO_DATE)
    day, via = max(known, key=lambda one: one[0])
    return Eta(Path.DATED, max(day, today), via)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
