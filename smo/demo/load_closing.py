"""Closing the months before the newest one, one of them opened again and corrected; values that wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.periods import At, Frequency, Period
from scorecards.actions import (
    ObservationRow,
    change_measure,
    close_period,
    excuse_measure,
    record_observations,
    reopen_period,
    return_submissions,
)
from scorecards.actions.reminding import remind
from scorecards.models import Measure, Observation, PeriodLock, Scorecard, Submission
from scorecards.queries.closing import closing_report
from scorecards.queries.trees import is_locked
from smo.demo.closing import CORRECTED_AFTER, EXCUSED, REMINDED, REOPENED_BACK, REOPENED_WHY, WAITING, WaitingSpec
from smo.demo.load_figures import DESIGNER, accepted
from smo.demo.load_organization import House


def load_closing(house: House, measures: Mapping[str, Measure]) -> None:
    """Last of all: what is closed takes no values any more."""
    cards = list(Scorecard.objects.order_by("pk"))
    for card in cards:
        for period in closed_periods(house):
            close_period(house.actor(DESIGNER), scorecard=card, period=period, today=house.clock.today)
    _correct_after_closing(house, measures)
    for spec in WAITING:
        _submit(spec, house, measures[spec.measure])
    at = At(house.clock.newest, None, house.clock.today)
    missing = closing_report(house.actor(DESIGNER), cards[0], at).missing
    wanted = [line for line in missing if line.measure.code in REMINDED]
    remind(house.actor(DESIGNER), scorecard=cards[0], missing=wanted, today=house.clock.today)
    _excuse(house, measures)


def _excuse(house: House, measures: Mapping[str, Measure]) -> None:
    """One measure need not report the newest of its periods that are over."""
    code, reason = EXCUSED
    measure, newest = measures[code], house.clock.newest
    period = Period.of(Frequency(measure.frequency), newest.end)
    period = period if period.end <= newest.end else period.previous()
    lock = PeriodLock.objects.filter(scorecard__nodes__measure=measure, opened_at=None)
    if any(is_locked(period, [one.period(newest.calendar)]) for one in lock):
        return
    excuse_measure(house.actor(DESIGNER), measure=measure, period=period, reason=reason, today=house.clock.today)


def closed_periods(house: House) -> list[Period]:
    """The years before the newest month's, and its year's months before it."""
    newest = house.clock.newest
    years = [Period.of(Frequency.YEAR, house.clock.starts_on)]
    while years[-1].next().end < newest.start:
        years.append(years[-1].next())
    months = [month for month in newest.parent(Frequency.YEAR).parts(Frequency.MONTH) if month < newest]
    return [year for year in years if year.end < newest.start] + months


def _correct_after_closing(house: House, measures: Mapping[str, Measure]) -> None:
    """Open a month again with its reason, correct one value of it, and close it once more."""
    period = house.clock.newest.shift(-REOPENED_BACK)
    is_own_month = period in closed_periods(house)
    lock = period if is_own_month else period.parent(Frequency.YEAR)
    code, change, comment = CORRECTED_AFTER
    measure, words = measures[code], house.clock.words()
    card = Scorecard.objects.get(nodes__measure=measure)
    office = house.actor(DESIGNER)
    reopen_period(office, scorecard=card, period=lock, reason=REOPENED_WHY.format(**words), today=house.clock.today)
    row = _changed(measure, period, change, comment.format(**words))
    owner = house.actor(_owner_key(house, measure))
    accepted(record_observations(owner, rows=[row], today=house.clock.today))
    close_period(office, scorecard=card, period=lock, today=house.clock.today)


def _owner_key(house: House, measure: Measure) -> str:
    return next(key for key, person in house.people.items() if person.pk == measure.owner_id)


def _submit(spec: WaitingSpec, house: House, measure: Measure) -> None:
    """The measure wants four eyes, from now on if not before; its newest value is corrected and waits, or comes back."""
    measure.refresh_from_db(fields=["needs_approval"])
    if not measure.needs_approval:
        values = {"needs_approval": True, "approver": house.people[spec.approver] if spec.approver else None}
        change_measure(house.actor(DESIGNER), measure=measure, values=values, expected=None)
    words = house.clock.words()
    row = _changed(measure, house.clock.newest, spec.change, spec.comment.format(**words))
    accepted(record_observations(house.actor(spec.submitted_by), rows=[row], today=house.clock.today))
    if spec.returned_by:
        waiting = Submission.objects.filter(series__measure=measure, state=Submission.State.SUBMITTED)
        reason = spec.reason.format(**words)
        return_submissions(house.actor(spec.returned_by), submissions=list(waiting), reason=reason)


def _changed(measure: Measure, period: Period, change: str, comment: str) -> ObservationRow:
    """The value that stands there, a little different."""
    stands = Observation.objects.get(
        series__measure=measure, series__kind="actual", series__name="", frequency=period.frequency,
        period_start=period.start, superseded_at=None,
    )  # fmt: skip
    source = measure.source
    if stands.numerator is not None:
        numerator = stands.numerator + Decimal(change)
        return ObservationRow(measure.pk, period, None, numerator, stands.denominator, comment=comment, source=source)
    return ObservationRow(measure.pk, period, (stands.value or 0) + Decimal(change), comment=comment, source=source)
