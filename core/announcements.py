"""Kinds of news, and how rooms below `notifications` tell people something.

Apps declare their kinds in `contributions.py`; `notifications` shows them on the page of preferences. An app above
`notifications` calls `notifications.actions.announce`; jobs and organization, which stand below it, call `tell`, which
is the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.access import Actor


@dataclass(frozen=True)
class AnnouncementKind:
    """One kind of news; whether it comes by mail at once or in the daily mail where a person has not chosen."""

    key: str
    title: Any
    by_mail: bool = False
    in_digest: bool = True


Announce = Callable[..., Any]
_kinds: dict[str, AnnouncementKind] = {}
_voice: list[Announce] = []


def announcement_kind(key: str, title: Any, *, by_mail: bool = False, in_digest: bool = True) -> AnnouncementKind:
    """Declare a kind of news; `title` completes "Tell me about …"."""
    if key in _kinds:
        raise RuntimeError(f"announcement kind {key} is declared twice")
    _kinds[key] = AnnouncementKind(key, title, by_mail, in_digest)
    return _kinds[key]


def kinds() -> Mapping[str, AnnouncementKind]:
    """Every declared kind by key, in the order of declaration."""
    return _kinds


def spoken_by(announce: Announce) -> None:
    """The app that tells people lends its call to the rooms below it."""
    _voice[:] = [announce]


def tell(actor: Actor, *, kind: str, subject: Any, to: Iterable[Any], text: str, url: str = "") -> None:
    """`notifications.actions.announce`, for rooms below it."""
    for announce in _voice:
        announce(actor, kind=kind, subject=subject, to=to, text=text, url=url)
