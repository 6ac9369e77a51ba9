"""Reading a drawing back: its words, its marks, where they stand."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def words(svg: str) -> list[str]:
    return [node.text or "" for node in parsed(svg).iter(f"{SVG}text")]


def tips(svg: str) -> list[str]:
    return [node.get("data-tip") or "" for node in parsed(svg).iter(f"{SVG}rect") if node.get("data-tip")]


def by_class(svg: str, name: str) -> list[ET.Element]:
    return [node for node in parsed(svg).iter() if name in (node.get("class") or "").split()]


def coordinates(svg: str) -> list[float]:
    """Every number that says where a mark stands."""
    found = []
    for node in parsed(svg).iter():
        for name in ("x", "y", "cx", "cy", "x1", "x2", "y1", "y2", "width", "height", "r", "d"):
            found += [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", node.get(name) or "")]
    return found
