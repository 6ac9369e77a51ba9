"""Making and refreshing Subject rows in bulk, in the caller's transaction (DATAMODEL A3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from core.subjects import SubjectKind, kind_of, kinds
from organization.models import Subject

M = TypeVar("M", bound=Model)

_WRITE = """
INSERT INTO organization_subject (kind, key, unit_id, owner_id, label, private, words, trigrams, retired_at)
SELECT %s, r.key, r.unit, r.owner, r.label, r.private, to_tsvector('simple', r.words), organization_trigrams(r.words), r.retired
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::text[], %s::timestamptz[])
  AS r(key, unit, owner, label, private, words, retired)
ORDER BY r.key
ON CONFLICT (kind, key) DO UPDATE SET unit_id = excluded.unit_id, owner_id = excluded.owner_id, label = excluded.label,
  private = excluded.private, words = excluded.words, trigrams = excluded.trigrams, retired_at = excluded.retired_at
"""


def reserve(model: type[Model], count: int = 1) -> list[tuple[int, int]]:
    """`count` pairs of a new row's id and its Subject's id; the Subjects exist, the rows are the caller's to insert."""
    kind = kind_of(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organization_subject (kind, key, label, private, trigrams) "
            "SELECT %s, nextval(pg_get_serial_sequence(%s, 'id')), '', false, '{}' FROM generate_series(1, %s) RETURNING key, id",
            [kind.kind, model._meta.db_table, count],
        )
        return [(key, subject) for key, subject in cursor.fetchall()]


def create(model: type[M], rows: Sequence[dict[str, Any]]) -> list[M]:
    """Insert rows of a subject kind with their Subjects, two statements for any number of rows."""
    made = [
        model(id=key, subject_id=subject, **values)
        for (key, subject), values in zip(reserve(model, len(rows)), rows, strict=True)
    ]
    # keys are left to the database: Django would ask for each of them, row by row
    keys = [field.name for field in model._meta.concrete_fields if field.is_relation]
    for row in made:
        row.clean_fields(exclude=keys)
    model._default_manager.bulk_create(made)
    sync(model, [row.pk for row in made])
    return made


def sync(model: type[Model], pks: Iterable[int]) -> None:
    """Bring the Subjects of these rows up to date with their records."""
    kind = kind_of(model)
    rows = _read(kind, pks)
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [kind.kind, *columns])


def _read(kind: SubjectKind, pks: Iterable[int] | None) -> list[tuple[Any, ...]]:
    """(key, unit, owner, label, private, words, retired) of records, in id order."""
    records = kind.model._default_manager.order_by("pk")
    if pks is not None:
        records = records.filter(pk__in=list(pks))
    return [_subject_values(kind, record) for record in records.values(*kind.paths)]


def _subject_values(kind: SubjectKind, record: dict[str, Any]) -> tuple[Any, ...]:
    label = " ".join(str(record[name]) for name in kind.label if record[name])[:300]
    words = " ".join([label, *(str(record[name]) for name in kind.text if record[name])])
    private = record[kind.private] if isinstance(kind.private, str) else kind.private
    retired = record[kind.retired] if kind.retired else None
    return (
        record["pk"],
        record[kind.unit] if kind.unit else None,
        record[kind.owner] if kind.owner else None,
        label,
        bool(private),
        words,
        retired,
    )


def differences() -> list[str]:
    """Every Subject row that is not equal to its record, words for search included, and every record without one.

    Empty is right.
    """
    found: list[str] = []
    for kind in kinds().values():
        stored = {
            row.key: (row.key, row.unit_id, row.owner_id, row.label, row.private, row.retired_at)
            for row in Subject.objects.filter(kind=kind.kind).defer("words", "trigrams")
        }
        rows = _read(kind, None)
        for key, unit, owner, label, private, _words, retired in rows:
            if stored.pop(key, None) != (key, unit, owner, label, private, retired):
                found.append(f"{kind.kind} {key}: {label}")
        found.extend(f"{kind.kind} {key}: subject without a record" for key in stored)
        found.extend(f"{kind.kind} {key}: {label}, words for search" for key, label in _stale_words(kind, rows))
    return found


def _stale_words(kind: SubjectKind, rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, str]]:
    """(key, label) of the Subjects that search would not find by their record's words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.key, s.label FROM unnest(%s::bigint[], %s::text[]) AS r(key, words) "
            "JOIN organization_subject s ON s.kind = %s AND s.key = r.key "
            "WHERE s.words IS DISTINCT FROM to_tsvector('simple', r.words) "
            "OR s.trigrams::text[] IS DISTINCT FROM organization_trigrams(r.words) ORDER BY s.key",
            [[row[0] for row in rows], [row[5] for row in rows], kind.kind],
        )
        return [(key, label) for key, label in cursor.fetchall()]
