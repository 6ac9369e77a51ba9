"""A period of a scorecard on its way to being closed: who has not reported, what waits, what was closed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.access import Actor, can, permitted, scoped
from core.periods import At, Period
from organization.models import Person
from scorecards.models import Excuse, Measure, PeriodLock, Reminder, Scorecard, Submission
from scorecards.queries.cards import number_format
from scorecards.queries.entry import known_values, places_of, waiting_values
from scorecards.queries.excuses import excuse_words, excused_places
from scorecards.queries.reminding import last_reminders
from scorecards.queries.trees import is_locked

LOCKS_SHOWN = 12


@dataclass(frozen=True)
class MissingValue:
    """A value that is still to come: whose it is, how late, and when they were reminded."""

    measure: Measure
    period: Period
    people: tuple[Person, ...]
    due_on: date
    days_late: int
    reminder: Reminder | None
    may_excuse: bool = False

    @property
    def key(self) -> str:
        """How the form calls it."""
        return f"{self.measure.pk}.{self.period.key}"


@dataclass(frozen=True)
class ExcusedValue:
    """A value that need not come."""

    measure: Measure
    period: Period
    excuse: Excuse
    may_excuse: bool

    @property
    def words(self) -> str:
        """Who excused it, when and why."""
        return excuse_words(self.excuse)


@dataclass(frozen=True)
class PendingValue:
    """A value that waits for approval."""

    measure: Measure
    period: Period
    value: str
    submission: Submission


@dataclass(frozen=True)
class ClosedPeriod:
    """A period that was closed once, and whether it still is."""

    period: Period
    lock: PeriodLock


@dataclass(frozen=True)
class ClosingReport:
    """The state of one period of a scorecard."""

    scorecard: Scorecard
    period: Period
    expected: int
    missing: list[MissingValue]
    excused: list[ExcusedValue]
    pending: list[PendingValue]
    closed: ClosedPeriod | None
    history: list[ClosedPeriod]
    today: date
    may_close: bool
    may_reopen: bool
    may_remind: bool

    @property
    def reported(self) -> int:
        """Values that are there or wait for approval."""
        return self.expected - len(self.missing) - len(self.excused)

    @property
    def approved(self) -> int:
        """Values that count."""
        return self.reported - len(self.pending)

    @property
    def is_over(self) -> bool:
        """Whether the period can be closed yet."""
        return self.period.is_over(self.today)

    @property
    def collected_percent(self) -> int:
        """Reported of expected, in whole per cent."""
        return round(100 * self.reported / self.expected) if self.expected else 100

    @property
    def approved_percent(self) -> int:
        """Approved of expected, in whole per cent."""
        return round(100 * self.approved / self.expected) if self.expected else 100


def closing_report(viewer: Actor, scorecard: Scorecard, at: At) -> ClosingReport:
    """Everything the page of closing shows; a constant number of queries."""
    rows = scoped(viewer, "view", Measure.objects.filter(node__scorecard=scorecard, state="live", expression=""))
    rows = permitted(viewer, ["excuse"], rows).select_related("unit", "owner", "node")
    rows = rows.prefetch_related("updaters").order_by("code")
    measures = {measure.pk: measure for measure in rows}
    places = places_of(measures.values(), at)
    given = {place for place, known in known_values(places, only_current=True).items() if known[-1].value is not None}
    submitted = waiting_values(places)
    waiting = {place: row for place, row in submitted.items() if row.state == Submission.State.SUBMITTED}
    absent = [place for place in places if place not in given and place not in waiting]
    excuses, reminded = excused_places(absent), last_reminders(absent)
    missing = [
        _missing(measures[pk], period, at.today, reminded.get((pk, period)))
        for pk, period in absent
        if (pk, period) not in excuses
    ]
    closed = [ClosedPeriod(lock.period(at.period.calendar), lock) for lock in _locks(scorecard)]
    lock = is_locked(at.period, [one.period for one in closed if one.lock.opened_at is None])
    return ClosingReport(
        scorecard=scorecard,
        period=at.period,
        expected=len(places),
        missing=sorted(missing, key=lambda one: (one.due_on, one.measure.code)),
        excused=[_excused(measures[pk], period, row) for (pk, period), row in excuses.items()],
        pending=[_pending(measures[pk], period, row) for (pk, period), row in waiting.items()],
        closed=next((one for one in closed if one.lock.opened_at is None and one.period == lock), None),
        history=closed[:LOCKS_SHOWN],
        today=at.today,
        may_close=can(viewer, "close_period", scorecard),
        may_reopen=can(viewer, "reopen_period", scorecard),
        may_remind=can(viewer, "remind", scorecard),
    )


def _locks(scorecard: Scorecard) -> Sequence[PeriodLock]:
    rows = PeriodLock.objects.filter(scorecard=scorecard).select_related("locked_by")
    return list(rows.order_by("-locked_at", "-period_start"))


def _missing(measure: Measure, period: Period, today: date, reminder: Reminder | None) -> MissingValue:
    people = [measure.owner] if measure.owner else []
    people += [person for person in measure.updaters.all() if person not in people]
    due_on = period.end + timedelta(days=measure.grace_days)
    return MissingValue(measure, period, tuple(people), due_on, max(0, (today - due_on).days), reminder, _may(measure))


def _excused(measure: Measure, period: Period, row: Excuse) -> ExcusedValue:
    return ExcusedValue(measure, period, row, _may(measure))


def _may(measure: Measure) -> bool:
    may: bool = measure.may_excuse  # type: ignore[attr-defined]
    return may


def _pending(measure: Measure, period: Period, row: Submission) -> PendingValue:
    return PendingValue(measure, period, number_format(measure).text(row.value), row)
