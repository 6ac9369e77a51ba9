"""The text of a standard definition as a document, and what is different between two of its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTENT = (
    "name", "description", "formula", "source", "unit_of_measure", "is_percent", "decimals", "frequency", "aggregation",
    "method", "polarity",
)  # fmt: skip
"""What a version of a definition says, in the order it is shown."""


@dataclass(frozen=True)
class Difference:
    """A field that two versions say otherwise; None where a version had no such field."""

    field: str
    was: Any
    now: Any


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What the later version says otherwise, in the order of CONTENT; equal versions give nothing."""
    names = [*CONTENT, *sorted((before.keys() | after.keys()) - set(CONTENT))]
    return [
        Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]
