"""Texts about a file, written as YAML at the head of a Markdown file or as a YAML file of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from core.spreadsheets.errors import SpreadsheetError

LARGEST = 1024 * 1024
MOST_TEXTS = 2_000
DEEPEST = 6
FENCE = "---"


def front_matter(path: Path) -> dict[str, str]:
    """Every text by its key; keys within keys are joined by points, entries of a list are counted from 1."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SpreadsheetError(
            _("the file cannot be opened: %(error)s.") % {"error": error.strerror or error}
        ) from None
    except UnicodeDecodeError:
        raise SpreadsheetError(_("is not written in UTF-8, so what it says is missing.")) from None
    if len(content) > LARGEST:
        raise SpreadsheetError(_("is larger than 1 MB, so what it says is missing."))
    return _texts_of(_fenced(text))


def _fenced(text: str) -> str:
    """What stands between the first two fences; all of it where there is none."""
    lines = text.lstrip().splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        return text
    ends = next((at for at, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), len(lines))
    return "\n".join(lines[1:ends])


def _texts_of(text: str) -> dict[str, str]:
    try:
        document = yaml.safe_load(text)
        found: dict[str, str] = {}
        for key, value in _flat(document if isinstance(document, dict) else {}, "", 0):
            if len(found) >= MOST_TEXTS:
                raise SpreadsheetError(_("says more than can be read, so what it says is missing."))
            found[key] = value
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, SpreadsheetError):
            raise
        where = getattr(error, "problem_mark", None)
        words = {"row": where.line + 1 if where else 1}
        raise SpreadsheetError(_("is not YAML near row %(row)s, so what it says is missing.") % words) from None
    return found


def _flat(value: Any, key: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        raise SpreadsheetError(_("is nested too deeply, so what it says is missing."))
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value, start=1)
        for name, inner in entries:
            yield from _flat(inner, f"{key}.{name}" if key else str(name), depth + 1)
    elif isinstance(value, bool):
        yield key, "true" if value else "false"
    elif isinstance(value, date):
        yield key, value.isoformat()
    elif value is not None:
        yield key, str(value)
