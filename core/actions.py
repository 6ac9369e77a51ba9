"""What every action of every app shares: the answer per row of a batch, and the two refusals a page can mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _


class Refusal(ValidationError):
    """An action said no, in a sentence that says what is wrong and what to do. Nothing was changed.

    `code` names the case for programs; `field` names the input it belongs to, if one does.
    """

    def __init__(self, sentence: str, *, code: str = "refused", field: str = "") -> None:
        self.field = field
        super().__init__(sentence, code=code)

    @property
    def sentence(self) -> str:
        return str(self.message)

    def __str__(self) -> str:
        return self.sentence


class Conflict(Exception):
    """Somebody changed the row since the actor read it. Both versions are kept for the actor to choose (TRUST D1)."""

    def __init__(self, current: Model, yours: dict[str, Any]) -> None:
        self.current = current
        self.yours = yours
        super().__init__(_("%(name)s was changed by someone else while you were editing.") % {"name": current})


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row of a batch: taken, changed, unchanged, skipped, submitted, refused or conflict, and why.

    `current` is what stands there now, after a conflict; what it is, the verb says.
    """

    row: int
    result: str
    label: str = ""
    reason: str = ""
    current: Any = None


@dataclass
class Outcome:
    """The answer of a batch verb, row by row (DATAMODEL A7)."""

    rows: list[RowOutcome] = field(default_factory=list)

    def add(self, row: int, result: str, label: str = "", reason: str = "", current: Any = None) -> None:
        self.rows.append(RowOutcome(row, result, label, reason, current))

    def count(self, *results: str) -> int:
        return sum(1 for row in self.rows if row.result in results)

    @property
    def refused(self) -> list[RowOutcome]:
        return [row for row in self.rows if row.result == "refused"]

    @property
    def conflicts(self) -> list[RowOutcome]:
        """Rows that somebody else wrote since the actor saw them."""
        return [row for row in self.rows if row.result == "conflict"]


def check_version(row: Model, expected: int | None, yours: dict[str, Any]) -> None:
    """Raise Conflict if the row has moved on since the actor read version `expected`; None asks nothing (a program's own write)."""
    if expected is not None and expected != row.row_version:  # type: ignore[attr-defined]
        raise Conflict(row, yours)


def assign(row: Model, values: dict[str, Any]) -> list[str]:
    """Set the values on the row; the names of those that really changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def sentences(error: ValidationError) -> Iterable[str]:
    """Every message of a validation error, field by field."""
    if hasattr(error, "error_dict"):
        return [f"{name}: {message}" for name, messages in error.message_dict.items() for message in messages]
    return list(error.messages)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Every read inside sees the same moment: what a published report is read in (ARCHITECTURE, four outputs).

    Inside a transaction that has already begun, that transaction's own view is used.
    """
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
