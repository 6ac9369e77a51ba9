"""A strategy as a StratML tree: what was imported stays word for word, but for what has changed since.

`plan_tree` builds the tree (bring it into shape with `arranged`); `with_facts` adds what StratML has no words for, if
reading the tree alone would not give the same strategy again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from planning.rules.plan_tree import FACTS, Element
from planning.rules.stratml_content import Words, days_of, read_plan, value_words
from planning.rules.stratml_indicators import Indicator, with_indicators
from planning.rules.stratml_schema import Part
from strategy.rules.content import LinkContent, ObjectiveContent, StrategyContent, ThemeContent, to_json

Ids = Callable[[str, str], str]


@dataclass(frozen=True)
class Source:
    """What a strategy was imported from: the tree, and how it was read, with the keys of `read_plan`."""

    tree: Element
    content: StrategyContent


@dataclass(frozen=True)
class Given:
    """What an export is told beside the content: the unit's name, a name for what has no theme, identifiers by noun and
    key, and the measures of objectives by their keys."""

    unit: str
    loose: str
    ids: Ids
    indicators: Mapping[str, Sequence[Indicator]] = field(default_factory=dict)


def plan_tree(content: StrategyContent, part: Part, given: Given, source: Source | None = None) -> Element:
    """The tree. Keys of content are the source's for what came from it."""
    root = source.tree if source else Element(part.root, dict(part.shapes[part.root].needed))
    was = source.content if source else None
    core = root.first("StrategicPlanCore") or Element("StrategicPlanCore")
    if was is None:
        core = core.with_words(given.unit, "Organization", "Name")
        root = root.with_words(content.name, "Name")
    elif content.name != was.name:
        root = root.with_words(content.name, "Name")
    for tag, text, former in (
        ("Vision", content.vision, was.vision if was else ""),
        ("Mission", content.mission, was.mission if was else ""),
    ):
        if text != former:
            core = core.with_words(text, tag, "Description")
    core = core.with_all("Value", tuple(_values(core, content, was)))
    core = core.with_all("Goal", tuple(_goals(core, content, was, given)))
    root = root.with_first(core)
    for tag, day, before in zip(
        ("StartDate", "EndDate"), (content.starts_on, content.ends_on), days_of(root), strict=True
    ):
        if day != before:
            root = root.with_words(day.isoformat(), "AdministrativeInformation", tag)
    return root


def _values(core: Element, content: StrategyContent, was: StrategyContent | None) -> list[Element]:
    standing = list(core.all("Value"))
    if was is not None and content.core_values == was.core_values:
        return standing
    by_words = {value_words(one): one for one in standing}
    return [
        by_words.get(line) or Element("Value", children=(Element("Name", text=line),)) for line in content.core_values
    ]


# ----------------------------------------------------------------------------------------------------------- goals
def _goals(core: Element, content: StrategyContent, was: StrategyContent | None, given: Given) -> list[Element]:
    known, boxes = _known(core)
    before: dict[str, Any] = {}
    if was is not None:
        before = {**{one.key: one for one in was.themes}, **{one.key: one for one in was.objectives}}
    homes: dict[str, list[Element]] = {}
    for one in content.objectives:
        box = _objective(one, boxes.get(one.key), before.get(one.key), given.ids)
        if measures := given.indicators.get(one.key):
            box = with_indicators(box, measures)
        homes.setdefault(_home(one, before.get(one.key)), []).append(box)
    goals = []
    for theme in content.themes:
        goal = _goal(theme, known.get(theme.key), before.get(theme.key), given.ids)
        goals.append(goal.with_all("Objective", tuple(homes.get(theme.key, ()))))
    if "" in homes:
        loose = _named("Goal", given.loose, "", given.ids("goal", "without-theme"), "")
        goals.append(loose.with_all("Objective", tuple(homes[""])))
    return goals


def _known(core: Element) -> tuple[dict[str, Element], dict[str, Element]]:
    """Goals and objectives by the keys under which `read_plan` knows them."""
    goals = core.all("Goal")
    boxes = [box for goal in goals for box in goal.all("Objective")]
    return (
        {f"g{number}": goal for number, goal in enumerate(goals, start=1)},
        {f"o{number}": box for number, box in enumerate(boxes, start=1)},
    )


def _home(one: ObjectiveContent, before: ObjectiveContent | None) -> str:
    """The theme under whose goal the objective stands; empty for none."""
    if before is not None and before.themes and before.themes[0] in one.themes:
        return before.themes[0]
    return one.themes[0] if one.themes else ""


def _goal(theme: ThemeContent, standing: Element | None, before: ThemeContent | None, ids: Ids) -> Element:
    if standing is None or before is None:
        return _named("Goal", theme.name, theme.description, ids("theme", theme.key), "")
    return _changed(
        standing, (("Name", theme.name, before.name), ("Description", theme.description, before.description))
    )


def _objective(one: ObjectiveContent, standing: Element | None, before: ObjectiveContent | None, ids: Ids) -> Element:
    if standing is None or before is None:
        return _named("Objective", one.name, one.description, ids("objective", one.key), one.code)
    return _changed(
        standing,
        (
            ("Name", one.name, before.name),
            ("Description", one.description, before.description),
            ("SequenceIndicator", one.code, before.code),
        ),
    )


def _changed(element: Element, fields: tuple[tuple[str, str, str], ...]) -> Element:
    for tag, text, before in fields:
        if text != before:
            element = element.with_words(text, tag)
    return element


def _named(tag: str, name: str, about: str, identifier: str, code: str) -> Element:
    words = (("Name", name), ("Description", about), ("Identifier", identifier), ("SequenceIndicator", code))
    return Element(
        tag, children=tuple(Element(part, text=text) for part, text in words if text or part != "SequenceIndicator")
    )


# ----------------------------------------------------------------------------------------------------------- facts
def with_facts(
    arranged: Element, tree: Element, content: StrategyContent, words: Words, source: Source | None = None
) -> Element:
    """The arranged tree with our own facts, where StratML alone would not say all of the strategy."""
    plain = read_plan(tree, starts_on=content.starts_on, ends_on=content.ends_on, words=words).content
    if in_order(plain) == in_order(content):
        return arranged
    document = to_json(_as_filed(content, source.content if source else None))
    if any(not one.themes for one in content.objectives):
        document["loose"] = f"g{len(content.themes) + 1}"
    return replace(arranged, children=(Element(FACTS, text=json.dumps(document)), *arranged.children))


def _as_filed(content: StrategyContent, was: StrategyContent | None) -> StrategyContent:
    """The content under the keys that `read_plan` gives goals and objectives when it reads the tree."""
    before = {one.key: one for one in was.objectives} if was else {}
    homes = [*(one.key for one in content.themes), ""]
    filed = sorted(content.objectives, key=lambda one: homes.index(_home(one, before.get(one.key))))
    return rekeyed(
        content,
        {one.key: f"p{place}" for place, one in enumerate(content.perspectives, start=1)},
        {one.key: f"g{place}" for place, one in enumerate(content.themes, start=1)},
        {one.key: f"o{place}" for place, one in enumerate(filed, start=1)},
    )


def in_order(content: StrategyContent) -> StrategyContent:
    """The content under keys made from places alone, so that two of different origin can be compared."""
    keys = {
        noun: {one.key: f"{noun[0]}{place}" for place, one in enumerate(getattr(content, noun), start=1)}
        for noun in ("perspectives", "themes", "objectives")
    }
    return rekeyed(content, keys["perspectives"], keys["themes"], keys["objectives"])


def rekeyed(
    content: StrategyContent, layers: dict[str, str], themes: dict[str, str], boxes: dict[str, str]
) -> StrategyContent:
    """The content under other keys; links are in the order of their ends."""

    def link(place: int, one: LinkContent) -> LinkContent:
        return replace(one, key=f"l{place}", source=boxes[one.source], target=boxes[one.target])

    def box(one: ObjectiveContent) -> ObjectiveContent:
        under = tuple(themes[key] for key in one.themes)
        return replace(one, key=boxes[one.key], perspective=layers[one.perspective], themes=under)

    return replace(
        content,
        perspectives=tuple(replace(one, key=layers[one.key]) for one in content.perspectives),
        themes=tuple(replace(one, key=themes[one.key]) for one in content.themes),
        objectives=tuple(box(one) for one in content.objectives),
        links=tuple(link(place, one) for place, one in enumerate(_by_ends(content, boxes), start=1)),
    )


def _by_ends(content: StrategyContent, boxes: dict[str, str]) -> list[LinkContent]:
    return sorted(content.links, key=lambda one: (boxes[one.source], boxes[one.target]))
