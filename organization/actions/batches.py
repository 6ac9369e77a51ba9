"""What the batch verbs of this app share: problems named by row, rights asked once, locks, dated ranges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.contrib.postgres.fields import DateRangeField
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Func, Model, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Actor, require_all
from core.actions import Outcome, Refusal
from core.formats import date_long
from organization.models import Person

M = TypeVar("M", bound=Model)
R = TypeVar("R")
C = TypeVar("C")

NAMED_PROBLEMS = 5
"""How many refused rows a sentence names; `BatchRefusal.outcome` holds them all."""

TREE, CHAIN, ADMINISTRATORS = 7001, 7002, 7003
"""Advisory locks: who changes the tree, the chain of managers or the last administrator waits for the other."""


class BatchRefusal(Refusal):
    """Some rows of a batch were refused, so none was written. `outcome` names every refused row, counted from 1."""

    def __init__(self, outcome: Outcome, count: int) -> None:
        self.outcome = outcome
        named = " ".join(
            _("Row %(row)d: %(reason)s") % {"row": row.row, "reason": row.reason}
            for row in outcome.refused[:NAMED_PROBLEMS]
        )
        refused = len(outcome.refused)
        counted = ngettext(
            "%(refused)d of %(count)d rows was refused, and nothing was saved.",
            "%(refused)d of %(count)d rows were refused, and nothing was saved.",
            refused,
        ) % {"refused": refused, "count": count}
        super().__init__(f"{counted} {named}")


def clean_rows(rows: Sequence[R], clean: Callable[[R], C]) -> list[C]:
    """Every row through `clean`. The Refusal of a single row comes out as it is; those of many come out by row."""
    outcome, cleaned = Outcome(), []
    for number, row in enumerate(rows, start=1):
        try:
            cleaned.append(clean(row))
        except Refusal as refusal:
            if len(rows) == 1:
                raise
            outcome.add(number, "refused", reason=refusal.sentence)
    if outcome.rows:
        raise BatchRefusal(outcome, len(rows))
    return cleaned


def require_each(actor: Actor, verb: str, model: type[M], pks: Iterable[int]) -> None:
    """Raise Forbidden, naming them, if the actor may not do the verb on every one of the rows. One scoped query."""
    require_all(actor, verb, model._default_manager.filter(pk__in=set(pks)))


def lock(key: int) -> None:
    """Wait for and hold one of the locks above until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def locked(model: type[M], pk: int) -> M:
    """The row as it is now, held until the transaction ends."""
    return model._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def since(first: date, last: date | None = None, *, closed: bool = False) -> DateRange:
    """From a day on, up to but not including another; with `closed` the last day counts too."""
    if last is not None and closed:
        last += timedelta(days=1)
    return DateRange(first, last)


def end(row: Any, on: date) -> None:
    """Let a dated row hold until the day before `on`. One that begins on that day or later never held: it is deleted."""
    if row.valid.upper is not None and row.valid.upper <= on:
        raise Refusal(_("It has ended already, on %(day)s.") % {"day": date_long(row.valid.upper)}, code="ended")
    if row.valid.lower >= on:
        row.delete()
        return
    row.valid = since(row.valid.lower, on)
    row.save(update_fields=["valid"])


def end_all(rows: QuerySet[Any], on: date) -> None:
    """End many dated rows on the day, whatever their number in two statements."""
    rows.filter(valid__startswith__gte=on).delete()
    rows.filter(valid__contains=on).update(
        valid=Func(Func("valid", function="lower"), Value(on), function="daterange", output_field=DateRangeField())
    )


def overlapping(model: type[M], rows: Sequence[M], keys: Sequence[str]) -> list[bool]:
    """For each new dated row, whether a stored one or an earlier one of the batch has its keys and a day in common.

    The people are held until the transaction ends, so that two batches cannot both find nothing.
    """
    people = {row.person_id for row in rows}  # type: ignore[attr-defined]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    known: dict[tuple[Any, ...], list[DateRange]] = defaultdict(list)
    for *key, valid in model._default_manager.filter(person_id__in=people).values_list(*keys, "valid"):
        known[tuple(key)].append(valid)
    answers = []
    for row in rows:
        valid, key_of_row = row.valid, tuple(getattr(row, name) for name in keys)  # type: ignore[attr-defined]
        answers.append(any(_overlap(valid, other) for other in known[key_of_row]))
        known[key_of_row].append(valid)
    return answers


def _overlap(one: DateRange, other: DateRange) -> bool:
    first, second = sorted((one, other), key=lambda days: days.lower)
    return first.upper is None or second.lower < first.upper
