"""Setting targets: append-only like values, and held against the measure's direction before they are kept (METHOD §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Outcome
from core.periods import Calendar, Frequency, Period, PeriodError, years_between
from organization.models import Person
from organization.queries import calendars
from scorecards.actions.recompute import again, hold, recompute
from scorecards.actions.timelines import Periods, reading, united
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
from scorecards.models import Measure
from scorecards.rules.refusals import (
    Refusal,
    check_band,
    check_cagr,
    check_number,
    check_progress,
    check_range,
    check_tolerance,
)
from scorecards.rules.scoring import DEFAULT_TOLERANCE, Polarity

NUMBERS = ("value", "red_flag", "stretch", "low", "high")
NOTHING: tuple[Decimal | None, ...] = (None,) * len(NUMBERS)
PLANS = frozenset({Measure.Method.PROGRESS, Measure.Method.CAGR})
FACTS = FactTable("scorecards_target", "measure_id", NUMBERS, ("reason", "approved_by_id"))


Why = tuple[str, int | None]
"""The reason of a change, and who agreed to it."""


@dataclass(frozen=True)
class TargetRow:
    """What is wanted of a measure in one of its periods or a longer one; nothing at all withdraws the target.

    `seen` is the revision that whoever changes it has read (0: none); one that was written meanwhile is not replaced.
    """

    measure_id: int
    period: Period
    value: Decimal | None = None
    red_flag: Decimal | None = None
    stretch: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    seen: int | None = None


@dataclass
class _Targets:
    """A batch of targets on its way."""

    batch: Batch
    rows: Sequence[TargetRow]
    measures: dict[int, Measure]
    numbers: dict[int, tuple[Decimal | None, ...]] = field(default_factory=dict)
    new: dict[int, NewFact] = field(default_factory=dict)

    def measure(self, row: int) -> Measure:
        return self.measures[self.rows[row].measure_id]


def set_targets(
    actor: Actor, *, rows: Sequence[TargetRow], today: date, reason: str = "", approved_by: Person | None = None
) -> Outcome:
    """Set targets, red flags, stretches and ranges, all or none; the outcome says of each row what became of it.

    They count from now on for open periods; closed periods keep what was known when they were closed. `approved_by` is
    who agreed to it, the actor where nobody is named.
    """
    calendar = calendars()
    approver = approved_by.pk if approved_by else actor.person_id
    return again(lambda: _set(actor, rows, today, (reason.strip(), approver), calendar))


def _set(actor: Actor, rows: Sequence[TargetRow], today: date, why: Why, calendar: Calendar) -> Outcome:
    asked = _judged(actor, rows, calendar)
    try:
        asked.batch.stop_if(partial=False)
        subject = next(iter(asked.measures.values())).subject_id if len(asked.measures) == 1 else None
        details = {"rows": len(rows)}
        with recording(actor, "set_targets", subject_id=subject, reason=why[0], details=details) as event:
            _write(actor, asked, today, why, calendar, event.pk)
    except NothingWrittenError:
        pass
    return asked.batch.outcome()


def _write(actor: Actor, asked: _Targets, today: date, why: Why, calendar: Calendar, event_id: int) -> None:
    held = hold(sorted({measure.node.pk for measure in asked.measures.values()}), calendar)
    cards = {row: asked.measure(row).node.scorecard_id for row in asked.batch.open_rows()}
    refuse_locked(asked.batch, cards, held.state.locked)
    asked.batch.stop_if(partial=False)
    _compare(asked, why)
    asked.batch.stop_if(partial=False)
    if not asked.new:
        raise NothingWrittenError
    append(FACTS, list(asked.new.values()), moment=held.state.moment, actor=actor, event_id=event_id)
    planned = {asked.measure(row).node.pk for row in asked.new if _leads_on(asked.measure(row))}
    others = [row for row in asked.new if not _leads_on(asked.measure(row))]
    if planned:  # the plan or the ladder leads through other periods
        recompute(planned, None, today, held)
    if others:
        nodes = {asked.measure(row).node.pk for row in others}
        recompute(nodes, united(_read_by(asked, row, today) for row in others), today, held)


def _leads_on(measure: Measure) -> bool:
    """Whether a target of it says something about other periods too."""
    return measure.method in PLANS or measure.interpolates


def _read_by(asked: _Targets, row: int, today: date) -> Periods:
    period = asked.batch.periods[row] or asked.rows[row].period
    if period.frequency == asked.measure(row).frequency:
        return reading(period, today)
    return {period.frequency: {period.start, period.next().start}}


# ------------------------------------------------------------------------------------------------ judging
def _judged(actor: Actor, rows: Sequence[TargetRow], calendar: Calendar) -> _Targets:
    measures = allowed_measures(actor, "set_target", [row.measure_id for row in rows])
    batch = Batch([None] * len(rows), [f"{row.measure_id} {row.period.key}" for row in rows])
    asked = _Targets(batch, rows, measures)
    for number, row in enumerate(rows):
        measure = measures.get(row.measure_id)
        if measure is None:
            batch.refuse(number, not_allowed(row.measure_id))
            continue
        batch.labels[number] = f"{measure.code} {row.period.key}"
        try:
            batch.periods[number] = _period(measure, row.period, calendar)
            asked.numbers[number] = tuple(exact(getattr(row, name)) for name in NUMBERS)
            check_target(measure, batch.periods[number] or row.period, *map(_plain, asked.numbers[number]))
        except (PeriodError, Refusal) as error:
            batch.refuse(number, in_words(error))
    keys = {n: (rows[n].measure_id, rows[n].period.frequency.value, rows[n].period.start) for n in batch.open_rows()}
    refuse_repeated(batch, keys, {n: asked.numbers[n] for n in batch.open_rows()})
    return asked


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _period(measure: Measure, period: Period, calendar: Calendar) -> Period:
    own = Frequency(measure.frequency)
    if period.frequency is not own and not period.frequency.is_longer_than(own):
        raise PeriodError(
            _(
                "%(name)s is measured by the %(frequency)s; a target for %(period)s, a shorter period, would never be met."
            )
            % {"name": measure.name, "frequency": own.words, "period": period.label}
        )
    return checked_period(measure, period, calendar)


def check_target(
    measure: Measure,
    period: Period,
    value: float | None,
    red_flag: float | None = None,
    stretch: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Refuse what contradicts the measure's method, direction or baseline. rules' `Refusal` with a sentence."""
    if value is None and (red_flag is not None or stretch is not None):
        raise Refusal(_("Give the target that the red flag and the stretch belong to."))
    if measure.method == Measure.Method.RANGE and (low is not None or high is not None):
        check_range(low, high, _plain(measure.tolerance) or 0.0)
    if value is None:
        return
    check_number(value)
    if measure.method == Measure.Method.BAND:
        _check_band(measure, value, red_flag, stretch)
    elif measure.method in (Measure.Method.PROGRESS, Measure.Method.CAGR):
        _check_plan(measure, period, value, stretch)


def _check_band(measure: Measure, value: float, red_flag: float | None, stretch: float | None) -> None:
    polarity = Polarity(measure.polarity)
    if red_flag is None:
        tolerance = DEFAULT_TOLERANCE if measure.tolerance is None else float(measure.tolerance)
        check_tolerance(value, tolerance, is_percent=measure.is_percent)
        red_flag = value - polarity.goodness * max(1.0, abs(value))  # any on the right side: only the stretch is asked
    check_band(value, red_flag, polarity, stretch)


def _check_plan(measure: Measure, period: Period, value: float, stretch: float | None) -> None:
    """A first step may equal the baseline: until then nothing is due."""
    if measure.baseline is None:
        raise Refusal(_("%(name)s is measured from a baseline: give it one first.") % {"name": measure.name})
    baseline, polarity = float(measure.baseline), Polarity(measure.polarity)
    if measure.method == Measure.Method.CAGR and measure.baseline_on is not None:
        check_cagr(baseline, value, years_between(measure.baseline_on, period.end), polarity)
    elif value != baseline:
        check_progress(baseline, value, polarity, stretch)


# -------------------------------------------------------------------------------------------- comparing
def _compare(asked: _Targets, why: Why) -> None:
    """Which rows are new, changes or nothing new."""
    keys: dict[int, FactKey] = {}
    for row in asked.batch.open_rows():
        period = asked.rows[row].period
        keys[row] = (asked.rows[row].measure_id, period.frequency.value, period.start)
    current, seen = current_of(FACTS, list(dict.fromkeys(keys.values()))), set()
    for row, key in keys.items():
        before, numbers = current.get(key), asked.numbers[row]
        had = before.values[: len(NUMBERS)] if before else NOTHING
        if key in seen or had == numbers:
            asked.batch.results[row] = "unchanged"
            continue
        problem = _why_not(asked.rows[row], before, had, why)
        if problem:
            asked.batch.refuse(row, problem)
            continue
        seen.add(key)
        asked.batch.results[row] = "changed" if before else "taken"
        asked.new[row] = NewFact(key, (*numbers, *why), before)


def _why_not(row: TargetRow, before: Current | None, had: tuple[Decimal | None, ...], why: Why) -> str:
    """Why a target may not be changed so: somebody else did meanwhile, or nobody says the reason; empty if it may."""
    words = {"period": row.period.label}
    if row.seen is not None and row.seen != (before.revision if before else 0):
        return _("%(period)s was changed by someone else meanwhile. Look at what they wrote, then save again.") % words
    if had != NOTHING and not why[0]:
        return _("%(period)s has a target already. Say why it changes; the reason is kept beside it.") % words
    return ""
