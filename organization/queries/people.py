"""The chain of managers, and who has none."""

from __future__ import annotations

from django.db.models import QuerySet

from organization.models import ChainRow


def reports_of(person_id: int, depth: int | None = None) -> QuerySet[ChainRow]:
    """Person ids below a manager, as a sub-select."""
    rows = ChainRow.objects.filter(manager_id=person_id)
    if depth is not None:
        rows = rows.filter(depth__lte=depth)
    return rows.order_by().values("person_id")  # type: ignore[return-value]
