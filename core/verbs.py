"""What can be done with a subject from anywhere: its menu and the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.access import Actor


@dataclass(frozen=True)
class Verb:
    """`offer(subject, viewer)` gives the address of the form that does it, or an empty text if it is not offered."""

    key: str
    title: str | Promise
    icon: str
    kinds: tuple[str, ...]
    offer: Callable[[Any, Actor], str]
    order: int = 100


_verbs: dict[str, Verb] = {}


def verb(
    key: str, title: str | Promise, icon: str, kinds: tuple[str, ...] = (), order: int = 100
) -> Callable[..., Any]:
    """Register the decorated function as the offer of a verb; no kinds means every kind."""

    def register(offer: Callable[[Any, Actor], str]) -> Callable[[Any, Actor], str]:
        if key in _verbs:
            raise RuntimeError(f"verb {key} is registered twice")
        _verbs[key] = Verb(key, title, icon, kinds, offer, order)
        return offer

    return register


def verbs(subject: Any, viewer: Actor) -> list[tuple[Verb, str]]:
    """The verbs offered for a subject, each with its address."""
    fitting = [v for v in _verbs.values() if not v.kinds or subject.kind in v.kinds]
    offered = [(v, v.offer(subject, viewer)) for v in sorted(fitting, key=lambda v: (v.order, v.key))]
    return [(v, url) for v, url in offered if url]
