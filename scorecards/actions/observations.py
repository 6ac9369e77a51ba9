"""Recording values: append-only, for one row of a form or ten thousand of a file (DATAMODEL A5, A7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Outcome
from core.periods import Calendar, Period, PeriodError
from organization.queries import calendars
from scorecards.actions.recompute import again, hold, recompute
from scorecards.actions.timelines import ABOVE_MEASURES, Periods, all_since, reading, united
from scorecards.actions.writing import (
    Batch,
    Current,
    FactKey,
    FactTable,
    NewFact,
    NothingWrittenError,
    allowed_measures,
    append,
    checked_period,
    current_of,
    exact,
    in_words,
    not_allowed,
    refuse_locked,
    refuse_repeated,
)
from scorecards.models import Measure, Series
from scorecards.queries.trees import scale_scores
from scorecards.rules.refusals import Refusal

NUMBERS = ("value", "numerator", "denominator")
FACTS = FactTable("scorecards_observation", "series_id", NUMBERS, ("comment", "source"))
LONGEST_SOURCE, LONGEST_NAME = 200, 500
MAIN = (Series.Kind.ACTUAL.value, "")
"""The line that is scored."""
KINDS = frozenset(Series.Kind.values)


Line = tuple[int, str, str]
"""A measure, the kind of a series of it, and the series' name."""


@dataclass(frozen=True)
class ObservationRow:
    """One value of one measure for one of its periods; no value withdraws what was recorded.

    A ratio is recorded by numerator and denominator; its value then follows from them.
    """

    measure_id: int
    period: Period
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    comment: str = ""
    source: str = ""
    series_kind: str = Series.Kind.ACTUAL
    series_name: str = ""

    @property
    def line(self) -> Line:
        """Which line of which measure it belongs to."""
        return self.measure_id, str(self.series_kind), self.series_name.strip()


@dataclass
class _Values:
    """A batch of values on its way: measures it may write, numbers as they are stored, and the facts to add."""

    batch: Batch
    rows: Sequence[ObservationRow]
    measures: dict[int, Measure]
    numbers: dict[int, tuple[Decimal | None, ...]] = field(default_factory=dict)
    new: dict[int, NewFact] = field(default_factory=dict)

    def nodes(self) -> list[int]:
        """Nodes of the measures of rows that are not refused."""
        return sorted({self.measures[self.rows[row].measure_id].node.pk for row in self.batch.open_rows()})


def record_observations(actor: Actor, *, rows: Sequence[ObservationRow], today: date, partial: bool = False) -> Outcome:
    """Record values; the outcome says of each row (counted from 0) what became of it.

    A correction adds a revision and supersedes the value before. If any row is refused nothing is written, unless
    `partial`. Results up to the top are brought up to date in the same transaction.
    """
    calendar = calendars()
    return again(lambda: _record(actor, rows, today, calendar, partial=partial))


def _record(actor: Actor, rows: Sequence[ObservationRow], today: date, calendar: Calendar, *, partial: bool) -> Outcome:
    asked = _judged(actor, rows, today, calendar)
    try:
        asked.batch.stop_if(partial=partial)
        subject = next(iter(asked.measures.values())).subject_id if len(asked.measures) == 1 else None
        with recording(actor, "record_observations", subject_id=subject, details={"rows": len(rows)}) as event:
            _write(actor, asked, today, calendar, event.pk, partial=partial)
    except NothingWrittenError:
        pass
    return asked.batch.outcome()


def _write(actor: Actor, asked: _Values, today: date, calendar: Calendar, event_id: int, *, partial: bool) -> None:
    nodes = asked.nodes()
    held = hold(nodes, calendar)
    cards = {row: asked.measures[asked.rows[row].measure_id].node.scorecard_id for row in asked.batch.open_rows()}
    refuse_locked(asked.batch, cards, held.state.locked)
    asked.batch.stop_if(partial=partial)
    _compare(asked)
    if not asked.new:
        raise NothingWrittenError
    append(FACTS, list(asked.new.values()), moment=held.state.moment, actor=actor, event_id=event_id)
    actual = [row for row in asked.new if asked.rows[row].line[1:] == MAIN]
    if actual:
        changed = {asked.measures[asked.rows[row].measure_id].node.pk for row in actual}
        recompute(changed, _reading(asked, actual, today, calendar), today, held)


def _reading(asked: _Values, actual: Sequence[int], today: date, calendar: Calendar) -> Periods:
    """The periods that read the values; all since a value that is earlier than any before it."""
    kinds = {}
    for row in actual:
        given = asked.rows[row]
        before: date | None = asked.measures[given.measure_id].first_period  # type: ignore[attr-defined]
        begins = before is None or given.period.start < before
        kinds[given.period.frequency, given.period.start, begins] = asked.batch.periods[row]
    found = []
    for (frequency, start, begins), period in kinds.items():
        if period is not None and begins:
            found.append(all_since((frequency, *ABOVE_MEASURES), start, today, calendar))
        elif period is not None:
            found.append(reading(period, today))
    return united(found)


# ------------------------------------------------------------------------------------------------ judging
def _judged(actor: Actor, rows: Sequence[ObservationRow], today: date, calendar: Calendar) -> _Values:
    """Every row held against its measure, before anything is locked."""
    measures = allowed_measures(actor, "record", [row.measure_id for row in rows])
    batch = Batch([None] * len(rows), [f"{row.measure_id} {row.period.key}" for row in rows])
    asked = _Values(batch, rows, measures)
    for number, row in enumerate(rows):
        measure = measures.get(row.measure_id)
        if measure is None:
            batch.refuse(number, not_allowed(row.measure_id))
            continue
        batch.labels[number] = f"{measure.code} {row.period.key}"
        try:
            batch.periods[number] = _period(measure, row, today, calendar)
            asked.numbers[number] = _numbers(measure, row)
        except (PeriodError, Refusal) as error:
            batch.refuse(number, in_words(error))
    keys = {n: (*rows[n].line, rows[n].period.frequency, rows[n].period.start) for n in batch.open_rows()}
    refuse_repeated(batch, keys, {n: (*asked.numbers[n], rows[n].comment) for n in batch.open_rows()})  # type: ignore[arg-type]
    return asked


def _period(measure: Measure, row: ObservationRow, today: date, calendar: Calendar) -> Period:
    period = row.period
    if period.frequency != measure.frequency:
        raise PeriodError(
            _("%(name)s is measured by the %(frequency)s; %(period)s is not such a period.")
            % {"name": measure.name, "frequency": measure.frequency.replace("_", "-"), "period": period.label}
        )
    if row.series_kind == Series.Kind.ACTUAL and period.start > today:
        raise PeriodError(_("%(period)s has not begun; there is no value for it yet.") % {"period": period.label})
    if row.series_kind not in KINDS:
        raise PeriodError(_("There is no series “%(kind)s”.") % {"kind": row.series_kind})
    return checked_period(measure, period, calendar)


def _numbers(measure: Measure, row: ObservationRow) -> tuple[Decimal | None, ...]:
    value, top, bottom = (exact(number) for number in (row.value, row.numerator, row.denominator))
    if measure.aggregation == Measure.Aggregation.RATIO:
        value = _ratio(measure, value, top, bottom)
    if value is not None:
        _check_value(measure, value)
    if len(row.source) > LONGEST_SOURCE or len(row.line[2]) > LONGEST_NAME:
        raise Refusal(_("The source has at most 200 characters, and the name of a series at most 500."))
    if "\x00" in row.source + row.comment + row.series_name:
        raise Refusal(_("A text holds a NUL character, which cannot be stored. Take it out."))
    return value, top, bottom


def _ratio(measure: Measure, value: Decimal | None, top: Decimal | None, bottom: Decimal | None) -> Decimal | None:
    if (top is None) != (bottom is None):
        raise Refusal(_("A ratio needs both numbers, counted and out of."))
    if top is None or bottom is None:
        return value
    return exact(top / bottom * (100 if measure.is_percent else 1)) if bottom else None


def _check_value(measure: Measure, value: Decimal) -> None:
    if measure.method == Measure.Method.YES_NO and value not in (0, 1):
        raise Refusal(_("%(name)s is yes or no: give 1 for yes or 0 for no.") % {"name": measure.name})
    words = len(scale_scores(measure.scale))
    if measure.method == Measure.Method.SCALE and (value % 1 or not 1 <= value <= words):
        raise Refusal(
            _("%(name)s has a scale of %(words)d words: give the place of one, from 1 to %(words)d.")
            % {"name": measure.name, "words": words}
        )


# -------------------------------------------------------------------------------------------- comparing
def _compare(asked: _Values) -> None:
    """Which rows are new, corrections or nothing new."""
    rows = asked.batch.open_rows()
    series = _series(asked, {asked.rows[row].line for row in rows})
    keys: dict[int, FactKey] = {}
    for row in rows:
        period = asked.rows[row].period
        keys[row] = (series[asked.rows[row].line], period.frequency.value, period.start)
    current, seen = current_of(FACTS, list(dict.fromkeys(keys.values()))), set()
    for row, key in keys.items():
        given, before = asked.rows[row], current.get(key)
        if key in seen or not _is_news(asked.numbers[row], given.comment, before):
            asked.batch.results[row] = "unchanged"
            continue
        seen.add(key)
        asked.batch.results[row] = "changed" if before else "taken"
        asked.new[row] = NewFact(key, (*asked.numbers[row], given.comment, given.source), before)


def _is_news(numbers: tuple[Decimal | None, ...], comment: str, before: Current | None) -> bool:
    if before is None:
        return any(number is not None for number in numbers) or bool(comment)
    return before.values[: len(numbers)] != numbers or (bool(comment) and before.values[len(numbers)] != comment)


def _series(asked: _Values, lines: set[Line]) -> dict[Line, int]:
    """The series of each line. A named one is made when it gets its first value; the lock is held, so nobody else does."""
    found: dict[Line, int] = {}
    for line in lines:
        if line[1:] == MAIN:
            found[line] = asked.measures[line[0]].actual_series  # type: ignore[attr-defined]
    others = lines - found.keys()
    if others:
        rows = Series.objects.filter(measure__in={line[0] for line in others})
        found.update({(row.measure_id, row.kind, row.name): row.pk for row in rows})
    new = [Series(measure_id=measure, kind=kind, name=name) for measure, kind, name in sorted(lines - found.keys())]
    found.update({(row.measure_id, row.kind, row.name): row.pk for row in Series.objects.bulk_create(new)})
    return found
