"""Tabler's outline icons by name: one drawing style, text always beside them (UX §5, "Icons").

Fixed meanings: gavel decision, checkbox action, parking parking lot, messages catchball, link-off gap, lock private.
To add one, take it from the package named in static/vendor/vendor.json and put its paths into icons.json.
"""

from __future__ import annotations

import html
import json
from functools import cache
from pathlib import Path

ICONS = Path(__file__).resolve().parents[1] / "static" / "vendor" / "tabler-icons" / "icons.json"


@cache
def _icons() -> dict[str, list[str]]:
    icons: dict[str, list[str]] = json.loads(ICONS.read_text(encoding="utf-8"))
    return icons


def names() -> list[str]:
    """Every icon there is."""
    return sorted(_icons())


def paths(name: str) -> list[str]:
    """The path commands of an icon in a box of 24 by 24. Raises KeyError naming an icon that is not there."""
    try:
        return _icons()[name]
    except KeyError:
        raise KeyError(f"there is no icon {name!r}") from None


@cache
def _silent(name: str, size: str) -> str:
    strokes = "".join(f'<path d="{html.escape(commands)}"/>' for commands in paths(name))
    return f'<svg class="smo-ic{size}" viewBox="0 0 24 24" aria-hidden="true">{strokes}</svg>'


def drawing(name: str, small: bool = False, label: str = "") -> str:
    """The icon as markup, drawn once; hidden from screen readers unless it has a label, which is escaped."""
    silent = _silent(name, " smo-ic-s" if small else "")
    return silent.replace('aria-hidden="true"', f'role="img" aria-label="{html.escape(label)}"', 1) if label else silent
