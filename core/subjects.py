"""Kinds of records that can be linked, found and announced, declared beside their model (DATAMODEL A3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model
from django.urls import reverse

Cls = TypeVar("Cls", bound=type[Model])


@dataclass(frozen=True)
class SubjectKind:
    """How a Subject row is made from its record: paths to unit and owner, fields that name it, fields that search reads."""

    kind: str
    model: type[Model]
    unit: str
    owner: str
    label: Sequence[str]
    text: Sequence[str]
    url: str
    private: bool | str = False
    retired: str = ""
    values: tuple[str, ...] = field(default=())

    @property
    def paths(self) -> list[str]:
        """Every path to read, without the empty ones and without repeats."""
        wanted = ["pk", self.unit, self.owner, *self.label, *self.text, self.retired]
        if isinstance(self.private, str):
            wanted.append(self.private)
        return list(dict.fromkeys(path for path in wanted if path))

    def href(self, key: int) -> str:
        """The page of the record."""
        return reverse(self.url, args=[key])


_kinds: dict[str, SubjectKind] = {}


def subject_kind(
    kind: str,
    *,
    url: str,
    label: Sequence[str],
    unit: str = "",
    owner: str = "",
    text: Sequence[str] = (),
    private: bool | str = False,
    retired: str = "",
) -> Callable[[Cls], Cls]:
    """Declare the decorated model a kind of Subject."""

    def register(cls: Cls) -> Cls:
        _kinds[kind] = SubjectKind(kind, cls, unit, owner, tuple(label), tuple(text), url, private, retired)
        return cls

    return register


def kinds() -> Mapping[str, SubjectKind]:
    """Every declared kind by name."""
    return _kinds


def kind_of(model: type[Model]) -> SubjectKind:
    """The kind of a model."""
    found = next((kind for kind in _kinds.values() if kind.model is model), None)
    if found is None:
        raise RuntimeError(f"{model.__name__} is no kind of subject")
    return found


def url_of(subject: Any) -> str:
    """The page of the record behind a Subject row."""
    return _kinds[subject.kind].href(subject.key)
