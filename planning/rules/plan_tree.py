"""A plan's document as a tree of plain values: what the file said, word for word, apart from what we model of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

KEPT = "?smo-kept"
"""Tag of a processing instruction that gives back what the schema has no place for (JSON)."""
FACTS = "?smo-strategy"
"""Tag of a processing instruction with the facts of a strategy that StratML has no words for (JSON)."""


@dataclass(frozen=True)
class Element:
    """One element: its tag without the plan's namespace, its attributes, its text, its children; `line` is its place.

    A tag that begins with "?" is a processing instruction of ours whose text is JSON.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Element, ...] = ()
    line: int = field(default=0, compare=False)

    def all(self, tag: str) -> tuple[Element, ...]:
        """The children of a tag."""
        return tuple(child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        """The first child of a tag, if there is one."""
        return next((child for child in self.children if child.tag == tag), None)

    def words(self, *path: str) -> str:
        """The text at the end of a path of first children; empty where there is none."""
        found: Element | None = self
        for tag in path:
            found = found.first(tag) if found is not None else None
        return found.text if found is not None else ""

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.children))

    def with_words(self, text: str, *path: str) -> Element:
        """The same with another text at the end of a path; elements that are missing on the way are added."""
        if not path:
            return replace(self, text=text)
        standing = self.first(path[0]) or Element(path[0])
        return self.with_first(standing.with_words(text, *path[1:]))

    def with_first(self, child: Element) -> Element:
        """The same with the child in place of the first of its tag, or as the last."""
        place = next((i for i, one in enumerate(self.children) if one.tag == child.tag), len(self.children))
        return replace(self, children=(*self.children[:place], child, *self.children[place + 1 :]))

    def with_all(self, tag: str, children: tuple[Element, ...]) -> Element:
        """The same with other children of a tag, standing where the first of the former ones stood, or last."""
        place = next((i for i, child in enumerate(self.children) if child.tag == tag), len(self.children))
        before = tuple(child for child in self.children[:place] if child.tag != tag)
        after = tuple(child for child in self.children[place:] if child.tag != tag)
        return replace(self, children=(*before, *children, *after))


def to_json(element: Element) -> dict[str, Any]:
    """The tree as JSON values; what is empty is left out."""
    values: dict[str, Any] = {"tag": element.tag}
    if element.attributes:
        values["attributes"] = dict(element.attributes)
    if element.text:
        values["text"] = element.text
    if element.children:
        values["children"] = [to_json(child) for child in element.children]
    return values


def from_json(values: dict[str, Any]) -> Element:
    """The tree that `to_json` wrote."""
    return Element(
        values["tag"],
        dict(values.get("attributes", {})),
        values.get("text", ""),
        tuple(from_json(child) for child in values.get("children", ())),
    )


def counts(element: Element) -> dict[str, int]:
    """How many elements of each tag there are."""
    found: dict[str, int] = {}
    for one in element.walk():
        if not one.tag.startswith("?"):
            found[one.tag] = found.get(one.tag, 0) + 1
    return found
