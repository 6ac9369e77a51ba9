"""Facts about many records at once: columns of lists, chips on the map, lenses (ARCHITECTURE, Screens 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.access import Actor
from core.periods import At


@dataclass(frozen=True)
class Fact:
    """One fact about one record: a value to sort by, a status word of METHOD if it has one, words to read, a page."""

    value: Any = None
    status: str = ""
    words: str = ""
    url: str = ""


Build = Callable[[Sequence[Any], Actor, At], Mapping[int, Fact]]


@dataclass(frozen=True)
class Facet:
    """`build(subjects, viewer, at)`: one call for a whole list, queries constant in its length."""

    kind: str
    key: str
    title: str | Promise
    build: Build
    order: int = 100


_facets: dict[tuple[str, str], Facet] = {}


def facet(kind: str, key: str, title: str | Promise, order: int = 100) -> Callable[[Build], Build]:
    """Register the decorated function as a facet of a kind of record."""

    def register(build: Build) -> Build:
        if (kind, key) in _facets:
            raise RuntimeError(f"facet {kind}/{key} is registered twice")
        _facets[kind, key] = Facet(kind, key, title, build, order)
        return build

    return register


def facets(kind: str) -> list[Facet]:
    """The facets of a kind in their order."""
    return sorted((f for f in _facets.values() if f.kind == kind), key=lambda f: (f.order, f.key))


def get(kind: str, key: str) -> Facet | None:
    """One facet, if there is such a one."""
    return _facets.get((kind, key))
