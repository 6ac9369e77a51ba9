"""The content of a strategy as one frozen value: what drafts, versions, live rows and files convert to and from (DATAMODEL A4).

Places in the order of the map are the order of the tuples. Keys are texts: the id of a stored row, or any other mark for
one that is not stored yet. Who owns a node is no part of the content: owners change without a new version.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal

SCHEMA = 1
"""Raised when the JSON changes its shape; `from_json` reads every earlier one."""


@dataclass(frozen=True)
class PerspectiveContent:
    """A layer of the map."""

    key: str
    name: str
    question: str = ""


@dataclass(frozen=True)
class ThemeContent:
    """A slice of the map."""

    key: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class ObjectiveContent:
    """An objective; `perspective` and `themes` are keys of nodes of the same content."""

    key: str
    code: str
    name: str
    perspective: str
    themes: tuple[str, ...] = ()
    short_name: str = ""
    description: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class LinkContent:
    """A belief: the source moves the target by `sign` (+1 raises, −1 lowers), `lag_min` to `lag_max` months later."""

    key: str
    source: str
    target: str
    sign: int = 1
    lag_min: int = 0
    lag_max: int = 6
    rationale: str = ""
    is_necessary: bool = False


@dataclass(frozen=True)
class StrategyContent:
    """A whole strategy. `ContentError` for a key used twice in a noun and for a node that is named but not there."""

    name: str
    starts_on: date
    ends_on: date
    mission: str = ""
    vision: str = ""
    vision_by: date | None = None
    core_values: tuple[str, ...] = ()
    perspectives: tuple[PerspectiveContent, ...] = ()
    themes: tuple[ThemeContent, ...] = ()
    objectives: tuple[ObjectiveContent, ...] = ()
    links: tuple[LinkContent, ...] = ()

    def __post_init__(self) -> None:
        for noun in NOUNS:
            keys = [node.key for node in getattr(self, noun)]
            if len(keys) != len(set(keys)):
                raise ContentError(f"A key is used twice among {noun}.")
        perspectives = {node.key for node in self.perspectives}
        themes = {node.key for node in self.themes}
        objectives = {node.key for node in self.objectives}
        for one in self.objectives:
            if one.perspective not in perspectives or not set(one.themes) <= themes:
                raise ContentError(f"{one.code} names a perspective or theme that is not there.")
        if any(link.source not in objectives or link.target not in objectives for link in self.links):
            raise ContentError("A link names an objective that is not there.")


class ContentError(ValueError):
    """The content does not hold together, or the JSON is not one of ours."""


NOUNS = ("perspectives", "themes", "objectives", "links")
_TYPES: dict[str, type[Any]] = {
    "perspectives": PerspectiveContent,
    "themes": ThemeContent,
    "objectives": ObjectiveContent,
    "links": LinkContent,
}
_DAYS = {"starts_on", "ends_on", "vision_by"}


# ---------------------------------------------------------------------------------------------------------- JSON
def to_json(content: StrategyContent) -> dict[str, Any]:
    """The content as JSON values; days as 2026-01-31, tuples as lists."""
    return {"schema": SCHEMA, **_plain(asdict(content))}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def from_json(document: Mapping[str, Any]) -> StrategyContent:
    """The content that `to_json` wrote. `ContentError` for anything else."""
    if document.get("schema") != SCHEMA:
        raise ContentError(f"This content has schema {document.get('schema')!r}; {SCHEMA} is known.")
    try:
        values = {name: value for name, value in document.items() if name != "schema" and name not in NOUNS}
        nodes: dict[str, Any] = {noun: tuple(_TYPES[noun](**_typed(row)) for row in document[noun]) for noun in NOUNS}
        return StrategyContent(**_typed(values), **nodes)
    except ContentError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ContentError(f"This is not the content of a strategy: {problem}.") from problem


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, value in values.items():
        if name in _DAYS and value is not None:
            typed[name] = date.fromisoformat(value)
        else:
            typed[name] = tuple(value) if isinstance(value, list) else value
    return typed


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON document written one way: keys sorted, no blanks, UTF-8. 64 hexadecimal digits."""
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(written.encode()).hexdigest()


# ---------------------------------------------------------------------------------------------------- comparison
Kind = Literal["added", "removed", "renamed", "moved", "rewritten"]


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `noun` is strategy, perspective, theme, objective or link; `label` names the node for people.

    `field` is empty for what was added or removed; `before` and `after` are the values of the field.
    """

    kind: Kind
    noun: str
    key: str
    label: str
    field: str = ""
    before: Any = None
    after: Any = None


_RENAMED = {"name", "code", "short_name"}
_MOVED = {"perspective", "themes", "source", "target"}


def compare(a: StrategyContent, b: StrategyContent) -> list[Difference]:
    """What changed from `a` to `b`, noun by noun in the order of `b`; empty only if the two are equal.

    A node whose place among its fellows changed is moved (field "order"); the fewest nodes that explain the new order
    are named.
    """
    whole = [
        Difference(_kind(name), "strategy", "", b.name, name, getattr(a, name), getattr(b, name))
        for name in _changed_fields(a, b, skip=NOUNS)
    ]
    return [*whole, *(one for noun in NOUNS for one in _compare_nodes(noun, a, b))]


def _kind(field: str) -> Kind:
    if field in _RENAMED:
        return "renamed"
    return "moved" if field in _MOVED else "rewritten"


def _changed_fields(one: Any, other: Any, skip: Sequence[str] = ()) -> list[str]:
    names = [field.name for field in fields(one) if field.name not in skip]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _compare_nodes(noun: str, a: StrategyContent, b: StrategyContent) -> Iterator[Difference]:
    before = {node.key: node for node in getattr(a, noun)}
    after = {node.key: node for node in getattr(b, noun)}
    singular = noun.removesuffix("s")
    moved = _moved(list(before), list(after))
    for key, node in after.items():
        label = _label(node, b)
        if key not in before:
            yield Difference("added", singular, key, label, after=label)
            continue
        for name in _changed_fields(before[key], node):
            yield Difference(_kind(name), singular, key, label, name, getattr(before[key], name), getattr(node, name))
        if key in moved:
            places = list(before).index(key) + 1, list(after).index(key) + 1
            yield Difference("moved", singular, key, label, "order", *places)
    for key, node in before.items():
        if key not in after:
            label = _label(node, a)
            yield Difference("removed", singular, key, label, before=label)


def _label(node: Any, content: StrategyContent) -> str:
    if isinstance(node, LinkContent):
        codes = {one.key: one.code for one in content.objectives}
        return f"{codes[node.source]} → {codes[node.target]}"
    if isinstance(node, ObjectiveContent):
        return f"{node.code} {node.name}"
    name: str = node.name
    return name


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Keys in both that are not part of the longest run kept in order."""
    place = {key: index for index, key in enumerate(before)}
    common = [key for key in after if key in place]
    return set(common) - _longest_rising(common, place)


def _longest_rising(keys: Sequence[str], place: Mapping[str, int]) -> set[str]:
    """Patience sorting: the longest subsequence of keys whose places rise."""
    tops: list[int] = []
    ends: list[str] = []
    came_from: dict[str, str | None] = {}
    for key in keys:
        pile = bisect_left(tops, place[key])
        came_from[key] = ends[pile - 1] if pile else None
        tops[pile : pile + 1] = [place[key]]
        ends[pile : pile + 1] = [key]
    found: set[str] = set()
    current = ends[-1] if ends else None
    while current is not None:
        found.add(current)
        current = came_from[current]
    return found
