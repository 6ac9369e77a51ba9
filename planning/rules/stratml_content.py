"""What we model of a StratML plan: a Goal is a theme (METHOD, glossary), its Objectives are objectives in one layer.

Texts too long for us are cut, missing names and codes are made, and each time a `Note` says so; the tree itself stays as
it was. Facts of ours in the file (layers, links, days …) are taken for what still has the name they know it by.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from planning.rules.plan_tree import Element
from strategy.rules.content import (
    NOUNS,
    ObjectiveContent,
    PerspectiveContent,
    StrategyContent,
    ThemeContent,
    from_json,
)

NoteKind = Literal["cut", "unnamed", "renamed", "numbered", "facts"]
LONGEST = {"name": 200, "theme": 200, "objective": 300, "about": 200, "text": 2000, "description": 5000, "code": 20}
_TYPES: dict[str, type] = {"sign": int, "lag_min": int, "lag_max": int, "is_necessary": bool}
_CODE = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ][\w.&/+-]*")


@dataclass(frozen=True)
class Note:
    """Something that we hold otherwise than the file says it: of the element of `tag` in `line`."""

    kind: NoteKind
    tag: str
    detail: str
    line: int = 0


@dataclass(frozen=True)
class Words:
    """Names for what the plan does not name: the plan, its layer, a goal, an objective."""

    plan: str
    layer: str
    goal: str
    objective: str


@dataclass
class _Reading:
    words: Words
    notes: list[Note] = field(default_factory=list)
    made_codes: set[str] = field(default_factory=set)

    def line(self, one: Element, tag: str, kind: str) -> str:
        """The text of a child as one line of bounded length."""
        return self.cut(one, tag, one_line(one.words(tag)), LONGEST[kind])

    def text(self, one: Element, tag: str, kind: str) -> str:
        return self.cut(one, tag, several_lines(one.words(tag)), LONGEST[kind])

    def cut(self, one: Element, tag: str, text: str, most: int) -> str:
        if len(text) <= most:
            return text
        self.notes.append(Note("cut", one.tag, f"{tag}: {text[:60]}…", one.line))
        return f"{text[: most - 1].rstrip()}…"

    def unnamed(self, one: Element, name: str) -> str:
        self.notes.append(Note("unnamed", one.tag, name, one.line))
        return name

    # ---------------------------------------------------------------------------------------------------- the nodes
    def themes(self, goals: tuple[Element, ...]) -> Iterator[ThemeContent]:
        used: set[str] = set()
        for number, goal in enumerate(goals, start=1):
            name = self.line(goal, "Name", "theme") or self.unnamed(goal, f"{self.words.goal} {number}")
            free = _free(name, used, LONGEST["theme"])
            if free != name:
                self.notes.append(Note("renamed", goal.tag, free, goal.line))
            used.add(free)
            yield ThemeContent(f"g{number}", free, self.line(goal, "Description", "about"))

    def objectives(self, goals: tuple[Element, ...]) -> Iterator[ObjectiveContent]:
        listed = [
            (goal, place, one) for goal in range(len(goals)) for place, one in enumerate(goals[goal].all("Objective"))
        ]
        codes = self.codes(listed)
        for number, (goal, _place, one) in enumerate(listed):
            name = self.line(one, "Name", "objective")
            if not name:
                about = one_line(one.words("Description"))
                name = self.unnamed(one, _shortened(about, 300) or f"{self.words.objective} {codes[number]}")
            yield ObjectiveContent(
                key=f"o{number + 1}",
                code=codes[number],
                name=name,
                perspective="p1",
                themes=(f"g{goal + 1}",),
                description=self.text(one, "Description", "description"),
            )

    def codes(self, listed: list[tuple[int, int, Element]]) -> list[str]:
        """The sequence indicators where they can be codes, each once; for the others "goal.place"."""
        codes: list[str] = []
        for _goal, _place, one in listed:
            code = one_line(one.words("SequenceIndicator"))
            right = _CODE.fullmatch(code) and len(code) <= LONGEST["code"] and code not in codes
            codes.append(code if right else "")
        used = set(codes)
        for number, (goal, place, one) in enumerate(listed):
            if not codes[number]:
                codes[number] = _free(f"{goal + 1}.{place + 1}", used, LONGEST["code"], "-{}")
                used.add(codes[number])
                self.made_codes.add(f"o{number + 1}")
                self.notes.append(Note("numbered", one.tag, codes[number], one.line))
        return codes

    def core_values(self, core: Element) -> Iterator[str]:
        for one in core.all("Value"):
            found = self.cut(one, "Name", value_words(one), LONGEST["name"])
            if found:
                yield found


@dataclass(frozen=True)
class PlanRead:
    """What the plan says in our terms, with keys p1, g1 … for goals and o1 … for objectives in the order of the file."""

    content: StrategyContent
    notes: tuple[Note, ...]


def days_of(tree: Element) -> tuple[date | None, date | None]:
    """First and last day of the plan, where it says them."""
    about = tree.first("AdministrativeInformation") or Element("")
    return _day(about.words("StartDate")), _day(about.words("EndDate"))


def read_plan(tree: Element, *, starts_on: date, ends_on: date, words: Words, facts: str = "") -> PlanRead:
    """The plan as content of a strategy; the days are those the strategy will have."""
    reading = _Reading(words)
    core = tree.first("StrategicPlanCore") or Element("")
    goals = core.all("Goal")
    content = StrategyContent(
        name=reading.line(tree, "Name", "name") or reading.unnamed(tree, words.plan),
        starts_on=starts_on,
        ends_on=ends_on,
        mission=reading.text(core.first("Mission") or Element(""), "Description", "text"),
        vision=reading.text(core.first("Vision") or Element(""), "Description", "text"),
        core_values=tuple(reading.core_values(core)),
        perspectives=(PerspectiveContent("p1", words.layer),),
        themes=tuple(reading.themes(goals)),
        objectives=tuple(reading.objectives(goals)),
    )
    if facts:
        content = _with_facts(content, facts, reading)
    return PlanRead(content, tuple(reading.notes))


def value_words(one: Element) -> str:
    """A core value in one line: its name, or what is said of it, or both."""
    return ": ".join(text for text in (one_line(one.words("Name")), one_line(one.words("Description"))) if text)


def one_line(text: str) -> str:
    """Composed (NFC), without control characters, blanks run together."""
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def several_lines(text: str) -> str:
    """Composed (NFC), one kind of line end, no other control characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", kept).strip()


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _free(name: str, used: set[str], most: int, sign: str = " ({})") -> str:
    """The name, or the name with the first number that makes it the only one."""
    found, number = name, 1
    while found in used:
        number += 1
        end = sign.format(number)
        found = f"{name[: most - len(end)].rstrip()}{end}"
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


# ---------------------------------------------------------------------------------------------------- facts of ours
def _with_facts(content: StrategyContent, written: str, reading: _Reading) -> StrategyContent:
    try:
        document = json.loads(written)
        loose = str(document.pop("loose", ""))
        facts = from_json(document)
        return _merged(content, facts, loose, reading) if _is_typed(facts) else _without_facts(content, reading)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _without_facts(content, reading)


def _without_facts(content: StrategyContent, reading: _Reading) -> StrategyContent:
    reading.notes.append(Note("facts", "", ""))
    return content


def _is_typed(facts: StrategyContent) -> bool:
    """True if every value has the type of its field: the JSON comes from a file."""
    nodes: list[Any] = [facts, *(node for noun in NOUNS for node in getattr(facts, noun))]
    return all(_fits(name, value) for node in nodes for name, value in vars(node).items())


def _fits(name: str, value: Any) -> bool:
    if name in ("perspectives", "objectives", "links"):
        return isinstance(value, tuple)
    if name in ("themes", "core_values"):
        return isinstance(value, tuple) and all(isinstance(one, str | ThemeContent) for one in value)
    if name in ("starts_on", "ends_on", "vision_by"):
        return value is None or isinstance(value, date)
    return type(value) is _TYPES.get(name, str)


def _merged(content: StrategyContent, facts: StrategyContent, loose: str, reading: _Reading) -> StrategyContent:
    known = {one.key: one for one in facts.objectives}
    themes = tuple(one for one in content.themes if one.key != loose)
    keys = {one.key for one in themes}
    layers = facts.perspectives or content.perspectives
    taken: dict[str, ObjectiveContent] = {}
    for one in content.objectives:
        fact = known.get(one.key)
        if fact is None or fact.name != one.name:
            reading.notes.append(Note("facts", "Objective", one.name))
            taken[one.key] = replace(one, perspective=layers[0].key, themes=_in(one.themes, keys))
        else:
            taken[one.key] = _told(one, fact, keys, loose, reading.made_codes)
    agreed = {key for key in taken if key in known and known[key].name == taken[key].name}
    links = tuple(link for link in facts.links if {link.source, link.target} <= agreed)
    return replace(
        content,
        vision_by=facts.vision_by,
        perspectives=layers,
        themes=themes,
        objectives=_in_order(taken, facts, layers),
        links=links,
    )


def _in(themes: tuple[str, ...], keys: set[str]) -> tuple[str, ...]:
    return tuple(key for key in themes if key in keys)


def _told(
    one: ObjectiveContent, fact: ObjectiveContent, keys: set[str], loose: str, made: set[str]
) -> ObjectiveContent:
    """The objective with what StratML has no words for; its goal as the file has it now."""
    stands = one.themes[0] in (fact.themes or (loose,))
    return replace(
        one,
        code=fact.code if one.key in made else one.code,
        perspective=fact.perspective,
        themes=_in(fact.themes if stands else one.themes, keys),
        short_name=fact.short_name,
        starts_on=fact.starts_on,
        ends_on=fact.ends_on,
    )


def _in_order(
    taken: dict[str, ObjectiveContent], facts: StrategyContent, layers: tuple[PerspectiveContent, ...]
) -> tuple[ObjectiveContent, ...]:
    """By layer, then as the facts have them; codes each once."""
    layer = {one.key: place for place, one in enumerate(layers)}
    place = {one.key: number for number, one in enumerate(facts.objectives)}
    ordered = sorted(taken.values(), key=lambda one: (layer[one.perspective], place.get(one.key, len(place))))
    used: set[str] = set()
    found = []
    for one in ordered:
        code = _free(one.code, used, LONGEST["code"], "-{}")
        used.add(code)
        found.append(replace(one, code=code))
    return tuple(found)
