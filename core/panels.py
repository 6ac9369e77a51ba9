"""Boxes that apps contribute to one another's screens, and to printed packs (ARCHITECTURE, Screens 2)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.access import Actor
from core.periods import At

Build = Callable[[Any, Actor, At], object | None]
SLOTS = (
    "objective",
    "measure",
    "strategy",
    "issue",
    "initiative",
    "plan",
    "review",
    "unit",
    "person",
    "executive",
    "department",
    "pack",
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Panel:
    """One box: `build(subject, viewer, at)` gives a report, or None to stay silent."""

    slot: str
    key: str
    title: str | Promise
    template: str
    build: Build
    order: int = 100
    width: int = 12

    def render(self, subject: Any, viewer: Any, at: At, *, printed: bool = False) -> str:
        """The filled box. A failing panel spoils this box alone, is logged, and says so."""
        try:
            report = self.build(subject, viewer, at)
            if report is None:
                return ""
            context = {
                "panel": self,
                "report": report,
                "subject": subject,
                "viewer": viewer,
                "at": at,
                "printed": printed,
            }
            return render_to_string(self.template, context)
        except Exception:
            log.exception("panel %s/%s failed", self.slot, self.key)
            problem = _("This part could not be made. The rest of the page is right; the failure has been recorded.")
            return render_to_string(
                "core/ui/panel_failed.html", {"panel": self, "problem": problem, "printed": printed}
            )


_panels: dict[tuple[str, str], Panel] = {}


def panel(
    slot: str, key: str, title: str | Promise, template: str, order: int = 100, width: int = 12
) -> Callable[[Build], Build]:
    """Register the decorated function as a panel of a slot."""

    def register(build: Build) -> Build:
        if slot not in SLOTS:
            raise RuntimeError(f"no such slot: {slot}")
        if (slot, key) in _panels:
            raise RuntimeError(f"panel {slot}/{key} is registered twice")
        _panels[slot, key] = Panel(slot, key, title, template, build, order, width)
        return build

    return register


def panels(slot: str) -> list[Panel]:
    """The panels of a slot in their order."""
    return sorted((p for p in _panels.values() if p.slot == slot), key=lambda p: (p.order, p.key))


def get(slot: str, key: str) -> Panel | None:
    """One panel, if there is such a one."""
    return _panels.get((slot, key))
