"""What the verbs that write facts for many rows share: judging, refusing all or some, and the append-only write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from core.access import Actor, require, scoped
from core.actions import Outcome
from core.periods import Calendar, Frequency, Period, PeriodError
from scorecards.actions.records import copy_rows
from scorecards.models import Measure
from scorecards.queries.trees import is_locked
from scorecards.rules.refusals import LARGEST_NUMBER, Refusal, check_number

STEP = Decimal("1e-15")
"""Facts are stored with fifteen decimals."""
_EXACT = Context(prec=len(str(int(LARGEST_NUMBER))) + 16, rounding=ROUND_HALF_EVEN)
FactKey = tuple[int, str, date]
"""Whose fact it is (a series or a measure), frequency and first day of the period."""


class NothingWrittenError(Exception):
    """Ends an action before anything is kept: all rows were refused or unchanged. Undoes the event too."""


@dataclass
class Batch:
    """The rows asked for, and what is to become of each, by the row's place.

    `refused` holds sentences; `conflicts` a sentence and what stands there now.
    """

    periods: list[Period | None]
    labels: list[str]
    refused: dict[int, str] = field(default_factory=dict)
    conflicts: dict[int, tuple[str, Any]] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)

    def refuse(self, row: int, sentence: str) -> None:
        """The first sentence of a row counts."""
        self.refused.setdefault(row, sentence)

    def open_rows(self) -> list[int]:
        """Rows neither refused nor in conflict so far."""
        stopped = self.refused.keys() | self.conflicts.keys()
        return [row for row in range(len(self.labels)) if row not in stopped]

    def stop_if(self, *, partial: bool) -> None:
        """All or nothing, unless the caller takes what can be taken."""
        if (self.refused or self.conflicts) and not partial:
            self.results.clear()
            raise NothingWrittenError

    def outcome(self) -> Outcome:
        """Row by row, counted from 0. What was not refused in a batch that was is skipped."""
        found = Outcome()
        for row, label in enumerate(self.labels):
            if row in self.refused:
                found.add(row, "refused", label, self.refused[row])
            elif row in self.conflicts:
                found.add(row, "conflict", label, *self.conflicts[row])
            elif row in self.results:
                found.add(row, self.results[row], label)
            else:
                found.add(row, "skipped", label, _("Nothing was written, because other rows were refused."))
        return found


_MAIN_LINE = "SELECT s.id FROM scorecards_series s WHERE s.measure_id = scorecards_measure.id AND s.kind = 'actual' AND s.name = ''"
_FIRST_PERIOD = (
    f"SELECT min(o.period_start) FROM scorecards_observation o WHERE o.series_id = ({_MAIN_LINE})"  # noqa: S608 - constants
    " AND o.frequency = scorecards_measure.frequency"
)


def allowed_measures(actor: Actor, verb: str, ids: Sequence[int]) -> dict[int, Measure]:
    """The measures among the ids on which the actor may do it; where there are none, the usual refusal is raised.

    Each with `actual_series`, the id of its main line, and `first_period`, the first day that line has a value for.
    """
    asked = Measure.objects.filter(pk__in=set(ids))
    rows = scoped(actor, verb, asked).select_related("unit", "node")
    rows = rows.annotate(actual_series=RawSQL(_MAIN_LINE, []), first_period=RawSQL(_FIRST_PERIOD, []))  # noqa: S611
    found: dict[int, Measure] = {row.pk: row for row in rows}
    if ids and not found:
        require(actor, verb, asked.first() or Measure(pk=ids[0]))
    return found


def not_allowed(measure_id: int) -> str:
    """The sentence for a row of a batch; absent and forbidden answer alike."""
    return _("There is no measure %(id)s that you may enter this for.") % {"id": measure_id}


def checked_period(measure: Measure, period: Period, calendar: Calendar) -> Period:
    """The period as the organisation's calendar cuts it. `PeriodError` with a sentence if it does not."""
    if period.end > (measure.unit.closed_on or date.max):
        raise PeriodError(
            _("%(period)s ends after %(unit)s was closed on %(day)s. Values belong to its successor from then on.")
            % {"period": period.label, "unit": measure.unit.name, "day": f"{measure.unit.closed_on:%Y-%m-%d}"}
        )
    return period if period.calendar is calendar else _cut(period.frequency, period.start, calendar)


@lru_cache(maxsize=1024)
def _cut(frequency: Frequency, start: date, calendar: Calendar) -> Period:
    return Period(frequency, start, calendar)


def exact(number: Decimal | float | int | None) -> Decimal | None:
    """A number as it is stored. rules' `Refusal` for what is none or too large."""
    if number is None:
        return None
    given = number if isinstance(number, Decimal) else Decimal(str(number))
    if not given.is_finite():
        raise Refusal(_("“%(number)s” is not a number. Write it with digits, for example 12.5.") % {"number": given})
    check_number(float(given))
    return given.quantize(STEP, context=_EXACT)


def in_words(error: Exception) -> str:
    """The sentence of a refusal of the rules, in the reader's language."""
    if not isinstance(error, Refusal):
        return str(error)
    sentence = _(error.template) % error.figures
    return _(error.place) % {**error.figures, "sentence": sentence} if error.place else sentence


def refuse_repeated(batch: Batch, keys: Mapping[int, FactKey], values: Mapping[int, tuple[Any, ...]]) -> None:
    """Two rows may name the same period only if they say the same."""
    first: dict[FactKey, int] = {}
    for row, key in keys.items():
        earlier = first.setdefault(key, row)
        if values[earlier] != values[row]:
            batch.refuse(row, _("Another row says something else for %(label)s.") % {"label": batch.labels[row]})


def refuse_locked(batch: Batch, cards: Mapping[int, int | None], locked: Mapping[int, Iterable[Period]]) -> None:
    """No fact of a closed period is written; `cards` holds each row's scorecard."""
    for row in batch.open_rows():
        period = batch.periods[row]
        lock = is_locked(period, locked.get(cards[row] or 0, ())) if period else None
        if lock is not None:
            sentence = _("%(period)s is closed. Ask the strategy office to open it again.")
            batch.refuse(row, sentence % {"period": lock.label})


@dataclass(frozen=True)
class FactTable:
    """An append-only table: whose facts they are, and the columns that make a fact another one."""

    table: str
    whose: str
    values: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Current:
    """The fact that holds now: its row, its revision, its values, then its texts."""

    id: int
    revision: int
    values: tuple[Any, ...]


def current_of(facts: FactTable, keys: Sequence[FactKey]) -> dict[FactKey, Current]:
    """What holds now for these keys; one statement."""
    names = ", ".join(f"f.{name}" for name in (facts.whose, "frequency", "period_start", "id", "revision"))
    values = ", ".join(f"f.{name}" for name in (*facts.values, *facts.texts))
    sql = (
        f"SELECT {names}, {values} FROM {facts.table} f JOIN unnest(%s::bigint[], %s::text[], %s::date[])"  # noqa: S608
        f" AS k(whose, frequency, start) ON f.{facts.whose} = k.whose AND f.frequency = k.frequency"
        " AND f.period_start = k.start WHERE f.superseded_at IS NULL"
    )
    columns = [_array(column) for column in zip(*keys, strict=True)] or ["{}"] * 3
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
        return {row[:3]: Current(row[3], row[4], row[5:]) for row in cursor.fetchall()}


def _array(plain: Iterable[object]) -> str:
    """Numbers, days or plain words as one literal: ten thousand of them as expressions take longer to read than to find."""
    return f"{{{','.join(map(str, plain))}}}"


@dataclass(frozen=True)
class NewFact:
    """A fact to be written: its key, its values and texts as columns, what it corrects, and whose it is if not the actor's."""

    key: FactKey
    values: tuple[Any, ...]
    corrects: Current | None
    by: int | None = None


def append(facts: FactTable, rows: Sequence[NewFact], *, moment: datetime, actor: Actor, event_id: int) -> None:
    """Supersede what is corrected and add the new facts, in order of key; at most two statements."""
    ordered = sorted(rows, key=lambda row: row.key)
    columns = (
        facts.whose, "frequency", "period_start", "recorded_at", "recorded_by_id", "event_id",
        *facts.values, *facts.texts, "revision",
    )  # fmt: skip
    written = [(*row.key, moment, row.by or actor.person_id, event_id, *row.values) for row in ordered]
    old = [row.corrects for row in ordered if row.corrects is not None]
    if len(ordered) == len(old) == 1:
        _correct(facts.table, columns, written[0], old[0].id, moment)
        return
    if old:
        with connection.cursor() as cursor:
            sql = f"UPDATE {facts.table} SET superseded_at = %s WHERE id = ANY(%s::bigint[])"  # noqa: S608 - constants
            cursor.execute(sql, [moment, _array(sorted(one.id for one in old))])
    revisions = [row.corrects.revision + 1 if row.corrects else 1 for row in ordered]
    copy_rows(facts.table, columns, ((*row, number) for row, number in zip(written, revisions, strict=True)))


def _correct(table: str, columns: Sequence[str], row: Sequence[Any], old: int, moment: datetime) -> None:
    """One correction, as forms write it, in one statement; the number of its revision comes from what it supersedes."""
    sql = (
        f"WITH old AS (UPDATE {table} SET superseded_at = %s WHERE id = %s RETURNING revision)"  # noqa: S608 - constants
        f" INSERT INTO {table} ({', '.join(columns)})"
        f" VALUES ({'%s, ' * len(row)}(SELECT revision + 1 FROM old))"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [moment, old, *row])
