"""Dated steps of all processes, for the calendar of the year and iCalendar feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from core.access import Actor
from core.periods import At


@dataclass(frozen=True)
class DatedStep:
    """One step: what, from when to when, who holds it, whether it is done."""

    key: str
    title: str
    starts_on: date
    ends_on: date
    url: str = ""
    owner: str = ""
    is_done: bool = False


Build = Callable[[Actor, At], Iterable[DatedStep]]
_sources: dict[str, Build] = {}


def dates(kind: str) -> Callable[[Build], Build]:
    """Register the decorated function as a source of dated steps."""

    def register(build: Build) -> Build:
        if kind in _sources:
            raise RuntimeError(f"dates {kind} are registered twice")
        _sources[kind] = build
        return build

    return register


def steps(viewer: Actor, at: At) -> list[DatedStep]:
    """All steps the viewer may see, in order of time."""
    found = [step for build in _sources.values() for step in build(viewer, at)]
    return sorted(found, key=lambda step: (step.starts_on, step.title))
