"""StratML as a file: read without document types, entities or the network, in parts; written as UTF-8.

Whatever is wrong with a file is a `SpreadsheetError`: a sentence with the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from core.spreadsheets import Limits, SpreadsheetError
from planning.rules.plan_tree import FACTS, KEPT, Element
from planning.rules.stratml_schema import LOCATION, PARTS, Part
from planning.rules.stratml_shape import restored

LARGEST = 50 * 1024 * 1024
MOST_ELEMENTS = 200_000
DEEPEST = 40
PIECE = 256 * 1024
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class PlanFile:
    """A plan as it was written, the part of the standard it follows, its namespace, and our own facts, if it has any."""

    tree: Element
    part: Part
    namespace: str
    facts: str


class _Building:
    """Takes the parser's events and builds the tree; refuses a wrong root at once, and what is too much."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.part: Part | None = None
        self.namespace = ""
        self.open: list[tuple[str, dict[str, str], int, list[str], list[Element]]] = []
        self.facts = ""
        self.count = 0
        self.root: Element | None = None

    @property
    def line(self) -> int:
        return int(self.parser.parser.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.part is None:
            self._begin(tag)
        self.count += 1
        if self.count > MOST_ELEMENTS:
            words = {"most": f"{MOST_ELEMENTS:,}"}
            raise SpreadsheetError(_("The file has more than %(most)s elements; no plan has so many.") % words)
        if len(self.open) >= DEEPEST:
            raise SpreadsheetError(
                _("Elements stand more than %(most)d deep in one another here; no plan does that.") % {"most": DEEPEST},
                line=self.line,
            )
        self.open.append((self._plain(tag), dict(attributes), self.line, [], []))

    def _begin(self, tag: str) -> None:
        namespace, _sign, name = tag.rpartition("}")
        self.namespace = namespace[1:]
        self.part = next((part for part in PARTS.values() if part.root == name), None)
        if self.part is None:
            words = {"root": name[:80], "roots": " / ".join(part.root for part in PARTS.values())}
            raise SpreadsheetError(
                _("This is not a StratML plan: it begins with “%(root)s”, and a plan begins with %(roots)s.") % words,
                line=self.line,
            )

    def _plain(self, tag: str) -> str:
        namespace, sign, name = tag.rpartition("}")
        return name if namespace[1:] == self.namespace or not sign else tag

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1][3].append(text)

    def pi(self, target: str, text: str | None = None) -> None:
        if f"?{target}" == FACTS:
            self.facts = self.facts or text or ""
        elif self.open and f"?{target}" == KEPT:
            self.open[-1][4].append(Element(f"?{target}", text=text or "", line=self.line))

    def end(self, _tag: str) -> None:
        tag, attributes, line, pieces, children = self.open.pop()
        text = "".join(pieces)
        if not text.strip() and any(not child.tag.startswith("?") for child in children):
            text = ""
        made = Element(tag, attributes, text, tuple(children), line)
        if self.open:
            self.open[-1][4].append(made)
        else:
            self.root = made

    def close(self) -> Element | None:
        return self.root


def read_tree(path: Path, limits: Limits) -> PlanFile:
    """The plan in the file. `SpreadsheetError` says what is wrong with it."""
    largest = min(limits.file_bytes or LARGEST, LARGEST)
    building = _Building()
    parser = building.parser = DefusedXMLParser(target=building, forbid_dtd=True)
    try:
        for piece in _pieces(path, largest):
            parser.feed(piece)
        tree = parser.close()
    except SpreadsheetError as refusal:
        raise refusal.at(file=path.name) from None
    except DefusedXmlException:
        sentence = _("The file defines a document type or entities of its own. Such files are not read; take it out.")
        raise SpreadsheetError(sentence, file=path.name, line=building.line) from None
    except ParseError as error:
        sentence = _("The XML is not well formed here (%(what)s).") % {"what": str(error).split(":")[0]}
        raise SpreadsheetError(sentence, file=path.name, line=error.position[0]) from None
    except (ValueError, LookupError):
        sentence = _("The file's encoding is not known. Save it as UTF-8.")
        raise SpreadsheetError(sentence, file=path.name) from None
    return PlanFile(restored(tree), building.part or PARTS[1], building.namespace, building.facts)


def _pieces(path: Path, largest: int) -> Iterator[bytes]:
    """The file in parts; it is refused as soon as it proves too large."""
    taken = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            taken += len(piece)
            if taken > largest:
                words = {"most": largest // _MEGABYTE}
                raise SpreadsheetError(_("The file is larger than %(most)d MB; no plan is so large.") % words)
            yield piece


# ------------------------------------------------------------------------------------------------------------- out
def written_tree(tree: Element, part: Part) -> bytes:
    """An arranged tree as a file."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    root = {"xmlns": part.namespace}
    if any(LOCATION in one.attributes for one in tree.walk()):
        root["xmlns:xsi"] = _XSI
    _write(tree, lines, 0, root)
    return ("\n".join(lines) + "\n").encode()


def _write(one: Element, lines: list[str], depth: int, more: dict[str, str]) -> None:
    indent = "  " * depth
    named = {name.replace(f"{{{_XSI}}}", "xsi:"): value for name, value in one.attributes.items()}
    attributes = "".join(f" {name}={_quoted(value)}" for name, value in {**more, **named}.items())
    inner = [child for child in one.children if not child.tag.startswith("?")]
    notes = [_instruction(child) for child in one.children if child.tag.startswith("?")]
    if not inner:
        body = "".join(notes) + _escaped(one.text)
        end = f">{body}</{one.tag}>" if body else "/>"
        lines.append(f"{indent}<{one.tag}{attributes}{end}")
        return
    lines.append(f"{indent}<{one.tag}{attributes}>")
    lines += [f"{indent}  {note}" for note in notes]
    for child in inner:
        _write(child, lines, depth + 1, {})
    lines.append(f"{indent}</{one.tag}>")


def _escaped(text: str) -> str:
    return escape(_legal(text), {"\r": "&#13;"})


def _quoted(value: str) -> str:
    return quoteattr(_legal(value), {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def _legal(text: str) -> str:
    """Without the signs that XML cannot hold at all."""
    return "".join(sign for sign in text if (sign >= " " and sign not in "\ufffe\uffff") or sign in "\t\n\r")


def _instruction(one: Element) -> str:
    """Its JSON is ASCII; "?>" would end it."""
    return f"<{one.tag} {one.text.replace('?>', '?' + chr(92) + 'u003e')}?>"
