"""Bringing a plan's tree into the shape its schema allows, and back again, with nothing lost on the way.

`arranged` puts children into the schema's order, fits typed texts, and moves what has no place into a processing
instruction of ours at the element (`KEPT`); `restored` is its inverse. What was not as the schema says is a `Fault`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from planning.rules.plan_tree import KEPT, Element, from_json, to_json
from planning.rules.stratml_schema import ALIASES, LOCATION, Part, Shape, fitted

FaultKind = Literal["unknown", "too_many", "order", "missing", "attribute", "needed", "value", "twice", "mixed"]


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the schema says: at the element of `tag` in `line`; `detail` is what it is about."""

    kind: FaultKind
    tag: str
    detail: str
    line: int = 0


@dataclass
class _Arranging:
    part: Part
    faults: list[Fault] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def said(self, kind: FaultKind, at: Element, detail: str) -> None:
        self.faults.append(Fault(kind, at.tag, detail, at.line))

    # ------------------------------------------------------------------------------------------------- one element
    def element(self, one: Element, shape: Shape) -> Element | None:
        """The element as it may stand; None if its text has no place here at all."""
        kept: dict[str, Any] = {}
        if (text := self._text(one, shape, kept)) is None:
            return None
        attributes = self._attributes(one, shape, kept)
        children = self._children(one, shape, kept)
        said = (Element(KEPT, text=json.dumps(kept)),) if kept else ()
        return Element(one.tag, attributes, text, (*said, *children), one.line)

    def _text(self, one: Element, shape: Shape, kept: dict[str, Any]) -> str | None:
        text: str | None = ""
        if shape.type:
            text = fitted(one.text, shape.type)
            if text is not None and shape.type == "id":
                text = self._unique(one, text)
        elif one.text.strip():
            self.said("mixed", one, one.text.strip())
        if text is not None and text != one.text:
            kept |= {"text": one.text, "written": text}
            if shape.type:
                self.said("value", one, one.text)
        return text

    def _unique(self, one: Element, text: str) -> str:
        if text in self.used:
            self.said("twice", one, one.text)
        while text in self.used:
            text = f"_{text}"
        self.used.add(text)
        return text

    def _attributes(self, one: Element, shape: Shape, kept: dict[str, Any]) -> dict[str, str]:
        right: dict[str, str] = {}
        for name, value in one.attributes.items():
            known = ALIASES.get(name, name)
            values = shape.attributes.get(known, ())
            if name == LOCATION or values is None or (values and value in values):
                right[known] = value
            if name != known or known not in right:
                self.said("attribute", one, f"{name.rsplit('}', 1)[-1]}={value}")
        for name, value in shape.needed.items():
            if name not in right:
                right[name] = value
                self.said("needed", one, name)
        if right != one.attributes:
            kept["attributes"] = [dict(one.attributes), right]
        return right

    # ---------------------------------------------------------------------------------------------------- children
    def _children(self, one: Element, shape: Shape, kept: dict[str, Any]) -> list[Element]:
        placed: list[tuple[int, Element]] = []
        homeless = dict(enumerate(one.children))
        for tag, least, most in shape.children:
            found = self._of(one, tag, most, homeless)
            if len(found) < least:
                self.said("missing", one, tag)
                found.append((-1, self._added(tag)))
            placed += found
        self._say_homeless(one, shape, homeless)
        order = [place for place, _child in placed]
        if homeless:
            kept["children"] = [[place, to_json(child)] for place, child in homeless.items()]
        if order != list(range(len(order))):
            kept["order"] = order
        real = [place for place in order if place >= 0]
        if real != sorted(real):
            self.said("order", one, "")
        return [child for _place, child in placed]

    def _of(self, one: Element, tag: str, most: int, homeless: dict[int, Element]) -> list[tuple[int, Element]]:
        """The children of a tag that may stand, each with its former place; they are taken out of `homeless`."""
        found: list[tuple[int, Element]] = []
        for place, child in enumerate(one.children):
            if child.tag == tag and len(found) < most:
                made = self.element(child, self.part.shapes[tag])
                if made is not None:
                    found.append((place, made))
                    del homeless[place]
        return found

    def _added(self, tag: str) -> Element:
        """An empty element that the schema wants: it goes again when the file is read."""
        made = self.element(Element(tag), self.part.shapes[tag])
        added = Element(KEPT, text=json.dumps({"added": True}))
        children = [child for child in made.children if child.tag != KEPT] if made else []
        return Element(tag, {}, "", (added, *children))

    def _say_homeless(self, one: Element, shape: Shape, homeless: dict[int, Element]) -> None:
        known = {tag for tag, _least, _most in shape.children}
        for child in homeless.values():
            if child.tag not in known:
                self.said("unknown", one, child.tag)
            elif fitted(child.text, self.part.shapes[child.tag].type) is None:
                self.said("value", child, child.text)
            else:
                self.said("too_many", one, child.tag)


def arranged(tree: Element, part: Part) -> tuple[Element, list[Fault]]:
    """The tree as the schema of the part allows it, and what was not so."""
    arranging = _Arranging(part)
    made = arranging.element(replace(tree, tag=part.root), part.shapes[part.root])
    return made or Element(part.root), arranging.faults


def restored(tree: Element) -> Element:
    """The tree that `arranged` was given. What somebody else changed since stays as it is found."""
    kept = _said(tree)
    standing = [child for child in tree.children if child.tag != KEPT]
    order = kept.get("order", [])
    if len(order) != len(standing):
        order = list(range(len(standing)))
    slots = [(at, restored(child)) for at, child in zip(order, standing, strict=True) if not _is_added(child)]
    slots += [(at, from_json(values)) for at, values in kept.get("children", [])]
    children = tuple(child for _at, child in sorted(slots, key=lambda slot: slot[0]))
    before, written = kept.get("attributes", [None, None])
    attributes = before if written is not None and written == tree.attributes else tree.attributes
    text = kept["text"] if kept.get("written") == tree.text else tree.text
    return replace(tree, attributes=attributes, text=text, children=children)


def _is_added(one: Element) -> bool:
    """True of an element that only the schema wanted, while nobody has filled it."""
    kept = _said(one)
    return kept.get("added") is True and not one.text and all(_is_added(c) for c in one.children if c.tag != KEPT)


def _said(one: Element) -> dict[str, Any]:
    """What the instruction at the element says; nothing if there is none or it is not as `arranged` writes it."""
    note = one.first(KEPT)
    try:
        found = json.loads(note.text) if note is not None else {}
        return found if _is_ours(found) else {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _is_ours(kept: Any) -> bool:
    """Checks the types of everything `restored` takes; raises what `from_json` raises."""
    children = [from_json(values) for at, values in kept.get("children", []) if isinstance(at, int)]
    before, written = kept.get("attributes", [{}, {}])
    texts = [kept.get("text", ""), kept.get("written", ""), *before.values(), *written.values()]
    texts += [part for child in children for one in child.walk() for part in (one.tag, one.text)]
    texts += [value for child in children for one in child.walk() for value in one.attributes.values()]
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(at, int) for at in kept.get("order", []))
        and len(children) == len(kept.get("children", []))
        and ("text" in kept) == ("written" in kept)
    )
