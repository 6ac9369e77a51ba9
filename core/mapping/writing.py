"""A mapping as a person may read and change it: the TOML of a kept document, and a beginning made from a file's header."""

import json
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.mapping.fields import Field

BARE = re.compile(r"[A-Za-z0-9_-]+")
SIGNS = re.compile(r"[\W_]+")


def to_toml(document: Dictionary[str, Any]) -> str:
    """The document as TOML that reads back the same; a key without a value (null) is left out."""
    plain = {key: value for key, value in document.items() if value is not None}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items() if not _is_section(value)]
    for key, value in plain.items():
        if isinstance(value, Dictionary):
            lines += ["", f"[{_key(key)}]", *_entries(value)]
        elif _is_section(value):
            for item in value:
                lines += ["", f"[[{_key(key)}]]", *_entries(item)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _is_section(value: Any) -> bool:
    is_list = isinstance(value, list) and bool(value) and all(isinstance(item, Dictionary) for item in value)
    return is_list or isinstance(value, Dictionary)


def _entries(section: Dictionary[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in section.items() if value is not None]


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A basic string: JSON's escapes are TOML's too, but for the one sign that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, Dictionary):
        return "{ " + ", ".join(_entries(value)) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value if item is not None) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def starter(
    kind: str,
    source: str,
    columns: Sequence[str],
    fields: Sequence[Field],
    series: Sequence[str] = (),
    options: Sequence[Field] = (),
    given: Dictionary[str, Any] | None = None,
) -> str:
    """The beginning of a mapping for a file with these columns: fields whose name or label is a column's are filled.

    All other fields and columns stand as comments, for a person to go on with; so do options but those `given`. It may
    not yet be a right mapping.
    """
    free = {_alike(column): column for column in reversed(columns) if column}
    matched: list[str] = []
    left: list[str] = []
    for field in fields:
        found = next((free.pop(word) for word in _words_of(field) if word in free), None)
        if found is None:
            words = f"{field.help or field.label}{_(', required') if field.required else ''}"
            left.append(_comment(f'{_key(field.name)} = "…"  # {words}'))
        else:
            matched.append(f"{_key(field.name)} = {_text(found)}")
    lines = [f"kind = {_text(kind)}", f"source = {_text(source)}", "", "[fields]", *matched, *left]
    if free:
        lines += ["", _comment(_("Columns of the file that no field takes yet:"))]
        lines += [_comment(f"  {_text(column)}") for column in columns if column in free.values()]
    if series:
        words = _("Figures: one block for each series (%(names)s). For example:") % {"names": ", ".join(series)}
        lines += ["", _comment(words), _comment("[[values]]"), _comment(f"series = {_text(series[0])}")]
        lines += [_comment('columns = { "2025" = "FY2025", "2026" = "FY2026" }')]
    if options:
        said = given or {}
        unsaid = [one for one in options if one.name not in said]
        lines += ["", "[options]", *_entries(said)]
        lines += [_comment(f'{_key(one.name)} = "…"  # {one.help or one.label}') for one in unsaid]
    return "\n".join(lines) + "\n"


def _words_of(field: Field) -> tuple[str, str]:
    return _alike(field.name), _alike(str(field.label))


def _alike(text: str) -> str:
    """Columns and labels are compared without case, blanks and signs."""
    return SIGNS.sub("", text.casefold())


def _comment(text: str) -> str:
    return "# " + " ".join(text.split())
