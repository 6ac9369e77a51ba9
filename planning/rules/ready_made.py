"""Ready-made plans to start from, and their single pieces to add from. Data files beside this module, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from strategy.rules.content import LinkContent, ObjectiveContent, PerspectiveContent, StrategyContent, ThemeContent

FOLDER = Path(__file__).with_name("ready_made_plans")
ORDER = ("company", "agency", "hospital", "university", "nonprofit")


@dataclass(frozen=True)
class Template:
    """A plan for a kind of organisation; `content` has days of its own until it is used."""

    key: str
    name: str
    about: str
    content: StrategyContent


@dataclass(frozen=True)
class Piece:
    """A perspective of a template, or with `objective` one of its objectives; `key` names it in forms."""

    key: str
    perspective: str
    question: str
    objective: str = ""
    code: str = ""
    description: str = ""


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """All templates in the order in which they are offered."""
    return tuple(_template(key, tomllib.loads((FOLDER / f"{key}.toml").read_text("utf-8"))) for key in ORDER)


def template_named(key: str) -> Template | None:
    """One template, if there is one of this key."""
    return next((one for one in templates() if one.key == key), None)


@lru_cache(maxsize=8)
def pieces(key: str) -> tuple[Piece, ...]:
    """Each perspective of a template, followed by its objectives; nothing for a key that is not known."""
    found = template_named(key)
    return tuple(_pieces(found)) if found else ()


def piece_named(key: str) -> Piece | None:
    """One piece by its key, such as "hospital:PA1"."""
    return next((one for one in pieces(key.partition(":")[0]) if one.key == key), None)


def _pieces(template: Template) -> Iterator[Piece]:
    for place, layer in enumerate(template.content.perspectives):
        yield Piece(f"{template.key}:{place}", layer.name, layer.question)
        for one in template.content.objectives:
            if one.perspective == layer.key:
                yield Piece(
                    f"{template.key}:{one.code}", layer.name, layer.question, one.name, one.code, one.description
                )


def _template(key: str, document: Mapping[str, Any]) -> Template:
    content = StrategyContent(
        name=document["name"],
        starts_on=date.min,
        ends_on=date.max,
        mission=document["mission"],
        vision=document["vision"],
        core_values=tuple(document["core_values"]),
        perspectives=tuple(PerspectiveContent(one["name"], **one) for one in document["perspectives"]),
        themes=tuple(ThemeContent(one["name"], **one) for one in document["themes"]),
        objectives=tuple(
            ObjectiveContent(one["code"], **{**one, "themes": tuple(one["themes"])}) for one in document["objectives"]
        ),
        links=tuple(_link(one) for one in document["links"]),
    )
    return Template(key, document["name"], document["about"], content)


def _link(one: Mapping[str, Any]) -> LinkContent:
    source, target, (least, most) = one["source"], one["target"], one["lag"]
    return LinkContent(f"{source}-{target}", source, target, 1, least, most, one["rationale"])
