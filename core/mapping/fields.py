"""What an importer takes: fields with a type, declared by the importer and filled by a mapping."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

FieldType = Literal["text", "number", "date", "boolean", "choice"]


@dataclass(frozen=True)
class Field:
    """One field of an importer: its name in mappings, its type, and words for the person who writes one.

    `choices` are the words a "choice" may be. A text longer than `max_length` characters is refused.
    """

    name: str
    type: FieldType = "text"
    label: str | Promise = ""
    help: str | Promise = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    max_length: int = 500
