"""Recording values: append-only, for one row of a form or ten thousand of a file (DATAMODEL A5, A7).

Values of a measure that wants four eyes become submissions (`scorecards.actions.submissions`); a second person records
them by `scorecards.actions.approvals`, which judges and writes by the functions of this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Outcome
from core.periods import Calendar, Period, PeriodError
from organization.queries import calendars
from scorecards.actions.recompute import again, hold, recompute
from scorecards.actions.submissions import Submitted, standing_of, submit, waiting_of
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
from scorecards.models import Measure, Series, Submission
from scorecards.queries.trees import scale_scores
from scorecards.rules.refusals import Refusal

NUMBERS = ("value", "numerator", "denominator")
FACTS = FactTable("scorecards_observation", "series_id", NUMBERS, ("comment", "source", "approved_by_id"))
LONGEST_SOURCE, LONGEST_NAME = 200, 500
MAIN = (Series.Kind.ACTUAL.value, "")
"""The line that is scored."""
KINDS = frozenset(Series.Kind.values)


Line = tuple[int, str, str]
"""A measure, the kind of a series of it, and the series' name."""


@dataclass(frozen=True)
class ObservationRow:
    """One value of one measure for one of its periods; no value withdraws what was recorded.

    A ratio is recorded by numerator and denominator; its value then follows from them. `expected` is the revision its
    author saw and `waiting` the submission (0: none; None: not asked): if another stands there now, it is a conflict.
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
    expected: int | None = None
    waiting: int | None = None

    @cached_property
    def line(self) -> Line:
        """Which line of which measure it belongs to."""
        return self.measure_id, str(self.series_kind), self.series_name.strip()


@dataclass
class Values:
    """A batch of values on its way: measures it may write, numbers as they are stored, facts to add or to submit.

    `signed` names the submissions that a second person approves, by their rows.
    """

    batch: Batch
    rows: Sequence[ObservationRow]
    measures: dict[int, Measure]
    signed: Mapping[int, Submission] = field(default_factory=dict)
    numbers: dict[int, tuple[Decimal | None, ...]] = field(default_factory=dict)
    new: dict[int, NewFact] = field(default_factory=dict)
    submitted: dict[int, Submitted] = field(default_factory=dict)

    def nodes(self) -> list[int]:
        """Nodes of the measures of rows that are not refused."""
        return sorted({self.measures[self.rows[row].measure_id].node.pk for row in self.batch.open_rows()})

    def stop_if_empty(self) -> None:
        """No event for what changes nothing."""
        if not self.new and not self.submitted:
            raise NothingWrittenError

    def wants_four_eyes(self, row: int) -> bool:
        """Whether a second person has to approve it first. Forecasts and benchmarks stand beside what is measured."""
        given = self.rows[row]
        return (
            self.measures[given.measure_id].needs_approval
            and given.series_kind == Series.Kind.ACTUAL
            and row not in self.signed
        )


def record_observations(
    actor: Actor,
    *,
    rows: Sequence[ObservationRow],
    today: date,
    partial: bool = False,
    calendar: Calendar | None = None,
) -> Outcome:
    """Record values; the outcome says of each row (counted from 0) what became of it.

    A correction adds a revision and supersedes the value before. If any row is refused or in conflict nothing is
    written, unless `partial`. Where four eyes are asked the row is "submitted" and waits for a second person. Results
    up to the top are brought up to date in the same transaction. `calendar` is the organisation's, where it is known.
    """
    cut = calendar or calendars()
    return again(lambda: _record(actor, rows, today, cut, partial=partial))


def _record(actor: Actor, rows: Sequence[ObservationRow], today: date, calendar: Calendar, *, partial: bool) -> Outcome:
    asked = judged(actor, rows, today, calendar)
    try:
        asked.batch.stop_if(partial=partial)
        subject = next(iter(asked.measures.values())).subject_id if len(asked.measures) == 1 else None
        with recording(actor, "record_observations", subject_id=subject, details={"rows": len(rows)}) as event:
            write(actor, asked, today, calendar, event.pk, partial=partial)
            asked.stop_if_empty()
    except NothingWrittenError:
        pass
    return asked.batch.outcome()


def write(actor: Actor, asked: Values, today: date, calendar: Calendar, event_id: int, *, partial: bool) -> None:
    """Add the facts and submissions of the rows that are not refused; in a transaction, in an event."""
    nodes = asked.nodes()
    held = hold(nodes, calendar)
    cards = {row: asked.measures[asked.rows[row].measure_id].node.scorecard_id for row in asked.batch.open_rows()}
    refuse_locked(asked.batch, cards, held.state.locked)
    asked.batch.stop_if(partial=partial)
    _compare(asked, partial=partial)
    if asked.submitted:
        submit(actor, list(asked.submitted.values()), moment=held.state.moment, today=today)
    if asked.new:
        append(FACTS, list(asked.new.values()), moment=held.state.moment, actor=actor, event_id=event_id)
    actual = [row for row in asked.new if asked.rows[row].line[1:] == MAIN]
    if actual:
        changed = {asked.measures[asked.rows[row].measure_id].node.pk for row in actual}
        recompute(changed, _reading(asked, actual, today, calendar), today, held)


def _reading(asked: Values, actual: Sequence[int], today: date, calendar: Calendar) -> Periods:
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
def judged(
    actor: Actor,
    rows: Sequence[ObservationRow],
    today: date,
    calendar: Calendar,
    *,
    signed: Mapping[int, Submission] | None = None,
) -> Values:
    """Every row held against its measure, before anything is locked."""
    measures = allowed_measures(actor, "approve" if signed else "record", [row.measure_id for row in rows])
    batch = Batch([None] * len(rows), [""] * len(rows))
    asked = Values(batch, rows, measures, signed or {})
    for number, row in enumerate(rows):
        measure = measures.get(row.measure_id)
        batch.labels[number] = f"{measure.code if measure else row.measure_id} {row.period.key}"
        if measure is None:
            batch.refuse(number, not_allowed(row.measure_id))
            continue
        if measure.is_calculated and row.line[1:] == MAIN:
            batch.refuse(number, _calculated(measure))
            continue
        try:
            batch.periods[number] = _period(measure, row, today, calendar)
            asked.numbers[number] = _numbers(measure, row)
            if asked.wants_four_eyes(number) and actor.person_id is None:
                batch.refuse(number, _("Only a person can submit a value of %(name)s.") % {"name": measure.name})
        except (PeriodError, Refusal) as error:
            batch.refuse(number, in_words(error))
    keys = {n: (*rows[n].line, rows[n].period.frequency, rows[n].period.start) for n in batch.open_rows()}
    refuse_repeated(batch, keys, {n: (*asked.numbers[n], rows[n].comment) for n in batch.open_rows()})  # type: ignore[arg-type]
    return asked


def _calculated(measure: Measure) -> str:
    sentence = _("%(name)s is calculated: %(formula)s. Record the values of the measures it reads.")
    return sentence % {"name": measure.name, "formula": measure.expression[:200]}


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
    value, top, bottom = exact(row.value), exact(row.numerator), exact(row.denominator)
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
def _compare(asked: Values, *, partial: bool) -> None:
    """Which rows are new, corrections, to be submitted, nothing new, or written by someone else meanwhile."""
    rows = asked.batch.open_rows()
    series = _series(asked, {asked.rows[row].line for row in rows})
    keys: dict[int, FactKey] = {}
    for row in rows:
        period = asked.rows[row].period
        keys[row] = (series[asked.rows[row].line], period.frequency.value, period.start)
    current = current_of(FACTS, list(dict.fromkeys(keys.values())))
    waiting = waiting_of({key for row, key in keys.items() if asked.wants_four_eyes(row)})
    _find_conflicts(asked, keys, current, waiting)
    asked.batch.stop_if(partial=partial)
    seen = set()
    for row in asked.batch.open_rows():
        key, given = keys[row], asked.rows[row]
        before = waiting.get(key) or current.get(key) if asked.wants_four_eyes(row) else current.get(key)
        if key in seen or not _is_news(asked.numbers[row], given.comment, before):
            asked.batch.results[row] = "unchanged"
            continue
        seen.add(key)
        if asked.wants_four_eyes(row):
            asked.batch.results[row] = "submitted"
            measure = asked.measures[given.measure_id]
            asked.submitted[row] = Submitted(
                measure, given.period, key, asked.numbers[row], given.comment, given.source, waiting.get(key)
            )
            continue
        asked.batch.results[row] = "changed" if current.get(key) else "taken"
        asked.new[row] = _fact(asked, row, key, current.get(key))


def _fact(asked: Values, row: int, key: FactKey, before: Current | None) -> NewFact:
    """Recorded by whom submitted it, if a second person approves."""
    given, signed = asked.rows[row], asked.signed.get(row)
    approver = signed.decided_by_id if signed else None
    by = signed.submitted_by_id if signed else None
    return NewFact(key, (*asked.numbers[row], given.comment, given.source, approver), before, by)


def _find_conflicts(
    asked: Values,
    keys: Mapping[int, FactKey],
    current: Mapping[FactKey, Current],
    waiting: Mapping[FactKey, Current],
) -> None:
    """Rows whose author saw another value than the one that stands there now, unless both say the same."""
    found = {}
    for row, key in keys.items():
        given, stands, waits = asked.rows[row], current.get(key), waiting.get(key)
        is_old = given.expected is not None and given.expected != (stands.revision if stands else 0)
        is_overtaken = given.waiting is not None and given.waiting != (waits.id if waits else 0)
        newest = waits if waits and is_overtaken else stands
        if (is_old or is_overtaken) and _is_news(asked.numbers[row], given.comment, newest):
            found[row] = (stands, waits, is_overtaken)
    for row, standing in standing_of(found).items():
        sentence = _("%(by)s wrote %(label)s meanwhile. Choose which of the two values stays.")
        words = {"by": standing.by or _("Someone"), "label": asked.batch.labels[row]}
        asked.batch.conflicts[row] = (sentence % words, standing)


def _is_news(numbers: tuple[Decimal | None, ...], comment: str, before: Current | None) -> bool:
    if before is None:
        return any(number is not None for number in numbers) or bool(comment)
    return before.values[: len(numbers)] != numbers or (bool(comment) and before.values[len(numbers)] != comment)


def _series(asked: Values, lines: set[Line]) -> dict[Line, int]:
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
