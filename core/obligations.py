"""What a person owes, asked from every app by one call: home, daily mail, board of what is late."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from core.access import Actor
from core.periods import At


@dataclass(frozen=True)
class Obligation:
    """One thing owed: what, about what, by when, and where it is done.

    `is_mailed`: whether today's daily mail names it; My work always does.
    """

    kind: str
    what: str
    about: str
    due_on: date | None
    url: str
    person_id: int | None = None
    is_mailed: bool = True

    def days_late(self, today: date) -> int:
        """Whole days after the due date; 0 when it is not late."""
        return max(0, (today - self.due_on).days) if self.due_on else 0


Build = Callable[[Actor, At], Iterable[Obligation]]
_sources: dict[str, tuple[str | Promise, Build]] = {}


def obligation(kind: str, title: str | Promise) -> Callable[[Build], Build]:
    """Register the decorated function as a source of obligations."""

    def register(build: Build) -> Build:
        if kind in _sources:
            raise RuntimeError(f"obligation {kind} is registered twice")
        _sources[kind] = (title, build)
        return build

    return register


def kinds() -> dict[str, str | Promise]:
    """Kind → title, in order of registration."""
    return {kind: title for kind, (title, _build) in _sources.items()}


def obligations(viewer: Actor, at: At) -> list[Obligation]:
    """Everything the viewer owes, what is due first at the top."""
    owed = [item for _title, build in _sources.values() for item in build(viewer, at)]
    return sorted(owed, key=lambda item: (item.due_on or date.max, item.kind, item.about))
