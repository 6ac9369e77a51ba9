"""A check of a document against one of the published schemas, read from the schema file itself; what these two use of XSD."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree as ET

XS = "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NCNAME = re.compile(r"[^\W\d][\w.\-·]*")


class Schema:
    """One schema: `faults(document)` gives a sentence for everything in it that the schema does not allow."""

    def __init__(self, path: Path) -> None:
        self.root = ET.parse(path).getroot()
        self.namespace = f"{{{self.root.get('targetNamespace')}}}"
        self.elements = {one.get("name"): one for one in self.root.findall(f"{XS}element")}
        self.types = {
            one.get("name"): one for tag in ("complexType", "simpleType") for one in self.root.findall(XS + tag)
        }
        self.ids: set[str] = set()

    def faults(self, document: bytes) -> list[str]:
        root = ET.fromstring(document)
        self.ids = set()
        name = root.tag.removeprefix(self.namespace)
        return list(self._element(root, self.elements[name])) if name in self.elements else [f"root {root.tag}"]

    def _named(self, text: str):
        return self.types[text.split(":")[1]]

    def _element(self, one, declared):
        kind = declared.get("type")
        inline = declared.find(f"{XS}complexType")
        if inline is None and kind and kind.startswith("stratml:") and self._named(kind).tag == f"{XS}complexType":
            inline = self._named(kind)
        if inline is not None:
            yield from self._complex(one, inline)
            return
        text = "".join(one.itertext())
        allowed = declared.find(f"{XS}simpleType") if kind is None else kind
        if len(one) or one.attrib or not self._simple(text, allowed):
            yield f"{one.tag}: {text!r} is not {kind or 'one of its values'}"

    def _particles(self, declared) -> list:
        extension = declared.find(f"{XS}complexContent/{XS}extension")
        if extension is not None:
            return self._particles(self._named(extension.get("base"))) + self._particles(extension)
        sequence = declared.find(f"{XS}sequence")
        return list(sequence.findall(f"{XS}element")) if sequence is not None else []

    def _complex(self, one, declared):
        yield from self._attributes(one, declared)
        if (one.text or "").strip() or any((child.tail or "").strip() for child in one):
            yield f"{one.tag}: text among elements"
        waiting = [child for child in one if isinstance(child.tag, str)]
        for particle in self._particles(declared):
            name = particle.get("ref").split(":")[1]
            least, most = int(particle.get("minOccurs", 1)), particle.get("maxOccurs", "1")
            count = 0
            while waiting and waiting[0].tag == self.namespace + name and (most == "unbounded" or count < int(most)):
                yield from self._element(waiting.pop(0), self.elements[name])
                count += 1
            if count < least:
                yield f"{one.tag}: lacks {name}"
        yield from (f"{one.tag}: {child.tag} is not expected" for child in waiting)

    def _attributes(self, one, declared):
        known = {attribute.get("name"): attribute for attribute in declared.findall(f"{XS}attribute")}
        for name, value in one.attrib.items():
            if name == f"{XSI}schemaLocation":
                continue
            kind = known[name].get("type") or known[name].find(f"{XS}simpleType") if name in known else None
            if kind is None or not self._simple(value, kind):
                yield f"{one.tag}: {name}={value!r}"
        yield from (
            f"{one.tag}: lacks @{n}" for n, a in known.items() if a.get("use") == "required" and n not in one.attrib
        )

    def _simple(self, text: str, kind) -> bool:
        if isinstance(kind, str) and kind.startswith("xsd:"):
            return getattr(self, f"_{kind[4:].lower()}")(text)
        declared = self._named(kind) if isinstance(kind, str) else kind
        union = declared.find(f"{XS}union")
        if union is not None:
            return any(self._simple(text, member) for member in union.get("memberTypes").split())
        restriction = declared.find(f"{XS}restriction")
        values = [value.get("value") for value in restriction.findall(f"{XS}enumeration")]
        return text in values if values else self._simple(text, restriction.get("base"))

    def _string(self, text: str) -> bool:
        return True

    def _anyuri(self, text: str) -> bool:
        return not re.search(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})", text)

    def _id(self, text: str) -> bool:
        fresh = text not in self.ids
        self.ids.add(text)
        return fresh and bool(NCNAME.fullmatch(text))

    def _date(self, text: str) -> bool:
        try:
            return bool(date.fromisoformat(text.strip()))
        except ValueError:
            return False

    def _decimal(self, text: str) -> bool:
        try:
            return Decimal(text).is_finite() and "e" not in text.lower()
        except InvalidOperation:
            return False
